//! Rotates the system keys when asked to, and every hour continues what was started before.

use kernel::Error;
use platform::App;
use platform::rotation::{self, Limits, Report, Request};

/// Handles either kind of event: a request to rotate a key, such as `{"rotate": "root"}`, or a scheduled event, `{}`.
pub async fn handle(app: &App, request: Request, limits: &Limits) -> Result<Report, Error> {
    Box::pin(rotation::handle(app, request, limits)).await
}
