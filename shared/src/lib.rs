//! The domain of Steward: a module per noun with its type, keys, rules and table operations, and beside them the modules
//! that all nouns share. This crate knows no function; functions know this crate and never each other.

pub mod app;
pub mod audit;
pub mod caller;
pub mod cell;
pub mod cipher;
pub mod error;
pub mod http;
pub mod id;
pub mod idempotency;
pub mod keys;
pub mod lambda;
pub mod money;
pub mod objects;
pub mod page;
pub mod policy;
pub mod returns;
pub mod schema;
pub mod stream;
pub mod table;
pub mod text;
pub mod time;
pub mod token;
pub mod upload;

pub mod activity;
pub mod analytics;
pub mod cash_flow;
pub mod document;
pub mod export;
pub mod holdings;
pub mod import;
pub mod investment;
pub mod investor;
pub mod live;
pub mod mail;
pub mod merge;
pub mod notification;
pub mod reminder;
pub mod report;
pub mod search;
pub mod session;
pub mod timeline;
pub mod user;
pub use app::{App, AppConfig};
pub use error::Error;
