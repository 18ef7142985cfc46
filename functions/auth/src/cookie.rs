//! The refresh token cookie: not accessible to scripts, and sent only to `/api/auth` by Steward's own pages.

use axum::response::{IntoResponse, Response};
use lambda_http::http::{HeaderMap, HeaderValue, header};
use people::session::SESSION_SECONDS;
use platform::App;

const NAME: &str = "steward_refresh";

/// Reads the refresh token from a request.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(NAME).and_then(|rest| rest.strip_prefix('=')))
}

/// Adds the cookie with `token` to `response`.
pub fn set(app: &App, response: impl IntoResponse, token: &str) -> Response {
    with(app, response, token, SESSION_SECONDS)
}

/// Removes the cookie in `response`.
pub fn clear(app: &App, response: impl IntoResponse) -> Response {
    with(app, response, "", 0)
}

fn with(app: &App, response: impl IntoResponse, token: &str, age: i64) -> Response {
    let secure = if app.secure_cookies() { "; Secure" } else { "" };
    let cookie = format!("{NAME}={token}; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age={age}{secure}");
    let mut response = response.into_response();
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
