//! Refresh: a refresh token is exchanged for new tokens, and its reuse ends the session.

use crate::limit::{self, Attempt};
use crate::security;
use crate::session::{self, Presented, RefreshToken, StoredSession};
use crate::sign_in::{Granted, grant};
use crate::user::{self, User};
use kernel::Operation;
use kernel::error::Error;
use platform::app::App;
use platform::caller::Origin;
use platform::table::{Condition, Write};

/// Exchanges a refresh token for new tokens.
///
/// A token that was replaced a moment ago leads to the same successor again: the answer that carried it may have been lost, or two
/// pages asked at once. One that was replaced earlier means that someone has a copy of it, so the whole session ends. A token that
/// Steward did not issue ends nothing.
pub async fn refresh(app: &App, origin: &Origin, token: &str) -> Result<Granted, Error> {
    let Some(token) = RefreshToken::read(app, token).await? else {
        // Tokens of sessions that have ended do not count: a whole office may return to them at the same hour.
        let _counts = limit::attempt(app, origin, Attempt::Link).await?;
        return Err(Error::Unauthenticated);
    };
    let session = app.table().get(session::key(token.user, token.session));
    let (user, item, rules) = tokio::try_join!(user::load_active(app, token.user), session, security::rules(app))?;
    let user = user.ok_or(Error::Unauthenticated)?.user;
    let stored = session::read(&item.ok_or(Error::Unauthenticated)?)?;
    // Where a second factor is overdue, signing in again leads to its enrolment.
    if stored.ended() || rules.overdue(&user) {
        return Err(Error::Unauthenticated);
    }
    match stored.presented(&token)? {
        Presented::Current => rotate(app, origin, user, &token, stored).await,
        Presented::Replaced(successor) => grant(app, user, &successor, stored.authenticated_at).await,
        Presented::Reused => end_reused(app, origin, &user, &token).await,
    }
}

/// Replaces the session's present token `old`.
async fn rotate(
    app: &App,
    origin: &Origin,
    user: User,
    old: &RefreshToken,
    stored: StoredSession,
) -> Result<Granted, Error> {
    let new = RefreshToken::new(app, old.user, old.session).await?;
    let next = stored.rotated(old, &new, origin)?;
    let put = Write::put(session::draft(user.id, &next)?).when(Condition::is("token_hash", old.hash()));
    if app.table().put(put).await? {
        return grant(app, user, &new, next.authenticated_at).await;
    }
    // Another request replaced the token first.
    let before = app.table().get(session::key(old.user, old.session)).await?.ok_or(Error::Unauthenticated)?;
    let before = session::read(&before)?;
    match before.presented(old)? {
        Presented::Replaced(successor) => grant(app, user, &successor, before.authenticated_at).await,
        Presented::Current | Presented::Reused => end_reused(app, origin, &user, old).await,
    }
}

async fn end_reused(app: &App, origin: &Origin, user: &User, token: &RefreshToken) -> Result<Granted, Error> {
    let actor = user.actor(origin);
    session::end(app, &actor, Operation::RefreshTokenReused, token.user, token.session).await?;
    Err(Error::Unauthenticated)
}
