//! Applies the same change to many tasks; each one succeeds or fails on its own.

use std::collections::BTreeSet;

use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{TaskCard, TaskPatch, update};
use crate::product;
use kernel::error::{Denied, Error};
use kernel::id::{ProductId, TaskId};
use kernel::policy::Action;
use platform::app::App;
use platform::caller::Caller;
use platform::http::Json;

/// Maximum number of tasks per request.
const MOST: usize = 100;
/// Number of tasks changed concurrently.
const AT_ONCE: usize = 8;

/// A task at the version that was read.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskAt {
    /// The task's ID.
    pub id: TaskId,
    /// The version that was read.
    pub version: u64,
}

/// A change to many tasks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TasksPatch {
    /// The tasks, 1 to 100, each with the version that was read.
    #[schema(min_items = 1, max_items = 100)]
    pub ids: Vec<TaskAt>,
    /// The change to apply to each task.
    pub patch: TaskPatch,
}

/// A task that was not changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaskRefused {
    /// The task's ID.
    pub id: TaskId,
    /// Machine-readable error code, as in a problem response.
    pub code: String,
    /// Human-readable explanation.
    pub detail: String,
}

/// Result of a change to many tasks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TasksUpdated {
    /// The tasks that were changed.
    pub updated: Vec<TaskCard>,
    /// The tasks that were not changed.
    pub refused: Vec<TaskRefused>,
    /// The first refusal due to missing permissions, for the audit trail.
    #[serde(skip)]
    denied: Option<Denied>,
}

impl IntoResponse for TasksUpdated {
    fn into_response(self) -> Response {
        let denied = self.denied;
        let mut response = Json(self).into_response();
        if let Some(denied) = denied {
            response.extensions_mut().insert(denied);
        }
        response
    }
}

/// Changes tasks, each in its own transaction, in the order given. If the status changes, they are processed one after another because all
/// of them take places in the same column.
pub async fn update_many(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    many: TasksPatch,
) -> Result<TasksUpdated, Error> {
    let ids: BTreeSet<TaskId> = many.ids.iter().map(|task| task.id).collect();
    if many.ids.is_empty() || many.ids.len() > MOST || ids.len() != many.ids.len() {
        return Err(Error::field("ids", format!("must have 1 to {MOST} different tasks")));
    }
    product::load(app, caller, Action::TaskProgress, product_id).await?.writable()?;
    let at_once = if many.patch.status.is_some() { 1 } else { AT_ONCE };
    let patch = &many.patch;
    let changes = stream::iter(many.ids).map(|task| async move {
        (task.id, update(app, caller, product_id, task.id, task.version, patch.clone()).await)
    });
    let answers: Vec<_> = changes.buffered(at_once).collect().await;
    let mut done = TasksUpdated { updated: Vec::new(), refused: Vec::new(), denied: None };
    for (id, answer) in answers {
        match answer {
            Ok(task) => done.updated.push(task.card()),
            Err(error) => {
                if matches!(error, Error::Internal(_) | Error::Unavailable(_)) {
                    tracing::error!(error = %error, "failed to change a task in a bulk update");
                }
                done.denied = done.denied.or(error.denied());
                done.refused.push(TaskRefused { id, code: error.code().into(), detail: error.detail() });
            }
        }
    }
    Ok(done)
}
