//! Activity figures of one investor.

use serde::Serialize;
use utoipa::ToSchema;

use super::item::Group;
use super::trend::{ActivityCounts, TrendPoint, days, months};
use crate::activity::Kind;
use crate::investor;
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::policy::Action;
use kernel::time::Date;
use platform::app::App;
use platform::caller::Caller;

/// Number of months that the figures cover, including the current one.
const MONTHS: i32 = 24;
/// Number of days after which a contact counts half as much towards engagement.
const HALF_LIFE_DAYS: f64 = 30.0;
/// The sum of weighted contacts at which engagement is 63 out of 100.
const SCALE: f64 = 10.0;

/// Activity figures of one investor.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InvestorAnalytics {
    /// Number of activities of each kind in the last 24 months.
    pub counts: ActivityCounts,
    /// Total number of activities in the last 24 months.
    pub total: u64,
    /// Date (UTC) of the last email, call, meeting or update in the last 24 months.
    pub last_contact_on: Option<Date>,
    /// Engagement score, 0 to 100. A meeting counts 5, a call 3, an email 2 and an update 1, with a half-life of 30 days; for a
    /// total of `s` the score is `100 × (1 − e^(−s/10))`.
    pub engagement_score: u8,
    /// Figures by month, oldest first.
    pub months: Vec<TrendPoint>,
}

/// The engagement weight of one contact of this kind. Notes are not contacts.
fn weight(kind: Kind) -> f64 {
    match kind {
        Kind::Meeting => 5.0,
        Kind::Call => 3.0,
        Kind::Email => 2.0,
        Kind::Update => 1.0,
        Kind::Note => 0.0,
    }
}

/// Computes engagement from 0 to 100. Each contact counts its weight (meeting 5, call 3, email 2, update 1), half of it after 30
/// days and a quarter after 60; for a total of `s` the score is `100 × (1 − e^(−s/10))`. This is Steward's own formula: near 0
/// without contact in half a year, 39 after one meeting today, 78 after three.
#[must_use]
pub fn engagement_score(today: Date, contacts: impl Iterator<Item = (Date, Kind, i64)>) -> u8 {
    let worth = |(day, kind, count): (Date, Kind, i64)| {
        let age = f64::from(today.days_since(day).max(0));
        #[allow(clippy::cast_precision_loss, reason = "a day's contacts are few")]
        let count = count.max(0) as f64;
        weight(kind) * count * 0.5_f64.powf(age / HALF_LIFE_DAYS)
    };
    let sum: f64 = contacts.map(worth).sum();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let score = (100.0 * (1.0 - (-sum / SCALE).exp())).round() as u8;
    score
}

/// Returns the figures of an investor that the caller can see. Takes one round trip.
pub async fn of_investor(app: &App, caller: &Caller, id: InvestorId) -> Result<InvestorAnalytics, Error> {
    caller.allow(Action::AnalyticsRead)?;
    let (loaded, figures) = tokio::join!(investor::load(app, caller, Action::InvestorRead, id), read(app, id));
    loaded?;
    figures
}

/// Reads the figures of an investor. The calling function must check permissions.
pub async fn read(app: &App, id: InvestorId) -> Result<InvestorAnalytics, Error> {
    let today = Date::today();
    let from = today.month_start().plus_days(-(MONTHS - 1) * 30 - 15).month_start();
    let items = months(app, Group::Investor(id), from, today.plus_days(366)).await?;
    let all: Vec<(Date, Kind, i64)> = items.iter().flat_map(days).collect();
    let mut counts = ActivityCounts::default();
    let mut by_month = Vec::new();
    let mut start = from;
    while start <= today {
        let mut month = ActivityCounts::default();
        for (_, kind, count) in all.iter().filter(|(day, ..)| day.month_start() == start) {
            month.add(*kind, *count);
            counts.add(*kind, *count);
        }
        by_month.push(TrendPoint { start, counts: month, total: month.total() });
        start = start.next_month();
    }
    let past = || all.iter().copied().filter(|(day, ..)| *day <= today);
    Ok(InvestorAnalytics {
        counts,
        total: counts.total(),
        last_contact_on: past().filter(|(_, kind, count)| weight(*kind) > 0.0 && *count > 0).map(|(day, ..)| day).max(),
        engagement_score: engagement_score(today, past()),
        months: by_month,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engagement_rises_with_contact_and_decays_over_time() {
        let today = Date::today();
        let score = |contacts: &[(i32, Kind, i64)]| {
            engagement_score(today, contacts.iter().map(|(ago, kind, count)| (today.plus_days(-ago), *kind, *count)))
        };
        assert_eq!(score(&[]), 0);
        assert_eq!(score(&[(0, Kind::Note, 9)]), 0);
        assert_eq!(score(&[(0, Kind::Meeting, 1)]), 39);
        assert_eq!(score(&[(0, Kind::Meeting, 3)]), 78);
        assert_eq!(score(&[(30, Kind::Meeting, 2)]), 39);
        assert_eq!(score(&[(180, Kind::Meeting, 1)]), 1);
        assert_eq!(score(&[(360, Kind::Meeting, 1)]), 0);
    }
}
