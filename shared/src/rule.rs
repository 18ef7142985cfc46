//! Workflow rules of a product: "when this happens to a task, then do that".
//!
//! Rules are read by `on-change` when the stream brings a change, and by `check-deadlines` when a task is overdue. A rule acts
//! for the one who wrote it. It acts once for one cause, and changes made by rules set off others at most
//! [`MOST_DEPTH`] times in a row, so that rules that undo each other come to rest.

mod item;
mod run;
mod write;

pub use run::{Cause, fire};
pub(crate) use write::read;
pub use write::{create, delete, list, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::{Compared, Fields, Plain, Subject};
use crate::error::Error;
use crate::http::{Versioned, present};
use crate::id::{ProductId, RuleId, UserId};
use crate::priority::Priority;
use crate::task;
use crate::text::{Name, Summary, Tag};
use crate::time::Timestamp;

/// Most rules of one product.
pub const MOST_RULES: usize = 50;
/// Most actions of one rule.
pub const MOST_ACTIONS: usize = 5;
/// How often in a row a change by a rule may set off rules.
pub const MOST_DEPTH: u32 = 3;

/// What sets a rule off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleEvent)]
pub enum Event {
    /// A task is new.
    TaskCreated,
    /// A task has another status.
    TaskStatusChanged,
    /// A task is given to someone.
    TaskAssigned,
    /// The day has passed until which a task was to be done.
    TaskOverdue,
    /// The content of a task's requirement changed.
    RequirementChanged,
}

impl Event {
    /// The event's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TaskCreated => "task_created",
            Self::TaskStatusChanged => "task_status_changed",
            Self::TaskAssigned => "task_assigned",
            Self::TaskOverdue => "task_overdue",
            Self::RequirementChanged => "requirement_changed",
        }
    }
}

/// When a rule acts: an event, and what the task must be like by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleWhen)]
pub struct When {
    /// What sets it off.
    pub event: Event,
    /// Only if the task has this status.
    #[serde(default)]
    pub status: Option<task::Status>,
    /// Only if it has this priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Only if it has this label.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub label: Option<Tag>,
}

/// Whom a rule tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleRecipient)]
pub enum Recipient {
    /// Who does the task.
    Assignee,
    /// Who owns the product.
    Owner,
    /// Who watches the task.
    Watchers,
}

impl Recipient {
    fn as_str(self) -> &'static str {
        match self {
            Self::Assignee => "assignee",
            Self::Owner => "owner",
            Self::Watchers => "watchers",
        }
    }
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleAction)]
pub enum Then {
    /// Gives the task another status; a full column of the board refuses it.
    SetStatus {
        /// The status.
        status: task::Status,
    },
    /// Gives it another priority.
    SetPriority {
        /// The priority.
        priority: Priority,
    },
    /// Gives it to someone of the team.
    Assign {
        /// The user.
        user_id: UserId,
    },
    /// Adds a label.
    AddLabel {
        /// The label.
        #[schema(value_type = String)]
        label: Tag,
    },
    /// Tells someone.
    Notify {
        /// Whom.
        recipient: Recipient,
        /// What, on one line.
        #[schema(value_type = String)]
        message: Summary,
    },
}

impl Then {
    /// What it does, as the audit trail and an export say it.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::SetStatus { status } => format!("set_status: {}", status.as_str()),
            Self::SetPriority { priority } => format!("set_priority: {}", priority.as_str()),
            Self::Assign { user_id } => format!("assign: {user_id}"),
            Self::AddLabel { label } => format!("add_label: {label}"),
            Self::Notify { recipient, message } => format!("notify {}: {message}", recipient.as_str()),
        }
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// The rule's id.
    pub id: RuleId,
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
    /// Whether the rule is enabled.
    pub enabled: bool,
    /// The trigger and its conditions.
    pub when: When,
    /// What it does, in this order.
    pub then: Vec<Then>,
    /// For whom it acts: who wrote it last.
    pub acts_for: UserId,
    /// Display name of that user at the time.
    pub acts_for_name: String,
}

impl Versioned for Rule {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a new rule takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Name.
    pub name: Name,
    /// Whether it acts; it does if left out.
    pub enabled: Option<bool>,
    /// The trigger and its conditions.
    pub when: When,
    /// What it does, one to five actions.
    pub then: Vec<Then>,
}

/// A merge patch of a rule.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePatch {
    /// Name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Whether the rule is enabled.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub enabled: Option<bool>,
    /// When it acts; replaces all of it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub when: Option<When>,
    /// What it does; replaces all of it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub then: Option<Vec<Then>>,
}

impl RulePatch {
    fn apply(self, mut rule: Rule) -> Rule {
        rule.name = self.name.unwrap_or(rule.name);
        rule.enabled = self.enabled.unwrap_or(rule.enabled);
        rule.when = self.when.unwrap_or(rule.when);
        rule.then = self.then.unwrap_or(rule.then);
        rule
    }
}

impl Rule {
    /// Whether a task as it is now is one that the rule is for.
    fn concerns(&self, task: &task::TaskCard) -> bool {
        let When { status, priority, label, .. } = &self.when;
        status.is_none_or(|status| status == task.status)
            && priority.is_none_or(|priority| priority == task.priority)
            && label.as_ref().is_none_or(|label| task.labels.contains(label))
    }

    fn checked(self) -> Result<Self, Error> {
        if (1..=MOST_ACTIONS).contains(&self.then.len()) {
            Ok(self)
        } else {
            Err(Error::field("then", format!("must be 1 to {MOST_ACTIONS} actions")))
        }
    }
}

impl Plain for Rule {
    fn subject(&self) -> Subject {
        Subject::new("rule", self.id).within(self.product_id)
    }

    fn fields(&self) -> Fields {
        let plain = |value: Option<String>| Compared::Plain(value);
        let mut when = vec![self.when.event.as_str().to_owned()];
        when.extend(self.when.status.map(|status| format!("status: {}", status.as_str())));
        when.extend(self.when.priority.map(|priority| format!("priority: {}", priority.as_str())));
        when.extend(self.when.label.as_ref().map(|label| format!("label: {label}")));
        vec![
            ("name", plain(Some(self.name.to_string()))),
            ("enabled", plain(Some(self.enabled.to_string()))),
            ("when", Compared::List(when)),
            ("then", Compared::List(self.then.iter().map(Then::line).collect())),
            ("acts_for", plain(Some(self.acts_for.to_string()))),
        ]
    }
}
