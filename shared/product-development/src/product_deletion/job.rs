//! Drives a deletion: each write to its item appears on the table's stream and triggers the next slice, as with merges.
//!
//! A slice walks the product's partition and removes what it finds. Work that started before the deletion may still write behind the
//! current position, so the walk repeats until a pass finds nothing.

use std::time::{Duration, Instant};

use super::removal::{self, Batch};
use super::{DeletionStatus, Progress, Run, TYPE, draft, key, open};
use crate::product::{self, LoadedProduct};
use kernel::error::{self, Error};
use kernel::id::ProductId;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{FieldChange, Kept, Subject};
use platform::caller::Cause;
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Transaction};

/// Number of attempts per slice before the dead-letter queue raises its alarm.
const SLICE_TRIES: u32 = 10;

/// How much one slice may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of items to process.
    pub items: usize,
    /// After this time, no further batch is started.
    pub time: Duration,
    /// How long to wait before retrying a slice after a transient failure; grows with each attempt.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { items: 500, time: Duration::from_secs(20), pause: Duration::from_secs(2) }
    }
}

/// A write to a deletion's item, as delivered by the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    product_id: ProductId,
    step: u64,
    tries: u32,
}

impl Trigger {
    /// Reads the new image of a stream record. `None` for everything except a running deletion.
    #[must_use]
    pub fn read(image: &Item) -> Option<Self> {
        if table::item_type(image) != Some(TYPE) {
            return None;
        }
        let run = open(image).ok().filter(Run::is_running)?;
        Some(Self { product_id: run.deletion.product_id, step: run.step, tries: run.tries })
    }
}

impl Run {
    fn is_running(&self) -> bool {
        self.deletion.status == DeletionStatus::Running
    }
}

/// Runs the slice that `trigger` asks for, unless it is already done. Returns an error if the slice should be retried.
pub async fn advance(app: &App, trigger: Trigger, limits: &Limits) -> Result<(), Error> {
    let Some(found) = app.table().get(key(trigger.product_id)).await? else { return Ok(()) };
    let run = open(&found)?;
    if !run.is_running() || (run.step, run.tries) != (trigger.step, trigger.tries) {
        return Ok(());
    }
    let step = run.step;
    let next = match slice(app, &run, limits).await {
        Ok(next) => next,
        Err(error) if passes(&error) && run.tries + 1 < SLICE_TRIES => {
            tracing::warn!(error = %error::chain(&error), product = %trigger.product_id, "slice postponed");
            tokio::time::sleep(limits.pause * (run.tries + 1)).await;
            Run { tries: run.tries + 1, ..run }
        }
        Err(error) => return Err(error),
    };
    let written = if next.is_running() {
        let mut transaction = Transaction::new();
        transaction.replace(draft(&next)?, step + 1);
        app.table().commit(transaction).await
    } else {
        finish(app, &next, step + 1).await
    };
    match written {
        // Another run has already done this slice.
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// Whether a retry of the slice may succeed. An item that changed in the meantime is read again then.
fn passes(error: &Error) -> bool {
    error.retryable() || matches!(error, Error::StaleVersion)
}

/// Returns the state of the deletion after the next slice.
async fn slice(app: &App, run: &Run, limits: &Limits) -> Result<Run, Error> {
    let started = Instant::now();
    let id = run.deletion.product_id;
    let list = List::new("below", Source::table(product::partition(id), ""), Order::Ascending);
    let list = List { consistent: true, ..list };
    let (items, more) = list.read(app, run.progress.after.as_deref(), limits.items).await?;
    let (mut deletion, mut progress) = (run.deletion.clone(), run.progress.clone());
    let mut at_end = more.is_none();
    for batch in Batch::all(id, items) {
        if started.elapsed() >= limits.time {
            at_end = false;
            break;
        }
        let (removed, last) = (batch.len(), batch.last().to_owned());
        match removal::remove(app, id, batch).await {
            Ok(()) => {}
            // Keep the progress made so far; the next slice retries this batch.
            Err(error) if passes(&error) && deletion.removed > run.deletion.removed => {
                tracing::warn!(error = %error::chain(&error), product = %id, "slice ended early");
                at_end = false;
                break;
            }
            Err(error) => return Err(error),
        }
        deletion.removed += removed;
        progress.found += removed;
        progress.after = Some(last);
    }
    if at_end && progress.found == 0 {
        // No new views can have been saved since the deletion started.
        deletion.removed += removal::remove_views(app, id).await?;
        deletion.status = DeletionStatus::Done;
        deletion.finished_at = Some(Timestamp::now());
    } else if at_end {
        progress = Progress::default();
    }
    Ok(Run { deletion, starter: run.starter.clone(), progress, step: run.step + 1, tries: 0 })
}

/// Replaces the product with its tombstone, frees its key, and replaces the deletion's item, which must still be at `version`.
async fn finish(app: &App, run: &Run, version: u64) -> Result<(), Error> {
    let id = run.deletion.product_id;
    let found = app.table().get(product::item_key(id)).await?.ok_or(Error::NotFound { what: "product" })?;
    let LoadedProduct { product, head } = product::open(&found)?;
    let starter = run.starter.caller(format!("deletion-{id}"), Cause::Deletion);
    let mut work = Work::of(app, &starter.actor, Operation::ProductDeletionFinish);
    let removed = Some(Kept::Text(run.deletion.removed.to_string()));
    let changes = vec![FieldChange { field: "removed".into(), before: None, after: removed }];
    let (seen, next, key) = (product.version, product.version + 1, product::unique_key(&product.key));
    let head = work.record(Subject::new(Entity::Product, id), next, Some(&head), kernel::id::new(), changes)?;
    work.replace(product::tombstone(product, next, &head)?, seen);
    work.delete(key);
    work.replace(draft(run)?, version);
    work.commit().await
}
