//! Sends the reminders that are due, every minute.

use investor_relations::reminder::{self, Limits, Report};
use kernel::Error;
use platform::App;

/// Sends what is due as far as the time goes. What is left, and what a run that dies had taken, waits for the next one.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("reminders-{}", limits.now);
    kernel::request_id::scope(id, reminder::send_due(app, limits)).await
}
