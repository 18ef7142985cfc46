//! What lists and the board show of a task, and what they can be narrowed to.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Hours, Status};
use crate::priority::Priority;
use crate::rank::Rank;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use kernel::text::{Name, Tag};
use kernel::time::{Date, Timestamp};
use platform::caller::Caller;

/// A task as lists and the board show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskCard {
    /// The task's id.
    pub id: TaskId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// The product.
    pub product_id: ProductId,
    /// Counted within the product, from 1.
    pub number: u64,
    /// What people call it: `ORB-12`.
    pub reference: String,
    /// What is to be done.
    pub title: Name,
    /// How far it is.
    pub status: Status,
    /// Its place in its column of the board.
    pub rank: Rank,
    /// How urgent it is.
    pub priority: Priority,
    /// Who does it.
    pub assignee_id: Option<UserId>,
    /// The requirement that it serves.
    pub requirement_id: Option<RequirementId>,
    /// The milestone that it belongs to.
    pub milestone_id: Option<MilestoneId>,
    /// Until when it is to be done.
    pub due_on: Option<Date>,
    /// How long it may take.
    pub estimate_hours: Option<Hours>,
    /// What it is found by.
    pub labels: Vec<Tag>,
    /// How many of its steps are done.
    pub checklist_done: usize,
    /// How many steps it has.
    pub checklist_total: usize,
    /// How many comments it has.
    pub comment_count: u64,
    /// How many files are at it.
    pub attachment_count: u64,
    /// Since when it has its status.
    pub status_since: Timestamp,
    /// When work on it began.
    pub started_at: Option<Timestamp>,
    /// When it was done; none while it is not.
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
    /// Only this status.
    pub status: Option<Status>,
    /// Only this priority.
    pub priority: Option<Priority>,
    /// Only those of this user, `me`, or `none` for those of nobody.
    #[param(value_type = Option<String>)]
    pub assignee_id: Option<Assignee>,
    /// Only those of this requirement.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// Only those of this milestone.
    #[param(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Only those with this label.
    #[param(value_type = Option<String>)]
    pub label: Option<Tag>,
    /// Only those that are due before this day.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Only those whose reference, title or labels contain this text, without regard to case.
    #[param(value_type = Option<String>)]
    pub text: Option<Name>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
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
    /// Only this status.
    pub status: Option<Status>,
    /// Only this priority.
    pub priority: Option<Priority>,
    /// Only those that are due before this day.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
