//! Sends outbox messages: new ones as the stream delivers them, and due ones every minute.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use kernel::Error;
use people::outbox;
use platform::due::{Limits, Report};
use platform::table::Item;
use platform::{App, stream};
use serde_json::Value;

/// Handles either kind of event: a batch of stream records, or a scheduled event.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let answer = if event.get("Records").is_some() {
        let event = serde_json::from_value(event).map_err(Error::defect)?;
        serde_json::to_value(handle_stream(app, event).await)
    } else {
        serde_json::to_value(handle_schedule(app, &Limits::default()).await?)
    };
    answer.map_err(Error::defect)
}

/// Sends the messages in a batch of stream records.
pub async fn handle_stream(app: &App, event: Event) -> DynamoDbEventResponse {
    stream::each(event, |record| one(app, record)).await
}

/// Sends the messages due in the outbox, as far as time allows.
pub async fn handle_schedule(app: &App, limits: &Limits) -> Result<Report, Error> {
    outbox::send_due(app, limits).await
}

async fn one(app: &App, record: EventRecord) -> Result<(), Error> {
    if record.event_name != "INSERT" {
        return Ok(());
    }
    let image: Item = record.change.new_image.into();
    outbox::send_new(app, &image).await
}
