//! `/_local`: a view into the stack for the person running it. One page without scripts, the same as JSON, and a few manual actions.

mod mail;
mod page;

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderValue, Method, StatusCode, header};
use platform::caller::OnThisMachine;
use serde::Serialize;

use crate::emulator::{Emulator, EmulatorError};
use crate::gateway::Gateway;
use crate::journal::{DeadLetter, Journal};
use crate::mail::MailOffice;
use crate::pump::{Position, Pump, PumpError};
use crate::scheduler::{ScheduleStatus, Scheduler, SchedulerError};
use crate::stream::{Stream, StreamError};

/// The parts that the console inspects.
#[derive(Clone)]
pub(crate) struct Console {
    pub(crate) pump: Arc<Pump>,
    pub(crate) stream: Arc<Stream>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) emulator: Arc<Emulator>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) mail: Arc<MailOffice>,
    pub(crate) scheduler: Arc<Scheduler>,
    /// The spellings of this server's address; other pages cannot access the console.
    pub(crate) origins: Arc<[String]>,
    /// What admits whoever does not ask straight from this machine.
    pub(crate) token: Arc<str>,
}

/// Current state of the stack.
#[derive(Debug, Serialize)]
struct Status {
    /// Position of each consumer in the table's stream.
    consumers: Vec<Position>,
    /// Scheduled functions.
    schedules: Vec<ScheduleStatus>,
    /// Number of stream records still stored.
    records_kept: u64,
    /// Number of open live connections.
    live_connections: usize,
    /// Records that a function rejected too many times, newest first.
    dead_letters: Vec<DeadLetter>,
}

/// Content security policy of the console's own pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Routes of the console.
pub(crate) fn router(console: Console) -> Router {
    Router::new()
        .route("/_local", get(show_status))
        .route("/_local/status.json", get(status_json))
        .route("/_local/style.css", get(style))
        .route("/_local/expire", post(delete_expired))
        .route("/_local/schedules/{name}/run", post(run_schedule))
        .route("/_local/mail", get(mail::list))
        .route("/_local/mail.json", get(mail::list_json))
        .route("/_local/mail/{id}", get(mail::show))
        .route("/_local/mail/{id}/body", get(mail::body))
        .route("/_local/mail/refuse", post(mail::refuse))
        .route("/_local/dead-letters/{id}/retry", post(retry_dead_letter))
        .route("/_local/dead-letters/{id}/forget", post(delete_dead_letter))
        .layer(from_fn_with_state(console.clone(), refuse_strangers))
        .with_state(console)
}

/// Admits whoever asks straight from this machine, and others who name the token. Rejects requests from other pages.
async fn refuse_strangers(State(console): State<Console>, request: Request, next: Next) -> Response {
    let here = request.extensions().get::<OnThisMachine>().is_some() && console.is_own_host(&request);
    if !here && !console.is_token_given(&request) {
        let ask = (header::WWW_AUTHENTICATE, "Basic realm=\"Steward: any name, and the token as the password\"");
        return (StatusCode::UNAUTHORIZED, [ask], "Steward printed a token when it started; sign in with it.\n")
            .into_response();
    }
    if !console.is_from_own_page(&request) {
        return (StatusCode::FORBIDDEN, "Another page cannot do this.\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let own = headers.remove(header::CONTENT_SECURITY_POLICY);
    let framed = own.is_some();
    headers.insert(header::CONTENT_SECURITY_POLICY, own.unwrap_or(HeaderValue::from_static(POLICY)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    crate::web::set_security_headers(headers);
    if framed {
        // Shown in a sandboxed frame of the console's own page; its content security policy controls who may frame it.
        headers.remove(header::X_FRAME_OPTIONS);
    }
    response
}

/// A part could not do what the console asked of it; returned as plain text.
#[derive(Debug, thiserror::Error)]
enum ConsoleError {
    #[error(transparent)]
    Pump(#[from] PumpError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error("could not read or write the journal")]
    Journal(#[from] rusqlite::Error),
    #[error(transparent)]
    Emulator(#[from] EmulatorError),
    #[error(transparent)]
    Scheduler(#[from] SchedulerError),
}

impl axum::response::IntoResponse for ConsoleError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{}\n", kernel::error::chain(&self))).into_response()
    }
}

impl Console {
    /// Whether a request names this server by one of its own names.
    fn is_own_host(&self, request: &Request) -> bool {
        let mut origins = self.origins.iter();
        text(request, header::HOST)
            .is_none_or(|host| origins.any(|origin| origin.strip_prefix("http://") == Some(host)))
    }

    /// Whether a request that changes something was made by the console's own page, or by no page at all.
    fn is_from_own_page(&self, request: &Request) -> bool {
        let same_host =
            |origin: &str| origin.split_once("://").is_some_and(|(_, host)| Some(host) == text(request, header::HOST));
        let own = |origin: &str| same_host(origin) || self.origins.iter().any(|own| own == origin);
        request.method() == Method::GET || text(request, header::ORIGIN).is_none_or(own)
    }

    /// Whether a request has the token as the password of its `Authorization`.
    fn is_token_given(&self, request: &Request) -> bool {
        let given = text(request, header::AUTHORIZATION).and_then(|value| value.strip_prefix("Basic "));
        let given = given.and_then(|encoded| BASE64.decode(encoded).ok()).unwrap_or_default();
        let password = given.iter().position(|byte| *byte == b':').map(|colon| &given[colon + 1..]);
        let right = |password| verify_slices_are_equal(password, self.token.as_bytes()).is_ok();
        !self.token.is_empty() && password.is_some_and(right)
    }

    fn current_status(&self) -> Result<Status, ConsoleError> {
        Ok(Status {
            consumers: self.pump.positions()?,
            schedules: self.scheduler.status(),
            records_kept: self.stream.count()?,
            live_connections: self.gateway.count(),
            dead_letters: self.journal.dead_letters()?,
        })
    }
}

fn text(request: &Request, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

async fn show_status(State(console): State<Console>) -> Result<Html<String>, ConsoleError> {
    Ok(Html(page::render(&console.current_status()?)))
}

async fn status_json(State(console): State<Console>) -> Result<axum::Json<Status>, ConsoleError> {
    Ok(axum::Json(console.current_status()?))
}

async fn style() -> impl axum::response::IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], page::STYLE)
}

async fn delete_expired(State(console): State<Console>) -> Result<Redirect, ConsoleError> {
    console.emulator.delete_expired().await?;
    Ok(Redirect::to("/_local"))
}

async fn run_schedule(State(console): State<Console>, Path(name): Path<String>) -> Result<Redirect, ConsoleError> {
    console.scheduler.run_now(&name).await?;
    Ok(Redirect::to("/_local"))
}

async fn retry_dead_letter(State(console): State<Console>, Path(id): Path<i64>) -> Result<Redirect, ConsoleError> {
    if let Some(letter) = console.journal.dead_letter(id)? {
        console.pump.retry(&letter).await?;
    }
    Ok(Redirect::to("/_local"))
}

async fn delete_dead_letter(State(console): State<Console>, Path(id): Path<i64>) -> Result<Redirect, ConsoleError> {
    console.journal.delete_dead_letter(id)?;
    Ok(Redirect::to("/_local"))
}
