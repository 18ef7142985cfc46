//! `/api/health`, `/api/openapi.json` and `/api/docs`: the running build and the API documentation. Accesses no data.

use axum::response::{IntoResponse, Response};
use lambda_http::http::header;
use platform::http::{Json, Routes};
use platform::routes;
use serde::Serialize;
use utoipa::ToSchema;

/// The document that `local openapi` generates from all functions; a test fails if it is out of date.
const DOCUMENT: &str = include_str!("../../../web/openapi.json");

/// The page that displays the document; its script and styles are served with the web app's files.
const PAGE: &str = include_str!("page.html");

/// The function's routes. They have no state, so they can be merged into routes with any state.
#[must_use]
pub fn router<R: Routes>() -> R {
    R::new().routes(routes!(health)).routes(routes!(openapi_get)).routes(routes!(docs_get))
}

/// Information about the running build.
#[derive(Serialize, ToSchema)]
struct Health {
    /// Always `ok`; a function that cannot run does not respond.
    status: &'static str,
    /// Release version.
    version: &'static str,
    /// Commit it was built from, or `unknown`.
    commit: &'static str,
}

/// Get the running build.
#[utoipa::path(get, path = "/api/health", operation_id = "health", tag = "docs", responses((status = 200, body = Health)))]
async fn health() -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("STEWARD_COMMIT").unwrap_or("unknown"),
    })
}

/// Get the OpenAPI document for the whole API.
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "openapi_get", tag = "docs",
    responses((status = 200, content_type = "application/json"))
)]
async fn openapi_get() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, DOCUMENT).into_response()
}

/// Browse the API documentation.
#[utoipa::path(
    get, path = "/api/docs", operation_id = "docs_get", tag = "docs",
    responses((status = 200, content_type = "text/html"))
)]
async fn docs_get() -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
                  img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, PAGE).into_response()
}
