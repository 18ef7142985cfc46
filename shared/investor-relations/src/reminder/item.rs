//! How a reminder is stored: under its investor by creation time, in its user's list by due time and, while it is scheduled, in
//! the index of due items.

use serde::{Deserialize, Serialize};

use super::{Recurrence, Reminder, Status};
use crate::investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{InvestorId, ReminderId, UserId, time_of};
use kernel::text::{Message, TimeZone};
use kernel::time::{LocalTime, Timestamp};
use platform::audit::Head;
use platform::cipher::{Cipher, Sealed};
use platform::due;
use platform::table::{self, Draft, Item, Key};

/// The kind of reminders in the index of due items.
pub(super) const DUE: &str = "REMINDER";
/// Sort key prefix of an investor's reminders.
pub(crate) const PREFIX: &str = "REMINDER#";

/// The `card` attribute. It holds the whole reminder, so that lists and the timeline need nothing else.
#[derive(Serialize, Deserialize)]
pub(super) struct ReminderCard {
    pub id: ReminderId,
    pub investor_id: InvestorId,
    created_at: Timestamp,
    updated_at: Timestamp,
    pub user_id: UserId,
    message: Sealed,
    due_local: LocalTime,
    time_zone: TimeZone,
    due_at: Timestamp,
    recurrence: Option<Recurrence>,
    status: Status,
    sent_at: Option<Timestamp>,
    attempts: u32,
    last_error: Option<String>,
    created_by: UserId,
    created_by_name: String,
    series_from: LocalTime,
}

/// Primary key of a reminder. The creation time in its id determines its position among the investor's reminders. `None` for
/// an id that contains no time, which no reminder can have.
#[must_use]
pub fn key(investor: InvestorId, id: ReminderId) -> Option<Key> {
    let created_at = time_of(id.0)?;
    Some(Key::new(investor::partition(investor), format!("{PREFIX}{created_at}#{id}")))
}

fn known_key(reminder: &Reminder) -> Result<Key, Error> {
    key(reminder.investor_id, reminder.id).ok_or_else(|| Error::internal("a reminder's id contains no time"))
}

fn place(id: ReminderId) -> String {
    format!("reminder/{id}/message")
}

/// Partition of a user's reminders with one status, by due time.
pub(super) fn of_user(user: UserId, status: Status) -> String {
    format!("REMINDERS#{user}#{}", status.as_str())
}

/// The reminder's item. While it is scheduled, senders pick it up from `due_place` on.
pub(super) fn draft(reminder: &Reminder, due_place: &str, head: &Head, cipher: &Cipher) -> Result<Draft, Error> {
    let card = ReminderCard {
        id: reminder.id,
        investor_id: reminder.investor_id,
        created_at: reminder.created_at,
        updated_at: reminder.updated_at,
        user_id: reminder.user_id,
        message: cipher.seal_text(&place(reminder.id), reminder.message.as_str())?,
        due_local: reminder.due_local,
        time_zone: reminder.time_zone.clone(),
        due_at: reminder.due_at,
        recurrence: reminder.recurrence,
        status: reminder.status,
        sent_at: reminder.sent_at,
        attempts: reminder.attempts,
        last_error: reminder.last_error.clone(),
        created_by: reminder.created_by,
        created_by_name: reminder.created_by_name.clone(),
        series_from: reminder.series_from,
    };
    let position = format!("{}#{}", reminder.due_at, reminder.id);
    let draft = Draft::new(known_key(reminder)?, ItemType::Reminder, &())?
        .number("version", reminder.version)
        .card(&card)?
        .object("audit_head", head)?
        .index("gsi1", of_user(reminder.user_id, reminder.status), position);
    Ok(if reminder.status == Status::Scheduled {
        draft.index("gsi2", due::shard(DUE, reminder.id.0), due_place)
    } else {
        draft
    })
}

/// Returns the reminder's item under another investor: its next version, sealed with that investor's key.
pub(crate) fn moved(
    item: &Item,
    from: &Cipher,
    (into, cipher): (InvestorId, &Cipher),
    version: u64,
    head: &Head,
) -> Result<Draft, Error> {
    let reminder = open(item, from)?.ok_or(Error::NotFound { what: "reminder" })?;
    let due_place = table::text(item, "gsi2sk").map_or_else(|| due::place(reminder.due_at, reminder.id), str::to_owned);
    let reminder = Reminder { investor_id: into, version, updated_at: Timestamp::now(), ..reminder };
    draft(&reminder, &due_place, head, cipher)
}

/// Returns the id of the reminder in an item. `None` for the tombstone of a deleted one.
pub(crate) fn id_of(item: &Item) -> Result<Option<ReminderId>, Error> {
    Ok(card_of(item)?.map(|card| card.id))
}

/// Whether a sender may have claimed the reminder, in which case it must stay in place.
pub(crate) fn is_being_sent(item: &Item, now: Timestamp) -> Result<bool, Error> {
    let Some(card) = card_of(item)? else { return Ok(false) };
    let moved = |due_place: &&str| **due_place != *due::place(card.due_at, card.id);
    Ok(table::text(item, "gsi2sk").filter(moved).is_some_and(|due_place| due::may_be_leased(due_place, now)))
}

/// The tombstone of a deleted reminder. It keeps the head of the audit chain, appears in no list and does not contain the
/// message.
pub(super) fn tombstone(reminder: &Reminder, head: &Head) -> Result<Draft, Error> {
    Draft::new(known_key(reminder)?, ItemType::ReminderDeleted, &())?
        .number("version", reminder.version)
        .object("audit_head", head)
}

/// Returns the card of an item, or `None` if the item is not a reminder.
pub(super) fn card_of(item: &Item) -> Result<Option<ReminderCard>, Error> {
    if table::item_type(item) == Some(ItemType::Reminder) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// Opens the reminder in an item read from the table or an index. `None` for the tombstone of a deleted one.
pub fn open(item: &Item, cipher: &Cipher) -> Result<Option<Reminder>, Error> {
    let Some(card) = card_of(item)? else { return Ok(None) };
    let message = cipher.open_text(&place(card.id), &card.message)?;
    Ok(Some(Reminder {
        id: card.id,
        version: table::read(item, "version")?,
        created_at: card.created_at,
        updated_at: card.updated_at,
        investor_id: card.investor_id,
        user_id: card.user_id,
        message: Message::try_from(message).map_err(Error::internal)?,
        due_local: card.due_local,
        time_zone: card.time_zone,
        due_at: card.due_at,
        recurrence: card.recurrence,
        status: card.status,
        sent_at: card.sent_at,
        attempts: card.attempts,
        last_error: card.last_error,
        created_by: card.created_by,
        created_by_name: card.created_by_name,
        series_from: card.series_from,
    }))
}
