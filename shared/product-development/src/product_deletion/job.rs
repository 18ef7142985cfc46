//! The background job of a deletion.
//!
//! A slice walks the product's partition and removes what it finds. Work that started before the deletion may still write behind the
//! current position, so the walk repeats until a pass finds nothing.

use std::time::Duration;

use super::removal::{self, Batch};
use super::{DeletionRun, DeletionStatus, Progress, TYPE, key, open, store};
use crate::product::{self, LoadedProduct};
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::Action;
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{FieldChange, Kept, Subject};
use platform::caller::{Cause, Starter};
use platform::job::{self, Limits, LoadedRun, Next, Run, Slice};
use platform::page::{List, Order, Source};
use platform::table::{self, Condition, Item, Key, Transaction, Update, Write};

impl Run for DeletionRun {
    const TYPE: ItemType = TYPE;
    const LIMITS: Limits = Limits { items: 500, time: Duration::from_secs(20), pause: Duration::from_secs(2) };
    type Id = ProductId;
    type Progress = Progress;
    type End = Self;

    fn authority(&self) -> (&Starter, Action) {
        (&self.starter, Action::ProductDelete)
    }

    fn id(item: &Item) -> Option<ProductId> {
        product::id_in(table::text(item, "pk")?)
    }

    fn key(id: ProductId) -> Key {
        key(id)
    }

    fn open(item: &Item, progress: Progress) -> Result<Self, Error> {
        open(item, progress)
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn store(&self, write: Write<Update>, step: u64) -> Result<Write<Update>, Error> {
        store(self, write, step)
    }

    fn is_at(_: ProductId, step: u64) -> Condition {
        Condition::is("version", step + 1)
    }

    async fn slice(&self, app: &App, slice: &Slice<'_>) -> Result<Next<Self>, Error> {
        let next = remove_some(app, self, slice).await?;
        Ok(match next.deletion.status {
            DeletionStatus::Running | DeletionStatus::Stopped => Next::Slice(next, Transaction::new()),
            DeletionStatus::Done => Next::End(next),
        })
    }

    /// Replaces the product with its tombstone, frees its key, and completes the deletion's item.
    async fn finish(loaded: &LoadedRun<Self>, app: &App, end: Self) -> Result<(), Error> {
        let id = loaded.id;
        let found = app.table().get(product::item_key(id)).await?.ok_or(Error::NotFound { what: "product" })?;
        let LoadedProduct { product, head } = product::open(&found)?;
        let starter = end.starter.caller(format!("deletion-{id}"), Cause::Deletion);
        let mut work = Work::of(app, &starter.actor, Operation::ProductDeletionFinish);
        let removed = Some(Kept::Text(end.deletion.removed.to_string()));
        let changes = vec![FieldChange { field: "removed".into(), before: None, after: removed }];
        let (seen, next, key) = (product.version, product.version + 1, product::unique_key(&product.key));
        let head = work.record(Subject::new(Entity::Product, id), next, Some(&head), kernel::id::new(), changes)?;
        work.replace(product::tombstone(product, next, &head)?, seen);
        work.delete(key);
        work.push(loaded.done(&end)?, |_| Error::StaleVersion);
        work.commit().await
    }

    async fn stop(loaded: &LoadedRun<Self>, app: &App) -> Result<(), Error> {
        let mut transaction = Transaction::new();
        let stopped = loaded.run.with(DeletionStatus::Stopped);
        transaction.push(loaded.done(&stopped)?, |_| Error::StaleVersion);
        app.table().commit(transaction).await
    }

    /// An item that changed in the meantime is read again by the next attempt.
    fn is_transient(error: &Error) -> bool {
        error.retryable() || matches!(error, Error::StaleVersion)
    }

    fn warn(&self, error: &str, message: &str) {
        tracing::warn!(error, product = %self.deletion.product_id, "{message}");
    }
}

/// Removes the items that one slice may remove and returns the deletion after it.
async fn remove_some(app: &App, run: &DeletionRun, slice: &Slice<'_>) -> Result<DeletionRun, Error> {
    let id = run.deletion.product_id;
    let list = List::new("below", Source::table(product::partition(id), ""), Order::Ascending);
    let list = List { consistent: true, ..list };
    let (items, more) = list.read(app, run.progress.after.as_deref(), slice.limits.items).await?;
    let (mut deletion, mut progress) = (run.deletion.clone(), run.progress.clone());
    let mut at_end = more.is_none();
    for batch in Batch::all(id, items) {
        if slice.is_over() {
            at_end = false;
            break;
        }
        let (removed, last) = (batch.len(), batch.last().to_owned());
        match removal::remove(app, id, batch).await {
            Ok(()) => {}
            // Keep the progress made so far; the next slice retries this batch.
            Err(error) => {
                job::end_early(run, error, deletion.removed > run.deletion.removed)?;
                at_end = false;
                break;
            }
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
    Ok(DeletionRun { deletion, starter: run.starter.clone(), progress })
}
