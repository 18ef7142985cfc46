//! Login sessions: each has a rotating refresh token and is revoked as a whole if an old token is reused.

mod refresh_token;

pub(crate) use refresh_token::RefreshToken;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::{Actor, Caller, Origin};
use platform::standing;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Key, Write};

/// How long a session lives after its last use, in seconds: 30 days.
pub const SESSION_SECONDS: i64 = 30 * 24 * 3600;

/// A session, as shown to its user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Session ID.
    pub id: SessionId,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When the session was last refreshed.
    pub last_used_at: Timestamp,
    /// IP address the session was last used from.
    pub ip: Option<String>,
    /// Browser the session was last used from (`User-Agent`).
    pub user_agent: Option<String>,
    /// Whether this request belongs to the session.
    pub current: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct StoredSession {
    pub id: SessionId,
    pub token_hash: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// When the user last proved who they are in this session.
    pub authenticated_at: Timestamp,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

pub(crate) fn key(user: UserId, session: SessionId) -> Key {
    standing::session_key(user, session)
}

pub(crate) fn draft(user: UserId, stored: &StoredSession) -> Result<Draft, Error> {
    let expires = stored.last_used_at.as_second() + SESSION_SECONDS;
    Ok(Draft::new(key(user, stored.id), ItemType::Session, stored)?
        .text("token_hash", &stored.token_hash)
        .number("expires_at", expires))
}

/// Ends a session.
pub(crate) async fn end(
    app: &App,
    actor: &Actor,
    operation: Operation,
    user: UserId,
    session: SessionId,
) -> Result<(), Error> {
    let mut work = Work::of(app, actor, operation);
    work.delete(key(user, session));
    work.record_access(Subject::new(Entity::User, user))?;
    work.commit().await
}

/// Ends the session of a refresh token; ignores invalid tokens.
pub async fn logout(app: &App, origin: &Origin, token: &str) -> Result<(), Error> {
    let Some(token) = RefreshToken::parse(token) else {
        return Ok(());
    };
    let Some(item) = app.table().get(key(token.user, token.session)).await? else {
        return Ok(());
    };
    let stored: StoredSession = table::read(&item, "data")?;
    if stored.token_hash != token.hash() {
        return Ok(());
    }
    let actor = Actor { id: Some(token.user), name: String::new(), origin: origin.clone() };
    end(app, &actor, Operation::Logout, token.user, token.session).await
}

/// Returns one page of the caller's own sessions.
pub async fn list(app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Session>, Error> {
    let source = Source::table(format!("USER#{}", caller.id), "SESSION#");
    let page = List::new("sessions", source, Order::Descending).page(app, request).await?;
    page.try_map(|item| {
        let stored: StoredSession = table::read(&item, "data")?;
        Ok(Session {
            id: stored.id,
            created_at: stored.created_at,
            last_used_at: stored.last_used_at,
            ip: stored.ip,
            user_agent: stored.user_agent,
            current: stored.id == caller.session_id,
        })
    })
}

/// Revokes one of the caller's own sessions.
pub async fn revoke(app: &App, caller: &Caller, session: SessionId) -> Result<(), Error> {
    if app.table().get(key(caller.id, session)).await?.is_none() {
        return Err(Error::NotFound { what: "session" });
    }
    end(app, &caller.actor, Operation::SessionRevoke, caller.id, session).await
}

/// Revokes all sessions of `user` except `except`.
pub async fn revoke_all(app: &App, actor: &Actor, user: UserId, except: Option<SessionId>) -> Result<(), Error> {
    let list = List::new("sessions", Source::table(format!("USER#{user}"), "SESSION#"), Order::Ascending);
    let mut after: Option<String> = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), 90).await?;
        let mut work = Work::of(app, actor, Operation::SessionRevokeAll);
        for item in &items {
            let stored: StoredSession = table::read(item, "data")?;
            if Some(stored.id) != except {
                work.delete(key(user, stored.id));
            }
        }
        if !work.is_empty() {
            work.record_access(Subject::new(Entity::User, user))?;
            work.commit().await?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Opens a session of `user` that has no refresh token, for tests that need nothing else of a sign-in.
pub async fn open(app: &App, user: UserId) -> Result<SessionId, Error> {
    let now = Timestamp::now();
    let stored = StoredSession {
        id: SessionId::new(),
        token_hash: String::new(),
        created_at: now,
        last_used_at: now,
        authenticated_at: now,
        ip: None,
        user_agent: None,
    };
    app.table().write(Write::put(draft(user, &stored)?)).await?;
    Ok(stored.id)
}
