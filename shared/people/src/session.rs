//! Login sessions: each has a rotating refresh token, and ends as a whole if an old token is reused (`docs/decisions/0027-sessions.md`).

mod refresh_token;

pub(crate) use refresh_token::RefreshToken;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::{Actor, Caller, Origin};
use platform::cipher::Sealed;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::standing;
use platform::table::{self, Draft, Item, Key};

/// How long a session lives without being used, in seconds: 14 days.
pub const IDLE_SECONDS: i64 = 14 * 24 * 3600;
/// How long after sign-in a session ends however much it is used, in seconds: 30 days.
pub const LONGEST_SECONDS: i64 = 30 * 24 * 3600;
/// How long a replaced token still leads to its successor, in seconds: the answer that carried it may have been lost.
const GRACE_SECONDS: i64 = 30;

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
    /// The token that the present one replaced.
    #[serde(default)]
    pub replaced: Option<Replaced>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// When the user last proved who they are in this session; long ago if an earlier version stored it.
    #[serde(default = "long_ago")]
    pub authenticated_at: Timestamp,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

fn long_ago() -> Timestamp {
    Timestamp::EPOCH
}

/// A refresh token that was replaced by the present one.
#[derive(Serialize, Deserialize)]
pub(crate) struct Replaced {
    token_hash: String,
    at: Timestamp,
    successor: Sealed,
}

/// What a refresh token that Steward issued is good for.
pub(crate) enum Presented {
    /// It is the session's present token.
    Current,
    /// It was replaced a moment ago, by this token.
    Replaced(RefreshToken),
    /// It was replaced long ago, so somebody has a copy of it.
    Reused,
}

impl StoredSession {
    /// A session that begins now.
    pub fn begin(id: SessionId, token_hash: String, origin: &Origin) -> Self {
        let now = Timestamp::now();
        let (ip, user_agent) = (origin.ip.clone(), origin.user_agent.clone());
        Self {
            id,
            token_hash,
            replaced: None,
            created_at: now,
            last_used_at: now,
            authenticated_at: now,
            ip,
            user_agent,
        }
    }

    /// The session after `old` was exchanged for `new`.
    pub fn rotated(self, old: &RefreshToken, new: &RefreshToken, origin: &Origin) -> Result<Self, Error> {
        let now = Timestamp::now();
        let replaced = Replaced { token_hash: old.hash(), at: now, successor: old.seal_successor(new)? };
        let (ip, user_agent) = (origin.ip.clone(), origin.user_agent.clone());
        Ok(Self { token_hash: new.hash(), replaced: Some(replaced), last_used_at: now, ip, user_agent, ..self })
    }

    /// What `token`, which names this session, is good for.
    pub fn presented(&self, token: &RefreshToken) -> Result<Presented, Error> {
        let hash = token.hash();
        if hash == self.token_hash {
            return Ok(Presented::Current);
        }
        match &self.replaced {
            Some(old) if old.token_hash == hash && old.at.plus_seconds(GRACE_SECONDS) > Timestamp::now() => {
                token.open_successor(&old.successor).map(Presented::Replaced)
            }
            _ => Ok(Presented::Reused),
        }
    }

    /// When the session ends: some time after its last use, and at the latest some time after it began.
    fn ends_at(&self) -> i64 {
        (self.last_used_at.as_second() + IDLE_SECONDS).min(self.created_at.as_second() + LONGEST_SECONDS)
    }

    /// Whether the session has ended, even if its item is still there: the table deletes it later.
    pub fn ended(&self) -> bool {
        self.ends_at() <= Timestamp::now().as_second()
    }
}

pub(crate) fn key(user: UserId, session: SessionId) -> Key {
    standing::session_key(user, session)
}

/// The session whose item has this key.
#[must_use]
pub fn id_in(key: &Key) -> Option<SessionId> {
    key.sk.strip_prefix("SESSION#")?.parse().ok()
}

/// The session in an item of its key.
pub(crate) fn read(item: &Item) -> Result<StoredSession, Error> {
    table::read(item, "data")
}

pub(crate) fn draft(user: UserId, stored: &StoredSession) -> Result<Draft, Error> {
    Ok(Draft::new(key(user, stored.id), ItemType::Session, stored)?
        .text("token_hash", &stored.token_hash)
        .number("expires_at", stored.ends_at()))
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

/// Ends the session of a refresh token that Steward issued; any other token ends nothing.
pub async fn logout(app: &App, origin: &Origin, token: &str) -> Result<(), Error> {
    let Some(token) = RefreshToken::read(app, token).await? else {
        return Ok(());
    };
    let Some(item) = app.table().get(key(token.user, token.session)).await? else {
        return Ok(());
    };
    let operation = match read(&item)?.presented(&token)? {
        Presented::Current | Presented::Replaced(_) => Operation::Logout,
        Presented::Reused => Operation::RefreshTokenReused,
    };
    let actor = Actor { id: Some(token.user), name: String::new(), origin: origin.clone() };
    end(app, &actor, operation, token.user, token.session).await
}

/// Returns one page of the caller's own sessions.
pub async fn list(app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Session>, Error> {
    list_of(app, caller, caller.id, request).await
}

async fn list_of(app: &App, caller: &Caller, user: UserId, request: &PageRequest) -> Result<Page<Session>, Error> {
    let source = Source::table(format!("USER#{user}"), "SESSION#");
    let Page { items, next_cursor } = List::new("sessions", source, Order::Descending).page(app, request).await?;
    let stored: Vec<StoredSession> = items.iter().map(read).collect::<Result<_, _>>()?;
    let shown = stored.into_iter().filter(|stored| !stored.ended()).map(|stored| Session {
        id: stored.id,
        created_at: stored.created_at,
        last_used_at: stored.last_used_at,
        ip: stored.ip,
        user_agent: stored.user_agent,
        current: stored.id == caller.session_id,
    });
    Ok(Page { items: shown.collect(), next_cursor })
}

/// Returns one page of a user's sessions; for admins.
pub async fn list_for_admin(
    app: &App,
    caller: &Caller,
    user: UserId,
    request: &PageRequest,
) -> Result<Page<Session>, Error> {
    caller.allow(Action::UserRead)?;
    list_of(app, caller, user, request).await
}

/// Revokes one of a user's sessions; for admins. Needs a recent proof of identity.
pub async fn revoke_for_admin(app: &App, caller: &Caller, user: UserId, session: SessionId) -> Result<(), Error> {
    caller.allow(Action::UserUpdate)?;
    caller.recently_authenticated()?;
    revoke_of(app, caller, Operation::UserSessionRevoke, user, session).await
}

/// Revokes all sessions of a user; for admins. Needs a recent proof of identity.
pub async fn revoke_all_for_admin(app: &App, caller: &Caller, user: UserId) -> Result<(), Error> {
    caller.allow(Action::UserUpdate)?;
    caller.recently_authenticated()?;
    end_all(app, &caller.actor, Operation::UserSessionRevokeAll, user, None).await
}

/// Revokes one of the caller's own sessions. Another one than the present needs a recent proof of identity, so that a stolen access token
/// cannot sign its owner out.
pub async fn revoke(app: &App, caller: &Caller, session: SessionId) -> Result<(), Error> {
    if session != caller.session_id {
        caller.recently_authenticated()?;
    }
    revoke_of(app, caller, Operation::SessionRevoke, caller.id, session).await
}

async fn revoke_of(
    app: &App,
    caller: &Caller,
    operation: Operation,
    user: UserId,
    session: SessionId,
) -> Result<(), Error> {
    if app.table().get(key(user, session)).await?.is_none() {
        return Err(Error::NotFound { what: "session" });
    }
    end(app, &caller.actor, operation, user, session).await
}

/// Revokes all of the caller's own sessions. Needs a recent proof of identity.
pub async fn revoke_all(app: &App, caller: &Caller) -> Result<(), Error> {
    caller.recently_authenticated()?;
    revoke_all_of(app, &caller.actor, caller.id, None).await
}

/// Revokes all sessions of `user` except `except`.
pub(crate) async fn revoke_all_of(
    app: &App,
    actor: &Actor,
    user: UserId,
    except: Option<SessionId>,
) -> Result<(), Error> {
    end_all(app, actor, Operation::SessionRevokeAll, user, except).await
}

async fn end_all(
    app: &App,
    actor: &Actor,
    operation: Operation,
    user: UserId,
    except: Option<SessionId>,
) -> Result<(), Error> {
    let list = List::new("sessions", Source::table(format!("USER#{user}"), "SESSION#"), Order::Ascending);
    let mut after: Option<String> = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), 90).await?;
        let mut work = Work::of(app, actor, operation);
        for item in &items {
            let stored = read(item)?;
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
