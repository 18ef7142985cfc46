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

pub(crate) use connections::{BASE, router};
use events::Peer;

use crate::journal::Journal;

/// Maximum number of messages queued for a slow client before posts to it are throttled.
const WAITING: usize = 256;
/// How long a stop waits for the function to be notified of closed connections.
const FAREWELL: Duration = Duration::from_secs(3);

type Answer = Pin<Box<dyn Future<Output = Result<ApiGatewayProxyResponse, lambda_runtime::Error>> + Send>>;

/// The function behind the gateway.
pub(crate) type Live = Arc<dyn Fn(ApiGatewayWebsocketProxyRequest) -> Answer + Send + Sync>;

/// A message to a client.
#[derive(Debug)]
enum Outgoing {
    Text(String),
    Close(u16, &'static str),
}

/// An open connection.
struct Open {
    to: mpsc::Sender<Outgoing>,
    peer: Peer,
    /// Milliseconds since the Unix epoch.
    last_active: AtomicI64,
}

pub(crate) struct Gateway {
    live: Live,
    journal: Arc<Journal>,
    open: Mutex<HashMap<String, Arc<Open>>>,
    count: watch::Sender<usize>,
    stop: watch::Receiver<bool>,
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Gateway {
    /// Creates a gateway in front of `live`.
    pub(crate) fn new(live: Live, journal: Arc<Journal>, stop: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self { live, journal, open: Mutex::default(), count: watch::Sender::new(0), stop })
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<String, Arc<Open>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self, id: &str) -> Option<Arc<Open>> {
        self.connections().get(id).cloned()
    }

    /// Number of open connections.
    pub(crate) fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Notifies the function that all connections of an earlier process are closed.
    pub(crate) async fn drop_stale(&self) -> Result<(), String> {
        for (id, connected_at) in self.journal.open_connections().map_err(|e| e.to_string())? {
            let peer = Peer { connection_id: id.clone(), connected_at, ..Peer::default() };
            self.disconnected(&peer, 1006, "Connection closed abnormally").await;
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
        if let Err(error) = self.journal.opened(&id, peer.connected_at) {
            tracing::error!(%error, "could not record a connection");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        // Registered first: here the stream is so fast that it can greet a connection before `$connect` is answered.
        let (to, waiting) = mpsc::channel(WAITING);
        let open = Arc::new(Open { to, last_active: AtomicI64::new(now()), peer });
        self.connections().insert(id.clone(), Arc::clone(&open));
        let status = self.ask(&open.peer, &request).await;
        if !status.is_success() {
            self.connections().remove(&id);
            self.note_closed(&id);
            return status.into_response();
        }
        self.count.send_modify(|count| *count += 1);
        let (gateway, unopened) = (Arc::clone(&self), Arc::clone(&open));
        upgrade
            .max_message_size(socket::MOST_RECEIVED)
            .max_frame_size(socket::MOST_RECEIVED)
            .on_failed_upgrade(move |error| {
                tracing::debug!(%error, "client disconnected while connecting");
                tokio::spawn(async move { gateway.close(&unopened.peer, 1006, "Connection closed abnormally").await });
            })
            .on_upgrade(move |socket| self.converse(socket, open, waiting))
    }

    /// Asks the function about a new connection.
    async fn ask(&self, peer: &Peer, request: &http::request::Parts) -> StatusCode {
        let answer = self.call(peer.connect_event(request)).await;
        let status = answer.and_then(|answer| u16::try_from(answer.status_code).map_err(|e| e.to_string()));
        let status = status.and_then(|status| StatusCode::from_u16(status).map_err(|e| e.to_string()));
        status.unwrap_or_else(|reason| {
            tracing::error!(reason, "the live function failed on $connect");
            StatusCode::INTERNAL_SERVER_ERROR
        })
    }

    /// Removes a connection and notifies the function.
    async fn close(&self, peer: &Peer, code: u16, reason: &str) {
        self.connections().remove(&peer.connection_id);
        self.disconnected(peer, code, reason).await;
        self.count.send_modify(|count| *count -= 1);
    }

    async fn disconnected(&self, peer: &Peer, code: u16, reason: &str) {
        if let Err(reason) = self.call(peer.disconnect_event(code, reason)).await {
            tracing::warn!(reason, "the live function failed on $disconnect");
        }
        self.note_closed(&peer.connection_id);
    }

    fn note_closed(&self, id: &str) {
        if let Err(error) = self.journal.closed(id) {
            tracing::warn!(%error, "could not record that a connection closed");
        }
    }

    /// Calls the function; a panic counts as a failed call.
    async fn call(
        &self,
        event: Result<ApiGatewayWebsocketProxyRequest, String>,
    ) -> Result<ApiGatewayProxyResponse, String> {
        let (live, event) = (Arc::clone(&self.live), event?);
        let answer = tokio::spawn(async move { live(event).await }).await.map_err(|e| e.to_string())?;
        answer.map_err(|e| kernel::error::chain(e.as_ref()))
    }

    /// After a stop, waits a limited time until every connection is closed.
    pub(crate) async fn stopped(&self) {
        let mut count = self.count.subscribe();
        let closed = tokio::time::timeout(FAREWELL, count.wait_for(|count| *count == 0)).await;
        if closed.is_err() {
            tracing::warn!("some live connections were closed without notice");
        }
    }
}

impl Open {
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
