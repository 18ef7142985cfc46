//! How an investor is stored: its keys, its sealed fields and the lists it appears in.

use serde::{Deserialize, Serialize};

use super::{Investor, InvestorCard, Kind, Status, Tier};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::text::{self, Country, ExternalKey, Name, Tag};
use kernel::time::Timestamp;
use platform::audit::Head;
use platform::cipher::{Cipher, Sealed};
use platform::keys::SubjectKey;
use platform::table::{self, Draft, Item, Key};

/// A loaded investor, with the head of its audit chain and its data key.
#[derive(Clone)]
pub struct LoadedInvestor {
    /// The investor.
    pub investor: Investor,
    /// Head of the investor's audit chain.
    pub head: Head,
    /// The investor's data key.
    pub cipher: SubjectKey,
}

/// The `data` attribute. Personal fields are sealed, each bound to its investor and field name.
#[derive(Serialize, Deserialize)]
struct StoredInvestor {
    id: InvestorId,
    created_at: Timestamp,
    updated_at: Timestamp,
    created_by: UserId,
    name: Name,
    kind: Kind,
    email: Option<Sealed>,
    phone: Option<Sealed>,
    address: Option<Sealed>,
    country: Option<Country>,
    tier: Tier,
    status: Status,
    relationship_manager_id: Option<UserId>,
    tags: Vec<Tag>,
    notes: Option<Sealed>,
    external_key: Option<ExternalKey>,
    deleted_at: Option<Timestamp>,
    #[serde(default)]
    absorbed_ids: Vec<InvestorId>,
    #[serde(default)]
    merged_into: Option<InvestorId>,
}

/// Attribute of an investor's item: the keyed hash for finding other investors with the same phone number.
pub(super) const PHONE_MATCH: &str = "phone_match";
/// Attribute of an investor's item: the keyed hash for finding other investors with another address of the same mailbox.
pub(super) const EMAIL_MATCH: &str = "email_match";

/// Keyed hashes for finding other investors with the same details.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// Of the phone number; `None` if there is none or it is too short to compare.
    pub phone: Option<String>,
    /// Of the mailbox of the email address; `None` if there is no address or it is written like its mailbox, which its reservation finds.
    pub email: Option<String>,
}

/// Sort key of an investor in its partition.
const SORT_KEY: &str = "INVESTOR";

/// Primary key of an investor.
#[must_use]
pub fn key(id: InvestorId) -> Key {
    Key::new(partition(id), SORT_KEY)
}

/// Name of the data key that seals all personal data of an investor.
#[must_use]
pub fn subject(id: InvestorId) -> String {
    format!("investor#{id}")
}

/// Partition of an investor and of everything that belongs to it.
#[must_use]
pub(crate) fn partition(id: InvestorId) -> String {
    format!("INVESTOR#{id}")
}

/// Primary key of the investor to which the entity at `child` belongs.
pub(crate) fn holder_key(child: &Key) -> Key {
    Key::new(&child.pk, SORT_KEY)
}

/// Partition of an investor's timeline in `gsi1`. The partitions of its parts in `gsi2` start with it.
pub(crate) fn timeline(id: InvestorId) -> String {
    format!("TIMELINE#{id}")
}

/// Partition of all investors in `gsi1`, or of the deleted ones.
pub(super) fn everyone(deleted: bool) -> &'static str {
    if deleted { "INVESTORS#DELETED" } else { "INVESTORS" }
}

/// Partition of a manager's investors in `gsi2`, or of the deleted ones.
pub(super) fn managed_by(manager: UserId, deleted: bool) -> String {
    format!("{}#MANAGER#{manager}", everyone(deleted))
}

/// Sort key of an investor in lists by name.
pub(super) fn position(card: &InvestorCard) -> String {
    text::position(card.name.as_str(), &card.id)
}

/// Partition of the list for a facet: `tier`, `status` or `tag`.
pub(super) fn facet(kind: &str, value: &str) -> String {
    format!("LIST#INVESTORS#{kind}#{}", text::fold(value))
}

/// Returns the entries for a card in the derived lists, which `on-change` maintains: one partition per tier, status and tag.
pub fn listings(card: &InvestorCard) -> Result<Vec<Draft>, Error> {
    if card.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let place = position(card);
    let mut partitions = vec![facet("tier", card.tier.as_str()), facet("status", card.status.as_str())];
    partitions.extend(card.tags.iter().map(|tag| facet("tag", tag.as_str())));
    partitions.into_iter().map(|pk| listing(Key::new(pk, place.clone()), card)).collect()
}

fn listing(key: Key, card: &InvestorCard) -> Result<Draft, Error> {
    Draft::new(key, ItemType::InvestorListing, &())?.number("version", card.version).card(card)
}

pub(super) fn draft(investor: &Investor, head: &Head, cipher: &Cipher, matches: Matches) -> Result<Draft, Error> {
    let seal = |field: &str, value: Option<String>| {
        value.map(|text| cipher.seal_text(&place(investor.id, field), &text)).transpose()
    };
    let stored = StoredInvestor {
        id: investor.id,
        created_at: investor.created_at,
        updated_at: investor.updated_at,
        created_by: investor.created_by,
        name: investor.name.clone(),
        kind: investor.kind,
        email: seal("email", investor.email.as_ref().map(ToString::to_string))?,
        phone: seal("phone", investor.phone.as_ref().map(ToString::to_string))?,
        address: seal("address", investor.address.as_ref().map(ToString::to_string))?,
        country: investor.country.clone(),
        tier: investor.tier,
        status: investor.status,
        relationship_manager_id: investor.relationship_manager_id,
        tags: investor.tags.clone(),
        notes: seal("notes", investor.notes.as_ref().map(ToString::to_string))?,
        external_key: investor.external_key.clone(),
        deleted_at: investor.deleted_at,
        absorbed_ids: investor.absorbed_ids.clone(),
        merged_into: investor.merged_into,
    };
    let card = investor.card();
    let place = position(&card);
    let mut draft = Draft::new(key(investor.id), ItemType::Investor, &stored)?
        .number("version", investor.version)
        .card(&card)?
        .object("audit_head", head)?;
    for (attribute, hash) in [(PHONE_MATCH, matches.phone), (EMAIL_MATCH, matches.email)] {
        if let Some(hash) = hash {
            draft = draft.text(attribute, hash);
        }
    }
    if investor.merged_into.is_some() {
        return Ok(draft);
    }
    let deleted = investor.deleted_at.is_some();
    draft = draft.index("gsi1", everyone(deleted), place.clone());
    if let Some(manager) = investor.relationship_manager_id {
        draft = draft.index("gsi2", managed_by(manager, deleted), place);
    }
    Ok(draft)
}

fn place(id: InvestorId, field: &str) -> String {
    format!("investor/{id}/{field}")
}

pub(super) fn open(item: &Item, cipher: SubjectKey) -> Result<LoadedInvestor, Error> {
    let stored: StoredInvestor = table::read(item, "data")?;
    let id = stored.id;
    let investor = Investor {
        id,
        version: table::read(item, "version")?,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
        created_by: stored.created_by,
        name: stored.name,
        kind: stored.kind,
        email: opened(&cipher, id, "email", stored.email.as_ref())?,
        phone: opened(&cipher, id, "phone", stored.phone.as_ref())?,
        address: opened(&cipher, id, "address", stored.address.as_ref())?,
        country: stored.country,
        tier: stored.tier,
        status: stored.status,
        relationship_manager_id: stored.relationship_manager_id,
        tags: stored.tags,
        notes: opened(&cipher, id, "notes", stored.notes.as_ref())?,
        external_key: stored.external_key,
        deleted_at: stored.deleted_at,
        absorbed_ids: stored.absorbed_ids,
        merged_into: stored.merged_into,
    };
    Ok(LoadedInvestor { investor, head: table::read(item, "audit_head")?, cipher })
}

fn opened<T: TryFrom<String, Error = String>>(
    cipher: &Cipher,
    id: InvestorId,
    field: &str,
    sealed: Option<&Sealed>,
) -> Result<Option<T>, Error> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let text = cipher.open_text(&place(id, field), sealed)?;
    T::try_from(text).map(Some).map_err(Error::internal)
}
