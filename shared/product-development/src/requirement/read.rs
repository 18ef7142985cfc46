//! Reads requirements.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item::{self, LISTED, LoadedRequirement, NONE};
use super::{Requirement, RequirementCard, Status, link};
use crate::priority::Priority;
use crate::product;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId};
use kernel::policy::Action;
use kernel::text;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// Filters for a list of requirements.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequirementQuery {
    /// Only requirements with this status.
    pub status: Option<Status>,
    /// Only requirements with this priority.
    pub priority: Option<Priority>,
    /// Only children of this requirement; `none` for requirements without a parent.
    #[param(pattern = "^(?:none|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub parent_id: Option<String>,
    /// Only requirements of this milestone; `none` for requirements without a milestone.
    #[param(pattern = "^(?:none|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub milestone_id: Option<String>,
    /// Only requirements whose title, reference or external ID contains this text, ignoring case; 1 to 100 characters.
    #[param(min_length = 1, max_length = 100)]
    pub text: Option<String>,
    /// Items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// Loads the product, if the caller is permitted to `action`, and one of its requirements. One round trip.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: RequirementId,
) -> Result<(product::LoadedProduct, LoadedRequirement), Error> {
    let (product, found) = product::load_with(app, caller, action, product_id, item::item_key(product_id, id)).await?;
    Ok((product, item::open(found.as_ref())?))
}

/// Returns a requirement in full, with its links compared with their targets. Two round trips, or one if it has no links.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: RequirementId) -> Result<Requirement, Error> {
    let (_, loaded) = load(app, caller, Action::ProductRead, product_id, id).await?;
    link::shown(app, loaded.requirement).await
}

/// Returns one page of a product's requirements, by number. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    query: &RequirementQuery,
) -> Result<Page<RequirementCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, product_id, query, &request).await
}

/// Returns one page of the requirements for a caller permitted to `action`; only the filters of `query` are used.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    query: &RequirementQuery,
    request: &PageRequest,
) -> Result<Page<RequirementCard>, Error> {
    let list = listing(product_id, query)?;
    let (product, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, request));
    product?;
    page?.try_map(|item| table::read(&item, "card"))
}

fn listing(product_id: ProductId, query: &RequirementQuery) -> Result<List, Error> {
    let source = Source::index("gsi1", format!("{LISTED}{product_id}"));
    let mut list = List::new("requirements", source, Order::Ascending);
    if let Some(status) = query.status {
        list = list.filter("card.status", status.as_str());
    }
    if let Some(priority) = query.priority {
        list = list.filter("card.priority", priority.as_str());
    }
    if let Some(parent) = &query.parent_id {
        list = list.filter("card.under", &reference::<RequirementId>("parent_id", parent)?);
    }
    if let Some(milestone) = &query.milestone_id {
        list = list.filter("card.milestone", &reference::<MilestoneId>("milestone_id", milestone)?);
    }
    if let Some(text) = &query.text {
        let folded = text::unaccented(text);
        if folded.is_empty() || text.chars().count() > 100 {
            return Err(Error::bad_parameter("text", "must be 1 to 100 characters"));
        }
        list = list.containing("card.search", &folded);
    }
    Ok(list)
}

/// An ID in the form that lists compare, or `none`.
fn reference<T: std::str::FromStr + ToString>(field: &'static str, text: &str) -> Result<String, Error> {
    if text == NONE {
        return Ok(NONE.into());
    }
    let id = text.parse::<T>().map_err(|_| Error::bad_parameter(field, "must be a UUID or `none`"))?;
    Ok(id.to_string())
}
