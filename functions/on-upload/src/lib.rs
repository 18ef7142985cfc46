//! Judges files when the store tells that they were uploaded: they are released, or set aside.
//!
//! The event comes from S3 through `EventBridge`, at least once and in no order. A failure makes it come again.

use investor_relations::document;
use kernel::Error;
use kernel::request_id;
use platform::App;
use platform::upload::Outcome;
use product_development::{asset, attachment};
use serde::Deserialize;

/// An `Object Created` event.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// The event's id.
    pub id: String,
    /// What happened.
    pub detail: Detail,
}

/// What happened to which object.
#[derive(Debug, Clone, Deserialize)]
pub struct Detail {
    /// The object.
    pub object: Object,
}

/// The object that was put.
#[derive(Debug, Clone, Deserialize)]
pub struct Object {
    /// Its key, not encoded.
    pub key: String,
}

/// Handles one event.
pub async fn handle(app: &App, event: Event) -> Result<(), Error> {
    request_id::scope(event.id, async {
        let outcome = judge(app, &event.detail.object.key).await?;
        tracing::info!(?outcome, "an upload was judged");
        Ok(())
    })
    .await
}

/// Gives the file to the kind of thing that its key names.
async fn judge(app: &App, key: &str) -> Result<Outcome, Error> {
    // Boxed: their types are deeper than the compiler follows.
    match key.split('/').nth(1) {
        Some("documents") => Box::pin(document::uploaded(app, key)).await,
        Some("attachments") => Box::pin(attachment::uploaded(app, key)).await,
        Some("assets") => Box::pin(asset::uploaded(app, key)).await,
        _ => Ok(Outcome::PassedOver),
    }
}
