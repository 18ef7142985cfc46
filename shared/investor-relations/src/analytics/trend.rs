//! Activities over time: by day, week or month, and by kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::item::{Group, MONTHS};
use crate::activity::Kind;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::interval::Interval;
use kernel::policy::{Action, Scope};
use kernel::time::Date;
use platform::app::App;
use platform::caller::Caller;
use platform::counters::counts;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of months that a trend reads: ten years.
const MAX_MONTHS: usize = 120;
/// Maximum number of points in a trend.
const MAX_POINTS: usize = 400;

/// Filters for an activity trend.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrendQuery {
    /// First day. By default the trend covers 26 intervals, including the one that contains `to`.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day. Defaults to today (UTC).
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Length of one point. Defaults to `week`.
    #[param(inline)]
    pub interval: Option<Interval>,
    /// Only activities recorded by this user. Callers who can see only their own investors see only what they recorded themselves.
    #[param(value_type = Option<String>, format = Uuid)]
    pub user_id: Option<UserId>,
}

/// Number of activities by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivityCounts {
    /// Emails.
    pub email: u64,
    /// Calls.
    pub call: u64,
    /// Meetings.
    pub meeting: u64,
    /// Notes.
    pub note: u64,
    /// Updates sent.
    pub update: u64,
}

impl ActivityCounts {
    /// Adds `count` activities of a kind.
    pub(super) fn add(&mut self, kind: Kind, count: i64) {
        let slot = match kind {
            Kind::Email => &mut self.email,
            Kind::Call => &mut self.call,
            Kind::Meeting => &mut self.meeting,
            Kind::Note => &mut self.note,
            Kind::Update => &mut self.update,
        };
        *slot = slot.saturating_add_signed(count);
    }

    /// Total number of activities.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.email + self.call + self.meeting + self.note + self.update
    }
}

/// The activities of one day, week or month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrendPoint {
    /// First day of the interval.
    pub start: Date,
    /// Number of activities of each kind.
    pub counts: ActivityCounts,
    /// Total number of activities.
    pub total: u64,
}

/// Activities over time. Days are in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivityTrend {
    /// First day counted.
    pub from: Date,
    /// Last day counted.
    pub to: Date,
    /// Length of one point.
    pub interval: Interval,
    /// Number of activities of each kind in the whole period.
    pub counts: ActivityCounts,
    /// Total number of activities.
    pub total: u64,
    /// One point per interval, oldest first, including intervals without activities.
    pub points: Vec<TrendPoint>,
}

/// Returns the activities over time that the caller can see. Takes one round trip.
pub async fn activity(app: &App, caller: &Caller, query: &TrendQuery) -> Result<ActivityTrend, Error> {
    let group = match (caller.allow(Action::AnalyticsRead)?, query.user_id) {
        (Scope::All, None) => Group::All,
        (Scope::All, Some(user)) => Group::User(user),
        (Scope::Own | Scope::Member, None) => Group::User(caller.id),
        (Scope::Own | Scope::Member, Some(user)) if user == caller.id => Group::User(user),
        (Scope::Own | Scope::Member, Some(_)) => return Err(Error::NotFound { what: "user" }),
    };
    let interval = query.interval.unwrap_or_default();
    let to = query.to.unwrap_or_else(Date::today);
    let from = query.from.unwrap_or_else(|| first_of(interval, to));
    let points = empty_points(interval, from, to)?;
    let items = months(app, group, from, to).await?;
    Ok(fill(interval, from, to, points, &items))
}

/// Returns the start of the interval 25 intervals before the one that contains `to`.
fn first_of(interval: Interval, to: Date) -> Date {
    let days = match interval {
        Interval::Day => 25,
        Interval::Week => 25 * 7,
        Interval::Month => 25 * 30,
    };
    interval.start(interval.start(to).plus_days(-days))
}

fn empty_points(interval: Interval, from: Date, to: Date) -> Result<BTreeMap<Date, ActivityCounts>, Error> {
    if from > to {
        return Err(Error::bad_parameter("from", "must not be after `to`"));
    }
    let mut points = BTreeMap::new();
    let mut start = interval.start(from);
    while start <= to {
        if points.len() == MAX_POINTS || to.days_since(from) > 31 * i32::try_from(MAX_MONTHS - 2).unwrap_or(0) {
            return Err(Error::bad_parameter("from", "is too far back for this interval"));
        }
        points.insert(start, ActivityCounts::default());
        start = interval.next(start);
    }
    Ok(points)
}

/// Reads the counters of the months from `from` to `to`.
pub(super) async fn months(app: &App, group: Group, from: Date, to: Date) -> Result<Vec<Item>, Error> {
    let mut list = List::new("months", Source::table(group.partition(), MONTHS), Order::Ascending);
    (list.from, list.to) = (Some(from.month()), Some(to.month()));
    Ok(list.read(app, None, MAX_MONTHS).await?.0)
}

/// Returns the days in a month's counters as `(day, kind, count)`.
pub(super) fn days(item: &Item) -> Vec<(Date, Kind, i64)> {
    let month = table::text(item, "sk").and_then(|sk| sk.rsplit('#').next()).unwrap_or_default();
    let day = |(name, count)| {
        let (day, kind): (&str, &str) = <str>::split_once(name, '#')?;
        let kind = Kind::ALL.iter().find(|known| known.as_str() == kind)?;
        Some((Date::try_from(format!("{month}-{day}")).ok()?, *kind, count))
    };
    counts(item).filter_map(day).collect()
}

fn fill(
    interval: Interval,
    from: Date,
    to: Date,
    mut points: BTreeMap<Date, ActivityCounts>,
    items: &[Item],
) -> ActivityTrend {
    let mut counts = ActivityCounts::default();
    for (day, kind, count) in items.iter().flat_map(days) {
        if (from..=to).contains(&day)
            && let Some(point) = points.get_mut(&interval.start(day))
        {
            point.add(kind, count);
            counts.add(kind, count);
        }
    }
    let points =
        points.into_iter().map(|(start, counts)| TrendPoint { start, counts, total: counts.total() }).collect();
    ActivityTrend { from, to, interval, counts, total: counts.total(), points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn weeks_start_on_monday_and_months_on_the_first() {
        assert_eq!(Interval::Week.start(day("2026-11-22")), day("2026-11-16"));
        assert_eq!(Interval::Month.start(day("2026-11-22")), day("2026-11-01"));
        assert_eq!(Interval::Month.next(day("2026-12-01")), day("2027-01-01"));
    }

    #[test]
    fn a_reversed_or_too_long_range_is_refused() {
        assert!(empty_points(Interval::Day, day("2026-11-22"), day("2026-11-21")).is_err());
        assert!(empty_points(Interval::Day, day("2024-01-01"), day("2026-11-21")).is_err());
        assert_eq!(empty_points(Interval::Week, day("2024-01-01"), day("2026-11-21")).unwrap().len(), 151);
    }

    proptest! {
        #[test]
        fn every_day_of_a_range_has_a_point(offset in 0_i32..3000, length in 0_i32..300) {
            let from = day("2019-01-01").plus_days(offset);
            let to = from.plus_days(length);
            for interval in [Interval::Day, Interval::Week, Interval::Month] {
                let points = empty_points(interval, from, to).unwrap();
                for distance in 0..=length {
                    prop_assert!(points.contains_key(&interval.start(from.plus_days(distance))));
                }
            }
        }
    }
}
