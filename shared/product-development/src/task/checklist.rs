//! The checklist of a task: small steps to check off.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use kernel::error::Error;
use kernel::text::Summary;

/// Maximum number of steps per task.
pub const MAX_STEPS: usize = 50;

/// A checklist step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistItem {
    /// The step's ID, unique within its task.
    pub id: Uuid,
    /// Text of the step.
    pub text: Summary,
    /// Whether the step is done.
    pub done: bool,
}

/// A step in a new or changed checklist.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistEntry {
    /// The ID of an existing step; omit it for a new step, which is given one.
    pub id: Option<Uuid>,
    /// Text of the step.
    pub text: Summary,
    /// Whether the step is done.
    #[serde(default)]
    pub done: bool,
}

/// Checks off a step, or unchecks it.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistTick {
    /// Whether the step is done.
    pub done: bool,
}

/// Parses the steps in a request, keeping their order.
pub(super) fn parse(entries: Vec<ChecklistEntry>) -> Result<Vec<ChecklistItem>, Error> {
    if entries.len() > MAX_STEPS {
        return Err(Error::field("checklist", format!("must have at most {MAX_STEPS} steps")));
    }
    let mut seen = BTreeSet::new();
    let mut items = Vec::with_capacity(entries.len());
    for (at, entry) in entries.into_iter().enumerate() {
        let id = entry.id.unwrap_or_else(kernel::id::new);
        if !seen.insert(id) {
            return Err(Error::field(format!("checklist[{at}].id"), "is a duplicate"));
        }
        items.push(ChecklistItem { id, text: entry.text, done: entry.done });
    }
    Ok(items)
}
