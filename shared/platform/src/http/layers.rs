//! The layers around all routes: request ID, access log, security headers, idempotency, and auditing of denials.

use std::time::Instant;

use aws_lc_rs::digest;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::catch_panic::CatchPanicLayer;

use super::MOST_BODY;
use crate::app::App;
use crate::audit::{self, FieldChange, Kept, Subject};
use crate::caller::{Caller, ClientAddress, Idempotency};
use crate::standing;
use kernel::error::{Denied, Error, Redirected};
use kernel::request_id;
use kernel::{Entity, Operation};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps `router` in the shared layers and provides its state.
pub fn finish(router: Router<App>, app: App) -> Router {
    // Outside of the scope of the standing: a refusal is recorded after the standing is known to be good.
    let router = answering_all(router).layer(from_fn(in_good_standing));
    around(router.layer(from_fn_with_state(app.clone(), record_refusals))).with_state(app)
}

/// Wraps a router whose routes access no data in the shared layers; nothing is denied there, so nothing is audited.
pub fn finish_public(router: Router) -> Router {
    around(answering_all(router))
}

/// Returns a problem document for unmatched paths and methods.
fn answering_all<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .fallback(|| async { Error::NotFound { what: "path" } })
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
}

fn around<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(from_fn(read_idempotency_key))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Error::internal("a handler panicked").into_response()
        }))
        .layer(from_fn(outermost))
}

/// Adds the request ID, the log line and the headers that every response carries.
async fn outermost(mut request: Request, next: Next) -> Response {
    let given = request.extensions().get::<lambda_http::request::RequestContext>().and_then(|context| match context {
        lambda_http::request::RequestContext::ApiGatewayV2(context) => {
            Some((context.request_id.clone(), context.http.source_ip.clone()))
        }
        _ => None,
    });
    let (id, ip) = given.unwrap_or_default();
    if let Some(ip) = ip {
        request.extensions_mut().insert(ClientAddress(ip));
    }
    let id = id.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let started = Instant::now();
    let mut response = request_id::scope(id.clone(), next.run(request)).await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request_id = id, %method, path, status = response.status().as_u16(), milliseconds, "request");
    if let Some(Redirected { from, into }) = response.extensions().get().copied()
        && let Ok(location) = HeaderValue::try_from(target.replace(&from.to_string(), &into.to_string()))
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let unless_set = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in unless_set {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Reads the `Idempotency-Key` of a POST and computes the hash of the request it belongs to.
async fn read_idempotency_key(request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key("idempotency-key") {
        return next.run(request).await;
    }
    let key = request.headers().get("idempotency-key").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if !(1..=128).contains(&key.len()) || !key.chars().all(|c| c.is_ascii_graphic()) {
        let detail = "must be 1 to 128 visible ASCII characters";
        return Error::bad_parameter("Idempotency-Key", detail).into_response();
    }
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_BODY).await else {
        return Error::TooLarge.into_response();
    };
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(parts.uri.path().as_bytes());
    hash.update(b"\0");
    hash.update(&bytes);
    let request_hash = URL_SAFE_NO_PAD.encode(hash.finish());
    parts.extensions.insert(Idempotency { key, request_hash });
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

/// Answers a signed-in request only if the caller's standing is good.
async fn in_good_standing(request: Request, next: Next) -> Response {
    let afresh = request.method() != Method::GET || carries_away(request.uri().path());
    match standing::scope(afresh, next.run(request)).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// Whether a GET returns a file of data, which is complete once it has been read. A test compares this with the API document.
fn carries_away(path: &str) -> bool {
    path.starts_with("/api/exports/") || path.ends_with("/report")
}

/// Records every denial for a signed-in caller in the audit trail before sending the response.
async fn record_refusals(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let what = format!("{} {}", parts.method, parts.uri.path());
    // A denied caller had a valid token, so verifying it again needs no round trip.
    let mut copy = Request::new(());
    *copy.headers_mut() = parts.headers.clone();
    if let Some(address) = parts.extensions.get::<ClientAddress>() {
        copy.extensions_mut().insert(address.clone());
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(denied) = response.extensions().get::<Denied>().copied() else {
        return response;
    };
    let (mut copy, ()) = copy.into_parts();
    let Ok(caller) = Caller::of_token(&mut copy, &app).await else {
        return response;
    };
    let kept = |field: &str, text: &str| FieldChange {
        field: field.into(),
        before: None,
        after: Some(Kept::Text(text.chars().take(300).collect())),
    };
    let changes = vec![kept("request", &what), kept("refused", denied.what)];
    match audit::access(&app, &caller.actor, Operation::Denied, Subject::new(Entity::User, caller.id), changes).await {
        Ok(()) => response,
        Err(error) => error.into_response(),
    }
}
