//! The audit trail: who did what to which entity, when, from where, with before and after.
//!
//! Two kinds of records share an entity's partition. A *change* is written in the same transaction as the change itself
//! and extends the entity's hash chain, whose head the entity carries. An *access* (a read of personal data, a login, a
//! refusal) is written before the answer leaves and linked into the entity's access chain by the stream ([`link`]).

mod chain;
mod plain;

pub use chain::{Head, Record, access_head, link};
pub use plain::{Plain, plain_change};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::caller::Actor;
use crate::cipher::{Cipher, Sealed};
use crate::table::{self, Draft, Key, Transaction};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;

/// What an audit record is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `investor`, `activity`, `reminder`, `user`, `import`, `login`, `product`, `task`, ….
    pub entity_type: String,
    /// The entity's id.
    pub entity_id: String,
    /// The entity that holds it (an activity's investor), when there is one.
    pub parent_id: Option<String>,
}

impl Subject {
    /// An entity that stands by itself.
    pub fn new(entity_type: &str, entity_id: impl std::fmt::Display) -> Self {
        Self { entity_type: entity_type.into(), entity_id: entity_id.to_string(), parent_id: None }
    }

    /// An entity inside another one.
    #[must_use]
    pub fn within(self, parent_id: impl std::fmt::Display) -> Self {
        Self { parent_id: Some(parent_id.to_string()), ..self }
    }

    #[must_use]
    pub fn pk(&self) -> String {
        format!("AUDIT#{}#{}", self.entity_type, self.entity_id)
    }
}

/// A value of a field as the trail keeps it; personal data only as ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Personal text, sealed with the subject's data key.
    Sealed(Sealed),
}

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name in the API.
    pub field: String,
    /// Its value before; none when it was empty or new.
    pub before: Option<Kept>,
    /// Its value after; none when it was cleared.
    pub after: Option<Kept>,
}

/// A field's value for comparing two versions of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// Text that anyone who reads the trail may see.
    Plain(Option<String>),
    /// A list of such texts.
    List(Vec<String>),
    /// Personal text.
    Personal(Option<String>),
}

/// The fields of an entity by their names in the API.
pub type Fields = Vec<(&'static str, Compared)>;

/// The fields that differ; `before` is empty for a new entity. Personal values are sealed with `cipher` for `record`.
pub fn differences(before: &Fields, after: &Fields, cipher: &Cipher, record: Uuid) -> Result<Vec<FieldChange>, Error> {
    compare(before, after, Some(cipher), record)
}

/// Like [`differences`] for an entity that holds no personal data.
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

/// One field that changed, as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldChange)]
pub struct ChangeView {
    /// The field's name.
    pub field: String,
    /// Its value before.
    pub before: Option<Value>,
    /// Its value after.
    pub after: Option<Value>,
    /// Whether it holds personal data that is not shown here.
    pub sealed: bool,
}

/// An audit record as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditRecord {
    /// The record's id.
    pub id: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it; none for the system and for strangers.
    pub actor_id: Option<UserId>,
    /// The actor's name at the time.
    pub actor_name: String,
    /// What was done: an operation (`investor_update`), or `login_failed`, `denied`, ….
    pub action: String,
    /// The kind of entity.
    pub entity_type: String,
    /// The entity.
    pub entity_id: String,
    /// Place in the entity's chain; none while an access is not linked yet.
    pub sequence: Option<u64>,
    /// The request that did it.
    pub request_id: String,
    /// The client's address.
    pub ip: Option<String>,
    /// What changed.
    pub changes: Vec<ChangeView>,
    /// The record's hash, base64url of SHA-256.
    pub hash: Option<String>,
    /// The hash of the record before it in the chain.
    pub previous_hash: Option<String>,
}

/// The record as the API shows it; personal values are opened only with the subject's `cipher`.
#[must_use]
pub fn view(record: Record, cipher: Option<&Cipher>) -> AuditRecord {
    let id = record.id;
    let changes = record.changes.into_iter().map(|change| change_view(change, id, cipher)).collect();
    AuditRecord {
        id,
        at: record.at,
        actor_id: record.actor_id,
        actor_name: record.actor_name,
        action: record.action,
        entity_type: record.subject.entity_type,
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

/// Adds the record of a change to `transaction` and gives back the entity's new chain head. `sequence` is the entity's
/// new version: each version has exactly one record.
#[allow(
    clippy::too_many_arguments,
    reason = "a record has that many independent parts; a struct would only name them twice"
)]
pub fn change(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    action: &str,
    subject: Subject,
    sequence: u64,
    previous: Option<&Head>,
    id: Uuid,
    changes: Vec<FieldChange>,
) -> Result<Head, Error> {
    let mut record = Record::new(id, actor, action, subject, changes);
    record.link_to(sequence, previous.map(|head| head.hash.clone()));
    let head = Head { sequence, hash: record.hash.clone().unwrap_or_default() };
    app.table().create(transaction, record.draft("audit_change", "CHANGE")?, |_| Error::StaleVersion)?;
    Ok(head)
}

/// Records an access: something that was done without changing the entity. Returns when it is stored.
pub async fn access(
    app: &App,
    actor: &Actor,
    action: &str,
    subject: Subject,
    changes: Vec<FieldChange>,
) -> Result<(), Error> {
    let record = Record::new(kernel::id::new(), actor, action, subject, changes);
    let item = record.draft("audit_access", "ACCESS")?.into_item();
    let put = app.table().client().put_item().table_name(app.table().name()).set_item(Some(item));
    put.send().await.map_err(table::failure)?;
    Ok(())
}

/// Adds an access record to a transaction, for an access that comes with writes of its own (a login).
pub fn access_in(
    app: &App,
    transaction: &mut Transaction,
    actor: &Actor,
    action: &str,
    subject: Subject,
) -> Result<(), Error> {
    let record = Record::new(kernel::id::new(), actor, action, subject, Vec::new());
    app.table().put(transaction, record.draft("audit_access", "ACCESS")?)
}

/// Where the head of the chain of changes is kept of an entity that is gone.
fn head_key(subject: &Subject) -> Key {
    Key::new(subject.pk(), "HEAD#change")
}

/// Keeps the head of a chain of changes with the chain, because the entity that carries it is removed without a trace.
pub fn keep_head(app: &App, transaction: &mut Transaction, subject: &Subject, head: &Head) -> Result<(), Error> {
    app.table().put(transaction, Draft::new(head_key(subject), "audit_head", head)?)
}

/// The head of the chain of changes of an entity that is gone.
pub async fn kept_head(app: &App, subject: &Subject) -> Result<Option<Head>, Error> {
    let found = app.table().get(head_key(subject)).await?;
    found.map(|item| table::read(&item, "data")).transpose()
}

impl Record {
    /// The item of this record; `chain` is `CHANGE` or `ACCESS`.
    fn draft(&self, kind: &str, chain: &str) -> Result<Draft, Error> {
        let position = self.position();
        let key = Key::new(self.subject.pk(), format!("{chain}#{position}"));
        let draft = Draft::new(key, kind, &())?.card(self)?.index(
            "gsi1",
            format!("AUDIT#{}", self.at.month()),
            position.clone(),
        );
        Ok(match self.actor_id {
            Some(actor) => draft.index("gsi2", format!("AUDIT#ACTOR#{actor}"), position),
            None => draft,
        })
    }

    fn position(&self) -> String {
        format!("{}#{}", self.at, self.id)
    }
}
