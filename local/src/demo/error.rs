//! Why the demo company cannot be loaded.

use std::num::TryFromIntError;

use http::StatusCode;

use crate::pump::PumpError;

/// A step that failed. Loading continues there at the next start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The demo's progress could not be read or stored.
    #[error("could not read or write the journal")]
    Journal(#[from] rusqlite::Error),
    /// A request could not be built.
    #[error("a request is invalid")]
    Request(#[from] http::Error),
    /// A response could not be read.
    #[error("could not read a response")]
    Response(#[from] axum::Error),
    /// A user is not valid.
    #[error("a user is not valid")]
    Invalid(#[from] serde_json::Error),
    /// A user could not be created.
    #[error("could not create a user")]
    User(#[from] kernel::Error),
    /// The API refused a request.
    #[error("{call} failed with {status} {detail}")]
    Refused {
        /// Method and path.
        call: String,
        /// The response's status.
        status: StatusCode,
        /// The problem's `detail`, as JSON.
        detail: String,
    },
    /// A response lacks a field that the next request needs.
    #[error("{call} returned no {field}")]
    Missing {
        /// What was requested.
        call: &'static str,
        /// The missing field.
        field: &'static str,
    },
    /// The functions that process what was loaded did not finish.
    #[error("could not wait for the functions")]
    Drain(#[from] PumpError),
    /// A date is outside the calendar.
    #[error("a date is out of range")]
    Date(#[from] jiff::Error),
    /// A number of days is too large for the calendar.
    #[error("a number of days is out of range")]
    Days(#[from] TryFromIntError),
}
