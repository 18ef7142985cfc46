//! The versions of the root key: how they are stored, and which of them seals.
//!
//! One item holds all of them, so that a function that starts reads one item and unwraps one key, however often the root key was rotated.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::{constant_time, hmac};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::OnceCell;

use super::root::{FIRST, Root};
use super::wrapper::{KeyWrapper, Purpose};
use super::{bytes, key_item, system_pk};
use crate::cipher::Sealed;
use crate::table::{self, Item};
use kernel::error::Error;
use kernel::time::Timestamp;

/// What the lookup key is bound to when it is wrapped.
const LOOKUP: &str = "SYSTEM#root/lookup";
/// Names of the item's attributes: of the first version, of later ones before their number, and of the times.
const WRAPPED: &str = "wrapped";
const WRAPPED_OF: &str = "wrapped_";
const LOOKUP_OF: &str = "lookup_";
const SEALS_FROM: &str = "seals_from";
const ROTATED_AT: &str = "rotated_at";

/// The item of the root key.
#[derive(Clone)]
pub(super) struct Stored {
    /// The item as it was read.
    pub(super) item: Item,
    /// Each version, wrapped by the key wrapper.
    wrapped: BTreeMap<u32, Vec<u8>>,
    /// The lookup key, wrapped by each version but the first, from which it is derived.
    lookups: BTreeMap<u32, Vec<u8>>,
    /// When the newest version starts to seal.
    pub(super) seals_from: i64,
    /// When the newest version was made.
    pub(super) rotated_at: i64,
}

impl Stored {
    pub(super) fn read(item: Item) -> Self {
        let of = |prefix: &str| {
            let numbered = item.keys().filter_map(|name| Some((name, name.strip_prefix(prefix)?.parse().ok()?)));
            numbered.filter_map(|(name, version)| Some((version, bytes(&item, name)?))).collect::<BTreeMap<u32, _>>()
        };
        let mut wrapped = of(WRAPPED_OF);
        wrapped.extend(bytes(&item, WRAPPED).map(|first| (FIRST, first)));
        let time = |name| table::read(&item, name).unwrap_or_default();
        Self { wrapped, lookups: of(LOOKUP_OF), seals_from: time(SEALS_FROM), rotated_at: time(ROTATED_AT), item }
    }

    /// The item of the first version.
    pub(super) fn first(wrapped: Vec<u8>) -> Self {
        Self::read(key_item(&system_pk(Purpose::Root), WRAPPED, wrapped))
    }

    /// Every version, oldest first.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.wrapped.keys().copied()
    }

    pub(super) fn newest(&self) -> u32 {
        self.versions().next_back().unwrap_or(FIRST)
    }

    /// The item with a newer version, which seals from `seals_from` on.
    pub(super) fn with(
        &self,
        wrapped: Vec<u8>,
        root: &Root,
        lookup: &[u8; 32],
        seals_from: i64,
    ) -> Result<Self, Error> {
        let mut item = self.item.clone();
        let binary = |bytes| AttributeValue::B(Blob::new(bytes));
        let number = |number: i64| AttributeValue::N(number.to_string());
        let version = root.version();
        item.insert(format!("{WRAPPED_OF}{version}"), binary(wrapped));
        item.insert(format!("{LOOKUP_OF}{version}"), binary(root.wrap(LOOKUP, lookup)?.0));
        item.insert(SEALS_FROM.into(), number(seals_from));
        item.insert(ROTATED_AT.into(), number(Timestamp::now().as_second()));
        Ok(Self::read(item))
    }

    /// The item with nothing but the newest version.
    pub(super) fn without_older(&self) -> Self {
        let mut item = self.item.clone();
        for older in self.versions().filter(|version| *version != self.newest()) {
            item.remove(&format!("{WRAPPED_OF}{older}"));
            item.remove(&format!("{LOOKUP_OF}{older}"));
            if older == FIRST {
                item.remove(WRAPPED);
            }
        }
        Self::read(item)
    }

    /// The version that seals at `now`: the newest, or the one before it as long as not every process can know the newest.
    fn sealing_at(&self, now: i64) -> u32 {
        let mut newest_first = self.versions().rev();
        let newest = newest_first.next().unwrap_or(FIRST);
        if now < self.seals_from { newest_first.next().unwrap_or(newest) } else { newest }
    }
}

/// The versions of the root key as this process last read them, and the lookup key, which is the same for all of them.
pub struct Roots {
    pub(super) stored: Stored,
    pub(super) read_at: Instant,
    /// Unwrapped when they are first needed.
    versions: BTreeMap<u32, OnceCell<Arc<Root>>>,
    lookup_key: [u8; 32],
    lookup: hmac::Key,
}

impl Roots {
    /// Unwraps what is needed to seal. What `known` has unwrapped already is not unwrapped again.
    pub(super) async fn open(stored: Stored, known: Option<&Self>, wrapper: &KeyWrapper) -> Result<Self, Error> {
        let versions = stored.versions().map(|version| {
            let root = known.and_then(|known| known.versions.get(&version)).cloned();
            (version, root.unwrap_or_default())
        });
        let versions: BTreeMap<_, _> = versions.collect();
        let sealing = stored.sealing_at(Timestamp::now().as_second());
        let root = unwrapped(&stored, &versions, sealing, wrapper).await?;
        let root = root.ok_or_else(|| Error::internal("the root key has no version"))?;
        let lookup_key = match (known, stored.lookups.get(&sealing)) {
            (Some(known), _) => known.lookup_key,
            (None, Some(wrapped)) => root.unwrap_key(LOOKUP, &Sealed(wrapped.clone()))?,
            (None, None) => root.lookup_key()?,
        };
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, &lookup_key);
        Ok(Self { stored, read_at: Instant::now(), versions, lookup_key, lookup })
    }

    /// A keyed hash of `value`, so that equal values can be found without being readable. `kind` separates hashes of different kinds
    /// of values. The key stays the same when the root key is rotated.
    #[must_use]
    pub fn lookup(&self, kind: &str, value: &str) -> String {
        self.lookup_bytes(kind, value.as_bytes())
    }

    /// [`Roots::lookup`] for bytes.
    pub(crate) fn lookup_bytes(&self, kind: &str, value: &[u8]) -> String {
        let mut tag = hmac::Context::with_key(&self.lookup);
        tag.update(kind.as_bytes());
        tag.update(b"\0");
        tag.update(value);
        URL_SAFE_NO_PAD.encode(&tag.sign().as_ref()[..24])
    }

    /// A proof that Steward issued `text`, to be handed out with it: 32 characters. Rotating the root key leaves it valid.
    #[must_use]
    pub fn prove(&self, text: &str) -> String {
        self.lookup("proof of issue", text)
    }

    /// Whether `proof` is the one that was handed out with `text`. Takes the same time for any proof of the right length.
    #[must_use]
    pub fn proves(&self, text: &str, proof: &str) -> bool {
        constant_time::verify_slices_are_equal(self.prove(text).as_bytes(), proof.as_bytes()).is_ok()
    }

    /// The lookup key, to wrap it with a newer version.
    pub(super) fn lookup_key(&self) -> &[u8; 32] {
        &self.lookup_key
    }

    /// Whether there is such a version.
    pub(super) fn has(&self, version: u32) -> bool {
        self.versions.contains_key(&version)
    }

    /// One version; `None` if there is none with this number.
    pub(super) async fn version(&self, version: u32, wrapper: &KeyWrapper) -> Result<Option<Arc<Root>>, Error> {
        unwrapped(&self.stored, &self.versions, version, wrapper).await
    }

    /// The version that seals now.
    pub(super) async fn sealing(&self, wrapper: &KeyWrapper) -> Result<Arc<Root>, Error> {
        let version = self.stored.sealing_at(Timestamp::now().as_second());
        self.version(version, wrapper).await?.ok_or_else(|| Error::internal("the root key has no version"))
    }
}

async fn unwrapped(
    stored: &Stored,
    versions: &BTreeMap<u32, OnceCell<Arc<Root>>>,
    version: u32,
    wrapper: &KeyWrapper,
) -> Result<Option<Arc<Root>>, Error> {
    let (Some(root), Some(wrapped)) = (versions.get(&version), stored.wrapped.get(&version)) else { return Ok(None) };
    let unwrap = || {
        Box::pin(async {
            let key = wrapper.unwrap_key(Purpose::Root, wrapped).await?;
            Root::derive(version, &key).map(Arc::new)
        })
    };
    root.get_or_try_init(unwrap).await.map(|root| Some(Arc::clone(root)))
}

#[cfg(test)]
impl Roots {
    /// The first version of a root key, for tests.
    pub(crate) fn of(key: [u8; 32]) -> Self {
        let root = Arc::new(Root::derive(FIRST, &key).unwrap());
        let lookup_key = root.lookup_key().unwrap();
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, &lookup_key);
        let versions = BTreeMap::from([(FIRST, OnceCell::new_with(Some(root)))]);
        Self { stored: Stored::first(Vec::new()), read_at: Instant::now(), versions, lookup_key, lookup }
    }
}
