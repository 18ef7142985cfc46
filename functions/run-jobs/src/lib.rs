//! Advances background jobs slice by slice, driven by the table's stream: each slice ends with a write of its job's item, and that write
//! triggers the next slice.

use exchange::import::ImportRun;
use investor_relations::merge::MergeRun;
use kernel::Error;
use platform::App;
use platform::job::{self, Run as _};
use platform::stream::{self, Answer, Batch, Change};
use platform::table;
use product_development::product_deletion::DeletionRun;

/// Handles a batch of changes; those that do not belong to a job are ignored.
pub async fn handle(app: &App, batch: Batch) -> Answer {
    stream::each(batch, |change| one(app, change)).await
}

async fn one(app: &App, change: Change) -> Result<(), Error> {
    let Some(item) = change.new else { return Ok(()) };
    // Boxed because a slice's future is large and its type exceeds the compiler's recursion limit.
    match table::item_type(&item) {
        Some(ImportRun::TYPE) => Box::pin(job::follow::<ImportRun>(app, &item)).await,
        Some(MergeRun::TYPE) => Box::pin(job::follow::<MergeRun>(app, &item)).await,
        Some(DeletionRun::TYPE) => Box::pin(job::follow::<DeletionRun>(app, &item)).await,
        _ => Ok(()),
    }
}
