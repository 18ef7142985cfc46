//! The audit trail: who did what to which entity, when and from where, with the values before and after.
//!
//! An entity's partition holds two kinds of records. A *change* is written in the same transaction as the change itself and
//! extends the entity's hash chain; the entity carries the head of that chain. An *access* (a read of personal data, a login,
//! a refusal) is written before the response is sent and linked into the entity's access chain by the stream ([`link`]).

mod chain;
mod plain;

pub use chain::{Head, Record, access_head, link};
pub use plain::Plain;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::caller::Actor;
use crate::cipher::{Cipher, Sealed};
use crate::table::{self, Draft, Key, Transaction, Write};
use kernel::id::UserId;
use kernel::time::Timestamp;
use kernel::{Entity, Error, ItemType, Operation};

/// The entity an audit record refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Kind of entity.
    pub entity_type: Entity,
    /// Entity ID.
    pub entity_id: String,
    /// The parent entity (an activity's investor), if there is one.
    pub parent_id: Option<String>,
}

impl Subject {
    /// A top-level entity.
    pub fn new(entity_type: Entity, entity_id: impl std::fmt::Display) -> Self {
        Self { entity_type, entity_id: entity_id.to_string(), parent_id: None }
    }

    /// Sets the parent entity.
    #[must_use]
    pub fn within(self, parent_id: impl std::fmt::Display) -> Self {
        Self { parent_id: Some(parent_id.to_string()), ..self }
    }

    /// Partition key of the entity's audit records.
    #[must_use]
    pub fn pk(&self) -> String {
        format!("AUDIT#{}#{}", self.entity_type, self.entity_id)
    }
}

/// A field value as stored in the audit trail; personal data is stored only as ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Text.
    Text(String),
    /// A list of text values.
    List(Vec<String>),
    /// Personal text, sealed with the subject's data key.
    Sealed(Sealed),
}

/// A changed field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Name of the field in the API.
    pub field: String,
    /// Value before the change; `None` if the field was empty or new.
    pub before: Option<Kept>,
    /// Value after the change; `None` if the field was cleared.
    pub after: Option<Kept>,
}

/// A field value used to compare two versions of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// Text that anyone with access to the audit trail can see.
    Plain(Option<String>),
    /// A list of such text values.
    List(Vec<String>),
    /// Personal text.
    Personal(Option<String>),
}

/// An entity's fields, keyed by their API names.
pub type Fields = Vec<(&'static str, Compared)>;

/// Returns the fields that differ; `before` is empty for a new entity. Seals personal values with `cipher` for `record`.
pub fn differences(before: &Fields, after: &Fields, cipher: &Cipher, record: Uuid) -> Result<Vec<FieldChange>, Error> {
    compare(before, after, Some(cipher), record)
}

/// Like [`differences`], for an entity without personal data.
pub fn plain_differences(before: &Fields, after: &Fields) -> Result<Vec<FieldChange>, Error> {
    compare(before, after, None, Uuid::nil())
}

fn compare(before: &Fields, after: &Fields, cipher: Option<&Cipher>, record: Uuid) -> Result<Vec<FieldChange>, Error> {
    let mut changes = Vec::new();
    for (field, new) in after {
        let old = before.iter().find(|(name, _)| name == field).map(|(_, value)| value);
        if old == Some(new) {
            continue;
        }
        let keep = |value: Option<&Compared>, side: &str| keep(value, cipher, &place(record, field, side));
        let change =
            FieldChange { field: (*field).into(), before: keep(old, "before")?, after: keep(Some(new), "after")? };
        if change.before.is_some() || change.after.is_some() {
            changes.push(change);
        }
    }
    Ok(changes)
}

fn place(record: Uuid, field: &str, side: &str) -> String {
    format!("audit/{record}/{field}/{side}")
}

fn keep(value: Option<&Compared>, cipher: Option<&Cipher>, place: &str) -> Result<Option<Kept>, Error> {
    Ok(match value {
        Some(Compared::Plain(Some(text))) => Some(Kept::Text(text.clone())),
        Some(Compared::List(list)) if !list.is_empty() => Some(Kept::List(list.clone())),
        Some(Compared::Personal(Some(text))) => {
            let cipher = cipher.ok_or_else(|| Error::internal("a personal field has no key"))?;
            Some(Kept::Sealed(cipher.seal_text(place, text)?))
        }
        _ => None,
    })
}

/// A changed field, as returned by the API.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldChange)]
pub struct ChangeView {
    /// Field name.
    pub field: String,
    /// Value before the change.
    pub before: Option<Value>,
    /// Value after the change.
    pub after: Option<Value>,
    /// Whether the field holds personal data that is not shown here.
    pub sealed: bool,
}

/// An audit record, as returned by the API.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditRecord {
    /// Record ID.
    pub id: Uuid,
    /// When the action happened.
    pub at: Timestamp,
    /// The user who performed the action; null for the system and for unauthenticated callers.
    pub actor_id: Option<UserId>,
    /// The actor's display name at the time.
    pub actor_name: String,
    /// The action: an operation (`investor_update`), or `login_failed`, `denied`, ….
    pub action: String,
    /// Entity type.
    pub entity_type: String,
    /// Entity ID.
    pub entity_id: String,
    /// Position in the entity's chain; null while an access record has not been linked yet.
    pub sequence: Option<u64>,
    /// ID of the request that performed the action.
    pub request_id: String,
    /// The client's IP address.
    pub ip: Option<String>,
    /// The changed fields.
    pub changes: Vec<ChangeView>,
    /// The record's hash: SHA-256, base64url.
    pub hash: Option<String>,
    /// The hash of the previous record in the chain.
    pub previous_hash: Option<String>,
}

/// Converts a record to its API form; personal values are decrypted only if the subject's `cipher` is given.
#[must_use]
pub fn view(record: Record, cipher: Option<&Cipher>) -> AuditRecord {
    let id = record.id;
    let changes = record.changes.into_iter().map(|change| change_view(change, id, cipher)).collect();
    AuditRecord {
        id,
        at: record.at,
        actor_id: record.actor_id,
        actor_name: record.actor_name,
        action: record.action.to_string(),
        entity_type: record.subject.entity_type.to_string(),
        entity_id: record.subject.entity_id,
        sequence: record.sequence,
        request_id: record.request_id,
        ip: record.ip,
        changes,
        hash: record.hash,
        previous_hash: record.previous_hash,
    }
}

fn change_view(change: FieldChange, record: Uuid, cipher: Option<&Cipher>) -> ChangeView {
    let mut sealed = false;
    let mut show = |kept: Option<Kept>, side: &str| match kept {
        None => None,
        Some(Kept::Text(text)) => Some(Value::String(text)),
        Some(Kept::List(list)) => Some(list.into()),
        Some(Kept::Sealed(text)) => {
            let opened = cipher.and_then(|c| c.open_text(&place(record, &change.field, side), &text).ok());
            sealed |= opened.is_none();
            opened.map(Value::String)
        }
    };
    let before = show(change.before, "before");
    let after = show(change.after, "after");
    ChangeView { field: change.field, before, after, sealed }
}

/// Records an access: an action that did not change the entity. Returns once the record is stored.
pub async fn access(
    app: &App,
    actor: &Actor,
    operation: Operation,
    subject: Subject,
    changes: Vec<FieldChange>,
) -> Result<(), Error> {
    let record = Record::new(kernel::id::new(), actor, operation, subject, changes);
    app.table().put(Write::put(record.draft(ItemType::AuditAccess, "ACCESS")?)).await.map(drop)
}

/// Adds an access record to a transaction, for an access that makes its own writes (a login).
pub fn access_in(
    transaction: &mut Transaction,
    actor: &Actor,
    operation: Operation,
    subject: Subject,
) -> Result<(), Error> {
    let record = Record::new(kernel::id::new(), actor, operation, subject, Vec::new());
    transaction.put(record.draft(ItemType::AuditAccess, "ACCESS")?);
    Ok(())
}

/// Partition in `gsi1` of all records of a month, such as `2026-11`, by time.
#[must_use]
pub fn of_month(month: &str) -> String {
    format!("AUDIT#{month}")
}

/// Partition in `gsi2` of an actor's records, by time.
#[must_use]
pub fn of_actor(actor: UserId) -> String {
    format!("AUDIT#ACTOR#{actor}")
}

/// Key of the stored change chain head of a deleted entity.
fn head_key(subject: &Subject) -> Key {
    Key::new(subject.pk(), "HEAD#change")
}

/// Stores the change chain head next to the chain, because the entity that carries it is deleted for good.
pub fn keep_head(transaction: &mut Transaction, subject: &Subject, head: &Head) -> Result<(), Error> {
    transaction.put(Draft::new(head_key(subject), ItemType::AuditHead, head)?);
    Ok(())
}

/// Reads the change chain head of a deleted entity.
pub async fn kept_head(app: &App, subject: &Subject) -> Result<Option<Head>, Error> {
    let found = app.table().get(head_key(subject)).await?;
    found.map(|item| table::read(&item, "data")).transpose()
}

impl Record {
    /// Builds the item for this record; `chain` is `CHANGE` or `ACCESS`.
    pub(crate) fn draft(&self, kind: ItemType, chain: &str) -> Result<Draft, Error> {
        let position = self.position();
        let key = Key::new(self.subject.pk(), format!("{chain}#{position}"));
        let draft = Draft::new(key, kind, &())?.card(self)?.index("gsi1", of_month(&self.at.month()), position.clone());
        Ok(match self.actor_id {
            Some(actor) => draft.index("gsi2", of_actor(actor), position),
            None => draft,
        })
    }

    fn position(&self) -> String {
        format!("{}#{}", self.at, self.id)
    }
}
