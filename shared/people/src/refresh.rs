//! Refresh: a refresh token is exchanged for new tokens, and its reuse ends the session.

use crate::session::{self, Presented, RefreshToken, StoredSession};
use crate::sign_in::{Granted, grant};
use crate::user::{self, Status, User};
use kernel::Operation;
use kernel::error::Error;
use platform::app::App;
use platform::caller::{Actor, Origin};
use platform::table::{Condition, Write, Written};

/// Exchanges a refresh token for new tokens.
///
/// A token that was replaced a moment ago leads to the same successor again: the answer that carried it may have been lost, or two
/// pages asked at once. One that was replaced earlier means that someone has a copy of it, so the whole session ends. A token that
/// Steward did not issue ends nothing.
pub async fn refresh(app: &App, origin: &Origin, token: &str) -> Result<Granted, Error> {
    let token = RefreshToken::read(app, token).await?.ok_or(Error::Unauthenticated)?;
    let session = app.table().get(session::key(token.user, token.session));
    let (user, item) = tokio::join!(user::load(app, token.user), session);
    let user = match user {
        Ok(loaded) => loaded.user,
        Err(Error::NotFound { .. }) => return Err(Error::Unauthenticated),
        Err(other) => return Err(other),
    };
    let stored = session::read(&item?.ok_or(Error::Unauthenticated)?)?;
    if user.status != Status::Active || stored.ended() {
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
    let before = match app.table().write(put).await? {
        Written::Done(_) => return grant(app, user, &new, next.authenticated_at).await,
        Written::Refused(before) => session::read(&before.ok_or(Error::Unauthenticated)?)?,
    };
    // Another request replaced the token first.
    match before.presented(old)? {
        Presented::Replaced(successor) => grant(app, user, &successor, before.authenticated_at).await,
        Presented::Current | Presented::Reused => end_reused(app, origin, &user, old).await,
    }
}

async fn end_reused(app: &App, origin: &Origin, user: &User, token: &RefreshToken) -> Result<Granted, Error> {
    let actor = Actor { id: Some(user.id), name: user.name.to_string(), origin: origin.clone() };
    session::end(app, &actor, Operation::RefreshTokenReused, token.user, token.session).await?;
    Err(Error::Unauthenticated)
}
