//! Creating, changing and deleting reminders. Each change is one transaction that includes its audit record.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::item;
use super::{NewReminder, Reminder, ReminderPatch, Status};
use crate::investor;
use kernel::error::Error;
use kernel::id::{InvestorId, ReminderId, UserId, time_of};
use kernel::policy::{self, Action, Scope};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use people::user;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::{Actor, Caller};
use platform::due;
use platform::idempotency::{self, StoredAnswer};
use platform::keys::SubjectKey;
use platform::table::{self, Draft, Item, Transaction};

/// A loaded reminder, with everything needed to write its next version.
pub(super) struct Loaded {
    pub reminder: Reminder,
    pub head: Head,
    pub cipher: SubjectKey,
    /// Its position in the index of due items. Changes when a sender claims it.
    pub look_at: Option<String>,
}

impl Loaded {
    /// Opens an item. `None` for the tombstone of a deleted reminder.
    pub fn open(item: &Item, cipher: SubjectKey) -> Result<Option<Self>, Error> {
        let Some(reminder) = item::open(item, &cipher)? else { return Ok(None) };
        let look_at = table::text(item, "gsi2sk").map(str::to_owned);
        Ok(Some(Self { reminder, head: table::read(item, "audit_head")?, cipher, look_at }))
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
    let cipher = app.keys().subject(&investor::subject(investor_id)).await?;
    let cipher = cipher.ok_or(Error::NotFound { what: "investor" })?;
    let user_id = new.user_id.unwrap_or(caller.id);
    if user_id != caller.id {
        let loaded = investor::load(app, caller, Action::ReminderWrite, investor_id).await?;
        require_user(app, user_id, loaded.investor.relationship_manager_id).await?;
    }
    let reminder = complete(caller, investor_id, user_id, new)?;
    let mut transaction = Transaction::new();
    investor::require(app, caller, scope, &mut transaction, investor_id)?;
    let head = record(app, &caller.actor, &mut transaction, Operation::ReminderCreate, None, &reminder, &cipher)?;
    let look_at = due::place(reminder.due_at, reminder.id);
    transaction.create(item::draft(&reminder, &look_at, &head, &cipher)?, |_| {
        Error::internal("the id of a new reminder already exists")
    });
    let location = format!("/api/investors/{investor_id}/reminders/{}", reminder.id);
    let answer = StoredAnswer::created(location, reminder.version, &reminder)?;
    idempotency::commit(app, caller, transaction, answer).await
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
    app: &App,
    actor: &Actor,
    transaction: &mut Transaction,
    action: &str,
    before: Option<(&Reminder, &Head)>,
    after: &Reminder,
    cipher: &SubjectKey,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|(reminder, _)| reminder.fields()).unwrap_or_default();
    let changes = audit::differences(&old, &after.fields(), cipher, id)?;
    let subject = Subject::new(Entity::Reminder, after.id).within(after.investor_id);
    let head = before.map(|(_, head)| head);
    audit::change(app, transaction, actor, action, subject, after.version, head, id, changes)
}

/// Loads the investor (for permissions and the data key) and the reminder concurrently.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    id: ReminderId,
) -> Result<(investor::Loaded, Loaded), Error> {
    let found = async {
        match item::key(investor_id, id) {
            Some(key) => app.table().get(key).await,
            None => Ok(None),
        }
    };
    let (investor, found) = tokio::join!(investor::load(app, caller, action, investor_id), found);
    let investor = investor?;
    let missing = || Error::NotFound { what: "reminder" };
    let loaded = Loaded::open(&found?.ok_or_else(missing)?, SubjectKey::clone(&investor.cipher))?;
    Ok((investor, loaded.ok_or_else(missing)?))
}

/// Adds the next version of `before` to a transaction. Its position in the index of due items is kept unless the due time or
/// status changes, so that a sender's claim stays valid.
pub(super) fn stage(
    app: &App,
    actor: &Actor,
    transaction: &mut Transaction,
    action: &str,
    before: &Loaded,
    after: Reminder,
) -> Result<Reminder, Error> {
    let old = &before.reminder;
    let after = Reminder { version: old.version + 1, updated_at: Timestamp::now(), ..after };
    let head = record(app, actor, transaction, action, Some((old, &before.head)), &after, &before.cipher)?;
    let kept = before.look_at.clone().filter(|_| old.due_at == after.due_at && old.status == after.status);
    let look_at = kept.unwrap_or_else(|| due::place(after.due_at, after.id));
    replace(app, transaction, item::draft(&after, &look_at, &head, &before.cipher)?, before)?;
    Ok(after)
}

/// Replaces a reminder, provided it is unchanged since it was read and no sender has claimed it in the meantime.
fn replace(app: &App, transaction: &mut Transaction, draft: Draft, before: &Loaded) -> Result<(), Error> {
    let version = before.reminder.version;
    let put = Put::builder()
        .table_name(app.table().name())
        .set_item(Some(draft.into_item()))
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(":version", AttributeValue::N(version.to_string()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let put = match &before.look_at {
        Some(look_at) => put
            .condition_expression("#version = :version AND gsi2sk = :look_at")
            .expression_attribute_values(":look_at", AttributeValue::S(look_at.clone())),
        None => put.condition_expression("#version = :version"),
    };
    let put = TransactWriteItem::builder().put(put.build().map_err(Error::defect)?).build();
    transaction.push(put, move |found| match found.map(|item| table::read::<u64>(item, "version")) {
        Some(Ok(present)) if present == version => {
            Error::conflict("being_sent", "This reminder is being sent. Try again shortly.")
        }
        _ => Error::StaleVersion,
    });
    Ok(())
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
    let mut transaction = Transaction::new();
    let after = stage(app, &caller.actor, &mut transaction, Operation::ReminderUpdate, &before, after)?;
    app.table().commit(transaction).await?;
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
    let mut transaction = Transaction::new();
    let head = Some((&before.reminder, &before.head));
    let head = record(app, &caller.actor, &mut transaction, Operation::ReminderDelete, head, &after, &before.cipher)?;
    replace(app, &mut transaction, item::tombstone(&after, &head)?, &before)?;
    app.table().commit(transaction).await
}
