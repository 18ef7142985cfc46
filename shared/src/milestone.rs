//! Milestones: days by which requirements and tasks of a product are to be done, how far they are, and whether that is enough.

mod item;
mod progress;
mod read;
mod write;

pub use item::{item_key, require};
pub use progress::{Progress, Risk};
pub(crate) use read::read;
pub use read::{MilestoneQuery, Roadmap, RoadmapQuery, get, list, roadmap};
pub use write::{create, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::{Compared, Fields, Plain, Subject};
use crate::http::{Patch, Versioned, present};
use crate::id::{MilestoneId, ProductId, UserId};
use crate::text::{Message, Name};
use crate::time::{Date, Timestamp};

/// Whether a milestone is still before the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MilestoneStatus)]
pub enum Status {
    /// It is.
    #[default]
    Open,
    /// It was reached.
    Reached,
}

impl Status {
    /// Returns the status as the API spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reached => "reached",
        }
    }
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Milestone {
    /// The milestone's id.
    pub id: MilestoneId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<Message>,
    /// Due date.
    pub due_on: Date,
    /// Whether it was reached.
    pub status: Status,
    /// Who created it.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
    /// How far its tasks and requirements are; found out when it is read.
    pub progress: Progress,
    /// Whether it may be missed; found out when it is read.
    pub at_risk: bool,
    /// Why it may be missed.
    #[schema(value_type = Option<Risk>)]
    pub at_risk_reason: Option<Risk>,
}

impl Versioned for Milestone {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a new milestone takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMilestone {
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<Message>,
    /// Due date.
    pub due_on: Date,
    /// Whether it was reached; `open` if left out.
    pub status: Option<Status>,
}

/// A merge patch of a milestone.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestonePatch {
    /// Name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Description, in Markdown.
    #[serde(default)]
    #[schema(value_type = Option<Message>)]
    pub description: Patch<Message>,
    /// Due date.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub due_on: Option<Date>,
    /// Whether it was reached.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
}

impl MilestonePatch {
    fn apply(self, mut milestone: Milestone) -> Milestone {
        milestone.name = self.name.unwrap_or(milestone.name);
        milestone.due_on = self.due_on.unwrap_or(milestone.due_on);
        milestone.status = self.status.unwrap_or(milestone.status);
        self.description.apply(&mut milestone.description);
        milestone
    }
}

impl Plain for Milestone {
    fn subject(&self) -> Subject {
        Subject::new("milestone", self.id).within(self.product_id)
    }

    fn fields(&self) -> Fields {
        vec![
            ("name", Compared::Plain(Some(self.name.to_string()))),
            ("description", Compared::Plain(self.description.as_ref().map(ToString::to_string))),
            ("due_on", Compared::Plain(Some(self.due_on.to_string()))),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
        ]
    }
}
