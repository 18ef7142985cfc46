//! Invitations: a new user sets their password.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::HeaderMap;
use people::invitation::{self, Acceptance, Accepted};
use platform::caller::Origin;
use platform::http::{Json, Routes};
use platform::{App, routes};

use crate::known_browser;

/// Routes for invitations.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(invitation_accept))
}

/// Accept an invitation: set a password using the token from the link. The user can then sign in.
#[utoipa::path(
    post, path = "/api/auth/invitation/accept", operation_id = "invitation_accept", tag = "auth",
    request_body = Acceptance,
    responses((status = 200, body = Accepted), (status = "4XX", body = Problem))
)]
async fn invitation_accept(
    State(app): State<App>,
    origin: Origin,
    headers: HeaderMap,
    Json(acceptance): Json<Acceptance>,
) -> Result<Response, Error> {
    let accepted = invitation::accept(&app, &origin, acceptance).await?;
    let username = accepted.username.clone();
    known_browser::remember(&app, &headers, username.as_str(), Json(accepted).into_response()).await
}
