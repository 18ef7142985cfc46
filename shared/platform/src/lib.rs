//! What every workspace runs on: the table and its keys, HTTP, the audit trail, due work, background jobs, uploads, mail, clients of
//! AWS. This crate knows nothing of users, investors or products; no crate above it names a type of the AWS SDK.

pub mod app;
pub mod audit;
pub mod browser;
pub mod caller;
pub mod cipher;
pub mod counters;
pub mod due;
pub mod hash;
pub mod http;
pub mod idempotency;
pub mod job;
pub mod keys;
pub mod lambda;
pub mod mail;
pub mod objects;
pub mod page;
pub mod push;
pub mod retry;
pub mod rotation;
pub mod scan;
pub mod schema;
pub mod secret;
pub mod standing;
pub mod stream;
pub mod table;
pub mod token;
pub mod transport;
pub mod upload;
pub mod work;

pub use app::{App, AppConfig};
pub use work::Work;
