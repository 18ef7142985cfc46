//! How a task is stored: under its product, on its board, in the index of due items, and in the lists derived from it.

use serde::Serialize;

use super::{Status, Task, TaskCard};
use crate::rank::Rank;
use crate::{milestone, product, requirement};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use kernel::text::{ExternalKey, unaccented};
use kernel::time::{Date, Timestamp};
use platform::audit::Head;
use platform::due;
use platform::table::{self, Condition, Draft, Item, Key, Transaction};

/// The kind of due item, as used in the shards of `gsi2`.
pub const DUE: &str = "TASK";
/// Sort value of a task without a due date, which puts it last in lists ordered by due date.
const NO_DAY: &str = "9999-12-31";

/// The `card` attribute: what lists show and what they filter on.
#[derive(Serialize)]
struct StoredCard<'a> {
    #[serde(flatten)]
    card: &'a TaskCard,
    words: String,
}

/// The owner of a reserved external ID.
#[derive(Serialize)]
struct Reserved {
    task_id: TaskId,
}

/// Primary key of a task.
#[must_use]
pub fn task_key(product: ProductId, id: TaskId) -> Key {
    Key::new(product::partition(product), format!("TASK#{id}"))
}

/// Primary key of the reservation of a task's external ID within its product.
#[must_use]
pub fn external_key(product: ProductId, key: &ExternalKey) -> Key {
    Key::new(product::partition(product), format!("EXTERNAL#TASK#{key}"))
}

/// Partition in `gsi1` of a product's tasks, column by column.
pub(super) fn board(product: ProductId) -> String {
    format!("BOARD#{product}")
}

/// Prefix of the positions in a column. It starts with the column's number, so that a product's tasks are listed column by column as on the
/// board, with done tasks last.
pub(super) fn column(status: Status) -> String {
    format!("{}-{}#", status.number(), status.as_str())
}

/// Position on the board: the column, then the position within it.
#[must_use]
pub fn place_on_board(status: Status, rank: &Rank, id: TaskId) -> String {
    format!("{}{}", column(status), place(rank, id))
}

/// Position within a column.
pub(super) fn place(rank: &Rank, id: TaskId) -> String {
    format!("{}#{id}", rank.as_str())
}

/// Partition of a user's unfinished tasks, by due date.
pub(super) fn assigned_to(user: UserId) -> String {
    format!("LIST#TASKS#ASSIGNEE#{user}")
}

/// Partition of a requirement's tasks, by number.
pub(super) fn serving(requirement: RequirementId) -> String {
    format!("LIST#TASKS#REQUIREMENT#{requirement}")
}

/// Partition of a milestone's tasks, by number.
pub(super) fn towards(milestone: MilestoneId) -> String {
    format!("LIST#TASKS#MILESTONE#{milestone}")
}

/// When a task's due date is first checked: at the start of the day before, in UTC. After notifying, `check-deadlines` moves the task to a
/// later time or removes it from the index.
#[must_use]
pub fn look_first(due_on: Date) -> Timestamp {
    due_on.plus_days(-1).start()
}

/// A task as read, with what is stored beside it.
#[derive(Debug, Clone)]
pub(super) struct StoredTask {
    pub task: Task,
    pub head: Head,
    /// Number of changes to the item that are not changes of the task, such as comments, files, rank adjustments on the board, and due date
    /// notifications.
    pub revision: u64,
    /// Position in the index of due items.
    look_at: Option<String>,
}

/// The task's item; `before` is its previous state, if it was read.
pub(super) fn draft(task: &Task, head: &Head, before: Option<&StoredTask>) -> Result<Draft, Error> {
    let card = task.card();
    let labels: Vec<&str> = task.labels.iter().map(kernel::text::Tag::as_str).collect();
    let words = unaccented(&format!("{} {} {}", task.reference, task.title, labels.join(" ")));
    let draft = Draft::new(task_key(task.product_id, task.id), ItemType::Task, task)?
        .number("version", task.version)
        .number("revision", before.map_or(0, |stored| stored.revision))
        .card(&StoredCard { card: &card, words })?
        .object("audit_head", head)?
        .object("transitions", &task.transitions)?
        .index("gsi1", board(task.product_id), place_on_board(task.status, &task.rank, task.id));
    Ok(match look_at(task, before) {
        Some(look_at) => draft.index("gsi2", due::shard(DUE, task.id.0), look_at),
        None => draft,
    })
}

/// When the task is checked next. A due date that has been notified about stays that way for as long as the task keeps that date.
fn look_at(task: &Task, before: Option<&StoredTask>) -> Option<String> {
    let due_on = task.due_on.filter(|_| task.status != Status::Done)?;
    match before {
        Some(stored) if stored.task.due_on == Some(due_on) && stored.task.status != Status::Done => {
            stored.look_at.clone()
        }
        _ => Some(due::place(look_first(due_on), task.id)),
    }
}

/// The tombstone of a deleted task: the head of its audit chain, in no list.
pub(super) fn tombstone(task: &Task, head: &Head) -> Result<Draft, Error> {
    Draft::new(task_key(task.product_id, task.id), ItemType::TaskDeleted, &())?
        .number("version", task.version)
        .object("audit_head", head)
}

/// Reads the task in an item from the table.
pub(super) fn open(item: &Item) -> Result<StoredTask, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "task" })?;
    let mut task: Task = table::read(item, "data")?;
    // These values change only in the card, without a new version of the task.
    task.comment_count = card.comment_count;
    task.attachment_count = card.attachment_count;
    task.rank = card.rank;
    task.transitions = table::read(item, "transitions")?;
    Ok(StoredTask {
        task,
        head: table::read(item, "audit_head")?,
        revision: table::read(item, "revision")?,
        look_at: table::text(item, "gsi2sk").map(str::to_owned),
    })
}

/// Returns the list representation of the task in an item. `None` if the item is not a task.
pub fn card_of(item: &Item) -> Result<Option<TaskCard>, Error> {
    if table::item_type(item) == Some(ItemType::Task) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// The derived list entries of a task, maintained by `on-change`.
pub fn listings(card: &TaskCard) -> Result<Vec<Draft>, Error> {
    let listing = |pk: String, sk: String| {
        Draft::new(Key::new(pk, sk), ItemType::TaskListing, &())?.number("version", card.version).card(card)
    };
    let numbered = format!("{:010}#{}", card.number, card.id);
    let mut entries = Vec::new();
    if let Some(user) = card.assignee_id.filter(|_| card.status != Status::Done) {
        let day = card.due_on.map_or_else(|| NO_DAY.to_owned(), String::from);
        entries.push(listing(assigned_to(user), format!("{day}#{}", card.id))?);
    }
    if let Some(requirement) = card.requirement_id {
        entries.push(listing(serving(requirement), numbered.clone())?);
    }
    if let Some(milestone) = card.milestone_id {
        entries.push(listing(towards(milestone), numbered)?);
    }
    Ok(entries)
}

/// Makes the transaction conditional on everything the task is newly linked to existing.
pub(super) fn require_links(transaction: &mut Transaction, before: Option<&Task>, after: &Task) {
    let relinked = before.is_none_or(|before| {
        (before.requirement_id, before.requirement_version) != (after.requirement_id, after.requirement_version)
    });
    if let Some(id) = after.requirement_id.filter(|_| relinked) {
        require_requirement(transaction, after.product_id, id);
    }
    if let Some(id) = after.milestone_id.filter(|id| before.and_then(|before| before.milestone_id) != Some(*id)) {
        require_milestone(transaction, after.product_id, id);
    }
}

/// Makes the transaction conditional on a requirement existing.
pub(super) fn require_requirement(transaction: &mut Transaction, product: ProductId, id: RequirementId) {
    let key = requirement::item_key(product, id);
    transaction.require(key, Condition::is("type", ItemType::Requirement.as_str()), |_| no_requirement());
}

/// Makes the transaction conditional on a milestone existing.
pub(super) fn require_milestone(transaction: &mut Transaction, product: ProductId, id: MilestoneId) {
    let key = milestone::item_key(product, id);
    transaction.require(key, Condition::is("type", ItemType::Milestone.as_str()), |_| {
        Error::field("milestone_id", "is not a milestone of this product")
    });
}

/// The error for a requirement that does not exist.
pub(super) fn no_requirement() -> Error {
    Error::field("requirement_id", "is not a requirement of this product")
}

/// Reserves the task's external ID and releases its previous one.
pub(super) fn reserve_external(
    transaction: &mut Transaction,
    before: Option<&Task>,
    after: Option<&Task>,
) -> Result<(), Error> {
    let key = |task: &Task| task.external_id.as_ref().map(|key| external_key(task.product_id, key));
    let (old, new) = (before.and_then(key), after.and_then(key));
    if old == new {
        return Ok(());
    }
    if let Some(old) = old {
        transaction.delete(old);
    }
    if let (Some(new), Some(task)) = (new, after) {
        transaction.create(Draft::new(new, ItemType::Unique, &Reserved { task_id: task.id })?, |_| {
            Error::conflict("external_id_taken", "Another task of this product already uses this external ID.")
        });
    }
    Ok(())
}
