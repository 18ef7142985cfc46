//! The item of a run: the count of its slices and of the failed attempts at the next one.

use kernel::Error;

use super::Run;
use crate::app::App;
use crate::table::{self, Attribute, Draft, Item, Transaction, Update, Write};

/// `state` of a run in progress.
const RUNNING: &str = "running";

/// A write of a run's item, as the stream reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger<Id> {
    /// The run.
    pub id: Id,
    /// Number of slices done.
    pub step: u64,
    /// Number of failed attempts at the next slice.
    pub tries: u32,
}

impl<Id> Trigger<Id> {
    /// Reads the new image of a stream record; `None` unless it is a run in progress.
    #[must_use]
    pub fn read<R: Run<Id = Id>>(image: &Item) -> Option<Self> {
        if table::item_type(image) != Some(R::TYPE) || !is_running(image) {
            return None;
        }
        Some(Self { id: R::id(image)?, step: table::read(image, "step").ok()?, tries: tries(image) })
    }
}

fn is_running(item: &Item) -> bool {
    table::text(item, "state") == Some(RUNNING)
}

/// The attribute may be missing before the first failure.
fn tries(item: &Item) -> u32 {
    table::read(item, "tries").unwrap_or(0)
}

/// Completes the item that starts a run; writing it triggers the first slice.
pub fn begin<R: Run>(run: &R, draft: Draft) -> Result<Draft, Error> {
    Ok(draft.object("progress", run.progress())?.number("step", 0).text("state", RUNNING))
}

/// A run as read from its item.
pub struct LoadedRun<R: Run> {
    /// Identifies the run.
    pub id: R::Id,
    /// The run itself.
    pub run: R,
    /// Number of slices done.
    pub step: u64,
    /// Number of failed attempts at the next slice.
    pub tries: u32,
    /// Whether the run is in progress.
    pub running: bool,
}

impl<R: Run> LoadedRun<R> {
    /// Reads a run, in progress or not, from its item.
    pub fn open(item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: R::id(item).ok_or_else(|| Error::internal("the item of a run does not say which"))?,
            run: R::open(item, table::read(item, "progress")?)?,
            step: table::read(item, "step")?,
            tries: tries(item),
            running: is_running(item),
        })
    }

    /// The write that ends this slice with the run as `next`; refused if the slice is already done.
    pub fn done(&self, next: &R) -> Result<Write<Update>, Error> {
        let step = self.step + 1;
        next.store(self.write().set("step", step).set("progress", Attribute::of(next.progress())?), step)
    }

    /// Writes the result of this slice, which triggers the next one.
    pub(super) async fn proceed(&self, app: &App, next: &R, mut writes: Transaction) -> Result<(), Error> {
        writes.push(self.done(next)?, |_| Error::StaleVersion);
        app.table().commit(writes).await
    }

    /// Counts a failed attempt at this slice, which triggers the next attempt.
    pub(super) async fn put_off(&self, app: &App) -> Result<(), Error> {
        let write = self.write().set("tries", self.tries + 1);
        let write = match R::has_tried(self.tries) {
            Some(condition) => write.when(condition),
            None => write,
        };
        let mut transaction = Transaction::new();
        transaction.push(write, |_| Error::StaleVersion);
        app.table().commit(transaction).await
    }

    fn write(&self) -> Write<Update> {
        Write::update(R::key(self.id)).when(R::is_at(self.id, self.step))
    }
}
