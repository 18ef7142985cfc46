//! The embedded stack: every function of Steward in one process, with an embedded DynamoDB, S3 and WebSocket gateway. It
//! needs no Docker and no AWS account, and calls the same routers and handlers through the same SDK as the deployed stack.

pub mod api;
mod console;
pub mod demo;
mod emulator;
mod folder;
mod functions;
mod gateway;
mod journal;
mod objects;
mod problem;
mod pump;
mod server;
pub mod settings;
mod stack;
mod stream;
mod uploads;
pub mod web;
mod wire;

pub use folder::Data;
pub use problem::Problem;
pub use stack::{Customize, Stack, StackOptions};
