//! Marking reminders as done, cancelling them and snoozing them.

use super::write::{load, stage};
use super::{Reminder, ReminderSnooze, Status};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{InvestorId, ReminderId};
use kernel::policy::Action;
use kernel::time::{LocalTime, Timestamp};
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::retry::{Policy, Retry};

/// How far into the future a reminder can be snoozed, in seconds: ten years.
const MAX_AHEAD: i64 = 10 * 366 * 24 * 3600;

/// Marks a reminder as done. Nothing more is sent, even if it recurs.
pub async fn done(app: &App, caller: &Caller, investor: InvestorId, id: ReminderId) -> Result<StoredAnswer, Error> {
    change(app, caller, Operation::ReminderDone, investor, id, |reminder| match reminder.status {
        Status::Cancelled => Err(Error::state("This reminder has been cancelled.")),
        _ => Ok(Reminder { status: Status::Done, ..reminder }),
    })
    .await
}

/// Cancels a reminder. Nothing more is sent.
pub async fn cancel(app: &App, caller: &Caller, investor: InvestorId, id: ReminderId) -> Result<StoredAnswer, Error> {
    change(app, caller, Operation::ReminderCancel, investor, id, |reminder| match reminder.status {
        Status::Done => Err(Error::state("This reminder is already done.")),
        _ => Ok(Reminder { status: Status::Cancelled, ..reminder }),
    })
    .await
}

/// Reschedules a reminder to another time, even if it was sent, done, cancelled or failed. The series of a recurring reminder
/// is unchanged and continues after that time.
pub async fn snooze(
    app: &App,
    caller: &Caller,
    investor: InvestorId,
    id: ReminderId,
    snooze: ReminderSnooze,
) -> Result<StoredAnswer, Error> {
    let now = Timestamp::now();
    if snooze.until <= now || snooze.until > now.plus_seconds(MAX_AHEAD) {
        return Err(Error::field("until", "must be in the future, at most ten years ahead"));
    }
    change(app, caller, Operation::ReminderSnooze, investor, id, |reminder| {
        let local = LocalTime::at(snooze.until, &reminder.time_zone);
        let reminder = reminder.scheduled(local);
        Ok(Reminder { due_at: snooze.until, ..reminder })
    })
    .await
}

/// Applies a change that does not depend on the version. Does nothing if the reminder is already in the requested state.
async fn change(
    app: &App,
    caller: &Caller,
    operation: Operation,
    investor_id: InvestorId,
    id: ReminderId,
    apply: impl Fn(Reminder) -> Result<Reminder, Error>,
) -> Result<StoredAnswer, Error> {
    caller.allow(Action::ReminderWrite)?;
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let mut retry = Retry::new(Policy::Stale);
    loop {
        let (_, before) = load(app, caller, Action::ReminderWrite, investor_id, id).await?;
        let mut after = apply(before.reminder.clone())?;
        let mut work = Work::new(app, caller, operation);
        if after != before.reminder {
            after = stage(&mut work, &before, after)?;
        } else if caller.idempotency.is_none() {
            return answer(&after);
        }
        match work.answer(answer(&after)?).await {
            Err(Error::StaleVersion | Error::Conflict { code: "being_sent", .. }) if retry.again().await => {}
            Err(Error::StaleVersion) => {
                return Err(Error::conflict("conflict", "This reminder is being changed. Try again."));
            }
            other => return other,
        }
    }
}

fn answer(reminder: &Reminder) -> Result<StoredAnswer, Error> {
    Ok(StoredAnswer::json(http::StatusCode::OK, reminder)?.version(reminder.version))
}
