//! Driving a merge: each write of its item appears on the table's stream and triggers the next slice, as with imports.
//!
//! A slice scans the partition of the absorbed investor and moves what it finds. Writes that began before the merge may still
//! land behind the current position, so passes through the partition are repeated until one finds nothing.

use std::time::{Duration, Instant};

use super::Status;
use super::children::{Outcome, Way, move_item};
use super::item::{self, Progress, Run};
use crate::investor;
use kernel::ItemType;
use kernel::error::{self, Error};
use kernel::id::InvestorId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Cause;
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Transaction};

/// Maximum attempts at a slice before it goes to the dead-letter queue, which raises an alarm.
const SLICE_TRIES: u32 = 10;

/// Limits for one slice.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of items examined.
    pub items: usize,
    /// No further item is started after this time.
    pub time: Duration,
    /// How long to wait before retrying a slice after a transient failure, increasing with each attempt, and between passes while
    /// a reminder is being sent.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { items: 200, time: Duration::from_secs(20), pause: Duration::from_secs(2) }
    }
}

/// A write of a merge's item, as reported by the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    absorbed_id: InvestorId,
    step: u64,
    tries: u32,
}

impl Trigger {
    /// Reads the new image of a stream record. `None` for everything except a running merge.
    #[must_use]
    pub fn read(image: &Item) -> Option<Self> {
        if table::item_type(image) != Some(ItemType::Merge) {
            return None;
        }
        let run = item::open(image).ok().filter(Run::is_running)?;
        Some(Self { absorbed_id: run.merge.absorbed_id, step: run.step, tries: run.tries })
    }
}

/// Runs the slice that `trigger` requests, unless it is already done. Fails if it should be retried.
pub async fn advance(app: &App, trigger: Trigger, limits: &Limits) -> Result<(), Error> {
    let Some(found) = app.table().get(item::key(trigger.absorbed_id)).await? else { return Ok(()) };
    let run = item::open(&found)?;
    if !run.is_running() || (run.step, run.tries) != (trigger.step, trigger.tries) {
        return Ok(());
    }
    let step = run.step;
    let next = match slice(app, &run, limits).await {
        Ok(next) => next,
        Err(error) if error.retryable() && run.tries + 1 < SLICE_TRIES => {
            tracing::warn!(error = %error::chain(&error), investor = %run.merge.absorbed_id, "slice failed, retrying later");
            tokio::time::sleep(limits.pause * (run.tries + 1)).await;
            Run { tries: run.tries + 1, ..run }
        }
        Err(error) => return Err(error),
    };
    let mut transaction = Transaction::new();
    transaction.replace(item::draft(&next)?, step + 1);
    match app.table().commit(transaction).await {
        // Another invocation ran the slice.
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// Runs the next slice and returns the state of the merge after it.
async fn slice(app: &App, run: &Run, limits: &Limits) -> Result<Run, Error> {
    let started = Instant::now();
    let way = way(app, run).await?;
    let source = Source::table(investor::partition(way.from), "");
    let list = List { consistent: true, ..List::new("children", source, Order::Ascending) };
    let (items, more) = list.read(app, run.progress.after.as_deref(), limits.items).await?;
    let (mut merge, mut progress) = (run.merge.clone(), run.progress.clone());
    let mut at_end = more.is_none();
    for item in &items {
        if started.elapsed() >= limits.time {
            at_end = false;
            break;
        }
        match move_item(app, &way, item).await {
            Ok(Outcome::Moved) => {
                merge.moved += 1;
                progress.found += 1;
            }
            Ok(Outcome::Tidied) => progress.found += 1,
            Ok(Outcome::Later) => {
                progress.waits = true;
                progress.found += 1;
            }
            Ok(Outcome::Stays) => {}
            // Keep what has been moved so far; the next slice retries this item.
            Err(error) if error.retryable() && merge.moved > run.merge.moved => {
                tracing::warn!(error = %error::chain(&error), investor = %way.from, "slice ended early");
                at_end = false;
                break;
            }
            Err(error) if error.retryable() => return Err(error),
            Err(error) => {
                let sk = table::text(item, "sk").unwrap_or_default();
                tracing::error!(error = %error::chain(&error), investor = %way.from, sk, "item could not be moved");
                merge.left_behind += 1;
            }
        }
        progress.after = table::text(item, "sk").map(str::to_owned);
    }
    if at_end && progress.found == 0 {
        merge.status = Status::Done;
        merge.finished_at = Some(Timestamp::now());
    } else if at_end {
        // The pass is complete and found something: start another, for items written behind the position. Items left behind are
        // found and counted again.
        if progress.waits {
            tokio::time::sleep(limits.pause * 10).await;
        }
        merge.left_behind = 0;
        progress = Progress::default();
    }
    let starter = run.starter.clone();
    Ok(Run { merge, starter, progress, step: run.step + 1, tries: 0 })
}

/// Returns the way from the absorbed investor to the surviving one, which may itself have been merged in the meantime.
async fn way(app: &App, run: &Run) -> Result<Way, Error> {
    let (from, mut into) = (run.merge.absorbed_id, run.merge.investor_id);
    for _ in 0..investor::MOST_MERGES {
        match investor::merged_into(app, into).await? {
            Some(next) => into = next,
            None => break,
        }
    }
    let mut keys = app.keys().subjects(vec![investor::subject(from), investor::subject(into)]).await?;
    let mut key = |id| {
        let key = keys.remove(&investor::subject(id));
        key.ok_or_else(|| Error::internal(format!("the data key of investor {id} is missing")))
    };
    let (from_key, into_key) = (key(from)?, key(into)?);
    let actor = run.starter.caller(format!("merge-{from}"), Cause::Merge).actor;
    Ok(Way { from, from_key, into, into_key, actor })
}
