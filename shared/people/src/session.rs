//! Login sessions: each has a rotating refresh token and is revoked as a whole if an old token is reused.

mod login;

pub use login::{Login, login};

use aws_lc_rs::rand;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::user::{self, Status, User};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Caller, Origin};
use platform::hash::sha256;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Key, Transaction};

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
struct Stored {
    id: SessionId,
    token_hash: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
    ip: Option<String>,
    user_agent: Option<String>,
}

/// Tokens issued by a sign-in or refresh.
pub struct Granted {
    /// The signed-in user.
    pub user: User,
    /// The new access token.
    pub access_token: String,
    /// The new refresh token, for the cookie.
    pub refresh_token: String,
}

fn key(user: UserId, session: SessionId) -> Key {
    Key::new(format!("USER#{user}"), format!("SESSION#{session}"))
}

/// A refresh token: user, session, and 32 random bytes of which only the hash is stored.
struct RefreshToken {
    user: UserId,
    session: SessionId,
    secret: String,
}

impl RefreshToken {
    fn new(user: UserId, session: SessionId) -> Result<Self, Error> {
        let mut secret = [0_u8; 32];
        rand::fill(&mut secret).map_err(Error::defect)?;
        Ok(Self { user, session, secret: URL_SAFE_NO_PAD.encode(secret) })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let user = parts.next()?.parse().ok()?;
        let session = parts.next()?.parse().ok()?;
        Some(Self { user, session, secret: parts.next()?.to_owned() })
    }

    fn hash(&self) -> String {
        sha256(self.secret.as_bytes())
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.user, self.session, self.secret)
    }
}

fn draft(user: UserId, stored: &Stored) -> Result<Draft, Error> {
    let expires = stored.last_used_at.as_second() + SESSION_SECONDS;
    Ok(Draft::new(key(user, stored.id), ItemType::Session, stored)?
        .text("token_hash", &stored.token_hash)
        .number("expires_at", expires))
}

async fn grant(app: &App, user: User, token: &RefreshToken) -> Result<Granted, Error> {
    let access_token = app.tokens().sign(user.id, token.session, user.name.as_str(), &user.roles).await?;
    Ok(Granted { user, access_token, refresh_token: token.text() })
}

/// Exchanges a refresh token for new tokens; the old one can't be used again.
///
/// A reused token means that someone has a copy of it: the whole session is revoked.
pub async fn refresh(app: &App, origin: &Origin, token: &str) -> Result<Granted, Error> {
    let old = RefreshToken::parse(token).ok_or(Error::Unauthenticated)?;
    let (user, item) = tokio::join!(user::load(app, old.user), app.table().get(key(old.user, old.session)));
    let user = match user {
        Ok(loaded) => loaded.user,
        Err(Error::NotFound { .. }) => return Err(Error::Unauthenticated),
        Err(other) => return Err(other),
    };
    let item = item?.ok_or(Error::Unauthenticated)?;
    let expires_at: i64 = table::read(&item, "expires_at")?;
    let stored: Stored = table::read(&item, "data")?;
    let now = Timestamp::now();
    if user.status != Status::Active || expires_at <= now.as_second() {
        return Err(Error::Unauthenticated);
    }
    let actor = Actor { id: Some(user.id), name: user.name.to_string(), origin: origin.clone() };
    if stored.token_hash != old.hash() {
        end_reused(app, &actor, old.user, old.session).await?;
        return Err(Error::Unauthenticated);
    }
    let new = RefreshToken::new(old.user, old.session)?;
    let (ip, user_agent) = (origin.ip.clone(), origin.user_agent.clone());
    let next = Stored { token_hash: new.hash(), last_used_at: now, ip, user_agent, ..stored };
    let put = app
        .table()
        .client()
        .put_item()
        .table_name(app.table().name())
        .set_item(Some(draft(user.id, &next)?.into_item()))
        .condition_expression("token_hash = :old")
        .expression_attribute_values(":old", AttributeValue::S(old.hash()));
    match put.send().await {
        Ok(_) => grant(app, user, &new).await,
        Err(e)
            if e.as_service_error().is_some_and(
                aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
            ) =>
        {
            end_reused(app, &actor, old.user, old.session).await?;
            Err(Error::Unauthenticated)
        }
        Err(e) => Err(table::failure(e)),
    }
}

async fn end_reused(app: &App, actor: &Actor, user: UserId, session: SessionId) -> Result<(), Error> {
    end(app, actor, Operation::RefreshTokenReused, user, session).await
}

async fn end(app: &App, actor: &Actor, action: &str, user: UserId, session: SessionId) -> Result<(), Error> {
    let mut transaction = Transaction::new();
    transaction.delete(key(user, session));
    audit::access_in(app, &mut transaction, actor, action, Subject::new(Entity::User, user))?;
    app.table().commit(transaction).await
}

/// Ends the session of a refresh token; ignores invalid tokens.
pub async fn logout(app: &App, origin: &Origin, token: &str) -> Result<(), Error> {
    let Some(token) = RefreshToken::parse(token) else {
        return Ok(());
    };
    let Some(item) = app.table().get(key(token.user, token.session)).await? else {
        return Ok(());
    };
    let stored: Stored = table::read(&item, "data")?;
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
        let stored: Stored = table::read(&item, "data")?;
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
        let mut transaction = Transaction::new();
        for item in &items {
            let stored: Stored = table::read(item, "data")?;
            if Some(stored.id) != except {
                transaction.delete(key(user, stored.id));
            }
        }
        if !transaction.is_empty() {
            audit::access_in(
                app,
                &mut transaction,
                actor,
                Operation::SessionRevokeAll,
                Subject::new(Entity::User, user),
            )?;
            app.table().commit(transaction).await?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
