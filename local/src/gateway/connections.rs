//! The management side of the gateway: `@connections`, to which functions post.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;

use super::{Gateway, Outgoing};

/// Path of `@connections` on the server.
pub(crate) const BASE: &str = "/_aws/connections";
/// Maximum size of a posted message in bytes, as in API Gateway.
const MAX_POST: usize = 128 * 1024;

#[derive(Clone)]
struct Management {
    gateway: Arc<Gateway>,
    /// Prefix of this process's authorizations; the key id is random and known to no one else.
    credential: Arc<str>,
}

/// The routes below [`BASE`], open only to requests signed with `access_key_id`.
pub(crate) fn router(gateway: Arc<Gateway>, access_key_id: &str) -> Router {
    let credential = format!("AWS4-HMAC-SHA256 Credential={access_key_id}/").into();
    Router::new()
        .route(&format!("{BASE}/@connections/{{id}}"), post(deliver).get(describe).delete(close))
        .layer(DefaultBodyLimit::max(MAX_POST))
        .with_state(Management { gateway, credential })
}

/// A refusal in the format that the SDK parses.
struct Refusal(StatusCode, &'static str);

const GONE: Refusal = Refusal(StatusCode::GONE, "GoneException");
const FORBIDDEN: Refusal = Refusal(StatusCode::FORBIDDEN, "ForbiddenException");
const LIMITED: Refusal = Refusal(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException");
const NOT_TEXT: Refusal = Refusal(StatusCode::BAD_REQUEST, "BadRequestException");

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, [("x-amzn-errortype", self.1)], axum::Json(json!({ "message": self.1 }))).into_response()
    }
}

impl Management {
    fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if given.starts_with(&*self.credential) { Ok(()) } else { Err(FORBIDDEN) }
    }
}

async fn deliver(
    State(management): State<Management>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    management.check(&headers)?;
    let text = String::from_utf8(body.to_vec()).map_err(|_| NOT_TEXT)?;
    let open = management.gateway.connection(&id).ok_or(GONE)?;
    open.outgoing.try_send(Outgoing::Text(text)).map_err(|refused| match refused {
        TrySendError::Full(_) => LIMITED,
        TrySendError::Closed(_) => GONE,
    })?;
    Ok(StatusCode::OK)
}

async fn describe(
    State(management): State<Management>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    management.check(&headers)?;
    let open = management.gateway.connection(&id).ok_or(GONE)?;
    let time = |milliseconds| jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string();
    let told = json!({
        "connectedAt": time(open.peer.connected_at),
        "lastActiveAt": time(open.last_active()),
        "identity": { "sourceIp": open.peer.address, "userAgent": open.peer.user_agent },
    });
    Ok(axum::Json(told).into_response())
}

async fn close(
    State(management): State<Management>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    management.check(&headers)?;
    let open = management.gateway.connection(&id).ok_or(GONE)?;
    open.outgoing.try_send(Outgoing::Close(1000, "Closed by the server")).map_err(|_| GONE)?;
    Ok(StatusCode::NO_CONTENT)
}
