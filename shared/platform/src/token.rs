//! Access tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037).
//!
//! Only the `auth` function can unwrap the signing key. It publishes the public key in the `keys` table, where every other
//! function reads it once per process.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex as AsyncMutex, OnceCell};

use crate::hash::sha256;
use crate::keys::Keys;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::policy::Roles;
use kernel::time::Timestamp;

/// Lifetime of an access token in seconds. What it says is checked with each request, so it may end sooner: see [`crate::standing`].
pub const ACCESS_TOKEN_SECONDS: i64 = 900;
/// How far the clock of the function that issued a token may be ahead, in seconds.
const SKEW_SECONDS: i64 = 5;
const ISSUER: &str = "steward";
const AUDIENCE: &str = "steward-api";
/// The public key's item is re-read for an unknown key ID at most this often.
const REREAD_AFTER: Duration = Duration::from_secs(10);
/// Maximum number of verified tokens that a process caches; one function process serves only a handful of users at a time.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// The login session.
    pub sid: SessionId,
    /// The user's display name, for the audit trail.
    pub name: String,
    /// The user's roles.
    pub roles: Roles,
    /// When the user last proved who they are in this session, in Unix seconds (OpenID Connect Core, section 2).
    pub auth_time: i64,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs and verifies access tokens.
pub struct Tokens {
    keys: Arc<Keys>,
    signing: OnceCell<(String, EncodingKey)>,
    /// Locked while the item is read, so that concurrent callers wait for that read.
    known: AsyncMutex<Known>,
    verified: Mutex<Verified>,
}

/// Verified tokens, keyed by their SHA-256: a page sends the same token with each of its requests, and checking the signature
/// takes longer than most of the rest of a request.
struct Verified(LruCache<String, Claims>);

impl Verified {
    /// The claims of a previously verified token, unless it has expired since.
    fn get(&mut self, hash: &str, now: i64) -> Option<Claims> {
        self.0.get(hash).filter(|claims| claims.exp > now).cloned()
    }
}

/// The public keys that this process has read.
#[derive(Default)]
struct Known {
    keys: HashMap<String, Arc<DecodingKey>>,
    read_at: Option<Instant>,
}

/// The published public key.
#[derive(Serialize, Deserialize)]
struct PublicKey {
    kid: String,
    /// 32 bytes, base64url.
    x: String,
}

const PUBLIC_KEY_PK: &str = "SYSTEM#token-public";

impl Tokens {
    /// Creates the token service with its keys stored in `keys`.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self {
            keys,
            signing: OnceCell::new(),
            known: AsyncMutex::default(),
            verified: Mutex::new(Verified(LruCache::new(REMEMBERED))),
        }
    }

    /// Issues an access token. Works only in the `auth` function, which alone can unwrap the signing key.
    ///
    /// `authenticated_at` is when the user last proved who they are in the session `sid`.
    pub async fn sign(
        &self,
        sub: UserId,
        sid: SessionId,
        name: &str,
        roles: &Roles,
        authenticated_at: Timestamp,
    ) -> Result<String, Error> {
        let (kid, key) = self.signing.get_or_try_init(|| self.load_signing_key()).await?;
        let now = Timestamp::now().as_second();
        let claims = Claims {
            sub,
            sid,
            name: name.into(),
            roles: roles.clone(),
            auth_time: authenticated_at.as_second(),
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            iat: now,
            nbf: now,
            exp: now + ACCESS_TOKEN_SECONDS,
        };
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, key).map_err(Error::defect)
    }

    /// The claims of a token that Steward issued and that has not expired; any other token is `Unauthenticated`.
    pub async fn verify(&self, token: &str) -> Result<Claims, Error> {
        let hash = sha256(token.as_bytes());
        let verified = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claims) = verified().get(&hash, Timestamp::now().as_second()) {
            return Ok(claims);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::Unauthenticated)?;
        let kid = header.kid.ok_or(Error::Unauthenticated)?;
        let key = self.public_key(&kid).await?.ok_or(Error::Unauthenticated)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The times are checked below, by the clock that issued them.
        validation.validate_exp = false;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let data = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| Error::Unauthenticated)?;
        let now = Timestamp::now().as_second();
        if data.claims.exp <= now || data.claims.nbf > now + SKEW_SECONDS {
            return Err(Error::Unauthenticated);
        }
        verified().0.put(hash, data.claims.clone());
        Ok(data.claims)
    }

    async fn load_signing_key(&self) -> Result<(String, EncodingKey), Error> {
        let seed = self.keys.token_signing_seed().await?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(Error::defect)?;
        let public = pair.public_key().as_ref();
        let kid = URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, public).as_ref()[..9]);
        let published = PublicKey { kid: kid.clone(), x: URL_SAFE_NO_PAD.encode(public) };
        let published = serde_json::to_vec(&published).map_err(Error::defect)?;
        self.keys.write_once(PUBLIC_KEY_PK, "key", published).await?;
        let der = pair.to_pkcs8v1().map_err(Error::defect)?;
        Ok((kid, EncodingKey::from_ed_der(der.as_ref())))
    }

    /// Preloads the public key.
    pub async fn prepare(&self) -> Result<(), Error> {
        let mut known = self.known.lock().await;
        if known.keys.is_empty() { self.read_public_key(&mut known).await } else { Ok(()) }
    }

    async fn public_key(&self, kid: &str) -> Result<Option<Arc<DecodingKey>>, Error> {
        let mut known = self.known.lock().await;
        // A forged key ID must not make every request read the table.
        let lately = known.read_at.is_some_and(|read| read.elapsed() < REREAD_AFTER) && !known.keys.is_empty();
        if !known.keys.contains_key(kid) && !lately {
            self.read_public_key(&mut known).await?;
        }
        Ok(known.keys.get(kid).map(Arc::clone))
    }

    async fn read_public_key(&self, known: &mut Known) -> Result<(), Error> {
        known.read_at = Some(Instant::now());
        if let Some(published) = self.keys.read(PUBLIC_KEY_PK, "key").await? {
            let published: PublicKey = serde_json::from_slice(&published).map_err(Error::defect)?;
            let key = DecodingKey::from_ed_components(&published.x).map_err(Error::defect)?;
            known.keys.insert(published.kid, Arc::new(key));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verified_token_is_cached_until_it_expires() {
        let claims = Claims {
            sub: UserId::new(),
            sid: SessionId::new(),
            name: "Ada".into(),
            roles: Roles::default(),
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            auth_time: 1_000,
            iat: 1_000,
            nbf: 1_000,
            exp: 1_900,
        };
        let mut verified = Verified(LruCache::new(REMEMBERED));
        verified.0.put(sha256(b"header.claims.signature"), claims.clone());
        let known = |verified: &mut Verified, token: &str, now| {
            verified.get(&sha256(token.as_bytes()), now).map(|known| known.sub)
        };
        assert_eq!(known(&mut verified, "header.claims.signature", 1_899), Some(claims.sub));
        assert_eq!(known(&mut verified, "header.claims.signature", 1_900), None);
        assert_eq!(known(&mut verified, "header.claims.signaturf", 1_000), None);
    }
}
