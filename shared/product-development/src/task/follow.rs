//! Task reads and changes made in response to other changes, including those by rules; they do not depend on the permissions of the user
//! who caused them.

use super::item::{self, StoredTask};
use super::read;
use super::write::{NotWritten, update_once};
use super::{Status, Task, TaskCard, TaskPatch};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId, TaskId, UserId};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::retry::{Policy, Retry};
use platform::table::{self, Draft, Transaction};

/// Returns the current list representation of a task. `None` if it has been deleted.
pub async fn card(app: &App, product: ProductId, id: TaskId) -> Result<Option<TaskCard>, Error> {
    match app.table().get(item::task_key(product, id)).await? {
        Some(found) => item::card_of(&found),
        None => Ok(None),
    }
}

/// The current watchers of a task.
pub async fn watchers(app: &App, card: &TaskCard) -> Result<Vec<UserId>, Error> {
    Ok(stored(app, card).await?.map(|stored| stored.task.watcher_ids).unwrap_or_default())
}

async fn stored(app: &App, card: &TaskCard) -> Result<Option<StoredTask>, Error> {
    let found = app.table().get(item::task_key(card.product_id, card.id)).await?;
    found.filter(|found| table::item_type(found) == Some(ItemType::Task)).as_ref().map(item::open).transpose()
}

/// Returns at most `most` unfinished tasks of a requirement, by number.
pub async fn unfinished_of(
    app: &App,
    product: ProductId,
    requirement: RequirementId,
    most: usize,
) -> Result<Vec<TaskCard>, Error> {
    let list = List::new("tasks", Source::table(item::serving(requirement), ""), Order::Ascending)
        .without("card.status", Status::Done.as_str())
        .filter("card.product_id", &product.to_string());
    let (mut tasks, mut after) = (Vec::new(), None);
    loop {
        let (items, next) = list.read(app, after.as_deref(), most - tasks.len()).await?;
        for found in items {
            tasks.push(table::read(&found, "card")?);
        }
        match next {
            Some(next) if tasks.len() < most => after = Some(next),
            _ => return Ok(tasks),
        }
    }
}

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
