//! What a search finds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use investor_relations::investor::{self, Tier};
use kernel::id::{InvestorId, ProductId, RequirementId, TaskId, UserId};
use kernel::text::{self, Name, Summary, Username};
use people::user;
use product_development::product::{self, ProductKey};

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchHit {
    /// An investor.
    Investor {
        /// The investor's id.
        id: InvestorId,
        /// Name.
        name: Name,
        /// What it is.
        investor_kind: investor::Kind,
        /// Importance.
        tier: Tier,
    },
    /// A user.
    User {
        /// The user's id.
        id: UserId,
        /// Display name.
        name: Name,
        /// The name for signing in.
        username: Username,
        /// Whether the user may sign in.
        status: user::Status,
    },
    /// A product.
    Product {
        /// The product's id.
        id: ProductId,
        /// Name.
        name: Name,
        /// What the numbers of its requirements and tasks begin with.
        key: ProductKey,
        /// Where it is in its life.
        status: product::Status,
    },
    /// A requirement.
    Requirement {
        /// The requirement's id.
        id: RequirementId,
        /// Its product.
        product_id: ProductId,
        /// What people call it: `ORB-R12`.
        reference: String,
        /// What it is about.
        title: Summary,
    },
    /// A task.
    Task {
        /// The task's id.
        id: TaskId,
        /// Its product.
        product_id: ProductId,
        /// What people call it: `ORB-12`.
        reference: String,
        /// What is to be done.
        title: Name,
    },
}

/// How well something fits: the smaller, the better.
pub(super) type Rank = (u8, usize, String);

impl SearchHit {
    /// What it is called.
    fn name(&self) -> &str {
        match self {
            Self::Investor { name, .. } | Self::User { name, .. } | Self::Product { name, .. } => name.as_str(),
            Self::Requirement { title, .. } => title.as_str(),
            Self::Task { title, .. } => title.as_str(),
        }
    }

    /// What tells it apart from others of the same name.
    fn sign(&self) -> Option<&str> {
        match self {
            Self::Investor { .. } => None,
            Self::User { username, .. } => Some(username.as_str()),
            Self::Product { key, .. } => Some(key.as_str()),
            Self::Requirement { reference, .. } | Self::Task { reference, .. } => Some(reference),
        }
    }

    /// Its kind's name in the API.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Investor { .. } => "investor",
            Self::User { .. } => "user",
            Self::Product { .. } => "product",
            Self::Requirement { .. } => "requirement",
            Self::Task { .. } => "task",
        }
    }

    /// What its words are looked for in.
    pub(super) fn text(&self) -> String {
        text::searchable(&format!("{} {}", self.name(), self.sign().unwrap_or_default()))
    }

    /// The beginnings by which it is found.
    pub(super) fn beginnings(&self) -> std::collections::BTreeSet<String> {
        let mut beginnings = text::word_beginnings(self.name());
        beginnings.extend(text::word_beginnings(self.sign().unwrap_or_default()));
        beginnings.into_iter().collect()
    }

    /// Its place among what was found for `phrase`: when a number was typed, the reference that is the phrase before those that
    /// begin with it, shorter numbers first; then names that begin with it; then all others by name.
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
