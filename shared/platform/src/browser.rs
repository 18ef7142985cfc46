//! Requests that a browser sends for one of Steward's own pages, told from those that it sends for another site's.
//!
//! A browser adds the cookie to both if the other site shares Steward's domain, and says in `Origin` which page asked. Other clients
//! send neither `Origin` nor `Sec-Fetch-Site`.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName, header};

use crate::app::App;
use kernel::error::Error;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Required by requests that carry or set the session's cookie: refuses those of other sites' pages.
#[derive(Debug, Clone, Copy)]
pub struct OwnPage;

impl FromRequestParts<App> for OwnPage {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if is_own_page(app, &parts.headers) { Ok(Self) } else { Err(foreign()) }
    }
}

/// Refuses to open a live connection for another site's page.
pub fn check_live(app: &App, headers: &HeaderMap) -> Result<(), Error> {
    // On one machine, the socket's address is always the server's own, whatever the page was opened as.
    let on_this_machine = !app.secure_cookies() && text(headers, &header::ORIGIN).is_some_and(is_loopback);
    if on_this_machine || is_own_page(app, headers) { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Error {
    Error::Forbidden { action: "from_another_site" }
}

fn is_own_page(app: &App, headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, &header::ORIGIN) else {
        return headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    };
    // Over plain HTTP there is no domain of its own: the page may be opened by any name that leads here. Cookies are bound to that name.
    let here = text(headers, &header::HOST).filter(|_| !app.secure_cookies());
    origin == app.web_url() || (here.is_some() && authority(origin) == here)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("null"))
}

/// The host and port of an origin; `None` for `null`, which is what pages without an origin send.
fn authority(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, authority)| authority)
}

fn is_loopback(origin: &str) -> bool {
    let Some(authority) = authority(origin) else { return false };
    let host = authority.rsplit_once(':').map_or(authority, |(host, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { authority }
    });
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for own in
            ["http://localhost:8080", "http://127.0.0.1:5173", "http://[::1]:80", "http://localhost", "http://[::1]"]
        {
            assert!(is_loopback(own), "{own}");
        }
        for other in
            ["null", "http://localhost.example", "http://example.com:8080", "http://127.0.0.1.example:1", "localhost"]
        {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
