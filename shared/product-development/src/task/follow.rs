//! What follows from changes reads tasks, and rules change them: whoever caused it, whatever they may.

use super::item::{self, Stored};
use super::read;
use super::write::{Retry, TRIES, update_once};
use super::{Status, Task, TaskCard, TaskPatch};
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId, TaskId, UserId};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Draft, Transaction};

/// What lists show of a task as it is now; none when it is gone.
pub async fn card(app: &App, product: ProductId, id: TaskId) -> Result<Option<TaskCard>, Error> {
    match app.table().get(item::task_key(product, id)).await? {
        Some(found) => item::card_of(&found),
        None => Ok(None),
    }
}

/// Who watches a task now.
pub async fn watchers(app: &App, card: &TaskCard) -> Result<Vec<UserId>, Error> {
    Ok(stored(app, card).await?.map(|stored| stored.task.watcher_ids).unwrap_or_default())
}

async fn stored(app: &App, card: &TaskCard) -> Result<Option<Stored>, Error> {
    let found = app.table().get(item::task_key(card.product_id, card.id)).await?;
    found.filter(|found| table::text(found, "type") == Some("task")).as_ref().map(item::open).transpose()
}

/// The unfinished tasks of a requirement by number, as many as `most`.
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

/// Has a rule change a task as it is now, for `caller`. `marker` is written with the change and says that it was done: when it is
/// there already, nothing happens.
pub(crate) async fn change_by_rule(
    app: &App,
    caller: &Caller,
    card: &TaskCard,
    patch: impl Fn(&Task) -> TaskPatch,
    marker: impl Fn() -> Result<Draft, Error>,
) -> Result<(), Error> {
    let begin = || {
        let mut transaction = Transaction::new();
        app.table().create(&mut transaction, marker()?, |_| Error::conflict("seen", "The rule has acted."))?;
        Ok(transaction)
    };
    for _ in 0..TRIES {
        let loaded = read::load(app, caller, card.product_id, card.id, Vec::new()).await?;
        let task = &loaded.stored.task;
        let patch = patch(task);
        match update_once(app, caller, card.product_id, card.id, Some(task.version), patch, &begin).await {
            Ok(_) | Err(Retry::Refused(Error::Conflict { code: "seen", .. })) => return Ok(()),
            Err(Retry::Moved | Retry::Refused(Error::StaleVersion)) => {}
            Err(Retry::Refused(error)) => return Err(error),
        }
    }
    Err(Error::Unavailable("a task is contended".into()))
}
