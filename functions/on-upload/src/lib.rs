//! Checks files when the store reports that they were uploaded, or that they were scanned: they are released or quarantined.
//!
//! The events come from S3 and from `GuardDuty` through `EventBridge`, at least once and in no particular order. A failure makes one be
//! redelivered.

use investor_relations::document;
use kernel::Error;
use kernel::request_id;
use platform::App;
use platform::upload::{Outcome, Scan};
use product_development::{asset, attachment};
use serde::Deserialize;

/// An event about an uploaded object.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// Event ID.
    pub id: String,
    /// Event details.
    pub detail: Detail,
}

/// Details of the event.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Detail {
    /// Of `Object Created`.
    Created {
        /// The uploaded object.
        object: Object,
    },
    /// Of `GuardDuty Malware Protection Object Scan Result`.
    #[serde(rename_all = "camelCase")]
    Scanned {
        /// The scanned object.
        s3_object_details: ScannedObject,
        /// What the scan found.
        scan_result_details: ScanResult,
    },
}

/// An uploaded object.
#[derive(Debug, Clone, Deserialize)]
pub struct Object {
    /// Object key, not URL-encoded.
    pub key: String,
}

/// A scanned object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScannedObject {
    /// Object key, not URL-encoded.
    pub object_key: String,
}

/// What a scan found.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanResult {
    /// `NO_THREATS_FOUND`, `THREATS_FOUND`, or why there is no result.
    pub scan_result_status: String,
}

impl Detail {
    /// The object's key, and the result of its scan.
    fn read(self) -> (String, Option<Scan>) {
        match self {
            Self::Created { object } => (object.key, None),
            Self::Scanned { s3_object_details, scan_result_details } => {
                let scan = match scan_result_details.scan_result_status.as_str() {
                    "NO_THREATS_FOUND" => Scan::Clean,
                    "THREATS_FOUND" => Scan::Threat,
                    // UNSUPPORTED, ACCESS_DENIED, FAILED, and whatever may be added.
                    _ => Scan::Unscannable,
                };
                (s3_object_details.object_key, Some(scan))
            }
        }
    }
}

/// Handles one event.
pub async fn handle(app: &App, event: Event) -> Result<(), Error> {
    request_id::scope(event.id, async {
        let (key, reported) = event.detail.read();
        let outcome = judge(app, &key, reported).await?;
        tracing::info!(?outcome, ?reported, "upload checked");
        Ok(())
    })
    .await
}

/// Passes the file to the kind of entity that its key refers to.
async fn judge(app: &App, key: &str, reported: Option<Scan>) -> Result<Outcome, Error> {
    // Boxed, because their types nest deeper than the compiler's recursion limit.
    match key.split('/').nth(1) {
        Some("documents") => Box::pin(document::uploaded(app, key, reported)).await,
        Some("attachments") => Box::pin(attachment::uploaded(app, key, reported)).await,
        Some("assets") => Box::pin(asset::uploaded(app, key, reported)).await,
        _ => Ok(Outcome::PassedOver),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_finished_scan_without_threats_is_clean() {
        for (status, expected) in [
            ("NO_THREATS_FOUND", Scan::Clean),
            ("THREATS_FOUND", Scan::Threat),
            ("UNSUPPORTED", Scan::Unscannable),
            ("ACCESS_DENIED", Scan::Unscannable),
            ("FAILED", Scan::Unscannable),
            ("", Scan::Unscannable),
        ] {
            let detail = json!({
                "s3ObjectDetails": {"objectKey": "pending/a"}, "scanResultDetails": {"scanResultStatus": status, "threats": null},
            });
            let detail: Detail = serde_json::from_value(detail).unwrap();
            assert_eq!(detail.read(), ("pending/a".to_owned(), Some(expected)), "{status}");
        }
        let created: Detail = serde_json::from_value(json!({"object": {"key": "pending/a", "size": 1}})).unwrap();
        assert_eq!(created.read(), ("pending/a".to_owned(), None));
        assert!(serde_json::from_value::<Detail>(json!({"s3ObjectDetails": {"objectKey": "a"}})).is_err());
    }
}
