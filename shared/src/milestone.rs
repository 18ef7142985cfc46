//! Milestones: days by which requirements and tasks of a product are to be done.

mod item;

pub use item::{item_key, require};
