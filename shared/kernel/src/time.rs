//! Points in time, always in UTC with millisecond precision.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use jiff::fmt::StdFmtWrite;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::TimeZone;

/// Whether `text` has digits where `shape` has zeros, and otherwise the characters of `shape`.
fn has_shape(text: &str, shape: &str) -> bool {
    let same = |(c, wanted): (u8, u8)| if wanted == b'0' { c.is_ascii_digit() } else { c == wanted };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(same)
}

/// Whether `text` is written like a time in RFC 3339. The parser reads much more than that: a space instead of the `T`, an offset of 25
/// hours, a leap second anywhere, or the name of a zone, each of which means something else to the next program.
fn is_rfc3339(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let Some((clock, rest)) = text.split_at_checked(19) else { return false };
    let fraction = rest.strip_prefix('.').map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let offset = fraction.and_then(|digits| rest.get(1 + digits..)).unwrap_or(rest);
    let (sign, distance) = offset.split_at_checked(1).unwrap_or_default();
    let zone = match sign {
        "Z" => distance.is_empty(),
        "+" | "-" => has_shape(distance, "00:00") && distance < "24:00" && &distance[3..] < "60",
        _ => false,
    };
    has_shape(clock, "0000-00-00T00:00:00")
        && !clock.ends_with("60")
        && fraction.is_none_or(|n| (1..=9).contains(&n))
        && zone
}

/// A point in time in UTC, truncated to milliseconds, between the years 1900 and 2200.
///
/// The text form has a fixed width (`2026-11-21T03:58:12.123Z`), so that sorting as text is sorting by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String, format = DateTime, example = "2026-11-21T03:58:12.123Z", max_length = 35,
    pattern = r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,9})?(?:[Zz]|[+\-][0-9]{2}:[0-9]{2})$"
)]
pub struct Timestamp(jiff::Timestamp);

/// Prints times to the millisecond. Much faster than a format pattern, which would be parsed again for each of hundreds of values.
static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
/// The first instant of the year 1900.
const FIRST: jiff::Timestamp = jiff::Timestamp::constant(-2_208_988_800, 0);
/// The first instant of the year 2200.
const END: jiff::Timestamp = jiff::Timestamp::constant(7_258_118_400, 0);

tokio::task_local! {
    /// Clock offset of the current task, in milliseconds.
    static SHIFT: i64;
}

/// Runs `work` with a clock that starts at `moment`: gives the demo company a past, and tests a clock that jumps. No request can
/// trigger this.
pub async fn at<T>(moment: Timestamp, work: impl Future<Output = T>) -> T {
    let by = moment.as_millisecond().saturating_sub(jiff::Timestamp::now().as_millisecond());
    SHIFT.scope(by, work).await
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// The current time; inside [`at`], the shifted time.
    #[must_use]
    pub fn now() -> Self {
        let shifted = SHIFT.try_with(|by| *by).unwrap_or(0);
        Self::from_millisecond(jiff::Timestamp::now().as_millisecond().saturating_add(shifted))
    }

    /// The time `milliseconds` after 1970-01-01T00:00:00Z; the epoch if out of range.
    #[must_use]
    pub fn from_millisecond(milliseconds: i64) -> Self {
        Self(jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// The time `seconds` after 1970-01-01T00:00:00Z; the epoch if out of range.
    #[must_use]
    pub fn from_second(seconds: i64) -> Self {
        Self::from_millisecond(seconds.saturating_mul(1000))
    }

    /// This time, or the nearest between the years 1900 and 2200: a zone moves the first and last hours of the range out of it, and such a
    /// time could be stored, but not read again.
    fn within_years(time: jiff::Timestamp) -> Self {
        Self::from_millisecond(time.as_millisecond().clamp(FIRST.as_millisecond(), END.as_millisecond() - 1))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Seconds since 1970-01-01T00:00:00Z, as required by DynamoDB's time to live.
    #[must_use]
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// This time plus `seconds` (which may be negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millisecond(self.as_millisecond().saturating_add(seconds.saturating_mul(1000)))
    }

    /// Long form for display in `zone`: `Tuesday, 1 December 2026, 09:00 (Europe/Zurich)`.
    #[must_use]
    pub fn in_words(self, zone: &TimeZone) -> String {
        let shown = self.0.to_zoned(zone.rules());
        format!("{} ({zone})", shown.strftime("%A, %-d %B %Y, %H:%M"))
    }

    /// Short form for display in `zone`: `1 Dec 2026, 09:00`.
    #[must_use]
    pub fn in_short(self, zone: &TimeZone) -> String {
        self.0.to_zoned(zone.rules()).strftime("%-d %b %Y, %H:%M").to_string()
    }

    /// The calendar date in `zone`.
    #[must_use]
    pub fn day_in(self, zone: &TimeZone) -> Date {
        Date(self.0.to_zoned(zone.rules()).date())
    }

    /// The calendar month in UTC, such as `2026-11`.
    #[must_use]
    pub fn month(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// The calendar date in UTC, such as `2026-11-21`.
    #[must_use]
    pub fn day(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PRINTER.print_timestamp(&self.0, StdFmtWrite(f)).map_err(|_| fmt::Error)
    }
}

impl FromStr for Timestamp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed: Option<jiff::Timestamp> = is_rfc3339(text).then(|| text.parse().ok()).flatten();
        let parsed = parsed.ok_or_else(|| "must be a time such as 2026-11-21T09:30:00Z".to_owned())?;
        if !(FIRST..END).contains(&parsed) {
            return Err("must be between the years 1900 and 2200".into());
        }
        Ok(Self::from_millisecond(parsed.as_millisecond()))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        PRINTER.timestamp_to_string(&time.0)
    }
}

/// A calendar date without a time or zone, between the years 1900 and 2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String, format = Date, example = "2026-11-21", max_length = 10,
    pattern = "^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// Today's date in UTC; inside [`at`], that of the shifted time.
    #[must_use]
    pub fn today() -> Self {
        Self(Timestamp::now().0.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// This date plus `days` (which may be negative); unchanged if the result is beyond the calendar's limits.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        self.0.checked_add(jiff::Span::new().days(days)).map_or(self, Self)
    }

    /// The Monday of this date's week (ISO 8601).
    #[must_use]
    pub(crate) fn week_start(self) -> Self {
        self.plus_days(-i32::from(self.0.weekday().to_monday_zero_offset()))
    }

    /// The first day of this date's month.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self(self.0.first_of_month())
    }

    /// The first day of the following month.
    #[must_use]
    pub fn next_month(self) -> Self {
        Self(self.0.last_of_month()).plus_days(1)
    }

    /// The calendar month, such as `2026-11`.
    #[must_use]
    pub fn month(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// Days from `earlier` to this date; negative if `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        (self.0 - earlier.0).get_days()
    }

    /// The start of the day in UTC, used as its position in a timeline.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let zoned = self.0.to_zoned(jiff::tz::TimeZone::UTC);
        Timestamp(zoned.map_or(jiff::Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp()))
    }

    /// The start of the day in `zone`.
    #[must_use]
    pub fn start_in(self, zone: &TimeZone) -> Timestamp {
        let zoned = self.0.to_zoned(zone.rules());
        zoned.map_or(self.start(), |zoned| Timestamp::within_years(zoned.timestamp()))
    }

    /// Short form for display: `1 Dec 2026`.
    #[must_use]
    pub fn in_short(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed: Option<jiff::civil::Date> = has_shape(&text, "0000-00-00").then(|| text.parse().ok()).flatten();
        let within = parsed.filter(|date| (1900..2200).contains(&date.year()));
        within.map(Self).ok_or_else(|| "must be a date such as 2026-11-21, between the years 1900 and 2200".into())
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.0.to_string()
    }
}

/// A local date and time to the minute, without a zone, between the years 1900 and 2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String, example = "2026-12-01T09:00", max_length = 16,
    pattern = "^(?:(?:19|20|21)[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:2000|(?:19|20|21)(?:0[48]|[2468][048]|[13579][26]))-02-29)T(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
)]
pub struct LocalTime(jiff::civil::DateTime);

impl LocalTime {
    /// The local time in `zone` at `at`; seconds are dropped.
    #[must_use]
    pub fn at(at: Timestamp, zone: &TimeZone) -> Self {
        let shown = at.0.to_zoned(zone.rules()).datetime();
        Self(shown.date().at(shown.hour(), shown.minute(), 0, 0))
    }

    /// The instant of this local time in `zone`. A time skipped when summer time begins is moved forward by the length of the gap
    /// (02:30 becomes 03:30); a time that occurs twice when it ends means the first occurrence (RFC 5545, section 3.3.5).
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Timestamp {
        let instant = zone.rules().to_ambiguous_zoned(self.0).compatible();
        instant.map_or(Timestamp::from_millisecond(0), |zoned| Timestamp::within_years(zoned.timestamp()))
    }

    /// This date and time plus a calendar span, or `None` beyond the year 2199. If the resulting month is too short for the day, its
    /// last day is used.
    #[must_use]
    pub fn plus(self, span: jiff::Span) -> Option<Self> {
        let later = self.0.checked_add(span).ok()?;
        (later.year() < 2200).then_some(Self(later))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M"))
    }
}

impl TryFrom<String> for LocalTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || "must be a date and time without a zone, such as 2026-12-01T09:00".to_owned();
        let shape = "0000-00-00T00:00";
        let parsed: jiff::civil::DateTime =
            has_shape(&text, shape).then(|| text.parse().ok()).flatten().ok_or_else(wrong)?;
        if (1900..2200).contains(&parsed.year()) { Ok(Self(parsed)) } else { Err(wrong()) }
    }
}

impl From<LocalTime> for String {
    fn from(time: LocalTime) -> Self {
        time.to_string()
    }
}
