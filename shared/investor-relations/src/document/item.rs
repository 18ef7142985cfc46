//! How documents and their versions are stored: under their investor and, once available, in the investor's timeline.
//!
//! The upload function makes its changes without the investor's data key: personal data is sealed once and then copied.

use serde::{Deserialize, Serialize};

use super::{Document, DocumentVersion};
use crate::investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestmentId, InvestorId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::Head;
use platform::caller::Caller;
use platform::cipher::{Cipher, Sealed};
use platform::page::{List, Order};
use platform::table::{self, Draft, Item, Key};
use platform::upload::{self, File, FileName, HolderKind, Places, Status, VersionId};

/// How documents are stored.
pub(super) const DOCUMENTS: HolderKind = HolderKind {
    noun: "document",
    one: "A document",
    folder: "documents",
    item: ItemType::Document,
    tombstone: ItemType::DocumentDeleted,
};

/// The `card` attribute. It holds the whole document, so that the timeline can read it from the index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DocumentCard {
    pub(super) id: DocumentId,
    pub(super) investor_id: InvestorId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    investment_id: Option<InvestmentId>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) status: Status,
    text: Sealed,
    pub(super) file: StoredFile,
    pub(super) latest_version: u32,
    pub(super) created_by: UserId,
    pub(super) created_by_name: String,
}

/// A file: the `data` attribute of a version, and part of a document's card.
pub(super) type StoredFile = upload::StoredFile<Sealed>;

/// The sealed text, as one value.
#[derive(Serialize, Deserialize)]
struct DocumentText {
    title: Name,
    description: Option<LongText>,
}

/// Primary key of a document.
#[must_use]
pub fn key(investor: InvestorId, id: DocumentId) -> Key {
    Key::new(investor::partition(investor), format!("DOCUMENT#{id}"))
}

/// Sort key prefix of a document's versions.
fn versions_prefix(id: DocumentId) -> String {
    format!("DOCUMENT#{id}#VERSION#")
}

/// The versions of a document.
pub(super) fn version_list(investor: InvestorId, id: DocumentId, order: Order) -> List {
    upload::version_list(&investor::partition(investor), versions_prefix(id), order)
}

pub(super) fn version_key(investor: InvestorId, id: DocumentId, number: u32) -> Key {
    Key::new(investor::partition(investor), format!("{}{number:04}", versions_prefix(id)))
}

/// Names the bytes of a version, whose document belonged to `investor` when the upload began.
pub(super) fn places(investor: InvestorId, id: DocumentId, number: u32) -> Places {
    DOCUMENTS.places(investor, VersionId { id, number })
}

/// The version that a pending key belongs to. `None` if the key is not a pending key.
pub(super) fn read_pending(object: &str) -> Option<(InvestorId, VersionId<DocumentId>)> {
    DOCUMENTS.read_pending(object)
}

fn text_place(id: DocumentId) -> String {
    format!("document/{id}/text")
}

fn name_place(id: DocumentId, number: u32) -> String {
    format!("document/{id}/{number}/name")
}

/// The stored form of a version that is waiting for its file.
pub(super) fn begin(
    id: DocumentId,
    number: u32,
    file: &File,
    caller: &Caller,
    now: Timestamp,
    cipher: &Cipher,
) -> Result<StoredFile, Error> {
    let name = cipher.seal_text(&name_place(id, number), file.name.as_str())?;
    Ok(StoredFile::waiting(number, file, name, caller, now))
}

/// The card of a document with this file.
pub(super) fn card(document: &Document, file: StoredFile, cipher: &Cipher) -> Result<DocumentCard, Error> {
    let text = DocumentText { title: document.title.clone(), description: document.description.clone() };
    let text = serde_json::to_vec(&text).map_err(Error::defect)?;
    Ok(DocumentCard {
        id: document.id,
        investor_id: document.investor_id,
        investment_id: document.investment_id,
        created_at: document.created_at,
        updated_at: document.updated_at,
        status: document.status,
        text: cipher.seal(&text_place(document.id), &text)?,
        file,
        latest_version: document.latest_version,
        created_by: document.created_by,
        created_by_name: document.created_by_name.clone(),
    })
}

/// The item of a document. Until it is available, only its creator can find it; if it is never uploaded, it expires.
pub(super) fn draft(card: &DocumentCard, version: u64, head: &Head) -> Result<Draft, Error> {
    let position = format!("{}#{}", card.created_at, card.id);
    let draft = DOCUMENTS.draft(key(card.investor_id, card.id), card, version, head)?;
    let draft = if card.status == Status::Available {
        let timeline = investor::timeline(card.investor_id);
        draft.index("gsi1", timeline, &position).index("gsi2", list_partition(card.investor_id), position)
    } else {
        draft.index("gsi2", unfinished(card.investor_id, card.created_by), position)
    };
    Ok(card.file.expiring(draft))
}

/// Partition of an investor's documents that can be downloaded, by creation time.
pub(crate) fn list_partition(investor: InvestorId) -> String {
    format!("{}#DOCUMENT", investor::timeline(investor))
}

/// Partition of the documents that a user created and that cannot be downloaded yet.
pub(super) fn unfinished(investor: InvestorId, user: UserId) -> String {
    format!("{}#UNFINISHED#{user}", investor::timeline(investor))
}

/// The item of a version. It expires while the version is waiting for its file.
pub(super) fn version_draft(investor: InvestorId, id: DocumentId, file: &StoredFile) -> Result<Draft, Error> {
    upload::version_draft(version_key(investor, id, file.number), ItemType::DocumentVersion, file, file)
}

/// Returns the file with its name resealed with another investor's key.
fn resealed(id: DocumentId, file: &StoredFile, from: &Cipher, into: &Cipher) -> Result<StoredFile, Error> {
    let name = file_name(id, file, from)?;
    Ok(StoredFile { name: into.seal_text(&name_place(id, file.number), name.as_str())?, ..file.clone() })
}

/// Returns the document's item under another investor: its next version, sealed with that investor's key. The files stay in
/// place because their object keys do not contain an investor.
pub(crate) fn moved(
    item: &Item,
    from: &Cipher,
    (into, cipher): (InvestorId, &Cipher),
    version: u64,
    head: &Head,
) -> Result<Draft, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "document" })?;
    let text = cipher.seal(&text_place(card.id), &from.open(&text_place(card.id), &card.text)?)?;
    let file = resealed(card.id, &card.file, from, cipher)?;
    let card = DocumentCard { investor_id: into, updated_at: Timestamp::now(), text, file, ..card };
    draft(&card, version, head)
}

/// Returns the item of a version under another investor.
pub(super) fn moved_version(
    item: &Item,
    id: DocumentId,
    from: &Cipher,
    (into, cipher): (InvestorId, &Cipher),
) -> Result<Option<Draft>, Error> {
    let Some(file) = file_of(item)? else { return Ok(None) };
    version_draft(into, id, &resealed(id, &file, from, cipher)?).map(Some)
}

/// Returns the id of the document in an item. `None` if the item is not a document, or is a deleted or expired one.
pub(crate) fn id_of(item: &Item) -> Result<Option<DocumentId>, Error> {
    Ok(card_of(item)?.map(|card| card.id))
}

/// Returns the document to which the version in an item belongs. `None` if the item is not a version.
pub(crate) fn version_of(item: &Item) -> Option<DocumentId> {
    let (id, _) = table::text(item, "sk")?.strip_prefix("DOCUMENT#")?.split_once("#VERSION#")?;
    id.parse().ok()
}

/// The tombstone of a deleted document. It appears in no list; the files are kept for its history.
pub(super) fn tombstone(card: &DocumentCard, version: u64, head: &Head) -> Result<Draft, Error> {
    DOCUMENTS.tombstone(key(card.investor_id, card.id), card, version, head)
}

/// Returns the card of an item. `None` if the item is not a document, or is a deleted or expired one.
pub(super) fn card_of(item: &Item) -> Result<Option<DocumentCard>, Error> {
    DOCUMENTS.card_of(item)
}

/// Returns the version in an item, unless it has expired.
pub(super) fn file_of(item: &Item) -> Result<Option<StoredFile>, Error> {
    upload::open_version(item)
}

/// Opens the document in an item read from the table or an index.
pub fn open_card(item: &Item, cipher: &Cipher) -> Result<Document, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "document" })?;
    open(&card, table::read(item, "version")?, cipher)
}

pub(super) fn open(card: &DocumentCard, version: u64, cipher: &Cipher) -> Result<Document, Error> {
    let text = cipher.open(&text_place(card.id), &card.text)?;
    let text: DocumentText = serde_json::from_slice(&text).map_err(Error::defect)?;
    Ok(Document {
        id: card.id,
        version,
        created_at: card.created_at,
        updated_at: card.updated_at,
        investor_id: card.investor_id,
        investment_id: card.investment_id,
        status: card.status,
        title: text.title,
        description: text.description,
        file_name: file_name(card.id, &card.file, cipher)?,
        content_type: card.file.content_type,
        size: card.file.size,
        sha256: card.file.sha256,
        file_version: card.file.number,
        latest_version: card.latest_version,
        created_by: card.created_by,
        created_by_name: card.created_by_name.clone(),
    })
}

/// The name of a document's file. An image may have been announced as another; its sealed name still says so.
pub(super) fn file_name(id: DocumentId, file: &StoredFile, cipher: &Cipher) -> Result<FileName, Error> {
    let name = FileName::try_from(cipher.open_text(&name_place(id, file.number), &file.name)?);
    Ok(name.map_err(Error::internal)?.of_type(file.content_type))
}

pub(super) fn open_file(id: DocumentId, file: &StoredFile, cipher: &Cipher) -> Result<DocumentVersion, Error> {
    Ok(DocumentVersion {
        number: file.number,
        status: file.status,
        reason: file.reason,
        file_name: file_name(id, file, cipher)?,
        content_type: file.content_type,
        size: file.size,
        sha256: file.sha256,
        created_at: file.created_at,
        created_by: file.created_by,
        created_by_name: file.created_by_name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_canonical_pending_keys_are_parsed() {
        let (investor, id) = (InvestorId::new(), DocumentId::new());
        let places = places(investor, id, 7);
        let object = &places.pending;
        assert_eq!(read_pending(object), Some((investor, VersionId { id, number: 7 })));
        for other in
            [format!("{object}/x"), object.to_uppercase(), object.replace("/7", "/07"), places.released.clone()]
        {
            assert_eq!(read_pending(&other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn parsing_any_object_key_never_panics(object in "(pending/documents/)?.{0,90}") {
            let _ = read_pending(&object);
        }
    }
}
