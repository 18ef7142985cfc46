//! Keys: two system keys wrapped by KMS (by a local key file when local), and one data key per person or firm.
//!
//! The root key is unwrapped once per process. From it come, by HKDF, the key that wraps every subject's data key, the
//! key of look-up hashes, the key of cursors and the key of stored answers. So a cold start asks KMS once and a request
//! never. Deleting a subject's wrapped data key makes all that was sealed with it unreadable for good
//! (`docs/decisions/0003-keys.md`).

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::{hkdf, hmac, rand};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem};
use futures_util::future::try_join_all;
use lru::LruCache;
use tokio::sync::OnceCell;

use crate::cipher::{Cipher, Sealed};
use crate::table::{self, Item};
use kernel::error::Error;

/// How long a warm process may keep a subject's data key after it was read; erasure is complete everywhere after this.
const SUBJECT_KEY_AGE: Duration = Duration::from_mins(5);
/// How many subjects' data keys a process keeps.
const SUBJECT_KEYS_KEPT: NonZeroUsize = NonZeroUsize::new(2_000).unwrap();

/// What a system key is for; KMS binds the wrapped key to it as encryption context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Protects subjects' keys, look-up hashes, cursors and stored answers.
    Root,
    /// Signs access tokens; only the `auth` function may unwrap it.
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

    /// The purpose with this value in the encryption context.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        [Self::Root, Self::TokenSigning].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// What wraps the system keys.
pub enum KeyWrapper {
    /// A KMS key, named by its id or ARN.
    Kms {
        /// The client.
        client: aws_sdk_kms::Client,
        /// The key's id or ARN.
        key_id: String,
    },
    /// A 256-bit key from a local file, for running on one machine.
    Local(Cipher),
    /// Nothing: a function that may not use what is sealed.
    None,
}

impl KeyWrapper {
    /// A new random key: in the clear, and wrapped.
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

    /// The key that was wrapped for `purpose`.
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
    Error::internal("this function was given no KMS_KEY_ID")
}

fn key_bytes(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::internal("a key is not 32 bytes long"))
}

/// The keys derived from the root key.
pub struct Root {
    subjects: Cipher,
    lookup: hmac::Key,
    /// Seals cursors.
    pub cursors: Cipher,
    /// Seals the stored answers of idempotent requests.
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
            cursors: Cipher::new(&key("cursors")?)?,
            answers: Cipher::new(&key("stored answers")?)?,
        })
    }

    /// A keyed hash of `value`, by which equal values are found without being readable. `kind` keeps hashes of
    /// different things apart.
    #[must_use]
    pub fn lookup(&self, kind: &str, value: &str) -> String {
        use base64::Engine as _;
        let tag = hmac::sign(&self.lookup, format!("{kind}\0{value}").as_bytes());
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&tag.as_ref()[..24])
    }
}

/// A subject whose personal data is sealed with a data key of its own: `investor#<id>` or `user#<id>`.
pub type SubjectKey = Arc<Cipher>;

/// The key store: the small `keys` table, what wraps its contents, and what this process remembers.
pub struct Keys {
    client: aws_sdk_dynamodb::Client,
    /// Name of the `keys` table.
    pub table: String,
    wrapper: KeyWrapper,
    root: OnceCell<Root>,
    subjects: Mutex<LruCache<String, (SubjectKey, Instant)>>,
}

impl Keys {
    /// A key store on the given table. Nothing is read until a key is needed.
    #[must_use]
    pub fn new(client: aws_sdk_dynamodb::Client, table: String, wrapper: KeyWrapper) -> Self {
        let subjects = Mutex::new(LruCache::new(SUBJECT_KEYS_KEPT));
        Self { client, table, wrapper, root: OnceCell::new(), subjects }
    }

    /// The root keys; read and unwrapped once per process, made on first use of the stack.
    pub async fn root(&self) -> Result<&Root, Error> {
        self.root.get_or_try_init(|| async { Root::derive(&self.system_key(Purpose::Root).await?) }).await
    }

    /// Reads the root keys before they are needed, in a function that may use them.
    pub async fn prepare(&self) -> Result<(), Error> {
        if matches!(self.wrapper, KeyWrapper::None) { Ok(()) } else { self.root().await.map(drop) }
    }

    /// The seed of the key that signs access tokens.
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
        // Another process was first: its key counts.
        let wrapped = self.read(&pk, "wrapped").await?.ok_or_else(|| Error::internal("a system key vanished"))?;
        self.wrapper.unwrap_key(purpose, &wrapped).await
    }

    /// Reads a binary attribute of an item of the `keys` table, strongly consistent.
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

    /// Writes an item of one binary attribute unless it is there already; tells whether it was written.
    pub async fn write_once(&self, pk: &str, attribute: &str, value: Vec<u8>) -> Result<bool, Error> {
        let written = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("pk", AttributeValue::S(pk.to_owned()))
            .item(attribute, AttributeValue::B(Blob::new(value)))
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

    /// A new data key for `subject`, with the write that stores it; put that into the subject's own transaction.
    pub async fn new_subject(&self, subject: &str) -> Result<(SubjectKey, TransactWriteItem), Error> {
        let mut plain = [0_u8; 32];
        rand::fill(&mut plain).map_err(Error::defect)?;
        let pk = subject_pk(subject);
        let wrapped = self.root().await?.subjects.seal(&pk, &plain)?;
        let put = Put::builder()
            .table_name(&self.table)
            .item("pk", AttributeValue::S(pk))
            .item("wrapped", AttributeValue::B(Blob::new(wrapped.0)))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Error::defect)?;
        // It is not remembered: the transaction may fail, and then another key may be the subject's.
        Ok((Arc::new(Cipher::new(&plain)?), TransactWriteItem::builder().put(put).build()))
    }

    /// The data key of `subject` if this process has read it lately.
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

    /// The data key of `subject`, or `None` when it was erased.
    pub async fn subject(&self, subject: &str) -> Result<Option<SubjectKey>, Error> {
        if let Some(key) = self.remembered(subject) {
            return Ok(Some(key));
        }
        match self.read(&subject_pk(subject), "wrapped").await? {
            Some(wrapped) => self.unwrap_subject(subject, wrapped).await.map(Some),
            None => Ok(None),
        }
    }

    /// The data keys of up to 100 different subjects by their names; those that were erased are left out.
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

    /// The wrapped data keys of up to a hundred partitions.
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

    /// The data key inside an item of the `keys` table that was read together with the entity.
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

fn bytes(item: &Item, attribute: &str) -> Option<Vec<u8>> {
    item.get(attribute).and_then(|v| v.as_b().ok()).map(|b| b.as_ref().to_vec())
}
