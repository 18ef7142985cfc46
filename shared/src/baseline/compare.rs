//! What differs between a baseline and another one, or the present.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Frozen, item, read};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::id::{BaselineId, ProductId};
use crate::page::{self, PageRequest};
use crate::policy::Action;
use crate::requirement::{self, Requirement, RequirementCard};

/// What a baseline is compared with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComparedQuery {
    /// Another baseline of the product, or `now`.
    #[param(example = "now")]
    pub with: String,
    /// Differences on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A requirement that is in both, in different versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BaselineChange {
    /// The requirement as it is in what the baseline is compared with.
    pub requirement: RequirementCard,
    /// Its version in the baseline.
    pub from_version: u64,
    /// Its version in what the baseline is compared with.
    pub to_version: u64,
    /// Whether title, description or acceptance criteria differ.
    pub content_changed: bool,
}

/// One page of what differs, by number.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BaselineComparison {
    /// How many were added in all.
    pub added_count: usize,
    /// How many are there in another version in all.
    pub changed_count: usize,
    /// How many were deleted in all.
    pub deleted_count: usize,
    /// Those on this page that the baseline does not have.
    pub added: Vec<RequirementCard>,
    /// Those on this page that are in both, in different versions.
    pub changed: Vec<BaselineChange>,
    /// Those on this page that only the baseline has, as they were.
    pub deleted: Vec<RequirementCard>,
    /// Send it as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// A requirement on the two sides.
#[derive(Debug, Clone, Copy)]
struct Pair {
    before: Option<Frozen>,
    after: Option<Frozen>,
}

/// What the baseline is compared with.
enum Other {
    Baseline(BaselineId),
    Now,
}

/// One page of what differs. Both sides are read whole for each page; three round trips for up to some thousand requirements.
pub async fn compare(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: BaselineId,
    query: &ComparedQuery,
) -> Result<BaselineComparison, Error> {
    caller.allow(Action::ProductRead)?;
    let other = match query.with.as_str() {
        "now" => Other::Now,
        id => Other::Baseline(id.parse().map_err(|_| Error::bad_parameter("with", "must be a UUID or `now`"))?),
    };
    let request = PageRequest::new(query.limit, query.cursor.clone());
    let limit = request.limit()?;
    let place = format!("cursor/baseline_compare/{id}/{}", query.with);
    let after: u64 = read::opened(app, &place, &request).await?.unwrap_or(0);
    let (before, with) = tokio::join!(side(app, caller, product_id, id), other_side(app, caller, product_id, &other));
    let pairs = differing(&before?, &with?);
    let count = |has: fn(&Pair) -> bool| pairs.values().filter(|pair| has(pair)).count();
    let mut comparison = BaselineComparison {
        added_count: count(|pair| pair.before.is_none()),
        changed_count: count(|pair| pair.before.is_some() && pair.after.is_some()),
        deleted_count: count(|pair| pair.after.is_none()),
        added: Vec::new(),
        changed: Vec::new(),
        deleted: Vec::new(),
        next_cursor: None,
    };
    let mut page: Vec<(u64, Pair)> = pairs.range(after + 1..).take(limit + 1).map(|(n, pair)| (*n, *pair)).collect();
    if page.len() > limit {
        page.truncate(limit);
        if let Some((last, _)) = page.last() {
            comparison.next_cursor = Some(page::seal_position(app, &place, &last.to_string()).await?);
        }
    }
    fill(app, product_id, &mut comparison, &page).await?;
    Ok(comparison)
}

async fn side(app: &App, caller: &Caller, product_id: ProductId, id: BaselineId) -> Result<Vec<Frozen>, Error> {
    let loaded = read::load(app, caller, Action::ProductRead, product_id, id);
    let (loaded, entries) = tokio::join!(loaded, item::entries(app, product_id, id));
    loaded?;
    entries
}

async fn other_side(app: &App, caller: &Caller, product_id: ProductId, with: &Other) -> Result<Vec<Frozen>, Error> {
    match with {
        Other::Now => item::present_listed(app, product_id).await,
        Other::Baseline(id) => side(app, caller, product_id, *id).await,
    }
}

/// The requirements that are not in the same version on both sides, by number.
fn differing(before: &[Frozen], after: &[Frozen]) -> BTreeMap<u64, Pair> {
    let mut pairs: BTreeMap<u64, Pair> = BTreeMap::new();
    for entry in before {
        pairs.insert(entry.number, Pair { before: Some(*entry), after: None });
    }
    for entry in after {
        pairs.entry(entry.number).or_insert(Pair { before: None, after: None }).after = Some(*entry);
    }
    pairs.retain(|_, pair| pair.before != pair.after);
    pairs
}

async fn fill(
    app: &App,
    product_id: ProductId,
    comparison: &mut BaselineComparison,
    page: &[(u64, Pair)],
) -> Result<(), Error> {
    let sides = page.iter().flat_map(|(_, pair)| [pair.before, pair.after]).flatten();
    let versions: BTreeSet<_> = sides.map(|entry| (entry.id, entry.version)).collect();
    let found = requirement::at_versions(app, product_id, versions).await?;
    let get = |entry: Frozen| -> Result<&Requirement, Error> {
        found.get(&(entry.id, entry.version)).ok_or_else(|| Error::internal("a frozen version is gone"))
    };
    for (_, pair) in page {
        match (pair.before, pair.after) {
            (Some(before), Some(after)) => {
                let (was, is) = (get(before)?, get(after)?);
                comparison.changed.push(BaselineChange {
                    requirement: is.card(),
                    from_version: before.version,
                    to_version: after.version,
                    content_changed: !is.says_the_same_as(was),
                });
            }
            (None, Some(after)) => comparison.added.push(get(after)?.card()),
            (Some(before), None) => comparison.deleted.push(get(before)?.card()),
            (None, None) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RequirementId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_differs_is_what_is_not_the_same_on_both_sides(
            before in prop::collection::btree_map(1_u64..40, 1_u64..3, 0..30),
            after in prop::collection::btree_map(1_u64..40, 1_u64..3, 0..30),
        ) {
            let id = |number: u64| RequirementId(uuid::Uuid::from_u128(u128::from(number)));
            let side = |side: &BTreeMap<u64, u64>| -> Vec<Frozen> {
                side.iter().map(|(number, version)| Frozen { id: id(*number), number: *number, version: *version }).collect()
            };
            let pairs = differing(&side(&before), &side(&after));
            for number in 1..40 {
                let (was, is) = (before.get(&number), after.get(&number));
                prop_assert_eq!(pairs.contains_key(&number), was != is);
                if let Some(pair) = pairs.get(&number) {
                    prop_assert_eq!(pair.before.map(|entry| entry.version), was.copied());
                    prop_assert_eq!(pair.after.map(|entry| entry.version), is.copied());
                }
            }
        }
    }
}
