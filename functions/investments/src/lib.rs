//! `/api/investors/{investor_id}/investments`: investments, their cash flows and the investor's holdings.

use axum::extract::State;
use investor_relations::cash_flow::{self, CashFlow, CashFlowPatch, NewCashFlow};
use investor_relations::holdings::{self, Holdings};
use investor_relations::investment::{self, Investment, InvestmentPatch, NewInvestment};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{CashFlowId, InvestmentId, InvestorId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(investment_list, investment_create))
        .routes(routes!(investment_get, investment_update, investment_delete))
        .routes(routes!(cash_flow_list, cash_flow_create))
        .routes(routes!(cash_flow_update, cash_flow_delete))
        .routes(routes!(holdings_get))
}

/// List an investor's investments, latest first.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/investments", operation_id = "investment_list", tag = "investments",
    params(("investor_id" = InvestorId, Path), PageRequest),
    responses((status = 200, body = Page<Investment>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investment_list(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Investment>>, Error> {
    investment::list(&app, &caller, investor_id, &request).await.map(Json)
}

/// Record an investment.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/investments", operation_id = "investment_create", tag = "investments",
    params(
        ("investor_id" = InvestorId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewInvestment,
    responses((status = 201, body = Investment), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investment_create(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Json(new): Json<NewInvestment>,
) -> Result<StoredAnswer, Error> {
    investment::create(&app, &caller, investor_id, new).await
}

/// Get an investment with its totals.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/investments/{investment_id}", operation_id = "investment_get",
    tag = "investments", params(("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path)),
    responses((status = 200, body = Investment), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investment_get(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, InvestmentId)>,
) -> Result<Entity<Investment>, Error> {
    investment::get(&app, &caller, investor_id, id).await.map(Entity)
}

/// Update an investment.
#[utoipa::path(
    patch, path = "/api/investors/{investor_id}/investments/{investment_id}", operation_id = "investment_update",
    tag = "investments",
    params(
        ("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = InvestmentPatch,
    responses((status = 200, body = Investment), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investment_update(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, InvestmentId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<InvestmentPatch>,
) -> Result<Entity<Investment>, Error> {
    investment::update(&app, &caller, investor_id, id, version, patch).await.map(Entity)
}

/// Delete an investment that has no cash flows.
#[utoipa::path(
    delete, path = "/api/investors/{investor_id}/investments/{investment_id}", operation_id = "investment_delete",
    tag = "investments",
    params(
        ("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investment_delete(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, InvestmentId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    investment::delete(&app, &caller, investor_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// List an investment's cash flows, newest first.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/investments/{investment_id}/cash_flows",
    operation_id = "cash_flow_list", tag = "investments",
    params(("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path), PageRequest),
    responses((status = 200, body = Page<CashFlow>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn cash_flow_list(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, investment_id)): Path<(InvestorId, InvestmentId)>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<CashFlow>>, Error> {
    cash_flow::list(&app, &caller, investor_id, investment_id, &request).await.map(Json)
}

/// Record a contribution, distribution or valuation.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/investments/{investment_id}/cash_flows",
    operation_id = "cash_flow_create", tag = "investments",
    params(
        ("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewCashFlow,
    responses((status = 201, body = CashFlow), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn cash_flow_create(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, investment_id)): Path<(InvestorId, InvestmentId)>,
    Json(new): Json<NewCashFlow>,
) -> Result<StoredAnswer, Error> {
    cash_flow::create(&app, &caller, investor_id, investment_id, new).await
}

/// Update a cash flow.
#[utoipa::path(
    patch, path = "/api/investors/{investor_id}/investments/{investment_id}/cash_flows/{cash_flow_id}",
    operation_id = "cash_flow_update", tag = "investments",
    params(
        ("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path), ("cash_flow_id" = CashFlowId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = CashFlowPatch,
    responses((status = 200, body = CashFlow), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn cash_flow_update(
    State(app): State<App>,
    caller: Caller,
    Path(place): Path<(InvestorId, InvestmentId, CashFlowId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<CashFlowPatch>,
) -> Result<Entity<CashFlow>, Error> {
    cash_flow::update(&app, &caller, place, version, patch).await.map(Entity)
}

/// Delete a cash flow.
#[utoipa::path(
    delete, path = "/api/investors/{investor_id}/investments/{investment_id}/cash_flows/{cash_flow_id}",
    operation_id = "cash_flow_delete", tag = "investments",
    params(
        ("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path), ("cash_flow_id" = CashFlowId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn cash_flow_delete(
    State(app): State<App>,
    caller: Caller,
    Path(place): Path<(InvestorId, InvestmentId, CashFlowId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    cash_flow::delete(&app, &caller, place, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// Get an investor's holdings in each currency, with multiples and rate of return.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/holdings", operation_id = "holdings_get", tag = "investments",
    params(("investor_id" = InvestorId, Path)),
    responses((status = 200, body = Holdings), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn holdings_get(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
) -> Result<Json<Holdings>, Error> {
    holdings::get(&app, &caller, investor_id).await.map(Json)
}
