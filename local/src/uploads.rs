//! Notifies `on-upload` of uploaded files as S3 does through `EventBridge`: at least once, even after a kill.
//!
//! Uploaded files that have not been checked are stored under `pending/`, so the bucket itself is the durable queue. It is scanned after
//! each upload, at the start and periodically; files that cannot be checked yet are retried with growing pauses. A file that no document
//! claims for a long time is deleted this way too, as the bucket's lifecycle rule does on AWS.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use platform::App;
use serde_json::{Value, json};
use tokio::sync::watch;

/// Key prefix of files waiting to be checked, as in `template.yaml`.
const PENDING: &str = "pending/";
/// Scan interval when nothing is uploaded.
const SCAN_INTERVAL: Duration = Duration::from_secs(5);
/// Pause after the first failed attempt at a file; doubled after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Maximum pause between two attempts at a file.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

type Answer = Pin<Box<dyn Future<Output = Result<(), kernel::Error>> + Send>>;

/// The function: takes an event, and fails if the event should be redelivered.
pub(crate) type UploadFunction = Arc<dyn Fn(Value) -> Answer + Send + Sync>;

/// Counts completed uploads.
pub(crate) type UploadCount = watch::Sender<u64>;

/// Whether a path, which starts with the bucket, is that of a file waiting to be checked.
pub(crate) fn is_pending(path: &str, bucket: &str) -> bool {
    path.strip_prefix('/')
        .and_then(|path| path.strip_prefix(bucket))
        .and_then(|path| path.strip_prefix('/'))
        .is_some_and(|key| key.starts_with(PENDING))
}

/// The running queue.
pub(crate) struct Uploads {
    uploaded: UploadCount,
    handled: watch::Receiver<u64>,
}

impl Uploads {
    /// Starts the task that scans the bucket until `stop`.
    pub(crate) fn start(
        app: App,
        function: UploadFunction,
        uploaded: UploadCount,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let (sender, handled) = watch::channel(0);
        tokio::spawn(run(app, function, uploaded.subscribe(), sender, stop));
        Self { uploaded, handled }
    }

    /// Resolves once every file uploaded so far was passed to the function once, or the stack stops.
    pub(crate) async fn drained(&self) {
        let target = *self.uploaded.borrow();
        let _ = self.handled.clone().wait_for(|handled| *handled >= target).await;
    }
}

/// When a file that could not be checked is passed to the function again.
struct Retry {
    at: Instant,
    pause: Duration,
}

/// The retries, by key.
type Retries = HashMap<String, Retry>;

async fn run(
    app: App,
    function: UploadFunction,
    mut uploaded: watch::Receiver<u64>,
    handled: watch::Sender<u64>,
    mut stop: watch::Receiver<bool>,
) {
    let mut retries = Retries::new();
    while !*stop.borrow() {
        let seen = *uploaded.borrow_and_update();
        match pending_keys(&app).await {
            Ok(keys) => {
                retries.retain(|key, _| keys.contains(key));
                for key in keys {
                    if retries.get(&key).is_none_or(|retry| retry.at <= Instant::now()) {
                        attempt(&app, &function, key, &mut retries).await;
                    }
                }
            }
            Err(error) => tracing::warn!(error = %kernel::error::chain(&error), "could not scan uploads"),
        }
        handled.send_replace(seen);
        let next = retries.values().map(|retry| retry.at.saturating_duration_since(Instant::now())).min();
        tokio::select! {
            _ = uploaded.changed() => {}
            () = tokio::time::sleep(next.unwrap_or(SCAN_INTERVAL).min(SCAN_INTERVAL)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Passes a file to the function; on failure, schedules the next attempt after a pause twice as long.
async fn attempt(app: &App, function: &UploadFunction, key: String, retries: &mut Retries) {
    match function(event(app.bucket(), &key)).await {
        Ok(()) => {
            retries.remove(&key);
        }
        Err(error) => {
            let pause = retries.get(&key).map_or(FIRST_PAUSE, |retry| (retry.pause * 2).min(LONGEST_PAUSE));
            tracing::warn!(key, error = %kernel::error::chain(&error), "checking an upload failed, retrying later");
            retries.insert(key, Retry { at: Instant::now() + pause, pause });
        }
    }
}

/// The event of one upload, with the fields that the function reads.
fn event(bucket: &str, key: &str) -> Value {
    json!({
        "id": uuid::Uuid::now_v7(), "source": "aws.s3", "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
    })
}

/// Keys of the files waiting to be checked.
async fn pending_keys(app: &App) -> Result<Vec<String>, kernel::Error> {
    let mut pages = app.s3()?.list_objects_v2().bucket(app.bucket()).prefix(PENDING).into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| kernel::Error::Unavailable(Box::new(error)))?;
        keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::is_pending;

    #[test]
    fn only_files_under_pending_wait() {
        assert!(is_pending("/steward-uploads/pending/documents/1/2/3", "steward-uploads"));
        assert!(!is_pending("/steward-uploads/documents/2/3", "steward-uploads"));
        assert!(!is_pending("/steward-uploads-2/pending/x", "steward-uploads"));
    }
}
