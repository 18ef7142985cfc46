//! Password reset: request a link by email, and use it to set a new password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::{HeaderMap, StatusCode};
use people::password_reset::{self, PasswordReset, PasswordResetRequest};
use platform::caller::Origin;
use platform::http::{Json, Routes};
use platform::{App, routes};

use crate::known_browser;

/// Routes for password resets.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(password_reset_request)).routes(routes!(password_reset_confirm))
}

/// Request a password reset link. The response is the same whether or not the user exists.
#[utoipa::path(
    post, path = "/api/auth/password-reset/request", operation_id = "password_reset_request", tag = "auth",
    request_body = PasswordResetRequest,
    responses((status = 202), (status = "4XX", body = Problem))
)]
async fn password_reset_request(
    State(app): State<App>,
    origin: Origin,
    Json(request): Json<PasswordResetRequest>,
) -> Result<StatusCode, Error> {
    password_reset::request(&app, &origin, &request).await.map(|()| StatusCode::ACCEPTED)
}

/// Set a new password using the token from the link. Ends all of the user's sessions.
#[utoipa::path(
    post, path = "/api/auth/password-reset/confirm", operation_id = "password_reset_confirm", tag = "auth",
    request_body = PasswordReset,
    responses((status = 204), (status = "4XX", body = Problem))
)]
async fn password_reset_confirm(
    State(app): State<App>,
    origin: Origin,
    headers: HeaderMap,
    Json(reset): Json<PasswordReset>,
) -> Result<Response, Error> {
    let username = password_reset::confirm(&app, &origin, reset).await?;
    let response = StatusCode::NO_CONTENT.into_response();
    known_browser::remember(&app, &headers, username.as_str(), response).await
}
