//! Reads milestones.

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Milestone, Status, item, progress};
use crate::product::{self, ProductCard, ProductQuery};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId};
use kernel::policy::Action;
use platform::app::App;
use platform::audit::Head;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// Maximum number of milestones per product on the roadmap.
const MAX_ON_ROADMAP: usize = 200;

/// Filters for a list of milestones.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MilestoneQuery {
    /// Only milestones with this status.
    pub status: Option<Status>,
    /// Items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// Filters for a roadmap.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoadmapQuery {
    /// Only milestones with this status.
    pub status: Option<Status>,
    /// Products per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// A product on the roadmap.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Roadmap {
    /// The product.
    pub product: ProductCard,
    /// The product's milestones by due date, at most 200.
    pub milestones: Vec<Milestone>,
    /// Whether the product has more milestones.
    pub more: bool,
}

/// Loads the product, if the caller is permitted to `action`, and one of its milestones. One round trip.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: MilestoneId,
) -> Result<(product::LoadedProduct, (Milestone, Head)), Error> {
    let (product, found) = product::load_with(app, caller, action, product_id, item::item_key(product_id, id)).await?;
    Ok((product, item::open(found.as_ref())?))
}

/// Returns a milestone with its progress. Two round trips.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: MilestoneId) -> Result<Milestone, Error> {
    let (_, (milestone, _)) = load(app, caller, Action::ProductRead, product_id, id).await?;
    progress::one(app, milestone).await
}

fn listing(product_id: ProductId, status: Option<Status>) -> List {
    let list = List::new("milestones", Source::index("gsi1", item::listed(product_id)), Order::Ascending);
    match status {
        Some(status) => list.filter("card.status", status.as_str()),
        None => list,
    }
}

/// Returns one page of a product's milestones by due date, with their progress. Two round trips.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    query: &MilestoneQuery,
) -> Result<Page<Milestone>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, product_id, query, &request).await
}

/// Returns one page of the milestones for a caller permitted to `action`; only the filters of `query` are used.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    query: &MilestoneQuery,
    request: &PageRequest,
) -> Result<Page<Milestone>, Error> {
    let list = listing(product_id, query.status);
    let product = product::load(app, caller, action, product_id);
    let (product, page) = tokio::join!(product, list.page(app, request));
    product?;
    let page = page?.try_map(|item| table::read(&item, "card"))?;
    Ok(Page { items: progress::shown(app, page.items).await?, next_cursor: page.next_cursor })
}

/// Returns one page of the products the caller can see, by name, each with its milestones by due date. Three round trips: the products, the
/// milestones of all of them, and their progress.
pub async fn roadmap(app: &App, caller: &Caller, query: &RoadmapQuery) -> Result<Page<Roadmap>, Error> {
    let narrowed = ProductQuery { limit: query.limit, cursor: query.cursor.clone(), ..ProductQuery::default() };
    let page = product::list(app, caller, &narrowed).await?;
    let read = |product: ProductCard| async {
        let list = listing(product.id, query.status);
        let (items, next) = list.read(app, None, MAX_ON_ROADMAP).await?;
        let milestones = items.into_iter().map(|item| table::read(&item, "card")).collect::<Result<_, Error>>()?;
        Ok::<_, Error>(Roadmap { product, milestones, more: next.is_some() })
    };
    let mut items: Vec<Roadmap> = try_join_all(page.items.into_iter().map(read)).await?;
    let all = items.iter_mut().flat_map(|one| std::mem::take(&mut one.milestones)).collect();
    for milestone in progress::shown(app, all).await? {
        if let Some(one) = items.iter_mut().find(|one| one.product.id == milestone.product_id) {
            one.milestones.push(milestone);
        }
    }
    Ok(Page { items, next_cursor: page.next_cursor })
}
