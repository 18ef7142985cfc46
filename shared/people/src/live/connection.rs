//! WebSocket tickets and connections.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{HEARTBEAT_SECONDS, LiveTicket, pace};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::policy::Roles;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::hash::sha256;
use platform::page::{List, Order, Source};
use platform::push;
use platform::secret;
use platform::standing;
use platform::table::{self, Draft, Key, Write};

/// Seconds until an unused ticket expires.
const TICKET_SECONDS: i64 = 60;
/// API Gateway closes every connection after 2 hours; the record may live slightly longer.
const CONNECTION_SECONDS: i64 = 2 * 3600 + 600;
/// Maximum number of connections per user; one more closes the oldest.
const MAX_CONNECTIONS: usize = 20;
/// Seconds that a connection may take to open: API Gateway opens it only after `$connect` has returned, and reports it as gone
/// until then.
const OPENING_SECONDS: i64 = 30;

/// A WebSocket connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connection {
    /// API Gateway's connection ID.
    pub id: String,
    /// The user who opened the connection.
    pub user_id: UserId,
    /// The session it was opened in; it ends with that session. `None` if an earlier version opened it, at most two hours ago.
    #[serde(default)]
    pub session_id: Option<SessionId>,
    /// The user's roles when the connection was opened.
    pub roles: Roles,
    /// When the ticket was redeemed; the connection opens a moment later.
    pub connected_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Ticket {
    user_id: UserId,
    session_id: SessionId,
    roles: Roles,
}

fn ticket_key(secret: &str) -> Key {
    Key::new(format!("TICKET#{}", sha256(secret.as_bytes())), "TICKET")
}

fn connection_key(id: &str) -> Key {
    Key::new("CONNECTIONS", id)
}

/// Issues a ticket for the caller.
pub async fn create_ticket(app: &App, caller: &Caller) -> Result<LiveTicket, Error> {
    let secret = secret::token()?;
    let ticket = Ticket { user_id: caller.id, session_id: caller.session_id, roles: caller.roles.clone() };
    let expires = Timestamp::now().as_second() + TICKET_SECONDS;
    let draft = Draft::new(ticket_key(&secret), ItemType::Ticket, &ticket)?.number("expires_at", expires);
    app.table().put(Write::put(draft)).await?;
    Ok(LiveTicket {
        url: format!("{}?ticket={secret}", app.live_url()),
        expires_in: TICKET_SECONDS,
        event_id: kernel::id::new(),
    })
}

/// Opens the connection `id` by redeeming a ticket, if the session it was issued in has not ended, with the user's current roles: a
/// connection outlives the access token that was used to request the ticket.
pub async fn connect(app: &App, id: &str, ticket: &str) -> Result<(), Error> {
    let item = app.table().take(ticket_key(ticket)).await?.ok_or(Error::Unauthenticated)?;
    let now = Timestamp::now();
    if table::read::<i64>(&item, "expires_at")? < now.as_second() {
        return Err(Error::Unauthenticated);
    }
    let Ticket { user_id, session_id, roles } = table::read(&item, "data")?;
    let note = async |roles: Roles| {
        let connection = Connection { id: id.into(), user_id, session_id: Some(session_id), roles, connected_at: now };
        let draft = Draft::new(connection_key(id), ItemType::Connection, &connection)?;
        let draft = draft.number("expires_at", now.as_second() + CONNECTION_SECONDS);
        app.table().put(Write::put(draft)).await.map(drop)
    };
    // Recorded before reading the user and the session: if the user is disabled or the session ends in between, either this or the code
    // that closes their connections notices.
    note(roles.clone()).await?;
    let Some(present) = standing::present_roles_in(app.table(), user_id, session_id).await? else {
        disconnect(app, id).await?;
        return Err(Error::Unauthenticated);
    };
    if present != roles {
        note(present).await?;
    }
    close_oldest(app, user_id).await
}

/// Closes the user's oldest connections beyond the maximum.
async fn close_oldest(app: &App, user: UserId) -> Result<(), Error> {
    let mut open: Vec<Connection> = connections(app).await?.into_iter().filter(|c| c.user_id == user).collect();
    open.sort_by_key(|connection| connection.connected_at);
    let beyond = open.len().saturating_sub(MAX_CONNECTIONS);
    close_all(app, open.into_iter().take(beyond)).await
}

/// Deletes the record of connection `id`.
pub async fn disconnect(app: &App, id: &str) -> Result<(), Error> {
    app.table().delete(connection_key(id)).await
}

/// All open connections. An organisation has hundreds, so this takes a page or two.
pub async fn connections(app: &App) -> Result<Vec<Connection>, Error> {
    let list = List::new("connections", Source::table("CONNECTIONS", ""), Order::Ascending);
    let mut connections = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), 500).await?;
        for item in &items {
            connections.push(table::read::<Connection>(item, "data")?);
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(connections),
        }
    }
}

/// Pushes a message to a connection. Deletes the record if the connection is gone, unless it may still be opening: its client then
/// requests the events since its ticket.
pub(super) async fn send(app: &App, connection: &Connection, message: &[u8]) -> Result<(), Error> {
    let opening = connection.connected_at.plus_seconds(OPENING_SECONDS) > Timestamp::now();
    if push::post(app, &connection.id, message).await? || opening {
        return Ok(());
    }
    disconnect(app, &connection.id).await
}

/// Replies to a client's message. The client itself asks for the greeting: one sent from here when the connection opens could
/// overtake API Gateway's own opening of it and be rejected as gone. A client that sends too many messages is cut off.
pub async fn reply(app: &App, id: &str, message: &str) -> Result<(), Error> {
    if !pace::within(id) {
        tracing::warn!(connection_id = id, "closed a connection that sent too many messages");
        return push::close(app, id).await;
    }
    let kind = serde_json::from_str::<serde_json::Value>(message).ok();
    let kind = kind.as_ref().and_then(|m| m.get("type")).and_then(|t| t.as_str());
    let answer = match kind {
        Some("hello") => json!({"type": "hello", "connection_id": id, "heartbeat_seconds": HEARTBEAT_SECONDS}),
        Some("ping") => json!({"type": "pong"}),
        _ => {
            json!({"type": "error", "code": "unknown_message", "detail": "Send {\"type\":\"ping\"} or {\"type\":\"hello\"}."})
        }
    };
    // If the connection is gone before the reply, its `$disconnect` event deletes the record.
    push::post(app, id, answer.to_string().as_bytes()).await.map(drop)
}

/// Closes all connections of a user whose permissions changed; the client reconnects with a new ticket if it may.
pub async fn end_user_connections(app: &App, user: UserId) -> Result<(), Error> {
    close_all(app, connections(app).await?.into_iter().filter(|c| c.user_id == user)).await
}

/// Closes all connections of a session that ended.
pub async fn end_session_connections(app: &App, session: SessionId) -> Result<(), Error> {
    close_all(app, connections(app).await?.into_iter().filter(|c| c.session_id == Some(session))).await
}

async fn close_all(app: &App, open: impl Iterator<Item = Connection>) -> Result<(), Error> {
    for connection in open {
        push::close(app, &connection.id).await?;
        disconnect(app, &connection.id).await?;
    }
    Ok(())
}
