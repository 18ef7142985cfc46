//! Writes: what happens to one item, and the condition under which it happens.

use super::attribute::Attribute;
use super::condition::Condition;
use super::item::{Draft, Item, Key};

/// One step of an update. A path names an attribute, or one inside another with dots: `card.rank`.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Sets the attribute.
    Set(String, Attribute),
    /// Sets the attribute unless it exists.
    SetIfAbsent(String, Attribute),
    /// Adds to a number that exists.
    Increase(String, Attribute),
    /// Adds to a top-level number, which starts at zero. The name is taken as it is, dots included.
    Add(String, Attribute),
    /// Removes the attribute.
    Remove(String),
}

/// What a write does to its item.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Put(Item),
    Update(Key, Vec<Step>),
    Delete(Key),
    /// Changes nothing; the transaction needs the condition.
    Check(Key),
}

/// A write of one item, with the condition that must hold for it.
#[derive(Debug, Clone)]
pub struct Write {
    pub(super) act: Act,
    pub(super) condition: Option<Condition>,
    /// The table, if it is not the main one.
    pub(super) table: Option<String>,
}

impl Write {
    fn new(act: Act) -> Self {
        Self { act, condition: None, table: None }
    }

    /// Stores an item, replacing what is at its key.
    #[must_use]
    pub fn put(draft: Draft) -> Self {
        Self::new(Act::Put(draft.into_item()))
    }

    /// Stores an item that was read from the table, changed in part.
    #[must_use]
    pub(crate) fn put_item(item: Item) -> Self {
        Self::new(Act::Put(item))
    }

    /// Stores an item at a key where there is none.
    #[must_use]
    pub fn create(draft: Draft) -> Self {
        Self::put(draft).when(Condition::absent("pk"))
    }

    /// Changes attributes of the item at `key`, which is created if the condition allows it.
    #[must_use]
    pub fn update(key: Key) -> Self {
        Self::new(Act::Update(key, Vec::new()))
    }

    /// Deletes the item at `key`, whether or not it exists.
    #[must_use]
    pub fn delete(key: Key) -> Self {
        Self::new(Act::Delete(key))
    }

    /// Requires that the item at `key` meets `condition` when the transaction commits.
    #[must_use]
    pub fn check(key: Key, condition: Condition) -> Self {
        Self::new(Act::Check(key)).when(condition)
    }

    /// Writes only if `condition` holds too.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.condition = Some(match self.condition {
            Some(first) => first.and(condition),
            None => condition,
        });
        self
    }

    /// Primary key of the item that is written.
    pub(super) fn key(&self) -> Key {
        match &self.act {
            Act::Put(item) => Key::of(item),
            Act::Update(key, _) | Act::Delete(key) | Act::Check(key) => key.clone(),
        }
    }

    /// Whether this writes the item at `key` in the main table.
    pub(super) fn is_of(&self, key: &Key) -> bool {
        self.table.is_none() && self.key() == *key
    }

    /// Writes to another table than the main one.
    #[must_use]
    pub(crate) fn in_table(self, name: &str) -> Self {
        Self { table: Some(name.into()), ..self }
    }

    fn step(mut self, step: Step) -> Self {
        if let Act::Update(_, steps) = &mut self.act {
            steps.push(step);
        }
        self
    }

    /// In an update: sets the attribute at `path`.
    #[must_use]
    pub fn set(self, path: &str, value: impl Into<Attribute>) -> Self {
        self.step(Step::Set(path.into(), value.into()))
    }

    /// In an update: sets the attribute at `path` unless it exists.
    #[must_use]
    pub fn set_if_absent(self, path: &str, value: impl Into<Attribute>) -> Self {
        self.step(Step::SetIfAbsent(path.into(), value.into()))
    }

    /// In an update: adds `by` to the number at `path`, which must exist.
    #[must_use]
    pub fn increase(self, path: &str, by: impl Into<Attribute>) -> Self {
        self.step(Step::Increase(path.into(), by.into()))
    }

    /// In an update: adds `by` to the top-level number `name`, which starts at zero.
    #[must_use]
    pub fn add(self, name: &str, by: impl Into<Attribute>) -> Self {
        self.step(Step::Add(name.into(), by.into()))
    }

    /// In an update: removes the attribute at `path`.
    #[must_use]
    pub fn remove(self, path: &str) -> Self {
        self.step(Step::Remove(path.into()))
    }
}

/// The outcome of a single write.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It happened. Holds the item after an update or before a delete; empty after a put, or if there was no item.
    Done(Item),
    /// Its condition did not hold. Holds the existing item, if there is one.
    Refused(Option<Item>),
}

impl Written {
    /// The item if the write happened.
    #[must_use]
    pub fn done(self) -> Option<Item> {
        match self {
            Self::Done(item) => Some(item),
            Self::Refused(_) => None,
        }
    }
}
