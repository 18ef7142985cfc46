//! Notifies users about tasks that are due soon or overdue, every fifteen minutes.

use shared::task::deadline::{self, Limits, Report};
use shared::{App, Error};

/// Checks the tasks whose time has come, within the time budget. The rest waits for the next run.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("deadlines-{}", limits.now);
    shared::http::with_request_id(id, deadline::check_due(app, limits)).await
}
