//! The HTTP server: dispatches requests to the parts by path.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode};
use platform::caller::{ClientAddress, OnThisMachine};
use tower::ServiceExt as _;

use crate::disk::Space;
use crate::gateway::{self, Gateway};
use crate::journal::Journal;
use crate::kms;
use crate::mail;
use crate::objects::Objects;
use crate::straight::is_straight;
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
    pub(crate) space: Space,
    pub(crate) journal: Arc<Journal>,
    /// The web UI, if served.
    pub(crate) web: Option<Web>,
}

/// The router for all parts.
pub(crate) fn router(parts: Parts) -> Router {
    Router::new().fallback(dispatch).with_state(Arc::new(parts))
}

/// The fact that the first-run setup is done: a table without it is not the one that this folder had.
pub(crate) const SET_UP: &str = "set up";

/// Dispatches a request, and says so if it failed because the disk is full.
async fn dispatch(State(parts): State<Arc<Parts>>, request: Request) -> Response {
    let response = choose(&parts, request).await;
    parts.space.explain(response)
}

/// Dispatches a request by its path. Parts are complete services, so that none sees another's path parameters.
async fn choose(parts: &Parts, mut request: Request) -> Response {
    // A request without an address comes from this process.
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let straight = is_straight(address, &request);
    if straight {
        request.extensions_mut().insert(OnThisMachine);
    }
    let path = request.uri().path();
    if within(path, "/api") {
        let sets_up = request.method() == Method::POST && path == "/api/setup";
        request.extensions_mut().insert(ClientAddress(address.to_string()));
        let response = call_router(&parts.api, request).await;
        if sets_up
            && response.status() == StatusCode::CREATED
            && let Err(error) = parts.journal.set_fact(SET_UP, "yes")
        {
            tracing::warn!(%error, "could not note that the setup is done");
        }
        return response;
    }
    if within(path, "/_local") {
        return call_router(&parts.console, request).await;
    }
    if path == "/live" {
        return open_connection(&parts.gateway, request, address).await;
    }
    let inside = if within(path, gateway::BASE) {
        Some(&parts.connections)
    } else if within(path, mail::BASE) {
        Some(&parts.mail)
    } else if within(path, kms::BASE) {
        Some(&parts.kms)
    } else {
        None
    };
    if let Some(inside) = inside {
        return if straight { call_router(inside, request).await } else { StatusCode::NOT_FOUND.into_response() };
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
