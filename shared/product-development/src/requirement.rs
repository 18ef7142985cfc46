//! Requirements: what a product must do, numbered, in a tree, linked, and kept in every version that there was.

mod item;
mod link;
mod many;
mod read;
mod tree;
mod version;
mod write;

pub use item::{LISTED, PREFIX, card_of, content_version, item_key, reserved_keys, version_key};
pub use item::{position, unique_key};
pub use link::require;
pub use many::{MOST_AT_ONCE, create_many};
pub use read::read;
pub use read::{RequirementQuery, get, list};
pub(crate) use version::at_versions;
pub use version::read as read_versions;
pub use version::{
    CompareQuery, RequirementChange, RequirementComparison, RequirementVersion, compare, get as get_version,
    list as versions,
};
pub use write::create_as;
pub use write::{Restore, create, delete, restore, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::priority::Priority;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId, UserId};
use kernel::text::{Criterion, ExternalKey, LongText, Summary};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::{Patch, Versioned, present};

/// Most acceptance criteria of one requirement.
pub const MOST_CRITERIA: usize = 50;
/// Most links of one requirement.
pub const MOST_LINKS: usize = 20;

/// How far a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequirementStatus)]
pub enum Status {
    /// It is being written.
    #[default]
    Draft,
    /// It is agreed, and nobody has begun.
    Open,
    /// It is worked on.
    InProgress,
    /// It is met.
    Done,
    /// It will not be met; it counts for no milestone.
    Rejected,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Open, Self::InProgress, Self::Done, Self::Rejected];

    /// The status's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Done => "done",
            Self::Rejected => "rejected",
        }
    }
}

/// What a requirement has to do with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Something.
    RelatesTo,
    /// It cannot be met before the other one.
    DependsOn,
    /// It says more precisely what the other one means.
    Refines,
    /// Both cannot be met.
    ConflictsWith,
}

impl LinkKind {
    /// The kind's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RelatesTo => "relates_to",
            Self::DependsOn => "depends_on",
            Self::Refines => "refines",
            Self::ConflictsWith => "conflicts_with",
        }
    }
}

/// The other end of a link as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkTarget {
    /// What people call it: `ORB-R12`.
    pub reference: String,
    /// Its title.
    pub title: Summary,
    /// How far it is.
    pub status: Status,
    /// Version at which its content last changed.
    pub content_version: u64,
}

/// A link to another requirement of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RequirementLink)]
pub struct Link {
    /// The other one.
    pub requirement_id: RequirementId,
    /// What this one has to do with it.
    pub kind: LinkKind,
    /// The content version of the other one for which the link was made or confirmed.
    pub at_version: u64,
    /// Whether the other one's content has changed since, or it is gone: someone should look. Found out when it is read; always
    /// false in old versions.
    pub suspect: bool,
    /// The other one as it is now; null when it is gone, and in old versions.
    pub target: Option<LinkTarget>,
}

/// What a link takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRequirementLink)]
pub struct NewLink {
    /// The other one, of the same product.
    pub requirement_id: RequirementId,
    /// What this one has to do with it.
    pub kind: LinkKind,
    /// For a link that there is already: its `at_version`, to leave it as it is. Left out, the link is confirmed for what
    /// the other one says now.
    pub at_version: Option<u64>,
}

/// A requirement in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Requirement {
    /// The requirement's id.
    pub id: RequirementId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// Version at which title, description or acceptance criteria last changed: what links to it are compared with.
    pub content_version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product.
    pub product_id: ProductId,
    /// Its number in the product.
    pub number: u64,
    /// What people call it: `ORB-R12`.
    pub reference: String,
    /// What it is about, on one line.
    pub title: Summary,
    /// What is required, as Markdown.
    pub description: Option<LongText>,
    /// How urgent it is.
    pub priority: Priority,
    /// How far it is.
    pub status: Status,
    /// When it is met.
    pub acceptance_criteria: Vec<Criterion>,
    /// The requirement that it is a part of.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Option<RequirementId>,
    /// The milestone that it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// What it has to do with others.
    pub links: Vec<Link>,
    /// Its key in another system, unique in the product.
    pub external_id: Option<ExternalKey>,
    /// Who created it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

impl Versioned for Requirement {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A requirement as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequirementCard {
    /// The requirement's id.
    pub id: RequirementId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// Version at which its content last changed.
    pub content_version: u64,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product.
    pub product_id: ProductId,
    /// Its number in the product.
    pub number: u64,
    /// What people call it.
    pub reference: String,
    /// What it is about.
    pub title: Summary,
    /// How urgent it is.
    pub priority: Priority,
    /// How far it is.
    pub status: Status,
    /// The requirement that it is a part of.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Option<RequirementId>,
    /// The milestone that it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Its key in another system.
    pub external_id: Option<ExternalKey>,
    /// How many acceptance criteria it has.
    pub criteria_count: usize,
    /// How many links it has.
    pub link_count: usize,
}

/// What a new requirement takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequirement {
    /// What it is about, on one line.
    pub title: Summary,
    /// What is required, as Markdown.
    pub description: Option<LongText>,
    /// How urgent it is; `medium` if left out.
    pub priority: Option<Priority>,
    /// How far it is; `draft` if left out.
    pub status: Option<Status>,
    /// When it is met, at most 50.
    #[serde(default)]
    pub acceptance_criteria: Vec<Criterion>,
    /// The requirement that it is a part of.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Option<RequirementId>,
    /// The milestone that it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// What it has to do with others, at most 20.
    #[serde(default)]
    pub links: Vec<NewLink>,
    /// Its key in another system, unique in the product.
    pub external_id: Option<ExternalKey>,
}

/// A merge patch of a requirement.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementPatch {
    /// What it is about, on one line.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<Summary>,
    /// What is required, as Markdown.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// How urgent it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub priority: Option<Priority>,
    /// How far it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// When it is met, at most 50; replaces all.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub acceptance_criteria: Option<Vec<Criterion>>,
    /// The requirement that it is a part of.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Patch<RequirementId>,
    /// The milestone that it belongs to.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Patch<MilestoneId>,
    /// What it has to do with others, at most 20; replaces all, and confirms those without `at_version`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub links: Option<Vec<NewLink>>,
    /// Its key in another system, unique in the product.
    #[serde(default)]
    #[schema(value_type = Option<ExternalKey>)]
    pub external_id: Patch<ExternalKey>,
}

impl RequirementPatch {
    /// The requirement with all but the links of the patch, which must be looked up.
    pub fn apply(self, mut requirement: Requirement) -> (Requirement, Option<Vec<NewLink>>) {
        requirement.title = self.title.unwrap_or(requirement.title);
        requirement.priority = self.priority.unwrap_or(requirement.priority);
        requirement.status = self.status.unwrap_or(requirement.status);
        requirement.acceptance_criteria = self.acceptance_criteria.unwrap_or(requirement.acceptance_criteria);
        self.description.apply(&mut requirement.description);
        self.parent_id.apply(&mut requirement.parent_id);
        self.milestone_id.apply(&mut requirement.milestone_id);
        self.external_id.apply(&mut requirement.external_id);
        (requirement, self.links)
    }
}

impl Requirement {
    /// What lists show of it.
    #[must_use]
    pub fn card(&self) -> RequirementCard {
        RequirementCard {
            id: self.id,
            version: self.version,
            content_version: self.content_version,
            updated_at: self.updated_at,
            product_id: self.product_id,
            number: self.number,
            reference: self.reference.clone(),
            title: self.title.clone(),
            priority: self.priority,
            status: self.status,
            parent_id: self.parent_id,
            milestone_id: self.milestone_id,
            external_id: self.external_id.clone(),
            criteria_count: self.acceptance_criteria.len(),
            link_count: self.links.len(),
        }
    }

    /// Whether `other` says the same: what makes links suspect when it differs.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        self.title == other.title
            && self.description == other.description
            && self.acceptance_criteria == other.acceptance_criteria
    }

    fn checked(self) -> Result<Self, Error> {
        if self.acceptance_criteria.len() > MOST_CRITERIA {
            return Err(Error::field("acceptance_criteria", format!("must be at most {MOST_CRITERIA}")));
        }
        Ok(self)
    }
}

impl Plain for Requirement {
    fn subject(&self) -> Subject {
        Subject::new("requirement", self.id).within(self.product_id)
    }

    // Versions are compared by them as well.
    fn fields(&self) -> Fields {
        let id = |id: Option<String>| Compared::Plain(id);
        let link = |link: &Link| format!("{}: {} at {}", link.kind.as_str(), link.requirement_id, link.at_version);
        vec![
            ("title", Compared::Plain(Some(self.title.to_string()))),
            ("description", Compared::Plain(self.description.as_ref().map(ToString::to_string))),
            ("priority", Compared::Plain(Some(self.priority.as_str().into()))),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("acceptance_criteria", Compared::List(self.acceptance_criteria.iter().map(ToString::to_string).collect())),
            ("parent_id", id(self.parent_id.map(|id| id.to_string()))),
            ("milestone_id", id(self.milestone_id.map(|id| id.to_string()))),
            ("links", Compared::List(self.links.iter().map(link).collect())),
            ("external_id", Compared::Plain(self.external_id.as_ref().map(ToString::to_string))),
        ]
    }
}
