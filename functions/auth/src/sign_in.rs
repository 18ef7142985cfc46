//! First-run set-up, login, refresh and logout.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::{HeaderMap, StatusCode, header};
use people::session::{self, Granted, Login};
use people::user::{self, Setup, User};
use platform::caller::{Actor, Origin};
use platform::http::{Json, Routes};
use platform::token::ACCESS_TOKEN_SECONDS;
use platform::{App, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cookie;

/// The routes of this part.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(setup_get, setup_create))
        .routes(routes!(login))
        .routes(routes!(token_refresh))
        .routes(routes!(logout))
}

/// Whether Steward still has to be set up.
#[derive(Serialize, ToSchema)]
#[schema(as = Setup)]
pub(crate) struct SetupState {
    /// No admin exists yet.
    needed: bool,
    /// Set-up asks for the token with which the stack was deployed.
    token_required: bool,
}

/// What a login gives out; the refresh token comes as a cookie.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenGrant)]
pub(crate) struct Tokens {
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Who signed in.
    user: User,
}

fn answer(app: &App, granted: Granted) -> Response {
    let tokens = Tokens {
        access_token: granted.access_token,
        token_type: "Bearer",
        expires_in: ACCESS_TOKEN_SECONDS,
        user: granted.user,
    };
    cookie::set(app, Json(tokens), &granted.refresh_token)
}

/// Tell whether first-run set-up is still to be done.
#[utoipa::path(
    get, path = "/api/setup", operation_id = "setup_get", tag = "auth", responses((status = 200, body = SetupState))
)]
async fn setup_get(State(app): State<App>) -> Result<Json<SetupState>, Error> {
    let needed = !user::set_up_done(&app).await?;
    Ok(Json(SetupState { needed, token_required: app.setup_token().is_some() }))
}

/// Make the first admin, once.
#[utoipa::path(
    post, path = "/api/setup", operation_id = "setup_create", tag = "auth", request_body = Setup,
    responses((status = 201, body = User), (status = "4XX", body = Problem))
)]
async fn setup_create(State(app): State<App>, origin: Origin, Json(setup): Json<Setup>) -> Result<Response, Error> {
    let user = user::set_up(&app, &Actor::system(origin), setup).await?;
    let location = format!("/api/users/{}", user.id);
    let etag = format!("\"{}\"", user.version);
    Ok((StatusCode::CREATED, [(header::LOCATION, location), (header::ETAG, etag)], Json(user)).into_response())
}

/// Sign in.
#[utoipa::path(
    post, path = "/api/auth/login", operation_id = "login", tag = "auth", request_body = Login,
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn login(State(app): State<App>, origin: Origin, Json(login): Json<Login>) -> Result<Response, Error> {
    let granted = session::login(&app, &origin, login).await?;
    Ok(answer(&app, granted))
}

/// Get a new access token for the refresh token in the cookie, which is renewed as well.
#[utoipa::path(
    post, path = "/api/auth/refresh", operation_id = "token_refresh", tag = "auth",
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn token_refresh(State(app): State<App>, origin: Origin, headers: HeaderMap) -> Result<Response, Error> {
    let token = cookie::read(&headers).ok_or(Error::Unauthenticated)?;
    match session::refresh(&app, &origin, token).await {
        Ok(granted) => Ok(answer(&app, granted)),
        Err(Error::Unauthenticated) => Ok(cookie::clear(&app, Error::Unauthenticated)),
        Err(other) => Err(other),
    }
}

/// Sign out: the session of the cookie ends.
#[utoipa::path(
    post, path = "/api/auth/logout", operation_id = "logout", tag = "auth",
    responses((status = 204), (status = "4XX", body = Problem))
)]
async fn logout(State(app): State<App>, origin: Origin, headers: HeaderMap) -> Result<Response, Error> {
    if let Some(token) = cookie::read(&headers) {
        session::logout(&app, &origin, token).await?;
    }
    Ok(cookie::clear(&app, StatusCode::NO_CONTENT))
}
