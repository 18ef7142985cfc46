//! Confirmation of a new email address.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::StatusCode;
use people::email_change::{self, EmailConfirmation};
use platform::caller::Origin;
use platform::http::{Json, Routes};
use platform::{App, routes};

/// Routes for email addresses.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(email_confirm))
}

/// Confirm a new email address using the token from the link sent to it.
#[utoipa::path(
    post, path = "/api/auth/email/confirm", operation_id = "email_confirm", tag = "auth",
    request_body = EmailConfirmation,
    responses((status = 204), (status = "4XX", body = Problem))
)]
async fn email_confirm(
    State(app): State<App>,
    origin: Origin,
    Json(confirmation): Json<EmailConfirmation>,
) -> Result<StatusCode, Error> {
    email_change::confirm(&app, &origin, confirmation).await.map(|()| StatusCode::NO_CONTENT)
}
