//! Attaches files to tasks and removes them.

use super::item::{self, Card};
use super::read::{At, at, load, visible};
use super::{AttachmentUpload, MOST, NewAttachment};
use crate::product;
use crate::task;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId, TaskId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{self, Compared, FieldChange, Kept};
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::table::Transaction;
use platform::upload::{self, Begun, File, Status, StoredFile};

/// Users who cannot write tasks can attach files to tasks assigned to them, in the same way as they can comment on them.
fn permitted(caller: &Caller, at: &At) -> Result<(), Error> {
    if caller.allow(Action::TaskWrite).is_ok() || at.assignee == Some(caller.id) {
        Ok(())
    } else {
        Err(Error::Forbidden { action: Action::CommentWrite.as_str() })
    }
}

/// Requires that the task still exists and, if that is what permits the change, is still assigned to the caller.
fn require_task(
    app: &App,
    caller: &Caller,
    transaction: &mut Transaction,
    product: ProductId,
    task_id: TaskId,
) -> Result<(), Error> {
    let key = task::task_key(product, task_id);
    // The tombstone of a deleted task is on no board.
    let there = "attribute_exists(gsi1pk)";
    let gone = || Error::NotFound { what: "task" };
    if caller.allow(Action::TaskWrite).is_ok() {
        return transaction.require(key, there, &[], move |_| gone());
    }
    let (mine, me) = (format!("{there} AND card.assignee_id = :me"), caller.id.to_string());
    transaction.require(key, &mine, &[(":me", &me)], move |found| match found {
        Some(item) if item.contains_key("gsi1pk") => Error::Forbidden { action: Action::CommentWrite.as_str() },
        _ => gone(),
    });
    Ok(())
}

/// Creates an attachment that is awaiting its file. The client uploads the file to the URL in the response.
pub async fn create(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    task_id: TaskId,
    new: NewAttachment,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::CommentWrite)?;
    let file = File::new(new.file_name, new.content_type, new.size, new.sha256)?;
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let list = visible(task_id, caller);
    let (at, present) =
        tokio::join!(at(app, caller, Action::CommentWrite, product_id, task_id), list.read(app, None, MOST));
    let at = at?;
    permitted(caller, &at)?;
    at.product.writable()?;
    if present?.0.len() >= MOST {
        return Err(Error::state(format!("A task can have at most {MOST} attachments.")));
    }
    let begun = Begun { at: Timestamp::now(), by: caller.id, by_name: &caller.actor.name };
    let id = AttachmentId::new();
    let card = Card { id, product_id, task_id, file: StoredFile::waiting(1, &file, file.name.clone(), &begun) };
    let mut transaction = Transaction::new();
    product::require(app, caller, Action::CommentWrite, scope, &mut transaction, product_id)?;
    require_task(app, caller, &mut transaction, product_id, task_id)?;
    let mut fields = upload::fields(&file, Compared::Plain(Some(file.name.to_string())));
    fields.push(("task_id", Compared::Plain(Some(task_id.to_string()))));
    let changes = audit::plain_differences(&Vec::new(), &fields)?;
    let (subject, record, action) = (item::subject(product_id, id), kernel::id::new(), Operation::AttachmentCreate);
    let head = audit::change(app, &mut transaction, &caller.actor, action, subject, 1, None, record, changes)?;
    transaction.create(item::draft(&card, 1, &head)?, |_| Error::internal("a new attachment's ID already exists"));
    let upload = upload::address(app, &item::places(product_id, id).pending, &file).await?;
    let location = format!("/api/products/{product_id}/tasks/{task_id}/attachments/{id}");
    let answer = StoredAnswer::created(location, 1, &AttachmentUpload { attachment: card.shown(1), upload })?;
    idempotency::commit(app, caller, transaction, answer).await
}

/// Deletes an attachment that is still at `version`. Permitted for its uploader and for users who can write the product's tasks.
pub async fn delete(
    app: &App,
    caller: &Caller,
    (product_id, task_id): (ProductId, TaskId),
    id: AttachmentId,
    version: u64,
) -> Result<(), Error> {
    let scope = caller.allow(Action::CommentWrite)?;
    let before = load(app, caller, Action::CommentWrite, (product_id, task_id), id).await?;
    let product = &before.at.product.product;
    let owns = caller.allow(Action::TaskWrite).is_ok_and(|scope| product::covers(caller, scope, product));
    if before.card.file.created_by != caller.id && !owns {
        return Err(Error::Forbidden { action: Action::CommentWrite.as_str() });
    }
    before.at.product.writable()?;
    if before.version != version {
        return Err(Error::StaleVersion);
    }
    let mut transaction = Transaction::new();
    product::require(app, caller, Action::CommentWrite, scope, &mut transaction, product_id)?;
    let (card, next) = (before.card, version + 1);
    let status = Some(Kept::Text(card.file.status.as_str().into()));
    let changes = vec![FieldChange { field: "status".into(), before: status, after: None }];
    let (subject, record, action) = (item::subject(product_id, id), kernel::id::new(), Operation::AttachmentDelete);
    let head = audit::change(
        app,
        &mut transaction,
        &caller.actor,
        action,
        subject,
        next,
        Some(&before.head),
        record,
        changes,
    )?;
    transaction.replace(item::tombstone(&card, next, &head)?, version);
    if card.file.status == Status::Available {
        item::count(app, &mut transaction, &card, -1, || Error::NotFound { what: "task" })?;
    }
    app.table().commit(transaction).await
}
