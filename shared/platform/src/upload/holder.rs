//! The entities that hold files: documents, assets and attachments. Each kind has items and objects of its own, named and read alike.
//!
//! A document or an asset holds versions of its file. Each version is an item of its own, and the holder's card shows the newest
//! available one.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arrival::Places;
use super::stored::{Status, StoredFile, is_expired};
use crate::app::App;
use crate::audit::Head;
use crate::page::{List, Order, Source};
use crate::table::{self, Draft, Item, Key};
use kernel::ItemType;
use kernel::error::Error;

/// Maximum number of versions per file holder.
const MAX_VERSIONS: u32 = 100;

/// A kind of file holder.
#[derive(Debug, Clone, Copy)]
pub struct HolderKind {
    /// The noun in messages: `document`.
    pub noun: &'static str,
    /// The noun with its article, as it starts a sentence: `A document`.
    pub one: &'static str,
    /// Folder of the bucket that holds their files.
    pub folder: &'static str,
    /// Type of their items.
    pub item: ItemType,
    /// Type of their tombstones.
    pub tombstone: ItemType,
}

/// A file holder as read from its item.
pub struct Holder<C> {
    /// Its `card` attribute.
    pub card: C,
    /// Its version.
    pub version: u64,
    /// The head of its audit chain.
    pub head: Head,
}

/// The version `number` of the file that the holder `id` has. Object keys contain it as `id/number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionId<I> {
    pub id: I,
    pub number: u32,
}

impl<I: Display> Display for VersionId<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.id, self.number)
    }
}

impl<I: FromStr> FromStr for VersionId<I> {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, number) = text.split_once('/').ok_or(())?;
        Ok(Self { id: id.parse().map_err(drop)?, number: number.parse().map_err(drop)? })
    }
}

impl HolderKind {
    /// The keys of a file's bytes. `owner` is the entity that the holder belongs to when the upload begins; the file keeps its key when the
    /// holder moves.
    #[must_use]
    pub fn places(&self, owner: impl Display, file: impl Display) -> Places {
        let folder = self.folder;
        Places {
            pending: format!("pending/{folder}/{owner}/{file}"),
            released: format!("{folder}/{file}"),
            quarantined: format!("quarantine/{folder}/{file}"),
        }
    }

    /// The owner and the file that a pending key belongs to. `None` if the key is not a pending key of this kind.
    #[must_use]
    pub fn read_pending<O, F>(&self, object: &str) -> Option<(O, F)>
    where
        O: Display + FromStr,
        F: Display + FromStr,
    {
        let rest = object.strip_prefix("pending/")?.strip_prefix(self.folder)?.strip_prefix('/')?;
        let (owner, file) = rest.split_once('/')?;
        let (owner, file) = (owner.parse().ok()?, file.parse().ok()?);
        // Only the canonical spelling is one of our keys.
        (self.places(&owner, &file).pending == object).then_some((owner, file))
    }

    /// The item of a holder, without its place in lists.
    pub fn draft(&self, key: Key, card: &impl Serialize, version: u64, head: &Head) -> Result<Draft, Error> {
        Draft::new(key, self.item, &())?.number("version", version).card(card)?.object("audit_head", head)
    }

    /// The tombstone of a deleted holder, in no list. Its files are kept for its history.
    pub fn tombstone(&self, key: Key, card: &impl Serialize, version: u64, head: &Head) -> Result<Draft, Error> {
        Draft::new(key, self.tombstone, &())?.number("version", version).card(card)?.object("audit_head", head)
    }

    /// Reads the card of an item if it is a holder of this kind that is neither deleted nor expired.
    pub fn card_of<C: DeserializeOwned>(&self, item: &Item) -> Result<Option<C>, Error> {
        if table::item_type(item) == Some(self.item) && !is_expired(item)? {
            table::read(item, "card").map(Some)
        } else {
            Ok(None)
        }
    }

    /// Reads a holder of this kind that is neither deleted nor expired.
    pub fn open<C: DeserializeOwned>(&self, item: &Item) -> Result<Option<Holder<C>>, Error> {
        let Some(card) = self.card_of(item)? else { return Ok(None) };
        Ok(Some(Holder { card, version: table::read(item, "version")?, head: table::read(item, "audit_head")? }))
    }

    /// Refuses a holder whose first file was never uploaded. It expires together with the head of its audit chain, so it can only be
    /// deleted: a tombstone does not expire.
    pub fn require_uploaded(&self, status: Status) -> Result<(), Error> {
        match status {
            Status::AwaitingUpload => {
                Err(Error::state(format!("This {}'s file hasn't been uploaded and checked yet.", self.noun)))
            }
            Status::Available | Status::Quarantined => Ok(()),
        }
    }

    /// The number of the version after `latest`.
    pub fn next_number(&self, latest: u32) -> Result<u32, Error> {
        if latest >= MAX_VERSIONS {
            return Err(Error::state(format!("{} can have at most {MAX_VERSIONS} versions.", self.one)));
        }
        Ok(latest + 1)
    }

    /// The error if a version could not be started. That request sends no `If-Match`, so a concurrent change is a conflict.
    #[must_use]
    pub fn not_started(&self, error: Error) -> Error {
        match error {
            Error::StaleVersion => {
                Error::conflict("conflict", format!("Someone else is changing this {}. Try again.", self.noun))
            }
            other => other,
        }
    }
}

/// The item of a version, which holds `data`, including `file`. It expires while the version is waiting for its file.
pub fn version_draft<N: Clone>(
    key: Key,
    kind: ItemType,
    data: &impl Serialize,
    file: &StoredFile<N>,
) -> Result<Draft, Error> {
    Ok(file.expiring(Draft::new(key, kind, data)?))
}

/// Reads what a version's item holds, unless it has expired.
pub fn open_version<V: DeserializeOwned>(item: &Item) -> Result<Option<V>, Error> {
    if is_expired(item)? { Ok(None) } else { table::read(item, "data").map(Some) }
}

/// The versions whose sort keys start with `prefix`.
#[must_use]
pub fn version_list(pk: &str, prefix: String, order: Order) -> List {
    List { consistent: true, ..List::new("versions", Source::table(pk, prefix), order) }
}

/// Reads the items of all versions in a list.
pub async fn version_items(app: &App, list: &List) -> Result<Vec<Item>, Error> {
    let most = usize::try_from(MAX_VERSIONS).map_err(Error::defect)?;
    Ok(list.read(app, None, most).await?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: HolderKind = HolderKind {
        noun: "document",
        one: "A document",
        folder: "documents",
        item: ItemType::Document,
        tombstone: ItemType::DocumentDeleted,
    };

    #[test]
    fn pending_keys_name_the_owner_and_the_file() {
        let file = VersionId { id: 7, number: 3 };
        let places = KIND.places(5, file);
        assert_eq!(places.pending, "pending/documents/5/7/3");
        assert_eq!(places.released, "documents/7/3");
        assert_eq!(places.quarantined, "quarantine/documents/7/3");
        assert_eq!(KIND.read_pending::<u32, VersionId<u32>>(&places.pending), Some((5, file)));
        for other in ["pending/documents/5/7/03", "pending/documents/5/7", "pending/assets/5/7/3", "documents/7/3"] {
            assert_eq!(KIND.read_pending::<u32, VersionId<u32>>(other), None, "{other}");
        }
    }

    #[test]
    fn the_number_of_versions_is_limited() {
        assert_eq!(KIND.next_number(1).unwrap(), 2);
        assert_eq!(KIND.next_number(MAX_VERSIONS - 1).unwrap(), MAX_VERSIONS);
        assert!(KIND.next_number(MAX_VERSIONS).is_err());
    }
}
