//! `/api/imports`: imports of investors, requirements and tasks from CSV files.

use axum::extract::State;
use exchange::import::{self, Encoding, Import, ImportCreated, ImportPreview, ImportRowError, ImportStart, NewImport};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::ImportId;
use platform::caller::Caller;
use platform::http::{Entity, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};
use serde::Deserialize;
use utoipa::IntoParams;

/// Routes of the function.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(import_list, import_create))
        .routes(routes!(import_get))
        .routes(routes!(import_preview))
        .routes(routes!(import_start))
        .routes(routes!(import_cancel))
        .routes(routes!(import_error_list))
}

/// List imports, newest first.
#[utoipa::path(
    get, path = "/api/imports", operation_id = "import_list", tag = "imports", params(PageRequest),
    responses((status = 200, body = Page<Import>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_list(
    State(app): State<App>,
    caller: Caller,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Import>>, Error> {
    import::list(&app, &caller, &request).await.map(Json)
}

/// Create an import and get the upload URL for its file.
#[utoipa::path(
    post, path = "/api/imports", operation_id = "import_create", tag = "imports", request_body = NewImport,
    params(("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response.")),
    responses((status = 201, body = ImportCreated), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewImport>,
) -> Result<StoredAnswer, Error> {
    import::create(&app, &caller, new).await
}

/// Get an import with its progress.
#[utoipa::path(
    get, path = "/api/imports/{import_id}", operation_id = "import_get", tag = "imports",
    params(("import_id" = ImportId, Path)),
    responses((status = 200, body = Import), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_get(State(app): State<App>, caller: Caller, Path(id): Path<ImportId>) -> Result<Entity<Import>, Error> {
    import::get(&app, &caller, id).await.map(Entity)
}

/// How to read the file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PreviewQuery {
    /// Encoding of the file; defaults to `utf-8`.
    #[serde(default)]
    #[param(inline, required = false)]
    encoding: Encoding,
}

/// Preview the columns and first rows of the uploaded file.
#[utoipa::path(
    post, path = "/api/imports/{import_id}/preview", operation_id = "import_preview", tag = "imports",
    params(("import_id" = ImportId, Path), PreviewQuery),
    responses((status = 200, body = ImportPreview), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_preview(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
    Query(query): Query<PreviewQuery>,
) -> Result<Json<ImportPreview>, Error> {
    import::preview(&app, &caller, id, query.encoding).await.map(Json)
}

/// Start an import, for real or as a dry run.
#[utoipa::path(
    post, path = "/api/imports/{import_id}/start", operation_id = "import_start", tag = "imports",
    params(
        ("import_id" = ImportId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = ImportStart,
    responses((status = 202, body = Import), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_start(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
    Json(start): Json<ImportStart>,
) -> Result<StoredAnswer, Error> {
    import::start(&app, &caller, id, start).await
}

/// Cancel an import. Rows imported so far are kept.
#[utoipa::path(
    post, path = "/api/imports/{import_id}/cancel", operation_id = "import_cancel", tag = "imports",
    params(
        ("import_id" = ImportId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    responses((status = 200, body = Import), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
) -> Result<StoredAnswer, Error> {
    import::cancel(&app, &caller, id).await
}

/// List the row errors of the latest run, by row. Only the first thousand are stored.
#[utoipa::path(
    get, path = "/api/imports/{import_id}/errors", operation_id = "import_error_list", tag = "imports",
    params(("import_id" = ImportId, Path), PageRequest),
    responses((status = 200, body = Page<ImportRowError>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn import_error_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ImportId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<ImportRowError>>, Error> {
    import::errors(&app, &caller, id, &request).await.map(Json)
}
