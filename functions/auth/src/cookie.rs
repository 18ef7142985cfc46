//! The refresh token cookie: not accessible to scripts, and sent only by Steward's own pages.
//!
//! Over HTTPS its name starts with `__Host-`: browsers then accept it only from this very host and never from a neighbour in the
//! domain (RFC 6265bis, section 4.1.3.2), at the price of sending it to every path. Over plain HTTP, where browsers refuse that
//! name, it is sent only to `/api/auth`.

use axum::response::{IntoResponse, Response};
use lambda_http::http::{HeaderMap, HeaderValue, header};
use people::session::IDLE_SECONDS;
use platform::App;

fn name(app: &App) -> &'static str {
    if app.secure_cookies() { "__Host-steward_refresh" } else { "steward_refresh" }
}

/// Reads the refresh token from a request.
pub fn read<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(name(app)).and_then(|rest| rest.strip_prefix('=')))
}

/// Adds the cookie with `token` to `response`.
pub fn set(app: &App, response: impl IntoResponse, token: &str) -> Response {
    with(app, response, token, IDLE_SECONDS)
}

/// Removes the cookie in `response`.
pub fn clear(app: &App, response: impl IntoResponse) -> Response {
    with(app, response, "", 0)
}

fn with(app: &App, response: impl IntoResponse, token: &str, age: i64) -> Response {
    let scope = if app.secure_cookies() { "Path=/; Secure" } else { "Path=/api/auth" };
    let cookie = format!("{}={token}; HttpOnly; SameSite=Strict; {scope}; Max-Age={age}", name(app));
    let mut response = response.into_response();
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
