//! Audit records and their hash chains.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{FieldChange, Subject};
use crate::app::App;
use crate::caller::{Actor, Cause};
use crate::hash::sha256;
use crate::retry::{Policy, Retry};
use crate::table::{self, Attribute, Condition, Draft, Item, Key, MAX_WRITES, Put, Transaction, Write};
use kernel::id::UserId;
use kernel::time::Timestamp;
use kernel::{Error, ItemType, Operation};

/// An audit record as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Record ID.
    pub id: Uuid,
    /// When the action happened.
    pub at: Timestamp,
    /// The user who performed the action.
    pub actor_id: Option<UserId>,
    /// The user's display name at the time.
    pub actor_name: String,
    /// The action.
    pub action: Operation,
    /// The entity acted on.
    #[serde(flatten)]
    pub subject: Subject,
    /// ID of the request that performed the action.
    pub request_id: String,
    /// What caused the action, if nobody asked for it directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The client's IP address.
    pub ip: Option<String>,
    /// The client's `User-Agent`.
    pub user_agent: Option<String>,
    /// The changed fields.
    pub changes: Vec<FieldChange>,
    /// Position in the chain, starting at 1.
    pub sequence: Option<u64>,
    /// Hash of the previous record; `None` for the first one.
    pub previous_hash: Option<String>,
    /// Hash of this record.
    pub hash: Option<String>,
}

/// The newest link in a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of records in the chain.
    pub sequence: u64,
    /// Hash of the newest record.
    pub hash: String,
}

/// Exactly the fields a hash covers, in this order. Changing this breaks every existing chain.
#[derive(Serialize)]
struct Covered<'a> {
    format: &'static str,
    previous_hash: Option<&'a str>,
    sequence: u64,
    id: Uuid,
    at: Timestamp,
    actor_id: Option<UserId>,
    actor_name: &'a str,
    action: &'a str,
    entity_type: &'a str,
    entity_id: &'a str,
    parent_id: Option<&'a str>,
    request_id: &'a str,
    ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    changes: &'a [FieldChange],
    // Omitted if there is none, so that records from before causes existed keep their hashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

impl Record {
    /// A record of what `actor` just did, not yet linked to a chain.
    #[must_use]
    pub fn new(id: Uuid, actor: &Actor, action: Operation, subject: Subject, changes: Vec<FieldChange>) -> Self {
        Self {
            id,
            at: Timestamp::now(),
            actor_id: actor.id,
            actor_name: actor.name.clone(),
            action,
            subject,
            request_id: actor.origin.request_id.clone(),
            cause: actor.origin.cause,
            ip: actor.origin.ip.clone(),
            user_agent: actor.origin.user_agent.clone(),
            changes,
            sequence: None,
            previous_hash: None,
            hash: None,
        }
    }

    /// Sets the record's position in its chain.
    pub fn link_to(&mut self, sequence: u64, previous_hash: Option<String>) {
        self.sequence = Some(sequence);
        self.previous_hash = previous_hash;
        self.hash = Some(self.compute_hash());
    }

    /// Computes the hash this record must have: SHA-256 over its canonical JSON, base64url.
    #[must_use]
    pub fn compute_hash(&self) -> String {
        let covered = Covered {
            format: "steward-audit-1",
            previous_hash: self.previous_hash.as_deref(),
            sequence: self.sequence.unwrap_or(0),
            id: self.id,
            at: self.at,
            actor_id: self.actor_id,
            actor_name: &self.actor_name,
            action: self.action.as_str(),
            entity_type: self.subject.entity_type.as_str(),
            entity_id: &self.subject.entity_id,
            parent_id: self.subject.parent_id.as_deref(),
            request_id: &self.request_id,
            ip: self.ip.as_deref(),
            user_agent: self.user_agent.as_deref(),
            changes: &self.changes,
            cause: self.cause,
        };
        // Serialising these plain types to memory cannot fail.
        let bytes = serde_json::to_vec(&covered).unwrap_or_default();
        sha256(&bytes)
    }
}

pub(super) fn access_head_key(pk: &str) -> Key {
    Key::new(pk, "HEAD#access")
}

/// Reads the head of an entity's access chain.
pub async fn access_head(app: &App, pk: &str) -> Result<Option<Head>, Error> {
    match app.table().get(access_head_key(pk)).await? {
        Some(item) => table::read(&item, "data").map(Some),
        None => Ok(None),
    }
}

/// Links access records of one partition, received from the stream, into the entity's access chain: many in one transaction, so that a
/// busy chain does not hold up the stream. Idempotent.
pub async fn link(app: &App, mut keys: Vec<Key>) -> Result<(), Error> {
    keys.sort_by(|one, other| one.sk.cmp(&other.sk));
    keys.dedup();
    for keys in keys.chunks(MAX_WRITES - 1) {
        link_at_once(app, keys).await?;
    }
    Ok(())
}

async fn link_at_once(app: &App, keys: &[Key]) -> Result<(), Error> {
    let Some(pk) = keys.first().map(|key| key.pk.as_str()) else { return Ok(()) };
    let mut wanted = vec![access_head_key(pk)];
    wanted.extend_from_slice(keys);
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let (mut old, mut found) = (None, Vec::new());
        for item in app.table().get_many(wanted.clone()).await? {
            match table::item_type(&item) {
                Some(ItemType::AuditHead) => old = Some(table::read::<Head>(&item, "data")?),
                _ => found.push((table::read::<Record>(&item, "card")?, item)),
            }
        }
        let Some((linked, head)) = extended(old.as_ref(), found) else { return Ok(()) };
        let mut transaction = Transaction::new();
        for (record, item) in linked {
            transaction.push(linked_record(item, &record)?, |_| Error::StaleVersion);
        }
        transaction.push(moved_head(pk, &head, old.as_ref())?, |_| Error::StaleVersion);
        match app.table().commit(transaction).await {
            Err(Error::StaleVersion | Error::Conflict { .. }) => {
                if !retry.again().await {
                    return Err(Error::Unavailable("too much contention on an access chain".into()));
                }
            }
            done => return done,
        }
    }
}

/// Extends the chain that ends in `head` by those records that are not linked yet, in order of time, and returns them with its new head.
/// `None` if there are none. Each record comes with the item it is stored in.
fn extended<T>(head: Option<&Head>, mut found: Vec<(Record, T)>) -> Option<(Vec<(Record, T)>, Head)> {
    found.retain(|(record, _)| record.hash.is_none());
    found.sort_by_key(|(record, _)| (record.at, record.id));
    found.dedup_by_key(|(record, _)| record.id);
    let mut head = head.cloned();
    for (record, _) in &mut found {
        record.link_to(head.as_ref().map_or(1, |head| head.sequence + 1), head.map(|head| head.hash));
        head = Some(Head { sequence: record.sequence.unwrap_or(1), hash: record.hash.clone().unwrap_or_default() });
    }
    head.filter(|_| !found.is_empty()).map(|head| (found, head))
}

/// The whole item is put again, not updated: only `PutItem` is granted on the trail.
fn linked_record(mut item: Item, record: &Record) -> Result<Write<Put>, Error> {
    let unlinked = Condition::absent("card.hash").or(Condition::null("card.hash"));
    item.insert("card".into(), Attribute::of(record)?.into_value());
    Ok(Write::put_item(item).when(Condition::exists("pk").and(unlinked)))
}

fn moved_head(pk: &str, head: &Head, old: Option<&Head>) -> Result<Write<Put>, Error> {
    let draft = Draft::new(access_head_key(pk), ItemType::AuditHead, head)?.number("version", head.sequence);
    Ok(match old {
        None => Write::create(draft),
        Some(old) => Write::put(draft).when(Condition::is("version", old.sequence)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Origin;
    use kernel::Entity;
    use proptest::prelude::*;

    fn accesses(number: usize) -> Vec<Record> {
        let actor = Actor::system(Origin::default());
        let subject = Subject::new(Entity::Login, "unknown-2026-11-30T21");
        let record = || Record::new(kernel::id::new(), &actor, Operation::LoginFailed, subject.clone(), Vec::new());
        std::iter::repeat_with(record).take(number).collect()
    }

    /// Delivers the records at these places to `stored` as one batch.
    fn deliver(stored: &mut [Record], head: Option<Head>, places: &[usize]) -> Option<Head> {
        let found = places.iter().map(|place| (stored[*place].clone(), *place)).collect();
        let Some((linked, head)) = extended(head.as_ref(), found) else { return head };
        for (record, place) in linked {
            stored[place] = record;
        }
        Some(head)
    }

    proptest! {
        #[test]
        fn a_batch_in_any_order_makes_the_same_chain(
            places in Just((0..12).collect::<Vec<usize>>()).prop_shuffle(),
            again in prop::collection::vec(0_usize..12, 0..6),
        ) {
            let (mut straight, order) = (accesses(12), (0..12).collect::<Vec<_>>());
            let mut shuffled = straight.clone();
            let expected = deliver(&mut straight, None, &order);
            let places = [places, again].concat();
            prop_assert_eq!(deliver(&mut shuffled, None, &places), expected);
            prop_assert_eq!(shuffled, straight);
        }

        #[test]
        fn batches_with_repeats_make_one_whole_chain(
            batches in prop::collection::vec(prop::collection::vec(0_usize..20, 0..8), 0..12),
        ) {
            let mut stored = accesses(20);
            let mut head = None;
            let last = (0..20).collect::<Vec<_>>();
            for batch in batches.iter().chain([&last, &last]) {
                head = deliver(&mut stored, head, batch);
            }
            stored.sort_by_key(|record| record.sequence);
            let mut previous = None;
            for (place, record) in stored.iter().enumerate() {
                prop_assert_eq!(record.sequence, Some(place as u64 + 1));
                prop_assert_eq!(&record.previous_hash, &previous);
                prop_assert_eq!(record.hash.clone(), Some(record.compute_hash()));
                previous.clone_from(&record.hash);
            }
            prop_assert_eq!(head.map(|head| (head.sequence, Some(head.hash))), Some((20, previous)));
        }
    }
}
