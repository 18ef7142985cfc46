//! The cookie of known browsers: kept for a year after a sign-in, not accessible to scripts, and sent only by Steward's own pages.

use axum::response::Response;
use kernel::Error;
use lambda_http::http::{HeaderMap, HeaderValue, header};
use people::browser::{self, BROWSER_SECONDS};
use platform::App;

/// The cookie's name. The prefix makes browsers refuse a cookie that another host or an insecure page set.
fn name(app: &App) -> &'static str {
    if app.secure_cookies() { "__Host-steward_browser" } else { "steward_browser" }
}

/// Reads the cookie from a request.
pub fn read<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(name(app)).and_then(|rest| rest.strip_prefix('=')))
}

/// Adds the cookie to `response`: the browser is known for the user `username` and for whom it was known before.
pub async fn remember(
    app: &App,
    headers: &HeaderMap,
    username: &str,
    mut response: Response,
) -> Result<Response, Error> {
    let marks = browser::remember(app, read(app, headers), username).await?;
    let secure = if app.secure_cookies() { "; Secure" } else { "" };
    let name = name(app);
    let cookie = format!("{name}={marks}; HttpOnly; SameSite=Strict; Path=/; Max-Age={BROWSER_SECONDS}{secure}");
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::try_from(cookie).map_err(Error::defect)?);
    Ok(response)
}
