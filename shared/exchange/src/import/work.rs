//! Rows of requirements and tasks: what they say, what they are about, and what becomes of them.
//!
//! Requirements come in trees, and a parent may stand anywhere in the file. A row whose parent is not there yet is written
//! without it; when all rows are in, the file is gone through again, and again as long as that puts one more below its
//! parent ([`settle`]). Rows whose parents form a circle within the file are refused before anything is written.

mod around;
mod find;
mod graph;
mod settle;
mod values;
mod write;

pub(super) use around::Around;
pub(super) use graph::{FileKeys, Graph, StoredKeys};
pub(super) use settle::{Settled, settle};
pub(super) use values::{WorkRow, number_in, parse};
pub(super) use write::apply;
