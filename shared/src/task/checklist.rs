//! The checklist of a task: small steps to tick off.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::Error;
use crate::text::Summary;

/// Most steps of one task.
pub const MOST_STEPS: usize = 50;

/// A step of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistItem {
    /// The step's id, within its task.
    pub id: Uuid,
    /// Title.
    pub text: Summary,
    /// Whether it is done.
    pub done: bool,
}

/// What a step of a new or changed checklist takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistEntry {
    /// The id of a step that is there already; a new step gets one.
    pub id: Option<Uuid>,
    /// Title.
    pub text: Summary,
    /// Whether it is done.
    #[serde(default)]
    pub done: bool,
}

/// What ticking a step takes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistTick {
    /// Whether it is done.
    pub done: bool,
}

/// The steps that a request names, in its order.
pub(super) fn parse(entries: Vec<ChecklistEntry>) -> Result<Vec<ChecklistItem>, Error> {
    if entries.len() > MOST_STEPS {
        return Err(Error::field("checklist", format!("must have at most {MOST_STEPS} steps")));
    }
    let mut seen = BTreeSet::new();
    let mut items = Vec::with_capacity(entries.len());
    for (at, entry) in entries.into_iter().enumerate() {
        let id = entry.id.unwrap_or_else(crate::id::new);
        if !seen.insert(id) {
            return Err(Error::field(format!("checklist[{at}].id"), "is there twice"));
        }
        items.push(ChecklistItem { id, text: entry.text, done: entry.done });
    }
    Ok(items)
}
