//! Sends due reminders. Runs every minute.

use investor_relations::reminder::{self, Limits, Report};
use kernel::Error;
use platform::App;

/// Sends due reminders within the time budget. The rest, and any claimed by a run that crashes, wait for a later run.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("reminders-{}", limits.now);
    kernel::request_id::scope(id, reminder::send_due(app, limits)).await
}
