//! The representation of tasks in lists and on the board, and the filters for them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Hours, Status};
use crate::priority::Priority;
use crate::rank::Rank;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use kernel::text::{Name, Tag};
use kernel::time::{Date, Timestamp};
use platform::caller::Caller;

/// A task as shown in lists and on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskCard {
    /// The task's ID.
    pub id: TaskId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// The product's ID.
    pub product_id: ProductId,
    /// Sequential number within the product, starting at 1.
    pub number: u64,
    /// Human-readable reference, such as `ORB-12`.
    pub reference: String,
    /// Title.
    pub title: Name,
    /// Current status.
    pub status: Status,
    /// Rank that orders it within its board column.
    pub rank: Rank,
    /// Priority.
    pub priority: Priority,
    /// The assignee.
    pub assignee_id: Option<UserId>,
    /// The requirement it implements.
    pub requirement_id: Option<RequirementId>,
    /// The milestone it belongs to.
    pub milestone_id: Option<MilestoneId>,
    /// Due date.
    pub due_on: Option<Date>,
    /// Estimated effort, in hours.
    pub estimate_hours: Option<Hours>,
    /// Labels.
    pub labels: Vec<Tag>,
    /// Number of completed checklist steps.
    pub checklist_done: usize,
    /// Total number of checklist steps.
    pub checklist_total: usize,
    /// Number of comments.
    pub comment_count: u64,
    /// Number of attachments.
    pub attachment_count: u64,
    /// When the status last changed.
    pub status_since: Timestamp,
    /// When work started.
    pub started_at: Option<Timestamp>,
    /// When it was completed; null unless it is done.
    pub done_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Whose tasks to return: one user's, the caller's own, or unassigned ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Assignee {
    /// Unassigned tasks: `none`.
    Nobody,
    /// The caller's tasks: `me`.
    Me,
    /// The tasks of the user with this ID.
    User(UserId),
}

impl Assignee {
    /// The user this refers to; `None` for unassigned.
    pub(super) fn user(self, caller: &Caller) -> Option<UserId> {
        match self {
            Self::Nobody => None,
            Self::Me => Some(caller.id),
            Self::User(user) => Some(user),
        }
    }
}

impl TryFrom<String> for Assignee {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "none" => Ok(Self::Nobody),
            "me" => Ok(Self::Me),
            id => id.parse().map(Self::User).map_err(|_| "must be a user ID, `me` or `none`".into()),
        }
    }
}

/// Filters for a list of a product's tasks.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Only tasks with this status.
    pub status: Option<Status>,
    /// Only tasks with this priority.
    pub priority: Option<Priority>,
    /// Only tasks assigned to this user: a user ID, `me`, or `none` for unassigned tasks.
    #[param(value_type = Option<String>, pattern = "^(?:me|none|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub assignee_id: Option<Assignee>,
    /// Only tasks of this requirement.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// Only tasks of this milestone.
    #[param(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Only tasks with this label.
    pub label: Option<Tag>,
    /// Only tasks due before this date.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Only tasks whose reference, title or labels contain this text, ignoring case.
    pub text: Option<Name>,
    /// Items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// Filters for a list of one user's unfinished tasks in all products.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyTaskQuery {
    /// Whose tasks to return: a user ID or `me`. Defaults to `me`.
    #[param(value_type = Option<String>, pattern = "^(?:me|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub assignee_id: Option<Assignee>,
    /// Only tasks with this status.
    pub status: Option<Status>,
    /// Only tasks with this priority.
    pub priority: Option<Priority>,
    /// Only tasks due before this date.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}
