//! Links between requirements, and the conditions for referring to one.

use std::collections::{BTreeMap, BTreeSet};

use super::item;
use super::{Link, LinkTarget, MAX_LINKS, NewLink, Requirement};
use kernel::error::{Error, FieldError};
use kernel::id::{ProductId, RequirementId};
use platform::app::App;
use platform::table::{Condition, Item, Transaction};

/// Condition that the item is a requirement that is not deleted.
pub(super) fn exists() -> Condition {
    Condition::exists("content_version")
}

/// Makes the transaction conditional on the requirement existing; the error names `field` if it is gone. Used by everything that refers to
/// a requirement, so that it cannot be deleted while something is being added to it.
pub fn require(transaction: &mut Transaction, product: ProductId, id: RequirementId, field: &'static str) {
    transaction.require(item::item_key(product, id), exists(), move |_| unknown(field));
}

/// The error for a reference to something that is not a requirement of the product.
pub(super) fn unknown(field: impl Into<String>) -> Error {
    Error::field(field, "is not a requirement of this product")
}

/// Loads the requirements with these IDs, keyed by ID; missing ones are left out. One round trip, or none without IDs.
pub(super) async fn targets(
    app: &App,
    product: ProductId,
    ids: BTreeSet<RequirementId>,
) -> Result<BTreeMap<RequirementId, LinkTarget>, Error> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = app.table().get_many(ids.into_iter().map(|id| item::item_key(product, id)).collect()).await?;
    let mut targets = BTreeMap::new();
    for item in &found {
        if let Some((id, target)) = target(item)? {
            targets.insert(id, target);
        }
    }
    Ok(targets)
}

fn target(item: &Item) -> Result<Option<(RequirementId, LinkTarget)>, Error> {
    let Some(card) = item::card_of(item)? else { return Ok(None) };
    let (reference, title, status) = (card.reference, card.title, card.status);
    Ok(Some((card.id, LinkTarget { reference, title, status, content_version: card.content_version })))
}

/// Returns the requirement with its links compared with their targets. One round trip if it has any links.
pub(super) async fn shown(app: &App, mut requirement: Requirement) -> Result<Requirement, Error> {
    let ids = requirement.links.iter().map(|link| link.requirement_id).collect();
    let found = targets(app, requirement.product_id, ids).await?;
    for link in &mut requirement.links {
        link.target = found.get(&link.requirement_id).cloned();
        link.suspect = link.target.as_ref().is_none_or(|target| target.content_version != link.at_version);
    }
    Ok(requirement)
}

/// Resolves the links in `new` against the existing links in `before`. An existing link that is sent with its version is kept as it is,
/// even if its target is gone; all others are made against the target's current content.
pub(super) async fn resolve(
    app: &App,
    requirement: &Requirement,
    new: Vec<NewLink>,
    before: &[Link],
) -> Result<Vec<Link>, Error> {
    check(requirement.id, &new)?;
    let found = targets(app, requirement.product_id, new.iter().map(|link| link.requirement_id).collect()).await?;
    let mut links = Vec::with_capacity(new.len());
    let mut errors = Vec::new();
    for (place, link) in new.into_iter().enumerate() {
        let there = |known: &&Link| known.requirement_id == link.requirement_id && known.kind == link.kind;
        let kept = before.iter().find(there).filter(|known| link.at_version == Some(known.at_version));
        let at_version = match (kept, found.get(&link.requirement_id)) {
            (Some(kept), _) => kept.at_version,
            (None, Some(target)) if link.at_version.is_none_or(|at| at == target.content_version) => {
                target.content_version
            }
            (None, Some(_)) => {
                let field = format!("links[{place}].at_version");
                errors.push(FieldError::invalid(field, "must be the link's version or the current one"));
                continue;
            }
            (None, None) => {
                let field = format!("links[{place}].requirement_id");
                errors.push(FieldError::invalid(field, "is not a requirement of this product"));
                continue;
            }
        };
        links.push(Link {
            requirement_id: link.requirement_id,
            kind: link.kind,
            at_version,
            suspect: false,
            target: None,
        });
    }
    if errors.is_empty() { Ok(links) } else { Err(Error::Invalid(errors)) }
}

fn check(id: RequirementId, new: &[NewLink]) -> Result<(), Error> {
    if new.len() > MAX_LINKS {
        return Err(Error::field("links", format!("must have at most {MAX_LINKS} entries")));
    }
    let mut seen = BTreeSet::new();
    for (place, link) in new.iter().enumerate() {
        if link.requirement_id == id {
            return Err(Error::field(format!("links[{place}].requirement_id"), "must not be the requirement itself"));
        }
        if !seen.insert((link.requirement_id, link.kind)) {
            return Err(Error::field(format!("links[{place}]"), "is a duplicate"));
        }
    }
    Ok(())
}

/// The requirements that `after` newly refers to; they must still exist when it is written.
pub(super) fn added(before: &[Link], after: &[Link]) -> BTreeSet<RequirementId> {
    after.iter().filter(|link| !before.contains(link)).map(|link| link.requirement_id).collect()
}
