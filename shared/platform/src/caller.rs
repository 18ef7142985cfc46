//! Who makes a request: the actor named in the audit trail, and the signed-in caller with their roles.

use std::fmt;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::standing::{self, Claim};
use crate::table::Table;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::policy::{self, Action, Roles, Scope};
use kernel::time::Timestamp;

/// How long a proof of identity is enough for sensitive actions, in seconds.
pub const RECENT_SECONDS: i64 = 5 * 60;

/// The client's address, added to the request's extensions by whoever accepted the connection.
#[derive(Debug, Clone)]
pub struct ClientAddress(pub String);

/// Added to the extensions of a request that comes straight from the machine that Steward runs on, by the embedded stack only.
#[derive(Debug, Clone, Copy)]
pub struct OnThisMachine;

/// The origin of a request.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Identifies the request in logs and responses.
    pub request_id: String,
    /// The client's IP address, if known.
    pub ip: Option<String>,
    /// The client's `User-Agent`, truncated to 200 characters.
    pub user_agent: Option<String>,
    /// What caused the action, if nobody asked for it directly.
    pub cause: Option<Cause>,
}

/// What makes Steward act for somebody who did not ask for this very action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A row of an import.
    Import,
    /// A merge of two investors.
    Merge,
    /// The deletion of a product with everything in it.
    Deletion,
    /// A workflow rule; `depth` counts the rules that triggered each other, starting at 1.
    Rule {
        /// Number of rules in the chain.
        depth: u32,
    },
}

/// The actor recorded in the audit trail.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user; `None` for the system and for unauthenticated callers.
    pub id: Option<UserId>,
    /// The user's display name at the time, or `system`.
    pub name: String,
    /// The origin of the request.
    pub origin: Origin,
}

impl Actor {
    /// Steward itself, acting for the request or event `origin`.
    #[must_use]
    pub fn system(origin: Origin) -> Self {
        Self { id: None, name: "system".into(), origin }
    }

    /// Somebody who has not proved who they are.
    #[must_use]
    pub fn stranger(origin: &Origin) -> Self {
        Self { id: None, name: "stranger".into(), origin: origin.clone() }
    }
}

/// The idempotency data of a request.
#[derive(Clone)]
pub struct Idempotency {
    /// The client's key: 1 to 128 visible ASCII characters.
    pub key: String,
    /// Path of the request.
    pub path: String,
    /// Body of the request; stored only as a keyed hash.
    pub body: Bytes,
}

impl fmt::Debug for Idempotency {
    /// The body may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotency").field("key", &self.key).field("path", &self.path).finish_non_exhaustive()
    }
}

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user's id.
    pub id: UserId,
    /// The actor recorded in the audit trail.
    pub actor: Actor,
    /// The user's roles.
    pub roles: Roles,
    /// The login session that the access token belongs to.
    pub session_id: SessionId,
    /// When the user last proved who they are in this session; long ago if Steward acts for them in the background.
    pub authenticated_at: Timestamp,
    /// The request's `Idempotency-Key`, for a POST that sends one.
    pub idempotency: Option<Idempotency>,
}

impl Caller {
    /// The caller that a request's access token names. Whether what the token says still holds is not asked; extracting a `Caller` does.
    pub(crate) async fn of_token(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let claims = app.tokens().verify(bearer(&parts.headers)?).await?;
        let origin = Origin::from_request_parts(parts, app).await?;
        parts.extensions.insert(claims.sub);
        Ok(Self {
            id: claims.sub,
            actor: Actor { id: Some(claims.sub), name: claims.name, origin },
            roles: claims.roles,
            session_id: claims.sid,
            authenticated_at: Timestamp::from_second(claims.auth_time),
            idempotency: parts.extensions.get::<Idempotency>().cloned(),
        })
    }

    /// Returns the scope in which the caller may perform `action`, or an error if they may not.
    pub fn allow(&self, action: Action) -> Result<Scope, Error> {
        policy::scope(&self.roles, action).ok_or(Error::Forbidden { action: action.as_str() })
    }

    /// Requires that the caller proved who they are within the last [`RECENT_SECONDS`]. Asked before a sensitive action, such as a
    /// change of users or of one's own address.
    pub fn recently_authenticated(&self) -> Result<(), Error> {
        if self.authenticated_at.plus_seconds(RECENT_SECONDS) > Timestamp::now() {
            return Ok(());
        }
        Err(Error::ReauthenticationRequired)
    }

    /// Whether `scope` covers an entity owned by `owner`. For product membership, see the module `product` of the Products workspace.
    #[must_use]
    pub fn covers(&self, scope: Scope, owner: Option<UserId>) -> bool {
        scope == Scope::All || owner == Some(self.id)
    }
}

/// The user who started a background job, as stored with the job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Starter {
    id: UserId,
    name: String,
    roles: Roles,
    session_id: SessionId,
    ip: Option<String>,
    user_agent: Option<String>,
}

impl Starter {
    /// The user who starts the job.
    #[must_use]
    pub fn new(caller: &Caller) -> Self {
        Self {
            id: caller.id,
            name: caller.actor.name.clone(),
            roles: caller.roles.clone(),
            session_id: caller.session_id,
            ip: caller.actor.origin.ip.clone(),
            user_agent: caller.actor.origin.user_agent.clone(),
        }
    }

    /// Restores the user as the caller for the job's actions under the request ID `request_id`.
    #[must_use]
    pub fn caller(&self, request_id: String, cause: Cause) -> Caller {
        let starter = self.clone();
        let origin = Origin { request_id, ip: starter.ip, user_agent: starter.user_agent, cause: Some(cause) };
        Caller {
            id: starter.id,
            actor: Actor { id: Some(starter.id), name: starter.name, origin },
            roles: starter.roles,
            session_id: starter.session_id,
            authenticated_at: Timestamp::EPOCH,
            idempotency: None,
        }
    }

    /// Whether the user can still sign in and may still do `action`, to no less than when the job started. One round trip.
    pub(crate) async fn may_still(&self, table: &Table, action: Action) -> Result<bool, Error> {
        let present = standing::present_roles(table, self.id).await?;
        let present = present.and_then(|roles| policy::scope(&roles, action));
        Ok(present.is_some() && present >= policy::scope(&self.roles, action))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Self {
            request_id: kernel::request_id::current(),
            ip: parts.extensions.get::<ClientAddress>().map(|a| a.0.clone()),
            user_agent: user_agent.map(|text| text.chars().take(200).collect()),
            cause: None,
        })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let caller = Self::of_token(parts, app).await?;
        let claim = Claim { user: caller.id, session: caller.session_id, roles: caller.roles.clone() };
        standing::begin(app.table(), app.standings(), claim)?;
        Ok(caller)
    }
}

/// The token from `Authorization: Bearer <token>`.
pub fn bearer(headers: &HeaderMap) -> Result<&str, Error> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).ok_or(Error::Unauthenticated)?;
    let (scheme, token) = value.split_once(' ').ok_or(Error::Unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Error::Unauthenticated) }
}
