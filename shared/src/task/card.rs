//! What lists and the board show of a task, and what they can be narrowed to.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Hours, Status};
use crate::caller::Caller;
use crate::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use crate::priority::Priority;
use crate::rank::Rank;
use crate::text::{Name, Tag};
use crate::time::{Date, Timestamp};

/// A task as lists and the board show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskCard {
    /// The task's id.
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
    /// How many of its steps are done.
    pub checklist_done: usize,
    /// How many steps it has.
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

/// Whose tasks: somebody's by id, the caller's own, or nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Assignee {
    /// Those that are assigned to nobody: `none`.
    Nobody,
    /// The caller's: `me`.
    Me,
    /// Somebody's.
    User(UserId),
}

impl Assignee {
    /// The user that is meant; none for nobody.
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
            id => id.parse().map(Self::User).map_err(|_| "must be the id of a user, me or none".into()),
        }
    }
}

/// What a list of a product's tasks can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Only items with this status.
    pub status: Option<Status>,
    /// Only items with this priority.
    pub priority: Option<Priority>,
    /// Only tasks assigned to this user: a user ID, `me`, or `none` for unassigned tasks.
    #[param(value_type = Option<String>)]
    pub assignee_id: Option<Assignee>,
    /// Only tasks of this requirement.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// Only tasks of this milestone.
    #[param(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Only tasks with this label.
    #[param(value_type = Option<String>)]
    pub label: Option<Tag>,
    /// Only tasks due before this date.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Only tasks whose reference, title or labels contain this text, ignoring case.
    #[param(value_type = Option<String>)]
    pub text: Option<Name>,
    /// Items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// What a list of somebody's unfinished tasks in all products can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyTaskQuery {
    /// Whose: a user's id or `me`, which it is if left out.
    #[param(value_type = Option<String>)]
    pub assignee_id: Option<Assignee>,
    /// Only items with this status.
    pub status: Option<Status>,
    /// Only items with this priority.
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
