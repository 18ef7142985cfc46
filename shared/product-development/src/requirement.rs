//! Requirements: what a product must do. They are numbered, form a tree, can be linked, and keep every version.

mod create_many;
mod item;
mod link;
mod read;
mod tree;
mod version;
mod write;

pub use create_many::{MAX_AT_ONCE, create_many};
pub use item::{LISTED, PREFIX, card_of, content_version, item_key, reserved_keys, version_key};
pub use item::{position, unique_key};
pub(crate) use item::{version_position, versions_of};
pub use link::require;
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
use kernel::Entity;
use kernel::choice;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId, UserId};
use kernel::text::{Criterion, ExternalKey, LongText, Summary};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::{Patch, Versioned, present};

/// Maximum number of acceptance criteria per requirement.
const MAX_CRITERIA: usize = 50;
/// Maximum number of links per requirement.
const MAX_LINKS: usize = 20;

choice!(
    /// Status of a requirement.
    #[schema(as = RequirementStatus)]
    #[derive(Default)]
    Status {
        /// The requirement is being written.
        #[default]
        Draft = "draft",
        /// The requirement is agreed, and work has not started.
        Open = "open",
        /// Work is in progress.
        InProgress = "in_progress",
        /// The requirement is met.
        Done = "done",
        /// The requirement will not be met; it is not counted in any milestone.
        Rejected = "rejected",
    }
);

choice!(
    /// Relationship of a requirement to another one.
    LinkKind {
        /// They are related.
        RelatesTo = "relates_to",
        /// This requirement cannot be met before the other.
        DependsOn = "depends_on",
        /// This requirement describes the other one in more detail.
        Refines = "refines",
        /// The two requirements cannot both be met.
        ConflictsWith = "conflicts_with",
    }
);

/// The current state of a link's target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkTarget {
    /// Human-readable reference, such as `ORB-R12`.
    pub reference: String,
    /// Title.
    pub title: Summary,
    /// Current status.
    pub status: Status,
    /// Version at which its content last changed.
    pub content_version: u64,
}

/// A link to another requirement of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RequirementLink)]
pub struct Link {
    /// The target requirement.
    pub requirement_id: RequirementId,
    /// How this requirement relates to the target.
    pub kind: LinkKind,
    /// The target's content version when the link was made or last confirmed.
    pub at_version: u64,
    /// Whether the target's content has changed since then, or the target has been deleted, so that the link needs review. Computed when
    /// the requirement is read; always false in old versions.
    pub suspect: bool,
    /// The target as it is now; null if it has been deleted, and in old versions.
    pub target: Option<LinkTarget>,
}

/// A link to create or keep.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRequirementLink)]
pub struct NewLink {
    /// The target requirement, in the same product.
    pub requirement_id: RequirementId,
    /// How this requirement relates to the target.
    pub kind: LinkKind,
    /// For an existing link, its `at_version`, which leaves the link as it is. If omitted, the link is confirmed against the target's
    /// current content.
    pub at_version: Option<u64>,
}

/// A requirement with all of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Requirement {
    /// The requirement's ID.
    pub id: RequirementId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// Version at which the title, description or acceptance criteria last changed. Links to this requirement are compared with it.
    pub content_version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// Sequential number within the product.
    pub number: u64,
    /// Human-readable reference, such as `ORB-R12`.
    pub reference: String,
    /// Title, on one line.
    pub title: Summary,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// Priority.
    pub priority: Priority,
    /// Current status.
    pub status: Status,
    /// Acceptance criteria.
    pub acceptance_criteria: Vec<Criterion>,
    /// The parent requirement.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Option<RequirementId>,
    /// The milestone it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Links to other requirements.
    pub links: Vec<Link>,
    /// Key in an external system; unique within the product.
    pub external_id: Option<ExternalKey>,
    /// The user who created it.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

impl Versioned for Requirement {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A requirement as shown in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequirementCard {
    /// The requirement's ID.
    pub id: RequirementId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// Version at which its content last changed.
    pub content_version: u64,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// Sequential number within the product.
    pub number: u64,
    /// Human-readable reference.
    pub reference: String,
    /// Title.
    pub title: Summary,
    /// Priority.
    pub priority: Priority,
    /// Current status.
    pub status: Status,
    /// The parent requirement.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Option<RequirementId>,
    /// The milestone it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Key in an external system.
    pub external_id: Option<ExternalKey>,
    /// Number of acceptance criteria.
    pub criteria_count: usize,
    /// Number of links.
    pub link_count: usize,
}

/// A requirement to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequirement {
    /// Title, on one line.
    pub title: Summary,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// Priority. Defaults to `medium`.
    pub priority: Option<Priority>,
    /// Initial status. Defaults to `draft`.
    pub status: Option<Status>,
    /// Acceptance criteria, at most 50.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub acceptance_criteria: Vec<Criterion>,
    /// The parent requirement.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Option<RequirementId>,
    /// The milestone it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Links to other requirements, at most 20.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub links: Vec<NewLink>,
    /// Key in an external system; unique within the product.
    pub external_id: Option<ExternalKey>,
}

/// A JSON merge patch for a requirement.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementPatch {
    /// Title, on one line.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<Summary>,
    /// Description, in Markdown.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// Priority.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub priority: Option<Priority>,
    /// Current status.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// Acceptance criteria, at most 50; replaces all criteria.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 50)]
    pub acceptance_criteria: Option<Vec<Criterion>>,
    /// The parent requirement.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent_id: Patch<RequirementId>,
    /// The milestone it belongs to.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Patch<MilestoneId>,
    /// Links to other requirements, at most 20; replaces all links and confirms those sent without `at_version`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 20)]
    pub links: Option<Vec<NewLink>>,
    /// Key in an external system; unique within the product.
    #[serde(default)]
    #[schema(value_type = Option<ExternalKey>)]
    pub external_id: Patch<ExternalKey>,
}

impl RequirementPatch {
    /// Applies everything in the patch except the links, which must be resolved first.
    #[must_use]
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
    /// Returns the representation shown in lists.
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

    /// Whether `other` has the same content. Links become suspect when the content differs.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        self.title == other.title
            && self.description == other.description
            && self.acceptance_criteria == other.acceptance_criteria
    }

    fn checked(self) -> Result<Self, Error> {
        if self.acceptance_criteria.len() > MAX_CRITERIA {
            return Err(Error::field("acceptance_criteria", format!("must have at most {MAX_CRITERIA} entries")));
        }
        Ok(self)
    }
}

impl Plain for Requirement {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Requirement, self.id).within(self.product_id)
    }

    // These fields are also used to compare versions.
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
