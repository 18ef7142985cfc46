//! Product keys: the short prefix used to number a product's requirements and tasks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Two to ten characters from `A-Z 0-9`, starting with a letter. Lowercase input is converted to uppercase.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\s*[A-Za-z][A-Za-z0-9]{1,9}\s*$")]
pub struct ProductKey(String);

impl ProductKey {
    /// Returns the key as a string slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the human-readable reference of a task number, such as `ORB-12`.
    #[must_use]
    pub fn task(&self, number: u64) -> String {
        format!("{self}-{number}")
    }

    /// Returns the human-readable reference of a requirement number, such as `ORB-R12`.
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
            Err("must be 2 to 10 letters or digits, starting with a letter".into())
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
    fn a_key_has_valid_length_and_characters() {
        let key = |text: &str| ProductKey::try_from(text.to_owned());
        assert_eq!(key(" orb ").unwrap().task(12), "ORB-12");
        assert_eq!(key("X2").unwrap().requirement(3), "X2-R3");
        for wrong in ["", "A", "2X", "ORB-1", "ÄB", "ABCDEFGHIJK"] {
            assert!(key(wrong).is_err(), "{wrong}");
        }
    }
}
