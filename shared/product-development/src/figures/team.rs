//! What the members of a product complete, and their workload.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::flow::{by_day, count};
use super::period::{Period, ProductPeriod};
use super::workload::{self, Workload};
use super::{Group, partition};
use crate::product::{self, Product};
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::interval::Interval;
use kernel::policy::Action;
use kernel::text::{Name, fold};
use kernel::time::Date;
use people::user;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of items read, one per month and person.
const MAX_ITEMS: usize = 5000;

/// What a user completed in a day, a week or a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberPoint {
    /// First day of the interval.
    pub start: Date,
    /// Number of the user's tasks completed in the interval.
    pub finished: u64,
    /// Total estimated hours of those tasks.
    #[schema(value_type = String, example = "7.5")]
    pub hours: Decimal,
}

/// What a user completed for a product, and their workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberFigures {
    /// The user's ID.
    pub user_id: UserId,
    /// Display name.
    pub name: Name,
    /// Whether the user currently owns the product or is a member of it.
    pub in_team: bool,
    /// Number of tasks assigned to the user that were completed.
    pub finished: u64,
    /// Total estimated hours of those tasks.
    #[schema(value_type = String, example = "7.5")]
    pub hours: Decimal,
    /// Current workload, regardless of the period.
    #[serde(flatten)]
    pub workload: Workload,
    /// One point per interval, oldest first.
    pub points: Vec<MemberPoint>,
}

/// What the members of a product complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProductTeam {
    /// First day, inclusive.
    pub from: Date,
    /// Last day, inclusive.
    pub to: Date,
    /// Length of each interval.
    pub interval: Interval,
    /// If set, only this member is included.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub member_id: Option<UserId>,
    /// The team, and former members who completed tasks or still have tasks assigned; those who completed most come first.
    pub members: Vec<MemberFigures>,
}

/// Returns what the members of a product the caller can see complete. Two round trips: the figures, then the names.
pub async fn team(app: &App, caller: &Caller, id: ProductId, query: &ProductPeriod) -> Result<ProductTeam, Error> {
    caller.allow(Action::ProductAnalyticsRead)?;
    let period = query.checked()?;
    let mut months = List::new("team", Source::table(partition(id), "TEAM#"), Order::Ascending);
    // A user's ID follows the month.
    (months.from, months.to) = (Some(period.from.month()), Some(format!("{}~", period.to.month())));
    let (loaded, months, work) = tokio::join!(
        product::load(app, caller, Action::ProductAnalyticsRead, id),
        months.read(app, None, MAX_ITEMS),
        workload::read(app, id),
    );
    let (product, mut work) = (loaded?.product, work?);
    let mut months = by_person(months?.0);
    let has_work = work.iter().filter(|(_, work)| work.open_tasks > 0).map(|(user, _)| *user);
    let mut people: BTreeSet<UserId> = product
        .member_ids()
        .into_iter()
        .chain([product.owner_id])
        .chain(months.keys().copied())
        .chain(has_work)
        .collect();
    if let Group::Member(only) = period.group {
        people.retain(|user| *user == only);
    }
    let names = user::cards(app, &people).await?;
    let figures = |(id, card): (UserId, user::UserCard)| {
        let (months, work) = (months.remove(&id).unwrap_or_default(), work.remove(&id).unwrap_or_default());
        of(&period, &product, id, card.name, &months, work)
    };
    let mut members: Vec<MemberFigures> = names.into_iter().map(figures).collect();
    members.retain(|member| member.in_team || member.finished > 0 || member.workload.open_tasks > 0);
    members.sort_by_cached_key(|member| (std::cmp::Reverse(member.finished), fold(member.name.as_str())));
    let (from, to, interval, member_id) = (period.from, period.to, period.interval, query.member_id);
    Ok(ProductTeam { from, to, interval, member_id, members })
}

/// Groups the items by the person at the end of their sort keys.
fn by_person(items: Vec<Item>) -> BTreeMap<UserId, Vec<Item>> {
    let mut people: BTreeMap<UserId, Vec<Item>> = BTreeMap::new();
    for item in items {
        let user = table::text(&item, "sk").and_then(|sk| sk.rsplit('#').next()?.parse().ok());
        if let Some(user) = user {
            people.entry(user).or_default().push(item);
        }
    }
    people
}

fn of(
    period: &Period,
    product: &Product,
    user_id: UserId,
    name: Name,
    months: &[Item],
    workload: Workload,
) -> MemberFigures {
    let days = by_day(months);
    let within = |start: Date, end: Date, what: &str| -> Decimal {
        days.range(start..=end).filter_map(|(_, counted)| counted.get(what)).sum()
    };
    let point = |(start, end)| MemberPoint {
        start,
        finished: count(within(start, end, "finished")),
        hours: within(start, end, "hours").normalize(),
    };
    MemberFigures {
        user_id,
        name,
        in_team: product.has(user_id),
        finished: count(within(period.from, period.to, "finished")),
        hours: within(period.from, period.to, "hours").normalize(),
        workload,
        points: period.points().into_iter().map(point).collect(),
    }
}
