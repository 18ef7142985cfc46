//! Schedule expressions of EventBridge Scheduler, of which the template uses one form: `rate(5 minutes)`.

use jiff::{SignedDuration, Timestamp};

/// A schedule that recurs at this interval after the last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate(SignedDuration);

/// A schedule expression that the local scheduler cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRate {
    /// It is of another kind than `rate(…)`.
    #[error("{0} is not supported: the local scheduler only knows rate(…)")]
    NotSupported(String),
    /// It is not well-formed.
    #[error("{0} is not a valid rate")]
    NotValid(String),
}

impl Rate {
    /// Parses an expression; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, InvalidRate> {
        let rate = text.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
        let rate = rate.ok_or_else(|| InvalidRate::NotSupported(text.into()))?;
        parse(rate).map(Self).ok_or_else(|| InvalidRate::NotValid(text.into()))
    }

    /// The first due time after `last`; `None` if it is beyond the calendar.
    pub(super) fn after(self, last: Timestamp) -> Option<Timestamp> {
        last.checked_add(self.0).ok()
    }
}

fn parse(text: &str) -> Option<SignedDuration> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_counts_from_the_last_run() {
        let after = |expression: &str, last: &str| {
            let next = Rate::parse(expression).unwrap().after(last.parse().unwrap());
            next.unwrap().to_string()
        };
        assert_eq!(after("rate(1 minute)", "2026-11-21T10:00:30Z"), "2026-11-21T10:01:30Z");
        assert_eq!(after("rate(2 hours)", "2026-11-21T23:00:00Z"), "2026-11-22T01:00:00Z");
        assert_eq!(after("rate(1 day)", "2026-11-21T23:00:00Z"), "2026-11-22T23:00:00Z");
    }

    #[test]
    fn invalid_and_unsupported_expressions_are_refused() {
        for wrong in ["rate()", "rate(0 minutes)", "rate(5 eons)"] {
            assert_eq!(Rate::parse(wrong).unwrap_err(), format!("{wrong} is not a valid rate"));
        }
        for other in ["", "rate", "cron(0 6 ? * MON-FRI *)", "at(2026-01-01T00:00:00)"] {
            let error = Rate::parse(other).unwrap_err();
            assert_eq!(error, format!("{other} is not supported: the local scheduler only knows rate(…)"));
        }
    }
}
