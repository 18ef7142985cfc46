//! Links between requirements, and the conditions under which something may refer to one.

use std::collections::{BTreeMap, BTreeSet};

use super::item;
use super::{Link, LinkTarget, MOST_LINKS, NewLink, Requirement};
use kernel::error::{Error, FieldError};
use kernel::id::{ProductId, RequirementId};
use platform::app::App;
use platform::table::{Item, Transaction};

/// Condition of an item being a requirement that is not deleted.
pub(super) const THERE: &str = "attribute_exists(content_version)";

/// Makes the transaction conditional on the requirement being there: `field` names it when it is gone. For whatever refers to
/// a requirement, so that none is deleted while something is added to it.
pub fn require(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    id: RequirementId,
    field: &'static str,
) -> Result<(), Error> {
    app.table().require(transaction, item::item_key(product, id), THERE, &[], move |_| unknown(field))
}

/// The refusal of a reference to what is not a requirement of the product.
pub(super) fn unknown(field: impl Into<String>) -> Error {
    Error::field(field, "is not a requirement of this product")
}

/// The requirements with these ids, by id; what is gone is left out. One round trip, none without ids.
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

/// The requirement with its links compared with what they lead to. One round trip when it has any.
pub(super) async fn shown(app: &App, mut requirement: Requirement) -> Result<Requirement, Error> {
    let ids = requirement.links.iter().map(|link| link.requirement_id).collect();
    let found = targets(app, requirement.product_id, ids).await?;
    for link in &mut requirement.links {
        link.target = found.get(&link.requirement_id).cloned();
        link.suspect = link.target.as_ref().is_none_or(|target| target.content_version != link.at_version);
    }
    Ok(requirement)
}

/// The links that `new` asks for, beside those that there are `before`. A link that is there already and says at which version
/// is left alone, even when the other end is gone; all others are made for what the other end says now.
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
                errors.push(FieldError::invalid(field, "is neither that of the link nor the present one"));
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
    if new.len() > MOST_LINKS {
        return Err(Error::field("links", format!("must be at most {MOST_LINKS}")));
    }
    let mut seen = BTreeSet::new();
    for (place, link) in new.iter().enumerate() {
        if link.requirement_id == id {
            return Err(Error::field(format!("links[{place}].requirement_id"), "is the requirement itself"));
        }
        if !seen.insert((link.requirement_id, link.kind)) {
            return Err(Error::field(format!("links[{place}]"), "is there twice"));
        }
    }
    Ok(())
}

/// The requirements that `after` refers to anew: they must still be there when it is written.
pub(super) fn added(before: &[Link], after: &[Link]) -> BTreeSet<RequirementId> {
    after.iter().filter(|link| !before.contains(link)).map(|link| link.requirement_id).collect()
}
