//! Challenges: random tokens that are valid for five minutes and can be answered once.
//!
//! The token is what WebAuthn signs, and what a client sends back together with a code. Only its hash is stored.

use serde::{Deserialize, Serialize};

use crate::user::LoadedUser;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::time::Timestamp;
use platform::app::App;
use platform::hash::sha256;
use platform::secret;
use platform::table::{self, Condition, Draft, Key, Transaction, Updated, Write};

/// How long a challenge can be answered, in seconds.
pub const CHALLENGE_SECONDS: i64 = 5 * 60;
/// How many answers are checked; one of them may be right.
const MAX_ATTEMPTS: u32 = 5;

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// The second step of a sign-in.
    SignIn,
    /// Setting up a second factor during a sign-in.
    Enrol,
    /// A sign-in with a passkey alone.
    Passkey,
    /// Proving again who one is.
    Reauthenticate,
    /// Adding a passkey.
    Register,
}

/// A challenge, as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub purpose: Purpose,
    /// The user who may answer; `None` if anyone may.
    pub user_id: Option<UserId>,
    /// The session in which it was issued, if there is one.
    pub session_id: Option<SessionId>,
    /// Identifies the password that was right, if a password came first. A new password voids the challenge.
    password_mark: Option<String>,
}

impl Challenge {
    /// A challenge that anyone may answer.
    pub fn open(purpose: Purpose) -> Self {
        Self { purpose, user_id: None, session_id: None, password_mark: None }
    }

    /// A challenge for a user whose password was right.
    pub fn after_password(purpose: Purpose, user: &LoadedUser) -> Self {
        let mark = sha256(user.password_hash.as_bytes());
        Self { user_id: Some(user.user.id), password_mark: Some(mark), ..Self::open(purpose) }
    }

    /// A challenge for a user who is signed in.
    pub fn of_session(purpose: Purpose, user: UserId, session: SessionId) -> Self {
        Self { user_id: Some(user), session_id: Some(session), ..Self::open(purpose) }
    }

    /// Whether the user still has the password that came first.
    pub fn fits(&self, user: &LoadedUser) -> bool {
        self.password_mark.as_ref().is_none_or(|mark| *mark == sha256(user.password_hash.as_bytes()))
    }
}

fn key(token: &str) -> Key {
    Key::new(format!("CHALLENGE#{}", sha256(token.as_bytes())), "CHALLENGE")
}

/// The error for a challenge that is unknown, expired or answered.
pub(crate) fn invalid() -> Error {
    Error::BadRequest {
        code: "invalid_challenge",
        detail: "This took too long or was already completed. Start again.".into(),
        field: Some("challenge"),
    }
}

/// Stores a challenge and returns its token: 32 random bytes, base64url.
pub(crate) async fn issue(app: &App, challenge: &Challenge) -> Result<String, Error> {
    let token = secret::token()?;
    let expires_at = Timestamp::now().as_second() + CHALLENGE_SECONDS;
    let draft = Draft::new(key(&token), ItemType::Challenge, challenge)?.number("expires_at", expires_at);
    app.table().put(Write::put(draft)).await?;
    Ok(token)
}

/// Counts an answer to a challenge and returns the challenge, which is for one of `purposes`.
pub(crate) async fn answer(app: &App, token: &str, purposes: &[Purpose]) -> Result<Challenge, Error> {
    let now = Timestamp::now().as_second();
    let few = Condition::absent("attempts").or(Condition::less("attempts", MAX_ATTEMPTS));
    let count = Write::update(key(token)).add("attempts", 1).when(Condition::greater("expires_at", now).and(few));
    let Updated::Done(item) = app.table().update_and_get(count).await? else { return Err(invalid()) };
    let challenge: Challenge = table::read(&item, "data")?;
    if purposes.contains(&challenge.purpose) { Ok(challenge) } else { Err(invalid()) }
}

/// Stages the end of a challenge that was answered right.
pub(crate) fn spend(transaction: &mut Transaction, token: &str) {
    transaction.push(Write::delete(key(token)).when(Condition::exists("pk")), |_| invalid());
}
