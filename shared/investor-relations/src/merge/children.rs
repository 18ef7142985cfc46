//! Moving one entity from the absorbed investor to the surviving one: the same entity under the other investor's key, resealed
//! with the other data key, continuing its audit chain.

use crate::activity;
use crate::cash_flow;
use crate::document;
use crate::investment;
use crate::investor;
use crate::reminder;
use kernel::error::Error;
use kernel::id::{ActivityId, CashFlowId, DocumentId, InvestmentId, InvestorId, ReminderId};
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{FieldChange, Head, Kept, Subject};
use platform::caller::Actor;
use platform::keys::SubjectKey;
use platform::retry::{Policy, Retry};
use platform::table::{self, Item, Key, Transaction};

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

/// An entity that moves with its investor.
#[derive(Debug, Clone, Copy)]
enum Child {
    Activity(ActivityId),
    CashFlow(CashFlowId),
    Document(DocumentId),
    Investment(InvestmentId),
    Reminder(ReminderId),
}

impl Child {
    /// Reads the entity to move in an item. `None` for everything else that an investor's partition holds.
    fn of(item: &Item) -> Result<Option<Self>, Error> {
        Ok(match table::item_type(item) {
            Some(ItemType::Activity) => activity::card_of(item)?.map(|card| Self::Activity(card.id)),
            Some(ItemType::CashFlow) => cash_flow::card_of(item)?.map(|card| Self::CashFlow(card.id)),
            Some(ItemType::Document) => document::id_of(item)?.map(Self::Document),
            Some(ItemType::Investment) => investment::card_of(item)?.map(|card| Self::Investment(card.id)),
            Some(ItemType::Reminder) => reminder::id_of(item)?.map(Self::Reminder),
            Some(
                ItemType::ActivityDeleted
                | ItemType::CashFlowDeleted
                | ItemType::Counters
                | ItemType::DocumentDeleted
                | ItemType::DocumentVersion
                | ItemType::InvestmentDeleted
                | ItemType::Investor
                | ItemType::Merge
                | ItemType::ReminderDeleted,
            )
            | None => None,
            Some(other) => {
                return Err(Error::internal(format!("nothing says whether {other} moves with its investor")));
            }
        })
    }

    /// The subject of its audit records, with the investor `into`.
    fn subject(self, into: InvestorId) -> Subject {
        let subject = match self {
            Self::Activity(id) => Subject::new(Entity::Activity, id),
            Self::CashFlow(id) => Subject::new(Entity::CashFlow, id),
            Self::Document(id) => Subject::new(Entity::Document, id),
            Self::Investment(id) => Subject::new(Entity::Investment, id),
            Self::Reminder(id) => Subject::new(Entity::Reminder, id),
        };
        subject.within(into)
    }

    /// What the audit trail calls the move.
    fn operation(self) -> Operation {
        match self {
            Self::Activity(_) => Operation::ActivityMove,
            Self::CashFlow(_) => Operation::CashFlowMove,
            Self::Document(_) => Operation::DocumentMove,
            Self::Investment(_) => Operation::InvestmentMove,
            Self::Reminder(_) => Operation::ReminderMove,
        }
    }
}

/// Moves an item that was read from the partition of the absorbed investor.
pub(super) async fn move_item(app: &App, way: &Way, item: &Item) -> Result<Outcome, Error> {
    let mut present = Some(item.clone());
    let mut retry = Retry::new(Policy::Stale);
    loop {
        let Some(found) = present.take() else { return Ok(Outcome::Stays) };
        match try_move(app, way, &found).await {
            Err(Error::StaleVersion) if retry.again().await => present = app.table().get(key(way, item)).await?,
            Err(Error::StaleVersion) => return Err(Error::Unavailable("an entity keeps changing".into())),
            other => return other,
        }
    }
}

/// Primary key of an item of the absorbed investor.
fn key(way: &Way, item: &Item) -> Key {
    Key::new(investor::partition(way.from), table::text(item, "sk").unwrap_or_default())
}

async fn try_move(app: &App, way: &Way, item: &Item) -> Result<Outcome, Error> {
    let (from, into) = (&*way.from_key, &*way.into_key);
    let Some(child) = Child::of(item)? else {
        return match document::version_of(item) {
            Some(id) => remove_copied(app, way, item, id).await,
            None => Ok(Outcome::Stays),
        };
    };
    if matches!(child, Child::Reminder(_)) && reminder::is_being_sent(item, Timestamp::now())? {
        return Ok(Outcome::Later);
    }
    let version: u64 = table::read(item, "version")?;
    let head: Head = table::read(item, "audit_head")?;
    let mut work = Work::of(app, &way.actor, child.operation());
    investor::require_unmerged(&mut work, way.into);
    let change = FieldChange {
        field: "investor_id".into(),
        before: Some(Kept::Text(way.from.to_string())),
        after: Some(Kept::Text(way.into.to_string())),
    };
    let next = version + 1;
    let head = work.record(child.subject(way.into), next, Some(&head), kernel::id::new(), vec![change])?;
    let moved = match child {
        Child::Activity(_) => activity::moved(item, from, (way.into, into), next, &head)?,
        Child::Investment(_) => investment::moved(item, from, (way.into, into), next, &head)?,
        Child::CashFlow(_) => cash_flow::moved(item, from, (way.into, into), next, &head)?,
        Child::Reminder(_) => reminder::moved(item, from, (way.into, into), next, &head)?,
        Child::Document(id) => {
            document::copy_versions(app, (way.from, from), (way.into, into), id).await?;
            document::moved(item, from, (way.into, into), next, &head)?
        }
    };
    work.create(moved, |_| Error::StaleVersion);
    let revision = table::read::<u64>(item, "revision").ok();
    work.delete_at(key(way, item), version, revision, table::text(item, "gsi2sk"));
    work.commit().await?;
    Ok(Outcome::Moved)
}

/// Removes a version left behind: versions are copied before their document moves, and the originals are removed afterwards.
async fn remove_copied(app: &App, way: &Way, item: &Item, document: DocumentId) -> Result<Outcome, Error> {
    if app.table().get(document::key(way.from, document)).await?.is_some() {
        // The document is deleted; its versions stay with its tombstone.
        return Ok(Outcome::Stays);
    }
    let mut transaction = Transaction::new();
    transaction.delete(key(way, item));
    app.table().commit(transaction).await?;
    Ok(Outcome::Tidied)
}
