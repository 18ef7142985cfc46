//! Conditions on an item's attributes. A path names an attribute, or one inside another with dots: `card.hash`.

use super::attribute::Attribute;

/// A condition that an item must meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition(pub(super) Test);

/// What a condition tests.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Exists(String),
    Absent(String),
    Null(String),
    Contains(String, Attribute),
    Compares(String, Comparison, Attribute),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

/// How an attribute compares to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    /// The operator in DynamoDB's expression language.
    pub fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Condition {
    /// The attribute at `path` exists.
    #[must_use]
    pub fn exists(path: &str) -> Self {
        Self(Test::Exists(path.into()))
    }

    /// The attribute at `path` does not exist; for `pk`, the item does not exist.
    #[must_use]
    pub fn absent(path: &str) -> Self {
        Self(Test::Absent(path.into()))
    }

    /// The attribute at `path` is null.
    #[must_use]
    pub fn null(path: &str) -> Self {
        Self(Test::Null(path.into()))
    }

    /// The attribute at `path` equals `value`.
    pub fn is(path: &str, value: impl Into<Attribute>) -> Self {
        Self(Test::Compares(path.into(), Comparison::Equal, value.into()))
    }

    /// The attribute at `path` is less than `value`.
    pub fn less(path: &str, value: impl Into<Attribute>) -> Self {
        Self(Test::Compares(path.into(), Comparison::Less, value.into()))
    }

    /// The attribute at `path` is at most `value`.
    pub fn at_most(path: &str, value: impl Into<Attribute>) -> Self {
        Self(Test::Compares(path.into(), Comparison::AtMost, value.into()))
    }

    /// The attribute at `path` is greater than `value`.
    pub fn greater(path: &str, value: impl Into<Attribute>) -> Self {
        Self(Test::Compares(path.into(), Comparison::Greater, value.into()))
    }

    /// The attribute at `path` is at least `value`.
    pub fn at_least(path: &str, value: impl Into<Attribute>) -> Self {
        Self(Test::Compares(path.into(), Comparison::AtLeast, value.into()))
    }

    /// The list at `path` contains `value`.
    pub fn contains(path: &str, value: impl Into<Attribute>) -> Self {
        Self(Test::Contains(path.into(), value.into()))
    }

    /// Both conditions hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Test::And(Box::new(self.0), Box::new(other.0)))
    }

    /// At least one of the conditions holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Test::Or(Box::new(self.0), Box::new(other.0)))
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
