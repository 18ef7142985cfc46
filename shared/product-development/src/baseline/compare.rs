//! Compares a baseline with another one or with the current requirements: two lists sorted by number, merged page by page.
//!
//! A page reads a stretch of each side from where the previous page ended, and goes as far as both are known. Its cost therefore does not
//! depend on its position or on the size of the two sides. Where thousands of requirements in a row do not differ, a page may be short or
//! even empty, and still carry a cursor.

use std::collections::BTreeSet;
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::item::{self, Stretch};
use super::{Frozen, read};
use crate::requirement::{self, Requirement, RequirementCard};
use kernel::error::Error;
use kernel::id::{BaselineId, ProductId};
use kernel::policy::Action;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{self, PageRequest};

/// Number of entries a page reads from each side when comparing two baselines: the contents of six items.
const MAX_FROZEN: usize = 5_000;
/// Number of entries a page reads from each side when comparing with the current requirements, which are a list of whole cards.
const MAX_PRESENT: usize = 1_000;

/// What to compare a baseline with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComparedQuery {
    /// ID of another baseline of the product, or `now`.
    #[param(example = "now", pattern = "^(?:now|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub with: String,
    /// Differences per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// A requirement that both sides have in different versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BaselineChange {
    /// The requirement as it is on the side the baseline is compared with.
    pub requirement: RequirementCard,
    /// Its version in the baseline.
    pub from_version: u64,
    /// Its version on the side the baseline is compared with.
    pub to_version: u64,
    /// Whether the title, description or acceptance criteria differ.
    pub content_changed: bool,
}

/// One page of differences, by number. A page may have fewer differences than requested even if there are more.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BaselineComparison {
    /// Number of requirements added, up to the end of this page; the total on the last page.
    pub added_count: usize,
    /// Number of requirements with a different version, up to the end of this page.
    pub changed_count: usize,
    /// Number of requirements deleted, up to the end of this page.
    pub deleted_count: usize,
    /// Requirements on this page that are not in the baseline.
    pub added: Vec<RequirementCard>,
    /// Requirements on this page that both sides have in different versions.
    pub changed: Vec<BaselineChange>,
    /// Requirements on this page that are only in the baseline, as they were.
    pub deleted: Vec<RequirementCard>,
    /// Send as `cursor` to get the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A requirement on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    before: Option<Frozen>,
    after: Option<Frozen>,
}

/// What the baseline is compared with.
#[derive(Debug, Clone, Copy)]
enum Other {
    Baseline(BaselineId),
    Now,
}

/// Where a page starts, and what was found before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    /// Number of baseline entries on previous pages.
    before: usize,
    /// The same for the other baseline; for the current requirements, the number after which to continue.
    after: u64,
    added: usize,
    changed: usize,
    deleted: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, after, added, changed, deleted } = self;
        write!(f, "{before} {after} {added} {changed} {deleted}")
    }
}

impl FromStr for Place {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(' ');
        let mut part = || parts.next().unwrap_or_default();
        Ok(Self {
            before: part().parse()?,
            after: part().parse()?,
            added: part().parse()?,
            changed: part().parse()?,
            deleted: part().parse()?,
        })
    }
}

/// A stretch of one side, by number.
#[derive(Debug, Clone)]
struct Side {
    entries: Vec<Frozen>,
    /// Whether more entries follow.
    more: bool,
}

/// How far two stretches have been merged.
#[derive(Debug, PartialEq, Eq)]
struct Merged {
    /// The differences.
    pairs: Vec<Pair>,
    /// Number of entries processed on each side.
    passed: (usize, usize),
    /// Whether both sides are exhausted.
    at_end: bool,
}

/// Returns one page of differences. Two round trips, whatever the position of the page and the amount of data.
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
    let at: Place = read::opened(app, &place, &request).await?.unwrap_or_default();
    let most = if matches!(other, Other::Now) { MAX_PRESENT } else { MAX_FROZEN };
    let (before, after) = tokio::join!(
        frozen(app, caller, product_id, Stretch { of: id, from: at.before, most }),
        other_side(app, caller, product_id, other, at.after, most)
    );
    let (before, after) = (before?, after?);
    let merged = merge(&before, &after, limit);
    let next = at.behind(other, &merged, &after)?;
    let next_cursor =
        if merged.at_end { None } else { Some(page::seal_position(app, &place, &next.to_string()).await?) };
    let mut comparison = BaselineComparison {
        added_count: next.added,
        changed_count: next.changed,
        deleted_count: next.deleted,
        added: Vec::new(),
        changed: Vec::new(),
        deleted: Vec::new(),
        next_cursor,
    };
    fill(app, product_id, &mut comparison, &merged.pairs).await?;
    Ok(comparison)
}

impl Place {
    /// Where the next page starts.
    fn behind(self, other: Other, merged: &Merged, after: &Side) -> Result<Self, Error> {
        let (before, passed) = merged.passed;
        let behind = match other {
            Other::Baseline(_) => self.after + u64::try_from(passed).map_err(Error::defect)?,
            Other::Now => {
                passed.checked_sub(1).and_then(|last| after.entries.get(last)).map_or(self.after, |e| e.number)
            }
        };
        let count = |has: fn(&Pair) -> bool| merged.pairs.iter().filter(|pair| has(pair)).count();
        Ok(Self {
            before: self.before + before,
            after: behind,
            added: self.added + count(|pair| pair.before.is_none()),
            changed: self.changed + count(|pair| pair.before.is_some() && pair.after.is_some()),
            deleted: self.deleted + count(|pair| pair.after.is_none()),
        })
    }
}

/// Reads a stretch of a baseline the caller can read. One round trip.
async fn frozen(app: &App, caller: &Caller, product_id: ProductId, stretch: Stretch) -> Result<Side, Error> {
    let (loaded, one) = (read::load(app, caller, Action::ProductRead, product_id, stretch.of), [stretch]);
    let (loaded, entries) = tokio::join!(loaded, item::stretches(app, product_id, &one));
    let (_, (baseline, _)) = loaded?;
    let entries = entries?.concat();
    Ok(Side { more: stretch.from + entries.len() < baseline.requirement_count, entries })
}

/// Reads a stretch of the side the baseline is compared with. One round trip.
async fn other_side(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    other: Other,
    at: u64,
    most: usize,
) -> Result<Side, Error> {
    match other {
        Other::Now => {
            let (entries, more) = item::present_listed(app, product_id, at, most).await?;
            Ok(Side { entries, more })
        }
        Other::Baseline(of) => {
            let from = usize::try_from(at).map_err(Error::defect)?;
            frozen(app, caller, product_id, Stretch { of, from, most }).await
        }
    }
}

/// Returns the first `limit` requirements whose versions differ between the sides, by number, as far as both sides are known: an entry past
/// the end of one stretch may come before the rest of the other.
fn merge(before: &Side, after: &Side, limit: usize) -> Merged {
    let (mut pairs, mut b, mut a) = (Vec::new(), 0, 0);
    loop {
        let (was, is) = (before.entries.get(b), after.entries.get(a));
        let unknown = (was.is_none() && before.more) || (is.is_none() && after.more);
        let pair = match (was, is) {
            (None, None) => return Merged { pairs, passed: (b, a), at_end: !unknown },
            _ if unknown => return Merged { pairs, passed: (b, a), at_end: false },
            (Some(was), Some(is)) if was.number == is.number => Pair { before: Some(*was), after: Some(*is) },
            (Some(was), Some(is)) if is.number < was.number => Pair { before: None, after: Some(*is) },
            (Some(was), _) => Pair { before: Some(*was), after: None },
            (None, Some(is)) => Pair { before: None, after: Some(*is) },
        };
        if pair.before != pair.after {
            if pairs.len() == limit {
                return Merged { pairs, passed: (b, a), at_end: false };
            }
            pairs.push(pair);
        }
        b += usize::from(pair.before.is_some());
        a += usize::from(pair.after.is_some());
    }
}

async fn fill(
    app: &App,
    product_id: ProductId,
    comparison: &mut BaselineComparison,
    pairs: &[Pair],
) -> Result<(), Error> {
    let sides = pairs.iter().flat_map(|pair| [pair.before, pair.after]).flatten();
    let versions: BTreeSet<_> = sides.map(|entry| (entry.id, entry.version)).collect();
    let found = requirement::at_versions(app, product_id, versions).await?;
    let get = |entry: Frozen| -> Result<&Requirement, Error> {
        found.get(&(entry.id, entry.version)).ok_or_else(|| Error::internal("a frozen version is missing"))
    };
    for pair in pairs {
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
    use std::collections::BTreeMap;

    use super::*;
    use kernel::id::RequirementId;
    use proptest::prelude::*;

    type Versions = BTreeMap<u64, u64>;
    /// A number with its version on both sides.
    type Differing = (u64, Option<u64>, Option<u64>);

    fn entries(versions: &Versions) -> Vec<Frozen> {
        let id = |number: u64| RequirementId(uuid::Uuid::from_u128(u128::from(number)));
        versions
            .iter()
            .map(|(number, version)| Frozen { id: id(*number), number: *number, version: *version })
            .collect()
    }

    /// The differences, found by checking every number.
    fn naive(before: &Versions, after: &Versions) -> Vec<Differing> {
        let numbers: BTreeSet<u64> = before.keys().chain(after.keys()).copied().collect();
        let sides =
            numbers.into_iter().map(|number| (number, before.get(&number).copied(), after.get(&number).copied()));
        sides.filter(|(_, was, is)| was != is).collect()
    }

    /// A stretch as read from a baseline (from a position) or from the current requirements (after a number).
    fn stretch(entries: &[Frozen], other: Other, at: u64, most: usize) -> Side {
        let from = match other {
            Other::Baseline(_) => usize::try_from(at).unwrap(),
            Other::Now => entries.iter().filter(|entry| entry.number <= at).count(),
        };
        let read: Vec<Frozen> = entries[from..].iter().take(most).copied().collect();
        Side { more: from + read.len() < entries.len(), entries: read }
    }

    proptest! {
        #[test]
        fn pages_list_each_difference_once_in_order(
            before in prop::collection::btree_map(1_u64..60, 1_u64..3, 0..40),
            after in prop::collection::btree_map(1_u64..60, 1_u64..3, 0..40),
            most in 1_usize..9,
            limit in 1_usize..6,
            now in any::<bool>(),
        ) {
            let other = if now { Other::Now } else { Other::Baseline(BaselineId::new()) };
            let (was, is) = (entries(&before), entries(&after));
            let (mut at, mut shown) = (Place::default(), Vec::new());
            for page in 0.. {
                prop_assert!(page <= was.len() + is.len(), "every page makes progress");
                let from = u64::try_from(at.before).unwrap();
                let (left, right) = (stretch(&was, Other::Baseline(BaselineId::new()), from, most), stretch(&is, other, at.after, most));
                let merged = merge(&left, &right, limit);
                prop_assert!(merged.pairs.len() <= limit);
                let version = |entry: Option<Frozen>| entry.map(|entry| entry.version);
                let number = |pair: &Pair| pair.before.or(pair.after).unwrap().number;
                shown.extend(merged.pairs.iter().map(|pair| (number(pair), version(pair.before), version(pair.after))));
                let next = at.behind(other, &merged, &right).unwrap();
                prop_assert_eq!(next.to_string().parse::<Place>().unwrap(), next);
                at = next;
                if merged.at_end {
                    break;
                }
            }
            let expected = naive(&before, &after);
            let count = |has: fn(&Differing) -> bool| expected.iter().filter(|one| has(one)).count();
            prop_assert_eq!(at.added, count(|one| one.1.is_none()));
            prop_assert_eq!(at.deleted, count(|one| one.2.is_none()));
            prop_assert_eq!(at.added + at.changed + at.deleted, expected.len());
            prop_assert_eq!(shown, expected);
        }
    }
}
