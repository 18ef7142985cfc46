//! Password reset: a one-use link sent by email.
//!
//! Requesting a link takes the same steps and gives the same response whether or not the user exists. Only the token's hash is
//! stored; it is valid for half an hour, once, and only while the password is still the one it was requested for.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::outbox::{self, Matter};
use crate::session;
use crate::user::{self, LoadedUser, Password, Status};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::text::fold;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::{Actor, Origin};
use platform::hash::sha256;
use platform::table::{self, Condition, Draft, Key, Transaction, Write, Written};

/// How long a link is valid, in seconds.
pub const RESET_SECONDS: i64 = 30 * 60;
/// Maximum number of links per user in a time window; further ones are not sent.
const MOST_IN_WINDOW: u32 = 3;
/// Length of the time window, in seconds.
const WINDOW: i64 = 3600;

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

#[derive(Serialize, Deserialize)]
struct StoredReset {
    user_id: UserId,
    /// Identifies the password that the link replaces.
    password_mark: String,
    expires_at: i64,
}

fn token_key(token: &str) -> Key {
    Key::new(format!("RESET#{}", sha256(token.as_bytes())), "RESET")
}

/// Sends a link if the user exists and has not requested too many. Returns the same result in every case.
pub async fn request(app: &App, origin: &Origin, request: &PasswordResetRequest) -> Result<(), Error> {
    if request.username_or_email.chars().count() > 254 {
        return Err(Error::field("username_or_email", "must be at most 254 characters long"));
    }
    let given = request.username_or_email.trim();
    let user = user::find_by_username_or_email(app, given).await?;
    let guarded = user.map_or_else(|| fold(given), |id| id.to_string());
    let within = count(app, &guarded).await?;
    let subject = user.map_or_else(|| Subject::new(Entity::Login, "unknown"), |id| Subject::new(Entity::User, id));
    let actor = Actor { id: None, name: "stranger".into(), origin: origin.clone() };
    let mut work = Work::of(app, &actor, Operation::PasswordResetRequest);
    let mail = match user {
        Some(user) if within => outbox::draft(user, kernel::id::new(), Timestamp::now(), Matter::PasswordReset)?,
        _ => outbox::decoy()?,
    };
    work.put(mail);
    work.record_access(subject)?;
    work.commit().await
}

/// Counts the request and returns whether it is within the limit for its time window.
async fn count(app: &App, guarded: &str) -> Result<bool, Error> {
    let guard = app.keys().root().await?.lookup("password reset", guarded);
    let guard = Key::new(format!("LOGIN#{guard}"), "RESETS");
    let now = Timestamp::now().as_second();
    let open = Condition::greater("expires_at", now).and(Condition::less("count", MOST_IN_WINDOW));
    let count = Write::update(guard.clone()).set_if_absent("expires_at", now + WINDOW).add("count", 1);
    let counted = app.table().write(count.when(Condition::absent("expires_at").or(open))).await?;
    let Written::Refused(refused) = counted else { return Ok(true) };
    let ends: i64 = refused.map_or(Ok(0), |item| table::read(&item, "expires_at"))?;
    if ends > now {
        return Ok(false);
    }
    // The window has ended, but DynamoDB has not deleted the item yet.
    let renew = Write::update(guard).set("expires_at", now + WINDOW).set("count", 1);
    let renewed = app.table().write(renew.when(Condition::at_most("expires_at", now))).await?;
    Ok(renewed.done().is_some())
}

/// Issues a token for the user and stores its hash. Called when the message is sent.
pub async fn issue_token(app: &App, user: &LoadedUser) -> Result<String, Error> {
    let mut secret = [0_u8; 32];
    rand::fill(&mut secret).map_err(Error::defect)?;
    let token = URL_SAFE_NO_PAD.encode(secret);
    let expires_at = Timestamp::now().as_second() + RESET_SECONDS;
    let stored =
        StoredReset { user_id: user.user.id, password_mark: sha256(user.password_hash.as_bytes()), expires_at };
    let draft = Draft::new(token_key(&token), ItemType::PasswordReset, &stored)?.number("expires_at", expires_at);
    let mut transaction = Transaction::new();
    transaction.create(draft, |_| Error::internal("a reset token already exists"));
    app.table().commit(transaction).await?;
    Ok(token)
}

fn no_good() -> Error {
    Error::BadRequest {
        code: "invalid_reset_token",
        detail: "This link is no longer valid. Request a new one.".into(),
        field: Some("token"),
    }
}

/// Sets a new password using the token from a link, which can't be used again. Ends all of the user's sessions.
pub async fn confirm(app: &App, origin: &Origin, reset: PasswordReset) -> Result<(), Error> {
    let key = token_key(&reset.token);
    let found = app.table().get(key.clone()).await?.ok_or_else(no_good)?;
    let stored: StoredReset = table::read(&found, "data")?;
    let before = match user::load(app, stored.user_id).await {
        Ok(before) => before,
        Err(Error::NotFound { .. }) => return Err(no_good()),
        Err(other) => return Err(other),
    };
    let good = stored.expires_at > Timestamp::now().as_second()
        && stored.password_mark == sha256(before.password_hash.as_bytes())
        && before.user.status == Status::Active;
    if !good {
        return Err(no_good());
    }
    user::refuse_username_in(&reset.password, &before.user.username)?;
    let actor = Actor { id: Some(before.user.id), name: before.user.name.to_string(), origin: origin.clone() };
    // Revoke sessions before and after: a crash in between leaves nobody signed in with the forgotten password.
    session::revoke_all(app, &actor, before.user.id, None).await?;
    let mut work = Work::of(app, &actor, Operation::PasswordResetConfirm);
    work.push(Write::delete(key).when(Condition::exists("pk")), |_| no_good());
    let after = before.user.clone();
    match user::save(work, &before, after, Some(reset.password)).await {
        // The link was used, or the user changed, at the same moment: only the first one takes effect.
        Err(Error::StaleVersion) => Err(no_good()),
        Err(other) => Err(other),
        Ok(user) => session::revoke_all(app, &actor, user.id, None).await,
    }
}
