//! Notifies users about tasks that are due soon or overdue, every fifteen minutes.

use kernel::Error;
use platform::App;
use product_development::deadline::{self, Limits, Report};

/// Checks the tasks whose time has come, within the time budget. The rest waits for the next run.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("deadlines-{}", limits.now);
    kernel::request_id::scope(id, deadline::check_due(app, limits)).await
}
