//! Sends outbox messages: new ones as the stream delivers them, and due ones every minute.

use kernel::Error;
use people::delivery;
use platform::App;
use platform::due::{Limits, Report};
use platform::stream::{self, Answer, Batch, Change, Kind};
use serde_json::Value;

/// Handles either kind of event: a batch of changes, or a scheduled event.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let answer = if event.get("Records").is_some() {
        let batch = serde_json::from_value(event).map_err(Error::defect)?;
        serde_json::to_value(handle_stream(app, batch).await)
    } else {
        serde_json::to_value(handle_schedule(app, &Limits::default()).await?)
    };
    answer.map_err(Error::defect)
}

/// Sends the messages that a batch of changes adds to the outbox.
pub async fn handle_stream(app: &App, batch: Batch) -> Answer {
    stream::each(batch, |change| one(app, change)).await
}

/// Sends the messages due in the outbox, as far as time allows.
pub async fn handle_schedule(app: &App, limits: &Limits) -> Result<Report, Error> {
    delivery::send_due(app, limits).await
}

async fn one(app: &App, change: Change) -> Result<(), Error> {
    match (change.kind, change.new) {
        (Kind::Insert, Some(item)) => delivery::send_new(app, &item).await,
        _ => Ok(()),
    }
}
