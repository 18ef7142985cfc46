//! The web UI: the files built by Vite, with `index.html` for every page of the app.

use std::path::{Path, PathBuf};

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderName, InvalidHeaderValue};
use http::{HeaderValue, Method, StatusCode, Uri};
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

/// Why the web UI cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// It has not been built.
    #[error("the web UI is not built ({} is missing): start with `make run`, which builds it", missing.display())]
    NotBuilt {
        /// The file that is missing.
        missing: PathBuf,
    },
    /// The addresses of this server cannot be written in a content security policy.
    #[error("the web UI cannot name this server's addresses: {0}; check HOST")]
    Policy(#[from] InvalidHeaderValue),
}

/// The web UI as an HTTP service.
#[derive(Clone)]
pub(crate) struct Web {
    files: ServeDir,
    index: ServeFile,
    policy: HeaderValue,
}

/// Folder that this checkout's web UI is built to.
#[must_use]
pub fn dist() -> PathBuf {
    let local = Path::new(env!("CARGO_MANIFEST_DIR"));
    local.parent().unwrap_or(local).join("web/dist")
}

impl Web {
    /// Serves the files in `dist`, which must contain an `index.html`. The page may connect to its own origin and to `origins`, which are
    /// other spellings of this server's address.
    pub(crate) fn open(dist: &Path, origins: &[String]) -> Result<Self, WebError> {
        let index = dist.join("index.html");
        if !index.is_file() {
            return Err(WebError::NotBuilt { missing: index });
        }
        let policy = HeaderValue::try_from(content_security_policy(origins))?;
        let files = ServeDir::new(dist).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
        let index = ServeFile::new(index).precompressed_br().precompressed_gzip();
        Ok(Self { files, index, policy })
    }

    /// Handles a request for a file or a page.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        // The root path always serves the app, whatever the client accepts.
        let page = is_navigation(&request) || request.uri().path() == "/";
        let hashed = is_hashed(request.uri());
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let mut response = match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(axum::body::Body::new),
            Err(never) => match never {},
        };
        if response.status() == StatusCode::NOT_FOUND && page {
            let mut index = Request::new(axum::body::Body::empty());
            (*index.method_mut(), *index.headers_mut()) = (method, headers);
            response = match self.index.clone().oneshot(index).await {
                Ok(response) => response.map(axum::body::Body::new),
                Err(never) => match never {},
            };
        } else if response.status() == StatusCode::NOT_FOUND {
            response = (StatusCode::NOT_FOUND, "Not found.\n").into_response();
        }
        let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
        let cache = if hashed && found { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        set_security_headers(headers);
        response
    }
}

/// Headers of every page, in addition to its content security policy.
pub(crate) fn set_security_headers(headers: &mut http::HeaderMap) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Allows only what this server serves, and connections to it under any spelling of its address.
fn content_security_policy(origins: &[String]) -> String {
    let own = origins.iter().flat_map(|origin| [origin.clone(), origin.replacen("http", "ws", 1)]);
    let connect = std::iter::once("'self'".to_owned()).chain(own).collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'self'; connect-src {connect}; img-src 'self' data: blob:; frame-src blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

/// Vite adds a content hash to the name of every file in `assets`.
fn is_hashed(uri: &Uri) -> bool {
    uri.path().starts_with("/assets/")
}

/// Whether a browser requests a page: the app shows the page or that it does not exist.
fn is_navigation(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    matches!(*request.method(), Method::GET | Method::HEAD)
        && accepts.contains("text/html")
        && !is_hashed(request.uri())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};

    use super::*;
    use crate::folder::{DataLocation, Folder};

    async fn get(web: &Web, path: &str, accept: &str, encoding: &str) -> (StatusCode, http::HeaderMap, String) {
        let request = http::Request::get(path).header("accept", accept).header("accept-encoding", encoding);
        let response = web.answer(request.body(Body::empty()).unwrap()).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 10_000).await.unwrap();
        (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn pages_serve_the_app_and_files_serve_themselves() {
        let folder = Folder::open(&DataLocation::Temporary).unwrap();
        let dist = folder.path().join("dist");
        let missing = Web::open(&dist, &[]).err().unwrap().to_string();
        assert!(missing.contains("`make run`"), "{missing}");
        std::fs::create_dir_all(dist.join("assets")).unwrap();
        std::fs::write(dist.join("index.html"), "<html>").unwrap();
        std::fs::write(dist.join("assets/a-1.js"), "plain").unwrap();
        std::fs::write(dist.join("assets/a-1.js.br"), "brotli").unwrap();
        let web = Web::open(&dist, &["http://localhost:1".to_owned()]).unwrap();

        for path in ["/", "/investors/1?tab=x", "/index.html"] {
            let (status, headers, body) = get(&web, path, "text/html,*/*", "").await;
            assert_eq!((status, body.as_str()), (StatusCode::OK, "<html>"), "{path}");
            assert_eq!(headers["cache-control"], "no-cache");
            assert_eq!(headers["content-type"], "text/html");
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("connect-src 'self' http://localhost:1 ws://localhost:1;"), "{policy}");
        }
        let (status, headers, body) = get(&web, "/assets/a-1.js", "*/*", "br").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "brotli"));
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        let (_, _, body) = get(&web, "/assets/a-1.js", "*/*", "").await;
        assert_eq!(body, "plain");
        for (path, accept) in [("/assets/gone.js", "text/html"), ("/logo.png", "image/png")] {
            let (status, headers, _) = get(&web, path, accept, "").await;
            assert_eq!(
                (status, &headers["cache-control"]),
                (StatusCode::NOT_FOUND, &HeaderValue::from_static("no-cache"))
            );
        }
    }
}
