//! `/api/products/{product_id}/analytics`: figures about a product.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::ProductId;
use platform::caller::Caller;
use platform::http::{Json, Path, Query, Routes};
use platform::{App, routes};
use product_development::figures::{self, ProductCycle, ProductFlow, ProductPeriod, ProductTeam};

/// Returns the function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(product_flow_get)).routes(routes!(product_cycle_get)).routes(routes!(product_team_get))
}

/// Get how tasks flow through a product, and the progress of its requirements and milestones.
#[utoipa::path(
    get, path = "/api/products/{product_id}/analytics/flow", operation_id = "product_flow_get",
    tag = "product-analytics", params(("product_id" = ProductId, Path), ProductPeriod),
    responses((status = 200, body = ProductFlow), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_flow_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    Query(query): Query<ProductPeriod>,
) -> Result<Json<ProductFlow>, Error> {
    figures::flow(&app, &caller, id, &query).await.map(Json)
}

/// Get how long a product's tasks take, and how long the unfinished ones have been waiting.
#[utoipa::path(
    get, path = "/api/products/{product_id}/analytics/cycle", operation_id = "product_cycle_get",
    tag = "product-analytics", params(("product_id" = ProductId, Path), ProductPeriod),
    responses((status = 200, body = ProductCycle), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_cycle_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    Query(query): Query<ProductPeriod>,
) -> Result<Json<ProductCycle>, Error> {
    figures::cycle(&app, &caller, id, &query).await.map(Json)
}

/// Get what the members of a product complete, and their workload.
#[utoipa::path(
    get, path = "/api/products/{product_id}/analytics/team", operation_id = "product_team_get",
    tag = "product-analytics", params(("product_id" = ProductId, Path), ProductPeriod),
    responses((status = 200, body = ProductTeam), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_team_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    Query(query): Query<ProductPeriod>,
) -> Result<Json<ProductTeam>, Error> {
    figures::team(&app, &caller, id, &query).await.map(Json)
}
