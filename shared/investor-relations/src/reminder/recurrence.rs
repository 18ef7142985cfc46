//! Recurrence of reminders: the occurrences of a series, in local time.

use std::fmt;

use jiff::Span;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::text::TimeZone;
use kernel::time::{LocalTime, Timestamp};

/// Maximum number of days, weeks, months or years between two occurrences.
const MAX_INTERVAL: u8 = 99;

/// The unit of a recurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months. In shorter months, the last day.
    Monthly,
    /// Years. In years without 29 February, the 28th.
    Yearly,
}

/// Number of units between two occurrences, 1 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schema(value_type = u8, minimum = 1, maximum = 99, default = 1)]
pub struct Interval(u8);

impl Default for Interval {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<u8> for Interval {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        if (1..=MAX_INTERVAL).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("must be between 1 and {MAX_INTERVAL}"))
        }
    }
}

impl From<Interval> for u8 {
    fn from(interval: Interval) -> Self {
        interval.0
    }
}

/// How a reminder recurs. Occurrences keep their local time across daylight saving changes, and the day of the month on which
/// the series began: a monthly series from 31 January continues on 28 (or 29) February and 31 March.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// Unit of the interval.
    pub frequency: Frequency,
    /// Number of units between two occurrences. Defaults to 1.
    #[serde(default)]
    pub interval: Interval,
}

impl Recurrence {
    /// Returns occurrence number `n` of the series that begins at `from`, which is number 0.
    fn occurrence(self, from: LocalTime, n: i64) -> Option<LocalTime> {
        let units = n.checked_mul(i64::from(self.interval.0))?;
        let span = Span::new();
        let span = match self.frequency {
            Frequency::Daily => span.try_days(units),
            Frequency::Weekly => span.try_weeks(units),
            Frequency::Monthly => span.try_months(units),
            Frequency::Yearly => span.try_years(units),
        };
        from.plus(span.ok()?)
    }

    /// Returns the first occurrence after `after` in the series that begins at local time `from` in `zone`. `None` if it is beyond
    /// the year 2199.
    pub(super) fn first_after(self, from: LocalTime, zone: &TimeZone, after: Timestamp) -> Option<LocalTime> {
        let is_after = |n: i64| self.occurrence(from, n).map(|local| local.in_zone(zone) > after);
        // Occurrences are in order, so binary search finds the position however old the series is.
        let mut too_early = -1;
        let mut step = 1;
        while is_after(too_early + step).is_some_and(|later| !later) {
            too_early += step;
            step *= 2;
        }
        let mut late_enough = too_early + step;
        while late_enough - too_early > 1 {
            let middle = i64::midpoint(too_early, late_enough);
            if is_after(middle).is_some_and(|later| !later) { too_early = middle } else { late_enough = middle }
        }
        self.occurrence(from, late_enough)
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.frequency {
            Frequency::Daily => "day",
            Frequency::Weekly => "week",
            Frequency::Monthly => "month",
            Frequency::Yearly => "year",
        };
        match self.interval.0 {
            1 => write!(f, "every {unit}"),
            several => write!(f, "every {several} {unit}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn local(text: &str) -> LocalTime {
        LocalTime::try_from(text.to_owned()).unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::try_from(name.to_owned()).unwrap()
    }

    fn every(interval: u8, frequency: Frequency) -> Recurrence {
        Recurrence { frequency, interval: Interval(interval) }
    }

    /// The first occurrences of a series.
    fn series(recurrence: Recurrence, from: &str, zone: &TimeZone, count: usize) -> Vec<(String, String)> {
        let mut after = local(from).in_zone(zone).plus_seconds(-1);
        let mut found = Vec::new();
        for _ in 0..count {
            let next = recurrence.first_after(local(from), zone, after).unwrap();
            after = next.in_zone(zone);
            found.push((next.to_string(), after.to_string()));
        }
        found
    }

    #[test]
    fn a_daily_reminder_keeps_its_local_time_across_dst() {
        let zurich = zone("Europe/Zurich");
        let spring = series(every(1, Frequency::Daily), "2026-03-28T09:00", &zurich, 3);
        assert_eq!(spring[0], ("2026-03-28T09:00".into(), "2026-03-28T08:00:00.000Z".into()));
        assert_eq!(spring[1], ("2026-03-29T09:00".into(), "2026-03-29T07:00:00.000Z".into()));
        let autumn = series(every(1, Frequency::Daily), "2026-10-24T09:00", &zurich, 2);
        assert_eq!(autumn[0].1, "2026-10-24T07:00:00.000Z");
        assert_eq!(autumn[1], ("2026-10-25T09:00".into(), "2026-10-25T08:00:00.000Z".into()));
    }

    #[test]
    fn skipped_local_times_shift_and_repeated_ones_occur_once() {
        let zurich = zone("Europe/Zurich");
        let skipped = series(every(1, Frequency::Daily), "2026-03-28T02:30", &zurich, 3);
        let at: Vec<_> = skipped.iter().map(|(_, at)| at.as_str()).collect();
        // 02:30 on the 29th does not exist; 03:30 daylight saving time is 01:30 UTC. The next day it is 02:30 again.
        assert_eq!(at, ["2026-03-28T01:30:00.000Z", "2026-03-29T01:30:00.000Z", "2026-03-30T00:30:00.000Z"]);
        let twice = series(every(1, Frequency::Daily), "2026-10-24T02:30", &zurich, 3);
        let at: Vec<_> = twice.iter().map(|(_, at)| at.as_str()).collect();
        assert_eq!(at, ["2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
    }

    #[test]
    fn month_ends_recur_on_the_last_day_of_shorter_months() {
        let monthly = series(every(1, Frequency::Monthly), "2027-01-31T18:00", &zone("UTC"), 4);
        let days: Vec<_> = monthly.iter().map(|(day, _)| &day[..10]).collect();
        assert_eq!(days, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
        let yearly = series(every(1, Frequency::Yearly), "2028-02-29T18:00", &zone("UTC"), 5);
        let days: Vec<_> = yearly.iter().map(|(day, _)| &day[..10]).collect();
        assert_eq!(days, ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
        let fortnights = series(every(2, Frequency::Weekly), "2026-12-25T08:00", &zone("UTC"), 2);
        assert_eq!(fortnights[1].0, "2027-01-08T08:00");
    }

    #[test]
    fn a_series_ends_at_the_calendar_limit() {
        let after = local("2199-12-31T12:00").in_zone(&zone("UTC"));
        assert_eq!(every(1, Frequency::Daily).first_after(local("2026-01-01T12:00"), &zone("UTC"), after), None);
    }

    proptest! {
        #[test]
        fn the_search_finds_the_same_occurrence_as_counting(
            interval in 1_u8..=5, unit in 0_usize..4, days in 0_i64..2_000, start in 0_i32..800,
        ) {
            let frequency = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly][unit];
            let (recurrence, zone) = (every(interval, frequency), zone("America/New_York"));
            let from = local("2024-01-31T02:15").plus(Span::new().days(start)).unwrap();
            let after = from.in_zone(&zone).plus_seconds(days * 86_400 - 5_000);
            let counted = (0..5_000).map(|n| recurrence.occurrence(from, n).unwrap()).find(|at| at.in_zone(&zone) > after);
            prop_assert_eq!(recurrence.first_after(from, &zone, after), counted);
        }
    }
}
