//! Durations, counted by length so that the median is exact whatever the number of values.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use kernel::time::Timestamp;

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;
/// Up to this length, in minutes, durations are counted by the hour.
const BY_THE_HOUR: u64 = 60 * DAY;
/// Lower bounds of the distribution's buckets, in minutes.
const BUCKETS: [u64; 12] =
    [0, 4 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY, 10 * DAY, 14 * DAY, 21 * DAY, 30 * DAY, 60 * DAY];

/// A duration as it is counted, in minutes: rounded to the nearest minute below one day, to the nearest hour below sixty days, and to the
/// nearest day from there. A month therefore has at most about three thousand distinct durations, however many tasks it has, and no
/// duration is off by more than a fiftieth. A duration that ends before it starts counts as zero.
#[must_use]
pub fn counted_minutes(from: Timestamp, to: Timestamp) -> u64 {
    let milliseconds = u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0);
    let nearest = |unit: u64| {
        let unit_milliseconds = unit * 60_000;
        (milliseconds + unit_milliseconds / 2) / unit_milliseconds * unit
    };
    [(1, DAY), (HOUR, BY_THE_HOUR)]
        .into_iter()
        .map(|(unit, below)| (nearest(unit), below))
        .find(|(minutes, below)| minutes < below)
        .map_or_else(|| nearest(DAY), |(minutes, _)| minutes)
}

/// Number of durations in a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DurationBucket {
    /// Lower bound in minutes, inclusive.
    pub from_minutes: u64,
    /// Upper bound in minutes, exclusive; null for the last bucket.
    pub to_minutes: Option<u64>,
    /// Number of durations in this bucket.
    pub count: u64,
}

/// Statistics of durations, in minutes. Each duration is rounded to the nearest minute below one day, to the nearest hour below sixty days,
/// and to the nearest day from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Durations {
    /// Number of durations.
    pub count: u64,
    /// Mean, to the nearest minute; null without durations.
    pub mean_minutes: Option<u64>,
    /// Median, to the nearest minute; for an even number, the mean of the two middle values.
    pub median_minutes: Option<u64>,
    /// Longest duration.
    pub max_minutes: Option<u64>,
    /// Distribution, shortest durations first.
    pub distribution: Vec<DurationBucket>,
}

/// Number of occurrences of each value.
pub(super) type Histogram = BTreeMap<u64, u64>;

/// Number and sum of all values.
pub(super) fn count_and_sum(histogram: &Histogram) -> (u64, u64) {
    histogram.iter().fold((0, 0), |(count, sum), (value, times)| (count + times, sum + value * times))
}

/// Twice the median, which is always a whole number. `None` without values.
pub(super) fn twice_median(histogram: &Histogram) -> Option<u64> {
    let (count, _) = count_and_sum(histogram);
    let at = |place: u64| {
        let mut passed = 0;
        histogram.iter().find_map(|(value, times)| {
            passed += times;
            (place < passed).then_some(*value)
        })
    };
    let last = count.checked_sub(1)?;
    Some(at(last / 2)? + at(count / 2)?)
}

impl Durations {
    /// Computes the statistics of these durations in minutes.
    pub(super) fn of(histogram: &Histogram) -> Self {
        let (count, sum) = count_and_sum(histogram);
        let bucket = |at: usize| {
            let (from, to) = (BUCKETS.get(at).copied().unwrap_or(0), BUCKETS.get(at + 1).copied());
            let inside = histogram.range(from..to.unwrap_or(u64::MAX)).map(|(_, count)| count);
            DurationBucket { from_minutes: from, to_minutes: to, count: inside.sum() }
        };
        Self {
            count,
            mean_minutes: (count > 0).then(|| (2 * sum + count) / (2 * count.max(1))),
            median_minutes: twice_median(histogram).map(|twice| twice.div_ceil(2)),
            max_minutes: histogram.last_key_value().map(|(value, _)| *value),
            distribution: (0..BUCKETS.len()).map(bucket).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_round_to_minutes_hours_or_days() {
        let start = Timestamp::from_millisecond(1_790_000_000_000);
        for (seconds, minutes) in [
            (-5, 0),
            (29, 0),
            (30, 1),
            (90 * 60, 90),
            (24 * 3600 - 31, 1439),
            (24 * 3600 - 29, 1440),
            (36 * 3600 + 1799, 36 * 60),
            (36 * 3600 + 1800, 37 * 60),
            (60 * 86_400 - 1801, 60 * 1440 - 60),
            (60 * 86_400 + 3600, 60 * 1440),
            (99 * 86_400 + 43_200, 100 * 1440),
        ] {
            assert_eq!(counted_minutes(start, start.plus_seconds(seconds)), minutes, "{seconds}");
        }
    }

    #[test]
    fn an_empty_histogram_has_no_mean_or_median() {
        let none = Durations::of(&Histogram::new());
        assert_eq!((none.count, none.mean_minutes, none.median_minutes, none.max_minutes), (0, None, None, None));
    }

    proptest! {
        #[test]
        fn histogram_statistics_match_the_sorted_values(mut values in prop::collection::vec(0_u64..200_000, 1..60)) {
            let mut histogram = Histogram::new();
            for value in &values {
                *histogram.entry(*value).or_default() += 1;
            }
            values.sort_unstable();
            let found = Durations::of(&histogram);
            let n = values.len();
            prop_assert_eq!(found.count, u64::try_from(n).unwrap());
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            let mean = values.iter().sum::<u64>() as f64 / n as f64;
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            let off = (found.mean_minutes.unwrap() as f64 - mean).abs();
            prop_assert!(off <= 0.5);
            let median = if n % 2 == 1 { values[n / 2] } else { (values[n / 2 - 1] + values[n / 2]).div_ceil(2) };
            prop_assert_eq!(found.median_minutes, Some(median));
            prop_assert_eq!(found.max_minutes, values.last().copied());
            prop_assert_eq!(found.distribution.iter().map(|b| b.count).sum::<u64>(), found.count);
        }

        #[test]
        fn rounding_error_is_at_most_half_a_unit(milliseconds in 0_i64..40_000_000_000) {
            let start = Timestamp::from_millisecond(1_700_000_000_000);
            let minutes = counted_minutes(start, Timestamp::from_millisecond(1_700_000_000_000 + milliseconds));
            let unit = if minutes < DAY { 1 } else if minutes < BY_THE_HOUR { HOUR } else { DAY };
            let off = (i64::try_from(minutes * 60_000).unwrap() - milliseconds).unsigned_abs();
            prop_assert!(off <= unit * 30_000, "{} {}", minutes, off);
        }
    }
}
