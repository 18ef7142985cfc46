//! Proving again who one is, before something sensitive: with a second factor, or with the password if there is none.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::factor::{self, PasskeyAssertion, Proof, Purpose, answer_challenge, spend};
use crate::limit::{self, Attempt};
use crate::session;
use crate::user::{self, LoadedUser, Password, User, verify_or_burn};
use kernel::error::Error;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::Caller;
use platform::table::{Attribute, Condition, Write};

/// A proof of who the caller is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reauthentication {
    /// The password; only for users without a second factor.
    Password {
        /// The password.
        #[schema(format = Password, max_length = 1000)]
        password: String,
    },
    /// A code of the authenticator app.
    Totp {
        /// Six digits.
        #[schema(max_length = 20)]
        code: String,
    },
    /// A recovery code.
    Recovery {
        /// The code; hyphens, spaces and case don't matter.
        #[schema(max_length = 100)]
        code: String,
    },
    /// A passkey.
    Passkey {
        /// The passkey's answer.
        credential: PasskeyAssertion,
    },
}

/// A new access token.
pub struct Renewed {
    /// The user.
    pub user: User,
    /// The access token, with the time of this proof.
    pub access_token: String,
}

/// Checks the proof and issues an access token with the present time. The session must not have ended.
pub async fn reauthenticate(app: &App, caller: &Caller, proof: Reauthentication) -> Result<Renewed, Error> {
    let user = user::load_active(app, caller.id).await?.ok_or(Error::Unauthenticated)?;
    let (id, session) = (caller.id, caller.session_id);
    let attempt = match &proof {
        Reauthentication::Password { .. } => Some(Attempt::Password { user: id, session }),
        // Nobody guesses the signature of a passkey.
        Reauthentication::Passkey { .. } => None,
        _ => Some(Attempt::CodeInSession { user: id, session }),
    };
    let ticket = match attempt {
        Some(attempt) => Some(limit::attempt(app, &caller.actor.origin, attempt).await?),
        None => None,
    };
    let mut work = Work::of(app, &caller.actor, Operation::Reauthenticate);
    match check(&mut work, caller, &user, proof).await? {
        Ok(()) => {}
        Err(wrong) => {
            let subject = Subject::new(Entity::User, caller.id);
            audit::access(app, &caller.actor, Operation::ReauthenticateFailed, subject, Vec::new()).await?;
            return Err(wrong);
        }
    }
    let now = Timestamp::now();
    let session = Write::update(session::key(caller.id, caller.session_id))
        .set("data.authenticated_at", Attribute::of(&now)?)
        .when(Condition::exists("pk"));
    work.push(session, |_| Error::Unauthenticated);
    work.record_access(Subject::new(Entity::User, caller.id))?;
    work.commit().await?;
    if let Some(ticket) = ticket {
        ticket.succeeded(app).await?;
    }
    let (name, roles) = (user.user.name.as_str(), &user.user.roles);
    let access_token = app.tokens().sign(caller.id, caller.session_id, name, roles, now).await?;
    Ok(Renewed { user: user.user, access_token })
}

/// Stages the use of the proof. The inner error is the answer to a wrong one.
async fn check(
    work: &mut Work<'_>,
    caller: &Caller,
    user: &LoadedUser,
    proof: Reauthentication,
) -> Result<Result<(), Error>, Error> {
    let (proof, token) = match &proof {
        Reauthentication::Password { password } => {
            if user.user.factors.any() {
                return Err(Error::field("method", "must be one of your second factors"));
            }
            let right = verify_or_burn(Password::typed(password), Some(user.password_hash.clone())).await?;
            return Ok(if right { Ok(()) } else { Err(Error::field("password", "is incorrect")) });
        }
        Reauthentication::Totp { code } => (Proof::Totp(code), None),
        Reauthentication::Recovery { code } => (Proof::Recovery(code), None),
        Reauthentication::Passkey { credential } => (Proof::Passkey(credential), Some(factor::token_of(credential)?)),
    };
    if let Some(token) = &token {
        let challenge = answer_challenge(work.app, token, &[Purpose::Reauthenticate]).await?;
        if challenge.user_id != Some(caller.id) || challenge.session_id != Some(caller.session_id) {
            return Err(factor::invalid_challenge());
        }
        spend(work, token);
    }
    let right = factor::check(work, user, token.as_deref().unwrap_or_default(), &proof, false).await?;
    Ok(if right { Ok(()) } else { Err(proof.wrong()) })
}
