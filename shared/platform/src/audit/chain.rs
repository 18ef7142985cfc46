//! Audit records and their hash chains.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{FieldChange, Subject};
use crate::app::App;
use crate::caller::{Actor, Cause};
use crate::hash::sha256;
use crate::retry::{Policy, Retry};
use crate::table::{self, Attribute, Condition, Draft, Item, Key, Put, Transaction, Write};
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

/// Links an access record received from the stream into its entity's access chain. Idempotent.
pub async fn link(app: &App, key: Key) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let Some(item) = app.table().get(key.clone()).await? else {
            return Ok(());
        };
        let mut record: Record = table::read(&item, "card")?;
        if record.hash.is_some() {
            return Ok(());
        }
        let head = access_head(app, &key.pk).await?;
        let sequence = head.as_ref().map_or(1, |h| h.sequence + 1);
        record.link_to(sequence, head.as_ref().map(|h| h.hash.clone()));
        let mut transaction = Transaction::new();
        transaction.push(linked_record(item, &record)?, |_| Error::StaleVersion);
        transaction.push(moved_head(&key.pk, &record, head.as_ref())?, |_| Error::StaleVersion);
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

/// The whole item is put again, not updated: only `PutItem` is granted on the trail.
fn linked_record(mut item: Item, record: &Record) -> Result<Write<Put>, Error> {
    let unlinked = Condition::absent("card.hash").or(Condition::null("card.hash"));
    item.insert("card".into(), Attribute::of(record)?.into_value());
    Ok(Write::put_item(item).when(Condition::exists("pk").and(unlinked)))
}

fn moved_head(pk: &str, record: &Record, old: Option<&Head>) -> Result<Write<Put>, Error> {
    let sequence = record.sequence.unwrap_or(1);
    let head = Head { sequence, hash: record.hash.clone().unwrap_or_default() };
    let draft = Draft::new(access_head_key(pk), ItemType::AuditHead, &head)?.number("version", sequence);
    Ok(match old {
        None => Write::create(draft),
        Some(old) => Write::put(draft).when(Condition::is("version", old.sequence)),
    })
}
