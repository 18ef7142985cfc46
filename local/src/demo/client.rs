//! A client of the API.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::DemoError;

/// Maximum response size in bytes.
const MAX_RESPONSE: usize = 1024 * 1024;

/// A signed-in user.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) id: String,
    pub(super) token: String,
}

/// Sends requests to the stack.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) api: Router,
}

/// A request builder.
pub(super) struct Call {
    api: Router,
    request: http::request::Builder,
    name: String,
    body: Option<Value>,
}

impl Client {
    pub(super) fn call(&self, method: Method, path: &str, body: Option<Value>) -> Call {
        let name = format!("{method} {path}");
        let request = Request::builder().method(method).uri(path);
        Call { api: self.api.clone(), request, name, body }
    }

    pub(super) fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path, None)
    }

    pub(super) fn post(&self, path: &str, body: Value) -> Call {
        self.call(Method::POST, path, Some(body))
    }

    pub(super) fn patch(&self, path: &str, body: Value) -> Call {
        self.call(Method::PATCH, path, Some(body))
    }

    /// Uploads a file to the URL from a response. If the URL has expired, after loading was interrupted for a long time, the upload is
    /// skipped: its document expires.
    pub(super) async fn put(&self, upload: &Value, bytes: Vec<u8>) -> Result<(), DemoError> {
        let url: http::Uri = upload["url"].as_str().unwrap_or_default().parse().map_err(http::Error::from)?;
        let missing = |field| DemoError::Missing { call: "an upload URL", field };
        let path = url.path_and_query().ok_or_else(|| missing("path"))?;
        let host = url.authority().ok_or_else(|| missing("host"))?;
        let mut request = Request::builder().method(Method::PUT).uri(path.as_str()).header(header::HOST, host.as_str());
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        let request = request.header(header::CONTENT_LENGTH, bytes.len()).body(Body::from(bytes))?;
        let (status, answer) = send(self.api.clone(), request).await?;
        if status.is_success() || status == StatusCode::FORBIDDEN {
            return Ok(());
        }
        Err(DemoError::Refused { call: "an upload".to_owned(), status, detail: answer.to_string() })
    }
}

async fn send(api: Router, request: Request<Body>) -> Result<(StatusCode, Value), DemoError> {
    let response = match api.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    let bytes = to_bytes(response.into_body(), MAX_RESPONSE).await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}

impl Call {
    pub(super) fn by(mut self, who: &SignedIn) -> Self {
        self.request = self.request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        self
    }

    pub(super) fn key(mut self, key: &str) -> Self {
        self.request = self.request.header("idempotency-key", key);
        self
    }

    /// Sets the expected version.
    pub(super) fn version(mut self, version: u64) -> Self {
        self.request = self.request.header(header::IF_MATCH, format!("\"{version}\""));
        self
    }

    /// Sends the request and parses the response.
    pub(super) async fn send(self) -> Result<Value, DemoError> {
        let request = match self.body {
            Some(json) => {
                self.request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string()))
            }
            None => self.request.body(Body::empty()),
        };
        let (status, answer) = send(self.api, request?).await?;
        // Conflicts come from a process that was killed before it could record its progress; missing records were deleted by a user in the
        // meantime.
        let before = matches!(status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED | StatusCode::NOT_FOUND);
        if status.is_success() || before {
            return Ok(answer);
        }
        Err(DemoError::Refused { call: self.name, status, detail: answer["detail"].to_string() })
    }
}
