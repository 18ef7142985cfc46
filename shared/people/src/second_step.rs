//! The second step of a sign-in: a second factor after the password, or its enrolment; and the sign-in with a passkey alone.

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::factor::{
    self, Challenge, PasskeyAssertion, PasskeyAttestation, PasskeyCreationOptions, Proof, Purpose, TotpSecret,
    answer_challenge, spend,
};
use crate::limit::{self, Attempt, Ticket};
use crate::sign_in::{self, Granted};
use crate::user::{self, LoadedUser};
use kernel::error::Error;
use kernel::text::Name;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Origin};

/// The answer to the challenge of a sign-in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = SignInAnswer)]
pub enum Answer {
    /// A code of the authenticator app.
    Totp {
        /// The challenge.
        #[schema(max_length = 100)]
        challenge: String,
        /// Six digits.
        #[schema(max_length = 20)]
        code: String,
    },
    /// A recovery code.
    Recovery {
        /// The challenge.
        #[schema(max_length = 100)]
        challenge: String,
        /// The code; hyphens, spaces and case don't matter.
        #[schema(max_length = 100)]
        code: String,
    },
    /// A passkey.
    Passkey {
        /// The challenge.
        #[schema(max_length = 100)]
        challenge: String,
        /// The passkey's answer to the options in the challenge.
        credential: PasskeyAssertion,
    },
    /// The first code of an authenticator app that was set up with the challenge.
    EnrolTotp {
        /// The challenge.
        #[schema(max_length = 100)]
        challenge: String,
        /// Six digits.
        #[schema(max_length = 20)]
        code: String,
    },
    /// A new passkey that was set up with the challenge.
    EnrolPasskey {
        /// The challenge.
        #[schema(max_length = 100)]
        challenge: String,
        /// Name of the passkey.
        name: Name,
        /// The new passkey.
        credential: PasskeyAttestation,
    },
}

/// A request to set up a second factor during a sign-in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The challenge of the sign-in, whose methods have `enrol_totp` or `enrol_passkey`.
    #[schema(max_length = 100)]
    pub challenge: String,
    /// The factor to set up.
    pub method: EnrolmentMethod,
}

/// A second factor that can be set up during a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentMethod {
    /// An authenticator app.
    Totp,
    /// A passkey.
    Passkey,
}

/// What is needed to set up the second factor.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentBegun {
    /// The secret for the authenticator app; null for a passkey.
    pub totp: Option<TotpSecret>,
    /// The options for the passkey; null for an authenticator app.
    pub passkey: Option<PasskeyCreationOptions>,
}

/// A completed sign-in.
pub struct Completed {
    /// The tokens.
    pub granted: Granted,
    /// Recovery codes, if a second factor was set up.
    pub recovery_codes: Vec<String>,
}

/// The user whom a challenge is for, if they can still answer it.
async fn user_of(app: &App, challenge: &Challenge) -> Result<LoadedUser, Error> {
    let id = challenge.user_id.ok_or_else(factor::invalid_challenge)?;
    let user = user::load_active(app, id).await?.filter(|user| challenge.fits(user));
    user.ok_or_else(factor::invalid_challenge)
}

/// The user whom an enrolment is for, if they still have no second factor: with one, it is the factor that completes the sign-in.
async fn factorless(app: &App, challenge: &Challenge) -> Result<LoadedUser, Error> {
    let user = user_of(app, challenge).await?;
    if user.user.factors.any() { Err(factor::invalid_challenge()) } else { Ok(user) }
}

/// Uncounts the tries of a sign-in that succeeded, all at once.
async fn uncount(app: &App, tickets: [Option<Ticket>; 2]) -> Result<(), Error> {
    try_join_all(tickets.into_iter().flatten().map(|ticket| ticket.succeeded(app))).await.map(drop)
}

/// Completes a sign-in by answering its challenge.
pub async fn answer(app: &App, origin: &Origin, answer: Answer) -> Result<Completed, Error> {
    let ticket = limit::attempt(app, origin, Attempt::Link).await?;
    let (completed, code) = match &answer {
        Answer::Totp { challenge, code } => prove(app, origin, challenge, &Proof::Totp(code)).await,
        Answer::Recovery { challenge, code } => prove(app, origin, challenge, &Proof::Recovery(code)).await,
        Answer::Passkey { challenge, credential } => prove(app, origin, challenge, &Proof::Passkey(credential)).await,
        Answer::EnrolTotp { challenge, code } => enrol(app, origin, challenge, &New::Totp(code)).await,
        Answer::EnrolPasskey { challenge, name, credential } => {
            enrol(app, origin, challenge, &New::Passkey(name, credential)).await
        }
    }?;
    uncount(app, [Some(ticket), code]).await?;
    Ok(completed)
}

async fn prove(
    app: &App,
    origin: &Origin,
    token: &str,
    proof: &Proof<'_>,
) -> Result<(Completed, Option<Ticket>), Error> {
    let challenge = answer_challenge(app, token, &[Purpose::SignIn]).await?;
    let user = user_of(app, &challenge).await?;
    complete(app, origin, token, user, proof, false).await
}

/// Signs in the user of a challenge if their factor is right. A wrong code counts for its user, and the ticket is for a right one. Nobody
/// guesses the signature of a passkey, and strangers know which passkeys a user has, so those count for their origin only.
async fn complete(
    app: &App,
    origin: &Origin,
    token: &str,
    user: LoadedUser,
    proof: &Proof<'_>,
    verified: bool,
) -> Result<(Completed, Option<Ticket>), Error> {
    let ticket = match proof {
        Proof::Passkey(_) => None,
        _ => Some(limit::attempt(app, origin, Attempt::Code { user: user.user.id }).await?),
    };
    let actor = user.user.actor(origin);
    let mut work = Work::of(app, &actor, Operation::LoginSucceeded);
    spend(&mut work, token);
    if factor::check(&mut work, &user, token, proof, verified).await? {
        let granted = sign_in::start(work, user).await?;
        return Ok((Completed { granted, recovery_codes: Vec::new() }, ticket));
    }
    let subject = Subject::new(Entity::User, user.user.id);
    audit::access(app, &Actor::stranger(origin), Operation::ChallengeFailed, subject, Vec::new()).await?;
    Err(proof.wrong())
}

/// Signs a user in with a passkey that verified them, without a password.
pub async fn passkey_sign_in(app: &App, origin: &Origin, credential: &PasskeyAssertion) -> Result<Completed, Error> {
    let ticket = limit::attempt(app, origin, Attempt::Link).await?;
    let token = factor::token_of(credential)?;
    answer_challenge(app, &token, &[Purpose::Passkey]).await?;
    let proof = Proof::Passkey(credential);
    let Some(id) = factor::user_of(app, credential).await? else { return Err(proof.wrong()) };
    let Some(user) = user::load_active(app, id).await? else { return Err(proof.wrong()) };
    let (completed, code) = complete(app, origin, &token, user, &proof, true).await?;
    uncount(app, [Some(ticket), code]).await?;
    Ok(completed)
}

/// Begins to set up the second factor without which a user can no longer sign in.
pub async fn begin_enrolment(app: &App, origin: &Origin, enrolment: Enrolment) -> Result<EnrolmentBegun, Error> {
    let ticket = limit::attempt(app, origin, Attempt::Link).await?;
    let challenge = answer_challenge(app, &enrolment.challenge, &[Purpose::Enrol]).await?;
    let user = factorless(app, &challenge).await?;
    let begun = match enrolment.method {
        EnrolmentMethod::Totp => EnrolmentBegun { totp: Some(factor::begin_totp(app, &user).await?), passkey: None },
        EnrolmentMethod::Passkey => {
            let options = factor::creation_for(app, &user.user, enrolment.challenge).await?;
            EnrolmentBegun { totp: None, passkey: Some(options) }
        }
    };
    ticket.succeeded(app).await?;
    Ok(begun)
}

/// A second factor that is being set up.
enum New<'a> {
    Totp(&'a str),
    Passkey(&'a Name, &'a PasskeyAttestation),
}

async fn enrol(app: &App, origin: &Origin, token: &str, new: &New<'_>) -> Result<(Completed, Option<Ticket>), Error> {
    let challenge = answer_challenge(app, token, &[Purpose::Enrol]).await?;
    let user = factorless(app, &challenge).await?;
    let ticket = limit::attempt(app, origin, Attempt::Code { user: user.user.id }).await?;
    let actor = user.user.actor(origin);
    // The factor first: if the second transaction fails, the user has the factor and signs in with it.
    let recovery_codes = match new {
        New::Totp(code) => {
            let mut work = Work::of(app, &actor, Operation::TotpConfirm);
            spend(&mut work, token);
            factor::confirm_totp_to(work, &user, code).await?
        }
        New::Passkey(name, credential) => {
            let mut work = Work::of(app, &actor, Operation::PasskeyCreate);
            spend(&mut work, token);
            factor::add_passkey_to(work, &user, token, (*name).clone(), credential).await?.recovery_codes
        }
    };
    let user = user::load(app, user.user.id).await?;
    let granted = sign_in::start(Work::of(app, &actor, Operation::LoginSucceeded), user).await?;
    Ok((Completed { granted, recovery_codes }, Some(ticket)))
}
