//! `/api/investors/{investor_id}/documents`: an investor's files, uploaded to and downloaded from the bucket directly.

use axum::extract::State;
use investor_relations::document::{
    self, Document, DocumentDetail, DocumentPatch, DocumentQuery, DocumentUpload, DownloadQuery, NewDocument,
    NewDocumentVersion,
};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{DocumentId, InvestorId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::Page;
use platform::upload::Download;
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(document_list, document_create))
        .routes(routes!(document_get, document_update, document_delete))
        .routes(routes!(document_version_create))
        .routes(routes!(document_download))
}

/// List an investor's documents, newest first.
///
/// Returns the documents that can be downloaded and the caller's own unfinished ones.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/documents", operation_id = "document_list", tag = "documents",
    params(("investor_id" = InvestorId, Path), DocumentQuery),
    responses((status = 200, body = Page<Document>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_list(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Query(query): Query<DocumentQuery>,
) -> Result<Json<Page<Document>>, Error> {
    document::list(&app, &caller, investor_id, &query).await.map(Json)
}

/// Create a document.
///
/// Upload its file to the URL in the response.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/documents", operation_id = "document_create", tag = "documents",
    params(
        ("investor_id" = InvestorId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewDocument,
    responses((status = 201, body = DocumentUpload), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_create(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Json(new): Json<NewDocument>,
) -> Result<StoredAnswer, Error> {
    document::create(&app, &caller, investor_id, new).await
}

/// Get a document with its versions.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/documents/{document_id}", operation_id = "document_get",
    tag = "documents", params(("investor_id" = InvestorId, Path), ("document_id" = DocumentId, Path)),
    responses((status = 200, body = DocumentDetail), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_get(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, DocumentId)>,
) -> Result<Entity<DocumentDetail>, Error> {
    document::get(&app, &caller, investor_id, id).await.map(Entity)
}

/// Update a document's title, description or investment.
#[utoipa::path(
    patch, path = "/api/investors/{investor_id}/documents/{document_id}", operation_id = "document_update",
    tag = "documents",
    params(
        ("investor_id" = InvestorId, Path), ("document_id" = DocumentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = DocumentPatch,
    responses((status = 200, body = Document), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_update(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, DocumentId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<DocumentPatch>,
) -> Result<Entity<Document>, Error> {
    document::update(&app, &caller, investor_id, id, version, patch).await.map(Entity)
}

/// Delete a document.
#[utoipa::path(
    delete, path = "/api/investors/{investor_id}/documents/{document_id}", operation_id = "document_delete",
    tag = "documents",
    params(
        ("investor_id" = InvestorId, Path), ("document_id" = DocumentId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_delete(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, DocumentId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    document::delete(&app, &caller, investor_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// Create the next version of a document.
///
/// Upload its file to the URL in the response.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/documents/{document_id}/versions",
    operation_id = "document_version_create", tag = "documents",
    params(
        ("investor_id" = InvestorId, Path), ("document_id" = DocumentId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewDocumentVersion,
    responses((status = 201, body = DocumentUpload), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_version_create(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, DocumentId)>,
    Json(new): Json<NewDocumentVersion>,
) -> Result<StoredAnswer, Error> {
    document::create_version(&app, &caller, investor_id, id, new).await
}

/// Get a short-lived download URL for a document's file.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/documents/{document_id}/download", operation_id = "document_download",
    tag = "documents", params(("investor_id" = InvestorId, Path), ("document_id" = DocumentId, Path), DownloadQuery),
    responses((status = 200, body = Download), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn document_download(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, DocumentId)>,
    Query(query): Query<DownloadQuery>,
) -> Result<Json<Download>, Error> {
    document::download(&app, &caller, investor_id, id, &query).await.map(Json)
}
