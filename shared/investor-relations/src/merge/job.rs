//! The background job of a merge.
//!
//! A slice scans the partition of the absorbed investor and moves what it finds. Writes that began before the merge may still
//! land behind the current position, so passes through the partition are repeated until one finds nothing.

use std::time::Duration;

use super::children::{Outcome, Way, move_item};
use super::item::{self, MergeRun, Progress};
use super::{Merge, Status};
use crate::investor;
use kernel::ItemType;
use kernel::error::{self, Error};
use kernel::id::InvestorId;
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::{Cause, Starter};
use platform::job::{self, Limits, LoadedRun, Next, Run, Slice};
use platform::page::{List, Order, Source};
use platform::table::{self, Condition, Item, Key, Transaction, Update, Write};

impl Run for MergeRun {
    const TYPE: ItemType = ItemType::Merge;
    /// The pause is also made, ten times as long, between passes while a reminder is being sent.
    const LIMITS: Limits = Limits { items: 200, time: Duration::from_secs(20), pause: Duration::from_secs(2) };
    /// The absorbed investor.
    type Id = InvestorId;
    type Progress = Progress;
    type End = Self;

    fn authority(&self) -> (&Starter, Action) {
        (&self.starter, Action::InvestorMerge)
    }

    fn id(item: &Item) -> Option<InvestorId> {
        table::read::<Merge>(item, "card").ok().map(|merge| merge.absorbed_id)
    }

    fn key(absorbed: InvestorId) -> Key {
        item::key(absorbed)
    }

    fn open(item: &Item, progress: Progress) -> Result<Self, Error> {
        item::open(item, progress)
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn store(&self, write: Write<Update>, step: u64) -> Result<Write<Update>, Error> {
        item::store(self, write, step)
    }

    fn is_at(_: InvestorId, step: u64) -> Condition {
        Condition::is("version", step + 1)
    }

    async fn slice(&self, app: &App, slice: &Slice<'_>) -> Result<Next<Self>, Error> {
        let next = move_some(app, self, slice).await?;
        Ok(match next.merge.status {
            Status::Running | Status::Stopped => Next::Slice(next, Transaction::new()),
            Status::Done => Next::End(next),
        })
    }

    async fn finish(loaded: &LoadedRun<Self>, app: &App, end: Self) -> Result<(), Error> {
        let mut transaction = Transaction::new();
        transaction.push(loaded.done(&end)?, |_| Error::StaleVersion);
        app.table().commit(transaction).await
    }

    async fn stop(loaded: &LoadedRun<Self>, app: &App) -> Result<(), Error> {
        let mut transaction = Transaction::new();
        let stopped = loaded.run.with(Status::Stopped);
        transaction.push(loaded.done(&stopped)?, |_| Error::StaleVersion);
        app.table().commit(transaction).await
    }

    fn warn(&self, error: &str, message: &str) {
        tracing::warn!(error, investor = %self.merge.absorbed_id, "{message}");
    }
}

/// Moves the items that one slice may move and returns the merge after it.
async fn move_some(app: &App, run: &MergeRun, slice: &Slice<'_>) -> Result<MergeRun, Error> {
    let way = way(app, run).await?;
    let source = Source::table(investor::partition(way.from), "");
    let list = List { consistent: true, ..List::new("children", source, Order::Ascending) };
    let (items, more) = list.read(app, run.progress.after.as_deref(), slice.limits.items).await?;
    let (mut merge, mut progress) = (run.merge.clone(), run.progress.clone());
    let mut at_end = more.is_none();
    for item in &items {
        if slice.is_over() {
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
            Err(error) if MergeRun::is_transient(&error) => {
                job::end_early(run, error, merge.moved > run.merge.moved)?;
                at_end = false;
                break;
            }
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
            tokio::time::sleep(slice.limits.pause * 10).await;
        }
        merge.left_behind = 0;
        progress = Progress::default();
    }
    Ok(MergeRun { merge, starter: run.starter.clone(), progress })
}

/// Returns the way from the absorbed investor to the surviving one, which may itself have been merged in the meantime.
async fn way(app: &App, run: &MergeRun) -> Result<Way, Error> {
    let (from, mut into) = (run.merge.absorbed_id, run.merge.investor_id);
    for _ in 0..investor::MAX_MERGES {
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
