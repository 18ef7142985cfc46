//! What a row of each export of a product shows.

use super::{ProductRow, RequirementRow, RequirementVersion, TaskRow};
use crate::asset::Asset;
use crate::cell;
use crate::export::{Line, Row};
use crate::milestone::Milestone;
use crate::task::ChecklistItem;
use crate::text::{Criterion, Tag};

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
        line.text(&requirement.created_by_name);
        line.plain(requirement.created_at);
        line.plain(requirement.updated_at);
        line.plain(requirement.id);
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
        line.text(&self.created_by_name);
        line.plain(self.created_at);
        line.plain(self.updated_at);
        line.plain(self.id);
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
        line.text(&self.created_by_name);
        line.plain(self.created_at);
        line.plain(self.updated_at);
        line.plain(self.id);
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
        line.text(&task.created_by_name);
        line.plain(task.created_at);
        line.plain(task.updated_at);
        line.plain(task.id);
    }
}
