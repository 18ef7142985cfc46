//! Driving a merge: each write of its item appears on the table's stream and has the next slice done, as with imports.
//!
//! A slice goes through the partition of the investor that goes and moves what it finds. What was begun there before the merge
//! may still be written behind the place where the slice is, so the partition is gone through until a pass finds nothing.

use std::time::{Duration, Instant};

use super::Status;
use super::children::{Outcome, Way, move_item};
use super::item::{self, Progress, Run};
use crate::investor;
use kernel::error::{self, Error};
use kernel::id::InvestorId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Transaction};

/// How many merges in a row are followed to the investor that stays.
const MOST_MERGES: u32 = 20;
/// How often a slice is tried before the alarm of the dead letters.
const SLICE_TRIES: u32 = 10;

/// How much one slice does.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most items looked at.
    pub items: usize,
    /// After this time no further item is begun.
    pub time: Duration,
    /// How long to wait before a slice that failed for a passing reason is tried again, growing with each try, and between
    /// passes while a reminder is being sent.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { items: 200, time: Duration::from_secs(20), pause: Duration::from_secs(2) }
    }
}

/// A write of a merge's item, as the stream tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    absorbed_id: InvestorId,
    step: u64,
    tries: u32,
}

impl Trigger {
    /// Reads the new image of a stream record; `None` for everything but a merge that goes on.
    #[must_use]
    pub fn read(image: &Item) -> Option<Self> {
        if table::text(image, "type") != Some(item::TYPE) {
            return None;
        }
        let run = item::open(image).ok().filter(Run::is_running)?;
        Some(Self { absorbed_id: run.merge.absorbed_id, step: run.step, tries: run.tries })
    }
}

/// Does the slice that `trigger` asks for, unless it is done already. Fails when it should be tried again.
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
            tracing::warn!(error = %error::chain(&error), investor = %run.merge.absorbed_id, "a slice is put off");
            tokio::time::sleep(limits.pause * (run.tries + 1)).await;
            Run { tries: run.tries + 1, ..run }
        }
        Err(error) => return Err(error),
    };
    let mut transaction = Transaction::new();
    app.table().replace(&mut transaction, item::draft(&next)?, step + 1)?;
    match app.table().commit(transaction).await {
        // The slice was done by someone else.
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// What the merge is after the next slice.
async fn slice(app: &App, run: &Run, limits: &Limits) -> Result<Run, Error> {
    let started = Instant::now();
    let way = way(app, run).await?;
    let source = Source::table(investor::key(way.from).pk, "");
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
            // What was moved before counts; this one is the next slice's.
            Err(error) if error.retryable() && merge.moved > run.merge.moved => {
                tracing::warn!(error = %error::chain(&error), investor = %way.from, "a slice was cut short");
                at_end = false;
                break;
            }
            Err(error) if error.retryable() => return Err(error),
            Err(error) => {
                let sk = table::text(item, "sk").unwrap_or_default();
                tracing::error!(error = %error::chain(&error), investor = %way.from, sk, "could not be moved");
                merge.left_behind += 1;
            }
        }
        progress.after = table::text(item, "sk").map(str::to_owned);
    }
    if at_end && progress.found == 0 {
        merge.status = Status::Done;
        merge.finished_at = Some(Timestamp::now());
    } else if at_end {
        // Through, and something was moved: once more, for what came after the place where it would have been found. What was
        // left behind is met, and counted, again.
        if progress.waits {
            tokio::time::sleep(limits.pause * 10).await;
        }
        merge.left_behind = 0;
        progress = Progress::default();
    }
    let starter = run.starter.clone();
    Ok(Run { merge, starter, progress, step: run.step + 1, tries: 0 })
}

/// From the investor that goes to the one that stays, which may have been merged into a further one meanwhile.
async fn way(app: &App, run: &Run) -> Result<Way, Error> {
    let (from, mut into) = (run.merge.absorbed_id, run.merge.investor_id);
    for _ in 0..MOST_MERGES {
        match investor::merged_into(app, into).await? {
            Some(next) => into = next,
            None => break,
        }
    }
    let mut keys = app.keys().subjects(vec![investor::subject(from), investor::subject(into)]).await?;
    let mut key = |id| {
        let key = keys.remove(&investor::subject(id));
        key.ok_or_else(|| Error::internal(format!("the data key of investor {id} is gone")))
    };
    let (from_key, into_key) = (key(from)?, key(into)?);
    let actor = run.starter.caller(format!("merge-{from}")).actor;
    Ok(Way { from, from_key, into, into_key, actor })
}
