//! A unit of work: everything that one operation writes, in one transaction, and its actor.

use std::ops::{Deref, DerefMut};

use kernel::{Error, ItemType, Operation};
use uuid::Uuid;

use crate::app::App;
use crate::audit::{self, FieldChange, Head, Plain, Record, Subject};
use crate::caller::{Actor, Caller};
use crate::idempotency::{self, StoredAnswer};
use crate::table::Transaction;

/// The writes of one operation, with what their audit records need. Writes are added as to any [`Transaction`].
pub struct Work<'a> {
    /// The state of the function.
    pub app: &'a App,
    /// The actor named in the audit records.
    pub actor: &'a Actor,
    /// The operation named in the audit records.
    pub operation: Operation,
    caller: Option<&'a Caller>,
    transaction: Transaction,
}

impl<'a> Work<'a> {
    /// Work that `caller` asked for. Its response is stored if the request has an `Idempotency-Key`.
    #[must_use]
    pub fn new(app: &'a App, caller: &'a Caller, operation: Operation) -> Self {
        let transaction = Transaction::new();
        Self { app, actor: &caller.actor, operation, caller: Some(caller), transaction }
    }

    /// Work of `actor` that answers no request, such as a slice of a background job.
    #[must_use]
    pub fn of(app: &'a App, actor: &'a Actor, operation: Operation) -> Self {
        Self { app, actor, operation, caller: None, transaction: Transaction::new() }
    }

    /// Adds a change record and returns the entity's new chain head. `sequence` is the entity's new version: each version has exactly
    /// one record. `previous` is the head before the change, `id` the record's ID, to which sealed values are bound.
    pub fn record(
        &mut self,
        subject: Subject,
        sequence: u64,
        previous: Option<&Head>,
        id: Uuid,
        changes: Vec<FieldChange>,
    ) -> Result<Head, Error> {
        let mut record = Record::new(id, self.actor, self.operation, subject, changes);
        record.link_to(sequence, previous.map(|head| head.hash.clone()));
        let head = Head { sequence, hash: record.hash.clone().unwrap_or_default() };
        self.transaction.create(record.draft(ItemType::AuditChange, "CHANGE")?, |_| Error::StaleVersion);
        Ok(head)
    }

    /// Adds a change record with the fields that differ between `before` and `after`, of an entity without personal data. `before`
    /// comes with its chain head and is `None` for a new entity. Returns the new chain head.
    pub fn record_plain<T: Plain>(&mut self, before: Option<(&T, &Head)>, after: &T) -> Result<Head, Error> {
        let old = before.map(|(entity, _)| entity.fields()).unwrap_or_default();
        let changes = audit::plain_differences(&old, &after.fields())?;
        let head = before.map(|(_, head)| head);
        self.record(after.subject(), after.version(), head, kernel::id::new(), changes)
    }

    /// Adds an access record, for an access that makes its own writes (a login).
    pub fn record_access(&mut self, subject: Subject) -> Result<(), Error> {
        audit::access_in(&mut self.transaction, self.actor, self.operation, subject)
    }

    /// Writes everything at once.
    pub async fn commit(self) -> Result<(), Error> {
        self.app.table().commit(self.transaction).await
    }

    /// Writes everything at once and returns `answer`. With an `Idempotency-Key` the response is stored; if the key was used before,
    /// nothing is written and the first response is returned.
    pub async fn answer(self, answer: StoredAnswer) -> Result<StoredAnswer, Error> {
        match self.caller {
            Some(caller) => idempotency::commit(self.app, caller, self.transaction, answer).await,
            None => self.commit().await.map(|()| answer),
        }
    }
}

impl Deref for Work<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}

impl DerefMut for Work<'_> {
    fn deref_mut(&mut self) -> &mut Transaction {
        &mut self.transaction
    }
}
