//! Comments on tasks: Markdown text with mentions of the product's owner and members.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::product::{self, Product};
use crate::task;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{CommentId, ProductId, TaskId, UserId};
use kernel::policy::{Action, Scope};
use kernel::text::LongText;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{Compared, Fields, Head, Plain, Subject};
use platform::caller::Caller;
use platform::http::{Versioned, present};
use platform::idempotency::StoredAnswer;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Condition, Draft, Item, Key, Transaction, Write};

/// Prefix of all comment sort keys.
const PREFIX: &str = "COMMENT#";
/// Maximum number of users mentioned in one comment.
const MAX_MENTIONS: usize = 20;

/// A comment on a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comment {
    /// The comment's ID.
    pub id: CommentId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// The task's ID.
    pub task_id: TaskId,
    /// Comment text, in Markdown.
    pub text: LongText,
    /// IDs of the mentioned users.
    pub mentions: Vec<UserId>,
    /// The author.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

impl Versioned for Comment {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A comment to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Comment text, in Markdown.
    pub text: LongText,
    /// IDs of the mentioned users, at most 20: the product's owner and members.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub mentions: Vec<UserId>,
}

/// A JSON merge patch for a comment.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// Comment text, in Markdown.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub text: Option<LongText>,
    /// IDs of the mentioned users; replaces all mentions.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 20)]
    pub mentions: Option<Vec<UserId>>,
}

impl Plain for Comment {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Comment, self.id).within(self.product_id)
    }

    fn fields(&self) -> Fields {
        vec![
            ("task_id", Compared::Plain(Some(self.task_id.to_string()))),
            ("text", Compared::Plain(Some(self.text.to_string()))),
            ("mentions", Compared::List(self.mentions.iter().map(ToString::to_string).collect())),
        ]
    }
}

/// Primary key of a comment.
#[must_use]
pub fn key(product: ProductId, id: CommentId) -> Key {
    Key::new(product::partition(product), format!("{PREFIX}{id}"))
}

/// Partition in `gsi1` of a task's comments, by time.
fn of_task(task: TaskId) -> String {
    format!("COMMENTS#{task}")
}

fn draft(comment: &Comment, head: &Head) -> Result<Draft, Error> {
    let place = format!("{}#{}", comment.created_at, comment.id);
    Ok(Draft::new(key(comment.product_id, comment.id), ItemType::Comment, &())?
        .number("version", comment.version)
        .card(comment)?
        .object("audit_head", head)?
        .index("gsi1", of_task(comment.task_id), place))
}

/// The tombstone of a deleted comment: the head of its audit chain, in no list.
fn tombstone(comment: &Comment, head: &Head) -> Result<Draft, Error> {
    Draft::new(key(comment.product_id, comment.id), ItemType::CommentDeleted, &())?
        .number("version", comment.version)
        .object("audit_head", head)
}

/// Reads the comment in an item. `None` if the item is not a comment.
pub fn card_of(item: &Item) -> Result<Option<Comment>, Error> {
    if table::item_type(item) == Some(ItemType::Comment) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// Changes the comment count of a task, which must exist, by `by`. This does not create a new version of the task.
fn count(transaction: &mut Transaction, product: ProductId, id: TaskId, by: i32) {
    let update = Write::update(task::task_key(product, id)).increase("card.comment_count", by).increase("revision", 1);
    let update = update.when(Condition::is("type", ItemType::Task.as_str()));
    transaction.push(update, |_| Error::NotFound { what: "task" });
}

/// Checks the mentioned users and removes duplicates.
fn mentioned(product: &Product, mentions: Vec<UserId>) -> Result<Vec<UserId>, Error> {
    if mentions.len() > MAX_MENTIONS {
        return Err(Error::field("mentions", format!("must have at most {MAX_MENTIONS} entries")));
    }
    let mut found: Vec<UserId> = Vec::with_capacity(mentions.len());
    for (at, user) in mentions.into_iter().enumerate() {
        if !product.has(user) {
            return Err(Error::field(format!("mentions[{at}]"), "must be a member of the product's team"));
        }
        if !found.contains(&user) {
            found.push(user);
        }
    }
    Ok(found)
}

/// Comments on a task. Two round trips. Users who cannot write tasks in any product can comment on tasks assigned to them.
pub async fn create(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    task_id: TaskId,
    new: NewComment,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::CommentWrite)?;
    let (product, card) = task::seen(app, caller, Action::CommentWrite, product_id, task_id).await?;
    let product = product.writable()?.product;
    if caller.allow(Action::TaskWrite).is_err() && card.assignee_id != Some(caller.id) {
        return Err(Error::Forbidden { action: Action::CommentWrite.as_str() });
    }
    let now = Timestamp::now();
    let comment = Comment {
        id: CommentId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        product_id,
        task_id,
        text: new.text,
        mentions: mentioned(&product, new.mentions)?,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    };
    let mut work = Work::new(app, caller, Operation::CommentCreate);
    product::require(&mut work, caller, Action::CommentWrite, scope, product_id);
    let head = work.record_plain(None, &comment)?;
    work.create(draft(&comment, &head)?, |_| Error::internal("a new comment's ID already exists"));
    count(&mut work, product_id, task_id, 1);
    let location = format!("/api/products/{product_id}/tasks/{task_id}/comments/{}", comment.id);
    let answer = StoredAnswer::created(location, comment.version, &comment)?;
    work.answer(answer).await
}

/// Returns one page of a task's comments, oldest first. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    task_id: TaskId,
    request: &PageRequest,
) -> Result<Page<Comment>, Error> {
    let list = List::new("comments", Source::index("gsi1", of_task(task_id)), Order::Ascending);
    let (seen, page) =
        tokio::join!(task::seen(app, caller, Action::ProductRead, product_id, task_id), list.page(app, request));
    seen?;
    page?.try_map(|item| table::read(&item, "card"))
}

/// Returns one page of the comments on all tasks of a product in which the caller is permitted to `action`, oldest first; includes comments
/// on deleted tasks. One round trip.
pub async fn of_product(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    request: &PageRequest,
) -> Result<Page<Comment>, Error> {
    let list = List::new("product_comments", Source::table(product::partition(product_id), PREFIX), Order::Ascending);
    let (loaded, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, request));
    loaded?;
    let page = page?;
    let items = page.items.iter().filter_map(|item| card_of(item).transpose()).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// A comment loaded for a change.
struct LoadedComment {
    product: Product,
    scope: Scope,
    comment: Comment,
    head: Head,
}

async fn load(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    task_id: TaskId,
    id: CommentId,
    version: u64,
) -> Result<LoadedComment, Error> {
    let scope = caller.allow(Action::CommentWrite)?;
    let key = key(product_id, id);
    let (product, found) = product::load_with(app, caller, Action::CommentWrite, product_id, key).await?;
    let product = product.writable()?.product;
    let item = found.ok_or(Error::NotFound { what: "comment" })?;
    let comment = card_of(&item)?.filter(|comment| comment.task_id == task_id);
    let comment = comment.ok_or(Error::NotFound { what: "comment" })?;
    let head = table::read(&item, "audit_head")?;
    if comment.version != version {
        return Err(Error::StaleVersion);
    }
    Ok(LoadedComment { product, scope, comment, head })
}

/// Updates a comment that is still at `version`. Permitted only for its author.
pub async fn update(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    (task_id, id): (TaskId, CommentId),
    version: u64,
    patch: CommentPatch,
) -> Result<Comment, Error> {
    let LoadedComment { product, scope, comment: before, head } =
        load(app, caller, product_id, task_id, id, version).await?;
    if before.created_by != caller.id {
        return Err(Error::Forbidden { action: Action::CommentWrite.as_str() });
    }
    let mut after = before.clone();
    after.text = patch.text.unwrap_or(after.text);
    if let Some(mentions) = patch.mentions {
        after.mentions = mentioned(&product, mentions)?;
    }
    if after == before {
        return Ok(after);
    }
    let after = Comment { version: version + 1, updated_at: Timestamp::now(), ..after };
    let mut work = Work::new(app, caller, Operation::CommentUpdate);
    product::require(&mut work, caller, Action::CommentWrite, scope, product_id);
    // The tombstone of a deleted task is in no list.
    let on_board = Condition::exists("gsi1pk");
    work.require(task::task_key(product_id, task_id), on_board, |_| Error::NotFound { what: "task" });
    let head = work.record_plain(Some((&before, &head)), &after)?;
    work.replace(draft(&after, &head)?, version);
    work.commit().await?;
    Ok(after)
}

/// Deletes a comment that is still at `version`. Permitted for its author and for users who can write the product's tasks.
pub async fn delete(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    (task_id, id): (TaskId, CommentId),
    version: u64,
) -> Result<(), Error> {
    let LoadedComment { product, scope, comment: before, head } =
        load(app, caller, product_id, task_id, id, version).await?;
    let owns = caller.allow(Action::TaskWrite).is_ok_and(|scope| product::covers(caller, scope, &product));
    if before.created_by != caller.id && !owns {
        return Err(Error::Forbidden { action: Action::CommentWrite.as_str() });
    }
    let after = Comment { version: version + 1, ..before.clone() };
    let mut work = Work::new(app, caller, Operation::CommentDelete);
    product::require(&mut work, caller, Action::CommentWrite, scope, product_id);
    let head = work.record_plain(Some((&before, &head)), &after)?;
    work.replace(tombstone(&after, &head)?, version);
    count(&mut work, product_id, task_id, -1);
    work.commit().await
}
