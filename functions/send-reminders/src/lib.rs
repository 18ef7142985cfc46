//! Sends due reminders. Runs every minute.

use shared::reminder::{self, Limits, Report};
use shared::{App, Error};

/// Sends due reminders within the time budget. The rest, and any claimed by a run that crashes, wait for a later run.
pub async fn handle(app: &App, limits: &Limits) -> Result<Report, Error> {
    let id = format!("reminders-{}", limits.now);
    shared::http::with_request_id(id, reminder::send_due(app, limits)).await
}
