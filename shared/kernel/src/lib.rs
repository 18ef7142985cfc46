//! Values and rules that stand alone: text, time, money, ids, roles and what they allow, errors. Nothing here reads or writes
//! anything, and nothing here knows of a request, a table or a workspace.

mod choice;
pub mod error;
pub mod id;
pub mod interval;
pub mod money;
pub mod policy;
pub mod request_id;
pub mod text;
pub mod time;

pub use error::Error;
