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

/// Stores an item, replacing what is at its key.
#[derive(Debug, Clone)]
pub struct Put(pub(super) Item);

/// Changes attributes of an item.
#[derive(Debug, Clone)]
pub struct Update {
    pub(super) key: Key,
    pub(super) steps: Vec<Step>,
}

/// Deletes an item.
#[derive(Debug, Clone)]
pub struct Delete(pub(super) Key);

/// Changes nothing; the transaction needs the condition.
#[derive(Debug, Clone)]
pub struct Check(pub(super) Key);

/// Any of the above, as transactions hold them.
#[derive(Debug, Clone)]
pub enum Act {
    /// See [`Put`].
    Put(Put),
    /// See [`Update`].
    Update(Update),
    /// See [`Delete`].
    Delete(Delete),
    /// See [`Check`].
    Check(Check),
}

macro_rules! acts {
    ($($act:ident),+) => {
        $(impl From<$act> for Act {
            fn from(act: $act) -> Self {
                Self::$act(act)
            }
        })+
    };
}
acts!(Put, Update, Delete, Check);

/// A write of one item, with the condition that must hold for it. `A` says what it does: [`Put`], [`Update`], [`Delete`] or [`Check`].
#[derive(Debug, Clone)]
pub struct Write<A = Act> {
    pub(super) act: A,
    pub(super) condition: Option<Condition>,
    /// The table, if it is not the main one.
    pub(super) table: Option<String>,
}

impl Write<Put> {
    /// Stores an item, replacing what is at its key.
    #[must_use]
    pub fn put(draft: Draft) -> Self {
        Self::put_item(draft.into_item())
    }

    /// Stores an item that was read from the table, changed in part.
    #[must_use]
    pub(crate) fn put_item(item: Item) -> Self {
        Self::new(Put(item))
    }

    /// Stores an item at a key where there is none.
    #[must_use]
    pub fn create(draft: Draft) -> Self {
        Self::put(draft).when(Condition::absent("pk"))
    }
}

impl Write<Delete> {
    /// Deletes the item at `key`, whether or not it exists.
    #[must_use]
    pub fn delete(key: Key) -> Self {
        Self::new(Delete(key))
    }
}

impl Write<Check> {
    /// Requires that the item at `key` meets `condition` when the transaction commits.
    #[must_use]
    pub fn check(key: Key, condition: Condition) -> Self {
        Self::new(Check(key)).when(condition)
    }
}

impl<A> Write<A> {
    fn new(act: A) -> Self {
        Self { act, condition: None, table: None }
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

    /// Writes to another table than the main one.
    #[must_use]
    pub(crate) fn in_table(self, name: &str) -> Self {
        Self { table: Some(name.into()), ..self }
    }
}

impl Write {
    /// Primary key of the item that is written.
    pub(super) fn key(&self) -> Key {
        match &self.act {
            Act::Put(Put(item)) => Key::of(item),
            Act::Update(Update { key, .. }) | Act::Delete(Delete(key)) | Act::Check(Check(key)) => key.clone(),
        }
    }

    /// Whether this writes the item at `key` in the main table.
    pub(super) fn is_of(&self, key: &Key) -> bool {
        self.table.is_none() && self.key() == *key
    }
}

impl<A> Write<A>
where
    Act: From<A>,
{
    /// The write as transactions hold it.
    pub(super) fn any(self) -> Write {
        Write { act: self.act.into(), condition: self.condition, table: self.table }
    }
}

impl Write<Update> {
    /// Changes attributes of the item at `key`, which is created if the condition allows it.
    #[must_use]
    pub fn update(key: Key) -> Self {
        Self::new(Update { key, steps: Vec::new() })
    }

    fn step(mut self, step: Step) -> Self {
        self.act.steps.push(step);
        self
    }

    /// Sets the attribute at `path`.
    #[must_use]
    pub fn set(self, path: &str, value: impl Into<Attribute>) -> Self {
        self.step(Step::Set(path.into(), value.into()))
    }

    /// Sets the attribute at `path` unless it exists.
    #[must_use]
    pub fn set_if_absent(self, path: &str, value: impl Into<Attribute>) -> Self {
        self.step(Step::SetIfAbsent(path.into(), value.into()))
    }

    /// Adds `by` to the number at `path`, which must exist.
    #[must_use]
    pub fn increase(self, path: &str, by: impl Into<Attribute>) -> Self {
        self.step(Step::Increase(path.into(), by.into()))
    }

    /// Adds `by` to the top-level number `name`, which starts at zero.
    #[must_use]
    pub fn add(self, name: &str, by: impl Into<Attribute>) -> Self {
        self.step(Step::Add(name.into(), by.into()))
    }

    /// Removes the attribute at `path`.
    #[must_use]
    pub fn remove(self, path: &str) -> Self {
        self.step(Step::Remove(path.into()))
    }
}

/// The outcome of an update whose item is wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Updated {
    /// It happened. Holds the item after the update.
    Done(Item),
    /// Its condition did not hold. Holds the existing item, if there is one.
    Refused(Option<Item>),
}
