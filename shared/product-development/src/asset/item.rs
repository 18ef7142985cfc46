//! How assets and their versions are stored: under their product, unencrypted, because they are the company's own work.

use serde::{Deserialize, Serialize};

use super::{Approval, Asset, AssetVersion, Kind};
use crate::product;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId, RequirementId, UserId};
use kernel::text::{self, LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Head};
use platform::page::{List, Order};
use platform::table::{self, Draft, Item, Key};
use platform::upload::{self, FileName, HolderKind, Places, Status, VersionId};

/// How assets are stored.
pub(super) const ASSETS: HolderKind = HolderKind {
    noun: "asset",
    one: "An asset",
    folder: "assets",
    item: ItemType::Asset,
    tombstone: ItemType::AssetDeleted,
};

/// The `card` attribute of an asset, which holds the whole asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AssetCard {
    pub id: AssetId,
    pub product_id: ProductId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub name: Name,
    /// The name in the form used for search.
    pub searched: String,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<Implements>,
    pub status: Status,
    pub approval: Approval,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    pub file: StoredFile,
    pub latest_version: u32,
    pub created_by: UserId,
    pub created_by_name: String,
}

/// The requirement that an asset is for, and its content version at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Implements {
    pub id: RequirementId,
    pub content_version: u64,
}

/// Who approved or rejected an asset, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Decision {
    pub by: UserId,
    pub by_name: String,
    pub at: Timestamp,
    pub note: Option<LongText>,
}

/// The file in an asset's card.
pub(super) type StoredFile = upload::StoredFile<FileName>;

/// The `data` attribute of a version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredVersion {
    pub file: StoredFile,
    pub note: Option<LongText>,
}

/// Primary key of an asset.
#[must_use]
pub fn key(product: ProductId, id: AssetId) -> Key {
    Key::new(product::partition(product), format!("ASSET#{id}"))
}

/// Prefix of the sort keys of an asset's versions.
fn versions_prefix(id: AssetId) -> String {
    format!("VERSION#ASSET#{id}#")
}

/// The versions of an asset, newest first.
pub(super) fn version_list(product: ProductId, id: AssetId) -> List {
    upload::version_list(&product::partition(product), versions_prefix(id), Order::Descending)
}

pub(super) fn version_key(product: ProductId, id: AssetId, number: u32) -> Key {
    Key::new(product::partition(product), format!("{}{number:04}", versions_prefix(id)))
}

/// Where the bytes of a version are stored.
pub(super) fn places(product: ProductId, id: AssetId, number: u32) -> Places {
    ASSETS.places(product, VersionId { id, number })
}

/// The version that a pending key belongs to. `None` if the key is not a pending key.
pub(super) fn read_pending(object: &str) -> Option<(ProductId, VersionId<AssetId>)> {
    ASSETS.read_pending(object)
}

/// The possible locations of the bytes of the version in an item of a product. `None` if the item holds something else.
pub(crate) fn objects(product: ProductId, item: &Item) -> Option<Places> {
    let (id, number) = table::text(item, "sk")?.strip_prefix("VERSION#ASSET#")?.split_once('#')?;
    Some(places(product, id.parse().ok()?, number.parse().ok()?))
}

/// Partition in `gsi1` of a product's assets, by time.
pub(super) fn list_partition(product: ProductId) -> String {
    format!("ASSETS#{product}")
}

/// Partition of the assets that a user has started and that are not available yet.
pub(super) fn unfinished(product: ProductId, user: UserId) -> String {
    format!("ASSETS#{product}#UNFINISHED#{user}")
}

/// Returns text in the form used to search names.
pub(super) fn searched(text: &str) -> String {
    text::fold(text.trim())
}

impl AssetCard {
    /// A new asset that is awaiting its file.
    pub fn new(product_id: ProductId, id: AssetId, name: Name, kind: Kind, file: StoredFile) -> Self {
        Self {
            id,
            product_id,
            created_at: file.created_at,
            updated_at: file.created_at,
            searched: searched(name.as_str()),
            name,
            kind,
            requirement: None,
            status: Status::AwaitingUpload,
            approval: Approval::Draft,
            decision: None,
            latest_version: file.number,
            created_by: file.created_by,
            created_by_name: file.created_by_name.clone(),
            file,
        }
    }

    /// Renames the asset.
    pub fn rename(&mut self, name: Name) {
        self.searched = searched(name.as_str());
        self.name = name;
    }

    /// The fields recorded in the audit trail.
    pub fn fields(&self) -> Fields {
        let plain = |text: Option<String>| Compared::Plain(text);
        let note = self.decision.as_ref().and_then(|decision| decision.note.as_ref());
        vec![
            ("name", plain(Some(self.name.to_string()))),
            ("kind", plain(Some(self.kind.as_str().into()))),
            ("requirement_id", plain(self.requirement.map(|implements| implements.id.to_string()))),
            ("requirement_version", plain(self.requirement.map(|implements| implements.content_version.to_string()))),
            ("status", plain(Some(self.status.as_str().into()))),
            ("approval", plain(Some(self.approval.as_str().into()))),
            ("approval_note", plain(note.map(ToString::to_string))),
            ("latest_version", plain(Some(self.latest_version.to_string()))),
        ]
    }

    /// Returns the asset as the API shows it; `suspect` says that its requirement has changed since.
    pub fn shown(self, version: u64, suspect: bool) -> Asset {
        let decision = self.decision;
        Asset {
            id: self.id,
            version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            product_id: self.product_id,
            name: self.name,
            kind: self.kind,
            requirement_id: self.requirement.map(|implements| implements.id),
            requirement_version: self.requirement.map(|implements| implements.content_version),
            requirement_suspect: suspect,
            status: self.status,
            approval: self.approval,
            approver_id: decision.as_ref().map(|decision| decision.by),
            approver_name: decision.as_ref().map(|decision| decision.by_name.clone()),
            decided_at: decision.as_ref().map(|decision| decision.at),
            approval_note: decision.and_then(|decision| decision.note),
            file_name: self.file.name,
            content_type: self.file.content_type,
            size: self.file.size,
            sha256: self.file.sha256,
            file_version: self.file.number,
            latest_version: self.latest_version,
            created_by: self.created_by,
            created_by_name: self.created_by_name,
        }
    }
}

impl StoredVersion {
    /// Returns the version as the API shows it.
    pub fn shown(self) -> AssetVersion {
        let Self { file, note } = self;
        AssetVersion {
            number: file.number,
            status: file.status,
            reason: file.reason,
            note,
            file_name: file.name,
            content_type: file.content_type,
            size: file.size,
            sha256: file.sha256,
            created_at: file.created_at,
            created_by: file.created_by,
            created_by_name: file.created_by_name,
        }
    }
}

/// The item of an asset. Until the asset is available only its creator can find it, and one whose file is never uploaded expires.
pub(super) fn draft(card: &AssetCard, version: u64, head: &Head) -> Result<Draft, Error> {
    let list = if card.status == Status::Available {
        list_partition(card.product_id)
    } else {
        unfinished(card.product_id, card.created_by)
    };
    let draft = ASSETS.draft(key(card.product_id, card.id), card, version, head)?;
    Ok(card.file.expiring(draft.index("gsi1", list, format!("{}#{}", card.created_at, card.id))))
}

/// The item of a version; one that is awaiting its file expires.
pub(super) fn version_draft(product: ProductId, id: AssetId, version: &StoredVersion) -> Result<Draft, Error> {
    let key = version_key(product, id, version.file.number);
    upload::version_draft(key, ItemType::AssetVersion, version, &version.file)
}

/// The tombstone of a deleted asset, in no list. Its files are kept for the audit history as long as its product exists.
pub(super) fn tombstone(card: &AssetCard, version: u64, head: &Head) -> Result<Draft, Error> {
    ASSETS.tombstone(key(card.product_id, card.id), card, version, head)
}

/// Reads the version in an item, unless it has expired.
pub(super) fn version_of(item: &Item) -> Result<Option<StoredVersion>, Error> {
    upload::open_version(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_canonical_pending_key_is_accepted() {
        let (product, id) = (ProductId::new(), AssetId::new());
        let places = places(product, id, 7);
        assert_eq!(read_pending(&places.pending), Some((product, VersionId { id, number: 7 })));
        let object = &places.pending;
        for other in
            [format!("{object}/x"), object.to_uppercase(), object.replace("/7", "/07"), places.released.clone()]
        {
            assert_eq!(read_pending(&other), None, "{other}");
        }
    }

    #[test]
    fn a_version_item_yields_its_object_keys() {
        let (product, id) = (ProductId::new(), AssetId::new());
        let key = version_key(product, id, 12);
        let item = Draft::new(key, ItemType::AssetVersion, &()).unwrap().into_item();
        assert_eq!(objects(product, &item), Some(places(product, id, 12)));
        let other = Draft::new(super::key(product, id), ItemType::Asset, &()).unwrap().into_item();
        assert_eq!(objects(product, &other), None);
    }

    proptest! {
        #[test]
        fn parsing_any_key_never_panics(object in "(pending/assets/)?.{0,90}") {
            let _ = read_pending(&object);
        }
    }
}
