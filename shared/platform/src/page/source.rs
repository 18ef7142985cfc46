//! The sources and order of a list.

use crate::table::{self, Item};

/// A source of a list: one partition of the table or of an index, between two positions.
#[derive(Debug, Clone)]
pub struct Source {
    /// `gsi1`, `gsi2`, or `None` for the table itself.
    pub index: Option<&'static str>,
    /// The partition key.
    pub pk: String,
    /// Prefix of every sort key; the rest of the key is the item's position in the list.
    pub prefix: String,
}

impl Source {
    /// An entire partition of an index.
    pub fn index(index: &'static str, pk: impl Into<String>) -> Self {
        Self { index: Some(index), pk: pk.into(), prefix: String::new() }
    }

    /// The items in a table partition whose sort keys start with `prefix`.
    pub fn table(pk: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { index: None, pk: pk.into(), prefix: prefix.into() }
    }

    pub(super) fn sort_attribute(&self) -> String {
        self.index.map_or_else(|| "sk".into(), |index| format!("{index}sk"))
    }

    /// An item's position in the list.
    pub(super) fn position<'a>(&self, item: &'a Item) -> &'a str {
        table::text(item, &self.sort_attribute())
            .and_then(|sk| sk.strip_prefix(self.prefix.as_str()))
            .unwrap_or_default()
    }
}

/// Order of a list, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest position first; used for names.
    Ascending,
    /// Largest position first; used for times.
    Descending,
}
