//! One open WebSocket connection.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::sync::mpsc;

use super::{Gateway, OpenConnection, Outgoing, now};

/// Maximum message size from a client in bytes; a longer message closes the connection with 1009.
pub(super) const MAX_MESSAGE: usize = 32 * 1024;
/// Maximum size that is read at all, so that a message somewhat over the limit still gets the proper close code.
pub(super) const MAX_RECEIVED: usize = 256 * 1024;
/// A connection without traffic for this long is closed.
const IDLE: Duration = Duration::from_mins(10);
/// Maximum lifetime of a connection.
const LONGEST: Duration = Duration::from_hours(2);
/// How long a client that does not read can hold up a message.
const SENDING: Duration = Duration::from_secs(10);

/// Why a connection ended: close code and reason.
type CloseReason = (u16, &'static str);

impl Gateway {
    /// Serves a connection until it ends, then notifies the function.
    pub(super) async fn serve(
        self: Arc<Self>,
        socket: WebSocket,
        open: Arc<OpenConnection>,
        queued: mpsc::Receiver<Outgoing>,
    ) {
        let (sink, stream) = socket.split();
        let mut writer = tokio::spawn(write(sink, queued, Arc::clone(&open)));
        let mut stop = self.stop.clone();
        let (code, reason) = tokio::select! {
            end = self.read(stream, &open) => end,
            end = &mut writer => end.unwrap_or((1006, "Connection closed abnormally")),
            end = wait_for_expiry(&open) => end,
            _ = stop.wait_for(|stop| *stop) => (1001, "Going away"),
        };
        if !writer.is_finished() {
            // Ends the writer; 1005 and 1006 are never sent: they mean that the client is gone.
            let farewell = if matches!(code, 1005 | 1006) { 1000 } else { code };
            let _ = open.outgoing.try_send(Outgoing::Close(farewell, reason));
        }
        self.close(&open.peer, code, reason).await;
    }

    async fn read(&self, mut stream: SplitStream<WebSocket>, open: &OpenConnection) -> CloseReason {
        loop {
            let Some(Ok(message)) = stream.next().await else { return (1006, "Connection closed abnormally") };
            open.touch();
            match message {
                Message::Text(text) if text.len() > MAX_MESSAGE => return (1009, "Message too big"),
                Message::Text(text) => self.pass_on(open, &text).await,
                Message::Binary(_) => return (1003, "Text only"),
                Message::Close(None) => return (1005, "Client-side close frame status not set"),
                Message::Close(Some(frame)) => return (frame.code, "Closed by the client"),
                Message::Ping(_) | Message::Pong(_) => {}
            }
        }
    }

    /// Passes a message to the function; if that fails, sends the client the same error as API Gateway.
    async fn pass_on(&self, open: &OpenConnection, text: &str) {
        let peer = &open.peer;
        let Err(error) = self.call(peer.message_event(text)).await else { return };
        tracing::error!(error = %kernel::error::chain(&error), "the live function failed on $default");
        let body = json!({
            "message": "Internal server error",
            "connectionId": peer.connection_id,
            "requestId": uuid::Uuid::new_v4().to_string(),
        });
        let _ = open.outgoing.try_send(Outgoing::Text(body.to_string()));
    }
}

/// Sends what is posted to the connection until it is closed.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut queued: mpsc::Receiver<Outgoing>,
    open: Arc<OpenConnection>,
) -> CloseReason {
    while let Some(outgoing) = queued.recv().await {
        let (message, end) = match outgoing {
            Outgoing::Text(text) => (Message::Text(Utf8Bytes::from(text)), None),
            Outgoing::Close(code, reason) => {
                (Message::Close(Some(CloseFrame { code, reason: reason.into() })), Some((code, reason)))
            }
        };
        match tokio::time::timeout(SENDING, sink.send(message)).await {
            Ok(Ok(())) => open.touch(),
            Ok(Err(_)) | Err(_) => return (1006, "Connection closed abnormally"),
        }
        if let Some(end) = end {
            return end;
        }
    }
    (1006, "Connection closed abnormally")
}

/// Resolves when the connection has been idle for too long or has reached its maximum age.
async fn wait_for_expiry(open: &OpenConnection) -> CloseReason {
    loop {
        let age = Duration::from_millis(u64::try_from(now() - open.peer.connected_at).unwrap_or(0));
        let idle = Duration::from_millis(u64::try_from(now() - open.last_active()).unwrap_or(0));
        if age >= LONGEST {
            return (1001, "Going away");
        }
        if idle >= IDLE {
            return (1001, "Idle timeout");
        }
        tokio::time::sleep(IDLE.saturating_sub(idle).min(LONGEST.saturating_sub(age)).max(Duration::from_millis(10)))
            .await;
    }
}
