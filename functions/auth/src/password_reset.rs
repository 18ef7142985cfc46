//! A forgotten password: ask for a link by e-mail, and set a new one with it.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::StatusCode;
use people::user::{self, PasswordReset, PasswordResetRequest};
use platform::caller::Origin;
use platform::http::{Json, Routes};
use platform::{App, routes};

/// The routes of this part.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(password_reset_request)).routes(routes!(password_reset_confirm))
}

/// Ask for a link that sets a new password. The answer is the same whether or not there is such a user.
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
    user::request_password_reset(&app, &origin, &request).await.map(|()| StatusCode::ACCEPTED)
}

/// Set a new password with the token of the link; every session of the user ends.
#[utoipa::path(
    post, path = "/api/auth/password-reset/confirm", operation_id = "password_reset_confirm", tag = "auth",
    request_body = PasswordReset,
    responses((status = 204), (status = "4XX", body = Problem))
)]
async fn password_reset_confirm(
    State(app): State<App>,
    origin: Origin,
    Json(reset): Json<PasswordReset>,
) -> Result<StatusCode, Error> {
    user::reset_password(&app, &origin, reset).await.map(|()| StatusCode::NO_CONTENT)
}
