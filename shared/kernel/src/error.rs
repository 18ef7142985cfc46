//! The one error type of Steward and its mapping to RFC 9457 `application/problem+json`.
//!
//! What the client may see (`code`, `detail`, `errors`) is kept apart from what only the log gets (`source`).

use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::id::InvestorId;
use crate::request_id;

/// A cause that is logged and never shown to a client.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// One thing that is wrong with one field (or row) of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the field in the body, the name of the query or path parameter, or `row 12`.
    pub field: String,
    /// Machine-readable reason, `snake_case`.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
}

impl FieldError {
    /// An error of `field` with the code `invalid`.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: "invalid".into(), message: message.into() }
    }
}

/// Everything that can go wrong, named for what it means and not for how it is sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No token, or one that is malformed, expired, or not ours.
    #[error("not signed in")]
    Unauthenticated,
    /// Unknown user or wrong password; which of them is never told.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// Too many failed logins; try again after so many seconds.
    #[error("locked out for {retry_after} s")]
    LockedOut {
        /// Seconds until the next attempt is accepted.
        retry_after: u64,
    },
    /// The caller's roles do not allow the action.
    #[error("forbidden: {action}")]
    Forbidden {
        /// The refused action, for the audit trail.
        action: &'static str,
    },
    /// It is not there.
    #[error("not found: {what}")]
    NotFound {
        /// What was looked for, as a noun: `investor`.
        what: &'static str,
    },
    /// It is there, but the caller may not even know; answered as `NotFound`, recorded as a denied attempt.
    #[error("hidden: {what}")]
    Hidden {
        /// What was looked for, as a noun.
        what: &'static str,
    },
    /// Not there any more: the investor was merged into another, where the same request finds what it wants.
    #[error("investor {from} was merged into {into}")]
    Merged {
        /// The investor that was asked for.
        from: InvestorId,
        /// The investor that has everything of it.
        into: InvestorId,
    },
    /// The request clashes with the present state.
    #[error("conflict: {code}")]
    Conflict {
        /// Machine-readable reason.
        code: &'static str,
        /// A sentence for a person.
        detail: String,
    },
    /// `If-Match` names an older version.
    #[error("stale version")]
    StaleVersion,
    /// `If-Match` is missing.
    #[error("If-Match is required")]
    PreconditionRequired,
    /// The input was understood and is wrong; every wrong field is named.
    #[error("invalid input: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The input was not understood at all.
    #[error("bad request: {code}")]
    BadRequest {
        /// Machine-readable reason.
        code: &'static str,
        /// A sentence for a person.
        detail: String,
        /// The parameter at fault, when there is one.
        field: Option<&'static str>,
    },
    /// The body is over the limit.
    #[error("payload too large")]
    TooLarge,
    /// The body is not JSON.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// The path exists, the method does not.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// An `Idempotency-Key` was used before with another body.
    #[error("idempotency key reused")]
    IdempotencyMismatch,
    /// A dependency is throttled or down; the same call may work later.
    #[error("unavailable")]
    Unavailable(#[source] Source),
    /// A defect or broken data.
    #[error("internal error")]
    Internal(#[source] Source),
}

impl Error {
    /// A defect described by a message for the log.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into().into())
    }

    /// A defect caused by another error.
    pub fn defect(source: impl Into<Source>) -> Self {
        Self::Internal(source.into())
    }

    /// One wrong field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::invalid(field, message)])
    }

    /// A clash with the present state.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into() }
    }

    /// The entity is not in a state in which this can be done.
    pub fn state(detail: impl Into<String>) -> Self {
        Self::conflict("state_conflict", detail)
    }

    /// A parameter that cannot be read.
    pub fn bad_parameter(field: &'static str, detail: impl Into<String>) -> Self {
        Self::BadRequest { code: "invalid_input", detail: detail.into(), field: Some(field) }
    }

    /// Whether the same call can succeed later without any change.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::LockedOut { .. } => true,
            Self::Unauthenticated
            | Self::InvalidCredentials
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Hidden { .. }
            | Self::Merged { .. }
            | Self::Conflict { .. }
            | Self::StaleVersion
            | Self::PreconditionRequired
            | Self::Invalid(_)
            | Self::BadRequest { .. }
            | Self::TooLarge
            | Self::UnsupportedMediaType
            | Self::MethodNotAllowed
            | Self::IdempotencyMismatch
            | Self::Internal(_) => false,
        }
    }

    /// The HTTP status this maps to.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated | Self::InvalidCredentials => StatusCode::UNAUTHORIZED,
            Self::LockedOut { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::NotFound { .. } | Self::Hidden { .. } => StatusCode::NOT_FOUND,
            Self::Merged { .. } => StatusCode::PERMANENT_REDIRECT,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::StaleVersion => StatusCode::PRECONDITION_FAILED,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::Invalid(_) | Self::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The machine-readable code of the problem document.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::InvalidCredentials => "invalid_credentials",
            Self::LockedOut { .. } => "locked_out",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } | Self::Hidden { .. } => "not_found",
            Self::Merged { .. } => "investor_merged",
            Self::Conflict { code, .. } | Self::BadRequest { code, .. } => code,
            Self::StaleVersion => "stale_version",
            Self::PreconditionRequired => "precondition_required",
            Self::Invalid(errors) if errors.iter().any(|e| e.code == "unknown_field") => "unknown_field",
            Self::Invalid(_) => "invalid_input",
            Self::TooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::IdempotencyMismatch => "idempotency_mismatch",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// What the audit trail says of it when it is a refusal for want of a right.
    #[must_use]
    pub fn denied(&self) -> Option<Denied> {
        match self {
            Self::Forbidden { action: what } | Self::Hidden { what } => Some(Denied { what }),
            _ => None,
        }
    }

    /// The sentence a client may read.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Unauthenticated => "Sign in and try again.".into(),
            Self::InvalidCredentials => "The user name or the password is wrong.".into(),
            Self::LockedOut { retry_after } => {
                format!("Too many failed attempts. Try again in {retry_after} seconds.")
            }
            Self::Forbidden { .. } => "Your roles do not allow this.".into(),
            Self::NotFound { what } | Self::Hidden { what } => format!("There is no such {what}."),
            Self::Merged { .. } => "This investor was merged into another one: follow Location.".into(),
            Self::Conflict { detail, .. } | Self::BadRequest { detail, .. } => detail.clone(),
            Self::StaleVersion => "It was changed by someone else since you read it. Reload and try again.".into(),
            Self::PreconditionRequired => "Send If-Match with the version you read.".into(),
            Self::Invalid(errors) => match errors.as_slice() {
                [one] => format!("{}: {}", one.field, one.message),
                many => format!("{} fields are not valid.", many.len()),
            },
            Self::TooLarge => "The body is larger than this API accepts.".into(),
            Self::UnsupportedMediaType => "Send JSON with Content-Type: application/json.".into(),
            Self::MethodNotAllowed => "This path does not accept that method.".into(),
            Self::IdempotencyMismatch => "This Idempotency-Key was used before with a different request.".into(),
            Self::Unavailable(_) => "A service that Steward needs is busy. Try again shortly.".into(),
            Self::Internal(_) => "Something went wrong on our side. Quote the request id when you report it.".into(),
        }
    }

    fn field_errors(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(errors) => errors.clone(),
            Self::BadRequest { code, detail, field: Some(field) } => {
                vec![FieldError { field: (*field).into(), code: (*code).into(), message: detail.clone() }]
            }
            _ => Vec::new(),
        }
    }
}

/// The body of every error answer (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`; `code` tells problems apart.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A sentence for a person.
    pub detail: String,
    /// Machine-readable reason, `snake_case`.
    pub code: &'static str,
    /// Identifies the request in the logs.
    pub request_id: String,
    /// Each wrong field of the input.
    pub errors: Vec<FieldError>,
}

/// Left in a response's extensions so that the outer layer can record a refusal in the audit trail.
#[derive(Debug, Clone, Copy)]
pub struct Denied {
    /// What was refused: the action or the hidden noun.
    pub what: &'static str,
}

/// Left in a response's extensions so that the outer layer, which knows the path, can say where to go.
#[derive(Debug, Clone, Copy)]
pub struct Redirected {
    /// The investor in the path.
    pub from: InvestorId,
    /// The investor that is to be there instead.
    pub into: InvestorId,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if let Self::Internal(source) | Self::Unavailable(source) = &self {
            tracing::error!(code = self.code(), error = %chain(source.as_ref()), "request failed");
        }
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.detail(),
            code: self.code(),
            request_id: request_id::current(),
            errors: self.field_errors(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self {
            Self::LockedOut { retry_after } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            }
            Self::Unavailable(_) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Merged { from, into } => {
                response.extensions_mut().insert(Redirected { from, into });
            }
            error => {
                if let Some(denied) = error.denied() {
                    response.extensions_mut().insert(denied);
                }
            }
        }
        response
    }
}

/// An error with all its causes on one line, for the log.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        line.push_str(": ");
        line.push_str(&inner.to_string());
        cause = inner.source();
    }
    line
}
