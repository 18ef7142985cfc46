//! Changes of what holds no personal data.

use super::{Fields, Head, Subject, change, plain_differences};
use crate::app::App;
use crate::caller::Caller;
use crate::http::Versioned;
use crate::table::Transaction;
use kernel::error::Error;

/// An entity whose fields the trail keeps in the clear: a product, or what is below one.
pub trait Plain: Versioned {
    /// What its records are about.
    fn subject(&self) -> Subject;
    /// Its fields.
    fn fields(&self) -> Fields;
}

/// Adds the record of a change to the transaction: what of `after` differs from `before`, which has the head of its chain with it
/// and is none for a new entity. Gives the chain's new head.
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
