//! Requirement parents: requirements form trees, and concurrent changes cannot break that.
//!
//! Giving a requirement a new parent walks from that parent up to the root and makes each step a condition of the transaction. Two moves
//! that would form a cycle together each lie on the other's path, so the later one is refused.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};

use super::item;
use super::link::{THERE, unknown};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use platform::app::App;
use platform::table::{self, Item, Transaction};

/// Maximum number of levels above a requirement.
pub const MOST_LEVELS: usize = 20;

/// One step on the path to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub id: RequirementId,
    pub parent: Option<RequirementId>,
}

/// Walks from `parent` up to its root. One round trip per level. Refuses a path that leads through `moved`, which would form a cycle.
pub(super) async fn way_up(
    app: &App,
    product: ProductId,
    moved: RequirementId,
    parent: RequirementId,
) -> Result<Vec<Step>, Error> {
    let mut way: Vec<Step> = Vec::new();
    let mut next = Some(parent);
    while let Some(id) = next {
        if id == moved {
            return Err(Error::field("parent_id", "must not be the requirement itself or one of its descendants"));
        }
        if way.len() == MOST_LEVELS {
            return Err(Error::field("parent_id", format!("must have fewer than {MOST_LEVELS} levels above it")));
        }
        let found = app.table().get(item::item_key(product, id)).await?;
        match found.filter(|item| table::item_type(item) == Some(ItemType::Requirement)) {
            Some(item) => next = parent_of(&item)?,
            None if way.is_empty() => return Err(unknown("parent_id")),
            None => return Err(moving()),
        }
        way.push(Step { id, parent: next });
    }
    Ok(way)
}

fn parent_of(item: &Item) -> Result<Option<RequirementId>, Error> {
    table::text(item, "parent_id").map(|id| id.parse().map_err(Error::defect)).transpose()
}

fn moving() -> Error {
    Error::conflict("requirements_moving", "Other people are moving these requirements right now. Try again.")
}

/// Makes the transaction conditional on a step of the path being unchanged since it was read.
pub(super) fn require_step(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    step: Step,
) -> Result<(), Error> {
    let parent = step.parent.map(|id| id.to_string());
    let (condition, values) = match &parent {
        Some(parent) => (format!("{THERE} AND parent_id = :parent"), vec![(":parent", parent.as_str())]),
        None => (format!("{THERE} AND attribute_not_exists(parent_id)"), vec![]),
    };
    transaction.require(item::item_key(product, step.id), &condition, &values, |found| {
        let there = found.is_some_and(|item| table::item_type(item) == Some(ItemType::Requirement));
        if there { moving() } else { unknown("parent_id") }
    });
    Ok(())
}

/// Counts a child that `parent` gains (1) or loses (-1).
pub(super) fn count_child(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    parent: RequirementId,
    by: i64,
) -> Result<(), Error> {
    let update = app
        .table()
        .update_of(item::children_key(product, parent))
        .update_expression("SET #type = :type ADD children :by")
        .expression_attribute_names("#type", "type")
        .expression_attribute_values(":type", AttributeValue::S("children".into()))
        .expression_attribute_values(":by", AttributeValue::N(by.to_string()))
        .build()
        .map_err(Error::defect)?;
    transaction
        .push(TransactWriteItem::builder().update(update).build(), |_| Error::internal("could not count a child"));
    Ok(())
}

/// Removes the counter of a requirement's children, which must be zero.
pub(super) fn require_childless(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    id: RequirementId,
) -> Result<(), Error> {
    let key = item::children_key(product, id);
    let delete = Delete::builder()
        .table_name(app.table().name())
        .key("pk", AttributeValue::S(key.pk))
        .key("sk", AttributeValue::S(key.sk))
        .condition_expression("attribute_not_exists(children) OR children = :none")
        .expression_attribute_values(":none", AttributeValue::N("0".into()))
        .build()
        .map_err(Error::defect)?;
    transaction.push(TransactWriteItem::builder().delete(delete).build(), |_| {
        Error::conflict("requirement_has_children", "Move or delete the requirements below this one first.")
    });
    Ok(())
}
