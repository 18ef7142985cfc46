//! Small changes to a task that do not create a new version: checking off steps, and watching.

use uuid::Uuid;

use super::read;
use super::write::stage;
use super::{ChecklistTick, Task};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId};
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::retry::{Policy, Retry};

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
    changed(app, caller, product_id, id, Operation::TaskChecklistTick, true, change).await
}

/// Starts or stops watching a task, as the caller. Allowed for everyone who can see the task.
pub async fn watch(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    watches: bool,
) -> Result<Task, Error> {
    let change = |mut task: Task| {
        task.watcher_ids.retain(|user| *user != caller.id || watches);
        if watches && !task.watcher_ids.contains(&caller.id) {
            task.watcher_ids.push(caller.id);
        }
        Ok(task)
    };
    let operation = if watches { Operation::TaskWatch } else { Operation::TaskUnwatch };
    changed(app, caller, product_id, id, operation, false, change).await
}

/// Changes the current state of the task, retrying if it changes in the meantime; `progresses` limits this to users who may progress the
/// task.
async fn changed(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    operation: Operation,
    progresses: bool,
    change: impl Fn(Task) -> Result<Task, Error>,
) -> Result<Task, Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let found = read::load(app, caller, product_id, id, Vec::new()).await?;
        let found = if progresses { found.of_assignee(caller)? } else { found };
        let after = change(found.stored.task.clone())?;
        if after == found.stored.task {
            return Ok(after);
        }
        let mut work = Work::new(app, caller, operation);
        let after = stage(&mut work, caller, &found, after)?;
        match work.commit().await {
            Ok(()) => return Ok(after),
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => {
                return Err(Error::conflict("conflict", "Someone else is changing this right now. Try again."));
            }
            Err(error) => return Err(error),
        }
    }
}
