//! The layers around all routes: request ID, access log, security headers, idempotency, and auditing of denials.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::catch_panic::CatchPanicLayer;

use super::{MAX_BODY, viewer};
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
    let recording = router.layer(from_fn_with_state(app.clone(), record_refusals));
    around(recording.layer(from_fn_with_state(app.clone(), name_viewer))).with_state(app)
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
        .layer(DefaultBodyLimit::max(MAX_BODY))
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

/// Replaces the address of the CDN by that of its viewer.
async fn name_viewer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(address) = viewer::take(request.headers_mut(), app.edge_secret()) {
        request.extensions_mut().insert(ClientAddress(address.to_string()));
    }
    next.run(request).await
}

/// Reads the `Idempotency-Key` of a POST, with the request it belongs to.
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
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return Error::TooLarge.into_response();
    };
    parts.extensions.insert(Idempotency { key, path: parts.uri.path().to_owned(), body: bytes.clone() });
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

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
    use axum::routing::get;
    use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
    use lambda_http::request::RequestContext;
    use tower::ServiceExt as _;

    use super::*;
    use crate::app::AppConfig;
    use crate::caller::Origin;
    use crate::keys::KeyWrapper;

    /// An app that makes no calls.
    fn app(edge_secret: Option<&str>) -> App {
        let dynamodb = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .build();
        let config = AppConfig {
            table_name: String::new(),
            keys_table_name: String::new(),
            bucket_name: String::new(),
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            s3: None,
            scanner: crate::scan::Scanner::Off,
            live_url: String::new(),
            connections: None,
            mailer: None,
            sends_mail: true,
            web_url: String::new(),
            setup_token: None,
            edge_secret: edge_secret.map(str::to_owned),
            secure_cookies: true,
        };
        App::new(config, KeyWrapper::None)
    }

    /// The address that a handler sees of a request which the gateway received from 130.176.0.9.
    async fn seen(edge_secret: Option<&str>, headers: &[(&str, &str)]) -> String {
        let origin = |origin: Origin| async move { origin.ip.unwrap_or_default() };
        let router = finish(Router::new().route("/api/origin", get(origin)), app(edge_secret));
        let mut context = ApiGatewayV2httpRequestContext::default();
        context.http.source_ip = Some("130.176.0.9".into());
        let mut request = Request::get("/api/origin").extension(RequestContext::ApiGatewayV2(context));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        String::from_utf8(to_bytes(answer.into_body(), 100).await.unwrap().into()).unwrap()
    }

    #[tokio::test]
    async fn the_client_is_the_viewer_if_the_cdn_says_so_and_proves_it() {
        let viewer = ("steward-viewer", "203.0.113.7");
        let proof = ("steward-edge-secret", "a secret");
        assert_eq!(seen(Some("a secret"), &[viewer, proof]).await, "203.0.113.7");
        assert_eq!(seen(Some("a secret"), &[("steward-viewer", "2001:db8::7"), proof]).await, "2001:db8::7");
        for headers in [
            vec![],
            vec![viewer],
            vec![proof],
            vec![viewer, ("steward-edge-secret", "guessed")],
            vec![("steward-viewer", "203.0.113.7:443"), proof],
            vec![("x-forwarded-for", "203.0.113.7"), ("cloudfront-viewer-address", "203.0.113.7:443")],
        ] {
            assert_eq!(seen(Some("a secret"), &headers).await, "130.176.0.9", "{headers:?}");
        }
        assert_eq!(seen(None, &[viewer, proof]).await, "130.176.0.9");
    }
}
