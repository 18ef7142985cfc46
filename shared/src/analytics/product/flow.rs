//! How tasks flow through a product: how many are in each status, what comes in and goes out, how far requirements and
//! milestones are.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::item::numbers;
use super::super::trend::Interval;
use super::partition;
use super::period::{Period, ProductPeriod};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::id::{MilestoneId, ProductId, UserId};
use crate::page::{List, Order, Source};
use crate::policy::Action;
use crate::product;
use crate::table::{self, Item};
use crate::task::Status;
use crate::text::Name;
use crate::time::Date;

/// Most months of a product's life that are added up.
const MOST_MONTHS: usize = 1200;
/// Most milestones that are shown, those with the latest days.
const MOST_MILESTONES: usize = 50;

/// A day, a week or a month of a product's tasks, and how things stood at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowPoint {
    /// First day, inclusive.
    pub start: Date,
    /// Last day, inclusive.
    pub end: Date,
    /// How many tasks nobody had begun.
    pub open: u64,
    /// How many were worked on.
    pub in_progress: u64,
    /// How many waited for something else.
    pub blocked: u64,
    /// How many were looked at by others.
    pub in_review: u64,
    /// How many were done.
    pub done: u64,
    /// How many tasks were created.
    pub created: u64,
    /// How many tasks were done for good.
    pub finished: u64,
    /// Total estimated hours of those tasks.
    #[schema(value_type = String, example = "7.5")]
    pub hours: Decimal,
    /// How many requirements there were, without rejected ones. Of the whole product, also when one member is asked for.
    pub requirements: u64,
    /// How many of these were done.
    pub requirements_done: u64,
}

/// How far a milestone was at the end of a day, week or month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BurnUpPoint {
    /// Last day, inclusive.
    pub end: Date,
    /// How many of its tasks there were.
    pub scope: u64,
    /// How many of these were done.
    pub done: u64,
}

/// How a milestone comes along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BurnUp {
    /// The milestone.
    pub milestone_id: MilestoneId,
    /// Name.
    pub name: Name,
    /// Until when it is to be reached.
    pub due_on: Date,
    /// One point per interval, oldest first.
    pub points: Vec<BurnUpPoint>,
}

/// How tasks flow through a product, over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProductFlow {
    /// First day, inclusive.
    pub from: Date,
    /// Last day, inclusive.
    pub to: Date,
    /// Length of each interval.
    pub interval: Interval,
    /// If set, only this user's tasks are counted.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub member_id: Option<UserId>,
    /// How many tasks were created in the whole time.
    pub created: u64,
    /// How many were done for good.
    pub finished: u64,
    /// Total estimated hours of those tasks.
    #[schema(value_type = String, example = "7.5")]
    pub hours: Decimal,
    /// One for each interval, oldest first, also where nothing happened.
    pub points: Vec<FlowPoint>,
    /// The milestones to which tasks belong, by their days; of more than fifty the latest.
    pub milestones: Vec<BurnUp>,
}

/// What is shown of a milestone.
#[derive(Deserialize)]
struct Milestone {
    id: MilestoneId,
    name: Name,
    due_on: Date,
}

/// Differences by day and by what is counted.
type Days = BTreeMap<Date, BTreeMap<String, Decimal>>;

/// How tasks flow through a product that the caller may see. One round trip.
pub async fn flow(app: &App, caller: &Caller, id: ProductId, query: &ProductPeriod) -> Result<ProductFlow, Error> {
    caller.allow(Action::ProductAnalyticsRead)?;
    let period = query.checked()?;
    let stats = |prefix: String| List::new("figures", Source::table(partition(id), prefix), Order::Ascending);
    let until = |prefix: String| List { to: Some(period.to.month()), ..stats(prefix) };
    let (tasks, requirements) = (until(format!("FLOW#{}#", period.group)), until("REQUIREMENTS#".into()));
    let burn_ups = stats(format!("BURNUP#{}#", period.group));
    let milestones = List::new("milestones", Source::index("gsi1", format!("MILESTONES#{id}")), Order::Descending);
    let (loaded, tasks, requirements, burn_ups, milestones) = tokio::join!(
        product::load(app, caller, Action::ProductAnalyticsRead, id),
        tasks.read(app, None, MOST_MONTHS),
        requirements.read(app, None, MOST_MONTHS),
        burn_ups.read(app, None, MOST_MONTHS),
        milestones.read(app, None, MOST_MILESTONES),
    );
    loaded?;
    let (tasks, requirements) = (by_day(&tasks?.0), by_day(&requirements?.0));
    let points = points(&period, &tasks, &requirements);
    let milestones = milestones?.0.into_iter().map(|item| table::read(&item, "card")).collect::<Result<Vec<_>, _>>()?;
    Ok(ProductFlow {
        from: period.from,
        to: period.to,
        interval: period.interval,
        member_id: query.member_id,
        created: points.iter().map(|point| point.created).sum(),
        finished: points.iter().map(|point| point.finished).sum(),
        hours: points.iter().map(|point| point.hours).sum::<Decimal>().normalize(),
        milestones: burn_up(&period, milestones, &burn_ups?.0),
        points,
    })
}

/// A number that is never negative.
pub(super) fn count(value: Decimal) -> u64 {
    value.trunc().to_u64().unwrap_or(0)
}

/// What the counters of months hold, by day.
pub(super) fn by_day(months: &[Item]) -> Days {
    let mut days = Days::new();
    for item in months {
        let Some(month) = table::text(item, "sk").and_then(month_of) else { continue };
        for (name, by) in numbers::<Decimal>(item) {
            let Some((day, what)) = name.split_once('#') else { continue };
            if let Ok(day) = Date::try_from(format!("{month}-{day}")) {
                *days.entry(day).or_default().entry(what.to_owned()).or_default() += by;
            }
        }
    }
    days
}

/// The month in a sort key such as `FLOW#ALL#2026-11` or `TEAM#2026-11#<user>`.
fn month_of(sk: &str) -> Option<&str> {
    sk.split('#').skip(1).find(|part| part.len() == 7 && part.as_bytes().get(4) == Some(&b'-'))
}

/// The sums of what is counted up to the end of each point, and within each.
fn points(period: &Period, tasks: &Days, requirements: &Days) -> Vec<FlowPoint> {
    let level = |days: &Days, end: Date, what: &str| -> u64 {
        count(days.range(..=end).filter_map(|(_, counted)| counted.get(what)).sum())
    };
    let within = |(start, end): (Date, Date), what: &str| -> Decimal {
        tasks.range(start..=end).filter_map(|(_, counted)| counted.get(what)).sum()
    };
    let point = |(start, end)| {
        let in_status = |status: Status| level(tasks, end, status.as_str());
        FlowPoint {
            start,
            end,
            open: in_status(Status::Open),
            in_progress: in_status(Status::InProgress),
            blocked: in_status(Status::Blocked),
            in_review: in_status(Status::InReview),
            done: in_status(Status::Done),
            created: count(within((start, end), "created")),
            finished: count(within((start, end), "finished")),
            hours: within((start, end), "hours").normalize(),
            requirements: level(requirements, end, "total"),
            requirements_done: level(requirements, end, "done"),
        }
    };
    period.points().into_iter().map(point).collect()
}

/// The milestones that have tasks, the earliest first.
fn burn_up(period: &Period, milestones: Vec<Milestone>, items: &[Item]) -> Vec<BurnUp> {
    let prefix = format!("BURNUP#{}#", period.group);
    let of = |id: MilestoneId| {
        let sk = format!("{prefix}{id}");
        items.iter().find(|item| table::text(item, "sk") == Some(sk.as_str()))
    };
    let drawn = |Milestone { id, name, due_on }| {
        let days = by_named_day(of(id)?);
        let level = |end: Date, what: &str| count(days.range(..=end).filter_map(|(_, by)| by.get(what)).sum());
        let ends = period.points().into_iter().map(|(_, end)| end);
        let points: Vec<BurnUpPoint> =
            ends.map(|end| BurnUpPoint { end, scope: level(end, "scope"), done: level(end, "done") }).collect();
        let any = points.iter().any(|point| point.scope > 0);
        any.then_some(BurnUp { milestone_id: id, name, due_on, points })
    };
    milestones.into_iter().rev().filter_map(drawn).collect()
}

/// Differences of counters whose names end with their day: `scope#2026-11-21`.
fn by_named_day(item: &Item) -> Days {
    let mut days = Days::new();
    for (name, by) in numbers::<Decimal>(item) {
        let Some((what, day)) = name.split_once('#') else { continue };
        if let Ok(day) = Date::try_from(day.to_owned()) {
            *days.entry(day).or_default().entry(what.to_owned()).or_default() += by;
        }
    }
    days
}
