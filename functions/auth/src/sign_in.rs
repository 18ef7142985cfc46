//! First-run setup, sign-in, token refresh and sign-out.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::{HeaderMap, StatusCode, header};
use people::limit::{self, Attempt};
use people::refresh;
use people::session;
use people::sign_in::{self, Granted, Login};
use people::user::{self, Setup, User};
use platform::caller::{Actor, Origin};
use platform::http::{Json, Routes};
use platform::token::ACCESS_TOKEN_SECONDS;
use platform::{App, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{cookie, known_browser};

/// Routes for setup and signing in and out.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(setup_get, setup_create))
        .routes(routes!(login))
        .routes(routes!(token_refresh))
        .routes(routes!(logout))
}

/// Status of first-run setup.
#[derive(Serialize, ToSchema)]
#[schema(as = Setup)]
pub(crate) struct SetupState {
    /// Whether setup still has to be done: no admin exists yet.
    needed: bool,
    /// Whether setup requires the token that the stack was deployed with.
    token_required: bool,
}

/// Tokens issued by signing in; the refresh token is set as a cookie.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenGrant)]
pub(crate) struct Tokens {
    /// Access token; send it as `Authorization: Bearer <token>`.
    access_token: String,
    /// Token type; always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: i64,
    /// The signed-in user.
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

/// Get the setup status.
#[utoipa::path(
    get, path = "/api/setup", operation_id = "setup_get", tag = "auth",
    responses((status = 200, body = SetupState), (status = "4XX", body = Problem))
)]
async fn setup_get(State(app): State<App>, origin: Origin) -> Result<Json<SetupState>, Error> {
    let (done, counted) = tokio::join!(user::set_up_done(&app), limit::attempt(&app, &origin, Attempt::Request));
    let needed = counted.and(done).map(|done| !done)?;
    Ok(Json(SetupState { needed, token_required: app.setup_token().is_some() }))
}

/// Create the first admin. Works only once.
#[utoipa::path(
    post, path = "/api/setup", operation_id = "setup_create", tag = "auth", request_body = Setup,
    responses((status = 201, body = User), (status = "4XX", body = Problem))
)]
async fn setup_create(State(app): State<App>, origin: Origin, Json(setup): Json<Setup>) -> Result<Response, Error> {
    let ticket = limit::attempt(&app, &origin, Attempt::Setup).await?;
    let user = user::set_up(&app, &Actor::system(origin), setup).await?;
    ticket.succeeded(&app).await?;
    let location = format!("/api/users/{}", user.id);
    let etag = format!("\"{}\"", user.version);
    Ok((StatusCode::CREATED, [(header::LOCATION, location), (header::ETAG, etag)], Json(user)).into_response())
}

/// Sign in.
#[utoipa::path(
    post, path = "/api/auth/login", operation_id = "login", tag = "auth", request_body = Login,
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn login(
    State(app): State<App>,
    origin: Origin,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Result<Response, Error> {
    let granted = sign_in::login(&app, &origin, known_browser::read(&app, &headers), login).await?;
    let username = granted.user.username.to_string();
    known_browser::remember(&app, &headers, &username, answer(&app, granted)).await
}

/// Refresh the access token using the refresh token in the cookie. Also rotates the refresh token.
#[utoipa::path(
    post, path = "/api/auth/refresh", operation_id = "token_refresh", tag = "auth",
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn token_refresh(State(app): State<App>, origin: Origin, headers: HeaderMap) -> Result<Response, Error> {
    let token = cookie::read(&headers).ok_or(Error::Unauthenticated)?;
    match refresh::refresh(&app, &origin, token).await {
        Ok(granted) => Ok(answer(&app, granted)),
        Err(Error::Unauthenticated) => {
            // Only a refused token counts: people behind one address refresh often.
            let _counts = limit::attempt(&app, &origin, Attempt::Link).await?;
            Ok(cookie::clear(&app, Error::Unauthenticated))
        }
        Err(other) => Err(other),
    }
}

/// Sign out. Ends the cookie's session.
#[utoipa::path(
    post, path = "/api/auth/logout", operation_id = "logout", tag = "auth",
    responses((status = 204), (status = "4XX", body = Problem))
)]
async fn logout(State(app): State<App>, origin: Origin, headers: HeaderMap) -> Result<Response, Error> {
    if let Some(token) = cookie::read(&headers) {
        let _counts = limit::attempt(&app, &origin, Attempt::Request).await?;
        session::logout(&app, &origin, token).await?;
    }
    Ok(cookie::clear(&app, StatusCode::NO_CONTENT))
}
