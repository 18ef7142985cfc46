//! How long a product's tasks take, and how long the unfinished ones have been waiting.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::contribution::{WaitingTask, day_of};
use super::durations::{Durations, Histogram, count_and_sum, twice_median};
use super::partition;
use super::period::{Period, ProductPeriod};
use crate::product;
use crate::task::Status;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::time::Date;
use platform::app::App;
use platform::caller::Caller;
use platform::counters::counts;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of counter items read: more than a period has days or a product has years.
const MAX_ITEMS: usize = 500;
/// Maximum number of aging tasks shown.
const MAX_ALERTS: usize = 50;
/// Number of longest-waiting tasks shown.
const OLDEST: usize = 10;

/// Unfinished tasks with one status, by the number of days they have had it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgingStatus {
    /// The status.
    pub status: Status,
    /// Number of tasks with this status.
    pub count: u64,
    /// Mean number of days in this status, to one decimal place; null without tasks.
    pub mean_days: Option<f64>,
    /// Median number of days; for an even number of tasks, the mean of the two middle values.
    pub median_days: Option<f64>,
    /// Maximum number of days.
    pub max_days: Option<u64>,
    /// Number of tasks that have had this status for longer than the product allows.
    pub alerts: u64,
}

/// An unfinished task and its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgingTask {
    /// The task.
    #[serde(flatten)]
    pub task: WaitingTask,
    /// Number of days the task has had its status.
    pub days: u64,
}

/// Tasks that have had their status for longer than the product allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgingAlerts {
    /// Number of days in one status after which a task is flagged as aging.
    pub after_days: u16,
    /// Number of such tasks.
    pub count: u64,
    /// The oldest of them, at most 50.
    pub tasks: Vec<AgingTask>,
}

/// How long a product's tasks take and wait.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProductCycle {
    /// First day of the period in which the tasks were completed.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// If set, only this user's tasks are counted.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub member_id: Option<UserId>,
    /// Lead time: from creation to completion.
    pub lead_time: Durations,
    /// Cycle time: from the start of work to completion.
    pub cycle_time: Durations,
    /// How long unfinished tasks have had their status as of today, in calendar days (UTC), regardless of the period.
    pub aging: Vec<AgingStatus>,
    /// The ten tasks that have had their status longest, oldest first.
    pub oldest: Vec<AgingTask>,
    /// Tasks that have had their status for too long.
    pub alerts: AgingAlerts,
}

/// Returns how long tasks take and wait in a product the caller can see. One round trip.
pub async fn cycle(app: &App, caller: &Caller, id: ProductId, query: &ProductPeriod) -> Result<ProductCycle, Error> {
    caller.allow(Action::ProductAnalyticsRead)?;
    let period = query.checked()?;
    let aging = List::new("aging", Source::table(partition(id), format!("AGING#{}#", period.group)), Order::Ascending);
    let (index, waiting) = period.group.waiting(id);
    let waiting = List::new("waiting", Source::index(index, waiting), Order::Ascending);
    let (loaded, times, aging, waiting) = tokio::join!(
        product::load(app, caller, Action::ProductAnalyticsRead, id),
        times(app, id, &period),
        aging.read(app, None, MAX_ITEMS),
        waiting.read(app, None, MAX_ALERTS),
    );
    let after_days = loaded?.product.aging_alert_days;
    let times = times?;
    let today = Date::today();
    let aging = by_status(&aging?.0, today, after_days);
    let waiting = waiting?.0.into_iter().map(|item| aged(table::read(&item, "card")?, today));
    let waiting = waiting.collect::<Result<Vec<AgingTask>, Error>>()?;
    let old: Vec<AgingTask> = waiting.iter().filter(|task| task.days > u64::from(after_days)).cloned().collect();
    Ok(ProductCycle {
        from: period.from,
        to: period.to,
        member_id: query.member_id,
        lead_time: Durations::of(&histogram(&times, "lead")),
        cycle_time: Durations::of(&histogram(&times, "cycle")),
        oldest: waiting.into_iter().take(OLDEST).collect(),
        alerts: AgingAlerts { after_days, count: aging.iter().map(|status| status.alerts).sum(), tasks: old },
        aging,
    })
}

/// The duration counters of tasks completed in the period: whole months, and the days around them.
async fn times(app: &App, id: ProductId, period: &Period) -> Result<Vec<Item>, Error> {
    let group = period.group;
    let (months, days) = period.months_and_days();
    let days = days.into_iter().map(|(from, to)| ("DAY", from.to_string(), to.to_string()));
    let months = months.map(|(from, to)| ("MONTH", from.month(), to.month()));
    let lists: Vec<List> = months
        .into_iter()
        .chain(days)
        .map(|(kind, from, to)| {
            let source = Source::table(partition(id), format!("TIMES#{group}#{kind}#"));
            List { from: Some(from), to: Some(to), ..List::new("times", source, Order::Ascending) }
        })
        .collect();
    let read = futures_util::future::try_join_all(lists.iter().map(|list| list.read(app, None, MAX_ITEMS))).await?;
    Ok(read.into_iter().flat_map(|(items, _)| items).collect())
}

/// Builds the histogram of durations from the counters `lead#90`, `cycle#15`.
fn histogram(items: &[Item], what: &str) -> Histogram {
    let mut histogram = Histogram::new();
    for (name, count) in items.iter().flat_map(counts) {
        if let Some((kind, minutes)) = name.split_once('#')
            && let (true, Ok(minutes), Ok(count)) = (kind == what, minutes.parse(), u64::try_from(count))
            && count > 0
        {
            *histogram.entry(minutes).or_default() += count;
        }
    }
    histogram
}

/// The ages of unfinished tasks by status, from the counters `blocked#2026-11-21`.
fn by_status(items: &[Item], today: Date, alert_after: u16) -> Vec<AgingStatus> {
    let mut ages: BTreeMap<&str, Histogram> = BTreeMap::new();
    for (name, count) in items.iter().flat_map(counts) {
        if let Some((status, since)) = name.split_once('#')
            && let (Ok(since), Ok(count)) = (Date::try_from(since.to_owned()), u64::try_from(count))
            && count > 0
        {
            *ages.entry(status).or_default().entry(age(today, since)).or_default() += count;
        }
    }
    let of = |status: Status| {
        let none = Histogram::new();
        let ages = ages.get(status.as_str()).unwrap_or(&none);
        let (count, sum) = count_and_sum(ages);
        #[allow(clippy::cast_precision_loss, reason = "days and tasks are few")]
        let tenths = |of: u64, by: u64| ((of * 20 + by) / (2 * by)) as f64 / 10.0;
        AgingStatus {
            status,
            count,
            mean_days: (count > 0).then(|| tenths(sum, count.max(1))),
            median_days: twice_median(ages).map(|twice| tenths(twice, 2)),
            max_days: ages.last_key_value().map(|(days, _)| *days),
            alerts: ages.range(u64::from(alert_after) + 1..).map(|(_, count)| count).sum(),
        }
    };
    Status::ALL.iter().copied().filter(|status| *status != Status::Done).map(of).collect()
}

/// Number of days from `since` to today.
fn age(today: Date, since: Date) -> u64 {
    u64::try_from(today.days_since(since)).unwrap_or(0)
}

fn aged(task: WaitingTask, today: Date) -> Result<AgingTask, Error> {
    Ok(AgingTask { days: age(today, day_of(task.status_since)?), task })
}
