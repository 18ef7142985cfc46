//! Advances background jobs slice by slice, driven by the table's stream: each slice ends with a write of its job's item, and that write
//! triggers the next slice.

use exchange::import;
use investor_relations::merge;
use kernel::Error;
use platform::App;
use platform::stream::{self, Answer, Batch, Change};
use product_development::product_deletion;

/// Handles a batch of changes; those that do not belong to a job are ignored.
pub async fn handle(app: &App, batch: Batch) -> Answer {
    stream::each(batch, |change| one(app, change)).await
}

async fn one(app: &App, change: Change) -> Result<(), Error> {
    let Some(item) = change.new else { return Ok(()) };
    // Boxed because a slice's future is large and its type exceeds the compiler's recursion limit.
    if let Some(trigger) = import::Trigger::read(&item) {
        return Box::pin(import::advance(app, trigger, &import::Limits::default())).await;
    }
    if let Some(trigger) = merge::Trigger::read(&item) {
        return Box::pin(merge::advance(app, trigger, &merge::Limits::default())).await;
    }
    match product_deletion::Trigger::read(&item) {
        Some(trigger) => Box::pin(product_deletion::advance(app, trigger, &product_deletion::Limits::default())).await,
        None => Ok(()),
    }
}
