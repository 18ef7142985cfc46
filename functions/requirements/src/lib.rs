//! `/api/products/{product_id}/requirements`: what a product must do, in every version.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{BaselineId, ProductId, RequirementId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};
use product_development::baseline::{self, Baseline, BaselineComparison, ComparedQuery, NewBaseline};
use product_development::requirement::{
    self, CompareQuery, NewRequirement, Requirement, RequirementCard, RequirementComparison, RequirementPatch,
    RequirementQuery, RequirementVersion, Restore,
};

/// Returns the function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(requirement_list, requirement_create))
        .routes(routes!(requirement_get, requirement_update, requirement_delete))
        .routes(routes!(requirement_version_list))
        .routes(routes!(requirement_version_get))
        .routes(routes!(requirement_compare))
        .routes(routes!(requirement_restore))
        .routes(routes!(baseline_list, baseline_create))
        .routes(routes!(baseline_get, baseline_delete))
        .routes(routes!(baseline_requirement_list))
        .routes(routes!(baseline_compare))
}

/// List a product's requirements by number.
#[utoipa::path(
    get, path = "/api/products/{product_id}/requirements", operation_id = "requirement_list", tag = "requirements",
    params(("product_id" = ProductId, Path), RequirementQuery),
    responses((status = 200, body = Page<RequirementCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_list(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Query(query): Query<RequirementQuery>,
) -> Result<Json<Page<RequirementCard>>, Error> {
    requirement::list(&app, &caller, product_id, &query).await.map(Json)
}

/// Create a requirement with the next number of its product.
#[utoipa::path(
    post, path = "/api/products/{product_id}/requirements", operation_id = "requirement_create", tag = "requirements",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewRequirement,
    responses((status = 201, body = Requirement), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_create(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Json(new): Json<NewRequirement>,
) -> Result<StoredAnswer, Error> {
    requirement::create(&app, &caller, product_id, new).await
}

/// Get a requirement, with its links compared with their targets.
#[utoipa::path(
    get, path = "/api/products/{product_id}/requirements/{requirement_id}", operation_id = "requirement_get",
    tag = "requirements", params(("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path)),
    responses((status = 200, body = Requirement), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_get(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RequirementId)>,
) -> Result<Entity<Requirement>, Error> {
    requirement::get(&app, &caller, product_id, id).await.map(Entity)
}

/// Update a requirement. The previous version is kept.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/requirements/{requirement_id}", operation_id = "requirement_update",
    tag = "requirements",
    params(
        ("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = RequirementPatch,
    responses((status = 200, body = Requirement), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_update(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RequirementId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<RequirementPatch>,
) -> Result<Entity<Requirement>, Error> {
    requirement::update(&app, &caller, product_id, id, version, patch).await.map(Entity)
}

/// Delete a requirement that has no children. Items that refer to it show that it has been deleted.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/requirements/{requirement_id}", operation_id = "requirement_delete",
    tag = "requirements",
    params(
        ("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RequirementId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    requirement::delete(&app, &caller, product_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// List a requirement's versions, newest first, including those of a deleted requirement.
#[utoipa::path(
    get, path = "/api/products/{product_id}/requirements/{requirement_id}/versions",
    operation_id = "requirement_version_list", tag = "requirements",
    params(("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path), PageRequest),
    responses((status = 200, body = Page<RequirementVersion>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_version_list(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RequirementId)>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<RequirementVersion>>, Error> {
    requirement::versions(&app, &caller, product_id, id, &request).await.map(Json)
}

/// Get a requirement as it was at a version.
#[utoipa::path(
    get, path = "/api/products/{product_id}/requirements/{requirement_id}/versions/{version}",
    operation_id = "requirement_version_get", tag = "requirements",
    params(
        ("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path),
        ("version" = u64, Path, minimum = 1, description = "The requirement's version."),
    ),
    responses((status = 200, body = Requirement), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_version_get(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id, version)): Path<(ProductId, RequirementId, u64)>,
) -> Result<Json<Requirement>, Error> {
    requirement::get_version(&app, &caller, product_id, id, version).await.map(Json)
}

/// Compare two versions of a requirement, field by field.
#[utoipa::path(
    get, path = "/api/products/{product_id}/requirements/{requirement_id}/compare",
    operation_id = "requirement_compare", tag = "requirements",
    params(("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path), CompareQuery),
    responses((status = 200, body = RequirementComparison), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_compare(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RequirementId)>,
    Query(query): Query<CompareQuery>,
) -> Result<Json<RequirementComparison>, Error> {
    requirement::compare(&app, &caller, product_id, id, &query).await.map(Json)
}

/// Restore the content of an old version as a new version. Its status, parent, milestone, links and external ID are kept.
#[utoipa::path(
    post, path = "/api/products/{product_id}/requirements/{requirement_id}/restore",
    operation_id = "requirement_restore", tag = "requirements",
    params(
        ("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = Restore,
    responses((status = 200, body = Requirement), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn requirement_restore(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RequirementId)>,
    IfMatch(version): IfMatch,
    Json(restored): Json<Restore>,
) -> Result<StoredAnswer, Error> {
    requirement::restore(&app, &caller, product_id, id, version, restored).await
}

/// List a product's baselines, newest first.
#[utoipa::path(
    get, path = "/api/products/{product_id}/baselines", operation_id = "baseline_list", tag = "requirements",
    params(("product_id" = ProductId, Path), PageRequest),
    responses((status = 200, body = Page<Baseline>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn baseline_list(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Baseline>>, Error> {
    baseline::list(&app, &caller, product_id, &request).await.map(Json)
}

/// Create a baseline that freezes the version of every requirement of a product.
#[utoipa::path(
    post, path = "/api/products/{product_id}/baselines", operation_id = "baseline_create", tag = "requirements",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewBaseline,
    responses((status = 201, body = Baseline), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn baseline_create(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Json(new): Json<NewBaseline>,
) -> Result<StoredAnswer, Error> {
    baseline::create(&app, &caller, product_id, new).await
}

/// Get a baseline.
#[utoipa::path(
    get, path = "/api/products/{product_id}/baselines/{baseline_id}", operation_id = "baseline_get",
    tag = "requirements", params(("product_id" = ProductId, Path), ("baseline_id" = BaselineId, Path)),
    responses((status = 200, body = Baseline), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn baseline_get(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, BaselineId)>,
) -> Result<Entity<Baseline>, Error> {
    baseline::get(&app, &caller, product_id, id).await.map(Entity)
}

/// Delete a baseline. The requirements and their versions are kept.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/baselines/{baseline_id}", operation_id = "baseline_delete",
    tag = "requirements",
    params(
        ("product_id" = ProductId, Path), ("baseline_id" = BaselineId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn baseline_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, BaselineId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    baseline::delete(&app, &caller, product_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// List the requirements of a baseline by number, as they were when it was created.
#[utoipa::path(
    get, path = "/api/products/{product_id}/baselines/{baseline_id}/requirements",
    operation_id = "baseline_requirement_list", tag = "requirements",
    params(("product_id" = ProductId, Path), ("baseline_id" = BaselineId, Path), PageRequest),
    responses((status = 200, body = Page<RequirementCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn baseline_requirement_list(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, BaselineId)>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<RequirementCard>>, Error> {
    baseline::requirements(&app, &caller, product_id, id, &request).await.map(Json)
}

/// Compare a baseline with another one or with the current requirements: what was added, changed and deleted since.
#[utoipa::path(
    get, path = "/api/products/{product_id}/baselines/{baseline_id}/compare", operation_id = "baseline_compare",
    tag = "requirements",
    params(("product_id" = ProductId, Path), ("baseline_id" = BaselineId, Path), ComparedQuery),
    responses((status = 200, body = BaselineComparison), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn baseline_compare(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, BaselineId)>,
    Query(query): Query<ComparedQuery>,
) -> Result<Json<BaselineComparison>, Error> {
    baseline::compare(&app, &caller, product_id, id, &query).await.map(Json)
}
