//! The second step of a sign-in, and the sign-in with a passkey alone.

use axum::extract::State;
use axum::response::Response;
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::HeaderMap;
use people::factor::{self, PasskeyAssertion, PasskeyRequestOptions};
use people::limit::{self, Attempt};
use people::second_step::{self, Answer, Enrolment, EnrolmentBegun};
use platform::browser::OwnPage;
use platform::caller::Origin;
use platform::http::{Json, Routes};
use platform::{App, routes};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::sign_in::{self, Tokens};

/// Routes for the second step of a sign-in.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(challenge_answer))
        .routes(routes!(challenge_enrol))
        .routes(routes!(passkey_login_begin))
        .routes(routes!(passkey_login))
}

/// A sign-in with a passkey alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyLogin {
    /// The passkey's answer to the options.
    credential: PasskeyAssertion,
}

/// Complete a sign-in with a second factor, or by setting one up.
#[utoipa::path(
    post, path = "/api/auth/challenge", operation_id = "challenge_answer", tag = "auth", request_body = Answer,
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn challenge_answer(
    State(app): State<App>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
    Json(answer): Json<Answer>,
) -> Result<Response, Error> {
    let completed = second_step::answer(&app, &origin, answer).await?;
    sign_in::signed_in(&app, &origin, &headers, completed.granted, completed.recovery_codes).await
}

/// Begin to set up the second factor that a sign-in needs.
#[utoipa::path(
    post, path = "/api/auth/challenge/enrol", operation_id = "challenge_enrol", tag = "auth", request_body = Enrolment,
    responses((status = 200, body = EnrolmentBegun), (status = "4XX", body = Problem))
)]
async fn challenge_enrol(
    State(app): State<App>,
    origin: Origin,
    Json(enrolment): Json<Enrolment>,
) -> Result<Json<EnrolmentBegun>, Error> {
    second_step::begin_enrolment(&app, &origin, enrolment).await.map(Json)
}

/// Begin to sign in with a passkey, without a password.
#[utoipa::path(
    post, path = "/api/auth/passkey/begin", operation_id = "passkey_login_begin", tag = "auth",
    responses((status = 200, body = PasskeyRequestOptions), (status = "4XX", body = Problem))
)]
async fn passkey_login_begin(State(app): State<App>, origin: Origin) -> Result<Json<PasskeyRequestOptions>, Error> {
    let _counts = limit::attempt(&app, &origin, Attempt::Request).await?;
    factor::begin_passkey_sign_in(&app).await.map(Json)
}

/// Sign in with a passkey, without a password.
#[utoipa::path(
    post, path = "/api/auth/passkey/finish", operation_id = "passkey_login", tag = "auth", request_body = PasskeyLogin,
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn passkey_login(
    State(app): State<App>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
    Json(login): Json<PasskeyLogin>,
) -> Result<Response, Error> {
    let completed = second_step::passkey_sign_in(&app, &origin, &login.credential).await?;
    sign_in::signed_in(&app, &origin, &headers, completed.granted, completed.recovery_codes).await
}
