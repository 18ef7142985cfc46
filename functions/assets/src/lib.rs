//! `/api/products/{product_id}/assets` and `…/tasks/{task_id}/attachments`: design assets of a product and files attached to its tasks.
//! Like documents, they are uploaded and downloaded without passing through this API.

mod attachments;

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{AssetId, ProductId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::upload::Download;
use platform::{App, routes};
use product_development::asset::{
    self, Asset, AssetDecision, AssetDetail, AssetDownloadQuery, AssetPatch, AssetQuery, AssetUpload, AssetVersion,
    NewAsset, NewAssetVersion,
};

/// Returns the function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(asset_list, asset_create))
        .routes(routes!(asset_get, asset_update, asset_delete))
        .routes(routes!(asset_version_list, asset_version_create))
        .routes(routes!(asset_download))
        .routes(routes!(asset_approve))
        .routes(routes!(asset_reject))
        .merge(attachments::router())
}

/// List a product's design assets, newest first: the available ones, and the caller's own unfinished uploads.
#[utoipa::path(
    get, path = "/api/products/{product_id}/assets", operation_id = "asset_list", tag = "assets",
    params(("product_id" = ProductId, Path), AssetQuery),
    responses((status = 200, body = Page<Asset>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_list(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Query(query): Query<AssetQuery>,
) -> Result<Json<Page<Asset>>, Error> {
    asset::list(&app, &caller, product_id, &query).await.map(Json)
}

/// Create a design asset. Upload its file to the URL in the response.
#[utoipa::path(
    post, path = "/api/products/{product_id}/assets", operation_id = "asset_create", tag = "assets",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewAsset,
    responses((status = 201, body = AssetUpload), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_create(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Json(new): Json<NewAsset>,
) -> Result<StoredAnswer, Error> {
    asset::create(&app, &caller, product_id, new).await
}

/// Get a design asset with its versions.
#[utoipa::path(
    get, path = "/api/products/{product_id}/assets/{asset_id}", operation_id = "asset_get", tag = "assets",
    params(("product_id" = ProductId, Path), ("asset_id" = AssetId, Path)),
    responses((status = 200, body = AssetDetail), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_get(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
) -> Result<Entity<AssetDetail>, Error> {
    asset::get(&app, &caller, product_id, id).await.map(Entity)
}

/// Update a design asset's name, kind or requirement, or request its approval.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/assets/{asset_id}", operation_id = "asset_update", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("asset_id" = AssetId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = AssetPatch,
    responses((status = 200, body = Asset), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_update(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<AssetPatch>,
) -> Result<Entity<Asset>, Error> {
    asset::update(&app, &caller, product_id, id, version, patch).await.map(Entity)
}

/// Delete a design asset.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/assets/{asset_id}", operation_id = "asset_delete", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("asset_id" = AssetId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    asset::delete(&app, &caller, product_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// List a design asset's versions, newest first.
#[utoipa::path(
    get, path = "/api/products/{product_id}/assets/{asset_id}/versions", operation_id = "asset_version_list",
    tag = "assets", params(("product_id" = ProductId, Path), ("asset_id" = AssetId, Path), PageRequest),
    responses((status = 200, body = Page<AssetVersion>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_version_list(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<AssetVersion>>, Error> {
    asset::versions(&app, &caller, product_id, id, &request).await.map(Json)
}

/// Start a new version of a design asset. Upload its file to the URL in the response; the asset becomes a draft again once that file has
/// been checked.
#[utoipa::path(
    post, path = "/api/products/{product_id}/assets/{asset_id}/versions", operation_id = "asset_version_create",
    tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("asset_id" = AssetId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewAssetVersion,
    responses((status = 201, body = AssetUpload), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_version_create(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
    Json(new): Json<NewAssetVersion>,
) -> Result<StoredAnswer, Error> {
    asset::create_version(&app, &caller, product_id, id, new).await
}

/// Create a short-lived download URL for a version's file.
#[utoipa::path(
    post, path = "/api/products/{product_id}/assets/{asset_id}/versions/{number}/download",
    operation_id = "asset_download", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("asset_id" = AssetId, Path), ("number" = u32, Path, description = "The version."),
        AssetDownloadQuery,
    ),
    responses((status = 200, body = Download), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_download(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id, number)): Path<(ProductId, AssetId, u32)>,
    Query(query): Query<AssetDownloadQuery>,
) -> Result<Json<Download>, Error> {
    asset::download(&app, &caller, product_id, id, number, &query).await.map(Json)
}

/// Approve the current file of a design asset.
#[utoipa::path(
    post, path = "/api/products/{product_id}/assets/{asset_id}/approve", operation_id = "asset_approve", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("asset_id" = AssetId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = AssetDecision,
    responses((status = 200, body = Asset), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_approve(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
    IfMatch(version): IfMatch,
    Json(decision): Json<AssetDecision>,
) -> Result<Entity<Asset>, Error> {
    asset::approve(&app, &caller, product_id, id, version, decision).await.map(Entity)
}

/// Reject the current file of a design asset.
#[utoipa::path(
    post, path = "/api/products/{product_id}/assets/{asset_id}/reject", operation_id = "asset_reject", tag = "assets",
    params(
        ("product_id" = ProductId, Path), ("asset_id" = AssetId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = AssetDecision,
    responses((status = 200, body = Asset), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn asset_reject(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, AssetId)>,
    IfMatch(version): IfMatch,
    Json(decision): Json<AssetDecision>,
) -> Result<Entity<Asset>, Error> {
    asset::reject(&app, &caller, product_id, id, version, decision).await.map(Entity)
}
