//! AES-256-GCM for individual fields: a fresh random nonce each time, bound to the field's location.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use kernel::error::Error;

/// First byte of every sealed value, which allows the format to change.
pub(crate) const FORMAT: u8 = 1;

/// A ciphertext: one format byte, a 12-byte nonce, and the ciphertext with its 16-byte tag. Stored as DynamoDB binary.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Sealed;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("binary")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Sealed, E> {
                Ok(Sealed(bytes.to_vec()))
            }
            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Sealed, E> {
                Ok(Sealed(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

/// A 256-bit key that seals and opens values.
pub struct Cipher(RandomizedNonceKey);

impl Cipher {
    /// Creates a cipher with the given key.
    pub fn new(key: &[u8; 32]) -> Result<Self, Error> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(Error::defect)
    }

    /// Encrypts `plain`, bound to `place` (such as `investor/<id>/email`); it can be opened only for the same place.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, Error> {
        let mut text = plain.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(place), &mut text).map_err(Error::defect)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + text.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&text);
        Ok(Sealed(sealed))
    }

    /// Decrypts a value sealed for the same `place`. Fails if it was changed, moved or sealed with another key.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Vec<u8>, Error> {
        let broken = || Error::internal(format!("a sealed value cannot be opened at {place}"));
        let (format, rest) = sealed.0.split_first().ok_or_else(broken)?;
        if *format != FORMAT || rest.len() < NONCE_LEN {
            return Err(broken());
        }
        let (nonce, text) = rest.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut text = text.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(place), &mut text).map_err(|_| broken())?.len();
        text.truncate(length);
        Ok(text)
    }

    /// [`Cipher::seal`] for text.
    pub fn seal_text(&self, place: &str, plain: &str) -> Result<Sealed, Error> {
        self.seal(place, plain.as_bytes())
    }

    /// [`Cipher::open`] for text.
    pub fn open_text(&self, place: &str, sealed: &Sealed) -> Result<String, Error> {
        String::from_utf8(self.open(place, sealed)?).map_err(Error::defect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sealed_value_opens_only_unchanged_and_in_place(plain in ".{0,200}", flip in 0_usize..1000) {
            let cipher = Cipher::new(&[7; 32]).unwrap();
            let sealed = cipher.seal_text("investor/1/email", &plain).unwrap();
            prop_assert_eq!(cipher.open_text("investor/1/email", &sealed).unwrap(), plain.clone());
            prop_assert!(cipher.open("investor/2/email", &sealed).is_err());
            prop_assert!(Cipher::new(&[8; 32]).unwrap().open("investor/1/email", &sealed).is_err());
            let mut broken = sealed.clone();
            let at = flip % broken.0.len();
            broken.0[at] ^= 1;
            prop_assert!(cipher.open("investor/1/email", &broken).is_err());
            prop_assert_ne!(cipher.seal_text("investor/1/email", &plain).unwrap(), sealed);
        }
    }
}
