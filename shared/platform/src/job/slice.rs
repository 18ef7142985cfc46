//! What one slice may do, and when it ends early.

use std::time::{Duration, Instant};

use kernel::Error;
use kernel::error;

use super::Run;

/// Limits of one slice.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of items or rows.
    pub items: usize,
    /// After this time, no further part of the slice is started.
    pub time: Duration,
    /// Pause before a slice is retried after a transient failure; grows with each attempt.
    pub pause: Duration,
}

/// A slice in progress, and its limits.
pub struct Slice<'a> {
    /// The limits.
    pub limits: &'a Limits,
    started: Instant,
}

impl<'a> Slice<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, started: Instant::now() }
    }

    /// Whether the time is up: no further part may be started.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.started.elapsed() >= self.limits.time
    }
}

/// After a part of a slice failed: returns if the slice should end there, so that the next one retries the part. Fails if the slice as a
/// whole failed, because the error is permanent or nothing was `achieved` before.
pub fn end_early<R: Run>(run: &R, error: Error, achieved: bool) -> Result<(), Error> {
    if !achieved || !R::is_transient(&error) {
        return Err(error);
    }
    run.warn(&error::chain(&error), "slice ended early");
    Ok(())
}
