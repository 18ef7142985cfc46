//! Moves a task on the board: between two others, in its own column or in another.

use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::read::{self, FoundTask};
use super::write::stage;
use super::{Status, TaskCard, board, item};
use crate::rank::Rank;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId};
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::page::Order;
use platform::retry::{Policy, Retry};
use platform::table::{self, Condition, Item, Transaction, Write};

/// Rank length in characters at which the tasks below the insertion point are given new ranks. It takes about 350 insertions at one place
/// to get there.
const LONG: usize = 60;
/// Maximum rank length: an index key can have 1,024 bytes.
const LONGEST: usize = 800;
/// Maximum number of tasks that get new ranks to make room for one. In a column with more tasks below the insertion point, ranks keep
/// growing.
const MAX_SHIFTED: usize = 2000;
/// Number of tasks that get new ranks per transaction.
const SHIFTED_AT_ONCE: usize = 90;

/// Where to move a task.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskMove {
    /// The target column.
    pub status: Status,
    /// The card that should end up directly below the moved one; null for the end of the column.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub before_id: Option<TaskId>,
    /// The card that should end up directly above the moved one; null for the start of the column.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub after_id: Option<TaskId>,
}

/// Moves a task that is still at `version`. Two round trips with two neighbours, three at either end of a column. A neighbour that has left
/// the column or swapped places with the other is ignored: the task is placed below the card above it, or above the one below it, or at the
/// end of the column if neither is left.
pub async fn move_to(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    version: u64,
    to: TaskMove,
) -> Result<StoredAnswer, Error> {
    let neighbours: Vec<TaskId> = to.before_id.into_iter().chain(to.after_id).collect();
    if neighbours.contains(&id) || (neighbours.len() == 2 && to.before_id == to.after_id) {
        return Err(Error::field("before_id", "and after_id must be two other tasks"));
    }
    let keys: Vec<_> = neighbours.iter().map(|task| item::task_key(product_id, *task)).collect();
    let mut roomy = false;
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let found = read::load(app, caller, product_id, id, keys.clone()).await?.of_assignee(caller)?;
        if found.stored.task.version != version {
            // A repeated request gets its first response, even though the task has moved since.
            if let Some(answer) = idempotency::replay(app, caller).await? {
                return Ok(answer);
            }
            return Err(Error::StaleVersion);
        }
        let place = place(app, &found, to).await?;
        let rank = Rank::between(place.above.as_ref(), place.below.as_ref());
        if !roomy && rank.as_ref().is_none_or(|rank| rank.length() > LONG) {
            roomy = true;
            make_room(app, product_id, to.status, place.above_at.as_deref(), id).await?;
            continue;
        }
        let rank = rank.filter(|rank| rank.length() <= LONGEST).ok_or_else(crowded)?;
        match commit(app, caller, &found, to.status, rank).await {
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(crowded()),
            done => return done,
        }
    }
}

fn crowded() -> Error {
    Error::conflict("conflict", "Other people are rearranging this column right now. Try again.")
}

async fn commit(
    app: &App,
    caller: &Caller,
    found: &FoundTask,
    status: Status,
    rank: Rank,
) -> Result<StoredAnswer, Error> {
    let mut after = found.stored.task.clone();
    after.rank = rank;
    if status != after.status {
        after.enter(status, Timestamp::now(), caller.id);
    }
    let mut work = Work::new(app, caller, Operation::TaskMove);
    let after = stage(&mut work, caller, found, after)?;
    let answer = StoredAnswer::json(StatusCode::OK, &after)?.version(after.version);
    work.answer(answer).await
}

/// The ranks that a task goes between.
struct Place {
    above: Option<Rank>,
    below: Option<Rank>,
    /// Position in the column of the card above.
    above_at: Option<String>,
}

/// Finds where the task goes, as far as the requested place still exists.
async fn place(app: &App, found: &FoundTask, to: TaskMove) -> Result<Place, Error> {
    let product_id = found.product.id;
    let task = &found.stored.task;
    let neighbour = |id: Option<TaskId>| -> Result<Option<TaskCard>, Error> {
        let item = id.and_then(|id| found.at(&item::task_key(product_id, id)));
        Ok(item.map(item::card_of).transpose()?.flatten().filter(|card| card.status == to.status))
    };
    let at = |card: &TaskCard| item::place(&card.rank, card.id);
    let (above, below) = (neighbour(to.after_id)?, neighbour(to.before_id)?);
    if let (Some(above), Some(below)) = (&above, &below)
        && at(above) < at(below)
    {
        let (above_at, above, below) = (Some(at(above)), Some(above.rank.clone()), Some(below.rank.clone()));
        return Ok(Place { above, below, above_at });
    }
    let (from, order) = match (&above, &below) {
        (Some(above), _) => (Some(at(above)), Order::Ascending),
        (None, Some(below)) => (Some(at(below)), Order::Descending),
        (None, None) => (None, Order::Descending),
    };
    let (items, _) = board::column(product_id, to.status, order).read(app, from.as_deref(), 2).await?;
    // The next task may be the moved one itself.
    let own = format!("#{}", task.id);
    let next = items.iter().find(|item| !table::text(item, "gsi1sk").unwrap_or_default().ends_with(&own));
    let (next, next_at) = (next.and_then(board::rank_of), next.and_then(place_of));
    Ok(match (above, below) {
        (Some(above), _) => Place { above_at: from, above: Some(above.rank), below: next },
        (None, Some(below)) => Place { above: next, below: Some(below.rank), above_at: next_at },
        (None, None) => Place { above: next, below: None, above_at: next_at },
    })
}

fn place_of(item: &Item) -> Option<String> {
    table::text(item, "gsi1sk")?.split_once('#').map(|(_, place)| place.to_owned())
}

/// Gives the tasks below `above` short ranks after everything else in their column, starting with the last one. Anyone who reads between
/// two transactions sees the order that people chose, and so does everyone if the process stops halfway. Does nothing in a column with too
/// many tasks below.
async fn make_room(
    app: &App,
    product: ProductId,
    status: Status,
    above: Option<&str>,
    moving: TaskId,
) -> Result<(), Error> {
    let column = board::column(product, status, Order::Ascending);
    let (below, more) = column.read(app, above, MAX_SHIFTED).await?;
    let last = below.last().and_then(board::rank_of);
    if more.is_some() || last.is_none() {
        return Ok(());
    }
    let cards = below.iter().map(|item| Ok((item::card_of(item)?, table::text(item, "gsi1sk"))));
    let cards: Vec<_> = cards.collect::<Result<_, Error>>()?;
    let ranks = Rank::following(last.as_ref(), cards.len());
    let steps: Vec<_> = cards.into_iter().zip(ranks).collect();
    for chunk in steps.rchunks(SHIFTED_AT_ONCE) {
        let mut transaction = Transaction::new();
        for ((card, from), rank) in chunk {
            let (Some(card), Some(from)) = (card, from) else { continue };
            if card.id == moving {
                // The task is about to leave its place.
                continue;
            }
            shift(&mut transaction, card, from, rank);
        }
        if transaction.is_empty() {
            continue;
        }
        match app.table().commit(transaction).await {
            // Another request moved one of them. The ranks written so far are in order; the caller looks up the place again.
            Err(Error::StaleVersion) => return Ok(()),
            done => done?,
        }
    }
    Ok(())
}

/// Gives a new rank to a task that is still at its place. This does not create a new version, because nobody changed the task.
fn shift(transaction: &mut Transaction, card: &TaskCard, from: &str, rank: &Rank) {
    let to = item::place_on_board(card.status, rank, card.id);
    let update = Write::update(item::task_key(card.product_id, card.id))
        .set("card.rank", rank.as_str())
        .set("gsi1sk", to)
        .increase("revision", 1);
    transaction.push(update.when(Condition::is("gsi1sk", from)), |_| Error::StaleVersion);
}
