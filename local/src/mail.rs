//! The embedded SES: accepts and stores the mail that functions send, and can be told to fail.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawForm, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::journal::{CaughtMail, Journal};

/// Path of SES on the server.
pub(crate) const BASE: &str = "/_aws/ses";
/// Maximum request size in bytes; SES itself accepts messages of up to 10 MB.
const MAX_REQUEST: usize = 10 * 1024 * 1024;

/// Type of SES failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailFault {
    /// The sending rate is exceeded.
    Throttled,
    /// The message is rejected.
    Rejected,
    /// The service is unavailable.
    Unavailable,
}

impl MailFault {
    fn answer(self) -> Response {
        let (status, who, code) = match self {
            Self::Throttled => (StatusCode::BAD_REQUEST, "Sender", "Throttling"),
            Self::Rejected => (StatusCode::BAD_REQUEST, "Sender", "MessageRejected"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Receiver", "ServiceUnavailable"),
        };
        refusal(status, who, code)
    }
}

/// The embedded SES.
pub(crate) struct MailOffice {
    journal: Arc<Journal>,
    /// The failure of the next requests, and how many of them fail.
    fault: Mutex<Option<(MailFault, u32)>>,
    /// Prefix of this process's authorizations; the key id is random and known to no one else.
    credential: String,
}

impl MailOffice {
    pub(crate) fn new(journal: Arc<Journal>, access_key_id: &str) -> Arc<Self> {
        let credential = format!("AWS4-HMAC-SHA256 Credential={access_key_id}/");
        Arc::new(Self { journal, fault: Mutex::new(None), credential })
    }

    /// Fails the next `times` requests, including SDK retries.
    pub(crate) fn refuse(&self, fault: MailFault, times: u32) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some((fault, times));
    }

    fn next_fault(&self) -> Option<MailFault> {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        let (kind, left) = fault.take()?;
        if left > 1 {
            *fault = Some((kind, left - 1));
        }
        (left > 0).then_some(kind)
    }

    fn signed(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        given.starts_with(&self.credential)
    }
}

/// The routes below [`BASE`], open only to requests signed by this process.
pub(crate) fn router(office: Arc<MailOffice>) -> Router {
    let routes = Router::new().route(BASE, post(send_email)).route(&format!("{BASE}/"), post(send_email));
    routes.layer(DefaultBodyLimit::max(MAX_REQUEST)).with_state(office)
}

/// `SendEmail` in the query protocol: form parameters, XML response.
async fn send_email(State(office): State<Arc<MailOffice>>, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    if !office.signed(&headers) {
        return refusal(StatusCode::FORBIDDEN, "Sender", "InvalidClientTokenId");
    }
    if let Some(fault) = office.next_fault() {
        return fault.answer();
    }
    let parameters: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let value = |name: &str| {
        parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    if value("Action") != "SendEmail" {
        return refusal(StatusCode::BAD_REQUEST, "Sender", "InvalidAction");
    }
    let to = parameters.iter().filter(|(name, _)| name.starts_with("Destination.ToAddresses.member."));
    let mail = CaughtMail {
        id: 0,
        at: jiff::Timestamp::now().to_string(),
        from: value("Source"),
        to: to.map(|(_, address)| address.as_str()).collect::<Vec<_>>().join(", "),
        subject: value("Message.Subject.Data"),
        html: value("Message.Body.Html.Data"),
        text: value("Message.Body.Text.Data"),
    };
    match office.journal.add_mail(&mail) {
        Ok(id) => xml(
            StatusCode::OK,
            &format!(
                "<SendEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendEmailResult><MessageId>\
                 {id}</MessageId></SendEmailResult></SendEmailResponse>"
            ),
        ),
        Err(error) => {
            tracing::error!(%error, "could not store a message");
            MailFault::Unavailable.answer()
        }
    }
}

fn refusal(status: StatusCode, who: &str, code: &str) -> Response {
    let body = format!(
        "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>{who}</Type><Code>{code}</Code>\
         <Message>{code}</Message></Error></ErrorResponse>"
    );
    xml(status, &body)
}

fn xml(status: StatusCode, body: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body.to_owned()).into_response()
}
