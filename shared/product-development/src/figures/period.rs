//! The days and the assignee that figures cover.

use serde::Deserialize;
use utoipa::IntoParams;

use super::Group;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::interval::Interval;
use kernel::time::Date;

/// Maximum number of days in a period, counting the first and the last.
const MAX_DAYS: i32 = 400;
/// Default number of days in a period, counting the last.
const DAYS: i32 = 90;

/// Filters for a product's figures. Days are in UTC.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductPeriod {
    /// First day. Defaults to 89 days before `to`.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day, at most 399 days after `from`. Defaults to today.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Length of each interval. Defaults to `week`.
    #[param(inline)]
    pub interval: Option<Interval>,
    /// Only tasks currently assigned to this user.
    #[param(value_type = Option<String>, format = Uuid)]
    pub member_id: Option<UserId>,
}

/// First and last day of a range.
pub(super) type Days = (Date, Date);

/// A validated period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    pub from: Date,
    pub to: Date,
    pub interval: Interval,
    pub group: Group,
}

impl ProductPeriod {
    /// Validates the period and fills in defaults.
    pub(super) fn checked(&self) -> Result<Period, Error> {
        let to = self.to.unwrap_or_else(Date::today);
        let from = self.from.unwrap_or_else(|| to.plus_days(1 - DAYS));
        if from > to {
            return Err(Error::bad_parameter("from", "must not be after `to`"));
        }
        if to.days_since(from) >= MAX_DAYS {
            return Err(Error::bad_parameter("from", "must be at most 399 days before `to`"));
        }
        let group = self.member_id.map_or(Group::All, Group::Member);
        Ok(Period { from, to, interval: self.interval.unwrap_or_default(), group })
    }
}

impl Period {
    /// First and last day of each interval within the period, oldest first.
    pub fn points(&self) -> Vec<Days> {
        let mut points = Vec::new();
        let mut start = self.interval.start(self.from);
        while start <= self.to {
            let next = self.interval.next(start);
            points.push((start.max(self.from), next.plus_days(-1).min(self.to)));
            start = next;
        }
        points
    }

    /// The whole calendar months in the period, if any, as first and last day, and the days around them.
    pub fn months_and_days(&self) -> (Option<Days>, Vec<Days>) {
        let first = if self.from == self.from.month_start() { self.from } else { self.from.next_month() };
        let after = self.to.plus_days(1);
        let after_last = if after == after.month_start() { after } else { self.to.month_start() };
        if first >= after_last {
            return (None, vec![(self.from, self.to)]);
        }
        let around = [(self.from, first.plus_days(-1)), (after_last, self.to)];
        (Some((first, after_last.plus_days(-1))), around.into_iter().filter(|(from, to)| from <= to).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::try_from(text.to_owned()).unwrap()
    }

    fn period(from: Date, to: Date, interval: Interval) -> Period {
        Period { from, to, interval, group: Group::All }
    }

    #[test]
    fn weeks_continue_across_the_end_of_a_year() {
        let points = period(day("2026-12-30"), day("2027-01-12"), Interval::Week).points();
        let expected = [("2026-12-30", "2027-01-03"), ("2027-01-04", "2027-01-10"), ("2027-01-11", "2027-01-12")];
        assert_eq!(points, expected.map(|(from, to)| (day(from), day(to))));
    }

    #[test]
    fn a_period_has_at_most_400_days() {
        let asked = |from: &str| ProductPeriod {
            from: Some(day(from)),
            to: Some(day("2026-11-21")),
            ..ProductPeriod::default()
        };
        assert!(asked("2025-10-18").checked().is_ok());
        assert!(asked("2025-10-17").checked().is_err());
        assert!(asked("2026-11-22").checked().is_err());
        let default = ProductPeriod::default().checked().unwrap();
        assert_eq!(default.to.days_since(default.from), 89);
    }

    proptest! {
        #[test]
        fn every_day_of_a_period_is_covered_once(offset in 0_i32..3000, length in 0_i32..400) {
            let from = day("2019-01-01").plus_days(offset);
            let to = from.plus_days(length);
            for interval in [Interval::Day, Interval::Week, Interval::Month] {
                let period = period(from, to, interval);
                let (months, around) = period.months_and_days();
                if let Some((first, last)) = months {
                    prop_assert!(first == first.month_start() && last.plus_days(1) == last.plus_days(1).month_start());
                }
                for ranges in [period.points(), months.into_iter().chain(around).collect()] {
                    let days: i32 = ranges.iter().map(|(from, to)| to.days_since(*from) + 1).sum();
                    prop_assert_eq!(days, length + 1);
                    for distance in 0..=length {
                        let day = from.plus_days(distance);
                        prop_assert_eq!(ranges.iter().filter(|(from, to)| (*from..=*to).contains(&day)).count(), 1);
                    }
                }
            }
        }
    }
}
