//! Looks up tasks for Steward itself, in response to a change; what it finds does not depend on the permissions of the user who made the
//! change.

use super::item::{self, StoredTask};
use super::{Status, TaskCard};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId, TaskId, UserId};
use platform::app::App;
use platform::page::{List, Order, Source};
use platform::table;

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
