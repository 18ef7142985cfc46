//! Lists of investors by name.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item::facet;
use super::{InvestorCard, Status, Tier};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::{Action, Scope};
use kernel::text::Tag;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// What a list of investors can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvestorQuery {
    /// Only this tier.
    pub tier: Option<Tier>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only those this user looks after.
    #[param(value_type = Option<String>, format = Uuid)]
    pub relationship_manager_id: Option<UserId>,
    /// Only those with this tag.
    #[param(value_type = Option<String>)]
    pub tag: Option<Tag>,
    /// The deleted ones instead of the others.
    pub deleted: Option<bool>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One page of the investors that the caller may see, by name.
///
/// Every list is a partition of its own: all, a manager's, a tier's, a tag's. When several filters are given, the
/// narrowest partition is read (tag, manager, tier, status) and the other filters drop items from it.
pub async fn list(app: &App, caller: &Caller, query: &InvestorQuery) -> Result<Page<InvestorCard>, Error> {
    read(app, caller, Action::InvestorRead, query, &PageRequest::new(query.limit, query.cursor.clone())).await
}

/// One page of the investors with whom the caller may `action`; only the filters of `query` count.
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
        (Some(manager), ..) if deleted => Source::index("gsi2", format!("INVESTORS#DELETED#MANAGER#{manager}")),
        (None, ..) if deleted => Source::index("gsi1", "INVESTORS#DELETED"),
        (_, Some(tag), ..) => Source::table(facet("tag", tag.as_str()), ""),
        (Some(manager), ..) => Source::index("gsi2", format!("INVESTORS#MANAGER#{manager}")),
        (None, None, Some(tier), _) => Source::table(facet("tier", tier.as_str()), ""),
        (None, None, None, Some(status)) => Source::table(facet("status", status.as_str()), ""),
        (None, None, None, None) => Source::index("gsi1", "INVESTORS"),
    };
    let covered = source.pk.clone();
    let mut list = List::new("investors", source, Order::Ascending);
    if let Some(manager) = manager
        && !covered.contains("MANAGER#")
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
