//! Analytics from maintained counters: the portfolio by tier, status and kind, activities by day and kind, the investors with
//! the most contact, and recent activities.
//!
//! `on-change` does the counting ([`count_activity`], [`count_investor`]). A marker for each counted entity stores what the
//! entity has contributed, and one transaction changes the counters by the difference to its current state. Stream records that
//! arrive twice, late or out of order therefore leave every figure equal to a recount of the entities.

mod capital;
mod count;
mod investor;
mod item;
mod portfolio;
mod ranking;
mod trend;

pub(crate) use capital::{Capital, HOLDINGS_PREFIX};
pub use count::{count_activity, count_investment, count_investor, refresh_investments, refresh_investor};
pub use investor::read as read_investor;
pub use investor::{InvestorAnalytics, engagement_score, of_investor};
pub use portfolio::{CapitalPart, CurrencyCapital, Portfolio, ValueCount, portfolio};
pub use ranking::{Highlights, HighlightsQuery, RecentActivity, TopInvestor, UserActivity, highlights};
pub use trend::{ActivityCounts, ActivityTrend, TrendPoint, TrendQuery, activity};
