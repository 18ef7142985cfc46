//! Sign-in, with the same response and the same work for an unknown user and a wrong password.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::browser;
use crate::factor::{self, Due};
use crate::limit::{self, Attempt};
use crate::security;
use crate::session::{self, RefreshToken, StoredSession};
use crate::user::{self, Credentials, LoadedUser, Password, Status, User, verify_or_burn};
use kernel::error::Error;
use kernel::id::SessionId;
use kernel::text::Username;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Origin};
use platform::table::Condition;

/// Tokens issued by a sign-in or refresh.
pub struct Granted {
    /// The signed-in user.
    pub user: User,
    /// The new access token.
    pub access_token: String,
    /// The new refresh token, for the cookie.
    pub refresh_token: String,
}

/// Longest name that is looked up, in characters. No username is that long.
const MAX_NAME: usize = 200;

/// Credentials for signing in. Any text is accepted; values that can't be valid are simply wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Username.
    #[schema(max_length = 200)]
    pub username: String,
    /// Password.
    #[schema(format = Password, max_length = 1000)]
    pub password: String,
}

/// The outcome of a right password.
pub enum SignedIn {
    /// The user is signed in.
    Granted(Box<Granted>),
    /// A second factor is due.
    Due(Due),
}

/// Signs a user in, or asks for their second factor. `browsers` is the cookie of known browsers, if there is one.
pub async fn login(app: &App, origin: &Origin, browsers: Option<&str>, login: Login) -> Result<SignedIn, Error> {
    // Comparing a name takes time that grows with its length, and nothing has been counted yet.
    let name = Some(login.username).filter(|name| name.chars().count() <= MAX_NAME).unwrap_or_default();
    let browser = browser::known(app, browsers, &name).await?;
    let attempt = Attempt::Login { name: &name, browser: browser.as_ref() };
    let ticket = limit::attempt(app, origin, attempt).await?;
    let known = find(app, name).await?;
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let right = verify_or_burn(Password::typed(&login.password), hash).await?;
    match known {
        Some(known) if right && known.status == Status::Active => {
            let (granted, uncounted) = tokio::join!(succeed(app, origin, &known), ticket.succeeded(app));
            uncounted.and(granted)
        }
        known => {
            fail(app, origin, known).await?;
            Err(Error::InvalidCredentials)
        }
    }
}

async fn find(app: &App, username: String) -> Result<Option<Credentials>, Error> {
    // Look up impossible usernames too, so that the response takes the same time.
    let username = Username::try_from(username).or_else(|_| Username::try_from("nobody".to_owned()));
    user::credentials(app, &username.map_err(Error::internal)?).await
}

async fn succeed(app: &App, origin: &Origin, known: &Credentials) -> Result<SignedIn, Error> {
    let (loaded, rules) = tokio::try_join!(user::load(app, known.id), security::rules(app))?;
    // The password was changed while it was being checked.
    if loaded.password_hash != known.password_hash {
        return Err(Error::InvalidCredentials);
    }
    // Wrong codes have a counter of their own, which a right password does not clear.
    if let Some(due) = factor::due(app, &loaded, &rules).await? {
        return Ok(SignedIn::Due(due));
    }
    let actor = loaded.user.actor(origin);
    let work = Work::of(app, &actor, Operation::LoginSucceeded);
    start(work, loaded).await.map(|granted| SignedIn::Granted(Box::new(granted)))
}

/// Starts a session of a user in the same transaction as the other writes in `work`. Nothing happens if the user was disabled or the
/// password changed since `loaded` was read, so that no session of an old password outlives it.
pub(crate) async fn start(mut work: Work<'_>, loaded: LoadedUser) -> Result<Granted, Error> {
    let (app, origin) = (work.app, work.actor.origin.clone());
    let LoadedUser { user, password_hash, .. } = loaded;
    let present = Condition::is("data.password_hash", password_hash)
        .and(Condition::is("data.status", Status::Active.as_str().to_owned()));
    work.require(user::key(user.id), present, |_| Error::InvalidCredentials);
    let token = RefreshToken::new(app, user.id, SessionId::new()).await?;
    let stored = StoredSession::begin(token.session, token.hash(), &origin);
    let now = stored.authenticated_at;
    work.put(session::draft(user.id, &stored)?);
    work.record_access(Subject::new(Entity::User, user.id))?;
    work.commit().await?;
    grant(app, user, &token, now).await
}

async fn fail(app: &App, origin: &Origin, known: Option<Credentials>) -> Result<(), Error> {
    let actor = Actor::stranger(origin);
    let subject = known.map_or_else(limit::strangers, |known| Subject::new(Entity::User, known.id));
    audit::access(app, &actor, Operation::LoginFailed, subject, Vec::new()).await
}

/// Signs an access token for the session of `token`, in which the user last proved who they are at `authenticated_at`.
pub(crate) async fn grant(
    app: &App,
    user: User,
    token: &RefreshToken,
    authenticated_at: Timestamp,
) -> Result<Granted, Error> {
    let (name, roles) = (user.name.as_str(), &user.roles);
    let access_token = app.tokens().sign(user.id, token.session, name, roles, authenticated_at).await?;
    Ok(Granted { user, access_token, refresh_token: token.text() })
}
