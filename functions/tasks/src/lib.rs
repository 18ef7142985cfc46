//! `/api/products/{product_id}/tasks` and the board: the work to be done for a product, and `/api/tasks`: tasks by assignee across
//! products.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{CommentId, ProductId, TaskId, ViewId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};
use product_development::comment::{self, Comment, CommentPatch, NewComment};
use product_development::task::view::{NewView, SavedView};
use product_development::task::{
    self, Board, BoardColumn, BoardQuery, ChecklistTick, MyTaskQuery, NewTask, Status, Task, TaskCard, TaskMove,
    TaskPatch, TaskQuery, TasksPatch, TasksUpdated,
};
use uuid::Uuid;

/// Returns the function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(task_list, task_create, task_update_many))
        .routes(routes!(task_get, task_update, task_delete))
        .routes(routes!(task_move))
        .routes(routes!(task_checklist_tick))
        .routes(routes!(task_watch, task_unwatch))
        .routes(routes!(task_list_mine))
        .routes(routes!(board_get))
        .routes(routes!(board_column))
        .routes(routes!(comment_list, comment_create))
        .routes(routes!(comment_update, comment_delete))
        .routes(routes!(view_list, view_create))
        .routes(routes!(view_delete))
}

/// List a product's tasks in board order, or by number when filtered by requirement or milestone.
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
) -> Result<Json<Page<TaskCard>>, Error> {
    task::list(&app, &caller, product, &query).await.map(Json)
}

/// Create a task, last in its board column.
#[utoipa::path(
    post, path = "/api/products/{product_id}/tasks", operation_id = "task_create", tag = "tasks",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
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

/// Get a task.
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

/// Update a task. Users who cannot write tasks can change the status and checklist of tasks assigned to them.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/tasks/{task_id}", operation_id = "task_update", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
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

/// Delete a task with its comments and attachments.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/tasks/{task_id}", operation_id = "task_delete", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
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

/// List the unfinished tasks assigned to you or to another user, in all products you can read, by due date.
#[utoipa::path(
    get, path = "/api/tasks", operation_id = "task_list_mine", tag = "tasks", params(MyTaskQuery),
    responses((status = 200, body = Page<TaskCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_list_mine(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<MyTaskQuery>,
) -> Result<Json<Page<TaskCard>>, Error> {
    task::list_mine(&app, &caller, &query).await.map(Json)
}

/// Apply the same change to many tasks. Each task succeeds or fails on its own.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/tasks", operation_id = "task_update_many", tag = "tasks",
    params(("product_id" = ProductId, Path)),
    request_body = TasksPatch,
    responses((status = 200, body = TasksUpdated), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_update_many(
    State(app): State<App>,
    caller: Caller,
    Path(product): Path<ProductId>,
    Json(many): Json<TasksPatch>,
) -> Result<TasksUpdated, Error> {
    task::update_many(&app, &caller, product, many).await
}

/// Move a task on the board, between two others.
#[utoipa::path(
    post, path = "/api/products/{product_id}/tasks/{task_id}/move", operation_id = "task_move", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = TaskMove,
    responses((status = 200, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_move(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
    IfMatch(version): IfMatch,
    Json(to): Json<TaskMove>,
) -> Result<StoredAnswer, Error> {
    task::move_to(&app, &caller, product, id, version, to).await
}

/// Check off a step of a task's checklist, or uncheck it.
#[utoipa::path(
    put, path = "/api/products/{product_id}/tasks/{task_id}/checklist/{item_id}",
    operation_id = "task_checklist_tick", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("item_id" = Uuid, Path, description = "Identifies a step of the task's checklist."),
    ),
    request_body = ChecklistTick,
    responses((status = 200, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_checklist_tick(
    State(app): State<App>,
    caller: Caller,
    Path((product, id, step)): Path<(ProductId, TaskId, Uuid)>,
    Json(tick): Json<ChecklistTick>,
) -> Result<Entity<Task>, Error> {
    task::tick(&app, &caller, product, id, step, tick).await.map(Entity)
}

/// Watch a task to be notified about changes to it.
#[utoipa::path(
    put, path = "/api/products/{product_id}/tasks/{task_id}/watch", operation_id = "task_watch", tag = "tasks",
    params(("product_id" = ProductId, Path), ("task_id" = TaskId, Path)),
    responses((status = 200, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_watch(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
) -> Result<Entity<Task>, Error> {
    task::watch(&app, &caller, product, id, true).await.map(Entity)
}

/// Stop watching a task.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/tasks/{task_id}/watch", operation_id = "task_unwatch", tag = "tasks",
    params(("product_id" = ProductId, Path), ("task_id" = TaskId, Path)),
    responses((status = 200, body = Task), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn task_unwatch(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
) -> Result<Entity<Task>, Error> {
    task::watch(&app, &caller, product, id, false).await.map(Entity)
}

/// Get the board with the beginning of each column.
#[utoipa::path(
    get, path = "/api/products/{product_id}/board", operation_id = "board_get", tag = "tasks",
    params(("product_id" = ProductId, Path), BoardQuery),
    responses((status = 200, body = Board), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn board_get(
    State(app): State<App>,
    caller: Caller,
    Path(product): Path<ProductId>,
    Query(query): Query<BoardQuery>,
) -> Result<Json<Board>, Error> {
    task::board(&app, &caller, product, &query).await.map(Json)
}

/// Get the part of a board column that follows a cursor.
#[utoipa::path(
    get, path = "/api/products/{product_id}/board/{status}", operation_id = "board_column", tag = "tasks",
    params(("product_id" = ProductId, Path), ("status" = Status, Path), BoardQuery),
    responses((status = 200, body = BoardColumn), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn board_column(
    State(app): State<App>,
    caller: Caller,
    Path((product, status)): Path<(ProductId, String)>,
    Query(query): Query<BoardQuery>,
) -> Result<Json<BoardColumn>, Error> {
    task::board_column(&app, &caller, product, &status, &query).await.map(Json)
}

/// List a task's comments, oldest first.
#[utoipa::path(
    get, path = "/api/products/{product_id}/tasks/{task_id}/comments", operation_id = "comment_list", tag = "tasks",
    params(("product_id" = ProductId, Path), ("task_id" = TaskId, Path), PageRequest),
    responses((status = 200, body = Page<Comment>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn comment_list(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Comment>>, Error> {
    comment::list(&app, &caller, product, id, &request).await.map(Json)
}

/// Comment on a task.
#[utoipa::path(
    post, path = "/api/products/{product_id}/tasks/{task_id}/comments", operation_id = "comment_create", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewComment,
    responses((status = 201, body = Comment), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn comment_create(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, TaskId)>,
    Json(new): Json<NewComment>,
) -> Result<StoredAnswer, Error> {
    comment::create(&app, &caller, product, id, new).await
}

/// Update one of your comments.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/tasks/{task_id}/comments/{comment_id}",
    operation_id = "comment_update", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path), ("comment_id" = CommentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = CommentPatch,
    responses((status = 200, body = Comment), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn comment_update(
    State(app): State<App>,
    caller: Caller,
    Path((product, task, id)): Path<(ProductId, TaskId, CommentId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<CommentPatch>,
) -> Result<Entity<Comment>, Error> {
    comment::update(&app, &caller, product, (task, id), version, patch).await.map(Entity)
}

/// Delete a comment: your own, or any comment if you own the product.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/tasks/{task_id}/comments/{comment_id}",
    operation_id = "comment_delete", tag = "tasks",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path), ("comment_id" = CommentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn comment_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product, task, id)): Path<(ProductId, TaskId, CommentId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    comment::delete(&app, &caller, product, (task, id), version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List your saved views of a product's tasks.
#[utoipa::path(
    get, path = "/api/products/{product_id}/views", operation_id = "view_list", tag = "tasks",
    params(("product_id" = ProductId, Path)),
    responses((status = 200, body = Page<SavedView>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn view_list(
    State(app): State<App>,
    caller: Caller,
    Path(product): Path<ProductId>,
) -> Result<Json<Page<SavedView>>, Error> {
    task::view::list(&app, &caller, product).await.map(Json)
}

/// Save a view of a product's tasks for yourself.
#[utoipa::path(
    post, path = "/api/products/{product_id}/views", operation_id = "view_create", tag = "tasks",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewView,
    responses((status = 201, body = SavedView), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn view_create(
    State(app): State<App>,
    caller: Caller,
    Path(product): Path<ProductId>,
    Json(new): Json<NewView>,
) -> Result<StoredAnswer, Error> {
    task::view::create(&app, &caller, product, new).await
}

/// Delete one of your saved views.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/views/{view_id}", operation_id = "view_delete", tag = "tasks",
    params(("product_id" = ProductId, Path), ("view_id" = ViewId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn view_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product, id)): Path<(ProductId, ViewId)>,
) -> Result<StatusCode, Error> {
    task::view::delete(&app, &caller, product, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
