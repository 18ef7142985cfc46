//! Reading baselines.

use super::{Baseline, Frozen, item};
use crate::app::App;
use crate::audit::Head;
use crate::caller::Caller;
use crate::error::Error;
use crate::id::{BaselineId, ProductId};
use crate::page::{self, List, Order, Page, PageRequest, Source};
use crate::policy::Action;
use crate::product;
use crate::requirement::{self, RequirementCard};
use crate::table;

/// The product, which the caller may `action`, and a baseline of it. One round trip.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: BaselineId,
) -> Result<(product::Loaded, (Baseline, Head)), Error> {
    let scope = caller.allow(action)?;
    let keys = [product::item_key(product_id), item::item_key(product_id, id)];
    let found = app.table().get_many(keys.to_vec()).await?;
    let [product, baseline] =
        keys.map(|key| found.iter().find(|item| table::text(item, "sk") == Some(key.sk.as_str())));
    let product = product::permitted(caller, action, scope, product)?;
    Ok((product, item::open(baseline)?))
}

/// A baseline. One round trip.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: BaselineId) -> Result<Baseline, Error> {
    let (_, (baseline, _)) = load(app, caller, Action::ProductRead, product_id, id).await?;
    Ok(baseline)
}

/// One page of a product's baselines, newest first. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    request: &PageRequest,
) -> Result<Page<Baseline>, Error> {
    let list = List::new("baselines", Source::index("gsi1", item::listed(product_id)), Order::Descending);
    let product = product::load(app, caller, Action::ProductRead, product_id);
    let (product, page) = tokio::join!(product, list.page(app, request));
    product?;
    page?.try_map(|item| table::take(item, "card"))
}

/// One page of what a baseline holds, by number, as it was. Two round trips.
pub async fn requirements(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: BaselineId,
    request: &PageRequest,
) -> Result<Page<RequirementCard>, Error> {
    let limit = request.limit()?;
    let place = format!("cursor/baseline_requirements/{id}");
    let after = after(app, &place, request).await?;
    let (loaded, entries) =
        tokio::join!(load(app, caller, Action::ProductRead, product_id, id), item::entries(app, product_id, id));
    loaded?;
    let mut entries: Vec<Frozen> = entries?.into_iter().filter(|entry| entry.number > after).take(limit + 1).collect();
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next_cursor = match entries.last().filter(|_| more) {
        Some(last) => Some(page::seal_position(app, &place, &last.number.to_string()).await?),
        None => None,
    };
    let versions = entries.iter().map(|entry| (entry.id, entry.version)).collect();
    let found = requirement::at_versions(app, product_id, versions).await?;
    let card = |entry: &Frozen| found.get(&(entry.id, entry.version)).map(requirement::Requirement::card);
    let items = entries.iter().map(card).collect::<Option<_>>();
    Ok(Page { items: items.ok_or_else(|| Error::internal("a frozen version is gone"))?, next_cursor })
}

/// The number after which a page begins.
pub(super) async fn after(app: &App, place: &str, request: &PageRequest) -> Result<u64, Error> {
    match &request.cursor {
        Some(cursor) => page::open_position(app, place, cursor).await?.parse().map_err(Error::defect),
        None => Ok(0),
    }
}
