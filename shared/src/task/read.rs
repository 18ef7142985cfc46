//! Reading tasks.

use std::collections::BTreeSet;

use super::card::Assignee;
use super::item::{self, Stored};
use super::{MyTaskQuery, Status, Task, TaskCard, TaskQuery};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::id::{ProductId, TaskId};
use crate::page::{List, Order, Page, PageRequest, Source};
use crate::policy::{Action, Scope};
use crate::product::{self, Loaded, Product};
use crate::table::{self, Item, Key};
use crate::text::fold;

/// A task with its product, and how far the caller may change it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The product's ID.
    pub product: Product,
    /// The task as it is stored.
    pub stored: Stored,
    /// `TaskWrite` for those who may change all of it, `TaskProgress` for the others.
    pub action: Action,
    /// How far the caller may do that.
    pub scope: Scope,
    /// What was read beside them.
    pub beside: Vec<Item>,
}

impl Found {
    /// Refuses those who may only progress tasks and do not have this one.
    pub(super) fn of_assignee(self, caller: &Caller) -> Result<Self, Error> {
        if self.action == Action::TaskWrite || self.stored.task.assignee_id == Some(caller.id) {
            Ok(self)
        } else {
            Err(Error::Forbidden { action: Action::TaskWrite.as_str() })
        }
    }

    /// The item at `key` among those that were read beside the task.
    pub(super) fn at(&self, key: &Key) -> Option<&Item> {
        self.beside.iter().find(|item| table::text(item, "sk") == Some(key.sk.as_str()))
    }
}

/// A task for a change, and the items at `beside`, all in one round trip. The product must be open to changes.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    beside: Vec<Key>,
) -> Result<Found, Error> {
    let progress = caller.allow(Action::TaskProgress)?;
    let (found, product, stored) = both(app, product_id, id, beside).await?;
    let loaded = product::permitted(caller, Action::TaskProgress, progress, product.as_ref())?.writable()?;
    let write = caller.allow(Action::TaskWrite).ok().filter(|scope| product::covers(caller, *scope, &loaded.product));
    let (action, scope) = write.map_or((Action::TaskProgress, progress), |scope| (Action::TaskWrite, scope));
    let stored = item::open(stored.as_ref().ok_or(Error::NotFound { what: "task" })?)?;
    Ok(Found { product: loaded.product, stored, action, scope, beside: found })
}

/// The items at `beside`, the product's and the task's.
async fn both(
    app: &App,
    product_id: ProductId,
    id: TaskId,
    beside: Vec<Key>,
) -> Result<(Vec<Item>, Option<Item>, Option<Item>), Error> {
    let (product, task) = (product::item_key(product_id), item::task_key(product_id, id));
    let keys = beside.into_iter().chain([product.clone(), task.clone()]).collect();
    let mut found = app.table().get_many(keys).await?;
    let mut taken = |key: &Key| {
        let at = found.iter().position(|item| table::text(item, "sk") == Some(key.sk.as_str()));
        at.map(|at| found.swap_remove(at))
    };
    let (product, task) = (taken(&product), taken(&task));
    Ok((found, product, task))
}

/// A task in full. One round trip; one more for a task that serves a requirement.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: TaskId) -> Result<Task, Error> {
    let scope = caller.allow(Action::ProductRead)?;
    let (_, product, stored) = both(app, product_id, id, Vec::new()).await?;
    product::permitted(caller, Action::ProductRead, scope, product.as_ref())?;
    let mut task = item::open(stored.as_ref().ok_or(Error::NotFound { what: "task" })?)?.task;
    if let Some(requirement) = task.requirement_id {
        let present = app.table().get(item::requirement_key(product_id, requirement)).await?;
        task.requirement_suspect = content_version(present.as_ref())? != task.requirement_version;
    }
    Ok(task)
}

/// The product and what lists show of the task, for one who may `action` there. One round trip.
pub(crate) async fn seen(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: TaskId,
) -> Result<(Loaded, TaskCard), Error> {
    let scope = caller.allow(action)?;
    let (_, product, task) = both(app, product_id, id, Vec::new()).await?;
    let loaded = product::permitted(caller, action, scope, product.as_ref())?;
    let card = task.as_ref().map(item::card_of).transpose()?.flatten();
    Ok((loaded, card.ok_or(Error::NotFound { what: "task" })?))
}

/// The version of a requirement's content; none when it is not there.
pub(super) fn content_version(requirement: Option<&Item>) -> Result<Option<u64>, Error> {
    match requirement {
        Some(item) if table::text(item, "type") == Some("requirement") => {
            table::read(item, "content_version").map(Some)
        }
        _ => Ok(None),
    }
}

/// One page of a product's tasks. A requirement's and a milestone's are partitions of their own by number; somebody's of one
/// status by day; all others come column by column in the order of the board.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    query: &TaskQuery,
) -> Result<Page<TaskCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, product_id, query, &request).await
}

/// One page of a product's tasks for whoever may `action`; only the filters of `query` count.
pub(crate) async fn read(
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
        // The requirement or the milestone is another product's.
        page = Page { items: Vec::new(), next_cursor: None };
    }
    Ok(page)
}

/// The list that a query asks for, and whether its partition is named by the query and may be another product's.
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

/// The list with what of a query its partition does not fulfil by itself.
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
        list = list.containing("card.words", &fold(text.as_str()));
    }
    list
}

/// One page of somebody's unfinished tasks in all products that the caller may read, the most urgent day first.
pub async fn list_mine(app: &App, caller: &Caller, query: &MyTaskQuery) -> Result<Page<TaskCard>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read_mine(app, caller, Action::ProductRead, query, &request).await
}

/// One page of somebody's unfinished tasks in all products with which the caller may `action`; only the filters of `query` count.
pub(crate) async fn read_mine(
    app: &App,
    caller: &Caller,
    action: Action,
    query: &MyTaskQuery,
    request: &PageRequest,
) -> Result<Page<TaskCard>, Error> {
    let scope = caller.allow(action)?;
    let Some(user) = query.assignee_id.unwrap_or(Assignee::Me).user(caller) else {
        return Err(Error::bad_parameter("assignee_id", "must be the id of a user or me"));
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

/// Those of the products with which the caller may `action` now: what is assigned to somebody stays so when they leave the team.
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
