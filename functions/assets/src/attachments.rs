//! Files attached to tasks.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{AttachmentId, ProductId, TaskId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::upload::Download;
use platform::{App, routes};
use product_development::attachment::{self, Attachment, AttachmentDownloadQuery, AttachmentUpload, NewAttachment};

pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(attachment_list, attachment_create))
        .routes(routes!(attachment_delete))
        .routes(routes!(attachment_download))
}

/// List a task's attachments, newest first: the available ones, and the caller's own unfinished uploads.
#[utoipa::path(
    get, path = "/api/products/{product_id}/tasks/{task_id}/attachments", operation_id = "attachment_list",
    tag = "assets", params(("product_id" = ProductId, Path), ("task_id" = TaskId, Path), PageRequest),
    responses((status = 200, body = Page<Attachment>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn attachment_list(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, task_id)): Path<(ProductId, TaskId)>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Attachment>>, Error> {
    attachment::list(&app, &caller, product_id, task_id, &request).await.map(Json)
}

/// Attach a file to a task. Upload it to the URL in the response.
#[utoipa::path(
    post, path = "/api/products/{product_id}/tasks/{task_id}/attachments", operation_id = "attachment_create",
    tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewAttachment,
    responses((status = 201, body = AttachmentUpload), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn attachment_create(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, task_id)): Path<(ProductId, TaskId)>,
    Json(new): Json<NewAttachment>,
) -> Result<StoredAnswer, Error> {
    attachment::create(&app, &caller, product_id, task_id, new).await
}

/// Remove a file from a task.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}",
    operation_id = "attachment_delete", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path), ("attachment_id" = AttachmentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn attachment_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, task_id, id)): Path<(ProductId, TaskId, AttachmentId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    attachment::delete(&app, &caller, (product_id, task_id), id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// Create a short-lived download URL for an attachment.
#[utoipa::path(
    post, path = "/api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}/download",
    operation_id = "attachment_download", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("task_id" = TaskId, Path), ("attachment_id" = AttachmentId, Path),
        AttachmentDownloadQuery,
    ),
    responses((status = 200, body = Download), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn attachment_download(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, task_id, id)): Path<(ProductId, TaskId, AttachmentId)>,
    Query(query): Query<AttachmentDownloadQuery>,
) -> Result<Json<Download>, Error> {
    attachment::download(&app, &caller, (product_id, task_id), id, &query).await.map(Json)
}
