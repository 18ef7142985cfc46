//! `/api/products/{product_id}/milestones` and `/api/roadmap`: milestones and their progress.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{MilestoneId, ProductId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::Page;
use platform::{App, routes};
use product_development::milestone::{
    self, Milestone, MilestonePatch, MilestoneQuery, NewMilestone, Roadmap, RoadmapQuery,
};

/// Returns the function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(milestone_list, milestone_create))
        .routes(routes!(milestone_get, milestone_update, milestone_delete))
        .routes(routes!(roadmap_list))
}

/// List a product's milestones by due date, with their progress.
#[utoipa::path(
    get, path = "/api/products/{product_id}/milestones", operation_id = "milestone_list", tag = "milestones",
    params(("product_id" = ProductId, Path), MilestoneQuery),
    responses((status = 200, body = Page<Milestone>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn milestone_list(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Query(query): Query<MilestoneQuery>,
) -> Result<Json<Page<Milestone>>, Error> {
    milestone::list(&app, &caller, product_id, &query).await.map(Json)
}

/// Create a milestone.
#[utoipa::path(
    post, path = "/api/products/{product_id}/milestones", operation_id = "milestone_create", tag = "milestones",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewMilestone,
    responses((status = 201, body = Milestone), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn milestone_create(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Json(new): Json<NewMilestone>,
) -> Result<StoredAnswer, Error> {
    milestone::create(&app, &caller, product_id, new).await
}

/// Get a milestone.
#[utoipa::path(
    get, path = "/api/products/{product_id}/milestones/{milestone_id}", operation_id = "milestone_get",
    tag = "milestones", params(("product_id" = ProductId, Path), ("milestone_id" = MilestoneId, Path)),
    responses((status = 200, body = Milestone), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn milestone_get(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, MilestoneId)>,
) -> Result<Entity<Milestone>, Error> {
    milestone::get(&app, &caller, product_id, id).await.map(Entity)
}

/// Update a milestone.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/milestones/{milestone_id}", operation_id = "milestone_update",
    tag = "milestones",
    params(
        ("product_id" = ProductId, Path), ("milestone_id" = MilestoneId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = MilestonePatch,
    responses((status = 200, body = Milestone), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn milestone_update(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, MilestoneId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<MilestonePatch>,
) -> Result<Entity<Milestone>, Error> {
    milestone::update(&app, &caller, product_id, id, version, patch).await.map(Entity)
}

/// Delete a milestone. Items that refer to it show that it has been deleted.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/milestones/{milestone_id}", operation_id = "milestone_delete",
    tag = "milestones",
    params(
        ("product_id" = ProductId, Path), ("milestone_id" = MilestoneId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn milestone_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, MilestoneId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    milestone::delete(&app, &caller, product_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// List the products you own or are a member of, by name, each with its milestones by due date. Admins see all products.
#[utoipa::path(
    get, path = "/api/roadmap", operation_id = "roadmap_list", tag = "milestones", params(RoadmapQuery),
    responses((status = 200, body = Page<Roadmap>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn roadmap_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<RoadmapQuery>,
) -> Result<Json<Page<Roadmap>>, Error> {
    milestone::roadmap(&app, &caller, &query).await.map(Json)
}
