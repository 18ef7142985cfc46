//! Code shared by all HTTP functions: extractors with clear error responses, versioned responses, and the layers around all
//! routes.

mod extract;
mod layers;
mod routes;
mod strict;
mod viewer;

pub use extract::{IfMatch, Json, Patch, Path, Query, present};
pub use layers::{finish, finish_public};
pub use routes::{Operations, Routes, Served, served};
#[doc(hidden)]
pub use utoipa_axum::{self, paste};

pub use kernel::Versioned;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// Maximum size of a JSON body in bytes.
const MAX_BODY: usize = 256 * 1024;

/// A 200 response with the entity as JSON and its version as the `ETag`.
pub struct Entity<T>(pub T);

impl<T: Serialize + Versioned> IntoResponse for Entity<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::OK, Json(&self.0)).into_response();
        if let Ok(etag) = HeaderValue::try_from(format!("\"{}\"", self.0.version())) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}
