//! The mails that were sent: a list, one of them as HTML and text, and having some refused.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::page::{document, escape};
use super::{Console, Failure};
use crate::mail::{CaughtMail, MailFault};

/// Most mails that are shown.
const MOST: u32 = 200;
/// What a mail may do when it is shown: look as it was set, and nothing else.
const MAIL_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// The newest mails.
pub(super) async fn list(State(console): State<Console>) -> Result<Html<String>, Failure> {
    let mut body = String::from(
        "<p><a href=\"/_local\">Inside this Steward</a></p><h1>Mail</h1><table><tr><th>When</th><th>To</th>\
         <th>Subject</th></tr>",
    );
    for mail in console.journal.mails(MOST)? {
        let CaughtMail { id, at, to, subject, .. } = &mail;
        let (at, to, subject) = (escape(at), escape(to), escape(subject));
        let _ = write!(body, "<tr><td>{at}</td><td>{to}</td><td><a href=\"/_local/mail/{id}\">{subject}</a></td></tr>");
    }
    body.push_str("</table><p>Nothing leaves this machine.</p>");
    Ok(Html(document("Mail", &body)))
}

/// The newest mails as JSON.
pub(super) async fn list_json(State(console): State<Console>) -> Result<Json<Vec<CaughtMail>>, Failure> {
    Ok(Json(console.journal.mails(MOST)?))
}

/// One mail, its HTML in a sandboxed frame, its text beside it.
pub(super) async fn show(State(console): State<Console>, Path(id): Path<i64>) -> Result<Response, Failure> {
    let Some(mail) = console.journal.mail(id)? else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let body = format!(
        "<p><a href=\"/_local/mail\">Mail</a></p><h1>{subject}</h1><p>{at}<br>from {from}<br>to {to}</p>\
         <iframe sandbox title=\"The mail as HTML\" src=\"/_local/mail/{id}/body\"></iframe><h2>As text</h2>\
         <pre>{text}</pre>",
        subject = escape(&mail.subject),
        at = escape(&mail.at),
        from = escape(&mail.from),
        to = escape(&mail.to),
        text = escape(&mail.text),
    );
    Ok(Html(document("Mail", &body)).into_response())
}

/// A mail's HTML by itself.
pub(super) async fn body(State(console): State<Console>, Path(id): Path<i64>) -> Result<Response, Failure> {
    let Some(mail) = console.journal.mail(id)? else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let policy = (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL_POLICY));
    Ok(([policy], Html(mail.html)).into_response())
}

/// How SES is to refuse.
#[derive(Deserialize)]
pub(super) struct Refusals {
    /// In what way: `throttled`, `rejected`, `unavailable`.
    fault: MailFault,
    /// How many requests, tries of the SDK included.
    times: u32,
}

/// Has SES refuse the next mails, for trying out what happens then.
pub(super) async fn refuse(State(console): State<Console>, Form(refusals): Form<Refusals>) -> Redirect {
    console.mail.refuse(refusals.fault, refusals.times);
    Redirect::to("/_local/mail")
}
