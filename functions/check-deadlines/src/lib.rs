//! Tells of tasks that are due soon or overdue, every fifteen minutes.

use shared::task::deadline::{self, Limits, Report};
use shared::{App, Error};

/// Looks at the tasks whose time has come, as far as the time goes. What is left waits for the next run.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("deadlines-{}", limits.now);
    shared::http::with_request_id(id, deadline::check_due(app, limits)).await
}
