//! Schedule expressions of EventBridge Scheduler: `rate(5 minutes)` and `cron(0 6 ? * MON-FRI *)`, in UTC.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// Search horizon in days: a leap day is at most eight years away.
const HORIZON: u32 = 8 * 366;

/// A recurring schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// At this interval after the last run.
    Rate(SignedDuration),
    /// At these clock times.
    Cron(Box<Cron>),
}

/// The fields of a `cron(…)`; `None` where every value matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: BTreeSet<i32>,
    hours: BTreeSet<i32>,
    days: Option<BTreeSet<i32>>,
    months: BTreeSet<i32>,
    /// 1 is Sunday.
    weekdays: Option<BTreeSet<i32>>,
    years: BTreeSet<i32>,
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Expression {
    /// Parses an expression; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(rate) = inside("rate") {
            return parse_rate(rate).map(Self::Rate).ok_or_else(|| format!("{text} is not a valid rate"));
        }
        let cron = inside("cron").ok_or_else(|| format!("{text} is neither rate(…) nor cron(…)"))?;
        Cron::parse(cron)
            .map(|cron| Self::Cron(Box::new(cron)))
            .ok_or_else(|| format!("{text} is not a valid cron expression"))
    }

    /// The first due time after `last`; `None` if there is none.
    pub(super) fn after(&self, last: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(every) => last.checked_add(*every).ok(),
            Self::Cron(cron) => cron.after(last),
        }
    }
}

fn parse_rate(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_once(' ')?;
    let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return None,
    };
    Some(SignedDuration::from_secs(number.checked_mul(seconds)?))
}

impl Cron {
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else { return None };
        // EventBridge requires one of the two to be unspecified.
        let any = |field: &str| matches!(field, "*" | "?");
        if !any(days) && !any(weekdays) {
            return None;
        }
        Some(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: if any(days) { None } else { Some(field(days, 1, 31, &[])?) },
            months: field(months, 1, 12, &MONTHS)?,
            weekdays: if any(weekdays) { None } else { Some(field(weekdays, 1, 7, &WEEKDAYS)?) },
            years: field(years, 1970, 2199, &[])?,
        })
    }

    fn fits(&self, day: Date) -> bool {
        let weekday = i32::from(day.weekday().since(Weekday::Sunday)) + 1;
        let fits = |wanted: &Option<BTreeSet<i32>>, value: i32| wanted.as_ref().is_none_or(|set| set.contains(&value));
        self.years.contains(&i32::from(day.year()))
            && self.months.contains(&i32::from(day.month()))
            && fits(&self.days, i32::from(day.day()))
            && fits(&self.weekdays, weekday)
    }

    fn after(&self, last: Timestamp) -> Option<Timestamp> {
        let last = last.to_zoned(TimeZone::UTC).datetime();
        let mut day = last.date();
        for _ in 0..HORIZON {
            if self.fits(day) {
                for (hour, minute) in self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |m| (*hour, *m))) {
                    let at = day.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
                    if at > last {
                        return at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
                    }
                }
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }
}

/// Parses the values of one field: lists, ranges, steps, names.
fn field(text: &str, least: i32, most: i32, names: &[&str]) -> Option<BTreeSet<i32>> {
    let value = |text: &str| -> Option<i32> {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = match named {
            Some(place) => i32::try_from(place).ok()? + least,
            None => text.parse().ok()?,
        };
        (least..=most).contains(&number).then_some(number)
    };
    let mut values = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (value(from)?, value(to)?),
            None if matches!(range, "*" | "?") => (least, most),
            None => (value(range)?, if step.is_some() { most } else { value(range)? }),
        };
        if from > to {
            return None;
        }
        values.extend((from..=to).step_by(step.unwrap_or(1)));
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(expression: &str, from: &str, count: usize) -> Vec<String> {
        let expression = Expression::parse(expression).unwrap();
        let mut at: Timestamp = from.parse().unwrap();
        let mut found = Vec::new();
        for _ in 0..count {
            let Some(next) = expression.after(at) else { break };
            at = next;
            found.push(at.to_string());
        }
        found
    }

    #[test]
    fn a_rate_counts_from_the_last_run() {
        assert_eq!(
            times("rate(1 minute)", "2026-11-21T10:00:30Z", 2),
            ["2026-11-21T10:01:30Z", "2026-11-21T10:02:30Z"]
        );
        assert_eq!(times("rate(2 hours)", "2026-11-21T23:00:00Z", 1), ["2026-11-22T01:00:00Z"]);
    }

    #[test]
    fn a_cron_yields_its_times_in_order() {
        // 21 November 2026 is a Saturday.
        assert_eq!(
            times("cron(0 6 ? * MON-FRI *)", "2026-11-20T06:00:00Z", 2),
            ["2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"]
        );
        assert_eq!(
            times("cron(0/20 8,17 * * ? *)", "2026-11-21T08:30:00Z", 3),
            ["2026-11-21T08:40:00Z", "2026-11-21T17:00:00Z", "2026-11-21T17:20:00Z"]
        );
        assert_eq!(times("cron(15 2 29 FEB ? *)", "2026-01-01T00:00:00Z", 1), ["2028-02-29T02:15:00Z"]);
        assert_eq!(times("cron(0 0 1 1 ? 2026)", "2026-01-01T00:00:00Z", 1), Vec::<String>::new());
    }

    #[test]
    fn invalid_expressions_are_refused() {
        for wrong in [
            "",
            "rate()",
            "rate(0 minutes)",
            "rate(5 eons)",
            "cron(* * *)",
            "cron(61 * * * ? *)",
            "cron(0 6 1 * MON *)",
            "at(2026-01-01T00:00:00)",
        ] {
            assert!(Expression::parse(wrong).is_err(), "{wrong}");
        }
    }
}
