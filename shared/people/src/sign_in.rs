//! Sign-in, with the same response and timing for an unknown user and a wrong password, and increasing lock-out times.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::factor::{self, Due};
use crate::session::{self, RefreshToken, StoredSession};
use crate::user::{self, LoadedUser, Password, Status, User, verify_or_burn};
use kernel::error::Error;
use kernel::id::SessionId;
use kernel::text::{Username, fold};
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Origin};
use platform::table::{self, Condition, Key, Updated, Write};

/// Number of attempts before the first lock-out.
const FREE_ATTEMPTS: u32 = 5;
/// First lock-out in seconds; each further failure doubles it.
const FIRST_PAUSE: i64 = 15;
/// Maximum lock-out in seconds.
const LONGEST_PAUSE: i64 = 15 * 60;
/// How long after the last failure the counter resets, in seconds.
const FORGET_AFTER: i64 = 24 * 3600;

/// Tokens issued by a sign-in or refresh.
pub struct Granted {
    /// The signed-in user.
    pub user: User,
    /// The new access token.
    pub access_token: String,
    /// The new refresh token, for the cookie.
    pub refresh_token: String,
}

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

/// Signs a user in, or asks for their second factor.
pub async fn login(app: &App, origin: &Origin, login: Login) -> Result<SignedIn, Error> {
    let guard = attempt(app, &login.username).await?;
    let known = find(app, login.username).await?;
    let hash = known.as_ref().map(|loaded| loaded.password_hash.clone());
    let right = verify_or_burn(Password::typed(&login.password), hash).await?;
    match known {
        Some(loaded) if right && loaded.user.status == Status::Active => succeed(app, origin, guard, loaded).await,
        known => {
            fail(app, origin, known).await?;
            Err(Error::InvalidCredentials)
        }
    }
}

async fn find(app: &App, username: String) -> Result<Option<LoadedUser>, Error> {
    // Look up impossible usernames too, so that the response takes the same time.
    let username = Username::try_from(username).or_else(|_| Username::try_from("nobody".to_owned()));
    match user::find_by_username(app, &username.map_err(Error::internal)?).await? {
        Some(id) => user::load(app, id).await.map(Some),
        None => Ok(None),
    }
}

/// The guard's key is a keyed hash, because people sometimes type passwords into the username field.
async fn guard_key(app: &App, username: &str) -> Result<Key, Error> {
    let hash = app.keys().root().await?.lookup("login", &fold(username));
    Ok(Key::new(format!("LOGIN#{hash}"), "GUARD"))
}

/// Counts the attempt before the password is checked, so that concurrent attempts count too. After the free ones, each attempt must
/// first win the right to set the next pause.
async fn count_attempt(app: &App, guard: &Key) -> Result<(), Error> {
    let now = Timestamp::now().as_second();
    let count = Write::update(guard.clone())
        .add("failures", 1)
        .set("expires_at", now + FORGET_AFTER)
        .set("type", ItemType::LoginGuard.as_str())
        .when(Condition::absent("locked_until").or(Condition::at_most("locked_until", now)));
    let failures: u32 = match app.table().update_and_get(count).await? {
        Updated::Done(counted) => table::read(&counted, "failures")?,
        Updated::Refused(locked) => {
            let until: i64 = locked.map_or(Ok(now), |item| table::read(&item, "locked_until"))?;
            return Err(Error::LockedOut { retry_after: u64::try_from(until - now).unwrap_or(0).max(1) });
        }
    };
    if failures < FREE_ATTEMPTS {
        return Ok(());
    }
    let pause = LONGEST_PAUSE.min(FIRST_PAUSE << (failures - FREE_ATTEMPTS).min(10));
    let lock = Write::update(guard.clone()).set("locked_until", now + pause);
    if !app.table().update(lock.when(Condition::is("failures", failures))).await? {
        return Err(Error::LockedOut { retry_after: u64::try_from(pause).unwrap_or(1) });
    }
    Ok(())
}

async fn succeed(app: &App, origin: &Origin, guard: Key, loaded: LoadedUser) -> Result<SignedIn, Error> {
    // The guard stays until the second factor is right too: it counts wrong codes like wrong passwords.
    if let Some(due) = factor::due(app, &loaded).await? {
        return Ok(SignedIn::Due(due));
    }
    let actor = Actor { id: Some(loaded.user.id), name: loaded.user.name.to_string(), origin: origin.clone() };
    let work = Work::of(app, &actor, Operation::LoginSucceeded);
    start(work, guard, loaded.user).await.map(|granted| SignedIn::Granted(Box::new(granted)))
}

/// Starts a session of `user` in the same transaction as the other writes in `work`, and clears the failures counted by `guard`.
pub(crate) async fn start(mut work: Work<'_>, guard: Key, user: User) -> Result<Granted, Error> {
    let (app, origin) = (work.app, work.actor.origin.clone());
    let token = RefreshToken::new(app, user.id, SessionId::new()).await?;
    let stored = StoredSession::begin(token.session, token.hash(), &origin);
    let now = stored.authenticated_at;
    work.put(session::draft(user.id, &stored)?);
    work.delete(guard);
    work.record_access(Subject::new(Entity::User, user.id))?;
    work.commit().await?;
    grant(app, user, &token, now).await
}

/// Counts an attempt to prove that one is the user with this name, like an attempt to sign in, and returns the guard that counts it.
/// The guard is deleted when the attempt succeeds.
pub(crate) async fn attempt(app: &App, username: &str) -> Result<Key, Error> {
    let guard = guard_key(app, username).await?;
    count_attempt(app, &guard).await?;
    Ok(guard)
}

async fn fail(app: &App, origin: &Origin, known: Option<LoadedUser>) -> Result<(), Error> {
    let actor = Actor { id: None, name: "stranger".into(), origin: origin.clone() };
    let subject = match known {
        Some(loaded) => Subject::new(Entity::User, loaded.user.id),
        None => Subject::new(Entity::Login, "unknown"),
    };
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
