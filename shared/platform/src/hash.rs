//! The one-way hash used to store secrets and to chain audit records.

use std::fmt::Write as _;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// SHA-256 of `bytes` as base64url without padding: 43 characters.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

/// SHA-256 digest of a file's contents: 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$", example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest in base64, as used by S3.
    #[must_use]
    pub(crate) fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// Parses a digest in base64, as used by S3; `None` if it is not valid.
    #[must_use]
    pub(crate) fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Creates a digest from bytes; `None` unless there are exactly 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || "must be a SHA-256 digest: 64 hexadecimal digits".to_owned();
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut digest = [0_u8; 32];
        for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(digest))
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> Self {
        let mut text = Self::with_capacity(64);
        // Writing to a string cannot fail.
        let _ = write!(text, "{digest}");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_digest_parses_back_from_both_forms(bytes: [u8; 32]) {
            let digest = Sha256(bytes);
            prop_assert_eq!(Sha256::try_from(String::from(digest)).unwrap(), digest);
            prop_assert_eq!(Sha256::from_base64(&digest.to_base64()).unwrap(), digest);
        }

        #[test]
        fn parsing_any_text_as_a_digest_never_panics(text in ".{0,70}") {
            let _ = Sha256::try_from(text);
        }
    }
}
