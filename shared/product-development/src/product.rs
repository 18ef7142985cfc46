//! Products: what the company builds, who owns it and who works on it. Everything else of the workspace is below a product,
//! and what a person may do there follows from the product.

mod access;
pub mod deletion;
mod item;
mod key;
mod list;
mod member;
pub mod number;
mod write;

pub(crate) use access::{Belongs, covers, load_with, permitted, require_there, require_with};
pub use access::{load, load_any, require};
pub use deletion::{Deletion, delete, get as deletion};
pub use item::removed;
pub use item::{Loaded, card_of, item_key, listings};
pub(crate) use item::{is_open, partition};
pub use key::ProductKey;
pub use list::read;
pub use list::{ProductQuery, get, list};
pub use member::read as read_members;
pub use member::{
    NewMember, ProductMember, ProductMembers, list as members, put as put_member, remove as remove_member,
};
pub use write::{create, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::task;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::{Patch, Versioned, present};

/// What a product's history is made of: itself, and what stands below it.
pub const ENTITIES: [&str; 9] =
    ["product", "requirement", "baseline", "asset", "task", "comment", "attachment", "milestone", "rule"];
/// Most members of one product, its owner not counted.
pub const MOST_MEMBERS: usize = 100;
/// After how many days in one status a task is old, unless the product says otherwise.
const AGING_DAYS: u16 = 14;

/// Where a product is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductStatus)]
pub enum Status {
    /// It is thought about.
    Planning,
    /// It is built.
    Active,
    /// Work rests.
    OnHold,
    /// It is out.
    Launched,
    /// It is over: kept to be read, closed to changes.
    Archived,
}

impl Status {
    /// The status's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Active => "active",
            Self::OnHold => "on_hold",
            Self::Launched => "launched",
            Self::Archived => "archived",
        }
    }
}

/// What someone does in a product's team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamRole {
    /// Leads the team.
    Lead,
    /// Designs.
    Designer,
    /// Builds.
    Engineer,
    /// Tests.
    Tester,
    /// Finds out what is needed.
    Researcher,
    /// Brings it to customers.
    Marketing,
    /// Has an interest in it.
    Stakeholder,
}

impl TeamRole {
    /// The role's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Designer => "designer",
            Self::Engineer => "engineer",
            Self::Tester => "tester",
            Self::Researcher => "researcher",
            Self::Marketing => "marketing",
            Self::Stakeholder => "stakeholder",
        }
    }
}

/// Someone who belongs to a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The user.
    pub user_id: UserId,
    /// What they do in the team.
    pub role: TeamRole,
}

/// How many tasks a column of the board may hold; none for as many as there are. What is done has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WipLimits {
    /// Not begun, 1 to 1,000.
    #[serde(default)]
    pub open: Option<u16>,
    /// Worked on, 1 to 1,000.
    #[serde(default)]
    pub in_progress: Option<u16>,
    /// Waiting for something else, 1 to 1,000.
    #[serde(default)]
    pub blocked: Option<u16>,
    /// Looked at by others, 1 to 1,000.
    #[serde(default)]
    pub in_review: Option<u16>,
}

impl WipLimits {
    /// The limit of a column.
    #[must_use]
    pub fn of(&self, status: task::Status) -> Option<u16> {
        match status {
            task::Status::Open => self.open,
            task::Status::InProgress => self.in_progress,
            task::Status::Blocked => self.blocked,
            task::Status::InReview => self.in_review,
            task::Status::Done => None,
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
        let limit = |status: task::Status| self.of(status).map(|limit| format!("{}: {limit}", status.as_str()));
        task::Status::ALL.into_iter().filter_map(limit).collect()
    }
}

/// A product in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The product's id.
    pub id: ProductId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What the numbers of its requirements and tasks begin with: `ORB` in `ORB-12`. Unique, and fixed.
    pub key: ProductKey,
    /// Its name.
    pub name: Name,
    /// What it is, as Markdown.
    pub description: Option<LongText>,
    /// Where it is in its life.
    pub status: Status,
    /// Who manages it.
    pub owner_id: UserId,
    /// Who works on it, without its owner.
    pub members: Vec<Member>,
    /// How many tasks the columns of its board may hold.
    pub wip_limits: WipLimits,
    /// After how many days in one status an unfinished task is old.
    pub aging_alert_days: u16,
    /// Who created it.
    pub created_by: UserId,
    /// When its deletion began, with everything below it.
    pub deleted_at: Option<Timestamp>,
}

impl Versioned for Product {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A product as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductCard {
    /// The product's id.
    pub id: ProductId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What the numbers of its requirements and tasks begin with.
    pub key: ProductKey,
    /// Its name.
    pub name: Name,
    /// Where it is in its life.
    pub status: Status,
    /// Who manages it.
    pub owner_id: UserId,
    /// Who works on it.
    pub member_ids: Vec<UserId>,
    /// When its deletion began.
    pub deleted_at: Option<Timestamp>,
}

impl ProductCard {
    /// Whether the user owns it or belongs to it.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        self.owner_id == user || self.member_ids.contains(&user)
    }
}

/// What a new product takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// Two to ten letters and digits, beginning with a letter. Unique, and fixed.
    pub key: ProductKey,
    /// Its name.
    pub name: Name,
    /// What it is, as Markdown.
    pub description: Option<LongText>,
    /// Where it is in its life; `planning` if left out.
    pub status: Option<Status>,
    /// Who manages it; the caller if left out.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub owner_id: Option<UserId>,
    /// How many tasks the columns of its board may hold.
    #[serde(default)]
    pub wip_limits: WipLimits,
    /// After how many days in one status an unfinished task is old, 1 to 365; 14 if left out.
    #[schema(minimum = 1, maximum = 365)]
    pub aging_alert_days: Option<u16>,
}

/// A merge patch of a product.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductPatch {
    /// Its name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// What it is, as Markdown.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// Where it is in its life; `archived` closes it to changes until it is given another status.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// Who manages it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<String>, format = Uuid)]
    pub owner_id: Option<UserId>,
    /// How many tasks the columns of its board may hold; replaces all limits.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub wip_limits: Option<WipLimits>,
    /// After how many days in one status an unfinished task is old, 1 to 365.
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
        // Who owns it is no member besides.
        product.members.retain(|member| member.user_id != product.owner_id);
        product
    }
}

impl Product {
    /// What lists show of it.
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

    /// Who works on it, without its owner.
    #[must_use]
    pub fn member_ids(&self) -> Vec<UserId> {
        self.members.iter().map(|member| member.user_id).collect()
    }

    /// Whether the user owns it or belongs to it.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        self.owner_id == user || self.members.iter().any(|member| member.user_id == user)
    }

    /// Whether it and what is below it can be changed.
    #[must_use]
    pub fn is_writable(&self) -> bool {
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
        Subject::new("product", self.id)
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
