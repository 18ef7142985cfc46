//! First-run setup, sign-in, token refresh and sign-out.

use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use kernel::Error;
use kernel::error::Problem;
use lambda_http::http::{HeaderMap, StatusCode, header};
use people::factor::{Due, RelyingParty};
use people::limit::{self, Attempt};
use people::refresh;
use people::session;
use people::sign_in::{self, Granted, Login, SignedIn};
use people::user::{self, Setup, User};
use platform::browser::OwnPage;
use platform::caller::{Actor, OnThisMachine, Origin};
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
    /// The origin at which passkeys work, such as `https://steward.example.com`; null if they work nowhere, because Steward has no host
    /// name. Locally it is `http://localhost:8080`: a browser allows passkeys there, but not at `http://127.0.0.1:8080`.
    passkey_origin: Option<String>,
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
    /// Ten recovery codes, shown only this time, if the sign-in set up a second factor; otherwise empty.
    recovery_codes: Vec<String>,
}

/// Tokens, or a challenge for a second factor.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = SignIn)]
pub(crate) enum SignInResult {
    /// The user is signed in.
    Tokens(Tokens),
    /// A second factor is due.
    Challenge(Due),
}

/// Tokens, with the refresh token in the cookie.
fn answer(app: &App, granted: Granted, recovery_codes: Vec<String>) -> Response {
    let tokens = Tokens {
        access_token: granted.access_token,
        token_type: "Bearer",
        expires_in: ACCESS_TOKEN_SECONDS,
        user: granted.user,
        recovery_codes,
    };
    cookie::set(app, Json(SignInResult::Tokens(tokens)), &granted.refresh_token)
}

/// The response to a completed sign-in. Ends the session that the new one replaces in the browser: its cookie is overwritten, so nobody
/// could sign out of it any more. From now on the browser is known for the user.
pub(crate) async fn signed_in(
    app: &App,
    origin: &Origin,
    headers: &HeaderMap,
    granted: Granted,
    recovery_codes: Vec<String>,
) -> Result<Response, Error> {
    if let Some(before) = cookie::read(app, headers) {
        session::logout(app, origin, before).await?;
    }
    let username = granted.user.username.to_string();
    known_browser::remember(app, headers, &username, answer(app, granted, recovery_codes)).await
}

/// Get the setup status.
#[utoipa::path(
    get, path = "/api/setup", operation_id = "setup_get", tag = "auth",
    responses((status = 200, body = SetupState), (status = "4XX", body = Problem))
)]
async fn setup_get(
    State(app): State<App>,
    here: Option<Extension<OnThisMachine>>,
    origin: Origin,
) -> Result<Json<SetupState>, Error> {
    let (done, counted) = tokio::join!(user::set_up_done(&app), limit::attempt(&app, &origin, Attempt::Request));
    let needed = counted.and(done).map(|done| !done)?;
    let passkey_origin = RelyingParty::of(&app).map(|party| party.origin);
    Ok(Json(SetupState { needed, token_required: token_expected(&app, here).is_some(), passkey_origin }))
}

/// The token that a setup must name: none if the request comes straight from this machine.
fn token_expected(app: &App, here: Option<Extension<OnThisMachine>>) -> Option<&str> {
    app.setup_token().filter(|_| here.is_none())
}

/// Create the first admin. Works only once.
#[utoipa::path(
    post, path = "/api/setup", operation_id = "setup_create", tag = "auth", request_body = Setup,
    responses((status = 201, body = User), (status = "4XX", body = Problem))
)]
async fn setup_create(
    State(app): State<App>,
    here: Option<Extension<OnThisMachine>>,
    origin: Origin,
    Json(setup): Json<Setup>,
) -> Result<Response, Error> {
    let ticket = limit::attempt(&app, &origin, Attempt::Setup).await?;
    let user = user::set_up(&app, &Actor::system(origin), token_expected(&app, here), setup).await?;
    ticket.succeeded(&app).await?;
    let location = format!("/api/users/{}", user.id);
    let etag = format!("\"{}\"", user.version);
    Ok((StatusCode::CREATED, [(header::LOCATION, location), (header::ETAG, etag)], Json(user)).into_response())
}

/// Sign in. Answers with a challenge if the user has a second factor, or must set one up.
#[utoipa::path(
    post, path = "/api/auth/login", operation_id = "login", tag = "auth", request_body = Login,
    responses((status = 200, body = SignInResult), (status = "4XX", body = Problem))
)]
async fn login(
    State(app): State<App>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Result<Response, Error> {
    match sign_in::login(&app, &origin, known_browser::read(&app, &headers), login).await? {
        SignedIn::Granted(granted) => signed_in(&app, &origin, &headers, *granted, Vec::new()).await,
        SignedIn::Due(due) => Ok(Json(SignInResult::Challenge(due)).into_response()),
    }
}

/// Refresh the access token using the refresh token in the cookie. Also rotates the refresh token: for 30 seconds, the old one returns
/// the same new one again; after that, using it ends the session.
#[utoipa::path(
    post, path = "/api/auth/refresh", operation_id = "token_refresh", tag = "auth",
    responses((status = 200, body = Tokens), (status = "4XX", body = Problem))
)]
async fn token_refresh(
    State(app): State<App>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let token = cookie::read(&app, &headers).ok_or(Error::Unauthenticated)?;
    match refresh::refresh(&app, &origin, token).await {
        Ok(granted) => Ok(answer(&app, granted, Vec::new())),
        Err(Error::Unauthenticated) => Ok(cookie::clear(&app, Error::Unauthenticated)),
        Err(other) => Err(other),
    }
}

/// Sign out. Ends the cookie's session.
#[utoipa::path(
    post, path = "/api/auth/logout", operation_id = "logout", tag = "auth",
    responses((status = 204), (status = "4XX", body = Problem))
)]
async fn logout(State(app): State<App>, _: OwnPage, origin: Origin, headers: HeaderMap) -> Result<Response, Error> {
    if let Some(token) = cookie::read(&app, &headers) {
        let _counts = limit::attempt(&app, &origin, Attempt::Request).await?;
        session::logout(&app, &origin, token).await?;
    }
    Ok(cookie::clear(&app, StatusCode::NO_CONTENT))
}
