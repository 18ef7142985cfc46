//! Rotating the root key: a new version, subjects' keys wrapped again with it, and the removal of old versions.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::stream::{self, StreamExt as _};
use serde::{Deserialize, Serialize};

use super::root::{Root, version_of};
use super::wrapper::Purpose;
use super::{Keys, bytes, key_item, system_pk};
use crate::cipher::Sealed;
use crate::table::{self, Attribute, Condition, Item, Write};
use kernel::error::{self, Error};
use kernel::time::Timestamp;

/// How long after it was made a version starts to seal, in seconds. By then, a process that meets its number for the first time may read
/// the versions again: see [`super::UNKNOWN_AGE`].
const AHEAD: i64 = 5;
/// Number of keys that are wrapped again concurrently.
const AT_ONCE: usize = 8;
/// Prefix of the items that hold subjects' keys.
const SUBJECTS: &str = "SUBJECT#";
/// The item that holds the progress of a pass.
const PROGRESS_PK: &str = "SYSTEM#rotation";

/// The versions of the root key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RootVersions {
    /// Number of the newest.
    pub newest: u32,
    /// How many there are.
    pub count: usize,
    /// When the newest was made, in seconds since 1970; 0 for the first.
    pub rotated_at: i64,
    /// When the newest starts to seal, in seconds since 1970.
    pub seals_from: i64,
}

/// What became of one page of subjects' keys.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Number of keys wrapped again.
    pub wrapped: u64,
    /// Number of keys that cannot be unwrapped.
    pub broken: u64,
    /// Where to continue; `None` at the end.
    pub next: Option<String>,
}

/// What became of one subject's key.
enum Outcome {
    /// It is wrapped with the newest version already, was erased, or is no subject's key.
    Left,
    Wrapped,
    Broken,
}

impl Keys {
    /// Reads the versions of the root key; `None` if there is no root key yet.
    pub(crate) async fn root_versions(&self) -> Result<Option<RootVersions>, Error> {
        let stored = self.stored_root().await?;
        Ok(stored.map(|stored| RootVersions {
            newest: stored.newest(),
            count: stored.versions().count(),
            rotated_at: stored.rotated_at,
            seals_from: stored.seals_from,
        }))
    }

    /// Makes a newer version of the root key. Every process seals with it at the latest when it next reads the versions.
    pub(crate) async fn new_root(&self) -> Result<(), Error> {
        let roots = self.reload_roots().await?;
        let (key, wrapped) = self.wrapper.generate(Purpose::Root).await?;
        let root = Root::derive(roots.stored.newest() + 1, &key)?;
        let next = roots.stored.with(wrapped, &root, roots.lookup_key(), Timestamp::now().as_second() + AHEAD)?;
        self.replace_root(&roots.stored.item, next.item).await?;
        self.reload_roots().await.map(drop)
    }

    /// Removes every version of the root key but the newest. What is still sealed with them can never be read again.
    pub(crate) async fn drop_old_roots(&self) -> Result<(), Error> {
        let roots = self.reload_roots().await?;
        self.replace_root(&roots.stored.item, roots.stored.without_older().item).await?;
        self.reload_roots().await.map(drop)
    }

    /// Replaces the item of the root key if it has the same versions as `before`.
    async fn replace_root(&self, before: &Item, after: Item) -> Result<(), Error> {
        let unchanged = match table::read::<i64>(before, "rotated_at") {
            Ok(rotated_at) => Condition::is("rotated_at", rotated_at),
            Err(_) => Condition::exists("wrapped").and(Condition::absent("rotated_at")),
        };
        if self.store.put(Write::put_item(after).when(unchanged)).await? {
            return Ok(());
        }
        Err(Error::conflict("conflict", "Someone else is rotating the root key. Try again."))
    }

    /// Wraps again up to `limit` keys that come `after` a partition, if they are not wrapped with the newest version yet.
    pub(crate) async fn rewrap(&self, after: Option<&str>, limit: i32) -> Result<Page, Error> {
        let newest = self.root().await?.stored.newest();
        let newest = self.of_version(newest).await?.ok_or_else(|| Error::internal("the root key has no version"))?;
        let start = after.map(|after| Item::from([("pk".into(), AttributeValue::S(after.into()))]));
        let scan = self.store.client().scan().table_name(&self.table).limit(limit).consistent_read(true);
        let read = scan.set_exclusive_start_key(start).send().await.map_err(table::failure)?;
        let items = read.items.unwrap_or_default().into_iter();
        let work: Vec<_> = items.map(|item| self.rewrap_one(&newest, item)).collect();
        let mut outcomes = stream::iter(work).buffer_unordered(AT_ONCE);
        let mut page = Page::default();
        while let Some(outcome) = outcomes.next().await {
            match outcome? {
                Outcome::Left => {}
                Outcome::Wrapped => page.wrapped += 1,
                Outcome::Broken => page.broken += 1,
            }
        }
        page.next = read.last_evaluated_key.and_then(|last| table::text(&last, "pk").map(str::to_owned));
        Ok(page)
    }

    async fn rewrap_one(&self, newest: &Root, item: Item) -> Result<Outcome, Error> {
        let Some(pk) = table::text(&item, "pk").filter(|pk| pk.starts_with(SUBJECTS)) else { return Ok(Outcome::Left) };
        let Some(wrapped) = bytes(&item, "wrapped").map(Sealed) else { return Ok(Outcome::Left) };
        if version_of(&wrapped) == Some(newest.version()) {
            return Ok(Outcome::Left);
        }
        let key = match self.unwrap_key(pk, &wrapped).await {
            Ok(key) => key,
            Err(error) if error.retryable() => return Err(error),
            Err(error) => {
                tracing::error!(error = %error::chain(&error), pk, "a key cannot be unwrapped");
                return Ok(Outcome::Broken);
            }
        };
        let next = key_item(pk, "wrapped", newest.wrap(pk, &key)?.0);
        // An erased key must not come back.
        let unchanged = Condition::is("wrapped", Attribute::of(&wrapped)?);
        let wrapped = self.store.put(Write::put_item(next).when(unchanged)).await?;
        Ok(if wrapped { Outcome::Wrapped } else { Outcome::Left })
    }
}

/// How far a pass over all subjects' keys has got; one item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Progress {
    pk: String,
    /// The version that the keys are wrapped with.
    pub version: u32,
    /// When the pass started, in seconds since 1970.
    pub started: i64,
    /// The partition to continue after.
    pub after: Option<String>,
    /// Number of keys that cannot be unwrapped.
    pub broken: u64,
    /// Whether the pass is over.
    pub done: bool,
}

impl Progress {
    /// A pass that starts at `started`, in seconds since 1970.
    pub(crate) fn start(version: u32, started: i64) -> Self {
        Self { pk: PROGRESS_PK.into(), version, started, after: None, broken: 0, done: false }
    }
}

impl Keys {
    /// Reads the progress of the last pass; `None` if there was none.
    pub(crate) async fn progress(&self) -> Result<Option<Progress>, Error> {
        let item = self.item(PROGRESS_PK).await?;
        item.map(serde_dynamo::from_item).transpose().map_err(Error::defect)
    }

    /// Stores the progress of a pass.
    pub(crate) async fn keep_progress(&self, progress: &Progress) -> Result<(), Error> {
        let item = serde_dynamo::to_item(progress).map_err(Error::defect)?;
        self.store.put(Write::put_item(item)).await.map(drop)
    }

    /// Asks `auth` for a new signing key. It makes one within minutes, when somebody next signs in.
    pub(crate) async fn ask_for_signing_key(&self) -> Result<(), Error> {
        let pk = system_pk(Purpose::TokenSigning);
        let Some(mut item) = self.item(&pk).await? else { return Ok(()) };
        let wrapped =
            bytes(&item, "wrapped").map(Sealed).ok_or_else(|| Error::internal("the signing key has no value"))?;
        item.insert("rotate".into(), AttributeValue::Bool(true));
        // A key that was made in the meantime is new enough.
        let unchanged = Condition::is("wrapped", Attribute::of(&wrapped)?);
        self.store.put(Write::put_item(item).when(unchanged)).await.map(drop)
    }
}
