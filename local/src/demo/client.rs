//! The API as a client of it sees it.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::failed;
use crate::problem::Problem;

/// Largest answer that is read, in bytes.
const MOST_ANSWER: usize = 1024 * 1024;

/// A user who is signed in.
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

/// A request in the making.
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

    /// Puts a file to the address that an answer has named. An address that is past its time, after a long pause of
    /// loading, is passed over: its document expires.
    pub(super) async fn put(&self, upload: &Value, bytes: Vec<u8>) -> Result<(), Problem> {
        let url: http::Uri = upload["url"].as_str().unwrap_or_default().parse().map_err(failed)?;
        let path = url.path_and_query().ok_or_else(|| failed("an upload has no path"))?;
        let host = url.authority().ok_or_else(|| failed("an upload has no host"))?;
        let mut request = Request::builder().method(Method::PUT).uri(path.as_str()).header(header::HOST, host.as_str());
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        let request = request.header(header::CONTENT_LENGTH, bytes.len()).body(Body::from(bytes)).map_err(failed)?;
        let (status, answer) = answered(self.api.clone(), request).await?;
        if status.is_success() || status == StatusCode::FORBIDDEN {
            return Ok(());
        }
        Err(failed(format!("an upload was answered with {status} {answer}")))
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

    /// Based on a version.
    pub(super) fn version(mut self, version: u64) -> Self {
        self.request = self.request.header(header::IF_MATCH, format!("\"{version}\""));
        self
    }

    /// Sends it and reads the answer.
    pub(super) async fn send(self) -> Result<Value, Problem> {
        let request = match self.body {
            Some(json) => {
                self.request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string()))
            }
            None => self.request.body(Body::empty()),
        };
        let (status, answer) = answered(self.api, request.map_err(failed)?).await?;
        // What is there already was made by a process that was killed before it could say so; what is gone was deleted by
        // someone who could not wait.
        let before = matches!(status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED | StatusCode::NOT_FOUND);
        if status.is_success() || before {
            return Ok(answer);
        }
        Err(failed(format!("{} was answered with {status} {}", self.name, answer["detail"])))
    }
}
