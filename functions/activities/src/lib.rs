//! `/api/investors/{investor_id}/activities`: interactions with an investor.

use axum::extract::State;
use investor_relations::activity::{self, Activity, ActivityPatch, NewActivity};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{ActivityId, InvestorId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(activity_list, activity_create)).routes(routes!(
        activity_get,
        activity_update,
        activity_delete
    ))
}

/// List an investor's activities, newest first.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/activities", operation_id = "activity_list", tag = "activities",
    params(("investor_id" = InvestorId, Path), PageRequest),
    responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn activity_list(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Activity>>, Error> {
    activity::list(&app, &caller, investor_id, &request).await.map(Json)
}

/// Record an activity.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/activities", operation_id = "activity_create", tag = "activities",
    params(
        ("investor_id" = InvestorId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewActivity,
    responses((status = 201, body = Activity), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn activity_create(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Json(new): Json<NewActivity>,
) -> Result<StoredAnswer, Error> {
    activity::create(&app, &caller, investor_id, new).await
}

/// Get an activity.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/activities/{activity_id}", operation_id = "activity_get",
    tag = "activities", params(("investor_id" = InvestorId, Path), ("activity_id" = ActivityId, Path)),
    responses((status = 200, body = Activity), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn activity_get(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ActivityId)>,
) -> Result<Entity<Activity>, Error> {
    activity::get(&app, &caller, investor_id, id).await.map(Entity)
}

/// Update an activity.
#[utoipa::path(
    patch, path = "/api/investors/{investor_id}/activities/{activity_id}", operation_id = "activity_update",
    tag = "activities",
    params(
        ("investor_id" = InvestorId, Path), ("activity_id" = ActivityId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = ActivityPatch,
    responses((status = 200, body = Activity), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn activity_update(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ActivityId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<ActivityPatch>,
) -> Result<Entity<Activity>, Error> {
    activity::update(&app, &caller, investor_id, id, version, patch).await.map(Entity)
}

/// Delete an activity.
#[utoipa::path(
    delete, path = "/api/investors/{investor_id}/activities/{activity_id}", operation_id = "activity_delete",
    tag = "activities",
    params(
        ("investor_id" = InvestorId, Path), ("activity_id" = ActivityId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn activity_delete(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ActivityId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    activity::delete(&app, &caller, investor_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}
