//! Sending due reminders: claim, send, record (`platform::due`). Recording the result also creates the in-app notification,
//! through the stream.

use super::write::{LoadedReminder, may_be_told, stage};
use super::{Reminder, Status, item};
use crate::investor::{self, InvestorCard};
use kernel::error::Error;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use people::user::{self, User};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Origin};
use platform::due::{self, Claim, Claimed, MAX_ATTEMPTS, Outcome};
use platform::keys::SubjectKey;
use platform::mail::{Letter, Line};
use platform::retry::{Policy, Retry};
use platform::table::{self, Key};

pub use platform::due::{Limits, Report};

/// Sends all due reminders within the time budget. The rest wait for the next run.
pub async fn send_due(app: &App, limits: &Limits) -> Result<Report, Error> {
    due::run(app, item::DUE, limits, |claim| send_one(app, claim)).await
}

async fn send_one(app: &App, claim: Claim) -> Result<Outcome, Error> {
    let Some(claimed) = claim.take(app).await? else { return Ok(Outcome::Passed) };
    let Some(card) = item::card_of(&claimed.item)? else { return Ok(Outcome::Passed) };
    let (key, subject) = (investor::key(card.investor_id), investor::subject(card.investor_id));
    let (found, user) =
        tokio::join!(app.keys().get_with_subject(app.table(), key, &subject), user::load(app, card.user_id));
    let (Some(found), Some(cipher)) = found? else {
        // The investor was erased, and the message with it.
        claimed.finish(app, "failed", Some("investor_erased")).await?;
        return Ok(Outcome::GivenUp);
    };
    let investor: InvestorCard = table::read(&found, "card")?;
    let loaded = LoadedReminder::open(&claimed.item, SubjectKey::clone(&cipher))?;
    let Some(loaded) = loaded else { return Ok(Outcome::Passed) };
    let user = match user {
        Ok(user) if may_be_told(&user.user, investor.relationship_manager_id) => user.user,
        Ok(_) | Err(Error::NotFound { .. }) => return failed(app, loaded, "recipient_not_permitted").await,
        Err(other) => return Err(other),
    };
    if investor.deleted_at.is_some() {
        let cancel = |reminder: Reminder| Reminder { status: Status::Cancelled, ..reminder };
        record(app, loaded, Operation::ReminderCancel, cancel).await?;
        return Ok(Outcome::GivenUp);
    }
    if user.notify.reminder_due.email {
        let letter = letter(app, &loaded.reminder, &investor, &user);
        if let Err(refused) = app.mailer()?.send(&user.email, &letter.set()).await {
            return not_taken(app, &claimed, loaded, &refused.code).await;
        }
    }
    let now = claimed.now();
    record(app, loaded, Operation::ReminderSend, |reminder| sent(reminder, now)).await?;
    Ok(Outcome::Sent)
}

/// Returns the reminder after sending: scheduled for its next occurrence if it recurs. Occurrences that passed in the meantime
/// are skipped.
fn sent(reminder: Reminder, now: Timestamp) -> Reminder {
    let next = reminder.next_occurrence(now);
    let reminder = Reminder { sent_at: Some(Timestamp::now()), last_error: None, ..reminder };
    match next {
        Some(local) => reminder.scheduled(local),
        None => Reminder { status: Status::Sent, ..reminder },
    }
}

async fn not_taken(app: &App, claimed: &Claimed, loaded: LoadedReminder, code: &str) -> Result<Outcome, Error> {
    if claimed.attempts()? >= MAX_ATTEMPTS {
        return failed(app, loaded, code).await;
    }
    claimed.put_off(app, code).await?;
    Ok(Outcome::PutOff)
}

async fn failed(app: &App, loaded: LoadedReminder, code: &str) -> Result<Outcome, Error> {
    let fail = |reminder: Reminder| Reminder { status: Status::Failed, last_error: Some(code.to_owned()), ..reminder };
    record(app, loaded, Operation::ReminderFail, fail).await?;
    Ok(Outcome::GivenUp)
}

/// Records the result for the occurrence that `loaded` was claimed for. If the reminder was changed in the meantime, the change
/// is kept and the result is applied on top of it, unless the due time has changed. A reminder that was sent but not recorded is
/// sent again.
async fn record(
    app: &App,
    mut loaded: LoadedReminder,
    operation: Operation,
    apply: impl Fn(Reminder) -> Reminder,
) -> Result<(), Error> {
    let actor = Actor::system(Origin { request_id: kernel::request_id::current(), ..Origin::default() });
    let due_at = loaded.reminder.due_at;
    let key = item::key(loaded.reminder.investor_id, loaded.reminder.id)
        .ok_or_else(|| Error::internal("a reminder's id contains no time"))?;
    let mut retry = Retry::new(Policy::Record);
    loop {
        let mut work = Work::of(app, &actor, operation);
        stage(&mut work, &loaded, apply(loaded.reminder.clone()))?;
        let Err(error) = work.commit().await else { return Ok(()) };
        let again = error.retryable() || matches!(error, Error::StaleVersion | Error::Conflict { .. });
        if !again || !retry.again().await {
            return Err(error);
        }
        match present(app, &key, &loaded.cipher).await? {
            Some(again) if again.reminder.status == Status::Scheduled && again.reminder.due_at == due_at => {
                loaded = again;
            }
            _ => {
                // Marked as done, snoozed or deleted while it was being sent, or already recorded: keep that state.
                let subject = Subject::new(Entity::Reminder, loaded.reminder.id).within(loaded.reminder.investor_id);
                return audit::access(app, &actor, operation, subject, Vec::new()).await;
            }
        }
    }
}

async fn present(app: &App, key: &Key, cipher: &SubjectKey) -> Result<Option<LoadedReminder>, Error> {
    match app.table().get(key.clone()).await? {
        Some(found) => LoadedReminder::open(&found, SubjectKey::clone(cipher)),
        None => Ok(None),
    }
}

/// The email, with times in the user's time zone.
fn letter(app: &App, reminder: &Reminder, investor: &InvestorCard, user: &User) -> Letter {
    let due = reminder.due_at.in_words(&user.time_zone);
    let mut paragraphs = vec![format!("{} · due {due}", investor.name)];
    paragraphs.extend(reminder.recurrence.map(|recurrence| format!("Repeats {recurrence}.")));
    Letter {
        subject: Line::new(&format!("Reminder: {}", investor.name)),
        paragraphs,
        quote: Some(reminder.message.to_string()),
        link: Some((format!("Open {}", investor.name), format!("{}/investors/{}", app.web_url(), investor.id))),
        footer: format!("Steward sends reminders based on your settings. Change them at {}/settings.", app.web_url()),
    }
}
