//! Sent mail: the list, a message as HTML and text, and simulated failures.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::page::{document, escape};
use super::{Console, ConsoleError};
use crate::journal::CaughtMail;
use crate::mail::MailFault;

/// Maximum number of messages shown.
const MAX_SHOWN: u32 = 200;
/// Content security policy of a displayed message: styles only, nothing else.
const MAIL_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// The newest messages.
pub(super) async fn list(State(console): State<Console>) -> Result<Html<String>, ConsoleError> {
    let mut body = String::from(
        "<p><a href=\"/_local\">Steward internals</a></p><h1>Mail</h1><table><tr><th>When</th><th>To</th>\
         <th>Subject</th></tr>",
    );
    for mail in console.journal.mails(MAX_SHOWN)? {
        let CaughtMail { id, at, to, subject, .. } = &mail;
        let (at, to, subject) = (escape(at), escape(to), escape(subject));
        let _ = write!(body, "<tr><td>{at}</td><td>{to}</td><td><a href=\"/_local/mail/{id}\">{subject}</a></td></tr>");
    }
    body.push_str("</table><p>Messages never leave this machine.</p>");
    Ok(Html(document("Mail", &body)))
}

/// The newest messages as JSON.
pub(super) async fn list_json(State(console): State<Console>) -> Result<Json<Vec<CaughtMail>>, ConsoleError> {
    Ok(Json(console.journal.mails(MAX_SHOWN)?))
}

/// One message: its HTML in a sandboxed frame, followed by its text.
pub(super) async fn show(State(console): State<Console>, Path(id): Path<i64>) -> Result<Response, ConsoleError> {
    let Some(mail) = console.journal.mail(id)? else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let body = format!(
        "<p><a href=\"/_local/mail\">Mail</a></p><h1>{subject}</h1><p>{at}<br>from {from}<br>to {to}</p>\
         <iframe sandbox title=\"The message as HTML\" src=\"/_local/mail/{id}/body\"></iframe><h2>As text</h2>\
         <pre>{text}</pre>",
        subject = escape(&mail.subject),
        at = escape(&mail.at),
        from = escape(&mail.from),
        to = escape(&mail.to),
        text = escape(&mail.text),
    );
    Ok(Html(document("Mail", &body)).into_response())
}

/// A message's HTML on its own.
pub(super) async fn body(State(console): State<Console>, Path(id): Path<i64>) -> Result<Response, ConsoleError> {
    let Some(mail) = console.journal.mail(id)? else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let policy = (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL_POLICY));
    Ok(([policy], Html(mail.html)).into_response())
}

/// A simulated SES failure.
#[derive(Deserialize)]
pub(super) struct Refusals {
    /// Type of failure: `throttled`, `rejected` or `unavailable`.
    fault: MailFault,
    /// Number of requests that fail, including SDK retries.
    times: u32,
}

/// Makes SES fail the next messages, to try out how failures are handled.
pub(super) async fn refuse(State(console): State<Console>, Form(refusals): Form<Refusals>) -> Redirect {
    console.mail.refuse(refusals.fault, refusals.times);
    Redirect::to("/_local/mail")
}
