//! Attaches files to tasks and removes them.

use super::item::{self, AttachmentCard};
use super::read::{AttachedTask, load, load_task, visible};
use super::{AttachmentUpload, MOST, NewAttachment};
use crate::product;
use crate::task;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId, TaskId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::{self, Compared, FieldChange, Kept};
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::table::{Condition, Transaction};
use platform::upload::{self, File, Status, StoredFile};

/// Users who cannot write tasks can attach files to tasks assigned to them, in the same way as they can comment on them.
fn permitted(caller: &Caller, task: &AttachedTask) -> Result<(), Error> {
    if caller.allow(Action::TaskWrite).is_ok() || task.assignee == Some(caller.id) {
        Ok(())
    } else {
        Err(Error::Forbidden { action: Action::CommentWrite.as_str() })
    }
}

/// Requires that the task still exists and, if that is what permits the change, is still assigned to the caller.
fn require_task(transaction: &mut Transaction, caller: &Caller, product: ProductId, task_id: TaskId) {
    // The tombstone of a deleted task is on no board.
    let mut condition = Condition::exists("gsi1pk");
    let writes = caller.allow(Action::TaskWrite).is_ok();
    if !writes {
        condition = condition.and(Condition::is("card.assignee_id", caller.id.to_string()));
    }
    transaction.require(task::task_key(product, task_id), condition, move |found| match found {
        Some(item) if !writes && item.contains_key("gsi1pk") => {
            Error::Forbidden { action: Action::CommentWrite.as_str() }
        }
        _ => Error::NotFound { what: "task" },
    });
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
    let (task, present) =
        tokio::join!(load_task(app, caller, Action::CommentWrite, product_id, task_id), list.read(app, None, MOST));
    let task = task?;
    permitted(caller, &task)?;
    task.product.writable()?;
    if present?.0.len() >= MOST {
        return Err(Error::state(format!("A task can have at most {MOST} attachments.")));
    }
    let id = AttachmentId::new();
    let card = AttachmentCard {
        id,
        product_id,
        task_id,
        file: StoredFile::waiting(1, &file, file.name.clone(), caller, Timestamp::now()),
    };
    let mut work = Work::new(app, caller, Operation::AttachmentCreate);
    product::require(&mut work, caller, Action::CommentWrite, scope, product_id);
    require_task(&mut work, caller, product_id, task_id);
    let mut fields = upload::fields(&file, Compared::Plain(Some(file.name.to_string())));
    fields.push(("task_id", Compared::Plain(Some(task_id.to_string()))));
    let changes = audit::plain_differences(&Vec::new(), &fields)?;
    let head = work.record(item::subject(product_id, id), 1, None, kernel::id::new(), changes)?;
    work.create(item::draft(&card, 1, &head)?, |_| Error::internal("a new attachment's ID already exists"));
    let upload = upload::address(app, &item::places(product_id, id).pending, &file).await?;
    let location = format!("/api/products/{product_id}/tasks/{task_id}/attachments/{id}");
    let answer = StoredAnswer::created(location, 1, &AttachmentUpload { attachment: card.shown(1), upload })?;
    work.answer(answer).await
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
    let product = &before.task.product.product;
    let owns = caller.allow(Action::TaskWrite).is_ok_and(|scope| product::covers(caller, scope, product));
    if before.card.file.created_by != caller.id && !owns {
        return Err(Error::Forbidden { action: Action::CommentWrite.as_str() });
    }
    before.task.product.writable()?;
    if before.version != version {
        return Err(Error::StaleVersion);
    }
    let mut work = Work::new(app, caller, Operation::AttachmentDelete);
    product::require(&mut work, caller, Action::CommentWrite, scope, product_id);
    let (card, next) = (before.card, version + 1);
    let status = Some(Kept::Text(card.file.status.as_str().into()));
    let changes = vec![FieldChange { field: "status".into(), before: status, after: None }];
    let head = work.record(item::subject(product_id, id), next, Some(&before.head), kernel::id::new(), changes)?;
    work.replace(item::tombstone(&card, next, &head)?, version);
    if card.file.status == Status::Available {
        item::count(&mut work, &card, -1, || Error::NotFound { what: "task" });
    }
    work.commit().await
}
