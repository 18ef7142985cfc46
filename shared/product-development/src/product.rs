//! Products: what the company builds, who owns it and who works on it. Everything else in the products workspace belongs to a product, and
//! permissions follow from the product.

mod access;
mod item;
mod key;
mod list;
mod member;
pub mod number;
mod write;

pub(crate) use access::{Belongs, covers, load_with, permitted, require_there, require_with};
pub use access::{load, load_any, require};
pub use item::removed;
pub use item::{LoadedProduct, card_of, id_in, item_key, listings};
pub(crate) use item::{closed, is_open, key_in, open, partition, tombstone, unique_key};
pub use key::ProductKey;
pub use list::read;
pub use list::{ProductQuery, get, list};
pub use member::{NewMember, put as put_member, remove as remove_member};
pub(crate) use write::{at_version, stage_next};
pub use write::{create, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::task_status::Status as TaskStatus;
use kernel::Entity;
use kernel::choice;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::{Patch, Versioned, present};

/// Maximum number of members of one product, not counting its owner.
const MAX_MEMBERS: usize = 100;
/// Default number of days in one status after which a task is flagged as aging.
const AGING_DAYS: u16 = 14;

choice!(
    /// Lifecycle status of a product.
    #[schema(as = ProductStatus)]
    Status {
        /// The product is being planned.
        Planning = "planning",
        /// The product is being built.
        Active = "active",
        /// Work is paused.
        OnHold = "on_hold",
        /// The product is on the market.
        Launched = "launched",
        /// The product has ended: it can be read but not changed.
        Archived = "archived",
    }
);

choice!(
    /// Role of a member in a product's team.
    TeamRole {
        /// Leads the team.
        Lead = "lead",
        /// Designs the product.
        Designer = "designer",
        /// Builds the product.
        Engineer = "engineer",
        /// Tests the product.
        Tester = "tester",
        /// Does research.
        Researcher = "researcher",
        /// Brings the product to market.
        Marketing = "marketing",
        /// Has a stake in the product.
        Stakeholder = "stakeholder",
    }
);

/// A member of a product's team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The user's ID.
    pub user_id: UserId,
    /// Role in the team.
    pub role: TeamRole,
}

/// Work in progress limits: the maximum number of tasks in each board column. Null means no limit. The `done` column has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WipLimits {
    /// Limit for tasks not started, 1 to 1,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub open: Option<u16>,
    /// Limit for tasks in progress, 1 to 1,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub in_progress: Option<u16>,
    /// Limit for blocked tasks, 1 to 1,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub blocked: Option<u16>,
    /// Limit for tasks in review, 1 to 1,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub in_review: Option<u16>,
}

impl WipLimits {
    /// Returns the limit of a column.
    #[must_use]
    pub fn of(&self, status: TaskStatus) -> Option<u16> {
        match status {
            TaskStatus::Open => self.open,
            TaskStatus::InProgress => self.in_progress,
            TaskStatus::Blocked => self.blocked,
            TaskStatus::InReview => self.in_review,
            TaskStatus::Done => None,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let limits = [self.open, self.in_progress, self.blocked, self.in_review];
        if limits.into_iter().flatten().all(|limit| (1..=1000).contains(&limit)) {
            Ok(())
        } else {
            Err(Error::field("wip_limits", "must be between 1 and 1000"))
        }
    }

    fn lines(&self) -> Vec<String> {
        let limit = |status: TaskStatus| self.of(status).map(|limit| format!("{}: {limit}", status.as_str()));
        TaskStatus::ALL.iter().copied().filter_map(limit).collect()
    }
}

/// A product with all of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The product's ID.
    pub id: ProductId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Prefix of its requirement and task references: `ORB` in `ORB-12`. Unique; can't be changed.
    pub key: ProductKey,
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// Lifecycle status.
    pub status: Status,
    /// The owner, who manages the product.
    pub owner_id: UserId,
    /// The team members, not including the owner.
    pub members: Vec<Member>,
    /// Work in progress limits of the board's columns.
    pub wip_limits: WipLimits,
    /// Number of days in one status after which an unfinished task is flagged as aging.
    pub aging_alert_days: u16,
    /// The user who created it.
    pub created_by: UserId,
    /// When its deletion, including all of its contents, started.
    pub deleted_at: Option<Timestamp>,
}

impl Versioned for Product {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A product as shown in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductCard {
    /// The product's ID.
    pub id: ProductId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Prefix of its requirement and task references.
    pub key: ProductKey,
    /// Name.
    pub name: Name,
    /// Lifecycle status.
    pub status: Status,
    /// The owner, who manages the product.
    pub owner_id: UserId,
    /// IDs of the team members, not including the owner.
    pub member_ids: Vec<UserId>,
    /// When its deletion started.
    pub deleted_at: Option<Timestamp>,
}

impl ProductCard {
    /// Whether the user owns the product or is a member of it.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        self.owner_id == user || self.member_ids.contains(&user)
    }
}

/// A product to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// Two to ten letters or digits, starting with a letter. Unique; can't be changed.
    pub key: ProductKey,
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// Lifecycle status. Defaults to `planning`.
    pub status: Option<Status>,
    /// The owner, who manages the product. Defaults to the caller.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub owner_id: Option<UserId>,
    /// Work in progress limits of the board's columns.
    #[serde(default)]
    pub wip_limits: WipLimits,
    /// Number of days in one status after which an unfinished task is flagged as aging, 1 to 365. Defaults to 14.
    #[schema(minimum = 1, maximum = 365)]
    pub aging_alert_days: Option<u16>,
}

/// A JSON merge patch for a product.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductPatch {
    /// Name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Description, in Markdown.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// Lifecycle status. `archived` closes the product to changes until it is given another status.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// The owner, who manages the product.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<String>, format = Uuid)]
    pub owner_id: Option<UserId>,
    /// Work in progress limits of the board's columns; replaces all limits.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub wip_limits: Option<WipLimits>,
    /// Number of days in one status after which an unfinished task is flagged as aging, 1 to 365.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, minimum = 1, maximum = 365)]
    pub aging_alert_days: Option<u16>,
}

impl ProductPatch {
    fn apply(self, mut product: Product) -> Product {
        product.name = self.name.unwrap_or(product.name);
        product.status = self.status.unwrap_or(product.status);
        product.owner_id = self.owner_id.unwrap_or(product.owner_id);
        product.wip_limits = self.wip_limits.unwrap_or(product.wip_limits);
        product.aging_alert_days = self.aging_alert_days.unwrap_or(product.aging_alert_days);
        self.description.apply(&mut product.description);
        // The owner is not also listed as a member.
        product.members.retain(|member| member.user_id != product.owner_id);
        product
    }
}

impl Product {
    /// Returns the representation shown in lists.
    #[must_use]
    pub fn card(&self) -> ProductCard {
        ProductCard {
            id: self.id,
            version: self.version,
            updated_at: self.updated_at,
            key: self.key.clone(),
            name: self.name.clone(),
            status: self.status,
            owner_id: self.owner_id,
            member_ids: self.member_ids(),
            deleted_at: self.deleted_at,
        }
    }

    /// IDs of the members, not including the owner.
    #[must_use]
    pub fn member_ids(&self) -> Vec<UserId> {
        self.members.iter().map(|member| member.user_id).collect()
    }

    /// Whether the user owns the product or is a member of it.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        self.owner_id == user || self.members.iter().any(|member| member.user_id == user)
    }

    /// Whether the product and its contents can be changed.
    #[must_use]
    pub(crate) fn is_writable(&self) -> bool {
        self.status != Status::Archived && self.deleted_at.is_none()
    }

    fn checked(self) -> Result<Self, Error> {
        self.wip_limits.check()?;
        if !(1..=365).contains(&self.aging_alert_days) {
            return Err(Error::field("aging_alert_days", "must be between 1 and 365"));
        }
        Ok(self)
    }
}

impl Plain for Product {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Product, self.id)
    }

    fn fields(&self) -> Fields {
        let member = |member: &Member| format!("{}: {}", member.user_id, member.role.as_str());
        vec![
            ("key", Compared::Plain(Some(self.key.to_string()))),
            ("name", Compared::Plain(Some(self.name.to_string()))),
            ("description", Compared::Plain(self.description.as_ref().map(ToString::to_string))),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("owner_id", Compared::Plain(Some(self.owner_id.to_string()))),
            ("members", Compared::List(self.members.iter().map(member).collect())),
            ("wip_limits", Compared::List(self.wip_limits.lines())),
            ("aging_alert_days", Compared::Plain(Some(self.aging_alert_days.to_string()))),
            ("deleted_at", Compared::Plain(self.deleted_at.map(|at| at.to_string()))),
        ]
    }
}
