//! Judges files when the store tells that they were uploaded: they are released, or set aside.
//!
//! The event comes from S3 through `EventBridge`, at least once and in no order. A failure makes it come again.

use serde::Deserialize;
use shared::http::with_request_id;
use shared::{App, Error, document};

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
    with_request_id(event.id, async {
        let outcome = document::uploaded(app, &event.detail.object.key).await?;
        tracing::info!(?outcome, "an upload was judged");
        Ok(())
    })
    .await
}
