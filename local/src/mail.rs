//! The embedded SES: it takes the mails that the functions send, keeps them, and can be told to refuse some.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawForm, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::journal::Journal;

/// Under which path of the server SES is found.
pub(crate) const BASE: &str = "/_aws/ses";
/// Largest request, in bytes; SES itself takes mails of 10 MB.
const MOST_POSTED: usize = 10 * 1024 * 1024;

/// A mail as SES got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaughtMail {
    /// Number in the order of arrival.
    pub id: i64,
    /// When it arrived, RFC 3339.
    pub at: String,
    /// Who sends.
    pub from: String,
    /// Who gets it, separated by commas.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// The body as HTML.
    pub html: String,
    /// The body as text.
    pub text: String,
}

/// In what way SES refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailFault {
    /// The sending rate is exceeded.
    Throttled,
    /// The mail is rejected.
    Rejected,
    /// The service is down.
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
    /// What the next requests meet, and how many of them.
    fault: Mutex<Option<(MailFault, u32)>>,
    /// How an authorization of this process begins; the key id is random and known to nobody else.
    credential: String,
}

impl MailOffice {
    pub(crate) fn new(journal: Arc<Journal>, access_key_id: &str) -> Arc<Self> {
        let credential = format!("AWS4-HMAC-SHA256 Credential={access_key_id}/");
        Arc::new(Self { journal, fault: Mutex::new(None), credential })
    }

    /// Refuses the next `times` requests, tries of the SDK included.
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

/// The routes below [`BASE`], open only to requests that this process signed.
pub(crate) fn router(office: Arc<MailOffice>) -> Router {
    let routes = Router::new().route(BASE, post(take)).route(&format!("{BASE}/"), post(take));
    routes.layer(DefaultBodyLimit::max(MOST_POSTED)).with_state(office)
}

/// `SendEmail` in the query protocol: parameters as a form, the answer in XML.
async fn take(State(office): State<Arc<MailOffice>>, headers: HeaderMap, RawForm(form): RawForm) -> Response {
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
    match office.journal.keep_mail(&mail) {
        Ok(id) => xml(
            StatusCode::OK,
            &format!(
                "<SendEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendEmailResult><MessageId>\
                 {id}</MessageId></SendEmailResult></SendEmailResponse>"
            ),
        ),
        Err(error) => {
            tracing::error!(%error, "a mail could not be kept");
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
