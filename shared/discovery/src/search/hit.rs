//! Search results.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use investor_relations::investor::{self, Tier};
use kernel::id::{InvestorId, ProductId, RequirementId, TaskId, UserId};
use kernel::text::{self, Name, Summary, Username};
use people::user;
use product_development::product::{self, ProductKey};

/// A search result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchHit {
    /// An investor.
    Investor {
        /// Unique id.
        id: InvestorId,
        /// Name.
        name: Name,
        /// Kind.
        investor_kind: investor::Kind,
        /// Tier.
        tier: Tier,
    },
    /// A user.
    User {
        /// Unique id.
        id: UserId,
        /// Display name.
        name: Name,
        /// Username.
        username: Username,
        /// Account status.
        status: user::Status,
    },
    /// A product.
    Product {
        /// Unique id.
        id: ProductId,
        /// Name.
        name: Name,
        /// Prefix of the references of its requirements and tasks.
        key: ProductKey,
        /// Lifecycle status.
        status: product::Status,
    },
    /// A requirement.
    Requirement {
        /// Unique id.
        id: RequirementId,
        /// Id of the product it belongs to.
        product_id: ProductId,
        /// Reference, such as `ORB-R12`.
        reference: String,
        /// Title.
        title: Summary,
    },
    /// A task.
    Task {
        /// Unique id.
        id: TaskId,
        /// Id of the product it belongs to.
        product_id: ProductId,
        /// Reference, such as `ORB-12`.
        reference: String,
        /// Title.
        title: Name,
    },
}

/// Sort key of a hit: smaller is better.
pub(super) type Rank = (u8, usize, String);

impl SearchHit {
    /// Name or title.
    fn name(&self) -> &str {
        match self {
            Self::Investor { name, .. } | Self::User { name, .. } | Self::Product { name, .. } => name.as_str(),
            Self::Requirement { title, .. } => title.as_str(),
            Self::Task { title, .. } => title.as_str(),
        }
    }

    /// What distinguishes it from others with the same name.
    fn sign(&self) -> Option<&str> {
        match self {
            Self::Investor { .. } => None,
            Self::User { username, .. } => Some(username.as_str()),
            Self::Product { key, .. } => Some(key.as_str()),
            Self::Requirement { reference, .. } | Self::Task { reference, .. } => Some(reference),
        }
    }

    /// Name of its kind in the API.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Investor { .. } => "investor",
            Self::User { .. } => "user",
            Self::Product { .. } => "product",
            Self::Requirement { .. } => "requirement",
            Self::Task { .. } => "task",
        }
    }

    /// Whether each word of `phrase` begins a word of the name, username, key or reference.
    pub(super) fn fits(&self, phrase: &str) -> bool {
        text::has_words(&format!("{} {}", self.name(), self.sign().unwrap_or_default()), phrase)
    }

    /// Prefixes under which it is indexed.
    pub(super) fn beginnings(&self) -> std::collections::BTreeSet<String> {
        let mut beginnings = text::word_beginnings(self.name());
        beginnings.append(&mut text::word_beginnings(self.sign().unwrap_or_default()));
        beginnings
    }

    /// Rank among the hits for `phrase`. If the phrase is a number, an exact reference comes first, then references that start with it,
    /// shorter numbers first; then names that start with the phrase; then all others by name.
    pub(super) fn rank(&self, phrase: &str) -> Rank {
        let reference = match self {
            Self::Requirement { reference, .. } | Self::Task { reference, .. } => text::searchable(reference),
            _ => String::new(),
        };
        if reference.starts_with(phrase) && phrase.chars().any(|c| c.is_ascii_digit()) {
            return (0, reference.len(), reference);
        }
        let begins = text::searchable(self.name()).starts_with(phrase);
        (if begins { 1 } else { 2 }, 0, text::fold(self.name()))
    }
}
