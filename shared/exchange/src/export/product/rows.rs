//! Row formats of the exports of a product's lists.

use super::{AtTask, ProductRow, RequirementRow, RequirementVersion, TaskRow};
use crate::cell;
use crate::export::{Line, Row};
use kernel::text::{Criterion, Name, Tag};
use product_development::asset::Asset;
use product_development::attachment::Attachment;
use product_development::baseline::BaselineRow;
use product_development::comment::Comment;
use product_development::milestone::Milestone;
use product_development::product::TeamRole;
use product_development::rule::Rule;
use product_development::task::ChecklistItem;
use product_development::team::ProductMember;

impl Row for ProductRow {
    const COLUMNS: &'static [&'static str] =
        &["key", "name", "status", "owner", "owner_username", "members", "updated_at", "id"];

    fn cells(&self, line: &mut Line) {
        line.plain(&self.product.key);
        line.text(&self.product.name);
        line.plain(self.product.status.as_str());
        line.maybe_text(self.owner.as_ref().map(|owner| &owner.name));
        line.maybe_text(self.owner.as_ref().map(|owner| &owner.username));
        line.plain(self.product.member_ids.len());
        line.plain(self.product.updated_at);
        line.plain(self.product.id);
    }
}

impl Row for RequirementRow {
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "external_id",
        "title",
        "description",
        "priority",
        "status",
        "acceptance_criteria",
        "parent",
        "milestone",
        "reference",
        "version",
        "content_version",
        "links",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        let requirement = &self.requirement;
        line.plain(requirement.number);
        line.maybe_text(requirement.external_id.as_ref());
        line.text(&requirement.title);
        line.maybe_text(requirement.description.as_ref());
        line.plain(requirement.priority.as_str());
        line.plain(requirement.status.as_str());
        line.text(&cell::joined(requirement.acceptance_criteria.iter().map(Criterion::as_str)));
        line.maybe(self.parent.as_ref());
        line.maybe_text(self.milestone.as_ref());
        line.plain(&requirement.reference);
        line.plain(requirement.version);
        line.plain(requirement.content_version);
        let links = requirement.links.iter().map(|link| format!("{} {}", link.kind.as_str(), link.requirement_id));
        line.plain(links.collect::<Vec<_>>().join("; "));
        line.origin(&requirement.created_by_name, requirement.created_at, requirement.updated_at, requirement.id);
    }
}

impl Row for RequirementVersion {
    const COLUMNS: &'static [&'static str] = &["version", "at", "by_name", "changed"];

    fn cells(&self, line: &mut Line) {
        line.plain(self.version);
        line.plain(self.at);
        line.text(&self.by_name);
        line.plain(cell::joined(self.changed.iter().map(String::as_str)));
    }
}

impl Row for Asset {
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "kind",
        "approval",
        "approval_note",
        "approver_name",
        "decided_at",
        "requirement_id",
        "requirement_suspect",
        "file_name",
        "content_type",
        "size",
        "status",
        "file_version",
        "sha256",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.text(&self.name);
        line.plain(self.kind.as_str());
        line.plain(self.approval.as_str());
        line.maybe_text(self.approval_note.as_ref());
        line.maybe_text(self.approver_name.as_ref());
        line.maybe(self.decided_at);
        line.maybe(self.requirement_id);
        line.plain(self.requirement_suspect);
        line.text(&self.file_name);
        line.plain(self.content_type.as_str());
        line.plain(self.size);
        line.plain(self.status.as_str());
        line.plain(self.file_version);
        line.plain(self.sha256);
        line.origin(&self.created_by_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for Milestone {
    const COLUMNS: &'static [&'static str] = &[
        "due_on",
        "name",
        "description",
        "status",
        "percent",
        "tasks_done",
        "tasks_total",
        "requirements_done",
        "requirements_total",
        "at_risk",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.plain(self.due_on);
        line.text(&self.name);
        line.maybe_text(self.description.as_ref());
        line.plain(self.status.as_str());
        line.plain(self.progress.percent);
        line.plain(self.progress.tasks_done);
        line.plain(self.progress.tasks_total);
        line.plain(self.progress.requirements_done);
        line.plain(self.progress.requirements_total);
        line.plain(self.at_risk);
        line.origin(&self.created_by_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for TaskRow {
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "external_id",
        "title",
        "description",
        "status",
        "priority",
        "assignee",
        "requirement",
        "milestone",
        "due_on",
        "estimate_hours",
        "labels",
        "checklist",
        "reference",
        "assignee_name",
        "status_since",
        "started_at",
        "done_at",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        let task = &self.task;
        line.plain(task.number);
        line.maybe_text(task.external_id.as_ref());
        line.text(&task.title);
        line.maybe_text(task.description.as_ref());
        line.plain(task.status.as_str());
        line.plain(task.priority.as_str());
        line.maybe_text(self.assignee.as_ref().map(|assignee| &assignee.username));
        line.maybe(self.requirement.as_ref());
        line.maybe_text(self.milestone.as_ref());
        line.maybe(task.due_on.map(String::from));
        line.maybe(task.estimate_hours.map(String::from));
        line.text(&cell::joined(task.labels.iter().map(Tag::as_str)));
        let step = |step: &ChecklistItem| format!("[{}] {}", if step.done { 'x' } else { ' ' }, step.text);
        line.text(&task.checklist.iter().map(step).collect::<Vec<_>>().join("\n"));
        line.plain(&task.reference);
        line.maybe_text(self.assignee.as_ref().map(|assignee| &assignee.name));
        line.plain(task.status_since);
        line.maybe(task.started_at);
        line.maybe(task.done_at);
        line.origin(&task.created_by_name, task.created_at, task.updated_at, task.id);
    }
}

impl Row for AtTask<Comment> {
    const COLUMNS: &'static [&'static str] =
        &["task", "task_title", "text", "mentions", "version", "created_by_name", "created_at", "updated_at", "id"];

    fn cells(&self, line: &mut Line) {
        let comment = &self.it;
        line.plain(&self.task.reference);
        line.text(&self.task.title);
        line.text(&comment.text);
        line.text(&cell::joined(self.people.iter().map(Name::as_str)));
        line.plain(comment.version);
        line.origin(&comment.created_by_name, comment.created_at, comment.updated_at, comment.id);
    }
}

impl Row for AtTask<Attachment> {
    const COLUMNS: &'static [&'static str] = &[
        "task",
        "task_title",
        "file_name",
        "content_type",
        "size",
        "status",
        "sha256",
        "created_by_name",
        "created_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        let file = &self.it;
        line.plain(&self.task.reference);
        line.text(&self.task.title);
        line.text(&file.file_name);
        line.plain(file.content_type.as_str());
        line.plain(file.size);
        line.plain(file.status.as_str());
        line.plain(file.sha256);
        line.text(&file.created_by_name);
        line.plain(file.created_at);
        line.plain(file.id);
    }
}

impl Row for ProductMember {
    const COLUMNS: &'static [&'static str] =
        &["username", "name", "role", "is_owner", "active", "open_tasks", "overdue_tasks", "estimate_hours", "user_id"];

    fn cells(&self, line: &mut Line) {
        line.text(&self.username);
        line.text(&self.name);
        line.maybe(self.role.map(TeamRole::as_str));
        line.plain(self.is_owner);
        line.plain(self.active);
        line.plain(self.workload.open_tasks);
        line.plain(self.workload.overdue_tasks);
        line.plain(self.workload.estimate_hours);
        line.plain(self.user_id);
    }
}

impl Row for Rule {
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "enabled",
        "event",
        "status",
        "priority",
        "label",
        "then",
        "acts_for_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.text(&self.name);
        line.plain(self.enabled);
        line.plain(self.when.event.as_str());
        line.maybe(self.when.status.map(product_development::task::Status::as_str));
        line.maybe(self.when.priority.map(product_development::priority::Priority::as_str));
        line.maybe_text(self.when.label.as_ref());
        line.text(&self.then.iter().map(product_development::rule::Then::line).collect::<Vec<_>>().join("\n"));
        line.origin(&self.acts_for_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for BaselineRow {
    const COLUMNS: &'static [&'static str] = &[
        "baseline",
        "description",
        "requirement_count",
        "requirement",
        "version",
        "title",
        "priority",
        "status",
        "external_id",
        "created_by_name",
        "created_at",
        "baseline_id",
        "id",
    ];

    /// Only a baseline's first row has the description; an empty baseline is one row without a requirement.
    fn cells(&self, line: &mut Line) {
        let (baseline, requirement) = (&self.baseline, self.requirement.as_ref());
        line.text(&baseline.name);
        line.maybe_text(baseline.description.as_ref().filter(|_| self.is_first));
        line.plain(baseline.requirement_count);
        line.maybe(requirement.map(|card| &card.reference));
        line.maybe(requirement.map(|card| card.version));
        line.maybe_text(requirement.map(|card| &card.title));
        line.maybe(requirement.map(|card| card.priority.as_str()));
        line.maybe(requirement.map(|card| card.status.as_str()));
        line.maybe_text(requirement.and_then(|card| card.external_id.as_ref()));
        line.text(&baseline.created_by_name);
        line.plain(baseline.created_at);
        line.plain(baseline.id);
        line.maybe(requirement.map(|card| card.id));
    }
}
