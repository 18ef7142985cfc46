//! Deleting a product with everything below it, however much that is: in the background, slice by slice, driven by the
//! table's stream as merges are (`docs/decisions/0005-jobs.md`, `docs/decisions/0018-deletion.md`).
//!
//! The product is closed to changes by the write with which its deletion begins. What is below it goes piece by piece; at the
//! end the product itself leaves a tombstone, with the head of its audit chain, and its key is free again.

mod job;
mod removal;

pub use job::{Limits, Trigger, advance};
pub use removal::remove_figures;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::Loaded;
use super::write::{at_version, stage_next};
use super::{Product, access, item};
use kernel::choice;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::{Caller, Starter};
use platform::table::{self, Draft, Item, Key, Transaction};

/// Type of the item; its writes drive the deletion.
const TYPE: &str = "product_deletion";

choice!(
    /// How far the deletion of a product is.
    DeletionStatus {
        /// What is below the product is being removed.
        Running = "running",
        /// Nothing is left.
        Done = "done",
    }
);

/// The deletion of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductDeletion)]
pub struct Deletion {
    /// The product.
    pub product_id: ProductId,
    /// How far it is.
    pub status: DeletionStatus,
    /// How many stored items below the product were removed so far: tasks, comments, versions and whatever else there is.
    pub removed: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// Who began it.
    pub started_by: UserId,
    /// Their name at the time.
    pub started_by_name: String,
    /// When nothing was left.
    pub finished_at: Option<Timestamp>,
}

/// Where the next slice goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Progress {
    /// Sort key of the last item looked at in this pass.
    after: Option<String>,
    /// How many items this pass has removed. A pass without any is the last.
    found: u64,
}

/// A deletion as it was read, with what its next slice needs.
struct Run {
    deletion: Deletion,
    starter: Starter,
    progress: Progress,
    /// Counts the slices.
    step: u64,
    /// How often the next slice was tried in vain.
    tries: u32,
}

fn key(product: ProductId) -> Key {
    Key::new(item::partition(product), "DELETION")
}

fn draft(run: &Run) -> Result<Draft, Error> {
    Draft::new(key(run.deletion.product_id), TYPE, &run.starter)?
        .card(&run.deletion)?
        .number("version", run.step + 1)
        .number("step", run.step)
        .number("tries", run.tries)
        .text("state", run.deletion.status.as_str())
        .object("progress", &run.progress)
}

fn open(item: &Item) -> Result<Run, Error> {
    Ok(Run {
        deletion: table::read(item, "card")?,
        starter: table::read(item, "data")?,
        progress: table::read(item, "progress")?,
        step: table::read(item, "step")?,
        tries: table::read(item, "tries")?,
    })
}

/// The deletion in an item, with the number of its writes; none when the item is something else.
pub fn of_item(item: &Item) -> Result<Option<(Deletion, u64)>, Error> {
    if table::text(item, "type") != Some(TYPE) {
        return Ok(None);
    }
    Ok(Some((table::read(item, "card")?, table::read(item, "version")?)))
}

/// Begins the deletion of a product that is still at `version`, archived or not. From then on nothing below it can be changed.
/// Two round trips.
pub async fn delete(app: &App, caller: &Caller, id: ProductId, version: u64) -> Result<Product, Error> {
    let loaded: Loaded = at_version(app, caller, Action::ProductDelete, id, version).await?;
    if loaded.product.deleted_at.is_some() {
        return Err(item::closed(&loaded.product));
    }
    let now = Timestamp::now();
    let after = Product { deleted_at: Some(now), ..loaded.product.clone() };
    let mut transaction = Transaction::new();
    let after = stage_next(app, caller, &mut transaction, "product_delete", &loaded, after)?;
    let deletion = Deletion {
        product_id: id,
        status: DeletionStatus::Running,
        removed: 0,
        started_at: now,
        started_by: caller.id,
        started_by_name: caller.actor.name.clone(),
        finished_at: None,
    };
    let run = Run { deletion, starter: Starter::new(caller), progress: Progress::default(), step: 0, tries: 0 };
    app.table().create(&mut transaction, draft(&run)?, |_| Error::StaleVersion)?;
    app.table().commit(transaction).await?;
    Ok(after)
}

/// How far the deletion of a product is, also when it is over.
pub async fn get(app: &App, caller: &Caller, id: ProductId) -> Result<Deletion, Error> {
    let product = access::load_any(app, caller, Action::ProductDelete, id);
    let (product, found) = tokio::join!(product, app.table().get(key(id)));
    product?;
    table::read(&found?.ok_or(Error::NotFound { what: "deletion" })?, "card")
}
