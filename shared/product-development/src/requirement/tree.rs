//! Requirement parents: requirements form trees, and concurrent changes cannot break that.
//!
//! Giving a requirement a new parent walks from that parent up to the root and makes each step a condition of the transaction. Two moves
//! that would form a cycle together each lie on the other's path, so the later one is refused.

use super::item;
use super::link::{exists, unknown};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use platform::app::App;
use platform::table::{self, Condition, Item, Transaction, Write};

/// Maximum number of levels above a requirement.
const MAX_LEVELS: usize = 20;

/// One step on the path to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub id: RequirementId,
    pub parent: Option<RequirementId>,
}

/// Walks from `parent` up to its root. One round trip per level. Refuses a path that leads through `moved`, which would form a cycle.
pub(super) async fn path_to_root(
    app: &App,
    product: ProductId,
    moved: RequirementId,
    parent: RequirementId,
) -> Result<Vec<Step>, Error> {
    let mut path: Vec<Step> = Vec::new();
    let mut next = Some(parent);
    while let Some(id) = next {
        if id == moved {
            return Err(Error::field("parent_id", "must not be the requirement itself or one of its descendants"));
        }
        if path.len() == MAX_LEVELS {
            return Err(Error::field("parent_id", format!("must have fewer than {MAX_LEVELS} levels above it")));
        }
        let found = app.table().get(item::item_key(product, id)).await?;
        match found.filter(|item| table::item_type(item) == Some(ItemType::Requirement)) {
            Some(item) => next = parent_of(&item)?,
            None if path.is_empty() => return Err(unknown("parent_id")),
            None => return Err(moving()),
        }
        path.push(Step { id, parent: next });
    }
    Ok(path)
}

fn parent_of(item: &Item) -> Result<Option<RequirementId>, Error> {
    table::text(item, "parent_id").map(|id| id.parse().map_err(Error::defect)).transpose()
}

fn moving() -> Error {
    Error::conflict("requirements_moving", "Other people are moving these requirements right now. Try again.")
}

/// Makes the transaction conditional on a step of the path being unchanged since it was read.
pub(super) fn require_step(transaction: &mut Transaction, product: ProductId, step: Step) {
    let unmoved = match step.parent {
        Some(parent) => Condition::is("parent_id", parent.to_string()),
        None => Condition::absent("parent_id"),
    };
    transaction.require(item::item_key(product, step.id), exists().and(unmoved), |found| {
        let there = found.is_some_and(|item| table::item_type(item) == Some(ItemType::Requirement));
        if there { moving() } else { unknown("parent_id") }
    });
}

/// Counts a child that `parent` gains (1) or loses (-1).
pub(super) fn count_child(transaction: &mut Transaction, product: ProductId, parent: RequirementId, by: i64) {
    let update = Write::update(item::children_key(product, parent));
    let update = update.set("type", ItemType::Children.as_str()).add("children", by);
    transaction.push(update, |_| Error::internal("could not count a child"));
}

/// Removes the counter of a requirement's children, which must be zero.
pub(super) fn require_childless(transaction: &mut Transaction, product: ProductId, id: RequirementId) {
    let childless = Condition::absent("children").or(Condition::is("children", 0));
    transaction.push(Write::delete(item::children_key(product, id)).when(childless), |_| {
        Error::conflict("requirement_has_children", "Move or delete the requirements below this one first.")
    });
}
