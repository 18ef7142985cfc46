//! Highlights of a month and recent activities.

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

/// Number of investors in a ranking.
const TOP: usize = 10;
/// Number of recent activities.
const RECENT: usize = 15;
/// Maximum number of users.
const USERS: usize = 50;

/// The month of the highlights.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HighlightsQuery {
    /// Any day of the month. Defaults to the current month (UTC).
    #[param(value_type = Option<String>, format = Date)]
    pub month: Option<Date>,
}

/// An investor in the ranking by number of activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TopInvestor {
    /// The investor.
    pub investor_id: InvestorId,
    /// The investor's name.
    pub name: String,
    /// Number of activities in the month.
    pub total: u64,
    /// Date of the last activity in the month.
    pub last_day: Option<Date>,
}

/// The activities that a user recorded in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserActivity {
    /// The user.
    pub user_id: UserId,
    /// Number of activities of each kind in the month.
    pub counts: ActivityCounts,
    /// Total number of activities in the month.
    pub total: u64,
}

/// An activity without its text, which is personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecentActivity {
    /// The activity.
    pub activity_id: ActivityId,
    /// The investor.
    pub investor_id: InvestorId,
    /// The investor's name.
    pub investor_name: String,
    /// Type of activity.
    pub kind: activity::Kind,
    /// When the activity took place.
    pub occurred_at: Timestamp,
    /// The user who recorded it.
    pub created_by: UserId,
    /// That user's name when the activity was recorded.
    pub created_by_name: String,
}

/// The most active investors and users of a month, and recent activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Highlights {
    /// First day of the month.
    pub month: Date,
    /// The ten investors with the most activities, in descending order.
    pub top_investors: Vec<TopInvestor>,
    /// What each user recorded, in descending order of activities. Callers who can see only their own investors see only
    /// themselves.
    pub users: Vec<UserActivity>,
    /// The most recent activities of any month, at most 90 days old, newest first.
    pub recent_activities: Vec<RecentActivity>,
}

/// Returns the highlights that the caller can see. Takes one round trip, with three concurrent queries.
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
    for kind in activity::Kind::ALL {
        counts.add(*kind, table::read(item, kind.as_str()).unwrap_or(0));
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
