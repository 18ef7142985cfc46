//! Passwords: Argon2id with the parameters recommended by OWASP (19 MiB, 2 passes, 1 lane), which are the argon2 crate's defaults.
//! A new one must be hard to guess, and hold none of the words that a guesser knows about the user.

mod guessing;

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::User;
use kernel::error::Error;
use kernel::text::fold;

/// Shortest password, in characters.
const SHORTEST: usize = 12;
/// Longest password, in characters.
const LONGEST: usize = 128;
/// What a password must withstand: 2 to the power of 30 guesses, where zxcvbn's score 3 begins at 2 to the power of 27.
const LEAST_BITS: f64 = 30.0;
/// Shortest word about the user that a password must not contain; shorter ones are part of too many others.
const SHORTEST_WORD: usize = 4;
/// The name of this product.
const PRODUCT: &str = "steward";

/// A hash of an unknown value: that of invited users, who have no password yet, and verified when a user does not exist so that the
/// response takes the same time.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3Rld2FyZC1ub2JvZHkh$yS4Qw1Z2uZ3qVt8rj1hM1pC7nXo4c2v5k9b0aWdFgHs";

/// A password: 12 to 128 characters, hard to guess, normalised to NFKC. Never printed or logged.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
pub struct Password(String);

impl TryFrom<String> for Password {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text: String = text.nfkc().take(LONGEST + 1).collect();
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Err("must be 12 to 128 characters long".into());
        }
        let mut different: Vec<char> = text.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < 5 {
            return Err("must contain at least 5 different characters".into());
        }
        if guessing::bits(&text) < LEAST_BITS {
            return Err("must be harder to guess; several unrelated words are a good choice".into());
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
    /// A password typed at sign-in: any text, so that a wrong one is wrong rather than invalid. One that is too long for a password is
    /// like no password at all.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let text: String = text.nfkc().take(LONGEST + 1).collect();
        if text.chars().count() > LONGEST { Self(String::new()) } else { Self(text) }
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

    /// Refuses a password for `user` that contains their username, a word of their name or email address, or the product's name.
    /// `field` names the password in the request.
    pub fn refuse_words_about(&self, field: &str, user: &User) -> Result<(), Error> {
        let password = fold(&self.0);
        let disguised =
            ['i', 'l'].map(|one| password.chars().map(|c| guessing::plain_letter(c, one)).collect::<String>());
        let contains = |word: &str| password.contains(word) || disguised.iter().any(|text| text.contains(word));
        if contains(user.username.as_str()) || words_about(user).iter().any(|word| contains(word)) {
            return Err(Error::field(field, "must not contain your name, username, email address or the name Steward"));
        }
        Ok(())
    }
}

/// The words of a user's name, username and address, and the product's name.
fn words_about(user: &User) -> Vec<String> {
    let address = fold(user.email.as_str());
    // The last label of the host, such as `com`, says nothing about the user.
    let address = address.rsplit_once('.').map_or(address.as_str(), |(rest, _)| rest);
    let known = format!("{} {} {address}", fold(user.name.as_str()), user.username);
    let words = known.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST_WORD);
    words.map(str::to_owned).chain([PRODUCT.to_owned()]).collect()
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

    #[tokio::test]
    async fn a_password_with_more_at_its_end_is_wrong() {
        let longest: String = ('!'..='~').cycle().step_by(7).take(128).collect();
        let hash = Password::try_from(longest.clone()).unwrap().hash().await.unwrap();
        assert!(verify_or_burn(Password::typed(&longest), Some(hash.clone())).await.unwrap());
        assert!(!verify_or_burn(Password::typed(&format!("{longest}x")), Some(hash)).await.unwrap());
    }

    #[test]
    fn common_passwords_and_their_variations_are_refused() {
        for text in [
            "123456789012",
            "Password1234",
            "passwordpassword",
            "P@ssw0rd1234!",
            "qwertyuiopas",
            "1qaz2wsx3edc4rfv",
            "welcome2024!!",
            "Summer2024!!!",
            "letmeinletmein",
            "abcdefghijklm",
            "iloveyou1234",
            "hunter2hunter2",
            "monkey monkey monkey",
            "dragonfootball1",
            "drowssap12345",
            "princess19031985",
            "zyxwvutsrqponm",
        ] {
            assert!(Password::try_from(text.to_owned()).is_err(), "{text} takes {} bits", guessing::bits(text));
        }
    }

    #[test]
    fn phrases_and_random_passwords_are_accepted() {
        for text in [
            "correct horse battery",
            "staple orbit lantern",
            "another fine one",
            "a long enough one",
            "my dog eats lamps",
            "x7Kmq-9TfWa-hP3vZ",
            "vR8#kLq2!mZp",
            "grüne Wiesen im Mai",
            "さくらの木の下で会いましょう",
        ] {
            assert!(Password::try_from(text.to_owned()).is_ok(), "{text} takes {} bits", guessing::bits(text));
        }
    }

    #[test]
    fn short_and_monotonous_passwords_are_refused() {
        assert!(Password::try_from("short".to_owned()).is_err());
        assert!(Password::try_from("aaaaaaaaaaaaaaaa".to_owned()).is_err());
        assert!(Password::try_from("x".repeat(129)).is_err());
    }
}
