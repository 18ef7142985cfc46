//! Tells of tasks that are due soon or overdue, every fifteen minutes.

use kernel::Error;
use platform::App;
use product_development::task::deadline::{self, Limits, Report};

/// Looks at the tasks whose time has come, as far as the time goes. What is left waits for the next run.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("deadlines-{}", limits.now);
    kernel::request_id::scope(id, deadline::check_due(app, limits)).await
}
