//! Where a list reads, and in which order.

use crate::table::{self, Item};

/// Where a list reads: one partition of the table or of an index, between two positions.
#[derive(Debug, Clone)]
pub struct Source {
    /// `gsi1`, `gsi2`, or none for the table itself.
    pub index: Option<&'static str>,
    /// The partition.
    pub pk: String,
    /// What every sort key begins with; the rest of it is the item's position in the list.
    pub prefix: String,
}

impl Source {
    /// A partition of an index, read whole.
    pub fn index(index: &'static str, pk: impl Into<String>) -> Self {
        Self { index: Some(index), pk: pk.into(), prefix: String::new() }
    }

    /// The items of a partition of the table whose sort keys begin with `prefix`.
    pub fn table(pk: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { index: None, pk: pk.into(), prefix: prefix.into() }
    }

    pub(super) fn sort_attribute(&self) -> String {
        self.index.map_or_else(|| "sk".into(), |index| format!("{index}sk"))
    }

    /// Where an item stands in the list.
    pub(super) fn position<'a>(&self, item: &'a Item) -> &'a str {
        table::text(item, &self.sort_attribute())
            .and_then(|sk| sk.strip_prefix(self.prefix.as_str()))
            .unwrap_or_default()
    }
}

/// The order of a list by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest position first: names.
    Ascending,
    /// Largest position first: times.
    Descending,
}
