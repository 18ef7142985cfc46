//! Advances background jobs slice by slice, driven by the table's stream: a slice ends with a write of its job's item, and
//! that write brings the next one.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use shared::import::{self, Limits, Trigger};
use shared::table::Item;
use shared::{App, Error};

/// Handles a batch of stream records; those that are no job's are passed over. The first one that fails is reported, and
/// the stream delivers from there again.
pub async fn handle(app: &App, event: Event) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    for record in event.records {
        let sequence = record.change.sequence_number.clone();
        let id = record.event_id.clone();
        let done = shared::http::with_request_id(id, one(app, record)).await;
        if let Err(error) = done {
            tracing::error!(error = %shared::error::chain(&error), sequence, "a slice of a job failed");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = sequence;
            response.batch_item_failures.push(failure);
            break;
        }
    }
    response
}

async fn one(app: &App, record: EventRecord) -> Result<(), Error> {
    if !matches!(record.event_name.as_str(), "INSERT" | "MODIFY") {
        return Ok(());
    }
    let image: Item = record.change.new_image.into();
    match Trigger::read(&image) {
        // Boxed: a slice's future is large, and its type deeper than the compiler follows.
        Some(trigger) => Box::pin(import::advance(app, trigger, &Limits::default())).await,
        None => Ok(()),
    }
}
