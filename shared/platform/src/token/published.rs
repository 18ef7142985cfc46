//! The public keys, as `auth` publishes them and every function reads them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::cipher::Sealed;
use crate::keys::Keys;
use crate::table::{self, Attribute, Condition, Item};
use kernel::error::{self, Error};
use kernel::time::Timestamp;

/// Partition key of the item.
const PK: &str = "SYSTEM#token-public";
/// The attribute with the keys, as JSON.
const KEYS: &str = "keys";
/// The attribute with the only key, as it was stored before there could be several.
const ONLY_KEY: &str = "key";
/// For an unknown key ID, the keys are read again if that was last done longer ago than this: a forged key ID must not make every request
/// read the table. A key is published longer than this before it signs.
const UNKNOWN_AGE: Duration = Duration::from_secs(2);
/// The keys are read again after this time, to learn that one is no longer accepted.
const AGE: Duration = Duration::from_mins(5);

/// A published public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PublicKey {
    /// Key ID, which tokens name.
    pub kid: String,
    /// 32 bytes, base64url.
    pub x: String,
    /// When it is no longer accepted, in seconds since 1970; absent for the newest key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl PublicKey {
    /// A key that is accepted from now on.
    pub(super) fn new(public: &[u8]) -> Self {
        let kid = URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, public).as_ref()[..9]);
        Self { kid, x: URL_SAFE_NO_PAD.encode(public), until: None }
    }
}

/// The item that holds the keys, as it was read.
pub(super) struct List {
    pub keys: Vec<PublicKey>,
    item: Option<Item>,
}

impl List {
    pub(super) async fn read(store: &Keys) -> Result<Self, Error> {
        let item = store.item(PK).await?;
        let stored = |name: &str| item.as_ref()?.get(name)?.as_b().ok().map(Blob::as_ref);
        let keys = match (stored(KEYS), stored(ONLY_KEY)) {
            (Some(keys), _) => serde_json::from_slice(keys).map_err(Error::defect)?,
            (None, Some(key)) => vec![serde_json::from_slice(key).map_err(Error::defect)?],
            (None, None) => Vec::new(),
        };
        Ok(Self { keys, item })
    }

    /// The write that replaces the keys, on the condition that nobody else has.
    pub(super) fn replaced(&self, keys: &[PublicKey]) -> Result<(Item, Condition), Error> {
        let json = serde_json::to_vec(keys).map_err(Error::defect)?;
        let item = Item::from([
            ("pk".into(), AttributeValue::S(PK.into())),
            (KEYS.into(), AttributeValue::B(Blob::new(json))),
        ]);
        let before = self.item.as_ref();
        let binary = |name: &str| table::read::<Sealed>(before?, name).ok();
        let unchanged = match (binary(KEYS), binary(ONLY_KEY)) {
            (Some(keys), _) => Condition::is(KEYS, Attribute::of(&keys)?),
            (None, Some(key)) => Condition::is(ONLY_KEY, Attribute::of(&key)?),
            (None, None) => Condition::absent("pk"),
        };
        Ok((item, unchanged))
    }
}

/// The public keys that this process has read.
#[derive(Default)]
pub(super) struct Published {
    /// Locked while the item is read, so that concurrent callers wait for that read.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, (Arc<DecodingKey>, Option<i64>)>,
    read_at: Option<Instant>,
}

impl Known {
    fn is_older_than(&self, age: Duration) -> bool {
        self.read_at.is_none_or(|read| read.elapsed() > age)
    }

    /// The key, unless it is no longer accepted.
    fn accepted(&self, kid: &str) -> Option<Arc<DecodingKey>> {
        let (key, until) = self.keys.get(kid)?;
        let accepted = until.is_none_or(|until| Timestamp::now().as_second() < until);
        accepted.then(|| Arc::clone(key))
    }

    fn learn(&mut self, keys: &[PublicKey]) -> Result<(), Error> {
        let decode = |key: &PublicKey| {
            let decoding = DecodingKey::from_ed_components(&key.x).map_err(Error::defect)?;
            Ok::<_, Error>((key.kid.clone(), (Arc::new(decoding), key.until)))
        };
        self.keys = keys.iter().map(decode).collect::<Result<_, _>>()?;
        Ok(())
    }

    async fn read(&mut self, store: &Keys) -> Result<(), Error> {
        self.read_at = Some(Instant::now());
        self.learn(&List::read(store).await?.keys)
    }
}

impl Published {
    /// Reads the keys if this process has not yet.
    pub(super) async fn prepare(&self, store: &Keys) -> Result<(), Error> {
        let mut known = self.known.lock().await;
        if known.keys.is_empty() { Box::pin(known.read(store)).await } else { Ok(()) }
    }

    /// The accepted key with this ID.
    pub(super) async fn key(&self, store: &Keys, kid: &str) -> Result<Option<Arc<DecodingKey>>, Error> {
        let mut known = self.known.lock().await;
        if !known.keys.contains_key(kid) && (known.keys.is_empty() || known.is_older_than(UNKNOWN_AGE)) {
            Box::pin(known.read(store)).await?;
        } else if known.is_older_than(AGE)
            && let Err(error) = Box::pin(known.read(store)).await
        {
            // Better a key that was accepted minutes ago than nobody signed in.
            tracing::warn!(error = %error::chain(&error), "could not read the public keys again");
        }
        Ok(known.accepted(kid))
    }

    /// Whether this process has read that the key is published.
    pub(super) async fn has(&self, kid: &str) -> bool {
        self.known.lock().await.keys.contains_key(kid)
    }

    /// Takes note of keys that this process has just read or published.
    pub(super) async fn learn(&self, keys: &[PublicKey]) -> Result<(), Error> {
        let mut known = self.known.lock().await;
        known.read_at = Some(Instant::now());
        known.learn(keys)
    }
}
