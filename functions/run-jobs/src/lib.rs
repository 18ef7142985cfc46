//! Advances background jobs slice by slice, driven by the table's stream: each slice ends with a write of its job's item, and that write
//! triggers the next slice.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use exchange::import;
use investor_relations::merge;
use kernel::Error;
use platform::table::Item;
use platform::{App, stream};
use product_development::product::deletion;

/// Handles a batch of stream records; records that do not belong to a job are ignored.
pub async fn handle(app: &App, event: Event) -> DynamoDbEventResponse {
    stream::each(event, |record| one(app, record)).await
}

async fn one(app: &App, record: EventRecord) -> Result<(), Error> {
    if !matches!(record.event_name.as_str(), "INSERT" | "MODIFY") {
        return Ok(());
    }
    let image: Item = record.change.new_image.into();
    // Boxed because a slice's future is large and its type exceeds the compiler's recursion limit.
    if let Some(trigger) = import::Trigger::read(&image) {
        return Box::pin(import::advance(app, trigger, &import::Limits::default())).await;
    }
    if let Some(trigger) = merge::Trigger::read(&image) {
        return Box::pin(merge::advance(app, trigger, &merge::Limits::default())).await;
    }
    match deletion::Trigger::read(&image) {
        Some(trigger) => Box::pin(deletion::advance(app, trigger, &deletion::Limits::default())).await,
        None => Ok(()),
    }
}
