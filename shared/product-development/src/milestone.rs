//! Milestones: dates by which requirements and tasks of a product are due, their progress, and whether they are at risk.

mod counters;
mod item;
mod progress;
mod read;
mod write;

pub(crate) use counters::counters_key;
pub use counters::{MilestoneCounters, forget_counters};
pub use item::{item_key, listed, require};
pub use progress::{Progress, Risk};
pub use read::read;
pub use read::{MilestoneQuery, Roadmap, RoadmapQuery, get, list, roadmap};
pub use write::{create, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::Entity;
use kernel::choice;
use kernel::id::{MilestoneId, ProductId, UserId};
use kernel::text::{Message, Name};
use kernel::time::{Date, Timestamp};
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::{Patch, Versioned, present};

choice!(
    /// Status of a milestone.
    #[schema(as = MilestoneStatus)]
    #[derive(Default)]
    Status {
        /// Not reached yet.
        #[default]
        Open = "open",
        /// Reached.
        Reached = "reached",
    }
);

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Milestone {
    /// The milestone's ID.
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
    /// Status.
    pub status: Status,
    /// The user who created it.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
    /// Progress of its tasks and requirements; computed when it is read.
    pub progress: Progress,
    /// Whether the milestone is at risk of being missed; computed when it is read.
    pub at_risk: bool,
    /// Why the milestone is at risk; null if it is not.
    #[schema(value_type = Option<Risk>)]
    pub at_risk_reason: Option<Risk>,
}

impl Versioned for Milestone {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A milestone to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMilestone {
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<Message>,
    /// Due date.
    pub due_on: Date,
    /// Status. Defaults to `open`.
    pub status: Option<Status>,
}

/// A JSON merge patch for a milestone.
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
    /// Status.
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
        Subject::new(Entity::Milestone, self.id).within(self.product_id)
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
