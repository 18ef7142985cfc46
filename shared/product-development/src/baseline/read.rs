//! Reads baselines.

use std::str::FromStr;

use super::item::Stretch;
use super::{Baseline, Frozen, item};
use crate::product;
use crate::requirement::{self, RequirementCard};
use kernel::error::Error;
use kernel::id::{BaselineId, ProductId};
use kernel::policy::Action;
use platform::app::App;
use platform::audit::Head;
use platform::caller::Caller;
use platform::page::{self, List, Order, Page, PageRequest, Source};
use platform::table;

/// Loads the product, if the caller is permitted to `action`, and one of its baselines. One round trip.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: BaselineId,
) -> Result<(product::LoadedProduct, (Baseline, Head)), Error> {
    let (product, found) = product::load_with(app, caller, action, product_id, item::item_key(product_id, id)).await?;
    Ok((product, item::open(found.as_ref())?))
}

/// Returns a baseline. One round trip.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: BaselineId) -> Result<Baseline, Error> {
    let (_, (baseline, _)) = load(app, caller, Action::ProductRead, product_id, id).await?;
    Ok(baseline)
}

/// Returns one page of a product's baselines, newest first. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    request: &PageRequest,
) -> Result<Page<Baseline>, Error> {
    read(app, caller, Action::ProductRead, product_id, request).await
}

/// Returns one page of the baselines for a caller permitted to `action`.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    request: &PageRequest,
) -> Result<Page<Baseline>, Error> {
    let product = product::load(app, caller, action, product_id);
    let list = listing(product_id);
    let (product, page) = tokio::join!(product, list.page(app, request));
    product?;
    page?.try_map(|item| table::read(&item, "card"))
}

/// The baselines of a product, newest first.
fn listing(product_id: ProductId) -> List {
    List::new("baselines", Source::index("gsi1", item::listed(product_id)), Order::Descending)
}

/// Returns one page of a baseline's requirements, by number, as they were when it was created. Two round trips.
pub async fn requirements(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: BaselineId,
    request: &PageRequest,
) -> Result<Page<RequirementCard>, Error> {
    let limit = request.limit()?;
    let place = format!("cursor/baseline_requirements/{id}");
    let from = opened(app, &place, request).await?.unwrap_or(0);
    // Read one more than requested to learn whether there is a next page.
    let page = [Stretch { of: id, from, most: limit + 1 }];
    let loaded = load(app, caller, Action::ProductRead, product_id, id);
    let (loaded, entries) = tokio::join!(loaded, item::stretches(app, product_id, &page));
    loaded?;
    let mut entries = entries?.concat();
    let next_cursor = if entries.len() > limit {
        entries.truncate(limit);
        Some(page::seal_position(app, &place, &(from + limit).to_string()).await?)
    } else {
        None
    };
    Ok(Page { items: cards(app, product_id, &entries).await?, next_cursor })
}

/// Loads the frozen requirements as they were. One round trip.
async fn cards(app: &App, product_id: ProductId, entries: &[Frozen]) -> Result<Vec<RequirementCard>, Error> {
    let versions = entries.iter().map(|entry| (entry.id, entry.version)).collect();
    let found = requirement::at_versions(app, product_id, versions).await?;
    let card = |entry: &Frozen| found.get(&(entry.id, entry.version)).map(requirement::Requirement::card);
    let cards = entries.iter().map(card).collect::<Option<_>>();
    cards.ok_or_else(|| Error::internal("a frozen version is missing"))
}

/// Opens the cursor of a request, if it has one.
pub(super) async fn opened<T: FromStr>(app: &App, place: &str, request: &PageRequest) -> Result<Option<T>, Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let Some(cursor) = &request.cursor else { return Ok(None) };
    page::open_position(app, place, cursor).await?.parse().map(Some).map_err(Error::defect)
}

/// A requirement in a baseline, as it was when the baseline was created.
#[derive(Debug, Clone)]
pub struct BaselineRow {
    /// The baseline.
    pub baseline: Baseline,
    /// Whether this is the first row of the baseline.
    pub is_first: bool,
    /// The requirement; `None` in the single row of an empty baseline.
    pub requirement: Option<RequirementCard>,
}

/// Returns one page of the contents of all baselines of a product in which the caller is permitted to `action`: baselines newest first, the
/// requirements of each by number. Three round trips.
pub async fn rows(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    request: &PageRequest,
) -> Result<Page<BaselineRow>, Error> {
    let limit = request.limit()?;
    let place = format!("cursor/baseline_rows/{product_id}");
    let at: Option<String> = opened(app, &place, request).await?;
    let (newest, passed) = match at.as_deref().and_then(|at| at.rsplit_once('#')) {
        Some((newest, passed)) => (Some(newest.to_owned()), passed.parse().map_err(Error::defect)?),
        None => (None, 0),
    };
    let list = List { to: newest.clone(), ..listing(product_id) };
    // Read one more than the rows on a page: the first may already have been shown completely on the previous page.
    let (loaded, read) = tokio::join!(product::load(app, caller, action, product_id), list.read(app, None, limit + 1));
    loaded?;
    let (items, more) = read?;
    let baselines: Vec<Baseline> =
        items.into_iter().map(|item| table::read(&item, "card")).collect::<Result<_, _>>()?;
    let (stretches, next) = cut(&baselines, newest.as_deref(), passed, limit);
    let held = item::stretches(app, product_id, &stretches).await?;
    let mut cards = cards(app, product_id, &held.concat()).await?.into_iter();
    let mut rows = Vec::with_capacity(limit);
    for ((baseline, stretch), held) in baselines.into_iter().zip(&stretches).zip(held) {
        // An empty baseline still gets one row.
        for n in 0..held.len().max(usize::from(stretch.from == 0)) {
            let is_first = stretch.from + n == 0;
            let requirement = if held.is_empty() { None } else { cards.next() };
            rows.push(BaselineRow { baseline: baseline.clone(), is_first, requirement });
        }
    }
    let next = next.or(more.map(|last| format!("{last}#{}", usize::MAX)));
    let next_cursor = match next {
        Some(next) => Some(page::seal_position(app, &place, &next).await?),
        None => None,
    };
    Ok(Page { items: rows, next_cursor })
}

/// Works out which part of each baseline is on a page of `limit` rows, if `passed` rows of the baseline at position `first` were on
/// previous pages, and where the next page starts if it starts with one of these baselines.
fn cut(baselines: &[Baseline], first: Option<&str>, passed: usize, limit: usize) -> (Vec<Stretch>, Option<String>) {
    let mut stretches = Vec::new();
    let mut left = limit;
    for baseline in baselines {
        let position = item::position(baseline);
        // If that baseline was deleted since the previous page, it is no longer first, and the next one is shown from its start.
        let from = if first == Some(position.as_str()) { passed.min(baseline.requirement_count.max(1)) } else { 0 };
        if left == 0 {
            return (stretches, Some(format!("{position}#{from}")));
        }
        let rows = baseline.requirement_count.max(1) - from;
        let most = rows.min(left);
        stretches.push(Stretch { of: baseline.id, from, most });
        left -= most;
        if most < rows {
            return (stretches, Some(format!("{position}#{}", from + most)));
        }
    }
    (stretches, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::UserId;
    use kernel::text::Name;
    use kernel::time::Timestamp;
    use proptest::prelude::*;

    fn baseline(requirement_count: usize) -> Baseline {
        Baseline {
            id: BaselineId::new(),
            version: 1,
            created_at: Timestamp::now(),
            updated_at: Timestamp::now(),
            product_id: ProductId::new(),
            name: Name::try_from("One".to_owned()).unwrap(),
            description: None,
            requirement_count,
            created_by: UserId::new(),
            created_by_name: "Mia".into(),
        }
    }

    proptest! {
        #[test]
        fn pages_cover_all_rows_in_order(counts in prop::collection::vec(0_usize..9, 0..9), limit in 1_usize..7) {
            let baselines: Vec<Baseline> = counts.into_iter().map(baseline).collect();
            let all: Vec<_> =
                baselines.iter().flat_map(|one| (0..one.requirement_count.max(1)).map(|n| (one.id, n))).collect();
            let (mut shown, mut at) = (Vec::new(), Some((0, 0)));
            while let Some((begin, passed)) = at {
                // As the list is read: one more baseline than a page has rows, starting from the one in the cursor.
                let end = (begin + limit + 1).min(baselines.len());
                let read = &baselines[begin..end];
                let first = read.first().map(item::position);
                let (stretches, next) = cut(read, first.as_deref(), passed, limit);
                let before = shown.len();
                shown.extend(stretches.iter().flat_map(|it| (it.from..it.from + it.most).map(|n| (it.of, n))));
                prop_assert!(shown.len() - before <= limit);
                let last = (end < baselines.len()).then(|| (end - 1, usize::MAX));
                at = next.map(|next| {
                    let (position, passed) = next.rsplit_once('#').unwrap();
                    (baselines.iter().position(|one| item::position(one) == position).unwrap(), passed.parse().unwrap())
                }).or(last);
            }
            prop_assert_eq!(shown, all);
        }
    }
}
