//! The requirement that an asset is for.

use std::collections::{BTreeMap, BTreeSet};

use super::item::{AssetCard, Implements};
use crate::requirement;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use platform::app::App;
use platform::table::{self, Transaction};

/// Loads the current content versions of those of the requirements that exist. One round trip, or none without requirements.
async fn content_versions(
    app: &App,
    product: ProductId,
    ids: BTreeSet<RequirementId>,
) -> Result<BTreeMap<RequirementId, u64>, Error> {
    let mut versions = BTreeMap::new();
    let keys = ids.into_iter().map(|id| requirement::item_key(product, id)).collect();
    for item in app.table().get_many(keys).await? {
        let id = table::text(&item, "sk").and_then(|sk| sk.strip_prefix(requirement::PREFIX)?.parse().ok());
        if let (Some(id), Some(version)) = (id, requirement::content_version(&item)?) {
            versions.insert(id, version);
        }
    }
    Ok(versions)
}

/// For each of a product's assets, whether its requirement has been deleted or has different content than the asset was made for.
pub(super) async fn suspects(app: &App, product: ProductId, cards: &[&AssetCard]) -> Result<Vec<bool>, Error> {
    let ids: BTreeSet<_> = cards.iter().filter_map(|card| card.requirement).map(|implements| implements.id).collect();
    let present = content_versions(app, product, ids).await?;
    let is_other = |implements: Implements| present.get(&implements.id) != Some(&implements.content_version);
    Ok(cards.iter().map(|card| card.requirement.is_some_and(is_other)).collect())
}

/// Loads the current state of a requirement of the product; the transaction requires that it still exists.
pub(super) async fn present(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    id: RequirementId,
) -> Result<Implements, Error> {
    let versions = content_versions(app, product, BTreeSet::from([id])).await?;
    let absent = || Error::field("requirement_id", "is not a requirement of this product");
    let content_version = *versions.get(&id).ok_or_else(absent)?;
    requirement::require(transaction, product, id, "requirement_id");
    Ok(Implements { id, content_version })
}
