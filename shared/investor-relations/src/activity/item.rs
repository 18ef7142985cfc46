//! How an activity is stored: under its investor and in the investor's timeline.

use serde::{Deserialize, Serialize};

use super::{Activity, Kind};
use crate::investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ActivityId, InvestorId, UserId};
use kernel::text::{LongText, Name, Summary};
use kernel::time::{Date, Timestamp};
use platform::audit::Head;
use platform::cipher::{Cipher, Sealed};
use platform::table::{self, Draft, Item, Key};

/// The `card` attribute. It holds the whole activity, so that the timeline can read it from the index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ActivityCard {
    /// The activity's id.
    pub id: ActivityId,
    /// The investor.
    pub investor_id: InvestorId,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Type of activity.
    pub kind: Kind,
    /// When the activity took place.
    pub occurred_at: Timestamp,
    text: Sealed,
    follow_up_on: Option<Date>,
    /// The user who recorded it.
    pub created_by: UserId,
    /// That user's name when the activity was recorded.
    pub created_by_name: String,
}

/// The sealed text, as one value because its parts are always read together.
#[derive(Serialize, Deserialize)]
struct ActivityText {
    summary: Summary,
    details: Option<LongText>,
    participants: Vec<Name>,
}

/// Primary key of an activity.
#[must_use]
pub fn key(investor: InvestorId, id: ActivityId) -> Key {
    Key::new(investor::partition(investor), format!("ACTIVITY#{id}"))
}

/// Partition of an investor's activities in `gsi2`, by time.
pub(crate) fn list_partition(investor: InvestorId) -> String {
    format!("{}#ACTIVITY", investor::timeline(investor))
}

fn place(id: ActivityId) -> String {
    format!("activity/{id}/text")
}

pub(super) fn draft(activity: &Activity, head: &Head, cipher: &Cipher) -> Result<Draft, Error> {
    let text = ActivityText {
        summary: activity.summary.clone(),
        details: activity.details.clone(),
        participants: activity.participants.clone(),
    };
    let text = serde_json::to_vec(&text).map_err(Error::defect)?;
    let card = ActivityCard {
        id: activity.id,
        investor_id: activity.investor_id,
        created_at: activity.created_at,
        updated_at: activity.updated_at,
        kind: activity.kind,
        occurred_at: activity.occurred_at,
        text: cipher.seal(&place(activity.id), &text)?,
        follow_up_on: activity.follow_up_on,
        created_by: activity.created_by,
        created_by_name: activity.created_by_name.clone(),
    };
    let position = format!("{}#{}", activity.occurred_at, activity.id);
    Ok(Draft::new(key(activity.investor_id, activity.id), ItemType::Activity, &())?
        .number("version", activity.version)
        .card(&card)?
        .object("audit_head", head)?
        .index("gsi1", investor::timeline(activity.investor_id), &position)
        .index("gsi2", list_partition(activity.investor_id), position))
}

/// Returns the activity's item under another investor: its next version, sealed with that investor's key.
pub(crate) fn moved(
    item: &Item,
    from: &Cipher,
    (into, cipher): (InvestorId, &Cipher),
    version: u64,
    head: &Head,
) -> Result<Draft, Error> {
    let activity = open_card(item, from)?;
    draft(&Activity { investor_id: into, version, updated_at: Timestamp::now(), ..activity }, head, cipher)
}

/// The tombstone of a deleted activity. It keeps the head of the audit chain, appears in no list and contains no text.
pub(super) fn tombstone(activity: &Activity, head: &Head) -> Result<Draft, Error> {
    Draft::new(key(activity.investor_id, activity.id), ItemType::ActivityDeleted, &())?
        .number("version", activity.version)
        .object("audit_head", head)
}

/// Returns the card of an item, or `None` if the item is not an activity.
pub fn card_of(item: &Item) -> Result<Option<ActivityCard>, Error> {
    if table::item_type(item) == Some(ItemType::Activity) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// Opens the activity in an item read from the table or an index.
pub fn open_card(item: &Item, cipher: &Cipher) -> Result<Activity, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "activity" })?;
    let text = cipher.open(&place(card.id), &card.text)?;
    let text: ActivityText = serde_json::from_slice(&text).map_err(Error::defect)?;
    Ok(Activity {
        id: card.id,
        version: table::read(item, "version")?,
        created_at: card.created_at,
        updated_at: card.updated_at,
        investor_id: card.investor_id,
        kind: card.kind,
        occurred_at: card.occurred_at,
        summary: text.summary,
        details: text.details,
        participants: text.participants,
        follow_up_on: card.follow_up_on,
        created_by: card.created_by,
        created_by_name: card.created_by_name,
    })
}
