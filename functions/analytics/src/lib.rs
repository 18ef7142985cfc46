//! `/api/analytics` and `/api/investors/{investor_id}/analytics`: figures from the maintained counters.

use axum::extract::State;
use investor_relations::analytics::{
    self, ActivityTrend, Highlights, HighlightsQuery, InvestorAnalytics, Portfolio, TrendQuery,
};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::InvestorId;
use platform::caller::Caller;
use platform::http::{Json, Path, Query, Routes};
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(analytics_portfolio))
        .routes(routes!(analytics_activity))
        .routes(routes!(analytics_highlights))
        .routes(routes!(investor_analytics_get))
}

/// Get the number of investors by tier, status and kind, and their holdings by currency.
#[utoipa::path(
    get, path = "/api/analytics/portfolio", operation_id = "analytics_portfolio", tag = "analytics",
    responses((status = 200, body = Portfolio), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn analytics_portfolio(State(app): State<App>, caller: Caller) -> Result<Json<Portfolio>, Error> {
    analytics::portfolio(&app, &caller).await.map(Json)
}

/// Get the number of activities by day, week or month.
#[utoipa::path(
    get, path = "/api/analytics/activity", operation_id = "analytics_activity", tag = "analytics", params(TrendQuery),
    responses((status = 200, body = ActivityTrend), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn analytics_activity(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<TrendQuery>,
) -> Result<Json<ActivityTrend>, Error> {
    analytics::activity(&app, &caller, &query).await.map(Json)
}

/// Get the most active investors and users of a month, and recent activities.
#[utoipa::path(
    get, path = "/api/analytics/highlights", operation_id = "analytics_highlights", tag = "analytics",
    params(HighlightsQuery),
    responses((status = 200, body = Highlights), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn analytics_highlights(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<HighlightsQuery>,
) -> Result<Json<Highlights>, Error> {
    analytics::highlights(&app, &caller, &query).await.map(Json)
}

/// Get an investor's activity figures.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/analytics", operation_id = "investor_analytics_get", tag = "analytics",
    params(("investor_id" = InvestorId, Path)),
    responses((status = 200, body = InvestorAnalytics), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_analytics_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
) -> Result<Json<InvestorAnalytics>, Error> {
    analytics::of_investor(&app, &caller, id).await.map(Json)
}
