//! Tells `on-upload` of uploaded files as S3 does through `EventBridge`: at least once, also after a kill.
//!
//! What was put and not judged lies under `pending/`, so the bucket itself is the durable queue: it is looked through after
//! each upload, at the start and now and then, and what cannot be judged yet comes again with growing pauses. A file that
//! belongs to no document for long goes with that, as the bucket's lifecycle rule does it on AWS.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use platform::App;
use serde_json::{Value, json};
use tokio::sync::watch;

/// What keys of files that wait to be judged begin with, as in `template.yaml`.
const PENDING: &str = "pending/";
/// How often the bucket is looked through when nothing is uploaded.
const LOOK: Duration = Duration::from_secs(5);
/// The first and the longest pause between two tries of one file.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_mins(1));

/// The function: it takes an event, and fails when that shall come again.
pub(crate) type Handle = Arc<dyn Fn(Value) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// Counts the uploads that were answered.
pub(crate) type Put = watch::Sender<u64>;

/// Whether a path, which begins with the bucket, is one of a file that waits to be judged.
pub(crate) fn waits(path: &str, bucket: &str) -> bool {
    path.strip_prefix('/')
        .and_then(|path| path.strip_prefix(bucket))
        .and_then(|path| path.strip_prefix('/'))
        .is_some_and(|key| key.starts_with(PENDING))
}

/// The running queue.
pub(crate) struct Uploads {
    put: Put,
    handled: watch::Receiver<u64>,
}

impl Uploads {
    /// Starts the task that looks through the bucket until `stop`.
    pub(crate) fn start(app: App, handle: Handle, put: Put, stop: watch::Receiver<bool>) -> Self {
        let (sender, handled) = watch::channel(0);
        tokio::spawn(run(app, handle, put.subscribe(), sender, stop));
        Self { put, handled }
    }

    /// Resolves when everything that was uploaded so far was given to the function once, or the stack stops.
    pub(crate) async fn drained(&self) {
        let target = *self.put.borrow();
        let _ = self.handled.clone().wait_for(|handled| *handled >= target).await;
    }
}

async fn run(
    app: App,
    handle: Handle,
    mut put: watch::Receiver<u64>,
    handled: watch::Sender<u64>,
    mut stop: watch::Receiver<bool>,
) {
    let mut tries: HashMap<String, (Instant, Duration)> = HashMap::new();
    while !*stop.borrow() {
        let seen = *put.borrow_and_update();
        match waiting(&app).await {
            Ok(keys) => {
                tries.retain(|key, _| keys.contains(key));
                for key in keys {
                    if tries.get(&key).is_none_or(|(next, _)| *next <= Instant::now()) {
                        attempt(&handle, key, &mut tries).await;
                    }
                }
            }
            Err(error) => tracing::warn!(error = %kernel::error::chain(&error), "uploads cannot be looked through"),
        }
        handled.send_replace(seen);
        let next = tries.values().map(|(next, _)| next.saturating_duration_since(Instant::now())).min();
        tokio::select! {
            _ = put.changed() => {}
            () = tokio::time::sleep(next.unwrap_or(LOOK).min(LOOK)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Gives one file to the function; when that fails, its next try comes after a pause twice as long.
async fn attempt(handle: &Handle, key: String, tries: &mut HashMap<String, (Instant, Duration)>) {
    match handle(event(&key)).await {
        Ok(()) => {
            tries.remove(&key);
        }
        Err(reason) => {
            let pause = tries.get(&key).map_or(PAUSE.0, |(_, pause)| (*pause * 2).min(PAUSE.1));
            tracing::warn!(key, reason, "an upload is judged again later");
            tries.insert(key, (Instant::now() + pause, pause));
        }
    }
}

/// The event of one upload, as far as the function reads it.
fn event(key: &str) -> Value {
    json!({
        "id": uuid::Uuid::now_v7(), "source": "aws.s3", "detail-type": "Object Created",
        "detail": {"bucket": {"name": crate::objects::BUCKET}, "object": {"key": key}},
    })
}

/// The keys of the files that wait.
async fn waiting(app: &App) -> Result<Vec<String>, kernel::Error> {
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
    use super::waits;

    #[test]
    fn only_files_under_pending_wait() {
        assert!(waits("/steward-uploads/pending/documents/1/2/3", "steward-uploads"));
        assert!(!waits("/steward-uploads/documents/2/3", "steward-uploads"));
        assert!(!waits("/steward-uploads-2/pending/x", "steward-uploads"));
    }
}
