//! How a rule is stored: under its product.

use super::Rule;
use crate::product;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RuleId, TaskId};
use kernel::time::Timestamp;
use platform::audit::Head;
use platform::page::{List, Order, Source};
use platform::table::{self, Draft, Item, Key};

/// Prefix of all rule sort keys.
const PREFIX: &str = "RULE#";
/// How long a rule run is remembered for its cause, in seconds: far longer than the stream can redeliver a record.
const REMEMBERED_SECONDS: i64 = 7 * 24 * 3600;

/// Primary key of a rule.
#[must_use]
pub fn key(product: ProductId, id: RuleId) -> Key {
    Key::new(product::partition(product), format!("{PREFIX}{id}"))
}

/// The rules of a product, oldest first.
pub(super) fn all(product: ProductId) -> List {
    let list = List::new("rules", Source::table(product::partition(product), PREFIX), Order::Ascending);
    List { consistent: true, ..list }
}

pub(super) fn draft(rule: &Rule, head: &Head) -> Result<Draft, Error> {
    Draft::new(key(rule.product_id, rule.id), ItemType::Rule, rule)?
        .number("version", rule.version)
        .object("audit_head", head)
}

/// The tombstone of a deleted rule: the head of its audit chain.
pub(super) fn tombstone(rule: &Rule, head: &Head) -> Result<Draft, Error> {
    Draft::new(key(rule.product_id, rule.id), ItemType::RuleDeleted, &())?
        .number("version", rule.version)
        .object("audit_head", head)
}

/// Reads the rule in an item. `None` if the item is not a rule.
pub(super) fn open(item: &Item) -> Result<Option<Rule>, Error> {
    if table::item_type(item) == Some(ItemType::Rule) { table::read(item, "data").map(Some) } else { Ok(None) }
}

/// The marker that records that a rule has acted on a task for a cause.
pub(super) fn marker(rule: &Rule, task: TaskId, occurrence: &str) -> Result<Draft, Error> {
    let key = Key::new(format!("RULE_RUN#{}", rule.id), format!("{occurrence}#{task}"));
    Ok(Draft::new(key, ItemType::RuleRun, &())?.number("expires_at", Timestamp::now().as_second() + REMEMBERED_SECONDS))
}
