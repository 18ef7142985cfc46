//! `/_local`: a view into the stack for the person running it. One page without scripts, the same as JSON, and a few manual actions.

mod mail;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderValue, Method, StatusCode, header};
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
        .layer(from_fn_with_state(console.clone(), refuse_other_pages))
        .with_state(console)
}

/// Rejects requests from other pages or with another host name: the console has no sign-in.
async fn refuse_other_pages(State(console): State<Console>, request: Request, next: Next) -> Response {
    if !console.is_from_here(&request) {
        return (StatusCode::FORBIDDEN, "This page is only available on this machine.\n").into_response();
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
    fn is_from_here(&self, request: &Request) -> bool {
        let text = |name| request.headers().get(name).and_then(|v| v.to_str().ok());
        let mut origins = self.origins.iter();
        let own_host =
            text(header::HOST).is_none_or(|host| origins.any(|origin| origin.strip_prefix("http://") == Some(host)));
        let mut origins = self.origins.iter();
        let own_page = request.method() == Method::GET
            || text(header::ORIGIN).is_none_or(|given| origins.any(|origin| origin == given));
        own_host && own_page
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
