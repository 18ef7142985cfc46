//! Access tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037).
//!
//! Only the `auth` function can unwrap a signing key. It publishes the public keys in the `keys` table, where every other function
//! reads them. The signing key changes every 90 days, or when somebody asks for it (`docs/decisions/0030-rotation.md`).

mod published;
mod signing;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::{Algorithm, Header, Validation};
use lru::LruCache;
use serde::{Deserialize, Serialize};

use crate::hash::sha256;
use crate::keys::Keys;
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::policy::Roles;
use kernel::time::Timestamp;
use published::Published;
use signing::Signing;

/// Lifetime of an access token in seconds. What it says is checked with each request, so it may end sooner: see [`crate::standing`].
pub const ACCESS_TOKEN_SECONDS: i64 = 900;
/// How far the clock of the function that issued a token may be ahead, in seconds.
const SKEW_SECONDS: i64 = 5;
const ISSUER: &str = "steward";
const AUDIENCE: &str = "steward-api";
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
    signing: Signing,
    published: Published,
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

impl Tokens {
    /// Creates the token service with its keys stored in `keys`.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self {
            keys,
            signing: Signing::default(),
            published: Published::default(),
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
        let signing = self.signing.key(&self.keys, &self.published).await?;
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
        let header = Header { kid: Some(signing.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &signing.key).map_err(Error::defect)
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
        let key = self.published.key(&self.keys, &kid).await?.ok_or(Error::Unauthenticated)?;
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

    /// Preloads the public keys.
    pub async fn prepare(&self) -> Result<(), Error> {
        self.published.prepare(&self.keys).await
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
