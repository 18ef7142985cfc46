//! `/api/products/{product_id}/tasks` and the board: what is to be done for a product, and `/api/tasks`: what is assigned to
//! whom.

use axum::extract::State;
use lambda_http::http::StatusCode;
use shared::caller::Caller;
use shared::error::Problem;
use shared::http::{Entity, IfMatch, Json, Path, Query};
use shared::id::{ProductId, TaskId};
use shared::idempotency::StoredAnswer;
use shared::page::Page;
use shared::task::{self, MyTaskQuery, NewTask, Task, TaskCard, TaskPatch, TaskQuery};
use shared::{App, Error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The function's routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(task_list, task_create))
        .routes(routes!(task_get, task_update, task_delete))
        .routes(routes!(task_list_mine))
}

/// List a product's tasks: in the order of the board; by number with a requirement or a milestone.
#[utoipa::path(
    get, path = "/api/products/{product_id}/tasks", operation_id = "task_list", tag = "tasks",
    params(("product_id" = ProductId, Path), TaskQuery),
    responses((status = 200, body = Page<TaskCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_list(
    State(app): State<App>,
    caller: Caller,
    Path(product): Path<ProductId>,
    Query(query): Query<TaskQuery>,
) -> Result<axum::Json<Page<TaskCard>>, Error> {
    task::list(&app, &caller, product, &query).await.map(axum::Json)
}

/// Create a task, last in its column of the board.
#[utoipa::path(
    post, path = "/api/products/{product_id}/tasks", operation_id = "task_create", tag = "tasks",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats give the first answer again."),
    ),
    request_body = NewTask,
    responses((status = 201, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_create(
    State(app): State<App>,
    caller: Caller,
    Path(product): Path<ProductId>,
    Json(new): Json<NewTask>,
) -> Result<StoredAnswer, Error> {
    task::create(&app, &caller, product, new).await
}

/// Read a task.
#[utoipa::path(
    get, path = "/api/products/{product_id}/tasks/{task_id}", operation_id = "task_get", tag = "tasks",
    params(("product_id" = ProductId, Path), ("task_id" = TaskId, Path)),
    responses((status = 200, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_get(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
) -> Result<Entity<Task>, Error> {
    task::get(&app, &caller, product, id).await.map(Entity)
}

/// Change a task. Those who may not write tasks may change status and checklist of those that are assigned to them.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/tasks/{task_id}", operation_id = "task_update", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("If-Match" = String, Header, description = "The version read, quoted."),
    ),
    request_body = TaskPatch,
    responses((status = 200, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_update(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<TaskPatch>,
) -> Result<Entity<Task>, Error> {
    task::update(&app, &caller, product, id, version, patch).await.map(Entity)
}

/// Delete a task, with its comments and files.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/tasks/{task_id}", operation_id = "task_delete", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("If-Match" = String, Header, description = "The version read, quoted."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    task::delete(&app, &caller, product, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the unfinished tasks that are assigned to you or to somebody else, in all products that you may read, by the day
/// until which they are to be done.
#[utoipa::path(
    get, path = "/api/tasks", operation_id = "task_list_mine", tag = "tasks", params(MyTaskQuery),
    responses((status = 200, body = Page<TaskCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_list_mine(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<MyTaskQuery>,
) -> Result<axum::Json<Page<TaskCard>>, Error> {
    task::mine(&app, &caller, &query).await.map(axum::Json)
}
