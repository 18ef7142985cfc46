//! Second factors: codes of an authenticator app, passkeys, and recovery codes for when both are lost.
//!
//! Each is an item in the user's partition; the user says which there are. Every use is part of the transaction that it allows, on
//! a condition that fails for the second one, so that a code works once even if it is sent twice at the same moment.

mod challenge;
mod change;
mod passkey;
mod recovery;
mod totp;
mod webauthn;

pub use challenge::CHALLENGE_SECONDS;
pub(crate) use challenge::{Challenge, Purpose, answer as answer_challenge, invalid as invalid_challenge, spend};
pub use change::{
    PasskeyCreated, PasskeyName, RecoveryCodes, TotpSecret, begin_passkey, confirm_totp, create_passkey, create_totp,
    delete_passkey, delete_totp, new_recovery_codes, passkeys, rename_passkey, reset,
};
pub(crate) use change::{add_passkey_to, begin_totp, confirm_totp_to, creation_for};
pub use passkey::Passkey;
pub(crate) use passkey::{token_of, user_of};
pub use webauthn::{
    Base64Url, PasskeyAlgorithm, PasskeyAssertion, PasskeyAssertionResponse, PasskeyAttestation,
    PasskeyAttestationResponse, PasskeyAuthenticator, PasskeyCreationOptions, PasskeyDescriptor, PasskeyRequestOptions,
    PasskeySite, PasskeyUser, RelyingParty,
};

use serde::Serialize;
use utoipa::ToSchema;

use crate::outbox::FactorChange;
use crate::security::{self, Rules};
use crate::user::{self, LoadedUser, User};
use kernel::Operation;
use kernel::error::Error;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::Caller;
use platform::table::{self, Item};

/// How to prove who one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FactorMethod)]
pub enum Method {
    /// The password.
    Password,
    /// A code of the authenticator app.
    Totp,
    /// A recovery code.
    Recovery,
    /// A passkey.
    Passkey,
    /// There is no second factor, and one is required: set up an authenticator app.
    EnrolTotp,
    /// There is no second factor, and one is required: add a passkey.
    EnrolPasskey,
}

/// A second step that is due after a right password.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SignInChallenge)]
pub struct Due {
    /// Identifies the sign-in; send it back with the answer. Valid for five minutes and five answers.
    pub challenge: String,
    /// The ways to answer. `enrol_totp` and `enrol_passkey` if the user has no second factor and can no longer sign in without one.
    pub methods: Vec<Method>,
    /// Seconds until the challenge expires.
    pub expires_in: i64,
    /// Options for a passkey; null if the user has none.
    pub passkey: Option<PasskeyRequestOptions>,
}

/// The authenticator app of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TotpState {
    /// When the authenticator app was added.
    pub created_at: Timestamp,
    /// When one of its codes was last used.
    pub last_used_at: Option<Timestamp>,
}

/// The caller's second factors.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Factors)]
pub struct Overview {
    /// The authenticator app; null if there is none.
    pub totp: Option<TotpState>,
    /// Number of passkeys.
    pub passkeys: u32,
    /// Number of unused recovery codes.
    pub recovery_codes_left: usize,
    /// When a second factor is needed to sign in; null if none is required or there is one.
    pub required_from: Option<Timestamp>,
    /// The origin at which passkeys work; null if they work nowhere, because Steward has no host name.
    pub passkey_origin: Option<String>,
}

/// A second factor, as given to prove who one is.
pub(crate) enum Proof<'a> {
    Totp(&'a str),
    Recovery(&'a str),
    Passkey(&'a PasskeyAssertion),
}

/// The error for a wrong code.
pub(crate) fn wrong_code() -> Error {
    Error::field("code", "is incorrect or was already used")
}

/// The error for a passkey that does not verify.
pub(crate) fn wrong_credential() -> Error {
    Error::field("credential", "could not be verified")
}

impl Proof<'_> {
    /// The error if the factor is wrong.
    pub fn wrong(&self) -> Error {
        match self {
            Self::Totp(_) | Self::Recovery(_) => wrong_code(),
            Self::Passkey(_) => wrong_credential(),
        }
    }
}

/// When a factor was last used.
fn last_used(item: &Item) -> Result<Option<Timestamp>, Error> {
    table::text(item, "last_used_at").map(|_| table::read(item, "last_used_at")).transpose()
}

/// The ways in which a user with a second factor can prove who they are.
fn methods(user: &User) -> Vec<Method> {
    let passkey = (user.factors.passkeys > 0).then_some(Method::Passkey);
    let totp = user.factors.totp.then_some(Method::Totp);
    passkey.into_iter().chain(totp).chain([Method::Recovery]).collect()
}

/// The challenge for a user whose password was right; `None` if the password is enough.
pub(crate) async fn due(app: &App, loaded: &LoadedUser, rules: &Rules) -> Result<Option<Due>, Error> {
    let user = &loaded.user;
    let (purpose, methods) = if user.factors.any() {
        (Purpose::SignIn, methods(user))
    } else if rules.overdue(user) {
        let passkey = RelyingParty::of(app).map(|_| Method::EnrolPasskey);
        (Purpose::Enrol, passkey.into_iter().chain([Method::EnrolTotp]).collect())
    } else {
        return Ok(None);
    };
    let token = challenge::issue(app, &Challenge::after_password(purpose, loaded)).await?;
    offer(app, user, token, methods).await.map(Some)
}

async fn offer(app: &App, user: &User, token: String, mut methods: Vec<Method>) -> Result<Due, Error> {
    if RelyingParty::of(app).is_none() {
        methods.retain(|method| *method != Method::Passkey);
    }
    let passkey = if methods.contains(&Method::Passkey) {
        Some(passkey::request(app, Some(user.id), token.clone()).await?)
    } else {
        None
    };
    Ok(Due { challenge: token, methods, expires_in: CHALLENGE_SECONDS, passkey })
}

/// A challenge to prove again who one is: with a second factor, or with the password if there is none.
pub async fn begin_reauthentication(app: &App, caller: &Caller) -> Result<Due, Error> {
    let user = user::load(app, caller.id).await?.user;
    let methods = if user.factors.any() { methods(&user) } else { vec![Method::Password] };
    let challenge = Challenge::of_session(Purpose::Reauthenticate, caller.id, caller.session_id);
    let token = challenge::issue(app, &challenge).await?;
    offer(app, &user, token, methods).await
}

/// The options for signing in with a passkey alone.
pub async fn begin_passkey_sign_in(app: &App) -> Result<PasskeyRequestOptions, Error> {
    passkey::party(app)?;
    let token = challenge::issue(app, &Challenge::open(Purpose::Passkey)).await?;
    passkey::request(app, None, token).await
}

/// Stages the use of a second factor of `user`, which answers the challenge `token`. Returns false if it is wrong. With `verified`, a
/// passkey must verify its user.
pub(crate) async fn check(
    work: &mut Work<'_>,
    user: &LoadedUser,
    token: &str,
    proof: &Proof<'_>,
    verified: bool,
) -> Result<bool, Error> {
    let (app, actor, id) = (work.app, work.actor, user.user.id);
    match proof {
        Proof::Totp(code) => totp::check(app, work, user, code).await,
        Proof::Recovery(code) => {
            let right = recovery::check(app, work, id, code).await?;
            if right {
                let subject = Subject::new(kernel::Entity::User, id);
                audit::access_in(work, actor, Operation::RecoveryCodeUse, subject)?;
                change::mail(work, id, FactorChange::CodeUsed)?;
            }
            Ok(right)
        }
        Proof::Passkey(credential) => passkey::check(app, work, id, token, credential, verified).await,
    }
}

/// Returns the caller's second factors.
pub async fn overview(app: &App, caller: &Caller) -> Result<Overview, Error> {
    let keys = vec![totp::key(caller.id), recovery::key(caller.id)];
    let reads = tokio::try_join!(user::load(app, caller.id), app.table().get_many(keys), security::rules(app));
    let (LoadedUser { user, .. }, items, rules) = reads?;
    let of = |kind: kernel::ItemType| items.iter().find(move |item| table::item_type(item) == Some(kind));
    let times = of(kernel::ItemType::Totp).map(totp::times).transpose()?.flatten();
    let left = of(kernel::ItemType::RecoveryCodes).map(recovery::left).transpose()?;
    Ok(Overview {
        totp: times.map(|(created_at, last_used_at)| TotpState { created_at, last_used_at }),
        passkeys: user.factors.passkeys,
        recovery_codes_left: left.unwrap_or(0),
        required_from: rules.deadline(&user).filter(|_| !user.factors.any()),
        passkey_origin: RelyingParty::of(app).map(|party| party.origin),
    })
}
