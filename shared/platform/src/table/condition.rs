//! Conditions on an item's attributes. A path names an attribute, or one inside another with dots: `card.hash`.

use super::attribute::Attribute;

/// A condition that an item must meet.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The attribute exists.
    Exists(String),
    /// The attribute does not exist; for `pk`, the item does not exist.
    Absent(String),
    /// The attribute is null, which is not the same as absent.
    Null(String),
    /// The attribute compares to the value with this operator.
    Compares(String, &'static str, Attribute),
    /// The list contains the value.
    Contains(String, Attribute),
    /// Both conditions hold.
    And(Box<Self>, Box<Self>),
    /// At least one of the conditions holds.
    Or(Box<Self>, Box<Self>),
}

impl Condition {
    /// The attribute at `path` exists.
    #[must_use]
    pub fn exists(path: &str) -> Self {
        Self::Exists(path.into())
    }

    /// The attribute at `path` does not exist; for `pk`, the item does not exist.
    #[must_use]
    pub fn absent(path: &str) -> Self {
        Self::Absent(path.into())
    }

    /// The attribute at `path` is null.
    #[must_use]
    pub fn null(path: &str) -> Self {
        Self::Null(path.into())
    }

    /// The attribute at `path` equals `value`.
    pub fn is(path: &str, value: impl Into<Attribute>) -> Self {
        Self::Compares(path.into(), "=", value.into())
    }

    /// The attribute at `path` is less than `value`.
    pub fn less(path: &str, value: impl Into<Attribute>) -> Self {
        Self::Compares(path.into(), "<", value.into())
    }

    /// The attribute at `path` is at most `value`.
    pub fn at_most(path: &str, value: impl Into<Attribute>) -> Self {
        Self::Compares(path.into(), "<=", value.into())
    }

    /// The attribute at `path` is greater than `value`.
    pub fn greater(path: &str, value: impl Into<Attribute>) -> Self {
        Self::Compares(path.into(), ">", value.into())
    }

    /// The attribute at `path` is at least `value`.
    pub fn at_least(path: &str, value: impl Into<Attribute>) -> Self {
        Self::Compares(path.into(), ">=", value.into())
    }

    /// The list at `path` contains `value`.
    pub fn contains(path: &str, value: impl Into<Attribute>) -> Self {
        Self::Contains(path.into(), value.into())
    }

    /// Both conditions hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    /// At least one of the conditions holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }

    /// The item is unchanged since it was read: still at `version`, and at `revision` and `position` in `gsi2` if given.
    #[must_use]
    pub fn as_read(version: u64, revision: Option<u64>, position: Option<&str>) -> Self {
        let mut condition = Self::is("version", version);
        if let Some(revision) = revision {
            condition = condition.and(Self::is("revision", revision));
        }
        if let Some(position) = position {
            condition = condition.and(Self::is("gsi2sk", position));
        }
        condition
    }
}
