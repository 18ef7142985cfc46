//! What browsers and Steward say to each other about passkeys, in the JSON of the standard.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bytes as base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    as = Base64Url, value_type = String,
    pattern = "^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$"
)]
pub struct Base64Url(pub Vec<u8>);

impl TryFrom<String> for Base64Url {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(|_| "must be base64url without padding".into())
    }
}

impl From<Base64Url> for String {
    fn from(bytes: Base64Url) -> Self {
        URL_SAFE_NO_PAD.encode(bytes.0)
    }
}

/// How a browser can reach an authenticator: `internal`, `usb`, `nfc`, `ble`, `hybrid`, or one that a later standard adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(as = PasskeyTransport, value_type = String, min_length = 1, max_length = 32, pattern = "^[a-z0-9-]+$")]
pub struct Transport(String);

impl TryFrom<String> for Transport {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=32).contains(&text.len()) && text.chars().all(known) {
            return Ok(Self(text));
        }
        Err("must be 1 to 32 lowercase letters, digits and hyphens".into())
    }
}

impl From<Transport> for String {
    fn from(transport: Transport) -> Self {
        transport.0
    }
}

/// A passkey that a request is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeyDescriptor {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Credential ID.
    pub id: Base64Url,
    /// How the browser can reach the authenticator: `internal`, `usb`, `nfc`, `ble`, `hybrid`, …
    pub transports: Vec<Transport>,
}

/// Options for signing in with a passkey, for `PublicKeyCredential.parseRequestOptionsFromJSON()`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyRequestOptions {
    /// The challenge to sign.
    pub challenge: String,
    /// Host name that the passkey belongs to.
    pub rp_id: String,
    /// Passkeys that may answer; empty if any may.
    pub allow_credentials: Vec<PasskeyDescriptor>,
    /// Milliseconds to answer.
    pub timeout: i64,
    /// Whether the authenticator must verify the user, by a PIN or a fingerprint: `required` or `preferred`.
    pub user_verification: &'static str,
}

/// Options for creating a passkey, for `PublicKeyCredential.parseCreationOptionsFromJSON()`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyCreationOptions {
    /// The site that the passkey will belong to.
    pub rp: PasskeySite,
    /// The user.
    pub user: PasskeyUser,
    /// The challenge to sign.
    pub challenge: String,
    /// Accepted signature algorithms, the most preferred first.
    pub pub_key_cred_params: Vec<PasskeyAlgorithm>,
    /// Milliseconds to answer.
    pub timeout: i64,
    /// The user's passkeys: an authenticator that has one of them creates no other.
    pub exclude_credentials: Vec<PasskeyDescriptor>,
    /// What the authenticator must be able to do.
    pub authenticator_selection: PasskeyAuthenticator,
    /// Always `none`: the authenticator's make is not asked for.
    pub attestation: &'static str,
}

/// The site that a passkey belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeySite {
    /// Host name.
    pub id: String,
    /// Name to show.
    pub name: &'static str,
}

/// The user of a passkey.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyUser {
    /// User handle: the bytes of the user ID.
    pub id: Base64Url,
    /// Username.
    pub name: String,
    /// Display name.
    pub display_name: String,
}

/// A signature algorithm.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeyAlgorithm {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Number of the algorithm in the COSE registry.
    pub alg: i64,
}

/// What an authenticator must be able to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyAuthenticator {
    /// Always `required`: the passkey can be found without a username.
    pub resident_key: &'static str,
    /// Always true, for clients that do not know `residentKey`.
    pub require_resident_key: bool,
    /// Always `required`: the authenticator verifies the user, by a PIN or a fingerprint.
    pub user_verification: &'static str,
}

/// A new passkey: what `credential.toJSON()` returns in the browser. Other members are ignored.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PasskeyAttestation {
    /// What the authenticator and the browser say.
    pub response: PasskeyAttestationResponse,
}

/// What the authenticator and the browser say about a new passkey.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PasskeyAttestationResponse {
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data: Base64Url,
    /// The attestation object.
    #[serde(rename = "attestationObject")]
    pub attestation_object: Base64Url,
    /// How the browser can reach the authenticator.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub transports: Vec<Transport>,
}

/// A passkey's answer: what `credential.toJSON()` returns in the browser. Other members are ignored.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PasskeyAssertion {
    /// Credential ID.
    #[serde(rename = "rawId")]
    pub raw_id: Base64Url,
    /// What the authenticator and the browser say.
    pub response: PasskeyAssertionResponse,
}

/// What the authenticator and the browser say about a sign-in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PasskeyAssertionResponse {
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data: Base64Url,
    /// The authenticator data.
    #[serde(rename = "authenticatorData")]
    pub authenticator_data: Base64Url,
    /// The signature over both.
    pub signature: Base64Url,
    /// User handle: the bytes of the user ID.
    #[serde(default, rename = "userHandle")]
    pub user_handle: Option<Base64Url>,
}
