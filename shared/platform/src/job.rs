//! Background jobs, driven by the table's stream (`docs/decisions/0005-jobs.md`).
//!
//! A run of a job is an item. Each write of it appears on the stream and triggers the next slice, which ends with one write that is
//! conditional on the number of slices before it, so a record that is delivered twice, late, or to two functions at once takes effect
//! once. Until that write, the slice has not happened: if it is killed, it starts again from the same place.
//!
//! Transient failures are retried with growing pauses. Each attempt is counted in the item, and that write triggers the next attempt.
//! The run gives up after [`SLICE_TRIES`] attempts at a slice, or at once if a failure is permanent. It stops if the user who started it
//! may no longer do what it does, which is looked up before each slice.

mod loaded;
mod slice;

pub use loaded::{LoadedRun, Trigger, begin};
pub use slice::{Limits, Slice, end_early};

use std::time::Duration;

use kernel::error;
use kernel::policy::Action;
use kernel::{Error, ItemType};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::caller::Starter;
use crate::table::{Condition, Item, Key, Transaction, Update, Write};

/// Maximum number of attempts at a slice before its run gives up.
const SLICE_TRIES: u32 = 10;

/// A run of a background job: what its item holds besides the count of its slices. Each kind of job is a plain struct that implements
/// this trait.
pub trait Run: Sized + Send + Sync {
    /// Type of the items that hold the runs.
    const TYPE: ItemType;
    /// Limits of a slice, unless a test sets others.
    const LIMITS: Limits;
    /// Identifies a run.
    type Id: Copy + PartialEq + Send + Sync;
    /// Where the next slice continues.
    type Progress: Serialize + DeserializeOwned;
    /// What is left to write at the end of a run.
    type End: Send;

    /// The user who started the run, and what they must be allowed to do as long as it runs.
    fn authority(&self) -> (&Starter, Action);

    /// Reads which run an item holds. `None` if the item is damaged.
    fn id(item: &Item) -> Option<Self::Id>;

    /// Primary key of a run's item.
    fn key(id: Self::Id) -> Key;

    /// Reads a run from its item.
    fn open(item: &Item, progress: Self::Progress) -> Result<Self, Error>;

    /// Where the next slice continues.
    fn progress(&self) -> &Self::Progress;

    /// Adds to the write that ends a slice what the item holds besides its progress. `step` is the number of slices with this one. The
    /// failed attempts at this slice must no longer count.
    fn store(&self, write: Write<Update>, step: u64) -> Result<Write<Update>, Error>;

    /// The condition that a run's item is still this run after `step` slices.
    fn is_at(id: Self::Id, step: u64) -> Condition;

    /// The condition that `tries` failed attempts are counted, if counting another one needs it besides [`Run::is_at`].
    #[must_use]
    fn has_tried(_tries: u32) -> Option<Condition> {
        None
    }

    /// Does the next slice. Fails if the slice achieved nothing that must be kept.
    fn slice(&self, app: &App, slice: &Slice<'_>) -> impl Future<Output = Result<Next<Self>, Error>> + Send;

    /// Writes the end of a run, including [`LoadedRun::done`]. `Error::StaleVersion` means that another invocation did it.
    fn finish(loaded: &LoadedRun<Self>, app: &App, end: Self::End) -> impl Future<Output = Result<(), Error>> + Send;

    /// Ends a run whose starter may no longer do what it does, in a way that shows and from which somebody else can go on.
    /// `Error::StaleVersion` means that another invocation did it.
    fn stop(loaded: &LoadedRun<Self>, app: &App) -> impl Future<Output = Result<(), Error>> + Send;

    /// Ends a run whose slice failed for good. By default, the failure is returned, so that the record of the stream goes to the
    /// dead-letter queue, which raises an alarm.
    fn give_up(_loaded: &LoadedRun<Self>, _app: &App, error: Error) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Err(error))
    }

    /// Whether a slice that failed with `error` may succeed later.
    #[must_use]
    fn is_transient(error: &Error) -> bool {
        error.retryable()
    }

    /// How long to wait before a slice is retried after `tries` earlier failures; `pause` is [`Limits::pause`].
    #[must_use]
    fn pause(pause: Duration, tries: u32) -> Duration {
        pause * (tries + 1)
    }

    /// Logs a warning that names the run.
    fn warn(&self, error: &str, message: &str);
}

/// What follows a slice.
pub enum Next<R: Run> {
    /// Another slice, which continues from this state of the run. The transaction is written with it.
    Slice(R, Transaction),
    /// Nothing: the run ends.
    End(R::End),
}

/// Does the slice that a change of the table triggers. Does nothing if `image`, the item after the change, is anything but a run of
/// this kind in progress.
pub async fn follow<R: Run>(app: &App, image: &Item) -> Result<(), Error> {
    match Trigger::read::<R>(image) {
        Some(trigger) => advance::<R>(app, trigger, &R::LIMITS).await,
        None => Ok(()),
    }
}

/// Does the slice that `trigger` asks for, unless it is already done. An error means that it should be retried.
pub async fn advance<R: Run>(app: &App, trigger: Trigger<R::Id>, limits: &Limits) -> Result<(), Error> {
    let Some(found) = app.table().get(R::key(trigger.id)).await? else { return Ok(()) };
    if Trigger::read::<R>(&found) != Some(trigger) {
        return Ok(());
    }
    let loaded = LoadedRun::<R>::open(&found)?;
    let (starter, action) = loaded.run.authority();
    if !starter.may_still(app.table(), action).await? {
        loaded.run.warn(action.as_str(), "stopped: its starter is disabled or has other roles");
        return unless_done(R::stop(&loaded, app).await);
    }
    let written = match loaded.run.slice(app, &Slice::new(limits)).await {
        Ok(Next::Slice(next, writes)) => loaded.proceed(app, &next, writes).await,
        Ok(Next::End(end)) => R::finish(&loaded, app, end).await,
        Err(error) if R::is_transient(&error) && loaded.tries + 1 < SLICE_TRIES => {
            loaded.run.warn(&error::chain(&error), "slice failed, retrying later");
            tokio::time::sleep(R::pause(limits.pause, loaded.tries)).await;
            loaded.put_off(app).await
        }
        Err(error) => return R::give_up(&loaded, app, error).await,
    };
    unless_done(written)
}

/// The outcome of a slice; it is no failure if another invocation has done it.
fn unless_done(written: Result<(), Error>) -> Result<(), Error> {
    match written {
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}
