//! What a workflow rule changes in a task.

use super::read;
use super::write::{NotWritten, update_once};
use super::{Task, TaskCard, TaskPatch};
use kernel::error::Error;
use platform::app::App;
use platform::caller::Caller;
use platform::retry::{Policy, Retry};
use platform::table::{Draft, Transaction};

/// Applies a rule's change to the current state of a task, on behalf of `caller`. `marker` is written in the same transaction to record
/// that it was done; if the marker already exists, nothing happens.
pub(crate) async fn change_by_rule(
    app: &App,
    caller: &Caller,
    card: &TaskCard,
    patch: impl Fn(&Task) -> TaskPatch,
    marker: impl Fn() -> Result<Draft, Error>,
) -> Result<(), Error> {
    let begin = |transaction: &mut Transaction| {
        transaction.create(marker()?, |_| Error::conflict("seen", "The rule has already run."));
        Ok(())
    };
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let loaded = read::load(app, caller, card.product_id, card.id, Vec::new()).await?;
        let task = &loaded.stored.task;
        let patch = patch(task);
        match update_once(app, caller, card.product_id, card.id, Some(task.version), patch, begin).await {
            Ok(_) | Err(NotWritten::Refused(Error::Conflict { code: "seen", .. })) => return Ok(()),
            Err(NotWritten::Moved | NotWritten::Refused(Error::StaleVersion)) => {
                if !retry.again().await {
                    return Err(Error::Unavailable("too many concurrent changes to a task".into()));
                }
            }
            Err(NotWritten::Refused(error)) => return Err(error),
        }
    }
}
