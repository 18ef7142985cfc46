//! The HTTP client of every SDK client in the stack: plain HTTP to loopback, run on the stack's own runtime.
//!
//! Running it there lets one stack serve several test runtimes: a pooled connection never dies with the runtime that happened to open it.
//! It also notifies the stream pump immediately of writes to the table.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Notified of writes to the table; the number only ever increases.
pub(crate) type WriteSignal = watch::Sender<u64>;

/// Announces a write to the table.
pub(crate) fn announce_write(written: &WriteSignal) {
    written.send_modify(|count| *count = count.wrapping_add(1));
}

/// An HTTP client for SDK clients that connect to this stack: the same one that functions use on Lambda.
pub(crate) fn client(runtime: Handle, written: WriteSignal) -> Result<SharedHttpClient, BoxError> {
    let inner = platform::transport::client()?;
    Ok(SharedHttpClient::new(LoopbackClient { inner, runtime, written }))
}

#[derive(Clone)]
struct LoopbackClient<T> {
    inner: T,
    runtime: Handle,
    written: WriteSignal,
}

impl<T> fmt::Debug for LoopbackClient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoopbackClient")
    }
}

impl HttpClient for LoopbackClient<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(LoopbackClient { inner, runtime: self.runtime.clone(), written: self.written.clone() })
    }
}

impl HttpConnector for LoopbackClient<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let writes = request.headers().get("x-amz-target").is_some_and(is_write);
        let inner = self.inner.clone();
        let call = self.runtime.spawn(async move { inner.call(request).await });
        let written = self.written.clone();
        HttpConnectorFuture::new(async move {
            let answer = call.await.map_err(|stopped| ConnectorError::other(stopped.into(), None))?;
            if writes {
                announce_write(&written);
            }
            answer
        })
    }
}

/// Whether an `x-amz-target` names an operation that can create stream records.
fn is_write(target: &str) -> bool {
    let operation = target.rsplit('.').next().unwrap_or_default();
    matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems" | "BatchWriteItem")
}

#[cfg(test)]
mod tests {
    use super::is_write;

    #[test]
    fn only_writes_wake_the_pump() {
        assert!(is_write("DynamoDB_20120810.TransactWriteItems"));
        assert!(is_write("DynamoDB_20120810.PutItem"));
        assert!(!is_write("DynamoDB_20120810.Query"));
        assert!(!is_write("DynamoDB_20120810.BatchGetItem"));
    }
}
