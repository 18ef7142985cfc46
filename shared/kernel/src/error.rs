//! Steward's single error type and its mapping to RFC 9457 `application/problem+json`.
//!
//! What clients may see (`code`, `detail`, `errors`) is kept separate from what only the log gets (`source`).

use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::id::InvestorId;
use crate::request_id;

/// A cause that is logged but never shown to clients.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A validation error for one field (or row) of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the field in the body, name of the query or path parameter, or `row 12`.
    pub field: String,
    /// Machine-readable reason in `snake_case`.
    pub code: String,
    /// Human-readable message.
    pub message: String,
}

impl FieldError {
    /// An error for `field` with the code `invalid`.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: "invalid".into(), message: message.into() }
    }
}

/// Everything that can go wrong, named by meaning rather than by HTTP status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The access token is missing, malformed, expired, or was not issued by Steward.
    #[error("not signed in")]
    Unauthenticated,
    /// Unknown username or wrong password; the response never says which.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// Too many failed sign-in attempts.
    #[error("locked out for {retry_after} s")]
    LockedOut {
        /// Seconds until the next attempt is accepted.
        retry_after: u64,
    },
    /// Too many requests of a kind from one origin or account.
    #[error("rate limited for {retry_after} s")]
    RateLimited {
        /// Seconds until the next request is accepted.
        retry_after: u64,
    },
    /// The action is sensitive, and the caller last proved who they are too long ago.
    #[error("reauthentication required")]
    ReauthenticationRequired,
    /// The caller's roles do not allow the action.
    #[error("forbidden: {action}")]
    Forbidden {
        /// The denied action, for the audit trail.
        action: &'static str,
    },
    /// The entity does not exist.
    #[error("not found: {what}")]
    NotFound {
        /// The missing entity as a noun: `investor`.
        what: &'static str,
    },
    /// The entity exists, but the caller may not know that; returned as `NotFound`, recorded as a denied attempt.
    #[error("hidden: {what}")]
    Hidden {
        /// The hidden entity as a noun.
        what: &'static str,
    },
    /// The investor was merged into another one; the same request succeeds there.
    #[error("investor {from} was merged into {into}")]
    Merged {
        /// The requested investor.
        from: InvestorId,
        /// The investor that it was merged into.
        into: InvestorId,
    },
    /// The request conflicts with the current state.
    #[error("conflict: {code}")]
    Conflict {
        /// Machine-readable reason.
        code: &'static str,
        /// Human-readable message.
        detail: String,
    },
    /// `If-Match` specifies an outdated version.
    #[error("stale version")]
    StaleVersion,
    /// `If-Match` is missing.
    #[error("If-Match is required")]
    PreconditionRequired,
    /// The input was parsed but is invalid; lists every invalid field.
    #[error("invalid input: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The input could not be parsed.
    #[error("bad request: {code}")]
    BadRequest {
        /// Machine-readable reason.
        code: &'static str,
        /// Human-readable message.
        detail: String,
        /// The invalid parameter, if there is one.
        field: Option<&'static str>,
    },
    /// The request body exceeds the size limit.
    #[error("payload too large")]
    TooLarge,
    /// The request body is not JSON.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// The path exists, but does not support the method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The `Idempotency-Key` was already used with a different request body.
    #[error("idempotency key reused")]
    IdempotencyMismatch,
    /// A dependency is throttling or down; the same call may succeed later.
    #[error("unavailable")]
    Unavailable(#[source] Source),
    /// A bug or corrupt data.
    #[error("internal error")]
    Internal(#[source] Source),
}

impl Error {
    /// A bug, described by a message for the log.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into().into())
    }

    /// A bug caused by another error.
    pub fn defect(source: impl Into<Source>) -> Self {
        Self::Internal(source.into())
    }

    /// A single invalid field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::invalid(field, message)])
    }

    /// A conflict with the current state.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into() }
    }

    /// The entity's current state does not allow the operation.
    pub fn state(detail: impl Into<String>) -> Self {
        Self::conflict("state_conflict", detail)
    }

    /// A parameter that cannot be parsed.
    pub fn bad_parameter(field: &'static str, detail: impl Into<String>) -> Self {
        Self::BadRequest { code: "invalid_input", detail: detail.into(), field: Some(field) }
    }

    /// Whether the same call may succeed later without changes.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::LockedOut { .. } | Self::RateLimited { .. } => true,
            Self::Unauthenticated
            | Self::InvalidCredentials
            | Self::ReauthenticationRequired
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

    /// The HTTP status for this error.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated | Self::InvalidCredentials => StatusCode::UNAUTHORIZED,
            Self::LockedOut { .. } | Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::ReauthenticationRequired | Self::Forbidden { .. } => StatusCode::FORBIDDEN,
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

    /// The machine-readable code for the problem document.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::InvalidCredentials => "invalid_credentials",
            Self::LockedOut { .. } => "locked_out",
            Self::RateLimited { .. } => "rate_limited",
            Self::ReauthenticationRequired => "reauthentication_required",
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

    /// What the audit trail records if this error is a denial.
    #[must_use]
    pub fn denied(&self) -> Option<Denied> {
        match self {
            Self::Forbidden { action: what } | Self::Hidden { what } => Some(Denied { what }),
            _ => None,
        }
    }

    /// The message that clients see.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Unauthenticated => "Sign in and try again.".into(),
            Self::InvalidCredentials => "The username or password is incorrect.".into(),
            Self::LockedOut { retry_after } => {
                format!("Too many failed attempts. Try again in {retry_after} seconds.")
            }
            Self::RateLimited { retry_after } => format!("Too many requests. Try again in {retry_after} seconds."),
            Self::ReauthenticationRequired => "Confirm that it's you, then try again.".into(),
            Self::Forbidden { .. } => "You don't have permission to do this.".into(),
            Self::NotFound { what } | Self::Hidden { what } => format!("No such {what}."),
            Self::Merged { .. } => "This investor was merged into another one. Follow the Location header.".into(),
            Self::Conflict { detail, .. } | Self::BadRequest { detail, .. } => detail.clone(),
            Self::StaleVersion => "Someone else changed this after you loaded it. Reload and try again.".into(),
            Self::PreconditionRequired => "Send an If-Match header with the version you read.".into(),
            Self::Invalid(errors) => match errors.as_slice() {
                [one] => format!("{}: {}", one.field, one.message),
                many => format!("{} fields are invalid.", many.len()),
            },
            Self::TooLarge => "The request body is larger than this API accepts.".into(),
            Self::UnsupportedMediaType => "Send JSON with Content-Type: application/json.".into(),
            Self::MethodNotAllowed => "This path does not support that method.".into(),
            Self::IdempotencyMismatch => "This Idempotency-Key was already used with a different request.".into(),
            Self::Unavailable(_) => "A service that Steward depends on is busy. Try again shortly.".into(),
            Self::Internal(_) => "Something went wrong on our side. Include the request ID when you report it.".into(),
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

/// Body of every error response (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`; use `code` to distinguish problems.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: &'static str,
    /// Reason phrase of the HTTP status.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Human-readable message.
    pub detail: String,
    /// Machine-readable reason in `snake_case`.
    pub code: &'static str,
    /// Identifies the request in the logs.
    pub request_id: String,
    /// The invalid input fields.
    pub errors: Vec<FieldError>,
}

/// Added to a response's extensions so that the outer layer can record the denial in the audit trail.
#[derive(Debug, Clone, Copy)]
pub struct Denied {
    /// What was denied: the action or the hidden noun.
    pub what: &'static str,
}

/// Added to a response's extensions so that the outer layer, which knows the path, can redirect.
#[derive(Debug, Clone, Copy)]
pub struct Redirected {
    /// The investor in the path.
    pub from: InvestorId,
    /// The investor to redirect to.
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
            Self::LockedOut { retry_after } | Self::RateLimited { retry_after } => {
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

/// Formats an error and all its causes on one line, for the log.
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
