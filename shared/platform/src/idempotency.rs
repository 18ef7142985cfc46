//! `Idempotency-Key` on POST: the first response is stored for 24 hours and replayed.
//!
//! The response is written in the same transaction as the change, so one never exists without the other, and a create still
//! takes one round trip. Responses may contain personal data, so they are sealed.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::{Caller, Idempotency};
use crate::cipher::Sealed;
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
    request_hash: String,
    answer: Sealed,
}

fn key_of(caller: UserId, idempotency: &Idempotency) -> Key {
    Key::new(format!("IDEMPOTENCY#{caller}"), &idempotency.key)
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
        request_hash: idempotency.request_hash.clone(),
        answer: app.keys().root().await?.answers.seal(&place, &plain)?,
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
    if stored.request_hash != idempotency.request_hash {
        return Err(Error::IdempotencyMismatch);
    }
    let plain = app.keys().root().await?.answers.open(&place, &stored.answer)?;
    serde_json::from_slice(&plain).map(Some).map_err(Error::defect)
}
