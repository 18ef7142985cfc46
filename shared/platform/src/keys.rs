//! Keys: two system keys wrapped by KMS (or by a local key file), and one data key per person or firm.
//!
//! The root key is unwrapped once per process. HKDF derives from it the key that wraps every subject's data key, and the keys
//! for lookup hashes, proofs of issue, cursors and stored responses. So a cold start calls KMS once and a request never does. Deleting a
//! subject's wrapped data key makes everything sealed with it permanently unreadable (`docs/decisions/0003-keys.md`).
//!
//! The root key has versions (`docs/decisions/0030-rotation.md`). Whatever it seals names the version, and the newest seals. A process
//! unwraps an older version when it meets something sealed with it.

mod root;
mod roots;
mod rotate;
mod wrapper;

pub use root::ShortLived;
pub use roots::Roots;
pub(crate) use rotate::{Progress, RootVersions};
pub use wrapper::{KeyWrapper, Purpose};

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::try_join_all;
use lru::LruCache;
use tokio::sync::Mutex as AsyncMutex;

use crate::cipher::{Cipher, Sealed};
use crate::table::{self, Condition, Item, Key, Put, Table, Transaction, Write};
use kernel::error::Error;
use kernel::time::Timestamp;
use root::{Root, version_of};
use roots::Stored;

/// How long a warm process may cache a subject's data key after reading it; erasure is complete everywhere after this time.
const SUBJECT_KEY_AGE: Duration = Duration::from_mins(5);
/// A process that seals reads the versions of the root key again after this time, to learn of newer ones.
const ROOTS_AGE: Duration = Duration::from_mins(5);
/// A process that meets an unknown version reads the versions again if it last did so longer ago than this: a forged cursor must not make
/// every request read the table.
const UNKNOWN_AGE: Duration = Duration::from_secs(2);
const SECONDS_PER_DAY: i64 = 24 * 3600;
/// Maximum number of subject data keys that a process caches.
const SUBJECT_KEYS_KEPT: NonZeroUsize = NonZeroUsize::new(2_000).unwrap();

fn key_bytes(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::internal("a key is not 32 bytes long"))
}

/// The data key that seals a subject's personal data; subjects are named `investor#<id>` or `user#<id>`.
pub type SubjectKey = Arc<Cipher>;

/// The key store: the small `keys` table, the key wrapper, and this process's cache.
pub struct Keys {
    store: Table,
    /// Name of the `keys` table.
    pub table: String,
    wrapper: KeyWrapper,
    roots: RwLock<Option<Arc<Roots>>>,
    /// Locked while the versions of the root key are read, so that concurrent callers wait for that read.
    reading: AsyncMutex<()>,
    subjects: Mutex<LruCache<String, (SubjectKey, Instant)>>,
}

impl Keys {
    /// Creates a key store on the given table. Nothing is read until a key is needed.
    #[must_use]
    pub fn new(client: aws_sdk_dynamodb::Client, table: String, wrapper: KeyWrapper) -> Self {
        let subjects = Mutex::new(LruCache::new(SUBJECT_KEYS_KEPT));
        let store = Table::new(client, &table);
        Self { store, table, wrapper, roots: RwLock::default(), reading: AsyncMutex::default(), subjects }
    }

    /// The root keys as this process last read them. Created when the stack is first used.
    pub async fn root(&self) -> Result<Arc<Roots>, Error> {
        self.roots_read_within(Duration::MAX).await
    }

    /// Preloads the root keys in a function that may use them.
    pub async fn prepare(&self) -> Result<(), Error> {
        if matches!(self.wrapper, KeyWrapper::None) { Ok(()) } else { self.root().await.map(drop) }
    }

    /// Seals a short-lived value with today's key.
    pub async fn seal(&self, kind: ShortLived, place: &str, plain: &[u8]) -> Result<Sealed, Error> {
        self.sealing_root().await?.seal(today(), kind, place, plain)
    }

    /// Opens a short-lived value. `None` if it was not sealed here for `place`, or is too old.
    pub async fn open(&self, kind: ShortLived, place: &str, sealed: &Sealed) -> Result<Option<Vec<u8>>, Error> {
        let Some(version) = version_of(sealed) else { return Ok(None) };
        let root = self.of_version(version).await?;
        Ok(root.and_then(|root| root.open(today(), kind, place, sealed)))
    }

    fn known_roots(&self) -> Option<Arc<Roots>> {
        self.roots.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The root keys, read again if that was longer ago than `age`.
    async fn roots_read_within(&self, age: Duration) -> Result<Arc<Roots>, Error> {
        let recent = || self.known_roots().filter(|known| known.read_at.elapsed() <= age);
        if let Some(known) = recent() {
            return Ok(known);
        }
        let _reading = self.reading.lock().await;
        match recent() {
            Some(known) => Ok(known),
            // Boxed, so that the futures of whatever needs a key stay small.
            None => Box::pin(self.read_roots()).await,
        }
    }

    /// The root keys as they are stored now.
    async fn reload_roots(&self) -> Result<Arc<Roots>, Error> {
        let _reading = self.reading.lock().await;
        Box::pin(self.read_roots()).await
    }

    async fn read_roots(&self) -> Result<Arc<Roots>, Error> {
        let known = self.known_roots();
        let stored = match self.stored_root().await? {
            Some(stored) => stored,
            None if known.is_none() => self.first_root().await?,
            // A new one would open nothing.
            None => return Err(Error::internal("the root key disappeared")),
        };
        let roots = Arc::new(Roots::open(stored, known.as_deref(), &self.wrapper).await?);
        *self.roots.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&roots));
        Ok(roots)
    }

    async fn stored_root(&self) -> Result<Option<Stored>, Error> {
        Ok(self.item(&system_pk(Purpose::Root)).await?.map(Stored::read))
    }

    /// Creates the root key, unless another process does so at the same time.
    async fn first_root(&self) -> Result<Stored, Error> {
        let (_, wrapped) = self.wrapper.generate(Purpose::Root).await?;
        let stored = Stored::first(wrapped);
        if self.store.put(Write::put_item(stored.item.clone()).when(Condition::absent("pk"))).await? {
            return Ok(stored);
        }
        self.stored_root().await?.ok_or_else(|| Error::internal("the root key disappeared"))
    }

    /// The version of the root key to seal with.
    async fn sealing_root(&self) -> Result<Arc<Root>, Error> {
        self.roots_read_within(ROOTS_AGE).await?.sealing(&self.wrapper).await
    }

    /// One version of the root key; `None` if there is none with this number.
    async fn of_version(&self, version: u32) -> Result<Option<Arc<Root>>, Error> {
        let mut roots = self.root().await?;
        if !roots.has(version) {
            roots = self.roots_read_within(UNKNOWN_AGE).await?;
        }
        roots.version(version, &self.wrapper).await
    }

    /// Creates a system key other than the root key; returns it in plaintext and wrapped.
    pub(crate) async fn new_system_key(&self, purpose: Purpose) -> Result<([u8; 32], Sealed), Error> {
        let (key, wrapped) = self.wrapper.generate(purpose).await?;
        Ok((key, Sealed(wrapped)))
    }

    /// Unwraps a system key.
    pub async fn system_key(&self, purpose: Purpose, wrapped: &Sealed) -> Result<[u8; 32], Error> {
        self.wrapper.unwrap_key(purpose, &wrapped.0).await
    }

    /// Reads an item of the `keys` table, strongly consistent.
    pub async fn item(&self, pk: &str) -> Result<Option<Item>, Error> {
        let get = self.store.client().get_item().table_name(&self.table).key("pk", AttributeValue::S(pk.to_owned()));
        Ok(get.consistent_read(true).send().await.map_err(table::failure)?.item)
    }

    /// Writes items of the `keys` table together, each under its condition; returns whether they were written.
    pub(crate) async fn write_all(&self, items: Vec<(Item, Condition)>) -> Result<bool, Error> {
        let mut transaction = Transaction::new();
        for (item, condition) in items {
            transaction.push(Write::put_item(item).when(condition), |_| Error::StaleVersion);
        }
        match self.store.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(Error::StaleVersion) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Creates a data key for `subject` and the write that stores it; add that write to the subject's own transaction.
    pub async fn new_subject(&self, subject: &str) -> Result<(SubjectKey, Write<Put>), Error> {
        let mut plain = [0_u8; 32];
        rand::fill(&mut plain).map_err(Error::defect)?;
        let pk = subject_pk(subject);
        let wrapped = self.sealing_root().await?.wrap(&pk, &plain)?;
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
        match self.item(&subject_pk(subject)).await? {
            Some(item) => self.subject_from(subject, &item).await.map(Some),
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
        let answer = self.store.client().batch_get_item().request_items(&self.table, wanted).send().await;
        let answer = answer.map_err(table::failure)?;
        if answer.unprocessed_keys.is_some_and(|u| !u.is_empty()) {
            return Err(Error::Unavailable("a read was throttled".into()));
        }
        Ok(answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default())
    }

    /// The data key in an item of the `keys` table that was read together with the entity.
    async fn subject_from(&self, subject: &str, item: &Item) -> Result<SubjectKey, Error> {
        let wrapped = bytes(item, "wrapped").ok_or_else(|| Error::internal("a subject key has no value"))?;
        self.remember(subject, &self.unwrap_key(&subject_pk(subject), &Sealed(wrapped)).await?)
    }

    /// Unwraps a subject's key with the version of the root key that it names.
    async fn unwrap_key(&self, pk: &str, wrapped: &Sealed) -> Result<[u8; 32], Error> {
        let unknown = || Error::internal(format!("the key {pk} is wrapped with an unknown version of the root key"));
        let root = self.of_version(version_of(wrapped).ok_or_else(unknown)?).await?.ok_or_else(unknown)?;
        root.unwrap_key(pk, wrapped)
    }

    fn remember(&self, subject: &str, plain: &[u8; 32]) -> Result<SubjectKey, Error> {
        let key = Arc::new(Cipher::new(plain)?);
        let mut kept = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(subject.to_owned(), (Arc::clone(&key), Instant::now()));
        Ok(key)
    }
}

/// Partition key of a system key.
#[must_use]
pub fn system_pk(purpose: Purpose) -> String {
    format!("SYSTEM#{}", purpose.as_str())
}

/// Days since 1970.
fn today() -> u16 {
    u16::try_from(Timestamp::now().as_second() / SECONDS_PER_DAY).unwrap_or(u16::MAX)
}

/// Partition key of a subject's wrapped data key.
#[must_use]
fn subject_pk(subject: &str) -> String {
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
