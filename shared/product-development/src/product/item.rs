//! How a product is stored, and which lists include it.

use super::{Product, ProductCard, ProductKey, Status};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::text;
use platform::audit::Head;
use platform::table::{self, Draft, Item, Key};

/// Attribute of a product's item that is present while the product can be changed.
pub(super) const WRITABLE: &str = "writable";

/// A product as read, with the head of its audit chain.
#[derive(Debug, Clone)]
pub struct LoadedProduct {
    /// The product.
    pub product: Product,
    /// Head of its audit chain.
    pub head: Head,
}

impl LoadedProduct {
    /// Refuses a product that is archived or being deleted.
    pub fn writable(self) -> Result<Self, Error> {
        if self.product.is_writable() { Ok(self) } else { Err(closed(&self.product)) }
    }
}

/// Why a product cannot be changed.
pub(crate) fn closed(product: &Product) -> Error {
    Error::state(if product.deleted_at.is_some() {
        "This product is being deleted."
    } else {
        "Archived products can't be changed. Change the product's status first."
    })
}

/// Start of the partition keys of products.
const PARTITION: &str = "PRODUCT#";

/// Partition key of a product and everything in it.
pub(crate) fn partition(id: ProductId) -> String {
    format!("{PARTITION}{id}")
}

/// The product whose partition this is.
#[must_use]
pub fn id_in(partition: &str) -> Option<ProductId> {
    partition.strip_prefix(PARTITION)?.parse().ok()
}

/// Primary key of a product.
#[must_use]
pub fn item_key(id: ProductId) -> Key {
    key_in(&partition(id))
}

/// Primary key of the product whose partition this is.
pub(crate) fn key_in(partition: &str) -> Key {
    Key::new(partition, "PRODUCT")
}

/// Primary key of the reservation of a product key.
pub fn unique_key(key: &ProductKey) -> Key {
    Key::new(format!("UNIQUE#product_key#{key}"), "UNIQUE")
}

/// Partition in `gsi2` of the products of an owner.
pub(super) fn owned_by(owner: UserId) -> String {
    format!("PRODUCTS#OWNER#{owner}")
}

/// Partition of the products that a user owns or is a member of.
pub(super) fn listed_for(user: UserId) -> String {
    format!("LIST#PRODUCTS#MEMBER#{user}")
}

pub(super) fn draft(product: &Product, head: &Head) -> Result<Draft, Error> {
    let place = text::position(product.name.as_str(), &product.id);
    let all = if product.status == Status::Archived { "PRODUCTS#ARCHIVED" } else { "PRODUCTS" };
    let draft = Draft::new(item_key(product.id), ItemType::Product, product)?
        .number("version", product.version)
        .card(&product.card())?
        .object("audit_head", head)?
        .object("member_ids", &product.member_ids())?
        .text("owner_id", product.owner_id.to_string())
        .index("gsi1", all, &place)
        .index("gsi2", owned_by(product.owner_id), place);
    Ok(if product.is_writable() { draft.text(WRITABLE, "yes") } else { draft })
}

/// The tombstone of a deleted product: who owned it, for access to its history, and the head of its audit chain. It appears in no list.
pub(crate) fn tombstone(product: Product, version: u64, head: &Head) -> Result<Draft, Error> {
    let left = Product { version, description: None, ..product };
    Draft::new(item_key(left.id), ItemType::ProductDeleted, &left)?
        .number("version", version)
        .object("audit_head", head)
}

/// Returns the deleted product if the item is a tombstone.
pub fn removed(item: &Item) -> Result<Option<Product>, Error> {
    if table::item_type(item) == Some(ItemType::ProductDeleted) {
        open(item).map(|loaded| Some(loaded.product))
    } else {
        Ok(None)
    }
}

pub(crate) fn open(item: &Item) -> Result<LoadedProduct, Error> {
    let product: Product = table::read(item, "data")?;
    Ok(LoadedProduct { product, head: table::read(item, "audit_head")? })
}

/// Whether the item is a product that is not being deleted. Work that has already started can still write to such a product.
pub(crate) fn is_open(item: &Item) -> Result<bool, Error> {
    Ok(card_of(item)?.is_some_and(|card| card.deleted_at.is_none()))
}

/// Returns the list representation of the product in an item. `None` if the item is not a product.
pub fn card_of(item: &Item) -> Result<Option<ProductCard>, Error> {
    if table::item_type(item) == Some(ItemType::Product) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// The derived list entries of a product's owner and members, maintained by `on-change`.
pub fn listings(card: &ProductCard) -> Result<Vec<Draft>, Error> {
    let place = text::position(card.name.as_str(), &card.id);
    let people = std::iter::once(card.owner_id).chain(card.member_ids.iter().copied());
    let listing = |user| {
        let key = Key::new(listed_for(user), place.clone());
        Draft::new(key, ItemType::ProductListing, &())?.number("version", card.version).card(card)
    };
    people.map(listing).collect()
}
