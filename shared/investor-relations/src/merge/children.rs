//! Moving one entity from the absorbed investor to the surviving one: the same entity under the other investor's key, resealed
//! with the other data key, continuing its audit chain.

use uuid::Uuid;

use crate::activity;
use crate::cash_flow;
use crate::document;
use crate::investment;
use crate::investor;
use crate::reminder;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestorId};
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{self, FieldChange, Head, Kept, Subject};
use platform::caller::Actor;
use platform::keys::SubjectKey;
use platform::table::{self, Item, Key, Transaction};

/// Maximum attempts to move an entity that is changing concurrently.
const TRIES: u32 = 5;

/// The source and the target of a move.
pub(super) struct Way {
    pub from: InvestorId,
    pub from_key: SubjectKey,
    pub into: InvestorId,
    pub into_key: SubjectKey,
    pub actor: Actor,
}

/// The result for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Moved to the other investor.
    Moved,
    /// Stays: a tombstone, a derived item or the investor itself.
    Stays,
    /// Removed: a leftover part of an entity that was already moved.
    Tidied,
    /// Being sent; can be moved later.
    Later,
}

/// Moves an item that was read from the partition of the absorbed investor.
pub(super) async fn move_item(app: &App, way: &Way, item: &Item) -> Result<Outcome, Error> {
    let sk = table::text(item, "sk").unwrap_or_default();
    let mut present = Some(item.clone());
    for attempt in 1..=TRIES {
        let Some(found) = present.take() else { return Ok(Outcome::Stays) };
        match try_move(app, way, &found).await {
            Err(Error::StaleVersion) if attempt < TRIES => {
                table::pause(attempt).await;
                present = app.table().get(Key::new(investor::key(way.from).pk, sk)).await?;
            }
            Err(Error::StaleVersion) => break,
            other => return other,
        }
    }
    Err(Error::Unavailable("an entity keeps changing".into()))
}

async fn try_move(app: &App, way: &Way, item: &Item) -> Result<Outcome, Error> {
    let (from, into) = (&*way.from_key, &*way.into_key);
    let Some((entity_type, id)) = entity(item)? else {
        return match document::version_of(item) {
            Some(id) => remove_copied(app, way, item, id).await,
            None => Ok(Outcome::Stays),
        };
    };
    if entity_type == "reminder" && reminder::is_being_sent(item, Timestamp::now())? {
        return Ok(Outcome::Later);
    }
    let version: u64 = table::read(item, "version")?;
    let head: Head = table::read(item, "audit_head")?;
    let mut transaction = Transaction::new();
    investor::require_unmerged(app, &mut transaction, way.into)?;
    let record = kernel::id::new();
    let change = FieldChange {
        field: "investor_id".into(),
        before: Some(Kept::Text(way.from.to_string())),
        after: Some(Kept::Text(way.into.to_string())),
    };
    let subject = Subject::new(entity_type, id).within(way.into);
    let (action, next) = (format!("{entity_type}_move"), version + 1);
    let head =
        audit::change(app, &mut transaction, &way.actor, &action, subject, next, Some(&head), record, vec![change])?;
    let moved = match entity_type {
        "activity" => activity::moved(item, from, (way.into, into), next, &head)?,
        "investment" => investment::moved(item, from, (way.into, into), next, &head)?,
        "cash_flow" => cash_flow::moved(item, from, (way.into, into), next, &head)?,
        "reminder" => reminder::moved(item, from, (way.into, into), next, &head)?,
        _ => {
            document::copy_versions(app, (way.from, from), (way.into, into), DocumentId(id)).await?;
            document::moved(item, from, (way.into, into), next, &head)?
        }
    };
    transaction.create(moved, |_| Error::StaleVersion);
    remove(app, &mut transaction, way, item, version)?;
    app.table().commit(transaction).await?;
    Ok(Outcome::Moved)
}

/// Returns the type and id of an entity to move. `None` for everything else.
fn entity(item: &Item) -> Result<Option<(&'static str, Uuid)>, Error> {
    Ok(match table::text(item, "type") {
        Some("activity") => activity::card_of(item)?.map(|card| ("activity", card.id.0)),
        Some("investment") => investment::card_of(item)?.map(|card| ("investment", card.id.0)),
        Some("cash_flow") => cash_flow::card_of(item)?.map(|card| ("cash_flow", card.id.0)),
        Some("document") => document::id_of(item)?.map(|id| ("document", id.0)),
        Some("reminder") => reminder::id_of(item)?.map(|id| ("reminder", id.0)),
        _ => None,
    })
}

/// Adds the deletion of an item, provided it is unchanged since it was read.
fn remove(app: &App, transaction: &mut Transaction, way: &Way, item: &Item, version: u64) -> Result<(), Error> {
    let key = Key::new(investor::key(way.from).pk, table::text(item, "sk").unwrap_or_default());
    let revision = table::read::<u64>(item, "revision").ok();
    let look_at = table::text(item, "gsi2sk");
    transaction.delete_at(key, version, revision, look_at);
    Ok(())
}

/// Removes a version left behind: versions are copied before their document moves, and the originals are removed afterwards.
async fn remove_copied(app: &App, way: &Way, item: &Item, document: DocumentId) -> Result<Outcome, Error> {
    if app.table().get(document::key(way.from, document)).await?.is_some() {
        // The document is deleted; its versions stay with its tombstone.
        return Ok(Outcome::Stays);
    }
    let mut transaction = Transaction::new();
    let key = Key::new(investor::key(way.from).pk, table::text(item, "sk").unwrap_or_default());
    transaction.delete(key);
    app.table().commit(transaction).await?;
    Ok(Outcome::Tidied)
}
