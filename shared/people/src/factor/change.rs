//! Adds and removes second factors. Each change is a version of the user, is recorded in their audit chain, and is mailed to them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::challenge::{self, Challenge, Purpose};
use super::passkey::{self, Passkey};
use super::webauthn::{PasskeyAttestation, PasskeyCreationOptions};
use super::{recovery, totp, wrong_code};
use crate::outbox::{self, FactorChange, Matter};
use crate::security;
use crate::user::{self, Factors, LoadedUser, User};
use kernel::error::Error;
use kernel::id::{PasskeyId, UserId};
use kernel::policy::Action;
use kernel::text::Name;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::Caller;
use platform::page::{Page, PageRequest};
use platform::table::Transaction;

/// A new secret for an authenticator app, which is not used until its first code is confirmed.
#[derive(Serialize, ToSchema)]
pub struct TotpSecret {
    /// The secret in base32, to type into the app.
    pub secret: String,
    /// The secret as an `otpauth:` URI, to show as a QR code.
    pub uri: String,
}

/// A set of recovery codes. They are shown only once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Ten codes that each replace the second factor once. Empty if the user keeps the codes they have.
    pub recovery_codes: Vec<String>,
}

/// A new passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyCreated {
    /// The passkey.
    pub passkey: Passkey,
    /// Ten codes that each replace the second factor once, shown only this time. Empty if the user keeps the codes they have.
    pub recovery_codes: Vec<String>,
}

/// The name of a passkey.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    /// Name, such as the device's.
    pub name: Name,
}

/// Adds a message about `change` to the user.
pub(super) fn mail(transaction: &mut Transaction, user: UserId, change: FactorChange) -> Result<(), Error> {
    let draft = outbox::draft(user, kernel::id::new(), Timestamp::now(), Matter::Factors { change })?;
    transaction.put(draft);
    Ok(())
}

/// The next version of `user` with these factors.
async fn save(mut work: Work<'_>, user: &LoadedUser, factors: Factors, change: FactorChange) -> Result<User, Error> {
    mail(&mut work, user.user.id, change)?;
    let after = User { factors, ..user.user.clone() };
    match user::save(work, user, after, None).await {
        // There is no version for the client to know.
        Err(Error::StaleVersion) => Err(Error::conflict("conflict", "Your account was just changed. Try again.")),
        other => other,
    }
}

/// Recovery codes come with the first factor.
fn first_codes(work: &mut Work<'_>, user: &LoadedUser) -> Result<Vec<String>, Error> {
    if user.user.factors.any() { Ok(Vec::new()) } else { recovery::renew(work, user.user.id) }
}

/// Creates a secret for the caller's authenticator app.
pub async fn create_totp(app: &App, caller: &Caller) -> Result<TotpSecret, Error> {
    caller.recently_authenticated()?;
    let user = user::load(app, caller.id).await?;
    begin_totp(app, &user).await
}

/// Creates a secret for an authenticator app of `user`.
pub(crate) async fn begin_totp(app: &App, user: &LoadedUser) -> Result<TotpSecret, Error> {
    let (secret, uri) = totp::create(app, user.user.id, &user.user.username, &user.cipher).await?;
    Ok(TotpSecret { secret, uri })
}

/// Confirms the caller's authenticator app by its first code.
pub async fn confirm_totp(app: &App, caller: &Caller, code: &str) -> Result<RecoveryCodes, Error> {
    caller.recently_authenticated()?;
    let user = user::load(app, caller.id).await?;
    let work = Work::new(app, caller, Operation::TotpConfirm);
    Ok(RecoveryCodes { recovery_codes: confirm_totp_to(work, &user, code).await? })
}

/// Confirms an authenticator app together with the writes in `work`; returns the recovery codes.
pub(crate) async fn confirm_totp_to(mut work: Work<'_>, user: &LoadedUser, code: &str) -> Result<Vec<String>, Error> {
    if !totp::confirm(work.app, &mut work, user, code).await? {
        return Err(wrong_code());
    }
    let codes = first_codes(&mut work, user)?;
    let factors = Factors { totp: true, ..user.user.factors };
    save(work, user, factors, FactorChange::TotpAdded).await?;
    Ok(codes)
}

/// Fails if `user` would have no second factor with these, though their roles need one. Otherwise, the recovery codes go with the last
/// factor.
async fn stage_loss(work: &mut Work<'_>, user: &User, left: Factors) -> Result<(), Error> {
    if left.any() {
        return Ok(());
    }
    if security::rules(work.app).await?.deadline(user).is_some() {
        return Err(Error::state("Your role needs a second factor. Add another one before you remove this one."));
    }
    work.delete(recovery::key(user.id));
    Ok(())
}

/// Removes the caller's authenticator app.
pub async fn delete_totp(app: &App, caller: &Caller) -> Result<(), Error> {
    caller.recently_authenticated()?;
    let user = user::load(app, caller.id).await?;
    if !user.user.factors.totp {
        return Err(Error::NotFound { what: "authenticator app" });
    }
    let factors = Factors { totp: false, ..user.user.factors };
    let mut work = Work::new(app, caller, Operation::TotpDelete);
    stage_loss(&mut work, &user.user, factors).await?;
    work.delete(totp::key(caller.id));
    save(work, &user, factors, FactorChange::TotpRemoved).await.map(drop)
}

/// Returns one page of the caller's passkeys.
pub async fn passkeys(app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Passkey>, Error> {
    passkey::list(app, caller.id, request).await
}

/// The options for a new passkey of the caller.
pub async fn begin_passkey(app: &App, caller: &Caller) -> Result<PasskeyCreationOptions, Error> {
    caller.recently_authenticated()?;
    passkey::party(app)?;
    let user = user::load(app, caller.id).await?.user;
    let challenge = Challenge::of_session(Purpose::Register, caller.id, caller.session_id);
    let token = challenge::issue(app, &challenge).await?;
    passkey::creation(app, &user, token).await
}

/// The options for a new passkey of `user`, which answers the challenge `token`.
pub(crate) async fn creation_for(app: &App, user: &User, token: String) -> Result<PasskeyCreationOptions, Error> {
    passkey::creation(app, user, token).await
}

/// Adds a passkey of the caller.
pub async fn create_passkey(
    app: &App,
    caller: &Caller,
    name: Name,
    credential: &PasskeyAttestation,
) -> Result<PasskeyCreated, Error> {
    caller.recently_authenticated()?;
    let token = passkey::registration(app, caller.id, credential).await?;
    let user = user::load(app, caller.id).await?;
    let mut work = Work::new(app, caller, Operation::PasskeyCreate);
    challenge::spend(&mut work, &token);
    add_passkey_to(work, &user, &token, name, credential).await
}

/// Adds a passkey that answers the challenge `token`, together with the writes in `work`.
pub(crate) async fn add_passkey_to(
    mut work: Work<'_>,
    user: &LoadedUser,
    token: &str,
    name: Name,
    credential: &PasskeyAttestation,
) -> Result<PasskeyCreated, Error> {
    let passkey = passkey::add(work.app, &mut work, user, token, name, credential)?;
    let recovery_codes = first_codes(&mut work, user)?;
    let factors = Factors { passkeys: user.user.factors.passkeys + 1, ..user.user.factors };
    save(work, user, factors, FactorChange::PasskeyAdded).await?;
    Ok(PasskeyCreated { passkey, recovery_codes })
}

/// Renames a passkey of the caller.
pub async fn rename_passkey(app: &App, caller: &Caller, id: PasskeyId, name: Name) -> Result<Passkey, Error> {
    let (_, item) = passkey::load(app, caller.id, id).await?;
    let mut work = Work::new(app, caller, Operation::PasskeyUpdate);
    passkey::rename(&mut work, caller.id, id, &name);
    work.record_access(Subject::new(Entity::User, caller.id))?;
    work.commit().await?;
    passkey::renamed(&item, name)
}

/// Removes a passkey of the caller.
pub async fn delete_passkey(app: &App, caller: &Caller, id: PasskeyId) -> Result<(), Error> {
    caller.recently_authenticated()?;
    let ((stored, _), user) = tokio::try_join!(passkey::load(app, caller.id, id), user::load(app, caller.id))?;
    let factors = Factors { passkeys: user.user.factors.passkeys.saturating_sub(1), ..user.user.factors };
    let mut work = Work::new(app, caller, Operation::PasskeyDelete);
    stage_loss(&mut work, &user.user, factors).await?;
    passkey::remove(&mut work, caller.id, &stored);
    save(work, &user, factors, FactorChange::PasskeyRemoved).await.map(drop)
}

/// Replaces the caller's recovery codes.
pub async fn new_recovery_codes(app: &App, caller: &Caller) -> Result<RecoveryCodes, Error> {
    caller.recently_authenticated()?;
    let user = user::load(app, caller.id).await?;
    if !user.user.factors.any() {
        return Err(Error::state("You have no second factor. Recovery codes come with the first one."));
    }
    let mut work = Work::new(app, caller, Operation::RecoveryCodesCreate);
    let recovery_codes = recovery::renew(&mut work, caller.id)?;
    let factors = user.user.factors;
    save(work, &user, factors, FactorChange::CodesReplaced).await?;
    Ok(RecoveryCodes { recovery_codes })
}

/// Removes all second factors and recovery codes of a user; for admins.
pub async fn reset(app: &App, caller: &Caller, id: UserId) -> Result<(), Error> {
    caller.allow(Action::UserUpdate)?;
    caller.recently_authenticated()?;
    let (user, passkeys) = tokio::try_join!(user::load(app, id), passkey::all(app, id))?;
    if !user.user.factors.any() {
        return Ok(());
    }
    let mut work = Work::new(app, caller, Operation::UserFactorsReset);
    if id == caller.id {
        // For oneself it is a removal like any other.
        stage_loss(&mut work, &user.user, Factors::default()).await?;
    } else {
        work.delete(recovery::key(id));
    }
    for stored in &passkeys {
        passkey::remove(&mut work, id, stored);
    }
    work.delete(totp::key(id));
    save(work, &user, Factors::default(), FactorChange::Reset).await.map(drop)
}
