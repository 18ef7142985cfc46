//! The HTTP server: dispatches requests to the parts by path.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use platform::caller::ClientAddress;
use tower::ServiceExt as _;

use crate::gateway::{self, Gateway};
use crate::kms;
use crate::mail;
use crate::objects::Objects;
use crate::web::Web;

/// The parts behind the server.
pub(crate) struct Parts {
    /// The API, with its layers.
    pub(crate) api: Router,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) connections: Router,
    pub(crate) mail: Router,
    pub(crate) kms: Router,
    pub(crate) console: Router,
    pub(crate) objects: Objects,
    /// The web UI, if served.
    pub(crate) web: Option<Web>,
}

/// The router for all parts.
pub(crate) fn router(parts: Parts) -> Router {
    Router::new().fallback(dispatch).with_state(Arc::new(parts))
}

/// Dispatches a request by its path. Parts are complete services, so that none sees another's path parameters.
async fn dispatch(State(parts): State<Arc<Parts>>, mut request: Request) -> Response {
    // A request without an address comes from this process.
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let path = request.uri().path();
    if within(path, "/api") {
        request.extensions_mut().insert(ClientAddress(address.to_string()));
        return call_router(&parts.api, request).await;
    }
    if path == "/live" {
        return open_connection(&parts.gateway, request, address).await;
    }
    let inside = if within(path, "/_local") {
        Some(&parts.console)
    } else if within(path, gateway::BASE) {
        Some(&parts.connections)
    } else if within(path, mail::BASE) {
        Some(&parts.mail)
    } else if within(path, kms::BASE) {
        Some(&parts.kms)
    } else {
        None
    };
    if let Some(inside) = inside {
        return if address.is_loopback() {
            call_router(inside, request).await
        } else {
            StatusCode::NOT_FOUND.into_response()
        };
    }
    if Objects::owns(path) {
        return parts.objects.answer(request).await;
    }
    match &parts.web {
        Some(web) => web.answer(request).await,
        None => (StatusCode::NOT_FOUND, "The web UI is not served here.\n").into_response(),
    }
}

fn within(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn call_router(router: &Router, request: Request) -> Response {
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn open_connection(gateway: &Arc<Gateway>, request: Request, address: IpAddr) -> Response {
    let (mut parts, _) = request.into_parts();
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => Arc::clone(gateway).connect(upgrade, parts, address).await,
        Err(refused) => refused.into_response(),
    }
}
