//! How tasks flow through a product: how many have each status, how many are created and completed, and the progress of requirements and
//! milestones.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::partition;
use super::period::{Period, ProductPeriod};
use crate::task::Status;
use crate::{milestone, product};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, UserId};
use kernel::interval::Interval;
use kernel::policy::Action;
use kernel::text::Name;
use kernel::time::Date;
use platform::app::App;
use platform::caller::Caller;
use platform::counters::numbers;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of months of a product's life that are summed.
const MAX_MONTHS: usize = 1200;
/// Maximum number of milestones shown; those with the latest due dates are kept.
const MAX_MILESTONES: usize = 50;

/// A product's tasks in one day, week or month, and the state at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowPoint {
    /// First day of the interval.
    pub start: Date,
    /// Last day of the interval.
    pub end: Date,
    /// Number of tasks not started at the end of the interval.
    pub open: u64,
    /// Number of tasks in progress.
    pub in_progress: u64,
    /// Number of blocked tasks.
    pub blocked: u64,
    /// Number of tasks in review.
    pub in_review: u64,
    /// Number of tasks that are done.
    pub done: u64,
    /// Number of tasks created in the interval.
    pub created: u64,
    /// Number of tasks completed in the interval and still done today.
    pub finished: u64,
    /// Total estimated hours of the completed tasks.
    #[schema(value_type = String, example = "7.5")]
    pub hours: Decimal,
    /// Number of requirements, not counting rejected ones. Covers the whole product even if figures for one member are requested.
    pub requirements: u64,
    /// Number of those requirements that are met.
    pub requirements_done: u64,
}

/// State of a milestone at the end of a day, week or month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BurnUpPoint {
    /// Last day of the interval.
    pub end: Date,
    /// Number of tasks in the milestone.
    pub scope: u64,
    /// Number of those tasks that are done.
    pub done: u64,
}

/// Burn-up of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BurnUp {
    /// The milestone's ID.
    pub milestone_id: MilestoneId,
    /// Name.
    pub name: Name,
    /// Due date.
    pub due_on: Date,
    /// One point per interval, oldest first.
    pub points: Vec<BurnUpPoint>,
}

/// How tasks flow through a product over time.
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
    /// Number of tasks created in the period.
    pub created: u64,
    /// Number of tasks completed in the period and still done today.
    pub finished: u64,
    /// Total estimated hours of the completed tasks.
    #[schema(value_type = String, example = "7.5")]
    pub hours: Decimal,
    /// One point per interval, oldest first, including intervals without activity.
    pub points: Vec<FlowPoint>,
    /// The milestones that have tasks, by due date; the latest 50 if there are more.
    pub milestones: Vec<BurnUp>,
}

/// The parts of a milestone that are shown.
#[derive(Deserialize)]
struct Milestone {
    id: MilestoneId,
    name: Name,
    due_on: Date,
}

/// Deltas by day and by counter.
type Days = BTreeMap<Date, BTreeMap<String, Decimal>>;

/// Returns how tasks flow through a product the caller can see. One round trip.
pub async fn flow(app: &App, caller: &Caller, id: ProductId, query: &ProductPeriod) -> Result<ProductFlow, Error> {
    caller.allow(Action::ProductAnalyticsRead)?;
    let period = query.checked()?;
    let stats = |prefix: String| List::new("figures", Source::table(partition(id), prefix), Order::Ascending);
    let until = |prefix: String| List { to: Some(period.to.month()), ..stats(prefix) };
    let (tasks, requirements) = (until(format!("FLOW#{}#", period.group)), until("REQUIREMENTS#".into()));
    let burn_ups = stats(format!("BURNUP#{}#", period.group));
    let milestones = List::new("milestones", Source::index("gsi1", milestone::listed(id)), Order::Descending);
    let (loaded, tasks, requirements, burn_ups, milestones) = tokio::join!(
        product::load(app, caller, Action::ProductAnalyticsRead, id),
        tasks.read(app, None, MAX_MONTHS),
        requirements.read(app, None, MAX_MONTHS),
        burn_ups.read(app, None, MAX_MONTHS),
        milestones.read(app, None, MAX_MILESTONES),
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

/// Converts to a non-negative number.
pub(super) fn count(value: Decimal) -> u64 {
    value.trunc().to_u64().unwrap_or(0)
}

/// The contents of the monthly counters, by day.
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

/// Sums the counters up to the end of each interval, and within each interval.
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

/// The milestones that have tasks, earliest first.
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

/// Deltas of counters whose names end with their day: `scope#2026-11-21`.
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
