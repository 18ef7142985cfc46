//! The key that signs, and its rotation. Only `auth` gets here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::EncodingKey;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::ACCESS_TOKEN_SECONDS;
use super::published::{List, PublicKey, Published};
use crate::cipher::Sealed;
use crate::keys::{Keys, Purpose, system_pk};
use crate::table::{Attribute, Condition, Item};
use kernel::error::Error;
use kernel::time::Timestamp;

/// A process reads again which key signs after this time.
const AGE: Duration = Duration::from_mins(5);
/// How long a key is published before it signs, in seconds: longer than a function waits before it reads the keys again for an unknown one.
const AHEAD: i64 = 60;
/// How long a key is accepted after the next one started to sign, in seconds: as long as another process of `auth` may still sign with it,
/// and a token lives, and a minute for clocks that disagree.
const ACCEPTED_AFTER: i64 = 5 * 60 + ACCESS_TOKEN_SECONDS + 60;
/// Age at which a key is replaced without anybody asking, in seconds.
const LIFETIME: i64 = 90 * 24 * 3600;
/// How often a write that another process was faster with is tried again.
const TRIES: usize = 5;

/// The item of the signing key.
#[derive(Serialize, Deserialize)]
struct Stored {
    pk: String,
    /// The newest key, wrapped.
    wrapped: Sealed,
    /// When it starts to sign, in seconds since 1970. The first key has none.
    #[serde(default)]
    from: i64,
    /// The key before it, which signs until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Sealed>,
    /// Whether somebody has asked for a new key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    rotate: bool,
}

impl Stored {
    fn pk() -> String {
        system_pk(Purpose::TokenSigning)
    }

    async fn read(store: &Keys) -> Result<Option<Self>, Error> {
        let item = store.item(&Self::pk()).await?;
        item.map(serde_dynamo::from_item).transpose().map_err(Error::defect)
    }

    /// The key that signs at `now`, and when another one takes over.
    fn signing_at(&self, now: i64) -> (&Sealed, Option<i64>) {
        match &self.previous {
            Some(previous) if now < self.from => (previous, Some(self.from)),
            _ => (&self.wrapped, None),
        }
    }

    fn is_due(&self, now: i64) -> bool {
        now >= self.from && (self.rotate || now - self.from > LIFETIME)
    }

    /// Whether no process signs with the key before the newest any more, and no token signed with it is valid.
    fn is_over(&self, now: i64) -> bool {
        self.previous.is_some() && now >= self.from + ACCEPTED_AFTER
    }

    /// The write that stores this in place of `before`.
    fn replacing(&self, before: Option<&Self>) -> Result<(Item, Condition), Error> {
        let unchanged = match before {
            Some(before) => Condition::is("wrapped", Attribute::of(&before.wrapped)?),
            None => Condition::absent("pk"),
        };
        Ok((serde_dynamo::to_item(self).map_err(Error::defect)?, unchanged))
    }
}

/// The key that this process signs with.
pub(super) struct SigningKey {
    pub kid: String,
    pub key: EncodingKey,
    wrapped: Sealed,
    public: PublicKey,
}

impl SigningKey {
    fn of(seed: &[u8; 32], wrapped: Sealed) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(Error::defect)?;
        let public = PublicKey::new(pair.public_key().as_ref());
        let der = pair.to_pkcs8v1().map_err(Error::defect)?;
        Ok(Self { kid: public.kid.clone(), key: EncodingKey::from_ed_der(der.as_ref()), wrapped, public })
    }
}

/// What this process knows about the key that signs.
#[derive(Default)]
pub(super) struct Signing {
    /// Locked while it is read, so that concurrent callers wait for that read.
    current: Mutex<Option<Current>>,
}

struct Current {
    key: Arc<SigningKey>,
    read_at: Instant,
    /// When another key takes over, in seconds since 1970.
    until: Option<i64>,
}

impl Current {
    fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < AGE && self.until.is_none_or(|until| Timestamp::now().as_second() < until)
    }
}

impl Signing {
    /// The key to sign with. The first call makes the first key.
    pub(super) async fn key(&self, store: &Keys, published: &Published) -> Result<Arc<SigningKey>, Error> {
        let mut current = self.current.lock().await;
        if let Some(known) = current.as_ref().filter(|known| known.is_fresh()) {
            return Ok(Arc::clone(&known.key));
        }
        let known = current.as_ref().map(|known| Arc::clone(&known.key));
        // Boxed, so that the future of a sign-in stays small.
        let loaded = Box::pin(load(store, published, known)).await?;
        let key = Arc::clone(&loaded.key);
        *current = Some(loaded);
        Ok(key)
    }
}

async fn load(store: &Keys, published: &Published, known: Option<Arc<SigningKey>>) -> Result<Current, Error> {
    let now = Timestamp::now().as_second();
    for _ in 0..TRIES {
        let read_at = Instant::now();
        match Stored::read(store).await? {
            None => drop(create(store, published, now).await?),
            Some(stored) if stored.is_due(now) => drop(rotate(store, published, &stored, now).await?),
            Some(stored) if stored.is_over(now) => drop(tidy(store, published, stored, now).await?),
            Some(stored) => {
                let (wrapped, until) = stored.signing_at(now);
                let key = match known {
                    Some(known) if known.wrapped == *wrapped => known,
                    _ => Arc::new(unwrap(store, wrapped).await?),
                };
                ensure_published(store, published, &key.public).await?;
                return Ok(Current { key, read_at, until });
            }
        }
    }
    Err(Error::Unavailable("the signing key keeps changing".into()))
}

async fn unwrap(store: &Keys, wrapped: &Sealed) -> Result<SigningKey, Error> {
    SigningKey::of(&store.system_key(Purpose::TokenSigning, wrapped).await?, wrapped.clone())
}

async fn generate(store: &Keys) -> Result<SigningKey, Error> {
    let (seed, wrapped) = store.new_system_key(Purpose::TokenSigning).await?;
    SigningKey::of(&seed, wrapped)
}

/// Makes and publishes the first key, which signs at once. Any other that is published is no longer accepted.
async fn create(store: &Keys, published: &Published, now: i64) -> Result<bool, Error> {
    let first = generate(store).await?;
    let stored = Stored { pk: Stored::pk(), wrapped: first.wrapped, from: now, previous: None, rotate: false };
    write(store, published, (&stored, None), vec![first.public], &List::read(store).await?).await
}

/// Makes and publishes the next key, which signs in a minute.
async fn rotate(store: &Keys, published: &Published, before: &Stored, now: i64) -> Result<bool, Error> {
    let (next, list) = (generate(store).await?, List::read(store).await?);
    let from = now + AHEAD;
    let until = from + ACCEPTED_AFTER;
    let old = list.keys.iter().cloned().map(|key| PublicKey { until: Some(key.until.unwrap_or(until)), ..key });
    let keys = old.filter(|key| key.until.is_none_or(|until| now < until)).chain([next.public]).collect();
    let previous = Some(before.wrapped.clone());
    let stored = Stored { pk: Stored::pk(), wrapped: next.wrapped, from, previous, rotate: false };
    tracing::info!(kid = next.kid, "made a new signing key");
    write(store, published, (&stored, Some(before)), keys, &list).await
}

/// Removes the key before the newest, which nobody needs any more.
async fn tidy(store: &Keys, published: &Published, before: Stored, now: i64) -> Result<bool, Error> {
    let list = List::read(store).await?;
    let keys = list.keys.iter().filter(|key| key.until.is_none_or(|until| now < until)).cloned().collect();
    let stored = Stored { pk: Stored::pk(), wrapped: before.wrapped.clone(), previous: None, ..before };
    write(store, published, (&stored, Some(&stored)), keys, &list).await
}

/// Publishes the key if its item was lost.
async fn ensure_published(store: &Keys, published: &Published, key: &PublicKey) -> Result<(), Error> {
    if published.has(&key.kid).await {
        return Ok(());
    }
    let mut list = List::read(store).await?;
    // Another process may have published it since this one read the keys.
    if !list.keys.iter().any(|one| one.kid == key.kid) {
        let keys = [list.keys.clone(), vec![key.clone()]].concat();
        if !store.write_all(vec![list.replaced(&keys)?]).await? {
            return Err(Error::Unavailable("the public keys keep changing".into()));
        }
        list.keys = keys;
    }
    published.learn(&list.keys).await
}

/// Stores a signing key and the public keys together; returns `false` if another process was faster.
async fn write(
    store: &Keys,
    published: &Published,
    (stored, before): (&Stored, Option<&Stored>),
    keys: Vec<PublicKey>,
    list: &List,
) -> Result<bool, Error> {
    let written = store.write_all(vec![stored.replacing(before)?, list.replaced(&keys)?]).await?;
    if written {
        published.learn(&keys).await?;
    }
    Ok(written)
}
