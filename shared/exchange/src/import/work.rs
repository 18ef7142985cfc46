//! Rows of requirements and tasks: parsing, look-up and writing.
//!
//! Requirements form trees, and a parent may appear anywhere in the file. A row whose parent does not exist yet is written without it.
//! Once all rows are imported, the file is read again, and again as long as a pass places at least one more requirement under its parent
//! ([`settle()`]). Rows whose parents form a cycle within the file are refused before anything is written.

mod context;
mod find;
mod graph;
mod settle;
mod values;
mod write;

pub(super) use context::WorkContext;
pub(super) use graph::{FileKeys, Graph, StoredKeys};
pub(super) use settle::{Settled, settle};
pub(super) use values::{WorkRow, number_in, parse};
pub(super) use write::apply;
