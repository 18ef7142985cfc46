//! Who stands out in a month, and what happened last.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::item::{CountedActivity, Group, Ranked, users_partition};
use super::trend::ActivityCounts;
use crate::activity;
use kernel::error::Error;
use kernel::id::{ActivityId, InvestorId, UserId};
use kernel::policy::{Action, Scope};
use kernel::time::{Date, Timestamp};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// How many investors a ranking shows.
const TOP: usize = 10;
/// How many recent activities are shown.
const RECENT: usize = 15;
/// How many users are shown.
const USERS: usize = 50;

/// Which month.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HighlightsQuery {
    /// Any day of the month; the present one (UTC) if left out.
    #[param(value_type = Option<String>, format = Date)]
    pub month: Option<Date>,
}

/// An investor with many activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TopInvestor {
    /// The investor.
    pub investor_id: InvestorId,
    /// Its name.
    pub name: String,
    /// How many activities in the month.
    pub total: u64,
    /// The day of the last of them.
    pub last_day: Option<Date>,
}

/// What a user recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserActivity {
    /// The user.
    pub user_id: UserId,
    /// How many of each kind in the month.
    pub counts: ActivityCounts,
    /// How many in all.
    pub total: u64,
}

/// An activity without its text, which is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecentActivity {
    /// The activity.
    pub activity_id: ActivityId,
    /// The investor.
    pub investor_id: InvestorId,
    /// The investor's name.
    pub investor_name: String,
    /// What kind of contact it was.
    pub kind: activity::Kind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who recorded it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

/// Who stands out in a month, and what happened last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Highlights {
    /// First day of the month.
    pub month: Date,
    /// The ten investors with the most activities, most first.
    pub top_investors: Vec<TopInvestor>,
    /// What each user recorded, most first; who sees their own investors only sees themselves.
    pub users: Vec<UserActivity>,
    /// The last activities of whatever month, at most 90 days back, newest first.
    pub recent_activities: Vec<RecentActivity>,
}

/// The highlights that the caller may see. One round trip: three queries at once.
pub async fn highlights(app: &App, caller: &Caller, query: &HighlightsQuery) -> Result<Highlights, Error> {
    let scope = caller.allow(Action::AnalyticsRead)?;
    let group = if scope == Scope::All { Group::All } else { Group::Manager(caller.id) };
    let month = query.month.unwrap_or_else(Date::today).month_start();
    let (index, partition) = group.ranking(&month.month());
    let top = List::new("ranking", Source::index(index, partition), Order::Descending);
    let mut recent = List::new("recent", Source::table(group.recent(), ""), Order::Descending);
    recent.to = Some(format!("{}#~", Timestamp::now()));
    let mut users = List::new("users", Source::table(users_partition(&month.month()), ""), Order::Ascending);
    if scope == Scope::Own {
        (users.from, users.to) = (Some(caller.id.to_string()), Some(caller.id.to_string()));
    }
    let (top, recent, users) =
        tokio::join!(top.read(app, None, TOP), recent.read(app, None, RECENT), users.read(app, None, USERS));
    let mut users = users?.0.iter().map(user).collect::<Result<Vec<_>, _>>()?;
    users.retain(|user| user.total > 0);
    users.sort_by_key(|user| (std::cmp::Reverse(user.total), user.user_id));
    Ok(Highlights {
        month,
        top_investors: top?.0.iter().map(top_investor).collect::<Result<_, _>>()?,
        users,
        recent_activities: recent?
            .0
            .iter()
            .filter_map(|item| recent_activity(item).transpose())
            .collect::<Result<_, _>>()?,
    })
}

fn top_investor(item: &Item) -> Result<TopInvestor, Error> {
    let ranked: Ranked = table::read(item, "card")?;
    Ok(TopInvestor {
        investor_id: ranked.investor_id,
        name: ranked.name.to_string(),
        total: u64::try_from(ranked.total).unwrap_or(0),
        last_day: ranked.last_day,
    })
}

fn user(item: &Item) -> Result<UserActivity, Error> {
    let user_id = table::text(item, "sk").and_then(|id| id.parse().ok());
    let user_id = user_id.ok_or_else(|| Error::internal("a user's counters have no user"))?;
    let mut counts = ActivityCounts::default();
    for (kind, value) in item {
        if let Some(count) = value.as_n().ok().and_then(|count| count.parse().ok()) {
            counts.add(kind, count);
        }
    }
    Ok(UserActivity { user_id, counts, total: counts.total() })
}

fn recent_activity(item: &Item) -> Result<Option<RecentActivity>, Error> {
    let counted: CountedActivity = table::read(item, "card")?;
    let Some(investor) = counted.investor else { return Ok(None) };
    Ok(Some(RecentActivity {
        activity_id: counted.id,
        investor_id: counted.investor_id,
        investor_name: investor.name.to_string(),
        kind: counted.kind,
        occurred_at: counted.occurred_at,
        created_by: counted.created_by,
        created_by_name: counted.created_by_name,
    }))
}
