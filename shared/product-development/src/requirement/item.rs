//! How a requirement is stored.

use serde::Serialize;

use super::{Requirement, RequirementCard};
use crate::product;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use kernel::text::{self, ExternalKey};
use platform::audit::Head;
use platform::table::{self, Draft, Item, Key};

/// What the sort keys of a product's requirements begin with.
pub const PREFIX: &str = "REQUIREMENT#";
/// What the partition of a product's requirements in `gsi1`, by number, begins with.
pub const LISTED: &str = "REQUIREMENTS#";
/// What a filter for requirements without a parent, or without a milestone, is called.
pub(super) const NONE: &str = "none";

/// A requirement as it was read, with its chain head.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    /// The requirement; what is computed of its links is not there yet.
    pub requirement: Requirement,
    /// Head of its audit chain.
    pub head: Head,
}

/// The card as it is stored: with what filters look at.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    card: &'a RequirementCard,
    /// Folded title, reference and external id.
    search: String,
    /// The parent, or `none`.
    under: String,
    /// The milestone, or `none`.
    milestone: String,
}

/// Where a requirement with a number is in the list of its product.
pub fn position(number: u64) -> String {
    format!("{number:010}")
}

/// Primary key of a requirement.
#[must_use]
pub fn item_key(product: ProductId, id: RequirementId) -> Key {
    Key::new(product::partition(product), format!("{PREFIX}{id}"))
}

/// What the sort keys of a requirement's versions begin with.
pub(super) fn version_prefix(id: RequirementId) -> String {
    format!("VERSION#{PREFIX}{id}#")
}

/// Primary key of a version of a requirement. It stays when the requirement is deleted.
#[must_use]
pub fn version_key(product: ProductId, id: RequirementId, version: u64) -> Key {
    Key::new(product::partition(product), format!("{}{version:010}", version_prefix(id)))
}

/// Primary key of the number of a requirement's children.
pub(super) fn children_key(product: ProductId, id: RequirementId) -> Key {
    Key::new(product::partition(product), format!("CHILDREN#{id}"))
}

/// Primary key of the reservation of an external id.
pub fn unique_key(product: ProductId, external: &ExternalKey) -> Key {
    Key::new(format!("UNIQUE#requirement_key#{product}#{}", text::fold(external.as_str())), "UNIQUE")
}

/// What the requirement in an item has reserved outside its product's partition: to be freed when the product is deleted.
pub fn reserved_keys(item: &Item) -> Result<Vec<Key>, Error> {
    let Some(card) = card_of(item)? else { return Ok(Vec::new()) };
    Ok(card.external_id.map(|external| unique_key(card.product_id, &external)).into_iter().collect())
}

pub(super) fn draft(requirement: &Requirement, head: &Head) -> Result<Draft, Error> {
    let card = requirement.card();
    let words =
        [Some(requirement.title.as_str()), Some(&card.reference), card.external_id.as_ref().map(ExternalKey::as_str)];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let or_none = |id: Option<String>| id.unwrap_or_else(|| NONE.into());
    let listed = Listed {
        card: &card,
        search: text::fold(&words.join(" ")),
        under: or_none(card.parent_id.map(|id| id.to_string())),
        milestone: or_none(card.milestone_id.map(|id| id.to_string())),
    };
    let draft = Draft::new(item_key(requirement.product_id, requirement.id), "requirement", requirement)?
        .number("version", requirement.version)
        .number("content_version", requirement.content_version)
        .card(&listed)?
        .object("audit_head", head)?
        .index("gsi1", format!("{LISTED}{}", requirement.product_id), position(requirement.number));
    Ok(match requirement.parent_id {
        Some(parent) => draft.text("parent_id", parent.to_string()),
        None => draft,
    })
}

/// What stays of a deleted requirement: nothing can refer to it any more, and its history goes on.
pub(super) fn tombstone(requirement: &Requirement, head: &Head) -> Result<Draft, Error> {
    Draft::new(item_key(requirement.product_id, requirement.id), "requirement_deleted", &())?
        .number("version", requirement.version)
        .object("audit_head", head)
}

/// The requirement in an item, unless it is deleted.
pub(super) fn open(item: Option<&Item>) -> Result<Loaded, Error> {
    let there = item.filter(|item| table::text(item, "type") == Some("requirement"));
    let item = there.ok_or(Error::NotFound { what: "requirement" })?;
    Ok(Loaded { requirement: table::read(item, "data")?, head: table::read(item, "audit_head")? })
}

/// What lists show of the requirement in an item, when it is one.
pub fn card_of(item: &Item) -> Result<Option<RequirementCard>, Error> {
    if table::text(item, "type") == Some("requirement") { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// Version at which the content of the requirement in an item last changed: what whoever refers to it remembers. None for
/// one that is gone.
pub fn content_version(item: &Item) -> Result<Option<u64>, Error> {
    if table::text(item, "type") == Some("requirement") {
        table::read(item, "content_version").map(Some)
    } else {
        Ok(None)
    }
}
