//! Deletes a product and everything in it, whatever the amount of data: in the background, one slice at a time, driven by the table's
//! stream in the same way as merges (`docs/decisions/0005-jobs.md`, `docs/decisions/0018-deletion.md`).
//!
//! The write that starts the deletion also closes the product to changes. Its contents are then removed piece by piece. At the end, the
//! product itself is replaced by a tombstone that holds the head of its audit chain, and its key can be used again.

mod job;
mod removal;

pub use removal::remove_figures;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::product::{self, Product};
use kernel::choice;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::{Caller, Starter};
use platform::job::LoadedRun;
use platform::table::{self, Attribute, Draft, Item, Key, Update, Write};

/// The item type; writes to items of this type drive the deletion.
const TYPE: ItemType = ItemType::ProductDeletion;

choice!(
    /// Status of a product's deletion.
    DeletionStatus {
        /// The product's contents are being removed.
        Running = "running",
        /// Stopped, because the user who started it is disabled or has other roles. Delete the product again to go on.
        Stopped = "stopped",
        /// Everything has been removed.
        Done = "done",
    }
);

/// The deletion of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductDeletion)]
pub struct Deletion {
    /// The product's ID.
    pub product_id: ProductId,
    /// Current status.
    pub status: DeletionStatus,
    /// Number of stored items removed from the product so far, including tasks, comments and versions.
    pub removed: u64,
    /// When the deletion started.
    pub started_at: Timestamp,
    /// The user who started it, or made it go on after it was stopped.
    pub started_by: UserId,
    /// Display name of that user at the time.
    pub started_by_name: String,
    /// When the deletion finished; null before.
    pub finished_at: Option<Timestamp>,
}

/// Where the next slice continues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Sort key of the last item processed in this pass.
    after: Option<String>,
    /// Number of items this pass has removed. A pass that removes nothing is the last.
    found: u64,
}

/// The background job of a deletion: everything that the next slice needs.
pub struct DeletionRun {
    deletion: Deletion,
    starter: Starter,
    progress: Progress,
}

impl DeletionRun {
    /// The run in another status.
    fn with(&self, status: DeletionStatus) -> Self {
        let deletion = Deletion { status, ..self.deletion.clone() };
        Self { deletion, starter: self.starter.clone(), progress: self.progress.clone() }
    }
}

fn key(product: ProductId) -> Key {
    Key::new(product::partition(product), "DELETION")
}

/// The item of a deletion that starts.
fn draft(run: &DeletionRun) -> Result<Draft, Error> {
    let draft = Draft::new(key(run.deletion.product_id), TYPE, &run.starter)?.card(&run.deletion)?;
    platform::job::begin(run, draft.number("version", 1).number("tries", 0))
}

fn open(item: &Item, progress: Progress) -> Result<DeletionRun, Error> {
    Ok(DeletionRun { deletion: table::read(item, "card")?, starter: table::read(item, "data")?, progress })
}

/// Adds to the write that ends slice number `step` what it changed besides the progress.
fn store(run: &DeletionRun, write: Write<Update>, step: u64) -> Result<Write<Update>, Error> {
    let write = write.set("version", step + 1).set("tries", 0).set("state", run.deletion.status.as_str());
    Ok(write.set("card", Attribute::of(&run.deletion)?))
}

/// Reads the deletion in an item and its version number. `None` if the item is something else.
pub fn of_item(item: &Item) -> Result<Option<(Deletion, u64)>, Error> {
    if table::item_type(item) != Some(TYPE) {
        return Ok(None);
    }
    Ok(Some((table::read(item, "card")?, table::read(item, "version")?)))
}

/// Starts the deletion of a product that is still at `version`, whether or not it is archived. From then on nothing in the product can be
/// changed. Two round trips.
pub async fn delete(app: &App, caller: &Caller, id: ProductId, version: u64) -> Result<Product, Error> {
    let loaded = product::at_version(app, caller, Action::ProductDelete, id, version).await?;
    if loaded.product.deleted_at.is_some() {
        return go_on(app, caller, loaded.product).await;
    }
    let now = Timestamp::now();
    let after = Product { deleted_at: Some(now), ..loaded.product.clone() };
    let mut work = Work::new(app, caller, Operation::ProductDelete);
    let after = product::stage_next(&mut work, &loaded, after)?;
    let deletion = Deletion {
        product_id: id,
        status: DeletionStatus::Running,
        removed: 0,
        started_at: now,
        started_by: caller.id,
        started_by_name: caller.actor.name.clone(),
        finished_at: None,
    };
    let run = DeletionRun { deletion, starter: Starter::new(caller), progress: Progress::default() };
    work.create(draft(&run)?, |_| Error::StaleVersion);
    work.commit().await?;
    Ok(after)
}

/// Makes a stopped deletion go on, as a deletion by this caller.
async fn go_on(app: &App, caller: &Caller, product: Product) -> Result<Product, Error> {
    let found = app.table().get(key(product.id)).await?.ok_or_else(|| product::closed(&product))?;
    let stopped = LoadedRun::<DeletionRun>::open(&found)?;
    if stopped.run.deletion.status != DeletionStatus::Stopped {
        return Err(product::closed(&product));
    }
    let mut run = stopped.run.with(DeletionStatus::Running);
    run.starter = Starter::new(caller);
    (run.deletion.started_by, run.deletion.started_by_name) = (caller.id, caller.actor.name.clone());
    let mut work = Work::new(app, caller, Operation::ProductDelete);
    work.record_access(Subject::new(Entity::Product, product.id))?;
    let starter = Attribute::of(&run.starter)?;
    work.push(stopped.done(&run)?.set("data", starter), |_| Error::StaleVersion);
    work.commit().await?;
    Ok(product)
}

/// Returns the progress of a product's deletion, including after it has finished.
pub async fn get(app: &App, caller: &Caller, id: ProductId) -> Result<Deletion, Error> {
    let product = product::load_any(app, caller, Action::ProductDelete, id);
    let (product, found) = tokio::join!(product, app.table().get(key(id)));
    product?;
    table::read(&found?.ok_or(Error::NotFound { what: "deletion" })?, "card")
}
