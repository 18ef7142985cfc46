//! Checks files when the store reports that they were uploaded: they are released or quarantined.
//!
//! The event comes from S3 through `EventBridge`, at least once and in no particular order. A failure makes it be redelivered.

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
    /// Event ID.
    pub id: String,
    /// Event details.
    pub detail: Detail,
}

/// Details of the event.
#[derive(Debug, Clone, Deserialize)]
pub struct Detail {
    /// The uploaded object.
    pub object: Object,
}

/// An uploaded object.
#[derive(Debug, Clone, Deserialize)]
pub struct Object {
    /// Object key, not URL-encoded.
    pub key: String,
}

/// Handles one event.
pub async fn handle(app: &App, event: Event) -> Result<(), Error> {
    request_id::scope(event.id, async {
        let outcome = judge(app, &event.detail.object.key).await?;
        tracing::info!(?outcome, "upload checked");
        Ok(())
    })
    .await
}

/// Passes the file to the kind of entity that its key refers to.
async fn judge(app: &App, key: &str) -> Result<Outcome, Error> {
    // Boxed, because their types nest deeper than the compiler's recursion limit.
    match key.split('/').nth(1) {
        Some("documents") => Box::pin(document::uploaded(app, key)).await,
        Some("attachments") => Box::pin(attachment::uploaded(app, key)).await,
        Some("assets") => Box::pin(asset::uploaded(app, key)).await,
        _ => Ok(Outcome::PassedOver),
    }
}
