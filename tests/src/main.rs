//! Tests of the whole system: the API in process, against the embedded DynamoDB and S3, through the real SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first unexpected result")]
#![allow(clippy::format_collect, clippy::large_stack_arrays, reason = "test data is built once, so plain code is fine")]

mod accidents;
mod activities;
mod analytics;
mod apart;
mod assets;
mod asvs;
mod attachments;
mod audit;
mod auth;
mod bad_input;
mod baselines;
mod board;
mod capital;
mod coverage;
mod crash;
mod deletion;
mod documents;
mod drift;
mod duplicates;
mod email_change;
mod exports;
mod factors;
mod files;
mod idempotency;
mod imports;
mod investments;
mod investors;
mod limits;
mod live;
mod matrix;
mod merges;
mod milestones;
mod notifications;
mod password_reset;
mod passwords;
mod preferences;
mod product_accidents;
mod product_analytics;
mod products;
mod reminders;
mod reports;
mod requirements;
mod returns;
mod rotation;
mod search;
mod sessions;
mod shape;
mod standing;
mod strict;
mod support;
mod tasks;
mod users;
mod workflow;
