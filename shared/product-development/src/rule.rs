//! Workflow rules of a product: "when this happens to a task, then do that".
//!
//! Rules are evaluated by `on-change` when the stream delivers a change, and by `check-deadlines` when a task is overdue. A rule acts on
//! behalf of its author. It acts once per occurrence, and changes made by rules can trigger further rules at most `MAX_DEPTH` times in a row,
//! so that rules that undo each other cannot loop forever.

mod item;
mod run;
mod write;

pub use item::key;
pub use run::{Occurrence, fire};
pub use write::read;
pub use write::{create, delete, list, update};

use std::collections::BTreeMap;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::priority::Priority;
use crate::task;
use kernel::Entity;
use kernel::choice;
use kernel::error::Error;
use kernel::id::{ProductId, RuleId, UserId};
use kernel::text::{Name, Summary, Tag};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::{Versioned, present};

/// Maximum number of rules per product.
const MAX_RULES: usize = 50;
/// Maximum number of actions per rule.
const MAX_ACTIONS: usize = 5;
/// Maximum number of consecutive times a rule's change can trigger further rules.
const MAX_DEPTH: u32 = 3;

choice!(
    /// The event that triggers a rule.
    #[schema(as = RuleEvent)]
    Event {
        /// A task was created.
        TaskCreated = "task_created",
        /// The status of a task changed.
        TaskStatusChanged = "task_status_changed",
        /// A task was assigned.
        TaskAssigned = "task_assigned",
        /// The due date of a task passed.
        TaskOverdue = "task_overdue",
        /// The content of a task's requirement changed.
        RequirementChanged = "requirement_changed",
    }
);

/// When a rule acts: an event, and conditions on the state of the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleWhen)]
pub struct When {
    /// The event that triggers the rule.
    pub event: Event,
    /// Only if the task has this status.
    #[serde(default)]
    pub status: Option<task::Status>,
    /// Only if the task has this priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Only if the task has this label.
    #[serde(default)]
    pub label: Option<Tag>,
}

choice!(
    /// The users a rule notifies.
    #[schema(as = RuleRecipient)]
    Recipient {
        /// The task's assignee.
        Assignee = "assignee",
        /// The product's owner.
        Owner = "owner",
        /// The task's watchers.
        Watchers = "watchers",
    }
);

/// An action of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields, remote = "Self")]
#[schema(as = RuleAction)]
pub enum Then {
    /// Changes the status of the task; refused if the board column is full.
    SetStatus {
        /// The new status.
        status: task::Status,
    },
    /// Changes the priority of the task.
    SetPriority {
        /// The new priority.
        priority: Priority,
    },
    /// Assigns the task to a member of the team.
    Assign {
        /// The new assignee.
        user_id: UserId,
    },
    /// Adds a label to the task.
    AddLabel {
        /// The label to add.
        label: Tag,
    },
    /// Sends a notification.
    Notify {
        /// The users to notify.
        recipient: Recipient,
        /// The message, on one line.
        message: Summary,
    },
}

impl Serialize for Then {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// Reads an object of strings first: what serde derives for a tagged choice also takes an array, and objects inside it.
impl<'de> Deserialize<'de> for Then {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = BTreeMap::<String, String>::deserialize(deserializer)?;
        Self::deserialize(MapDeserializer::new(fields.into_iter()))
    }
}

impl Then {
    /// Describes the action for the audit trail and exports.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::SetStatus { status } => format!("set_status: {}", status.as_str()),
            Self::SetPriority { priority } => format!("set_priority: {}", priority.as_str()),
            Self::Assign { user_id } => format!("assign: {user_id}"),
            Self::AddLabel { label } => format!("add_label: {label}"),
            Self::Notify { recipient, message } => format!("notify {}: {message}", recipient.as_str()),
        }
    }
}

/// A workflow rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// The rule's ID.
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
    /// The actions, in order.
    pub then: Vec<Then>,
    /// The user on whose behalf the rule acts: the last user to write it.
    pub acts_for: UserId,
    /// Display name of that user at the time.
    pub acts_for_name: String,
}

impl Versioned for Rule {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A rule to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Name.
    pub name: Name,
    /// Whether the rule is enabled. Defaults to `true`.
    pub enabled: Option<bool>,
    /// The trigger and its conditions.
    pub when: When,
    /// One to five actions, in order.
    #[schema(min_items = 1, max_items = 5)]
    pub then: Vec<Then>,
}

/// A JSON merge patch for a rule.
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
    /// The trigger and its conditions; replaces all of them.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub when: Option<When>,
    /// The actions; replaces all of them.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_items = 1, max_items = 5)]
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
    /// Whether the rule applies to the current state of a task.
    fn concerns(&self, task: &task::TaskCard) -> bool {
        let When { status, priority, label, .. } = &self.when;
        status.is_none_or(|status| status == task.status)
            && priority.is_none_or(|priority| priority == task.priority)
            && label.as_ref().is_none_or(|label| task.labels.contains(label))
    }

    fn checked(self) -> Result<Self, Error> {
        if (1..=MAX_ACTIONS).contains(&self.then.len()) {
            Ok(self)
        } else {
            Err(Error::field("then", format!("must have 1 to {MAX_ACTIONS} actions")))
        }
    }
}

impl Plain for Rule {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Rule, self.id).within(self.product_id)
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
