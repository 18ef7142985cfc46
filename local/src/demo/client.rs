//! A client of the API.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::failed;
use crate::problem::Problem;

/// Maximum response size in bytes.
const MOST_ANSWER: usize = 1024 * 1024;

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
    pub(super) async fn put(&self, upload: &Value, bytes: Vec<u8>) -> Result<(), Problem> {
        let url: http::Uri = upload["url"].as_str().unwrap_or_default().parse().map_err(failed)?;
        let path = url.path_and_query().ok_or_else(|| failed("an upload URL has no path"))?;
        let host = url.authority().ok_or_else(|| failed("an upload URL has no host"))?;
        let mut request = Request::builder().method(Method::PUT).uri(path.as_str()).header(header::HOST, host.as_str());
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        let request = request.header(header::CONTENT_LENGTH, bytes.len()).body(Body::from(bytes)).map_err(failed)?;
        let (status, answer) = answered(self.api.clone(), request).await?;
        if status.is_success() || status == StatusCode::FORBIDDEN {
            return Ok(());
        }
        Err(failed(format!("an upload failed with {status} {answer}")))
    }
}

async fn answered(api: Router, request: Request<Body>) -> Result<(StatusCode, Value), Problem> {
    let response = match api.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    let bytes = to_bytes(response.into_body(), MOST_ANSWER).await.map_err(failed)?;
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
    pub(super) async fn send(self) -> Result<Value, Problem> {
        let request = match self.body {
            Some(json) => {
                self.request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string()))
            }
            None => self.request.body(Body::empty()),
        };
        let (status, answer) = answered(self.api, request.map_err(failed)?).await?;
        // Conflicts come from a process that was killed before it could record its progress; missing records were deleted by a user in the
        // meantime.
        let before = matches!(status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED | StatusCode::NOT_FOUND);
        if status.is_success() || before {
            return Ok(answer);
        }
        Err(failed(format!("{} failed with {status} {}", self.name, answer["detail"])))
    }
}
