//! The short name of a product, with which its requirements and tasks are numbered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Two to ten of `A-Z 0-9`, beginning with a letter; lower case is taken as upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Z][A-Z0-9]{1,9}$")]
pub struct ProductKey(String);

impl ProductKey {
    /// The key itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How people name the task of this number: `ORB-12`.
    #[must_use]
    pub fn task(&self, number: u64) -> String {
        format!("{self}-{number}")
    }

    /// How people name the requirement of this number: `ORB-R12`.
    #[must_use]
    pub fn requirement(&self, number: u64) -> String {
        format!("{self}-R{number}")
    }
}

impl TryFrom<String> for ProductKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text = text.trim().to_ascii_uppercase();
        let letters = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if (2..=10).contains(&text.len()) && letters && text.starts_with(|c: char| c.is_ascii_uppercase()) {
            Ok(Self(text))
        } else {
            Err("must be 2 to 10 letters and digits, beginning with a letter".into())
        }
    }
}

impl From<ProductKey> for String {
    fn from(key: ProductKey) -> Self {
        key.0
    }
}

impl std::fmt::Display for ProductKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_two_to_ten_letters_and_digits_that_begin_with_a_letter() {
        let key = |text: &str| ProductKey::try_from(text.to_owned());
        assert_eq!(key(" orb ").unwrap().task(12), "ORB-12");
        assert_eq!(key("X2").unwrap().requirement(3), "X2-R3");
        for wrong in ["", "A", "2X", "ORB-1", "ÄB", "ABCDEFGHIJK"] {
            assert!(key(wrong).is_err(), "{wrong}");
        }
    }
}
