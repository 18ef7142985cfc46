//! Reports: the contents of a PDF report about an investor or a product, read in bounded queries.

mod product;

pub use product::{ProductReport, ProductReportQuery, of_product, outline};

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use investor_relations::analytics::{self, InvestorAnalytics};
use investor_relations::cash_flow::{self, CashFlow};
use investor_relations::document::{self, Document};
use investor_relations::holdings::{self, Holdings};
use investor_relations::investment::{self, Investment};
use investor_relations::investor::{self, Investor};
use investor_relations::timeline::{self, TimelineEntry};
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::policy::Action;
use kernel::text::{Name, TimeZone};
use kernel::time::{Date, Timestamp};
use kernel::{Entity, Operation};
use people::user;
use platform::app::App;
use platform::audit::{self, FieldChange, Kept, Subject};
use platform::caller::Caller;

/// Maximum number of investments listed in a report.
const MAX_INVESTMENTS: usize = 1_000;
/// Maximum number of cash flows listed in a report.
const MAX_CASH_FLOWS: usize = 1_000;
/// Maximum number of timeline entries in a report.
const MAX_ENTRIES: usize = 200;
/// Maximum number of documents listed in a report.
const MAX_DOCUMENTS: usize = 500;

/// Period of a report.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// First day of the timeline, in the caller's time zone; defaults to the beginning.
    pub from: Option<Date>,
    /// Last day of the timeline, in the caller's time zone; defaults to no end.
    pub to: Option<Date>,
}

/// The first items of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt<T> {
    /// Items, newest first.
    pub items: Vec<T>,
    /// Whether the list has more items.
    pub more: bool,
}

impl<T> Excerpt<T> {
    /// Takes the first `most` of `items`; `more` says whether there were already more than these.
    fn of(mut items: Vec<T>, most: usize, more: bool) -> Self {
        let more = more || items.len() > most;
        items.truncate(most);
        Self { items, more }
    }
}

/// Contents of an investor report.
#[derive(Debug, Clone)]
pub struct InvestorReport {
    /// When the report was created.
    pub made_at: Timestamp,
    /// Name of the user who created the report.
    pub made_by: String,
    /// Time zone for displayed times, taken from the user who created the report.
    pub time_zone: TimeZone,
    /// The investor.
    pub investor: Investor,
    /// Name of the relationship manager.
    pub manager: Option<Name>,
    /// Holdings in each currency.
    pub holdings: Holdings,
    /// Investments, by commitment date.
    pub investments: Excerpt<Investment>,
    /// Cash flows, by date.
    pub cash_flows: Excerpt<CashFlow>,
    /// Activity metrics.
    pub analytics: InvestorAnalytics,
    /// Period of the timeline.
    pub period: ReportQuery,
    /// Timeline entries, newest first.
    pub timeline: Excerpt<TimelineEntry>,
    /// Documents, newest first.
    pub documents: Excerpt<Document>,
}

/// Reads an investor report. Two round trips, regardless of size. The audit trail records the read and its extent before the report is
/// returned.
pub async fn of_investor(
    app: &App,
    caller: &Caller,
    id: InvestorId,
    query: &ReportQuery,
) -> Result<InvestorReport, Error> {
    if let (Some(from), Some(to)) = (query.from, query.to)
        && from > to
    {
        return Err(Error::bad_parameter("to", "must not be before from"));
    }
    let (loaded, maker) =
        tokio::join!(investor::load(app, caller, Action::InvestorReport, id), user::load(app, caller.id));
    let (loaded, time_zone) = (loaded?, maker?.user.time_zone);
    let cipher = &loaded.cipher;
    let from = query.from.map(|day| day.start_in(&time_zone));
    let until = query.to.map(|day| day.plus_days(1).start_in(&time_zone));
    let (manager, held, analytics, entries, documents) = tokio::try_join!(
        name_of(app, loaded.investor.relationship_manager_id),
        holdings::read(app, id),
        analytics::read_investor(app, id),
        timeline::newest(app, &loaded, from, until, MAX_ENTRIES),
        document::newest(app, caller, id, cipher, MAX_DOCUMENTS),
    )?;
    let (items, more) = held;
    let (mut investments, mut cash_flows) = (Vec::new(), Vec::new());
    for item in &items {
        if investment::card_of(item)?.is_some() {
            investments.push(investment::open_card(item, cipher)?);
        } else if cash_flow::card_of(item)?.is_some() {
            cash_flows.push(cash_flow::open_card(item, cipher)?);
        }
    }
    investments.sort_by_key(|one: &Investment| std::cmp::Reverse((one.invested_on, one.id)));
    cash_flows.sort_by_key(|one: &CashFlow| std::cmp::Reverse((one.date, one.id)));
    // Investments are read before cash flows, so they are only truncated if no cash flow was reached.
    let investments_cut = more && cash_flows.is_empty();
    let report = InvestorReport {
        made_at: Timestamp::now(),
        made_by: caller.actor.name.clone(),
        time_zone,
        manager,
        holdings: holdings::of(&items, more)?,
        investments: Excerpt::of(investments, MAX_INVESTMENTS, investments_cut),
        cash_flows: Excerpt::of(cash_flows, MAX_CASH_FLOWS, more),
        analytics,
        period: query.clone(),
        timeline: Excerpt::of(entries.0, MAX_ENTRIES, entries.1),
        documents: Excerpt::of(documents.0, MAX_DOCUMENTS, documents.1),
        investor: loaded.investor,
    };
    let subject = Subject::new(Entity::Investor, id);
    audit::access(app, &caller.actor, Operation::InvestorReport, subject, included(&report)).await?;
    Ok(report)
}

/// The name of a user, if the user exists.
async fn name_of(app: &App, id: Option<UserId>) -> Result<Option<Name>, Error> {
    let Some(id) = id else { return Ok(None) };
    match user::load(app, id).await {
        Ok(loaded) => Ok(Some(loaded.user.name)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A field of a report's audit record.
fn kept(field: &str, text: String) -> FieldChange {
    FieldChange { field: field.into(), before: None, after: Some(Kept::Text(text)) }
}

/// Fields of the audit record: how much the report contained, never its contents.
fn included(report: &InvestorReport) -> Vec<FieldChange> {
    let mut changes = vec![
        kept("investments", report.investments.items.len().to_string()),
        kept("cash_flows", report.cash_flows.items.len().to_string()),
        kept("timeline", report.timeline.items.len().to_string()),
        kept("documents", report.documents.items.len().to_string()),
    ];
    changes.extend(report.period.from.map(|day| kept("from", day.to_string())));
    changes.extend(report.period.to.map(|day| kept("to", day.to_string())));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::policy::{Role, Roles, scope};

    #[test]
    fn a_report_reveals_nothing_the_caller_cannot_read() {
        for role in Role::ALL.iter().copied() {
            let roles = Roles::from([role]);
            for read in [Action::InvestorRead, Action::DocumentRead, Action::AnalyticsRead] {
                assert!(scope(&roles, Action::InvestorReport) <= scope(&roles, read), "{role:?} {read:?}");
            }
        }
    }

    #[test]
    fn an_excerpt_tells_if_items_were_left_out() {
        assert_eq!(Excerpt::of(vec![1, 2], 2, false), Excerpt { items: vec![1, 2], more: false });
        assert_eq!(Excerpt::of(vec![1, 2, 3], 2, false), Excerpt { items: vec![1, 2], more: true });
        assert!(Excerpt::of(vec![1], 2, true).more);
    }
}
