//! The input for new tasks, and what can be changed in existing ones.

use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{ChecklistEntry, Hours, MAX_LABELS, Status, Task, checklist};
use crate::priority::Priority;
use kernel::error::Error;
use kernel::id::{MilestoneId, RequirementId, UserId};
use kernel::text::{ExternalKey, LongText, Name, Tag};
use kernel::time::Date;
use platform::http::{Patch, present};

/// A task to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// Title.
    pub title: Name,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// The requirement it implements.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// The milestone it belongs to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// The assignee: the product's owner or a member.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub assignee_id: Option<UserId>,
    /// Priority. Defaults to `medium`.
    #[serde(default)]
    pub priority: Priority,
    /// Initial status. Defaults to `open`.
    pub status: Option<Status>,
    /// Due date.
    pub due_on: Option<Date>,
    /// Estimated effort, in hours.
    pub estimate_hours: Option<Hours>,
    /// Labels, at most 20.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub labels: Vec<Tag>,
    /// Checklist, at most 50 steps.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub checklist: Vec<ChecklistEntry>,
    /// Key in an external system; unique within the product.
    pub external_id: Option<ExternalKey>,
}

/// A JSON merge patch for a task.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskPatch {
    /// Title.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<Name>,
    /// Description, in Markdown.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// The requirement it implements. Sending the current requirement again confirms that the task matches its current content.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Patch<RequirementId>,
    /// The milestone it belongs to.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Patch<MilestoneId>,
    /// The assignee.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub assignee_id: Patch<UserId>,
    /// Priority.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub priority: Option<Priority>,
    /// Status. In its new board column, the task goes last.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// Due date.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub due_on: Patch<Date>,
    /// Estimated effort, in hours.
    #[serde(default)]
    #[schema(value_type = Option<Hours>)]
    pub estimate_hours: Patch<Hours>,
    /// Labels; replaces all labels.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 20)]
    pub labels: Option<Vec<Tag>>,
    /// Checklist; replaces all steps.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 50)]
    pub checklist: Option<Vec<ChecklistEntry>>,
    /// Key in an external system.
    #[serde(default)]
    #[schema(value_type = Option<ExternalKey>)]
    pub external_id: Patch<ExternalKey>,
}

impl TaskPatch {
    /// Whether the patch changes only what an assignee may change: the status and the checklist.
    pub(super) fn only_progresses(&self) -> bool {
        self.title.is_none()
            && self.description == Patch::Absent
            && self.requirement_id == Patch::Absent
            && self.milestone_id == Patch::Absent
            && self.assignee_id == Patch::Absent
            && self.priority.is_none()
            && self.due_on == Patch::Absent
            && self.estimate_hours == Patch::Absent
            && self.labels.is_none()
            && self.external_id == Patch::Absent
    }

    /// The requirement that the patch links the task to; its content was read at `version`.
    pub(super) fn linked(&self) -> Option<RequirementId> {
        if let Patch::Set(id) = self.requirement_id { Some(id) } else { None }
    }

    /// Applies everything in the patch except the status, which takes a place on the board and a timestamp. The linked requirement was read
    /// at `content_version`.
    pub fn apply(self, mut task: Task, content_version: Option<u64>) -> Result<Task, Error> {
        task.title = self.title.unwrap_or(task.title);
        task.priority = self.priority.unwrap_or(task.priority);
        if self.requirement_id != Patch::Absent {
            task.requirement_version = content_version;
            task.requirement_suspect = false;
        }
        if let Patch::Set(user) = self.assignee_id
            && !task.watcher_ids.contains(&user)
        {
            task.watcher_ids.push(user);
        }
        self.description.apply(&mut task.description);
        self.requirement_id.apply(&mut task.requirement_id);
        self.milestone_id.apply(&mut task.milestone_id);
        self.assignee_id.apply(&mut task.assignee_id);
        self.due_on.apply(&mut task.due_on);
        self.estimate_hours.apply(&mut task.estimate_hours);
        self.external_id.apply(&mut task.external_id);
        if let Some(labels) = self.labels {
            task.labels = checked_labels(labels)?;
        }
        if let Some(entries) = self.checklist {
            task.checklist = checklist::parse(entries)?;
        }
        Ok(task)
    }
}

/// Checks labels and removes duplicates.
pub fn checked_labels(labels: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    if labels.len() > MAX_LABELS {
        return Err(Error::field("labels", format!("must have at most {MAX_LABELS} entries")));
    }
    let mut seen = BTreeSet::new();
    Ok(labels.into_iter().filter(|label| seen.insert(label.clone())).collect())
}
