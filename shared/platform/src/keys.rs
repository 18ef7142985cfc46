//! Keys: two system keys wrapped by KMS (or by a local key file), and one data key per person or firm.
//!
//! The root key is unwrapped once per process. HKDF derives from it the key that wraps every subject's data key, and the keys
//! for lookup hashes, proofs of issue, cursors and stored responses. So a cold start calls KMS once and a request never does. Deleting a
//! subject's wrapped data key makes everything sealed with it permanently unreadable (`docs/decisions/0003-keys.md`).

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::{hkdf, hmac, rand};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::try_join_all;
use lru::LruCache;
use tokio::sync::OnceCell;

use crate::cipher::{Cipher, Sealed};
use crate::table::{self, Condition, Item, Key, Table, Write};
use kernel::error::Error;

/// How long a warm process may cache a subject's data key after reading it; erasure is complete everywhere after this time.
const SUBJECT_KEY_AGE: Duration = Duration::from_mins(5);
/// Maximum number of subject data keys that a process caches.
const SUBJECT_KEYS_KEPT: NonZeroUsize = NonZeroUsize::new(2_000).unwrap();

/// Purpose of a system key; KMS binds the wrapped key to it through the encryption context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

fn key_bytes(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::internal("a key is not 32 bytes long"))
}

/// Keys derived from the root key.
pub struct Root {
    subjects: Cipher,
    lookup: hmac::Key,
    proofs: hmac::Key,
    /// Seals cursors.
    pub cursors: Cipher,
    /// Seals the stored responses of idempotent requests.
    pub answers: Cipher,
}

impl Root {
    fn derive(root: &[u8; 32]) -> Result<Self, Error> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"steward").extract(root);
        let key = |info: &'static str| -> Result<[u8; 32], Error> {
            let mut out = [0_u8; 32];
            prk.expand(&[info.as_bytes()], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut out))
                .map_err(Error::defect)?;
            Ok(out)
        };
        Ok(Self {
            subjects: Cipher::new(&key("subject keys")?)?,
            lookup: hmac::Key::new(hmac::HMAC_SHA256, &key("look-up hashes")?),
            proofs: hmac::Key::new(hmac::HMAC_SHA256, &key("proofs of issue")?),
            cursors: Cipher::new(&key("cursors")?)?,
            answers: Cipher::new(&key("stored answers")?)?,
        })
    }

    /// A keyed hash of `value`, so that equal values can be looked up without being readable. `kind` separates hashes of
    /// different kinds of values.
    #[must_use]
    pub fn lookup(&self, kind: &str, value: &str) -> String {
        use base64::Engine as _;
        let tag = hmac::sign(&self.lookup, format!("{kind}\0{value}").as_bytes());
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&tag.as_ref()[..24])
    }

    /// A proof that Steward issued `text`, to be handed out with it: 43 characters.
    #[must_use]
    pub fn prove(&self, text: &str) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hmac::sign(&self.proofs, text.as_bytes()))
    }

    /// Whether `proof` is the one that was handed out with `text`. Takes the same time for any proof of the right length.
    #[must_use]
    pub fn proves(&self, text: &str, proof: &str) -> bool {
        let expected = self.prove(text);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), proof.as_bytes()).is_ok()
    }
}

/// The data key that seals a subject's personal data; subjects are named `investor#<id>` or `user#<id>`.
pub type SubjectKey = Arc<Cipher>;

/// The key store: the small `keys` table, the key wrapper, and this process's cache.
pub struct Keys {
    client: aws_sdk_dynamodb::Client,
    /// Name of the `keys` table.
    pub table: String,
    wrapper: KeyWrapper,
    root: OnceCell<Root>,
    subjects: Mutex<LruCache<String, (SubjectKey, Instant)>>,
}

impl Keys {
    /// Creates a key store on the given table. Nothing is read until a key is needed.
    #[must_use]
    pub fn new(client: aws_sdk_dynamodb::Client, table: String, wrapper: KeyWrapper) -> Self {
        let subjects = Mutex::new(LruCache::new(SUBJECT_KEYS_KEPT));
        Self { client, table, wrapper, root: OnceCell::new(), subjects }
    }

    /// The root keys; read and unwrapped once per process, created when the stack is first used.
    pub async fn root(&self) -> Result<&Root, Error> {
        self.root.get_or_try_init(|| async { Root::derive(&self.system_key(Purpose::Root).await?) }).await
    }

    /// Preloads the root keys in a function that may use them.
    pub async fn prepare(&self) -> Result<(), Error> {
        if matches!(self.wrapper, KeyWrapper::None) { Ok(()) } else { self.root().await.map(drop) }
    }

    /// The seed of the access token signing key.
    pub async fn token_signing_seed(&self) -> Result<[u8; 32], Error> {
        self.system_key(Purpose::TokenSigning).await
    }

    async fn system_key(&self, purpose: Purpose) -> Result<[u8; 32], Error> {
        let pk = format!("SYSTEM#{}", purpose.as_str());
        if let Some(wrapped) = self.read(&pk, "wrapped").await? {
            return self.wrapper.unwrap_key(purpose, &wrapped).await;
        }
        let (key, wrapped) = self.wrapper.generate(purpose).await?;
        if self.write_once(&pk, "wrapped", wrapped).await? {
            return Ok(key);
        }
        // Another process wrote its key first; use that one.
        let wrapped = self.read(&pk, "wrapped").await?.ok_or_else(|| Error::internal("a system key disappeared"))?;
        self.wrapper.unwrap_key(purpose, &wrapped).await
    }

    /// Reads a binary attribute of an item in the `keys` table, strongly consistent.
    pub async fn read(&self, pk: &str, attribute: &str) -> Result<Option<Vec<u8>>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(pk.to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(table::failure)?;
        Ok(answer.item.as_ref().and_then(|item| bytes(item, attribute)))
    }

    /// Writes an item with one binary attribute unless it already exists; returns whether it was written.
    pub async fn write_once(&self, pk: &str, attribute: &str, value: Vec<u8>) -> Result<bool, Error> {
        let written = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(key_item(pk, attribute, value)))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match written {
            Ok(_) => Ok(true),
            Err(e)
                if e.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
                ) =>
            {
                Ok(false)
            }
            Err(e) => Err(table::failure(e)),
        }
    }

    /// Creates a data key for `subject` and the write that stores it; add that write to the subject's own transaction.
    pub async fn new_subject(&self, subject: &str) -> Result<(SubjectKey, Write), Error> {
        let mut plain = [0_u8; 32];
        rand::fill(&mut plain).map_err(Error::defect)?;
        let pk = subject_pk(subject);
        let wrapped = self.root().await?.subjects.seal(&pk, &plain)?;
        let item = key_item(&pk, "wrapped", wrapped.0);
        let write = Write::put_item(item).when(Condition::absent("pk")).in_table(&self.table);
        // Not cached: the transaction may fail, and the subject may then get a different key.
        Ok((Arc::new(Cipher::new(&plain)?), write))
    }

    /// The data key of `subject`, if it is in this process's cache.
    #[must_use]
    pub fn remembered(&self, subject: &str) -> Option<SubjectKey> {
        let mut kept = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(subject) {
            Some((key, since)) if since.elapsed() < SUBJECT_KEY_AGE => Some(Arc::clone(key)),
            Some(_) => {
                kept.pop(subject);
                None
            }
            None => None,
        }
    }

    /// The data key of `subject`; `None` if it was erased.
    pub async fn subject(&self, subject: &str) -> Result<Option<SubjectKey>, Error> {
        if let Some(key) = self.remembered(subject) {
            return Ok(Some(key));
        }
        match self.read(&subject_pk(subject), "wrapped").await? {
            Some(wrapped) => self.unwrap_subject(subject, wrapped).await.map(Some),
            None => Ok(None),
        }
    }

    /// Reads an item and the data key of its subject in one round trip.
    ///
    /// The key is `None` if the subject was erased.
    pub async fn get_with_subject(
        &self,
        table: &Table,
        key: Key,
        subject: &str,
    ) -> Result<(Option<Item>, Option<SubjectKey>), Error> {
        if let Some(subject_key) = self.remembered(subject) {
            return Ok((table.get(key).await?, Some(subject_key)));
        }
        let entity = KeysAndAttributes::builder().keys(key.into_map()).consistent_read(true).build();
        let wrapped = KeysAndAttributes::builder()
            .keys(HashMap::from([("pk".into(), AttributeValue::S(subject_pk(subject)))]))
            .consistent_read(true)
            .build();
        let answer = table
            .client()
            .batch_get_item()
            .request_items(table.name(), entity.map_err(Error::defect)?)
            .request_items(&self.table, wrapped.map_err(Error::defect)?)
            .send()
            .await
            .map_err(table::failure)?;
        if answer.unprocessed_keys.is_some_and(|u| !u.is_empty()) {
            return Err(Error::Unavailable("a read was throttled".into()));
        }
        let mut found = answer.responses.unwrap_or_default();
        let item = found.remove(table.name()).and_then(|mut items| items.pop());
        let subject_key = match found.remove(&self.table).and_then(|mut items| items.pop()) {
            Some(wrapped) => Some(self.subject_from(subject, &wrapped).await?),
            None => None,
        };
        Ok((item, subject_key))
    }

    /// The data keys of up to 100 distinct subjects, keyed by subject; erased keys are omitted.
    pub async fn subjects(&self, subjects: Vec<String>) -> Result<HashMap<String, SubjectKey>, Error> {
        let mut keys = HashMap::new();
        let mut missing = HashMap::new();
        for subject in subjects {
            match self.remembered(&subject) {
                Some(key) => drop(keys.insert(subject, key)),
                None => drop(missing.insert(subject_pk(&subject), subject)),
            }
        }
        let wanted: Vec<&String> = missing.keys().collect();
        let batches: Vec<Vec<String>> =
            wanted.chunks(table::BATCH).map(|b| b.iter().copied().cloned().collect()).collect();
        let read = try_join_all(batches.into_iter().map(|batch| self.wrapped(batch))).await?;
        for item in read.into_iter().flatten() {
            if let Some(subject) = table::text(&item, "pk").and_then(|pk| missing.remove(pk)) {
                let key = self.subject_from(&subject, &item).await?;
                keys.insert(subject, key);
            }
        }
        Ok(keys)
    }

    /// The wrapped data keys of up to 100 partitions.
    async fn wrapped(&self, partitions: Vec<String>) -> Result<Vec<Item>, Error> {
        let wanted = partitions.into_iter().map(|pk| HashMap::from([("pk".into(), AttributeValue::S(pk))])).collect();
        let wanted = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
        let wanted = wanted.map_err(Error::defect)?;
        let answer = self.client.batch_get_item().request_items(&self.table, wanted).send().await;
        let answer = answer.map_err(table::failure)?;
        if answer.unprocessed_keys.is_some_and(|u| !u.is_empty()) {
            return Err(Error::Unavailable("a read was throttled".into()));
        }
        Ok(answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default())
    }

    /// The data key in an item of the `keys` table that was read together with the entity.
    pub async fn subject_from(&self, subject: &str, item: &Item) -> Result<SubjectKey, Error> {
        let wrapped = bytes(item, "wrapped").ok_or_else(|| Error::internal("a subject key has no value"))?;
        self.unwrap_subject(subject, wrapped).await
    }

    async fn unwrap_subject(&self, subject: &str, wrapped: Vec<u8>) -> Result<SubjectKey, Error> {
        let plain = self.root().await?.subjects.open(&subject_pk(subject), &Sealed(wrapped))?;
        self.remember(subject, &key_bytes(&plain)?)
    }

    fn remember(&self, subject: &str, plain: &[u8; 32]) -> Result<SubjectKey, Error> {
        let key = Arc::new(Cipher::new(plain)?);
        let mut kept = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(subject.to_owned(), (Arc::clone(&key), Instant::now()));
        Ok(key)
    }
}

/// Partition key of a subject's wrapped data key.
#[must_use]
pub fn subject_pk(subject: &str) -> String {
    format!("SUBJECT#{subject}")
}

/// An item of the `keys` table, which holds one binary attribute.
fn key_item(pk: &str, attribute: &str, value: Vec<u8>) -> Item {
    let pk = ("pk".into(), AttributeValue::S(pk.into()));
    HashMap::from([pk, (attribute.into(), AttributeValue::B(Blob::new(value)))])
}

fn bytes(item: &Item, attribute: &str) -> Option<Vec<u8>> {
    item.get(attribute).and_then(|v| v.as_b().ok()).map(|b| b.as_ref().to_vec())
}
