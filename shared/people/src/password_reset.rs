//! Password reset: a one-use link sent by email, which users request themselves or an admin for them.
//!
//! Requesting a link takes the same steps and gives the same response whether or not the user exists. It is valid for half an hour,
//! once, and only while the password and the address are still those it was requested for.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::limit::{self, Attempt};
use crate::link::{self, Purpose, SentLink};
use crate::outbox::{self, Matter};
use crate::session;
use crate::user::{self, LoadedUser, Password, Status, User};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::Action;
use kernel::text::Username;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::{Actor, Caller, Origin};
use platform::hash::sha256;

/// How long a link is valid, in seconds.
pub const RESET_SECONDS: i64 = Purpose::PasswordReset.seconds();

/// A request for a password reset link. Any text is accepted; values that can't be valid match no user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// Username or email address.
    #[schema(max_length = 254)]
    pub username_or_email: String,
}

/// A new password, with the token from the link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// Token from the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// New password.
    pub password: Password,
}

/// Sends a link if the user exists and has not requested too many. Returns the same result in every case, until the origin has made too
/// many requests.
pub async fn request(app: &App, origin: &Origin, request: &PasswordResetRequest) -> Result<(), Error> {
    if request.username_or_email.chars().count() > 254 {
        return Err(Error::field("username_or_email", "must be at most 254 characters long"));
    }
    let _counts = limit::attempt(app, origin, Attempt::Link).await?;
    let given = request.username_or_email.trim();
    let user = user::find_by_username_or_email(app, given).await?;
    let to = user.map_or_else(|| given.to_owned(), |id| id.to_string());
    let within = is_within(app, origin, &to).await?;
    let subject = user.map_or_else(limit::strangers, |id| Subject::new(Entity::User, id));
    let actor = Actor::stranger(origin);
    let mut work = Work::of(app, &actor, Operation::PasswordResetRequest);
    let mail = match user {
        Some(user) if within => outbox::draft(user, kernel::id::new(), Timestamp::now(), Matter::PasswordReset)?,
        _ => outbox::decoy()?,
    };
    work.put(mail);
    work.record_access(subject)?;
    work.commit().await
}

/// Counts the email and returns whether it is within the limit for its user.
async fn is_within(app: &App, origin: &Origin, to: &str) -> Result<bool, Error> {
    match limit::attempt(app, origin, Attempt::Mail { to }).await {
        Ok(_) => Ok(true),
        Err(Error::RateLimited { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

/// What a link is bound to: the password that it replaces, and the address it was sent to.
fn mark(user: &LoadedUser) -> String {
    sha256(format!("{}\0{}", user.password_hash, user.user.email).as_bytes())
}

/// Creates a token for the user. Called when the message is sent.
pub(crate) async fn issue_token(app: &App, user: &LoadedUser) -> Result<String, Error> {
    link::issue(app, Purpose::PasswordReset, user.user.id, mark(user), Timestamp::now()).await
}

/// Sends a link to a user who cannot sign in; for admins. Nothing else changes until it is followed.
pub async fn send(app: &App, caller: &Caller, id: UserId) -> Result<SentLink, Error> {
    caller.allow(Action::UserUpdate)?;
    caller.recently_authenticated()?;
    let user = user::load(app, id).await?;
    if user.user.status != Status::Active {
        return Err(Error::state("Only an active user can set a new password."));
    }
    let mut work = Work::new(app, caller, Operation::UserPasswordReset);
    work.record_access(Subject::new(Entity::User, id))?;
    let link = if app.sends_mail() {
        work.put(outbox::draft(id, kernel::id::new(), Timestamp::now(), Matter::PasswordReset)?);
        None
    } else {
        let (token, write) = link::new(Purpose::PasswordReset, id, mark(&user), Timestamp::now())?;
        work.push(write, |_| Error::internal("a new link already exists"));
        Some(Purpose::PasswordReset.url(app, &token))
    };
    work.commit().await?;
    Ok(SentLink { link })
}

/// Sets a new password using the token from a link, which can't be used again. Ends all of the user's sessions, and lifts the
/// locks that keep the user from signing in here. Returns the user's name, for which the browser is now known.
pub async fn confirm(app: &App, origin: &Origin, reset: PasswordReset) -> Result<Username, Error> {
    let ticket = limit::attempt(app, origin, Attempt::Link).await?;
    let user = apply(app, origin, reset).await?;
    tokio::try_join!(ticket.succeeded(app), limit::forgive(app, origin, &user.username))?;
    Ok(user.username)
}

async fn apply(app: &App, origin: &Origin, reset: PasswordReset) -> Result<User, Error> {
    let refusal = || Purpose::PasswordReset.refusal();
    let followed = link::follow(app, Purpose::PasswordReset, &reset.token).await?;
    let before = user::load_active(app, followed.user).await?.ok_or_else(refusal)?;
    if followed.mark != mark(&before) {
        return Err(refusal());
    }
    reset.password.refuse_words_about("password", &before.user)?;
    let actor = before.user.actor(origin);
    // Revoke sessions before and after: a crash in between leaves nobody signed in with the forgotten password.
    session::revoke_all_of(app, &actor, before.user.id, None).await?;
    let mut work = Work::of(app, &actor, Operation::PasswordResetConfirm);
    work.push(followed.spend(), move |_| refusal());
    work.put(outbox::draft(before.user.id, kernel::id::new(), Timestamp::now(), Matter::PasswordChanged)?);
    let after = before.user.clone().without_pending_email();
    match user::save(work, &before, after, Some(reset.password)).await {
        // The link was used, or the user changed, at the same moment: only the first one takes effect.
        Err(Error::StaleVersion) => Err(refusal()),
        Err(other) => Err(other),
        Ok(user) => session::revoke_all_of(app, &actor, user.id, None).await.map(|()| user),
    }
}
