//! The cookie that holds the refresh token: out of reach of scripts, sent only to `/api/auth` by our own pages.

use axum::response::{IntoResponse, Response};
use lambda_http::http::{HeaderMap, HeaderValue, header};
use people::session::SESSION_SECONDS;
use platform::App;

const NAME: &str = "steward_refresh";

/// The refresh token of a request.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(NAME).and_then(|rest| rest.strip_prefix('=')))
}

/// `response` with the cookie set to `token`.
pub fn set(app: &App, response: impl IntoResponse, token: &str) -> Response {
    with(app, response, token, SESSION_SECONDS)
}

/// `response` with the cookie removed.
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
