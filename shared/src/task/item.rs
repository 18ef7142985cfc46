//! How a task is stored: below its product, on its board, in the index of what is due, and in the lists derived from it.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use serde::Serialize;

use super::{Status, Task, TaskCard};
use crate::app::App;
use crate::audit::Head;
use crate::error::Error;
use crate::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use crate::mail::delivery;
use crate::product;
use crate::rank::Rank;
use crate::table::{self, Draft, Item, Key, Transaction};
use crate::text::{ExternalKey, fold};
use crate::time::{Date, Timestamp};

/// The kind of what is due, as the shards of `gsi2` name it.
pub const DUE: &str = "TASK";
/// Where a task without a day stands in a list by day: last.
const NO_DAY: &str = "9999-12-31";

/// The `card` attribute: what lists show, and what they are searched by.
#[derive(Serialize)]
struct StoredCard<'a> {
    #[serde(flatten)]
    card: &'a TaskCard,
    words: String,
}

/// Whose a reserved key of another system is.
#[derive(Serialize)]
struct Reserved {
    task_id: TaskId,
}

/// Primary key of a task.
#[must_use]
pub fn task_key(product: ProductId, id: TaskId) -> Key {
    Key::new(product::partition(product), format!("TASK#{id}"))
}

/// Primary key of a requirement, as the requirements keep it.
pub(super) fn requirement_key(product: ProductId, id: RequirementId) -> Key {
    Key::new(product::partition(product), format!("REQUIREMENT#{id}"))
}

/// Primary key of a milestone, as the milestones keep it.
fn milestone_key(product: ProductId, id: MilestoneId) -> Key {
    Key::new(product::partition(product), format!("MILESTONE#{id}"))
}

/// Primary key of the reservation of a task's key in another system, within its product.
#[must_use]
pub fn external_key(product: ProductId, key: &ExternalKey) -> Key {
    Key::new(product::partition(product), format!("EXTERNAL#TASK#{key}"))
}

/// Partition in `gsi1` of a product's tasks, column by column.
pub(super) fn board(product: ProductId) -> String {
    format!("BOARD#{product}")
}

/// What the places of a column begin with: its number first, so that all tasks of a product are listed column by column, as the
/// board shows them, and what is done last.
pub(super) fn column(status: Status) -> String {
    format!("{}-{}#", status.number(), status.as_str())
}

/// Place on the board: the column, then the place there.
#[must_use]
pub fn place_on_board(status: Status, rank: &Rank, id: TaskId) -> String {
    format!("{}{}", column(status), place(rank, id))
}

/// Place within a column.
pub(super) fn place(rank: &Rank, id: TaskId) -> String {
    format!("{}#{id}", rank.as_str())
}

/// Partition of the unfinished tasks of a user, by the day until which they are to be done.
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

/// When a task is first looked at for its day: when the day before it begins, in UTC. Once told, `check-deadlines` moves it
/// to a later time or takes it out of the index.
#[must_use]
pub fn look_first(due_on: Date) -> Timestamp {
    due_on.plus_days(-1).start()
}

/// A task as it was read, with what is stored beside it.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// The task's ID.
    pub task: Task,
    /// Head of its audit chain.
    pub head: Head,
    /// Counts the changes of its item that are not changes of the task: comments, files, neighbours on the board, its day
    /// having been told.
    pub revision: u64,
    /// Its place in the index of what is due.
    look_at: Option<String>,
}

/// The task's item; `before` is what was read of it.
pub(super) fn draft(task: &Task, head: &Head, before: Option<&Stored>) -> Result<Draft, Error> {
    let card = task.card();
    let labels: Vec<&str> = task.labels.iter().map(crate::text::Tag::as_str).collect();
    let words = fold(&format!("{} {} {}", task.reference, task.title, labels.join(" ")));
    let draft = Draft::new(task_key(task.product_id, task.id), "task", task)?
        .number("version", task.version)
        .number("revision", before.map_or(0, |stored| stored.revision))
        .card(&StoredCard { card: &card, words })?
        .object("audit_head", head)?
        .object("transitions", &task.transitions)?
        .index("gsi1", board(task.product_id), place_on_board(task.status, &task.rank, task.id));
    Ok(match look_at(task, before) {
        Some(look_at) => draft.index("gsi2", delivery::shard(DUE, task.id.0), look_at),
        None => draft,
    })
}

/// When the task is looked at next. What was told of a day stays told as long as the task is to be done until that day.
fn look_at(task: &Task, before: Option<&Stored>) -> Option<String> {
    let due_on = task.due_on.filter(|_| task.status != Status::Done)?;
    match before {
        Some(stored) if stored.task.due_on == Some(due_on) && stored.task.status != Status::Done => {
            stored.look_at.clone()
        }
        _ => Some(delivery::place(look_first(due_on), task.id)),
    }
}

/// What remains of a deleted task: the head of its audit chain, in no list.
pub(super) fn tombstone(task: &Task, head: &Head) -> Result<Draft, Error> {
    Draft::new(task_key(task.product_id, task.id), "task_deleted", &())?
        .number("version", task.version)
        .object("audit_head", head)
}

/// The task in an item read from the table.
pub(super) fn open(item: &Item) -> Result<Stored, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "task" })?;
    let mut task: Task = table::read(item, "data")?;
    // These change in the card alone, without a new version of the task.
    task.comment_count = card.comment_count;
    task.attachment_count = card.attachment_count;
    task.rank = card.rank;
    task.transitions = table::read(item, "transitions")?;
    Ok(Stored {
        task,
        head: table::read(item, "audit_head")?,
        revision: table::read(item, "revision")?,
        look_at: table::text(item, "gsi2sk").map(str::to_owned),
    })
}

/// What lists show of the task in an item, when it is one.
pub fn card_of(item: &Item) -> Result<Option<TaskCard>, Error> {
    if table::text(item, "type") == Some("task") { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// The entries of the lists that are derived from a task, which `on-change` maintains.
pub fn listings(card: &TaskCard) -> Result<Vec<Draft>, Error> {
    let listing = |pk: String, sk: String| {
        Draft::new(Key::new(pk, sk), "task_listing", &())?.number("version", card.version).card(card)
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

/// Makes the transaction conditional on what the task is newly linked to being there.
pub(super) fn require_links(
    app: &App,
    transaction: &mut Transaction,
    before: Option<&Task>,
    after: &Task,
) -> Result<(), Error> {
    let relinked = before.is_none_or(|before| {
        (before.requirement_id, before.requirement_version) != (after.requirement_id, after.requirement_version)
    });
    if let Some(id) = after.requirement_id.filter(|_| relinked) {
        require_requirement(app, transaction, after.product_id, id)?;
    }
    if let Some(id) = after.milestone_id.filter(|id| before.and_then(|before| before.milestone_id) != Some(*id)) {
        require_milestone(app, transaction, after.product_id, id)?;
    }
    Ok(())
}

/// Makes the transaction conditional on a requirement being there.
pub(super) fn require_requirement(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    id: RequirementId,
) -> Result<(), Error> {
    require_kind(app, transaction, requirement_key(product, id), "requirement", no_requirement)
}

/// Makes the transaction conditional on a milestone being there.
pub(super) fn require_milestone(
    app: &App,
    transaction: &mut Transaction,
    product: ProductId,
    id: MilestoneId,
) -> Result<(), Error> {
    let missing = || Error::field("milestone_id", "is no milestone of this product");
    require_kind(app, transaction, milestone_key(product, id), "milestone", missing)
}

/// The refusal of a requirement that is not there.
pub(super) fn no_requirement() -> Error {
    Error::field("requirement_id", "is no requirement of this product")
}

fn require_kind(
    app: &App,
    transaction: &mut Transaction,
    key: Key,
    kind: &str,
    missing: impl Fn() -> Error + Send + Sync + 'static,
) -> Result<(), Error> {
    let check = ConditionCheck::builder()
        .table_name(app.table().name())
        .key("pk", aws_sdk_dynamodb::types::AttributeValue::S(key.pk))
        .key("sk", aws_sdk_dynamodb::types::AttributeValue::S(key.sk))
        .condition_expression("#type = :type")
        .expression_attribute_names("#type", "type")
        .expression_attribute_values(":type", aws_sdk_dynamodb::types::AttributeValue::S(kind.into()))
        .build()
        .map_err(Error::defect)?;
    transaction.push(TransactWriteItem::builder().condition_check(check).build(), move |_| missing());
    Ok(())
}

/// Reserves the task's key in another system, and gives back the one that it had.
pub(super) fn reserve_external(
    app: &App,
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
        app.table().delete(transaction, old)?;
    }
    if let (Some(new), Some(task)) = (new, after) {
        app.table().create(transaction, Draft::new(new, "unique", &Reserved { task_id: task.id })?, |_| {
            Error::conflict("external_id_taken", "Another task of this product has this external id.")
        })?;
    }
    Ok(())
}
