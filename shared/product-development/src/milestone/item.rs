//! How a milestone is stored.

use super::Milestone;
use crate::product;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId};
use platform::audit::Head;
use platform::table::{self, Condition, Draft, Item, Key, Transaction};

/// Prefix of the sort keys of a product's milestones.
const PREFIX: &str = "MILESTONE#";

/// Primary key of a milestone.
#[must_use]
pub fn item_key(product: ProductId, id: MilestoneId) -> Key {
    Key::new(product::partition(product), format!("{PREFIX}{id}"))
}

/// The milestone at `key`. `None` if the key is not a milestone's.
pub(super) fn id_in(key: &Key) -> Option<MilestoneId> {
    key.sk.strip_prefix(PREFIX)?.parse().ok()
}

/// Partition in `gsi1` of a product's milestones, by due date.
#[must_use]
pub fn listed(product: ProductId) -> String {
    format!("MILESTONES#{product}")
}

/// Makes the transaction conditional on the milestone existing: only milestones that are not deleted are in the list. The error names the
/// field `milestone_id`.
pub fn require(transaction: &mut Transaction, product: ProductId, id: MilestoneId) {
    transaction.require(item_key(product, id), Condition::exists("gsi1pk"), |_| {
        Error::field("milestone_id", "is not a milestone of this product")
    });
}

pub(super) fn draft(milestone: &Milestone, head: &Head) -> Result<Draft, Error> {
    let place = format!("{}#{}", milestone.due_on, milestone.id);
    Ok(Draft::new(item_key(milestone.product_id, milestone.id), ItemType::Milestone, &())?
        .number("version", milestone.version)
        .card(milestone)?
        .object("audit_head", head)?
        .index("gsi1", listed(milestone.product_id), place))
}

/// The tombstone of a deleted milestone: its history is kept, and nothing can be assigned to it.
pub(super) fn tombstone(milestone: &Milestone, head: &Head) -> Result<Draft, Error> {
    Draft::new(item_key(milestone.product_id, milestone.id), ItemType::MilestoneDeleted, &())?
        .number("version", milestone.version)
        .object("audit_head", head)
}

/// Reads the milestone in an item and the head of its audit chain, unless it is deleted.
pub(super) fn open(item: Option<&Item>) -> Result<(Milestone, Head), Error> {
    let there = item.filter(|item| table::item_type(item) == Some(ItemType::Milestone));
    let item = there.ok_or(Error::NotFound { what: "milestone" })?;
    Ok((table::read(item, "card")?, table::read(item, "audit_head")?))
}
