//! Audit records for entities without personal data.

use super::{Fields, Head, Subject, change, plain_differences};
use crate::app::App;
use crate::caller::Caller;
use crate::http::Versioned;
use crate::table::Transaction;
use kernel::error::Error;

/// An entity whose fields are stored in the audit trail as plain text: a product or one of its children.
pub trait Plain: Versioned {
    /// The subject of its records.
    fn subject(&self) -> Subject;
    /// The fields to compare.
    fn fields(&self) -> Fields;
}

/// Adds a change record with the fields that differ between `before` and `after` to the transaction. `before` comes with its
/// chain head and is `None` for a new entity. Returns the new chain head.
pub fn plain_change<T: Plain>(
    app: &App,
    caller: &Caller,
    transaction: &mut Transaction,
    action: &str,
    before: Option<(&T, &Head)>,
    after: &T,
) -> Result<Head, Error> {
    let old = before.map(|(entity, _)| entity.fields()).unwrap_or_default();
    let changes = plain_differences(&old, &after.fields())?;
    let head = before.map(|(_, head)| head);
    let (id, version) = (kernel::id::new(), after.version());
    change(app, transaction, &caller.actor, action, after.subject(), version, head, id, changes)
}
