//! The WebSocket gateway: turns connections on `/live` into the events that API Gateway sends to a function, and delivers what functions
//! post to a connection.

mod connections;
mod events;
mod socket;

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use axum::extract::ws::WebSocketUpgrade;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use http::StatusCode;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinError;

pub(crate) use connections::{BASE, router};
use events::Peer;

use crate::journal::Journal;

/// Maximum number of messages queued for a slow client before posts to it are throttled.
const MAX_QUEUED: usize = 256;
/// How long a stop waits for the function to be notified of closed connections.
const CLOSING: Duration = Duration::from_secs(3);

type Answer = Pin<Box<dyn Future<Output = Result<ApiGatewayProxyResponse, lambda_runtime::Error>> + Send>>;

/// The function behind the gateway.
pub(crate) type LiveFunction = Arc<dyn Fn(ApiGatewayWebsocketProxyRequest) -> Answer + Send + Sync>;

/// Why a call of the function failed.
#[derive(Debug, thiserror::Error)]
enum CallError {
    /// The gateway built an event that the function's type does not accept.
    #[error("the event is invalid")]
    Event(#[from] serde_json::Error),
    /// The function returned an error.
    #[error(transparent)]
    Function(lambda_runtime::Error),
    /// The function panicked.
    #[error(transparent)]
    Panicked(JoinError),
    /// The function's response has a status that HTTP does not know.
    #[error("{0} is not a valid status")]
    Status(i64),
}

/// A message to a client.
#[derive(Debug)]
enum Outgoing {
    Text(String),
    Close(u16, &'static str),
}

/// An open connection.
struct OpenConnection {
    outgoing: mpsc::Sender<Outgoing>,
    peer: Peer,
    /// Milliseconds since the Unix epoch.
    last_active: AtomicI64,
}

pub(crate) struct Gateway {
    function: LiveFunction,
    journal: Arc<Journal>,
    open: Mutex<HashMap<String, Arc<OpenConnection>>>,
    count: watch::Sender<usize>,
    stop: watch::Receiver<bool>,
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Gateway {
    /// Creates a gateway in front of `function`.
    pub(crate) fn new(function: LiveFunction, journal: Arc<Journal>, stop: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self { function, journal, open: Mutex::default(), count: watch::Sender::new(0), stop })
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<String, Arc<OpenConnection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self, id: &str) -> Option<Arc<OpenConnection>> {
        self.connections().get(id).cloned()
    }

    /// Number of open connections.
    pub(crate) fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Notifies the function that all connections of an earlier process are closed.
    pub(crate) async fn drop_stale(&self) -> rusqlite::Result<()> {
        for (id, connected_at) in self.journal.open_connections()? {
            let peer = Peer { connection_id: id.clone(), connected_at, ..Peer::default() };
            self.notify_disconnected(&peer, 1006, "Connection closed abnormally").await;
        }
        Ok(())
    }

    /// Handles an upgrade request: asks the function, then opens the connection or returns its refusal.
    pub(crate) async fn connect(
        self: Arc<Self>,
        upgrade: WebSocketUpgrade,
        request: http::request::Parts,
        address: IpAddr,
    ) -> Response {
        // In a separate task, so that a client that disconnects cannot leave the connection half-open.
        let opened = tokio::spawn(self.open(upgrade, request, address)).await;
        opened.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }

    async fn open(
        self: Arc<Self>,
        upgrade: WebSocketUpgrade,
        request: http::request::Parts,
        address: IpAddr,
    ) -> Response {
        let peer = Peer::new(&request, address, connection_id());
        let id = peer.connection_id.clone();
        // Recorded first: if the process is killed while the function stores the connection, it must not stay forever.
        if let Err(error) = self.journal.record_opened(&id, peer.connected_at) {
            tracing::error!(%error, "could not record a connection");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        // Registered first: here the stream is so fast that it can greet a connection before `$connect` is answered.
        let (outgoing, queued) = mpsc::channel(MAX_QUEUED);
        let open = Arc::new(OpenConnection { outgoing, last_active: AtomicI64::new(now()), peer });
        self.connections().insert(id.clone(), Arc::clone(&open));
        let status = self.connect_status(&open.peer, &request).await;
        if !status.is_success() {
            self.connections().remove(&id);
            self.record_closed(&id);
            return status.into_response();
        }
        self.count.send_modify(|count| *count += 1);
        let (gateway, unopened) = (Arc::clone(&self), Arc::clone(&open));
        upgrade
            .max_message_size(socket::MAX_RECEIVED)
            .max_frame_size(socket::MAX_RECEIVED)
            .on_failed_upgrade(move |error| {
                tracing::debug!(%error, "client disconnected while connecting");
                tokio::spawn(async move { gateway.close(&unopened.peer, 1006, "Connection closed abnormally").await });
            })
            .on_upgrade(move |socket| self.serve(socket, open, queued))
    }

    /// Asks the function about a new connection.
    async fn connect_status(&self, peer: &Peer, request: &http::request::Parts) -> StatusCode {
        let answer = self.call(peer.connect_event(request)).await;
        let status = answer.and_then(|answer| {
            let status = u16::try_from(answer.status_code).ok().and_then(|status| StatusCode::from_u16(status).ok());
            status.ok_or(CallError::Status(answer.status_code))
        });
        status.unwrap_or_else(|error| {
            tracing::error!(error = %kernel::error::chain(&error), "the live function failed on $connect");
            StatusCode::INTERNAL_SERVER_ERROR
        })
    }

    /// Removes a connection and notifies the function.
    async fn close(&self, peer: &Peer, code: u16, reason: &str) {
        self.connections().remove(&peer.connection_id);
        self.notify_disconnected(peer, code, reason).await;
        self.count.send_modify(|count| *count -= 1);
    }

    async fn notify_disconnected(&self, peer: &Peer, code: u16, reason: &str) {
        if let Err(error) = self.call(peer.disconnect_event(code, reason)).await {
            tracing::warn!(error = %kernel::error::chain(&error), "the live function failed on $disconnect");
        }
        self.record_closed(&peer.connection_id);
    }

    fn record_closed(&self, id: &str) {
        if let Err(error) = self.journal.record_closed(id) {
            tracing::warn!(%error, "could not record that a connection closed");
        }
    }

    /// Calls the function; a panic counts as a failed call.
    async fn call(
        &self,
        event: serde_json::Result<ApiGatewayWebsocketProxyRequest>,
    ) -> Result<ApiGatewayProxyResponse, CallError> {
        let (function, event) = (Arc::clone(&self.function), event?);
        let answer = tokio::spawn(async move { function(event).await }).await.map_err(CallError::Panicked)?;
        answer.map_err(CallError::Function)
    }

    /// After a stop, waits a limited time until every connection is closed.
    pub(crate) async fn stopped(&self) {
        let mut count = self.count.subscribe();
        let closed = tokio::time::timeout(CLOSING, count.wait_for(|count| *count == 0)).await;
        if closed.is_err() {
            tracing::warn!("some live connections were closed without notice");
        }
    }
}

impl OpenConnection {
    fn touch(&self) {
        self.last_active.store(now(), Ordering::Relaxed);
    }

    fn last_active(&self) -> i64 {
        self.last_active.load(Ordering::Relaxed)
    }
}

/// A random id in the alphabet that API Gateway uses, including padding, so that a client that forgets to encode it fails here too.
fn connection_id() -> String {
    base64::engine::general_purpose::URL_SAFE.encode(uuid::Uuid::new_v4().as_bytes())
}

#[cfg(test)]
mod tests;
