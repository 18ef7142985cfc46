//! Tasks: the work to be done for a product, with assignees and due dates.

mod board;
mod board_read;
mod card;
mod checklist;
mod create_many;
mod estimate;
mod item;
mod lookup;
mod moves;
mod patch;
mod read;
mod rule_change;
mod tick;
mod transition;
mod update_many;
pub mod view;
mod watch;
mod write;

pub use board_read::{Board, BoardColumn, BoardQuery, board, board_column};
pub use card::{Assignee, MyTaskQuery, TaskCard, TaskQuery};
pub use checklist::{ChecklistEntry, ChecklistItem, ChecklistTick, MAX_STEPS};
pub use create_many::{MAX_AT_ONCE, create_many};
pub use estimate::Hours;
pub use item::external_key;
pub use item::{DUE, card_of, listings, look_first, place_on_board, task_key};
pub use lookup::{card, unfinished_of, watchers};
pub use moves::{TaskMove, move_to};
pub use patch::checked_labels;
pub use patch::{NewTask, TaskPatch};
pub use read::{get, list, list_mine};
pub use read::{read, read_mine, seen};
pub(crate) use rule_change::change_by_rule;
pub use tick::tick;
pub use transition::Transition;
pub use update_many::{TaskAt, TaskRefused, TasksPatch, TasksUpdated, update_many};
pub use watch::watch;
pub use write::create_as;
pub use write::{create, delete, update};

pub use crate::task_status::Status;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::priority::Priority;
use crate::rank::Rank;
use kernel::Entity;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use kernel::text::{ExternalKey, LongText, Name, Tag};
use kernel::time::{Date, Timestamp};
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::Versioned;

/// Maximum number of labels per task.
const MAX_LABELS: usize = 20;

/// A task with all of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// The task's ID.
    pub id: TaskId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// Sequential number within the product, starting at 1.
    pub number: u64,
    /// Human-readable reference, such as `ORB-12`.
    #[schema(example = "ORB-12")]
    pub reference: String,
    /// Title.
    pub title: Name,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// The requirement it implements.
    pub requirement_id: Option<RequirementId>,
    /// The requirement's content version when the task was linked to it.
    pub requirement_version: Option<u64>,
    /// Whether the requirement's content has changed since, or the requirement has been deleted.
    #[serde(default)]
    pub requirement_suspect: bool,
    /// The milestone it belongs to.
    pub milestone_id: Option<MilestoneId>,
    /// The assignee.
    pub assignee_id: Option<UserId>,
    /// Priority.
    pub priority: Priority,
    /// Current status.
    pub status: Status,
    /// Due date.
    pub due_on: Option<Date>,
    /// Estimated effort, in hours.
    pub estimate_hours: Option<Hours>,
    /// Labels.
    pub labels: Vec<Tag>,
    /// Checklist.
    pub checklist: Vec<ChecklistItem>,
    /// The watchers, who are notified about changes to the task.
    pub watcher_ids: Vec<UserId>,
    /// Number of comments.
    pub comment_count: u64,
    /// Number of attachments.
    pub attachment_count: u64,
    /// Rank that orders it within its board column.
    pub rank: Rank,
    /// When the status last changed.
    pub status_since: Timestamp,
    /// When work started.
    pub started_at: Option<Timestamp>,
    /// When it was completed; null unless it is done.
    pub done_at: Option<Timestamp>,
    /// Key in an external system.
    pub external_id: Option<ExternalKey>,
    /// The user who created it.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
    /// The most recent status changes, oldest first; stored beside the task.
    #[serde(skip)]
    pub transitions: Vec<Transition>,
}

impl Versioned for Task {
    fn version(&self) -> u64 {
        self.version
    }
}

impl Task {
    /// Returns the representation shown in lists and on the board.
    #[must_use]
    pub fn card(&self) -> TaskCard {
        TaskCard {
            id: self.id,
            version: self.version,
            product_id: self.product_id,
            number: self.number,
            reference: self.reference.clone(),
            title: self.title.clone(),
            status: self.status,
            rank: self.rank.clone(),
            priority: self.priority,
            assignee_id: self.assignee_id,
            requirement_id: self.requirement_id,
            milestone_id: self.milestone_id,
            due_on: self.due_on,
            estimate_hours: self.estimate_hours,
            labels: self.labels.clone(),
            checklist_done: self.checklist.iter().filter(|step| step.done).count(),
            checklist_total: self.checklist.len(),
            comment_count: self.comment_count,
            attachment_count: self.attachment_count,
            status_since: self.status_since,
            started_at: self.started_at,
            done_at: self.done_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

impl Plain for Task {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Task, self.id).within(self.product_id)
    }

    fn fields(&self) -> Fields {
        let plain = |value: Option<String>| Compared::Plain(value);
        let step = |step: &ChecklistItem| format!("[{}] {}", if step.done { 'x' } else { ' ' }, step.text);
        vec![
            ("reference", plain(Some(self.reference.clone()))),
            ("title", plain(Some(self.title.to_string()))),
            ("description", plain(self.description.as_ref().map(ToString::to_string))),
            ("requirement_id", plain(self.requirement_id.map(|id| id.to_string()))),
            ("requirement_version", plain(self.requirement_version.map(|version| version.to_string()))),
            ("milestone_id", plain(self.milestone_id.map(|id| id.to_string()))),
            ("assignee_id", plain(self.assignee_id.map(|id| id.to_string()))),
            ("priority", plain(Some(self.priority.as_str().into()))),
            ("status", plain(Some(self.status.as_str().into()))),
            ("due_on", plain(self.due_on.map(String::from))),
            ("estimate_hours", plain(self.estimate_hours.map(String::from))),
            ("labels", Compared::List(self.labels.iter().map(ToString::to_string).collect())),
            ("checklist", Compared::List(self.checklist.iter().map(step).collect())),
            ("watcher_ids", Compared::List(self.watcher_ids.iter().map(ToString::to_string).collect())),
            ("rank", plain(Some(self.rank.as_str().into()))),
            ("external_id", plain(self.external_id.as_ref().map(ToString::to_string))),
        ]
    }
}
