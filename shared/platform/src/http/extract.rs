//! Extractors for the body, path, query and `If-Match`; each rejection names the invalid field.

use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use super::strict::Strict;
use kernel::error::{Error, FieldError};

/// A JSON body: a request body parsed into domain types, or a response body.
pub struct Json<T>(pub T);

/// Serialised straight into a vector; [`axum::Json`] uses a writer that checks its capacity at every comma.
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Error::defect(error).into_response(),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && kind != "application/merge-patch+json" {
            return Err(Error::UnsupportedMediaType);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => Error::TooLarge,
            other => bad_json(&other.body_text()),
        })?;
        parse(&bytes).map(Self)
    }
}

fn bad_json(detail: &str) -> Error {
    Error::BadRequest { code: "invalid_json", detail: format!("The body is not valid JSON: {detail}"), field: None }
}

/// Parses JSON; an error about a value includes the path of its field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // A choice that is told by one of its fields would also be read from an array.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(data_error(".", "must be an object, not an array"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut deserializer)).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => data_error(&path, &inner.to_string()),
            _ => bad_json(&inner.to_string()),
        }
    })?;
    deserializer.end().map_err(|error| bad_json(&error.to_string()))?;
    Ok(value)
}

/// Converts serde's error message about a value to an error for one field.
fn data_error(path: &str, message: &str) -> Error {
    let message = message.split(" at line ").next().unwrap_or(message);
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let inside = |name: &str| match path {
        "." | "?" | "" => name.to_owned(),
        path if path.ends_with(name) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    let (field, code, message) = if message.starts_with("unknown field") {
        (inside(quoted), "unknown_field", "unknown field".to_owned())
    } else if message.starts_with("missing field") {
        (inside(quoted), "required", "is required".to_owned())
    } else {
        let field = if matches!(path, "." | "?" | "") { "body".to_owned() } else { path.to_owned() };
        (field, "invalid", message.to_owned())
    };
    Error::Invalid(vec![FieldError { field, code: code.into(), message }])
}

/// Path parameters.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(path_error(error.kind())),
            Err(other) => Err(Error::Internal(other.body_text().into())),
        }
    }
}

/// A path has IDs, and in some places the number of a version.
fn path_error(kind: &ErrorKind) -> Error {
    match kind {
        ErrorKind::ParseErrorAtIndex { expected_type: "u32" | "u64", .. }
        | ErrorKind::ParseErrorAtKey { expected_type: "u32" | "u64", .. } => {
            Error::bad_parameter("version", "The version in the path is not a whole number.")
        }
        _ => Error::bad_parameter("id", "The ID in the path is not a UUID."),
    }
}

/// Query parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(deserializer).map(Self).map_err(|error| {
            let path = error.path().to_string();
            let message = error.into_inner().to_string();
            match data_error(&path, &message) {
                Error::Invalid(mut errors) => {
                    if let Some(error) = errors.first_mut()
                        && error.field == "body"
                    {
                        error.field = "query".into();
                    }
                    Error::Invalid(errors)
                }
                other => other,
            }
        })
    }
}

/// Longest version in an `If-Match`: JSON parsers read no longer number exactly.
const MAX_VERSION_DIGITS: usize = 15;

/// The version that the client last saw, from `If-Match: "<version>"`.
pub struct IfMatch(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let value = parts.headers.get(header::IF_MATCH).ok_or(Error::PreconditionRequired)?;
        let text = value.to_str().unwrap_or_default().trim();
        let digits = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        let plain = |digits: &&str| digits.len() <= MAX_VERSION_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        let version = digits.filter(plain).and_then(|digits| digits.parse().ok());
        version.map(Self).ok_or_else(|| Error::BadRequest {
            code: "invalid_input",
            detail: "If-Match must be a single quoted version, such as \"3\".".into(),
            field: Some("If-Match"),
        })
    }
}

/// A clearable field of a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not in the patch: leaves the field unchanged.
    #[default]
    Absent,
    /// `null`: clears the field.
    Clear,
    /// Sets a new value.
    Set(T),
}

impl<T> Patch<T> {
    /// Applies the patch to `field`.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

/// For a merge patch field that cannot be cleared: absent leaves it unchanged, `null` is an error.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Sample {
        name: kernel::text::Name,
        tags: Vec<kernel::text::Tag>,
    }

    fn fault(body: &str) -> (String, String) {
        match parse::<Sample>(body.as_bytes()).unwrap_err() {
            Error::Invalid(errors) => (errors[0].field.clone(), errors[0].code.clone()),
            other => (String::new(), other.code().into()),
        }
    }

    #[test]
    fn an_invalid_body_names_the_field_path() {
        assert_eq!(fault(r#"{"name":"a","tags":["x",""]}"#), ("tags[1]".into(), "invalid".into()));
        assert_eq!(fault(r#"{"name":"a","tags":[],"nick":1}"#), ("nick".into(), "unknown_field".into()));
        assert_eq!(fault(r#"{"tags":[]}"#), ("name".into(), "required".into()));
        assert_eq!(fault(r#"{"name":5,"tags":[]}"#), ("name".into(), "invalid".into()));
        assert_eq!(fault("[]").1, "invalid");
        assert_eq!(fault("{").1, "invalid_json");
        assert_eq!(fault(r#"{"name":"a","tags":[]} x"#).1, "invalid_json");
    }

    #[tokio::test]
    async fn a_path_error_names_the_part_at_fault() {
        use axum::routing::get;
        use tower::ServiceExt as _;

        let handler = async |_: Path<(kernel::id::ProductId, u32)>| ();
        let routes = axum::Router::<()>::new().route("/{product_id}/versions/{version}", get(handler));
        let id = kernel::id::ProductId::new();
        for (path, field) in [(format!("/{id}/versions/two"), "version"), ("/x/versions/2".to_owned(), "id")] {
            let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
            let answer = routes.clone().oneshot(request).await.unwrap();
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(problem["errors"][0]["field"], field);
        }
    }

    proptest! {
        #[test]
        fn parsing_any_bytes_never_panics(bytes: Vec<u8>) {
            let _ = parse::<Sample>(&bytes);
        }
    }
}
