//! The token that a browser keeps in its cookie to get new access tokens.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use platform::hash::sha256;

/// A refresh token: user, session, and 32 random bytes of which only the hash is stored.
pub(crate) struct RefreshToken {
    pub user: UserId,
    pub session: SessionId,
    secret: String,
}

impl RefreshToken {
    /// A new token for a session.
    pub fn new(user: UserId, session: SessionId) -> Result<Self, Error> {
        let mut secret = [0_u8; 32];
        rand::fill(&mut secret).map_err(Error::defect)?;
        Ok(Self { user, session, secret: URL_SAFE_NO_PAD.encode(secret) })
    }

    /// The token that the cookie holds; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let user = parts.next()?.parse().ok()?;
        let session = parts.next()?.parse().ok()?;
        Some(Self { user, session, secret: parts.next()?.to_owned() })
    }

    /// The hash of the secret, which is all that is stored of it.
    pub fn hash(&self) -> String {
        sha256(self.secret.as_bytes())
    }

    /// The token as the cookie holds it.
    pub fn text(&self) -> String {
        format!("{}.{}.{}", self.user, self.session, self.secret)
    }
}
