//! Watching a task: its watchers are notified of changes.

use super::Task;
use super::write::change_present;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId};
use platform::app::App;
use platform::caller::Caller;

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
    change_present(app, caller, product_id, id, operation, false, change).await
}
