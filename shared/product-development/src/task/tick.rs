//! Checks off the steps of a task's checklist.

use uuid::Uuid;

use super::write::change_present;
use super::{ChecklistTick, Task};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId};
use platform::app::App;
use platform::caller::Caller;

/// Checks off a step of a task, or unchecks it. Two round trips; retries if the task changes in the meantime.
pub async fn tick(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    step: Uuid,
    tick: ChecklistTick,
) -> Result<Task, Error> {
    let change = |mut task: Task| {
        let found = task.checklist.iter_mut().find(|item| item.id == step);
        found.ok_or(Error::NotFound { what: "checklist item" })?.done = tick.done;
        Ok(task)
    };
    change_present(app, caller, product_id, id, Operation::TaskChecklistTick, true, change).await
}
