//! What wraps the system keys: KMS, or a key from a local file.

use aws_lc_rs::rand;
use aws_sdk_dynamodb::primitives::Blob;
use serde::Deserialize;

use super::key_bytes;
use crate::cipher::{Cipher, Sealed};
use kernel::error::Error;

/// Purpose of a system key; KMS binds the wrapped key to it through the encryption context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Protects subject keys, lookup hashes, cursors and stored responses.
    Root,
    /// Signs access tokens; only the `auth` function may unwrap this key.
    TokenSigning,
}

impl Purpose {
    /// The value of `purpose` in the KMS encryption context.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::TokenSigning => "token-signing",
        }
    }

    /// Parses a `purpose` value from the encryption context.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        [Self::Root, Self::TokenSigning].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// The mechanism that wraps the system keys.
pub enum KeyWrapper {
    /// A KMS key, identified by its ID or ARN.
    Kms {
        /// The KMS client.
        client: aws_sdk_kms::Client,
        /// The key's ID or ARN.
        key_id: String,
    },
    /// A 256-bit key from a local file, for running on a single machine.
    Local(Cipher),
    /// No key: the function may not access sealed data.
    None,
}

impl KeyWrapper {
    /// Generates a random key; returns it in plaintext and wrapped.
    pub async fn generate(&self, purpose: Purpose) -> Result<([u8; 32], Vec<u8>), Error> {
        match self {
            Self::Kms { client, key_id } => {
                let answer = client
                    .generate_data_key()
                    .key_id(key_id)
                    .number_of_bytes(32)
                    .encryption_context("purpose", purpose.as_str())
                    .send()
                    .await
                    .map_err(|e| Error::Unavailable(Box::new(e.into_service_error())))?;
                let plain = answer.plaintext().map(Blob::as_ref).unwrap_or_default();
                let wrapped = answer.ciphertext_blob().map(|b| b.as_ref().to_vec()).unwrap_or_default();
                Ok((key_bytes(plain)?, wrapped))
            }
            Self::Local(cipher) => {
                let mut key = [0_u8; 32];
                rand::fill(&mut key).map_err(Error::defect)?;
                Ok((key, cipher.seal(purpose.as_str(), &key)?.0))
            }
            Self::None => Err(no_keys()),
        }
    }

    /// Unwraps a key that was wrapped for `purpose`.
    pub async fn unwrap_key(&self, purpose: Purpose, wrapped: &[u8]) -> Result<[u8; 32], Error> {
        match self {
            Self::Kms { client, key_id } => {
                let answer = client
                    .decrypt()
                    .key_id(key_id)
                    .ciphertext_blob(Blob::new(wrapped))
                    .encryption_context("purpose", purpose.as_str())
                    .send()
                    .await
                    .map_err(|e| Error::Unavailable(Box::new(e.into_service_error())))?;
                key_bytes(answer.plaintext().map(Blob::as_ref).unwrap_or_default())
            }
            Self::Local(cipher) => key_bytes(&cipher.open(purpose.as_str(), &Sealed(wrapped.to_vec()))?),
            Self::None => Err(no_keys()),
        }
    }
}

fn no_keys() -> Error {
    Error::internal("KMS_KEY_ID is not set for this function")
}
