//! `/api/investors`: investors, their timeline, duplicates and merges.

use axum::extract::State;
use investor_relations::investor::duplicates::{self, DuplicateQuery, Duplicates};
use investor_relations::investor::{self, Investor, InvestorCard, InvestorPatch, InvestorQuery, NewInvestor};
use investor_relations::merge::{self, Merge, NewMerge};
use investor_relations::timeline::{self, TimelineEntry, TimelineQuery};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::InvestorId;
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
        .routes(routes!(investor_list, investor_create))
        .routes(routes!(investor_get, investor_update, investor_delete))
        .routes(routes!(investor_restore))
        .routes(routes!(timeline_list))
        .routes(routes!(duplicate_find))
        .routes(routes!(duplicate_list))
        .routes(routes!(merge_list, merge_create))
}

/// List investors by name.
#[utoipa::path(
    get, path = "/api/investors", operation_id = "investor_list", tag = "investors", params(InvestorQuery),
    responses((status = 200, body = Page<InvestorCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<InvestorQuery>,
) -> Result<Json<Page<InvestorCard>>, Error> {
    investor::list(&app, &caller, &query).await.map(Json)
}

/// Create an investor.
#[utoipa::path(
    post, path = "/api/investors", operation_id = "investor_create", tag = "investors", request_body = NewInvestor,
    params(("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response.")),
    responses((status = 201, body = Investor), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewInvestor>,
) -> Result<StoredAnswer, Error> {
    investor::create(&app, &caller, new).await
}

/// Get an investor.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}", operation_id = "investor_get", tag = "investors",
    params(("investor_id" = InvestorId, Path)),
    responses((status = 200, body = Investor), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
) -> Result<Entity<Investor>, Error> {
    investor::get(&app, &caller, id).await.map(|loaded| Entity(loaded.investor))
}

/// Update an investor.
#[utoipa::path(
    patch, path = "/api/investors/{investor_id}", operation_id = "investor_update", tag = "investors",
    params(("investor_id" = InvestorId, Path), ("If-Match" = String, Header, description = "The version you read, in quotes.")),
    request_body = InvestorPatch,
    responses((status = 200, body = Investor), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<InvestorPatch>,
) -> Result<Entity<Investor>, Error> {
    investor::update(&app, &caller, id, version, patch).await.map(Entity)
}

/// Delete an investor. A deleted investor can be restored.
#[utoipa::path(
    delete, path = "/api/investors/{investor_id}", operation_id = "investor_delete", tag = "investors",
    params(("investor_id" = InvestorId, Path), ("If-Match" = String, Header, description = "The version you read, in quotes.")),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    investor::delete(&app, &caller, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// Restore a deleted investor.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/restore", operation_id = "investor_restore", tag = "investors",
    params(("investor_id" = InvestorId, Path), ("If-Match" = String, Header, description = "The version you read, in quotes.")),
    responses((status = 200, body = Investor), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn investor_restore(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    IfMatch(version): IfMatch,
) -> Result<StoredAnswer, Error> {
    investor::restore(&app, &caller, id, version).await
}

/// List an investor's timeline, newest first.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/timeline", operation_id = "timeline_list", tag = "investors",
    params(("investor_id" = InvestorId, Path), TimelineQuery),
    responses((status = 200, body = Page<TimelineEntry>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn timeline_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Page<TimelineEntry>>, Error> {
    timeline::list(&app, &caller, id, &query).await.map(Json)
}

/// Find possible duplicates of an investor before creating it.
#[utoipa::path(
    post, path = "/api/investors/duplicates", operation_id = "duplicate_find", tag = "investors",
    request_body = DuplicateQuery,
    responses((status = 200, body = Duplicates), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn duplicate_find(
    State(app): State<App>,
    caller: Caller,
    Json(query): Json<DuplicateQuery>,
) -> Result<Json<Duplicates>, Error> {
    duplicates::find(&app, &caller, &query).await.map(Json)
}

/// List possible duplicates of an investor.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/duplicates", operation_id = "duplicate_list", tag = "investors",
    params(("investor_id" = InvestorId, Path)),
    responses((status = 200, body = Duplicates), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn duplicate_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
) -> Result<Json<Duplicates>, Error> {
    duplicates::list(&app, &caller, id).await.map(Json)
}

/// List the merges into an investor, newest first.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/merges", operation_id = "merge_list", tag = "investors",
    params(("investor_id" = InvestorId, Path), PageRequest),
    responses((status = 200, body = Page<Merge>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn merge_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Merge>>, Error> {
    merge::list(&app, &caller, id, &request).await.map(Json)
}

/// Merge another investor into this one.
///
/// This investor takes over the values it lacks. Everything else that belongs to the other investor is moved in the background.
/// From then on, requests for the other investor are redirected here.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/merges", operation_id = "merge_create", tag = "investors",
    params(
        ("investor_id" = InvestorId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewMerge,
    responses((status = 200, body = Investor), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn merge_create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    IfMatch(version): IfMatch,
    Json(new): Json<NewMerge>,
) -> Result<StoredAnswer, Error> {
    merge::create(&app, &caller, id, version, new).await
}
