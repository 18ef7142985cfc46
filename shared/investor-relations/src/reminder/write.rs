//! Creating, changing and deleting reminders. Each change is one transaction that includes its audit record.

use super::item;
use super::{NewReminder, Reminder, ReminderPatch, Status};
use crate::investor;
use kernel::error::Error;
use kernel::id::{InvestorId, ReminderId, UserId, time_of};
use kernel::policy::{self, Action, Scope};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use people::user;
use platform::Work;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::due;
use platform::idempotency::StoredAnswer;
use platform::keys::SubjectKey;
use platform::table::{self, Condition, Draft, Item, Transaction, Write};

/// A loaded reminder, with everything needed to write its next version.
pub(super) struct LoadedReminder {
    pub reminder: Reminder,
    pub head: Head,
    pub cipher: SubjectKey,
    /// Its position in the index of due items. Changes when a sender claims it.
    pub due_place: Option<String>,
}

impl LoadedReminder {
    /// Opens an item. `None` for the tombstone of a deleted reminder.
    pub fn open(item: &Item, cipher: SubjectKey) -> Result<Option<Self>, Error> {
        let Some(reminder) = item::open(item, &cipher)? else { return Ok(None) };
        let due_place = table::text(item, "gsi2sk").map(str::to_owned);
        Ok(Some(Self { reminder, head: table::read(item, "audit_head")?, cipher, due_place }))
    }
}

/// Creates a reminder. For the caller, takes one round trip if the investor's data key is cached, as for an activity. For
/// another user, who must be allowed to manage the investor, takes two.
pub async fn create(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    new: NewReminder,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::ReminderWrite)?;
    let Some(cipher) = app.keys().subject(&investor::subject(investor_id)).await? else {
        return Err(investor::refuse_missing(app, caller, scope, investor_id).await);
    };
    let user_id = new.user_id.unwrap_or(caller.id);
    if user_id != caller.id {
        let loaded = investor::load(app, caller, Action::ReminderWrite, investor_id).await?;
        require_user(app, user_id, loaded.investor.relationship_manager_id).await?;
    }
    let reminder = complete(caller, investor_id, user_id, new)?;
    let mut work = Work::new(app, caller, Operation::ReminderCreate);
    investor::require(&mut work, caller, scope, investor_id);
    let head = record(&mut work, None, &reminder, &cipher)?;
    let due_place = due::place(reminder.due_at, reminder.id);
    work.create(item::draft(&reminder, &due_place, &head, &cipher)?, |_| {
        Error::internal("the id of a new reminder already exists")
    });
    let location = format!("/api/investors/{investor_id}/reminders/{}", reminder.id);
    let answer = StoredAnswer::created(location, reminder.version, &reminder)?;
    work.answer(answer).await
}

/// Builds the reminder that `new` describes, created by `caller`.
fn complete(caller: &Caller, investor_id: InvestorId, user_id: UserId, new: NewReminder) -> Result<Reminder, Error> {
    let id = ReminderId::new();
    // Use the time in the id, because the key is derived from it.
    let now = time_of(id.0).ok_or_else(|| Error::internal("a new id contains no time"))?;
    let reminder = Reminder {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        investor_id,
        user_id,
        message: new.message,
        due_local: new.due_local,
        time_zone: new.time_zone,
        due_at: now,
        recurrence: new.recurrence,
        status: Status::Scheduled,
        sent_at: None,
        attempts: 0,
        last_error: None,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
        series_from: new.due_local,
    };
    Ok(reminder.scheduled(new.due_local))
}

/// Whether the user may receive a reminder, including its message, about an investor managed by `manager`.
pub(super) fn may_be_told(user: &user::User, manager: Option<UserId>) -> bool {
    user.status == user::Status::Active
        && match policy::scope(&user.roles, Action::ReminderWrite) {
            Some(Scope::All) => true,
            Some(Scope::Own | Scope::Member) => manager == Some(user.id),
            None => false,
        }
}

/// Refuses a user who is not allowed to manage the investor. Checked again before sending, because it may have changed.
async fn require_user(app: &App, id: UserId, manager: Option<UserId>) -> Result<(), Error> {
    let refused = || Error::field("user_id", "must be an active user who can manage this investor");
    match user::load(app, id).await {
        Ok(loaded) if may_be_told(&loaded.user, manager) => Ok(()),
        Ok(_) | Err(Error::NotFound { .. }) => Err(refused()),
        Err(other) => Err(other),
    }
}

fn record(
    work: &mut Work<'_>,
    before: Option<(&Reminder, &Head)>,
    after: &Reminder,
    cipher: &SubjectKey,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|(reminder, _)| reminder.fields()).unwrap_or_default();
    let changes = audit::differences(&old, &after.fields(), cipher, id)?;
    let subject = Subject::new(Entity::Reminder, after.id).within(after.investor_id);
    work.record(subject, after.version, before.map(|(_, head)| head), id, changes)
}

/// Loads the investor (for permissions and the data key) and the reminder concurrently.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    id: ReminderId,
) -> Result<(investor::LoadedInvestor, LoadedReminder), Error> {
    let found = async {
        match item::key(investor_id, id) {
            Some(key) => app.table().get(key).await,
            None => Ok(None),
        }
    };
    let (investor, found) = tokio::join!(investor::load(app, caller, action, investor_id), found);
    let investor = investor?;
    let missing = || Error::NotFound { what: "reminder" };
    let loaded = LoadedReminder::open(&found?.ok_or_else(missing)?, SubjectKey::clone(&investor.cipher))?;
    Ok((investor, loaded.ok_or_else(missing)?))
}

/// Adds the next version of `before` to a transaction. Its position in the index of due items is kept unless the due time or
/// status changes, so that a sender's claim stays valid.
pub(super) fn stage(work: &mut Work<'_>, before: &LoadedReminder, after: Reminder) -> Result<Reminder, Error> {
    let old = &before.reminder;
    let after = Reminder { version: old.version + 1, updated_at: Timestamp::now(), ..after };
    let head = record(work, Some((old, &before.head)), &after, &before.cipher)?;
    let kept = before.due_place.clone().filter(|_| old.due_at == after.due_at && old.status == after.status);
    let due_place = kept.unwrap_or_else(|| due::place(after.due_at, after.id));
    replace(work, item::draft(&after, &due_place, &head, &before.cipher)?, before);
    Ok(after)
}

/// Replaces a reminder, provided it is unchanged since it was read and no sender has claimed it in the meantime.
fn replace(transaction: &mut Transaction, draft: Draft, before: &LoadedReminder) {
    let version = before.reminder.version;
    let unchanged = Condition::as_read(version, None, before.due_place.as_deref());
    transaction.push(Write::put(draft).when(unchanged), move |found| {
        match found.map(|item| table::read::<u64>(item, "version")) {
            Some(Ok(present)) if present == version => {
                Error::conflict("being_sent", "This reminder is being sent. Try again shortly.")
            }
            _ => Error::StaleVersion,
        }
    });
}

/// Updates a reminder if it is still at `version`.
pub async fn update(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: ReminderId,
    version: u64,
    patch: ReminderPatch,
) -> Result<Reminder, Error> {
    let (investor, before) = load(app, caller, Action::ReminderWrite, investor_id, id).await?;
    if before.reminder.version != version {
        return Err(Error::StaleVersion);
    }
    if matches!(before.reminder.status, Status::Done | Status::Cancelled) {
        return Err(Error::state("A done or cancelled reminder can't be edited. Snooze it first."));
    }
    let after = patched(before.reminder.clone(), patch);
    if after == before.reminder {
        return Ok(after);
    }
    if after.user_id != before.reminder.user_id && after.user_id != caller.id {
        require_user(app, after.user_id, investor.investor.relationship_manager_id).await?;
    }
    let mut work = Work::new(app, caller, Operation::ReminderUpdate);
    let after = stage(&mut work, &before, after)?;
    work.commit().await?;
    Ok(after)
}

fn patched(reminder: Reminder, patch: ReminderPatch) -> Reminder {
    let before = reminder.clone();
    let mut after = reminder;
    after.message = patch.message.unwrap_or(after.message);
    after.user_id = patch.user_id.unwrap_or(after.user_id);
    after.time_zone = patch.time_zone.unwrap_or(after.time_zone);
    patch.recurrence.apply(&mut after.recurrence);
    let due_local = patch.due_local.unwrap_or(after.due_local);
    if due_local == before.due_local && after.time_zone == before.time_zone {
        if after.recurrence != before.recurrence {
            after.series_from = due_local;
        }
        return after;
    }
    after.series_from = due_local;
    after.scheduled(due_local)
}

/// Deletes a reminder if it is still at `version`. Its audit chain is kept.
pub async fn delete(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: ReminderId,
    version: u64,
) -> Result<(), Error> {
    let (_, before) = load(app, caller, Action::ReminderWrite, investor_id, id).await?;
    if before.reminder.version != version {
        return Err(Error::StaleVersion);
    }
    let after = Reminder { version: version + 1, ..before.reminder.clone() };
    let mut work = Work::new(app, caller, Operation::ReminderDelete);
    let head = record(&mut work, Some((&before.reminder, &before.head)), &after, &before.cipher)?;
    replace(&mut work, item::tombstone(&after, &head)?, &before);
    work.commit().await
}
