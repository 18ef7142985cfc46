//! Passkeys: WebAuthn credentials of a user, each with a name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::challenge::{self, Challenge, Purpose};
use super::webauthn::{
    self, ALGORITHMS, Base64Url, Known, NewPasskey, PasskeyAlgorithm, PasskeyAssertion, PasskeyAttestation,
    PasskeyAuthenticator, PasskeyCreationOptions, PasskeyDescriptor, PasskeyRequestOptions, PasskeySite, PasskeyUser,
    RelyingParty, TIMEOUT, Transport,
};
use crate::user::{LoadedUser, User};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{PasskeyId, UserId};
use kernel::text::Name;
use kernel::time::Timestamp;
use platform::app::App;
use platform::hash::sha256;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Condition, Draft, Item, Key, Transaction, Write};

/// Maximum number of passkeys of a user.
pub(super) const MOST: usize = 10;
const PREFIX: &str = "FACTOR#PASSKEY#";

/// A passkey, as shown to its user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Passkey {
    /// Passkey ID.
    pub id: PasskeyId,
    /// Name given by the user.
    pub name: Name,
    /// When the passkey was added.
    pub created_at: Timestamp,
    /// When the passkey was last used to sign in.
    pub last_used_at: Option<Timestamp>,
    /// Whether the passkey may be copied to the user's other devices, by a password manager for example.
    pub synced: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredPasskey {
    pub id: PasskeyId,
    name: Name,
    created_at: Timestamp,
    credential_id: Base64Url,
    public_key: Base64Url,
    transports: Vec<Transport>,
    synced: bool,
}

/// The item that makes a credential ID unique and leads from it to its user.
#[derive(Serialize, Deserialize)]
struct Owner {
    user_id: UserId,
    passkey_id: PasskeyId,
}

pub(super) fn key(user: UserId, id: PasskeyId) -> Key {
    Key::new(format!("USER#{user}"), format!("{PREFIX}{id}"))
}

fn unique_key(credential_id: &[u8]) -> Key {
    Key::new(format!("UNIQUE#passkey#{}", sha256(credential_id)), "UNIQUE")
}

fn list_of(user: UserId) -> List {
    List::new("passkeys", Source::table(format!("USER#{user}"), PREFIX), Order::Ascending)
}

/// Returns one page of a user's passkeys, oldest first.
pub(super) async fn list(app: &App, user: UserId, request: &PageRequest) -> Result<Page<Passkey>, Error> {
    list_of(user).page(app, request).await?.try_map(|item| shown(&item))
}

fn shown(item: &Item) -> Result<Passkey, Error> {
    let StoredPasskey { id, name, created_at, synced, .. } = table::read(item, "data")?;
    Ok(Passkey { id, name, created_at, last_used_at: super::last_used(item)?, synced })
}

/// All passkeys of a user. One round trip.
pub(super) async fn all(app: &App, user: UserId) -> Result<Vec<StoredPasskey>, Error> {
    let (items, _) = list_of(user).read(app, None, 2 * MOST).await?;
    items.iter().map(|item| table::read(item, "data")).collect()
}

/// Reads a passkey of a user.
pub(super) async fn load(app: &App, user: UserId, id: PasskeyId) -> Result<(StoredPasskey, Item), Error> {
    let item = app.table().get(key(user, id)).await?.ok_or(Error::NotFound { what: "passkey" })?;
    Ok((table::read(&item, "data")?, item))
}

/// Renames a passkey.
pub(super) fn rename(transaction: &mut Transaction, user: UserId, id: PasskeyId, name: &Name) {
    let rename = Write::update(key(user, id)).set("data.name", name.as_str()).when(Condition::exists("pk"));
    transaction.push(rename, |_| Error::NotFound { what: "passkey" });
}

/// [`shown`] for a passkey that was just renamed.
pub(super) fn renamed(item: &Item, name: Name) -> Result<Passkey, Error> {
    Ok(Passkey { name, ..shown(item)? })
}

/// Stages the removal of a passkey.
pub(super) fn remove(transaction: &mut Transaction, user: UserId, stored: &StoredPasskey) {
    transaction.push(Write::delete(key(user, stored.id)).when(Condition::exists("pk")), |_| Error::NotFound {
        what: "passkey",
    });
    transaction.delete(unique_key(&stored.credential_id.0));
}

/// The relying party, or the error that there can be no passkeys.
pub(super) fn party(app: &App) -> Result<RelyingParty, Error> {
    RelyingParty::of(app)
        .ok_or_else(|| Error::state("Passkeys need a host name; this Steward is opened at an IP address."))
}

fn descriptors(passkeys: Vec<StoredPasskey>) -> Vec<PasskeyDescriptor> {
    let describe = |stored: StoredPasskey| PasskeyDescriptor {
        kind: "public-key",
        id: stored.credential_id,
        transports: stored.transports,
    };
    passkeys.into_iter().map(describe).collect()
}

/// The options for a new passkey of `user`, which answers the challenge `token`.
pub(super) async fn creation(app: &App, user: &User, token: String) -> Result<PasskeyCreationOptions, Error> {
    let party = party(app)?;
    let algorithm = |alg| PasskeyAlgorithm { kind: "public-key", alg };
    Ok(PasskeyCreationOptions {
        rp: PasskeySite { id: party.id, name: "Steward" },
        user: PasskeyUser {
            id: Base64Url(user.id.0.as_bytes().to_vec()),
            name: user.username.to_string(),
            display_name: user.name.to_string(),
        },
        challenge: token,
        pub_key_cred_params: ALGORITHMS.map(algorithm).to_vec(),
        timeout: TIMEOUT,
        exclude_credentials: descriptors(all(app, user.id).await?),
        authenticator_selection: PasskeyAuthenticator {
            resident_key: "required",
            require_resident_key: true,
            user_verification: "required",
        },
        attestation: "none",
    })
}

/// The options for signing in, with one of the passkeys of `user` or with any.
pub(super) async fn request(app: &App, user: Option<UserId>, token: String) -> Result<PasskeyRequestOptions, Error> {
    let party = party(app)?;
    let allowed = match user {
        Some(user) => descriptors(all(app, user).await?),
        None => Vec::new(),
    };
    Ok(PasskeyRequestOptions {
        challenge: token,
        rp_id: party.id,
        allow_credentials: allowed,
        timeout: TIMEOUT,
        user_verification: if user.is_some() { "preferred" } else { "required" },
    })
}

/// The token of the challenge that a passkey answers.
pub(crate) fn token_of(credential: &PasskeyAssertion) -> Result<String, Error> {
    webauthn::challenge_of(&credential.response.client_data).ok_or_else(challenge::invalid)
}

/// Takes the challenge that a new passkey of a signed-in user answers.
pub(super) async fn registration(app: &App, user: UserId, credential: &PasskeyAttestation) -> Result<String, Error> {
    let token = webauthn::challenge_of(&credential.response.client_data).ok_or_else(challenge::invalid)?;
    let Challenge { user_id, .. } = challenge::answer(app, &token, &[Purpose::Register]).await?;
    if user_id == Some(user) { Ok(token) } else { Err(challenge::invalid()) }
}

/// Stages a new passkey that answers the challenge `token`.
pub(super) fn add(
    app: &App,
    transaction: &mut Transaction,
    user: &LoadedUser,
    token: &str,
    name: Name,
    credential: &PasskeyAttestation,
) -> Result<Passkey, Error> {
    if usize::try_from(user.user.factors.passkeys).unwrap_or(usize::MAX) >= MOST {
        return Err(Error::state("You already have ten passkeys. Remove one before you add another."));
    }
    let verified = webauthn::verify_new(&party(app)?, token, credential);
    let NewPasskey { credential_id, public_key, counter, synced } = verified.map_err(wrong)?;
    let transports = credential.response.transports.iter().take(10).cloned().collect();
    let (id, created_at) = (PasskeyId::new(), Timestamp::now());
    let owner = Owner { user_id: user.user.id, passkey_id: id };
    transaction.create(Draft::new(unique_key(&credential_id), ItemType::Unique, &owner)?, |_| {
        Error::conflict("passkey_taken", "This passkey was already added.")
    });
    let stored = StoredPasskey {
        id,
        name: name.clone(),
        created_at,
        credential_id: Base64Url(credential_id),
        public_key: Base64Url(public_key),
        transports,
        synced,
    };
    let draft = Draft::new(key(user.user.id, id), ItemType::Passkey, &stored)?.number("sign_count", counter);
    transaction.create(draft, |_| Error::internal("a new passkey's ID already exists"));
    Ok(Passkey { id, name, created_at, last_used_at: None, synced })
}

/// The error for an answer that could not be verified. Why is only logged.
fn wrong(reason: webauthn::Refused) -> Error {
    tracing::info!(reason, "a passkey was refused");
    super::wrong_credential()
}

/// The user of a passkey; `None` if nobody has it.
pub(crate) async fn user_of(app: &App, credential: &PasskeyAssertion) -> Result<Option<UserId>, Error> {
    match app.table().get(unique_key(&credential.raw_id.0)).await? {
        Some(item) => table::read::<Owner>(&item, "data").map(|owner| Some(owner.user_id)),
        None => Ok(None),
    }
}

/// Stages the use of a passkey of `user` that answers the challenge `token`. Returns false if it does not verify.
pub(super) async fn check(
    app: &App,
    transaction: &mut Transaction,
    user: UserId,
    token: &str,
    credential: &PasskeyAssertion,
    verified: bool,
) -> Result<bool, Error> {
    let handle = credential.response.user_handle.as_ref();
    let owner = app.table().get(unique_key(&credential.raw_id.0)).await?;
    let Some(owner) = owner.map(|item| table::read::<Owner>(&item, "data")).transpose()? else { return Ok(false) };
    if owner.user_id != user || handle.is_some_and(|handle| handle.0 != user.0.as_bytes()) {
        return Ok(false);
    }
    let Some(item) = app.table().get(key(user, owner.passkey_id)).await? else { return Ok(false) };
    let stored: StoredPasskey = table::read(&item, "data")?;
    let counter: u32 = table::read(&item, "sign_count")?;
    let known = Known { public_key: &stored.public_key.0, counter };
    match webauthn::verify(&party(app)?, token, credential, &known, verified) {
        Ok(used) => {
            let now = Timestamp::now().to_string();
            let update = Write::update(key(user, stored.id)).set("sign_count", used.counter).set("last_used_at", now);
            transaction.push(update.when(Condition::is("sign_count", counter)), |_| super::wrong_credential());
            Ok(true)
        }
        Err(reason) => {
            let credential = URL_SAFE_NO_PAD.encode(&credential.raw_id.0);
            tracing::info!(reason, credential, "a passkey was refused");
            Ok(false)
        }
    }
}
