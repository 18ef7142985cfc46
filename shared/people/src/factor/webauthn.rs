//! WebAuthn (W3C Web Authentication, level 3): what Steward asks of a passkey, and how it verifies the answer.
//!
//! Attestation is not requested and not checked: Steward accepts every make of authenticator.

mod cose;
mod message;

use aws_lc_rs::digest::{SHA256, digest};
use ciborium::Value;
use serde::Deserialize;

use super::challenge::CHALLENGE_SECONDS;
pub(super) use cose::ALGORITHMS;
use cose::PublicKey;
pub use message::{
    Base64Url, PasskeyAlgorithm, PasskeyAssertion, PasskeyAssertionResponse, PasskeyAttestation,
    PasskeyAttestationResponse, PasskeyAuthenticator, PasskeyCreationOptions, PasskeyDescriptor, PasskeyRequestOptions,
    PasskeySite, PasskeyUser, Transport,
};
use platform::app::App;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;

/// Longest credential ID in bytes (section 4 of the standard).
const LONGEST_ID: usize = 1023;

/// Why an answer was refused; for the log.
pub(super) type Refused = &'static str;

/// The site that passkeys belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host name: a passkey is valid for this host only.
    pub id: String,
    /// The origin of the web app.
    pub origin: String,
}

impl RelyingParty {
    /// The host of the web app. `None` if passkeys cannot be used there.
    #[must_use]
    pub fn of(app: &App) -> Option<Self> {
        Self::at(app.web_url())
    }

    /// Passkeys need a host name and TLS. The loopback address is reached as `localhost`, which needs neither.
    fn at(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split('/').next().unwrap_or(rest);
        let bracket = authority.rfind(']').unwrap_or(0);
        let (host, port) = match authority[bracket..].rfind(':') {
            Some(at) => authority.split_at(bracket + at),
            None => (authority, ""),
        };
        let address: Result<std::net::IpAddr, _> = host.trim_matches(['[', ']']).parse();
        let id = match address {
            Ok(address) if address.is_loopback() => "localhost",
            Ok(_) => return None,
            Err(_) => host,
        };
        if id.is_empty() || (scheme != "https" && id != "localhost") {
            return None;
        }
        Some(Self { id: id.to_owned(), origin: format!("{scheme}://{id}{port}") })
    }

    /// Whether pages of this origin may use the passkeys. On one's own machine, a development server may have another port.
    fn allows(&self, origin: &str) -> bool {
        let local =
            || origin.strip_prefix("http://localhost").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
        origin == self.origin || (self.id == "localhost" && local())
    }
}

/// The part of the client data that counts.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// The challenge in an answer's client data; `None` if it is not client data.
pub(super) fn challenge_of(client_data: &Base64Url) -> Option<String> {
    serde_json::from_slice::<ClientData>(&client_data.0).ok().map(|data| data.challenge)
}

/// Milliseconds to answer.
pub(super) const TIMEOUT: i64 = CHALLENGE_SECONDS * 1000;

/// The authenticator data in front of the credential and the extensions.
struct AuthenticatorData<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

/// What an answer proved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verified {
    /// The authenticator's counter of signatures; 0 if it does not count.
    pub counter: u32,
}

/// A verified new passkey.
#[derive(Debug)]
pub(super) struct NewPasskey {
    pub credential_id: Vec<u8>,
    /// The public key in COSE.
    pub public_key: Vec<u8>,
    pub counter: u32,
    /// Whether the passkey may be copied to other devices.
    pub synced: bool,
}

/// A stored passkey, as far as a verification needs it.
pub(super) struct Known<'a> {
    /// The public key in COSE.
    pub public_key: &'a [u8],
    pub counter: u32,
}

fn check_client(party: &RelyingParty, bytes: &[u8], kind: &str, challenge: &str) -> Result<(), Refused> {
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| "client data")?;
    if data.kind != kind {
        return Err("type of the client data");
    }
    if data.challenge != challenge {
        return Err("challenge");
    }
    if !party.allows(&data.origin) || data.cross_origin {
        return Err("origin");
    }
    Ok(())
}

fn check_authenticator<'a>(
    party: &RelyingParty,
    bytes: &'a [u8],
    verified: bool,
) -> Result<AuthenticatorData<'a>, Refused> {
    let (site, rest) = bytes.split_at_checked(32).ok_or("authenticator data")?;
    let (&flags, rest) = rest.split_first().ok_or("authenticator data")?;
    let (counter, rest) = rest.split_first_chunk::<4>().ok_or("authenticator data")?;
    if site != digest(&SHA256, party.id.as_bytes()).as_ref() {
        return Err("site");
    }
    if flags & USER_PRESENT == 0 || (verified && flags & USER_VERIFIED == 0) {
        return Err("user verification");
    }
    if flags & BACKED_UP != 0 && flags & BACKUP_ELIGIBLE == 0 {
        return Err("backup flags");
    }
    Ok(AuthenticatorData { flags, counter: u32::from_be_bytes(*counter), rest })
}

/// Takes one CBOR item from the front of `bytes`.
fn take_item(bytes: &mut &[u8]) -> Result<Value, Refused> {
    ciborium::from_reader(bytes).map_err(|_| "CBOR")
}

/// Verifies a new passkey (section 7.1). The user must have been verified.
pub(super) fn verify_new(
    party: &RelyingParty,
    challenge: &str,
    credential: &PasskeyAttestation,
) -> Result<NewPasskey, Refused> {
    let response = &credential.response;
    check_client(party, &response.client_data.0, "webauthn.create", challenge)?;
    let mut object = response.attestation_object.0.as_slice();
    let members = take_item(&mut object)?.into_map().map_err(|_| "attestation object")?;
    let data = members.into_iter().find(|(name, _)| name.as_text() == Some("authData")).map(|(_, value)| value);
    let data = data.and_then(|value| value.into_bytes().ok()).ok_or("attestation object")?;
    let data = check_authenticator(party, &data, true)?;
    if data.flags & HAS_CREDENTIAL == 0 {
        return Err("no credential");
    }
    // 16 bytes name the make of the authenticator.
    let (_, rest) = data.rest.split_at_checked(16).ok_or("credential")?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or("credential")?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (id, key) = rest.split_at_checked(length).ok_or("credential")?;
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err("length of the credential ID");
    }
    let mut rest = key;
    take_item(&mut rest)?;
    let key = &key[..key.len() - rest.len()];
    if data.flags & HAS_EXTENSIONS != 0 {
        take_item(&mut rest)?;
    }
    if !rest.is_empty() {
        return Err("trailing bytes");
    }
    PublicKey::parse(key)?;
    Ok(NewPasskey {
        credential_id: id.to_vec(),
        public_key: key.to_vec(),
        counter: data.counter,
        synced: data.flags & BACKUP_ELIGIBLE != 0,
    })
}

/// Verifies a passkey's answer (section 7.2). With `verified`, the authenticator must have verified the user.
pub(super) fn verify(
    party: &RelyingParty,
    challenge: &str,
    credential: &PasskeyAssertion,
    known: &Known,
    verified: bool,
) -> Result<Verified, Refused> {
    let response = &credential.response;
    check_client(party, &response.client_data.0, "webauthn.get", challenge)?;
    let data = check_authenticator(party, &response.authenticator_data.0, verified)?;
    let mut signed = response.authenticator_data.0.clone();
    signed.extend_from_slice(digest(&SHA256, &response.client_data.0).as_ref());
    PublicKey::parse(known.public_key)?.verify(&signed, &response.signature.0)?;
    // A counter that does not grow belongs to a copy. Authenticators that synchronise passkeys do not count.
    if (data.counter > 0 || known.counter > 0) && data.counter <= known.counter {
        return Err("counter of signatures");
    }
    Ok(Verified { counter: data.counter })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(url: &str) -> Option<(String, String)> {
        RelyingParty::at(url).map(|party| (party.id, party.origin))
    }

    #[test]
    fn passkeys_belong_to_the_host_of_the_web_app() {
        let pair = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(party("https://steward.example.com"), pair("steward.example.com", "https://steward.example.com"));
        assert_eq!(party("https://s.example:8443"), pair("s.example", "https://s.example:8443"));
        assert_eq!(party("http://127.0.0.1:8080"), pair("localhost", "http://localhost:8080"));
        assert_eq!(party("http://[::1]:8080"), pair("localhost", "http://localhost:8080"));
        assert_eq!(party("http://localhost:8080"), pair("localhost", "http://localhost:8080"));
        assert_eq!(party("http://10.0.0.7:8080"), None);
        assert_eq!(party("http://steward.example.com"), None);
        assert_eq!(party("https://10.0.0.7"), None);
        assert_eq!(party(""), None);
    }

    #[test]
    fn only_localhost_may_have_another_port() {
        let local = RelyingParty::at("http://127.0.0.1:8080").unwrap();
        assert!(local.allows("http://localhost:8080") && local.allows("http://localhost:5173"));
        assert!(!local.allows("http://localhost.example:80") && !local.allows("http://127.0.0.1:8080"));
        let deployed = RelyingParty::at("https://steward.example.com").unwrap();
        assert!(deployed.allows("https://steward.example.com"));
        assert!(!deployed.allows("https://steward.example.com:444") && !deployed.allows("http://localhost:8080"));
    }
}
