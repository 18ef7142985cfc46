//! Driving a deletion: each write of its item appears on the table's stream and has the next slice done, as with merges.
//!
//! A slice goes through the product's partition and removes what it finds. What was begun before the deletion may be written
//! behind the place where the slice is, so the partition is gone through until a pass finds nothing.

use std::time::{Duration, Instant};

use super::removal::{self, Batch};
use super::{DeletionStatus, Progress, Run, TYPE, draft, key, open};
use crate::product::item;
use kernel::error::{self, Error};
use kernel::id::ProductId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{self, FieldChange, Kept, Subject};
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Transaction};

/// How often a slice is tried before the alarm of the dead letters.
const SLICE_TRIES: u32 = 10;

/// How much one slice does.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most items looked at.
    pub items: usize,
    /// After this time no further piece is begun.
    pub time: Duration,
    /// How long to wait before a slice that failed for a passing reason is tried again, growing with each try.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { items: 500, time: Duration::from_secs(20), pause: Duration::from_secs(2) }
    }
}

/// A write of a deletion's item, as the stream tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    product_id: ProductId,
    step: u64,
    tries: u32,
}

impl Trigger {
    /// Reads the new image of a stream record; `None` for everything but a deletion that goes on.
    #[must_use]
    pub fn read(image: &Item) -> Option<Self> {
        if table::text(image, "type") != Some(TYPE) {
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

/// Does the slice that `trigger` asks for, unless it is done already. Fails when it should be tried again.
pub async fn advance(app: &App, trigger: Trigger, limits: &Limits) -> Result<(), Error> {
    let Some(found) = app.table().get(key(trigger.product_id)).await? else { return Ok(()) };
    let run = open(&found)?;
    if !run.is_running() || (run.step, run.tries) != (trigger.step, trigger.tries) {
        return Ok(());
    }
    let (step, mut transaction) = (run.step, Transaction::new());
    let next = match slice(app, &run, limits).await {
        Ok(next) => next,
        Err(error) if passes(&error) && run.tries + 1 < SLICE_TRIES => {
            tracing::warn!(error = %error::chain(&error), product = %trigger.product_id, "a slice is put off");
            tokio::time::sleep(limits.pause * (run.tries + 1)).await;
            Run { tries: run.tries + 1, ..run }
        }
        Err(error) => return Err(error),
    };
    if !next.is_running() {
        finish(app, &mut transaction, &next).await?;
    }
    app.table().replace(&mut transaction, draft(&next)?, step + 1)?;
    match app.table().commit(transaction).await {
        // The slice was done by someone else.
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// Whether the slice may go well when it is tried again. An item that changes meanwhile is read anew then.
fn passes(error: &Error) -> bool {
    error.retryable() || matches!(error, Error::StaleVersion)
}

/// What the deletion is after the next slice.
async fn slice(app: &App, run: &Run, limits: &Limits) -> Result<Run, Error> {
    let started = Instant::now();
    let id = run.deletion.product_id;
    let list = List::new("below", Source::table(item::partition(id), ""), Order::Ascending);
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
            // What was removed before counts; this piece is the next slice's.
            Err(error) if passes(&error) && deletion.removed > run.deletion.removed => {
                tracing::warn!(error = %error::chain(&error), product = %id, "a slice was cut short");
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
        // No more of them can be saved since the deletion began.
        deletion.removed += removal::remove_views(app, id).await?;
        deletion.status = DeletionStatus::Done;
        deletion.finished_at = Some(Timestamp::now());
    } else if at_end {
        progress = Progress::default();
    }
    Ok(Run { deletion, starter: run.starter.clone(), progress, step: run.step + 1, tries: 0 })
}

/// Leaves of the product what its history needs, and frees its key.
async fn finish(app: &App, transaction: &mut Transaction, run: &Run) -> Result<(), Error> {
    let id = run.deletion.product_id;
    let found = app.table().get(item::item_key(id)).await?.ok_or(Error::NotFound { what: "product" })?;
    let item::Loaded { product, head } = item::open(&found)?;
    let (actor, next) = (run.starter.caller(format!("deletion-{id}")).actor, product.version + 1);
    let removed = Some(Kept::Text(run.deletion.removed.to_string()));
    let changes = vec![FieldChange { field: "removed".into(), before: None, after: removed }];
    let (action, subject, record) = ("product_deletion_finish", Subject::new("product", id), kernel::id::new());
    let head = audit::change(app, transaction, &actor, action, subject, next, Some(&head), record, changes)?;
    let (version, key) = (product.version, item::unique_key(&product.key));
    app.table().replace(transaction, item::tombstone(product, next, &head)?, version)?;
    app.table().delete(transaction, key)
}
