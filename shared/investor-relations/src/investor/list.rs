//! Lists of investors by name.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item::{everyone, facet, managed_by};
use super::{InvestorCard, Status, Tier};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::{Action, Scope};
use kernel::text::Tag;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// Filters and paging for the list of investors.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvestorQuery {
    /// Only investors in this tier.
    pub tier: Option<Tier>,
    /// Only investors with this status.
    pub status: Option<Status>,
    /// Only investors managed by this user.
    #[param(value_type = Option<String>, format = Uuid)]
    pub relationship_manager_id: Option<UserId>,
    /// Only investors with this tag.
    pub tag: Option<Tag>,
    /// If true, lists deleted investors instead of the others.
    pub deleted: Option<bool>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// Returns one page of the investors that the caller can see, by name.
///
/// Each list has its own partition: all investors, a manager's, a tier's, a status's, a tag's. If several filters are given,
/// the narrowest partition is read (in the order tag, manager, tier, status) and the other filters are applied to its items.
pub async fn list(app: &App, caller: &Caller, query: &InvestorQuery) -> Result<Page<InvestorCard>, Error> {
    read(app, caller, Action::InvestorRead, query, &PageRequest::new(query.limit, query.cursor.clone())).await
}

/// Returns one page of the investors on which the caller may perform `action`. Uses only the filters of `query`.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    query: &InvestorQuery,
    request: &PageRequest,
) -> Result<Page<InvestorCard>, Error> {
    let scope = caller.allow(action)?;
    request.limit()?;
    if scope == Scope::Own && query.relationship_manager_id.is_some_and(|manager| manager != caller.id) {
        return Ok(Page { items: Vec::new(), next_cursor: None });
    }
    let manager = if scope == Scope::Own { Some(caller.id) } else { query.relationship_manager_id };
    let deleted = query.deleted.unwrap_or(false);
    let source = match (manager, &query.tag, query.tier, query.status) {
        (Some(manager), ..) if deleted => Source::index("gsi2", managed_by(manager, true)),
        (None, ..) if deleted => Source::index("gsi1", everyone(true)),
        (_, Some(tag), ..) => Source::table(facet("tag", tag.as_str()), ""),
        (Some(manager), ..) => Source::index("gsi2", managed_by(manager, false)),
        (None, None, Some(tier), _) => Source::table(facet("tier", tier.as_str()), ""),
        (None, None, None, Some(status)) => Source::table(facet("status", status.as_str()), ""),
        (None, None, None, None) => Source::index("gsi1", everyone(false)),
    };
    let covered = source.pk.clone();
    let mut list = List::new("investors", source, Order::Ascending);
    if let Some(manager) = manager
        && covered != managed_by(manager, deleted)
    {
        list = list.filter("card.relationship_manager_id", &manager.to_string());
    }
    if let Some(tag) = &query.tag
        && covered != facet("tag", tag.as_str())
    {
        list = list.containing("card.tags", tag.as_str());
    }
    if let Some(tier) = query.tier
        && covered != facet("tier", tier.as_str())
    {
        list = list.filter("card.tier", tier.as_str());
    }
    if let Some(status) = query.status
        && covered != facet("status", status.as_str())
    {
        list = list.filter("card.status", status.as_str());
    }
    list.page(app, request).await?.try_map(|item| table::read(&item, "card"))
}
