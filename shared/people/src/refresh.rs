//! Refresh: a refresh token is exchanged for new tokens, and its reuse ends the session.

use crate::security;
use crate::session::{self, RefreshToken, StoredSession};
use crate::sign_in::{Granted, grant};
use crate::user::{self, Status};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::{Actor, Origin};
use platform::table::{self, Condition, Write, Written};

/// Exchanges a refresh token for new tokens; the old one can't be used again.
///
/// A reused token means that someone has a copy of it: the whole session is revoked.
pub async fn refresh(app: &App, origin: &Origin, token: &str) -> Result<Granted, Error> {
    let old = RefreshToken::parse(token).ok_or(Error::Unauthenticated)?;
    let (user, item) = tokio::join!(user::load(app, old.user), app.table().get(session::key(old.user, old.session)));
    let user = match user {
        Ok(loaded) => loaded.user,
        Err(Error::NotFound { .. }) => return Err(Error::Unauthenticated),
        Err(other) => return Err(other),
    };
    let item = item?.ok_or(Error::Unauthenticated)?;
    let expires_at: i64 = table::read(&item, "expires_at")?;
    let stored: StoredSession = table::read(&item, "data")?;
    let now = Timestamp::now();
    if user.status != Status::Active || expires_at <= now.as_second() {
        return Err(Error::Unauthenticated);
    }
    // Signing in again leads to the enrolment of a second factor.
    if security::is_overdue(app, &user).await? {
        return Err(Error::Unauthenticated);
    }
    let actor = Actor { id: Some(user.id), name: user.name.to_string(), origin: origin.clone() };
    if stored.token_hash != old.hash() {
        end_reused(app, &actor, old.user, old.session).await?;
        return Err(Error::Unauthenticated);
    }
    let new = RefreshToken::new(old.user, old.session)?;
    let (ip, user_agent) = (origin.ip.clone(), origin.user_agent.clone());
    let stored_at = stored.authenticated_at;
    let next = StoredSession { token_hash: new.hash(), last_used_at: now, ip, user_agent, ..stored };
    let put = Write::put(session::draft(user.id, &next)?).when(Condition::is("token_hash", old.hash()));
    match app.table().write(put).await? {
        Written::Done(_) => grant(app, user, &new, stored_at).await,
        Written::Refused(_) => {
            end_reused(app, &actor, old.user, old.session).await?;
            Err(Error::Unauthenticated)
        }
    }
}

async fn end_reused(app: &App, actor: &Actor, user: UserId, id: SessionId) -> Result<(), Error> {
    session::end(app, actor, Operation::RefreshTokenReused, user, id).await
}
