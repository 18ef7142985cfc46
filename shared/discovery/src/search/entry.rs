//! Search entries and their partitions.

use super::SearchHit;
use investor_relations::investor::InvestorCard;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use people::user::UserCard;
use platform::table::{Draft, Key};
use product_development::product::ProductCard;
use product_development::requirement::RequirementCard;
use product_development::task::TaskCard;

/// Search entries of an investor: in the partition of all investors and in its relationship manager's.
pub fn investor_entries(card: &InvestorCard) -> Result<Vec<Draft>, Error> {
    if card.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let hit = SearchHit::Investor { id: card.id, name: card.name.clone(), investor_kind: card.kind, tier: card.tier };
    let mut entries = of_words(&hit, &card.id.to_string(), |beginning| of_letter("INVESTORS", beginning))?;
    if let Some(manager) = card.relationship_manager_id {
        entries.extend(of_words(&hit, &card.id.to_string(), |_| managed_by(manager))?);
    }
    Ok(entries)
}

/// Search entries of a user.
pub fn user_entries(card: &UserCard) -> Result<Vec<Draft>, Error> {
    let (name, username) = (card.name.clone(), card.username.clone());
    let hit = SearchHit::User { id: card.id, name, username, status: card.status };
    of_words(&hit, &card.id.to_string(), |beginning| of_letter("USERS", beginning))
}

/// Search entries of a product: one per word among all products, and one among the products of each owner or member. The latter also
/// records that this user can find what belongs to the product.
pub fn product_entries(card: &ProductCard) -> Result<Vec<Draft>, Error> {
    if card.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let (name, key) = (card.name.clone(), card.key.clone());
    let hit = SearchHit::Product { id: card.id, name, key, status: card.status };
    let id = card.id.to_string();
    let mut entries = of_words(&hit, &id, |beginning| of_letter("PRODUCTS", beginning))?;
    for user in std::iter::once(card.owner_id).chain(card.member_ids.iter().copied()) {
        entries.push(entry(Key::new(products_of(user), id.clone()), &hit)?);
    }
    Ok(entries)
}

/// Search entries of a requirement: by title and reference.
pub fn requirement_entries(card: &RequirementCard) -> Result<Vec<Draft>, Error> {
    let (reference, title) = (card.reference.clone(), card.title.clone());
    work_entries(
        &SearchHit::Requirement { id: card.id, product_id: card.product_id, reference, title },
        &card.id.to_string(),
        card.product_id,
    )
}

/// Search entries of a task: by title and reference.
pub fn task_entries(card: &TaskCard) -> Result<Vec<Draft>, Error> {
    let (reference, title) = (card.reference.clone(), card.title.clone());
    work_entries(
        &SearchHit::Task { id: card.id, product_id: card.product_id, reference, title },
        &card.id.to_string(),
        card.product_id,
    )
}

/// Entries in the partitions of all products' work and of the product's own.
fn work_entries(hit: &SearchHit, id: &str, product: ProductId) -> Result<Vec<Draft>, Error> {
    let mut entries = of_words(hit, id, |beginning| of_letter("WORK", beginning))?;
    entries.extend(of_words(hit, id, |_| work_of(product))?);
    Ok(entries)
}

fn of_words(hit: &SearchHit, id: &str, partition: impl Fn(&str) -> String) -> Result<Vec<Draft>, Error> {
    let beginnings = hit.beginnings();
    let place = |beginning: &String| Key::new(partition(beginning), format!("{beginning}\u{1F}{id}"));
    beginnings.iter().map(|beginning| entry(place(beginning), hit)).collect()
}

fn entry(key: Key, hit: &SearchHit) -> Result<Draft, Error> {
    Draft::new(key, ItemType::SearchEntry, &())?.card(hit)
}

/// The partition for names that start like `beginning`.
pub(super) fn of_letter(what: &str, beginning: &str) -> String {
    format!("SEARCH#{what}#{}", beginning.chars().next().unwrap_or('-'))
}

/// The partition of a relationship manager's investors.
pub(super) fn managed_by(manager: UserId) -> String {
    format!("SEARCH#INVESTORS#MANAGER#{manager}")
}

/// The partition of the products that a user owns or is a member of.
pub(super) fn products_of(user: UserId) -> String {
    format!("SEARCH#PRODUCTS#MEMBER#{user}")
}

/// The partition of a product's requirements and tasks.
pub(super) fn work_of(product: ProductId) -> String {
    format!("SEARCH#PRODUCT#{product}")
}
