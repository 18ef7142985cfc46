//! Lists and downloads attachments.

use serde::Deserialize;
use utoipa::IntoParams;

use super::Attachment;
use super::item::{self, ATTACHMENTS, AttachmentCard};
use crate::product;
use crate::task;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId, TaskId, UserId};
use kernel::policy::Action;
use platform::app::App;
use platform::audit::{self, Head};
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;
use platform::upload::{self, Disposition, Download, Holder, Status};

/// How a file is downloaded.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttachmentDownloadQuery {
    /// Whether the browser displays the file or saves it. Defaults to `attachment`.
    #[param(inline)]
    pub disposition: Option<Disposition>,
}

/// The parts of a task that its attachments depend on.
pub(super) struct AttachedTask {
    pub product: product::LoadedProduct,
    pub assignee: Option<UserId>,
}

/// Loads the task, if the caller is permitted to `action` in its product. One round trip.
pub(super) async fn load_task(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    task_id: TaskId,
) -> Result<AttachedTask, Error> {
    let (product, found) = tokio::join!(
        product::load(app, caller, action, product_id),
        app.table().get(task::task_key(product_id, task_id))
    );
    let product = product?;
    let card = found?.map(|item| task::card_of(&item)).transpose()?.flatten();
    Ok(AttachedTask { product, assignee: card.ok_or(Error::NotFound { what: "task" })?.assignee_id })
}

/// An attachment as read, with the state needed to change it.
pub(super) struct LoadedAttachment {
    pub task: AttachedTask,
    pub card: AttachmentCard,
    pub version: u64,
    pub head: Head,
}

/// Loads an attachment of the task, if the caller is permitted to `action` in its product. An attachment that is not available for download
/// yet is visible only to its creator.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    (product_id, task_id): (ProductId, TaskId),
    id: AttachmentId,
) -> Result<LoadedAttachment, Error> {
    let (task, found) =
        tokio::join!(load_task(app, caller, action, product_id, task_id), app.table().get(item::key(product_id, id)));
    let task = task?;
    let absent = || Error::NotFound { what: "attachment" };
    let holder = ATTACHMENTS.open::<AttachmentCard>(&found?.ok_or_else(absent)?)?;
    let holder = holder.filter(|holder| holder.card.task_id == task_id);
    let Holder { card, version, head } = holder.ok_or_else(absent)?;
    if card.file.status != Status::Available && card.file.created_by != caller.id {
        return Err(absent());
    }
    Ok(LoadedAttachment { task, card, version, head })
}

/// A task's attachments, newest first: the available ones, and the caller's own unfinished uploads.
pub(super) fn visible(task: TaskId, caller: &Caller) -> List {
    let source = Source::index("gsi1", item::list_partition(task));
    let mut list = List::new("attachments", source, Order::Descending);
    list.sources.push(Source::index("gsi1", item::unfinished(task, caller.id)));
    list
}

/// Returns one page of a task's attachments, newest first: the available ones, and the caller's own unfinished uploads. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    task_id: TaskId,
    request: &PageRequest,
) -> Result<Page<Attachment>, Error> {
    let list = visible(task_id, caller);
    let task = load_task(app, caller, Action::ProductRead, product_id, task_id);
    let (task, page) = tokio::join!(task, list.page(app, request));
    task?;
    page?.try_map(|item| {
        let version: u64 = table::read(&item, "version")?;
        Ok(table::read::<AttachmentCard>(&item, "card")?.shown(version))
    })
}

/// Returns one page of the attachments of all tasks of a product in which the caller is permitted to `action`, oldest first: the available
/// ones, and the caller's own unfinished uploads. Includes those of deleted tasks. One round trip.
pub async fn of_product(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    request: &PageRequest,
) -> Result<Page<Attachment>, Error> {
    let source = Source::table(product::partition(product_id), item::PREFIX);
    let list = List::new("product_attachments", source, Order::Ascending);
    let (loaded, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, request));
    loaded?;
    let page = page?;
    let mut items = Vec::with_capacity(page.items.len());
    for item in &page.items {
        let seen = |card: &AttachmentCard| card.file.status == Status::Available || card.file.created_by == caller.id;
        if let Some(card) = ATTACHMENTS.card_of(item)?.filter(seen) {
            items.push(card.shown(table::read(item, "version")?));
        }
    }
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// Returns a short-lived URL for downloading an attachment. The audit record of who requested it is written before the URL is returned.
pub async fn download(
    app: &App,
    caller: &Caller,
    (product_id, task_id): (ProductId, TaskId),
    id: AttachmentId,
    query: &AttachmentDownloadQuery,
) -> Result<Download, Error> {
    let file = load(app, caller, Action::ProductRead, (product_id, task_id), id).await?.card.file;
    let inline = file.inline(query.disposition)?;
    let subject = item::subject(product_id, id);
    audit::access(app, &caller.actor, Operation::AttachmentDownload, subject, file.downloaded()).await?;
    upload::download(app, &item::places(product_id, id).released, &file.name, file.content_type, inline).await
}
