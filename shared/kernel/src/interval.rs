//! Periods by which figures are shown over time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Date;

/// The length of one point in a trend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrendInterval)]
pub enum Interval {
    /// A day, in UTC.
    Day,
    /// A week, starting on Monday.
    #[default]
    Week,
    /// A calendar month.
    Month,
}

impl Interval {
    /// The first day of the interval that contains `day`.
    #[must_use]
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => day.week_start(),
            Self::Month => day.month_start(),
        }
    }

    /// The first day of the interval after the one that starts at `start`.
    #[must_use]
    pub fn next(self, start: Date) -> Date {
        match self {
            Self::Day => start.plus_days(1),
            Self::Week => start.plus_days(7),
            Self::Month => start.next_month(),
        }
    }
}
