//! The requirement that an asset is for.

use std::collections::{BTreeMap, BTreeSet};

use super::item::{Card, Implements};
use crate::app::App;
use crate::error::Error;
use crate::id::{ProductId, RequirementId};
use crate::product;
use crate::table::{self, Item, Key, Transaction};

fn key(product: ProductId, id: RequirementId) -> Key {
    Key::new(product::partition(product), format!("REQUIREMENT#{id}"))
}

/// The present content versions of those among the requirements that are there. One round trip, none without requirements.
async fn content_versions(
    app: &App,
    product: ProductId,
    ids: BTreeSet<RequirementId>,
) -> Result<BTreeMap<RequirementId, u64>, Error> {
    let mut versions = BTreeMap::new();
    for item in app.table().get_many(ids.into_iter().map(|id| key(product, id)).collect()).await? {
        if let Some((id, version)) = content_version(&item)? {
            versions.insert(id, version);
        }
    }
    Ok(versions)
}

fn content_version(item: &Item) -> Result<Option<(RequirementId, u64)>, Error> {
    if table::text(item, "type") != Some("requirement") {
        return Ok(None);
    }
    let id = table::text(item, "sk").and_then(|sk| sk.strip_prefix("REQUIREMENT#")).and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| Error::internal("a requirement has no id"))?;
    Ok(Some((id, table::read(item, "content_version")?)))
}

/// For each of a product's assets whether it is for another content of its requirement than that has now, or for a
/// requirement that is gone.
pub(super) async fn suspects(app: &App, product: ProductId, cards: &[&Card]) -> Result<Vec<bool>, Error> {
    let ids: BTreeSet<_> = cards.iter().filter_map(|card| card.requirement).map(|implements| implements.id).collect();
    let present = content_versions(app, product, ids).await?;
    let is_other = |implements: Implements| present.get(&implements.id) != Some(&implements.content_version);
    Ok(cards.iter().map(|card| card.requirement.is_some_and(is_other)).collect())
}

/// A requirement of the product as it is now; the transaction requires that it is still there.
pub(super) async fn present(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    id: RequirementId,
) -> Result<Implements, Error> {
    let absent = || Error::field("requirement_id", "is no requirement of this product");
    let versions = content_versions(app, product, BTreeSet::from([id])).await?;
    let content_version = *versions.get(&id).ok_or_else(absent)?;
    // What a deletion leaves is in no list.
    let there = "attribute_exists(content_version) AND attribute_exists(gsi1pk)";
    app.table().require(transaction, key(product, id), there, &[], move |_| absent())?;
    Ok(Implements { id, content_version })
}
