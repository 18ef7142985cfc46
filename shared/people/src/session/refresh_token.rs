//! The token that a browser keeps in its cookie to get new access tokens.

use aws_lc_rs::digest;

use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use platform::app::App;
use platform::cipher::{Cipher, Sealed};
use platform::hash::sha256;
use platform::secret;

/// A refresh token that Steward issued: user, session, and 32 random bytes of which only the hash is stored. It ends with a proof of
/// issue, so that a forged token is told from an old one without reading anything.
pub(crate) struct RefreshToken {
    pub user: UserId,
    pub session: SessionId,
    secret: String,
    proof: String,
}

impl RefreshToken {
    /// A new token for a session.
    pub async fn new(app: &App, user: UserId, session: SessionId) -> Result<Self, Error> {
        let secret = secret::token()?;
        let proof = app.keys().root().await?.prove(&claim(user, session, &secret));
        Ok(Self { user, session, secret, proof })
    }

    /// The token that the cookie holds; `None` if Steward did not issue it.
    pub async fn read(app: &App, text: &str) -> Result<Option<Self>, Error> {
        let Some(token) = Self::parse(text) else { return Ok(None) };
        let claim = claim(token.user, token.session, &token.secret);
        let issued = app.keys().root().await?.proves(&claim, &token.proof);
        Ok(issued.then_some(token))
    }

    /// Takes the text apart, without asking who issued it. Each token has exactly one spelling.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut next = || parts.next();
        let (user, session, secret, proof) = (next()?, next()?, next()?, next()?);
        let token = Self {
            user: user.parse().ok()?,
            session: session.parse().ok()?,
            secret: secret.into(),
            proof: proof.into(),
        };
        (token.text() == text).then_some(token)
    }

    /// The hash of the secret, which is all that is stored of it.
    pub fn hash(&self) -> String {
        sha256(self.secret.as_bytes())
    }

    /// The token as the cookie holds it.
    pub fn text(&self) -> String {
        format!("{}.{}", claim(self.user, self.session, &self.secret), self.proof)
    }

    /// The token that replaces this one, readable only with this one: the server keeps no token that it could read by itself.
    pub fn seal_successor(&self, successor: &Self) -> Result<Sealed, Error> {
        self.cipher()?.seal_text(&self.place(), &successor.text())
    }

    /// The token that was sealed with [`RefreshToken::seal_successor`] when this one was replaced.
    pub fn open_successor(&self, sealed: &Sealed) -> Result<Self, Error> {
        let text = self.cipher()?.open_text(&self.place(), sealed)?;
        Self::parse(&text).ok_or_else(|| Error::internal("a sealed refresh token is not one"))
    }

    /// A key that only the holder of this token can derive; the stored hash of the secret does not lead to it.
    fn cipher(&self) -> Result<Cipher, Error> {
        let mut key = digest::Context::new(&digest::SHA256);
        key.update(b"successor of ");
        key.update(self.secret.as_bytes());
        Cipher::new(key.finish().as_ref().try_into().map_err(Error::defect)?)
    }

    fn place(&self) -> String {
        format!("session/{}/{}/successor", self.user, self.session)
    }
}

/// What the proof is about.
fn claim(user: UserId, session: SessionId, secret: &str) -> String {
    format!("{user}.{session}.{secret}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token(secret: &str, proof: &str) -> RefreshToken {
        let (user, session) = (UserId::new(), SessionId::new());
        RefreshToken { user, session, secret: secret.into(), proof: proof.into() }
    }

    proptest! {
        #[test]
        fn a_token_reads_back_as_written(secret in "[A-Za-z0-9_-]{43}", proof in "[A-Za-z0-9_-]{43}") {
            let written = token(&secret, &proof);
            let read = RefreshToken::parse(&written.text()).unwrap();
            prop_assert_eq!((read.user, read.session, read.hash()), (written.user, written.session, written.hash()));
            prop_assert_eq!(read.text(), written.text());
        }

        #[test]
        fn a_token_has_one_spelling(extra in "[. =A-Z]{1,3}") {
            let text = token("secret", "proof").text();
            let others = [format!("{extra}{text}"), format!("{text}.{extra}"), text.to_uppercase(), text.replace('-', "")];
            for other in others {
                prop_assert!(RefreshToken::parse(&other).is_none(), "{}", other);
            }
        }

        #[test]
        fn reading_any_text_never_panics(text in "\\PC{0,200}") {
            let _ = RefreshToken::parse(&text);
        }

        #[test]
        fn only_the_predecessor_opens_its_successor(secret in "[A-Za-z0-9_-]{43}") {
            let old = token(&secret, "proof");
            let new = RefreshToken { secret: "next".into(), ..token("", "proof") };
            let sealed = old.seal_successor(&new).unwrap();
            prop_assert_eq!(old.open_successor(&sealed).unwrap().text(), new.text());
            let (user, session) = (old.user, old.session);
            let thief = RefreshToken { user, session, secret: old.hash(), proof: String::new() };
            prop_assert!(thief.open_successor(&sealed).is_err());
            let elsewhere = RefreshToken { session: SessionId::new(), secret: secret.clone(), ..token("", "") };
            prop_assert!(elsewhere.open_successor(&sealed).is_err());
        }
    }
}
