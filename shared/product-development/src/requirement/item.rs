//! How a requirement is stored.

use serde::Serialize;

use super::{Requirement, RequirementCard};
use crate::product;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use kernel::text::{self, ExternalKey};
use platform::audit::Head;
use platform::table::{self, Draft, Item, Key};

/// Prefix of the sort keys of a product's requirements.
pub const PREFIX: &str = "REQUIREMENT#";
/// Prefix of the partition in `gsi1` that lists a product's requirements by number.
pub const LISTED: &str = "REQUIREMENTS#";
/// Filter value for requirements without a parent or without a milestone.
pub(super) const NONE: &str = "none";

/// A requirement as read, with the head of its audit chain.
#[derive(Debug, Clone)]
pub(super) struct LoadedRequirement {
    /// The requirement, before the computed fields of its links are filled in.
    pub requirement: Requirement,
    pub head: Head,
}

/// The stored card, including the attributes that filters use.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    card: &'a RequirementCard,
    /// Case-folded title, reference and external ID.
    search: String,
    /// The parent, or `none`.
    under: String,
    /// The milestone, or `none`.
    milestone: String,
}

/// Position of a requirement in its product's list, from its number.
#[must_use]
pub fn position(number: u64) -> String {
    format!("{number:010}")
}

/// Primary key of a requirement.
#[must_use]
pub fn item_key(product: ProductId, id: RequirementId) -> Key {
    Key::new(product::partition(product), format!("{PREFIX}{id}"))
}

/// Prefix of the sort keys of a requirement's versions.
pub(super) fn version_prefix(id: RequirementId) -> String {
    versions_of(&format!("{PREFIX}{id}"))
}

/// Prefix of the sort keys of the versions of the requirement with the sort key `sk`.
pub(crate) fn versions_of(sk: &str) -> String {
    format!("VERSION#{sk}#")
}

/// Position of a version among those of its requirement.
pub(crate) fn version_position(version: u64) -> String {
    format!("{version:010}")
}

/// Primary key of a version of a requirement. The version is kept when the requirement is deleted.
#[must_use]
pub fn version_key(product: ProductId, id: RequirementId, version: u64) -> Key {
    Key::new(product::partition(product), format!("{}{}", version_prefix(id), version_position(version)))
}

/// Primary key of the counter of a requirement's children.
pub(super) fn children_key(product: ProductId, id: RequirementId) -> Key {
    Key::new(product::partition(product), format!("CHILDREN#{id}"))
}

/// Primary key of the reservation of an external ID.
#[must_use]
pub fn unique_key(product: ProductId, external: &ExternalKey) -> Key {
    Key::new(format!("UNIQUE#requirement_key#{product}#{}", text::fold(external.as_str())), "UNIQUE")
}

/// Keys that the requirement in an item has reserved outside its product's partition, to be freed when the product is deleted.
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
        search: text::unaccented(&words.join(" ")),
        under: or_none(card.parent_id.map(|id| id.to_string())),
        milestone: or_none(card.milestone_id.map(|id| id.to_string())),
    };
    let draft = Draft::new(item_key(requirement.product_id, requirement.id), ItemType::Requirement, requirement)?
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

/// The tombstone of a deleted requirement: nothing can refer to it, and its history is kept.
pub(super) fn tombstone(requirement: &Requirement, head: &Head) -> Result<Draft, Error> {
    Draft::new(item_key(requirement.product_id, requirement.id), ItemType::RequirementDeleted, &())?
        .number("version", requirement.version)
        .object("audit_head", head)
}

/// Reads the requirement in an item, unless it is deleted.
pub(super) fn open(item: Option<&Item>) -> Result<LoadedRequirement, Error> {
    let there = item.filter(|item| table::item_type(item) == Some(ItemType::Requirement));
    let item = there.ok_or(Error::NotFound { what: "requirement" })?;
    Ok(LoadedRequirement { requirement: table::read(item, "data")?, head: table::read(item, "audit_head")? })
}

/// Returns the list representation of the requirement in an item. `None` if the item is not a requirement.
pub fn card_of(item: &Item) -> Result<Option<RequirementCard>, Error> {
    if table::item_type(item) == Some(ItemType::Requirement) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// The version at which the content of the requirement in an item last changed, which referring entities remember. `None` if it has been
/// deleted.
pub fn content_version(item: &Item) -> Result<Option<u64>, Error> {
    if table::item_type(item) == Some(ItemType::Requirement) {
        table::read(item, "content_version").map(Some)
    } else {
        Ok(None)
    }
}
