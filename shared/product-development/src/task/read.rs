//! Reads tasks.

use std::collections::BTreeSet;

use super::card::Assignee;
use super::item::{self, StoredTask};
use super::{MyTaskQuery, Status, Task, TaskCard, TaskQuery};
use crate::product::{self, LoadedProduct, Product};
use crate::requirement;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId};
use kernel::policy::{Action, Scope};
use kernel::text::unaccented;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Item, Key};

/// A task with its product, and how far the caller can change it.
#[derive(Debug, Clone)]
pub(super) struct FoundTask {
    pub product: Product,
    pub stored: StoredTask,
    /// `TaskWrite` if the caller can change all of the task, otherwise `TaskProgress`.
    pub action: Action,
    /// The scope in which the caller is permitted to do that.
    pub scope: Scope,
    /// Other items read in the same request.
    pub others: Vec<Item>,
}

impl FoundTask {
    /// Refuses callers who may only progress tasks and are not this task's assignee.
    pub(super) fn of_assignee(self, caller: &Caller) -> Result<Self, Error> {
        if self.action == Action::TaskWrite || self.stored.task.assignee_id == Some(caller.id) {
            Ok(self)
        } else {
            Err(Error::Forbidden { action: Action::TaskWrite.as_str() })
        }
    }

    /// The item at `key` among those read together with the task.
    pub(super) fn at(&self, key: &Key) -> Option<&Item> {
        self.others.iter().find(|item| table::text(item, "sk") == Some(key.sk.as_str()))
    }
}

/// Loads a task for a change, and the items at `others`, in one round trip. The product must be open to changes.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    others: Vec<Key>,
) -> Result<FoundTask, Error> {
    let progress = caller.allow(Action::TaskProgress)?;
    let (found, product, stored) = both(app, product_id, id, others).await?;
    let loaded = product::permitted(caller, Action::TaskProgress, progress, product.as_ref())?.writable()?;
    let write = caller.allow(Action::TaskWrite).ok().filter(|scope| product::covers(caller, *scope, &loaded.product));
    let (action, scope) = write.map_or((Action::TaskProgress, progress), |scope| (Action::TaskWrite, scope));
    let stored = item::open(stored.as_ref().ok_or(Error::NotFound { what: "task" })?)?;
    Ok(FoundTask { product: loaded.product, stored, action, scope, others: found })
}

/// Loads the items at `others`, the product's and the task's.
async fn both(
    app: &App,
    product_id: ProductId,
    id: TaskId,
    others: Vec<Key>,
) -> Result<(Vec<Item>, Option<Item>, Option<Item>), Error> {
    let (product, task) = (product::item_key(product_id), item::task_key(product_id, id));
    let keys = others.into_iter().chain([product.clone(), task.clone()]).collect();
    let mut found = app.table().get_many(keys).await?;
    let mut taken = |key: &Key| {
        let at = found.iter().position(|item| table::text(item, "sk") == Some(key.sk.as_str()));
        at.map(|at| found.swap_remove(at))
    };
    let (product, task) = (taken(&product), taken(&task));
    Ok((found, product, task))
}

/// Returns a task in full. One round trip, plus one for a task linked to a requirement.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: TaskId) -> Result<Task, Error> {
    let scope = caller.allow(Action::ProductRead)?;
    let (_, product, stored) = both(app, product_id, id, Vec::new()).await?;
    product::permitted(caller, Action::ProductRead, scope, product.as_ref())?;
    let mut task = item::open(stored.as_ref().ok_or(Error::NotFound { what: "task" })?)?.task;
    if let Some(id) = task.requirement_id {
        let present = app.table().get(requirement::item_key(product_id, id)).await?;
        let content_version = present.as_ref().map(requirement::content_version).transpose()?.flatten();
        task.requirement_suspect = content_version != task.requirement_version;
    }
    Ok(task)
}

/// Loads the product and the list representation of the task, for a caller permitted to `action` there. One round trip.
pub async fn seen(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: TaskId,
) -> Result<(LoadedProduct, TaskCard), Error> {
    let scope = caller.allow(action)?;
    let (_, product, task) = both(app, product_id, id, Vec::new()).await?;
    let loaded = product::permitted(caller, action, scope, product.as_ref())?;
    let card = task.as_ref().map(item::card_of).transpose()?.flatten();
    Ok((loaded, card.ok_or(Error::NotFound { what: "task" })?))
}

/// Returns one page of a product's tasks. The tasks of a requirement or a milestone have their own partitions, by number; a user's tasks
/// with one status come by due date; all others come column by column, in board order.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    query: &TaskQuery,
) -> Result<Page<TaskCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, product_id, query, &request).await
}

/// Returns one page of a product's tasks for a caller permitted to `action`; only the filters of `query` are used.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    query: &TaskQuery,
    request: &PageRequest,
) -> Result<Page<TaskCard>, Error> {
    let (list, foreign) = narrowed(caller, product_id, query);
    let (loaded, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, request));
    loaded?;
    let mut page = page?.try_map(|item| table::read::<TaskCard>(&item, "card"))?;
    if foreign && page.items.iter().any(|card| card.product_id != product_id) {
        // The requirement or milestone belongs to another product.
        page = Page { items: Vec::new(), next_cursor: None };
    }
    Ok(page)
}

/// The list to read for a query, and whether the query names its partition, which may belong to another product.
fn narrowed(caller: &Caller, product_id: ProductId, query: &TaskQuery) -> (List, bool) {
    let unfinished = query.status.is_some_and(|status| status != Status::Done);
    let assignee = query.assignee_id.and_then(|assignee| assignee.user(caller));
    let mut rest = query.clone();
    let (mut list, foreign) = if let Some(requirement) = rest.requirement_id.take() {
        (List::new("tasks", Source::table(item::serving(requirement), ""), Order::Ascending), true)
    } else if let Some(milestone) = rest.milestone_id.take() {
        (List::new("tasks", Source::table(item::towards(milestone), ""), Order::Ascending), true)
    } else if let (Some(user), true) = (assignee, unfinished) {
        rest.assignee_id = None;
        let list = List::new("tasks", Source::table(item::assigned_to(user), ""), Order::Ascending);
        (list.filter("card.product_id", &product_id.to_string()), false)
    } else if let Some(status) = rest.status.take() {
        (super::board::column(product_id, status, Order::Ascending), false)
    } else {
        (List::new("tasks", Source::index("gsi1", item::board(product_id)), Order::Ascending), false)
    };
    list = filtered(list, caller, &rest);
    (list, foreign)
}

/// Adds the filters of a query that the partition does not already satisfy.
pub(super) fn filtered(mut list: List, caller: &Caller, query: &TaskQuery) -> List {
    if let Some(status) = query.status {
        list = list.filter("card.status", status.as_str());
    }
    if let Some(priority) = query.priority {
        list = list.filter("card.priority", priority.as_str());
    }
    match query.assignee_id.map(|assignee| assignee.user(caller)) {
        Some(Some(user)) => list = list.filter("card.assignee_id", &user.to_string()),
        Some(None) => list = list.null("card.assignee_id"),
        None => {}
    }
    if let Some(requirement) = query.requirement_id {
        list = list.filter("card.requirement_id", &requirement.to_string());
    }
    if let Some(milestone) = query.milestone_id {
        list = list.filter("card.milestone_id", &milestone.to_string());
    }
    if let Some(label) = &query.label {
        list = list.containing("card.labels", label.as_str());
    }
    if let Some(day) = query.due_before {
        list = list.before("card.due_on", &String::from(day));
    }
    if let Some(text) = &query.text {
        list = list.containing("card.words", &unaccented(text.as_str()));
    }
    list
}

/// Returns one page of a user's unfinished tasks in all products the caller can read, earliest due date first.
pub async fn list_mine(app: &App, caller: &Caller, query: &MyTaskQuery) -> Result<Page<TaskCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read_mine(app, caller, Action::ProductRead, query, &request).await
}

/// Returns one page of a user's unfinished tasks in all products on which the caller is permitted to `action`; only the filters of `query`
/// are used.
pub async fn read_mine(
    app: &App,
    caller: &Caller,
    action: Action,
    query: &MyTaskQuery,
    request: &PageRequest,
) -> Result<Page<TaskCard>, Error> {
    let scope = caller.allow(action)?;
    let Some(user) = query.assignee_id.unwrap_or(Assignee::Me).user(caller) else {
        return Err(Error::bad_parameter("assignee_id", "must be a user ID or `me`"));
    };
    let list = List::new("my-tasks", Source::table(item::assigned_to(user), ""), Order::Ascending);
    let narrow = TaskQuery {
        status: query.status,
        priority: query.priority,
        due_before: query.due_before,
        ..TaskQuery::default()
    };
    let page = filtered(list, caller, &narrow).page(app, request).await?;
    let mut page = page.try_map(|item| table::read::<TaskCard>(&item, "card"))?;
    let seen = permitted(app, caller, action, scope, page.items.iter().map(|card| card.product_id).collect()).await?;
    page.items.retain(|card| seen.contains(&card.product_id));
    Ok(page)
}

/// Keeps the tasks of products on which the caller is currently permitted to `action`: tasks stay assigned when a user leaves the team.
async fn permitted(
    app: &App,
    caller: &Caller,
    action: Action,
    scope: Scope,
    products: BTreeSet<ProductId>,
) -> Result<BTreeSet<ProductId>, Error> {
    if products.is_empty() {
        return Ok(products);
    }
    let items = app.table().get_many(products.into_iter().map(product::item_key).collect()).await?;
    let permitted = |item: &Item| product::permitted(caller, action, scope, Some(item));
    Ok(items.iter().filter_map(|item| permitted(item).ok()).map(|loaded| loaded.product.id).collect())
}
