//! Passwords: Argon2id with the parameters recommended by OWASP (19 MiB, 2 passes, 1 lane), which are the argon2 crate's defaults.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use kernel::error::Error;

/// A hash of an unknown value, verified when the user does not exist so that the response takes the same time.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c3Rld2FyZC1ub2JvZHkh$yS4Qw1Z2uZ3qVt8rj1hM1pC7nXo4c2v5k9b0aWdFgHs";

/// A password: 12 to 128 characters, normalised to NFKC. Never printed or logged.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
pub struct Password(String);

impl TryFrom<String> for Password {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text: String = text.nfkc().collect();
        let length = text.chars().count();
        if !(12..=128).contains(&length) {
            return Err("must be 12 to 128 characters long".into());
        }
        let mut different: Vec<char> = text.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < 5 {
            return Err("must contain at least 5 different characters".into());
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    /// A password typed at sign-in: any text, so that a short wrong password is wrong rather than invalid.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self(text.nfkc().take(128).collect())
    }

    /// Hashes the password for storage, as a PHC string with a random salt. Takes tens of milliseconds, off the async threads.
    pub async fn hash(self) -> Result<String, Error> {
        let work = tokio::task::spawn_blocking(move || {
            let mut salt = [0_u8; 16];
            aws_lc_rs::rand::fill(&mut salt).map_err(Error::defect)?;
            let hash: PasswordHash = Argon2::default()
                .hash_password_with_salt(self.0.as_bytes(), &salt)
                .map_err(|error| Error::internal(error.to_string()))?;
            Ok(hash.to_string())
        });
        work.await.map_err(Error::defect)?
    }

    /// Whether the password contains the username, ignoring case.
    #[must_use]
    pub fn contains(&self, username: &str) -> bool {
        self.0.to_lowercase().contains(username)
    }
}

/// Verifies `password` against `hash`. Without a hash, does the same work and returns false.
pub async fn verify_or_burn(password: Password, hash: Option<String>) -> Result<bool, Error> {
    let known = hash.is_some();
    let work = tokio::task::spawn_blocking(move || {
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
        Ok::<bool, Error>(Argon2::default().verify_password(password.0.as_bytes(), &parsed).is_ok())
    });
    Ok(work.await.map_err(Error::defect)?? && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_only_against_its_own_hash() {
        let password = Password::try_from("correct horse battery".to_owned()).unwrap();
        let hash = password.clone().hash().await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_or_burn(password.clone(), Some(hash.clone())).await.unwrap());
        assert!(!verify_or_burn(Password::typed("wrong"), Some(hash)).await.unwrap());
        assert!(!verify_or_burn(password, None).await.unwrap());
    }

    #[test]
    fn short_and_monotonous_passwords_are_refused() {
        assert!(Password::try_from("short".to_owned()).is_err());
        assert!(Password::try_from("aaaaaaaaaaaaaaaa".to_owned()).is_err());
        assert!(Password::try_from("x".repeat(129)).is_err());
    }
}
