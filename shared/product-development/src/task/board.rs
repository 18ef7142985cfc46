//! The board of a product: its tasks by status, each column in the order people arranged it, and the number of tasks in each column.
//!
//! The number of tasks in a column is stored in a separate item beside the product and updated in the transaction of every change that
//! moves a task. A column's limit is therefore a condition of the write, and two requests cannot both take the last place.

use super::{Status, item};
use crate::product::{self, Product};
use crate::rank::Rank;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::ProductId;
use platform::app::App;
use platform::page::{List, Order, Source};
use platform::table::{self, Condition, Item, Key, Transaction, Write};

/// Primary key of a column's counter.
pub(super) fn column_key(product: ProductId, status: Status) -> Key {
    Key::new(product::partition(product), format!("COLUMN#{}", status.as_str()))
}

/// The number of tasks in a column, from its counter item.
pub(super) fn counted(item: Option<&Item>) -> Result<u64, Error> {
    item.map_or(Ok(0), |item| table::read(item, "tasks"))
}

/// Counts a task out of the column it leaves and into the column it enters, whose limit must leave room for it.
pub(super) fn count(
    transaction: &mut Transaction,
    product: &Product,
    from: Option<Status>,
    to: Option<Status>,
) -> Result<(), Error> {
    if from == to {
        return Ok(());
    }
    if let Some(from) = from {
        let update = Write::update(column_key(product.id, from)).increase("tasks", -1);
        transaction.push(update.when(Condition::at_least("tasks", 1)), |_| Error::StaleVersion);
    }
    to.map_or(Ok(()), |to| count_in(transaction, product, to, 1))
}

/// Counts tasks into a column, whose limit must leave room for all of them.
pub(super) fn count_in(
    transaction: &mut Transaction,
    product: &Product,
    to: Status,
    tasks: usize,
) -> Result<(), Error> {
    let update = Write::update(column_key(product.id, to)).set("type", ItemType::Column.as_str()).add("tasks", tasks);
    let limit = product.wip_limits.of(to);
    let full = move || {
        let limit = limit.unwrap_or_default();
        let detail = format!("This column can hold at most {limit} tasks. Finish or move one first.");
        Error::conflict("wip_limit_reached", detail)
    };
    let update = match limit {
        Some(limit) => {
            let room = usize::from(limit).checked_sub(tasks).ok_or_else(full)?;
            update.when(Condition::absent("tasks").or(Condition::at_most("tasks", room)))
        }
        None => update,
    };
    transaction.push(update, move |_| full());
    Ok(())
}

/// A column as a list, ordered by rank.
pub(super) fn column(product: ProductId, status: Status, order: Order) -> List {
    let source = Source { index: Some("gsi1"), pk: item::board(product), prefix: item::column(status) };
    List::new(format!("board/{}", status.as_str()), source, order)
}

/// The rank of a task that enters a column without a requested place: last, or first in the done column, where recently finished tasks are
/// most visible. Read from the index, which may lag slightly: two tasks that enter at the same time may get the same rank and are then
/// ordered by ID.
pub(super) async fn entrance(app: &App, product: ProductId, status: Status) -> Result<Rank, Error> {
    if status != Status::Done {
        return Ok(after(last(app, product, status).await?.as_ref()));
    }
    let (items, _) = column(product, status, Order::Ascending).read(app, None, 1).await?;
    let first = items.first().and_then(rank_of);
    Ok(Rank::between(None, first.as_ref()).or(first).unwrap_or_else(Rank::first))
}

/// The rank of the last task in a column.
pub(super) async fn last(app: &App, product: ProductId, status: Status) -> Result<Option<Rank>, Error> {
    let (items, _) = column(product, status, Order::Descending).read(app, None, 1).await?;
    Ok(items.first().and_then(rank_of))
}

/// The rank of a task in the index.
pub(super) fn rank_of(item: &Item) -> Option<Rank> {
    let rank = table::text(item, "gsi1sk")?.split('#').nth(1)?;
    Some(Rank::stored(rank))
}

/// A rank after all of a column's ranks.
pub(super) fn after(last: Option<&Rank>) -> Rank {
    Rank::between(last, None).unwrap_or_else(Rank::first)
}
