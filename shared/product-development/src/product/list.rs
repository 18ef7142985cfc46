//! Reading products.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item;
use super::{Product, ProductCard, Status};
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// What a list of products can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Only this status; without it all but the archived ones.
    pub status: Option<Status>,
    /// Only those of this owner.
    #[param(value_type = Option<String>, format = Uuid)]
    pub owner_id: Option<UserId>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A product in full.
pub async fn get(app: &App, caller: &Caller, id: ProductId) -> Result<Product, Error> {
    super::load(app, caller, Action::ProductRead, id).await.map(|loaded| loaded.product)
}

/// One page of the products that the caller may see, by name. Every list is a partition of its own: all, the archived ones,
/// an owner's, and for those who do not see all, the ones that they own or belong to.
pub async fn list(app: &App, caller: &Caller, query: &ProductQuery) -> Result<Page<ProductCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, query, &request).await
}

/// One page of the products with which the caller may `action`; only the filters of `query` count.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    query: &ProductQuery,
    request: &PageRequest,
) -> Result<Page<ProductCard>, Error> {
    let scope = caller.allow(action)?;
    let archived = query.status.is_some_and(Status::is_archived);
    let source = match (scope, query.owner_id) {
        (Scope::Member, _) => Source::table(item::listed_for(caller.id), ""),
        (Scope::Own, _) => Source::index("gsi2", item::owned_by(caller.id)),
        (Scope::All, Some(owner)) => Source::index("gsi2", item::owned_by(owner)),
        (Scope::All, None) if archived => Source::index("gsi1", "PRODUCTS#ARCHIVED"),
        (Scope::All, None) => Source::index("gsi1", "PRODUCTS"),
    };
    let of_all = source.index == Some("gsi1");
    let mut list = List::new("products", source, Order::Ascending);
    match query.status {
        Some(status) if !(of_all && archived) => list = list.filter("card.status", status.as_str()),
        None if !of_all => list = list.without("card.status", Status::Archived.as_str()),
        _ => {}
    }
    if let (Some(owner), Scope::Member | Scope::Own) = (query.owner_id, scope) {
        list = list.filter("card.owner_id", &owner.to_string());
    }
    list.page(app, request).await?.try_map(|item| table::read(&item, "card"))
}
