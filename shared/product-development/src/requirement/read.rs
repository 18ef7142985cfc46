//! Reading requirements.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item::{self, LISTED, Loaded, NONE};
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

/// What a list of requirements can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequirementQuery {
    /// Only this status.
    pub status: Option<Status>,
    /// Only this priority.
    pub priority: Option<Priority>,
    /// Only the parts of this requirement; `none` for those that are part of no other.
    pub parent_id: Option<String>,
    /// Only those of this milestone; `none` for those of no milestone.
    pub milestone_id: Option<String>,
    /// Only those with this in title, reference or external id, whatever the case; 1 to 100 characters.
    #[param(min_length = 1, max_length = 100)]
    pub text: Option<String>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The product, which the caller may `action`, and a requirement of it. One round trip.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: RequirementId,
) -> Result<(product::Loaded, Loaded), Error> {
    let (product, found) = product::load_with(app, caller, action, product_id, item::item_key(product_id, id)).await?;
    Ok((product, item::open(found.as_ref())?))
}

/// A requirement in full, its links compared with what they lead to. Two round trips, one when it has no links.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: RequirementId) -> Result<Requirement, Error> {
    let (_, loaded) = load(app, caller, Action::ProductRead, product_id, id).await?;
    link::shown(app, loaded.requirement).await
}

/// One page of a product's requirements, by number. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    query: &RequirementQuery,
) -> Result<Page<RequirementCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, product_id, query, &request).await
}

/// One page of the requirements for whoever may `action`; only the filters of `query` count.
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
        let folded = text::fold(text);
        if folded.is_empty() || text.chars().count() > 100 {
            return Err(Error::bad_parameter("text", "must have 1 to 100 characters"));
        }
        list = list.containing("card.search", &folded);
    }
    Ok(list)
}

/// An id as lists compare it, or `none`.
fn reference<T: std::str::FromStr + ToString>(field: &'static str, text: &str) -> Result<String, Error> {
    if text == NONE {
        return Ok(NONE.into());
    }
    let id = text.parse::<T>().map_err(|_| Error::bad_parameter(field, "must be a UUID or `none`"))?;
    Ok(id.to_string())
}
