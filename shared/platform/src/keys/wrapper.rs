//! What wraps the system keys: KMS, or a key from a local file.

use aws_lc_rs::rand;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;

use super::{Keys, key_bytes, system_pk};
use crate::cipher::{Cipher, Sealed};
use crate::table::Condition;
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

impl KeyWrapper {
    /// Wraps a key that exists already; only a local key can.
    fn wrap(&self, purpose: Purpose, key: &[u8; 32]) -> Result<Sealed, Error> {
        match self {
            Self::Local(cipher) => cipher.seal(purpose.as_str(), key),
            Self::Kms { .. } | Self::None => Err(no_keys()),
        }
    }
}

impl Keys {
    /// Wraps every system key again with `next`, a local key, all of them or none. This process cannot unwrap them any more.
    pub async fn change_wrapper(&self, next: &KeyWrapper) -> Result<(), Error> {
        let mut items = Vec::new();
        for purpose in [Purpose::Root, Purpose::TokenSigning] {
            let Some(before) = self.item(&system_pk(purpose)).await? else { continue };
            let mut after = before.clone();
            for (name, value) in before.iter().filter(|(name, _)| *name == "previous" || name.starts_with("wrapped")) {
                let wrapped = value.as_b().map_err(|_| Error::internal(format!("{name} is no wrapped key")))?;
                let key = self.wrapper.unwrap_key(purpose, wrapped.as_ref()).await?;
                after.insert(name.clone(), AttributeValue::B(Blob::new(next.wrap(purpose, &key)?.0)));
            }
            items.push((after, Condition::exists("pk")));
        }
        if self.write_all(items).await? { Ok(()) } else { Err(Error::internal("a system key disappeared")) }
    }
}

fn no_keys() -> Error {
    Error::internal("KMS_KEY_ID is not set for this function")
}
