//! `Idempotency-Key` on POST: the first response is stored for 24 hours and replayed.
//!
//! The response is written in the same transaction as the change, so one never exists without the other, and a create still
//! takes one round trip. Responses may contain personal data, so they are sealed.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::app::App;
use crate::caller::{Caller, Idempotency};
use crate::cipher::Sealed;
use crate::keys::{Roots, ShortLived};
use crate::table::{self, Draft, Key, Transaction, Write};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;

/// How long a response is stored, in seconds.
const KEPT_SECONDS: i64 = 24 * 3600;

/// A response as it was first sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location` header.
    pub location: Option<String>,
    /// `ETag` header.
    pub etag: Option<String>,
    /// JSON body.
    pub body: String,
}

impl StoredAnswer {
    /// A response with the given status and a JSON body.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_string(body).map_err(Error::defect)?;
        Ok(Self { status: status.as_u16(), location: None, etag: None, body })
    }

    /// A 201 response with the new entity, its location and its version.
    pub fn created(location: String, version: u64, body: &impl Serialize) -> Result<Self, Error> {
        let answer = Self::json(StatusCode::CREATED, body)?;
        Ok(Self { location: Some(location), ..answer }.version(version))
    }

    /// Sets the `ETag`.
    #[must_use]
    pub fn version(self, version: u64) -> Self {
        Self { etag: Some(format!("\"{version}\"")), ..self }
    }
}

impl IntoResponse for StoredAnswer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [(header::LOCATION, self.location), (header::ETAG, self.etag)] {
            if let Some(value) = value.and_then(|v| HeaderValue::try_from(v).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// [`request_hash`]; the same for a repeated request.
    request_hash: String,
    answer: Sealed,
}

fn key_of(caller: UserId, idempotency: &Idempotency) -> Key {
    Key::new(format!("IDEMPOTENCY#{caller}"), &idempotency.key)
}

/// Members of a JSON body that are left out of its hash.
const SECRETS: [&str; 4] = ["password", "current_password", "new_password", "token"];

/// A keyed hash of the path and the body, without passwords: a plain hash would let whoever reads the table guess at what is in the
/// body. So a request that differs from the first in nothing but a password counts as the same.
fn request_hash(roots: &Roots, idempotency: &Idempotency) -> String {
    let body = without_secrets(&idempotency.body);
    let request = [idempotency.path.as_bytes(), b"\0", body.as_deref().unwrap_or(&idempotency.body)].concat();
    roots.lookup_bytes("idempotent request", &request)
}

/// The body without its secrets; `None` if it has none.
fn without_secrets(body: &[u8]) -> Option<Vec<u8>> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let before = members.len();
    members.retain(|name, _| !SECRETS.contains(&name.as_str()));
    if members.len() == before { None } else { serde_json::to_vec(&members).ok() }
}

/// Commits `transaction` for `caller` and returns `answer`. If there is an `Idempotency-Key`, the response is stored; if the
/// key was already used, nothing is written and the original response is returned.
pub async fn commit(
    app: &App,
    caller: &Caller,
    mut transaction: Transaction,
    answer: StoredAnswer,
) -> Result<StoredAnswer, Error> {
    let Some(idempotency) = &caller.idempotency else {
        app.table().commit(transaction).await?;
        return Ok(answer);
    };
    let key = key_of(caller.id, idempotency);
    let place = format!("{}/{}", key.pk, key.sk);
    let plain = serde_json::to_vec(&answer).map_err(Error::defect)?;
    let stored = Stored {
        request_hash: request_hash(app.keys().root().await?.as_ref(), idempotency),
        answer: app.keys().seal(ShortLived::Answer, &place, &plain).await?,
    };
    let now = Timestamp::now();
    let draft = Draft::new(key, ItemType::Idempotency, &stored)?.number("expires_at", now.as_second() + KEPT_SECONDS);
    transaction.push_answer(Write::create(draft));
    match app.table().try_commit(transaction).await {
        Ok(()) => Ok(answer),
        Err(refusal) if refusal.answered => {
            replay(app, caller).await?.ok_or_else(|| Error::internal("a stored response disappeared"))
        }
        Err(refusal) => Err(refusal.error),
    }
}

/// The stored response if the caller's `Idempotency-Key` was used before. For operations that check the current state before
/// writing: the state has changed since the first call, the response has not.
pub async fn replay(app: &App, caller: &Caller) -> Result<Option<StoredAnswer>, Error> {
    let Some(idempotency) = &caller.idempotency else {
        return Ok(None);
    };
    let key = key_of(caller.id, idempotency);
    let place = format!("{}/{}", key.pk, key.sk);
    let Some(item) = app.table().get(key).await? else {
        return Ok(None);
    };
    let stored: Stored = table::read(&item, "data")?;
    if stored.request_hash != request_hash(app.keys().root().await?.as_ref(), idempotency) {
        return Err(Error::IdempotencyMismatch);
    }
    let plain = app.keys().open(ShortLived::Answer, &place, &stored.answer).await?;
    let plain = plain.ok_or_else(|| Error::internal("a stored response cannot be opened"))?;
    serde_json::from_slice(&plain).map(Some).map_err(Error::defect)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::*;

    #[test]
    fn the_hash_of_a_request_is_keyed_and_leaves_out_its_password() {
        let (root, other) = (Roots::of([7; 32]), Roots::of([8; 32]));
        let hash = |root: &Roots, path: &str, body: &'static str| {
            let body = Bytes::from_static(body.as_bytes());
            request_hash(root, &Idempotency { key: "k".into(), path: path.into(), body })
        };
        let first = hash(&root, "/api/users", r#"{"name":"Ada","password":"correct horse"}"#);
        assert_ne!(first, hash(&other, "/api/users", r#"{"name":"Ada","password":"correct horse"}"#));
        assert_eq!(first, hash(&root, "/api/users", r#"{"name":"Ada","password":"battery staple"}"#));
        assert_ne!(first, hash(&root, "/api/users", r#"{"name":"Bob","password":"correct horse"}"#));
        assert_ne!(first, hash(&root, "/api/people", r#"{"name":"Ada","password":"correct horse"}"#));
        assert_ne!(hash(&root, "/api/users", "[1]"), hash(&root, "/api/users", "[2]"));
    }
}
