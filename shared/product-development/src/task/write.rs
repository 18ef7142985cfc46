//! Creates, updates and deletes tasks. Each change is one transaction that includes its audit record and the column counts of the board.

use tokio::sync::OnceCell;

use super::item;
use super::patch::checked_labels;
use super::read::{self, FoundTask};
use super::{NewTask, Status, Task, TaskPatch, board, checklist};
use crate::product::{self, Belongs, LoadedProduct, number};
use crate::rank::Rank;
use crate::requirement;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::StoredAnswer;
use platform::retry::{Policy, Retry};
use platform::table::{Item, Transaction};

/// What a new task takes from the state of its product.
pub(super) struct NewTaskState {
    /// Its rank in its column.
    pub rank: Rank,
    /// The current content version of the requirement it implements; `None` if the requirement does not exist.
    pub requirement_version: Option<u64>,
}

async fn read_state(app: &App, product_id: ProductId, status: Status, new: &NewTask) -> Result<NewTaskState, Error> {
    let requirement = async {
        match new.requirement_id {
            Some(id) => app.table().get(requirement::item_key(product_id, id)).await,
            None => Ok(None),
        }
    };
    let (rank, item) = tokio::try_join!(board::entrance(app, product_id, status), requirement)?;
    Ok(NewTaskState {
        rank,
        requirement_version: item.as_ref().map(requirement::content_version).transpose()?.flatten(),
    })
}

/// Creates a task, last in its column, or first if it is already done. Two round trips, unless another request takes its number. Everything
/// it is linked to must exist when it is written, and its assignee must be the product's owner or a member.
pub async fn create(app: &App, caller: &Caller, product_id: ProductId, new: NewTask) -> Result<StoredAnswer, Error> {
    create_as(app, caller, product_id, TaskId::new(), new).await
}

/// Creates the task `id`. Fails with a conflict if it already exists.
pub async fn create_as<'a>(
    app: &'a App,
    caller: &'a Caller,
    product_id: ProductId,
    id: TaskId,
    new: NewTask,
) -> Result<StoredAnswer, Error> {
    caller.allow(Action::TaskWrite)?;
    let status = new.status.unwrap_or(Status::Open);
    let new = NewTask { labels: checked_labels(new.labels)?, ..new };
    let steps = checklist::parse(new.checklist.clone())?;
    let belongs: Vec<Belongs> =
        new.assignee_id.map(|user| Belongs { user, field: "assignee_id" }).into_iter().collect();
    let read = OnceCell::new();
    let (read, new, steps) = (&read, &new, &steps);
    let run = |product: LoadedProduct, number: u64, work: Work<'a>| async move {
        let state: &NewTaskState = read.get_or_try_init(|| read_state(app, product_id, status, new)).await?;
        let task = first(caller, &product, (id, number), new, steps, state, status)?;
        store(work, &product, task).await
    };
    let wanted = number::Wanted { belongs: &belongs, ..number::Wanted::one(number::Kind::Task) };
    // That state is read while the product is.
    let (created, _) = tokio::join!(
        number::numbered_with(app, caller, Action::TaskWrite, product_id, wanted, run),
        read.get_or_try_init(|| read_state(app, product_id, status, new))
    );
    created
}

/// The error for creating a task whose ID is already taken.
pub(super) fn exists_already(_: Option<&Item>) -> Error {
    Error::conflict("exists_already", "This task already exists.")
}

/// The first version of a task.
pub(super) fn first(
    caller: &Caller,
    product: &LoadedProduct,
    (id, number): (TaskId, u64),
    new: &NewTask,
    steps: &[super::ChecklistItem],
    state: &NewTaskState,
    status: Status,
) -> Result<Task, Error> {
    if new.requirement_id.is_some() && state.requirement_version.is_none() {
        return Err(item::no_requirement());
    }
    let now = Timestamp::now();
    let product = &product.product;
    let assignee = new.assignee_id.filter(|user| *user != caller.id);
    let mut task = Task {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        product_id: product.id,
        number,
        reference: format!("{}-{number}", product.key),
        title: new.title.clone(),
        description: new.description.clone(),
        requirement_id: new.requirement_id,
        requirement_version: state.requirement_version,
        requirement_suspect: false,
        milestone_id: new.milestone_id,
        assignee_id: new.assignee_id,
        priority: new.priority,
        status,
        due_on: new.due_on,
        estimate_hours: new.estimate_hours,
        labels: new.labels.clone(),
        checklist: steps.to_vec(),
        watcher_ids: std::iter::once(caller.id).chain(assignee).collect(),
        comment_count: 0,
        attachment_count: 0,
        rank: state.rank.clone(),
        status_since: now,
        started_at: None,
        done_at: None,
        external_id: new.external_id.clone(),
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
        transitions: Vec::new(),
    };
    task.enter(status, now, caller.id);
    Ok(task)
}

async fn store(mut work: Work<'_>, product: &LoadedProduct, task: Task) -> Result<StoredAnswer, Error> {
    let head = work.record_plain(None, &task)?;
    work.create(item::draft(&task, &head, None)?, exists_already);
    item::require_links(&mut work, None, &task);
    item::reserve_external(&mut work, None, Some(&task))?;
    board::count(&mut work, &product.product, None, Some(task.status))?;
    let location = format!("/api/products/{}/tasks/{}", task.product_id, task.id);
    let answer = StoredAnswer::created(location, task.version, &task)?;
    work.answer(answer).await
}

/// Adds the next version of a task to the work and returns it. Every change of a task goes through here. The task must be as it was
/// read, its product within the caller's reach, newly linked items must exist, and its new column must not be full.
pub(super) fn stage(work: &mut Work<'_>, caller: &Caller, before: &FoundTask, after: Task) -> Result<Task, Error> {
    let old = &before.stored.task;
    let updated_at = Timestamp::now().max(old.updated_at);
    let after = Task { version: old.version + 1, updated_at, ..after };
    let assigned = after.assignee_id.filter(|user| old.assignee_id != Some(*user));
    let belongs: Vec<Belongs> = assigned.map(|user| Belongs { user, field: "assignee_id" }).into_iter().collect();
    product::require_with(work, caller, before.action, before.scope, after.product_id, &belongs);
    let head = work.record_plain(Some((old, &before.stored.head)), &after)?;
    let draft = item::draft(&after, &head, Some(&before.stored))?;
    work.replace_revision(draft, old.version, before.stored.revision);
    item::require_links(work, Some(old), &after);
    item::reserve_external(work, Some(old), Some(&after))?;
    board::count(work, &before.product, Some(old.status), Some(after.status))?;
    Ok(after)
}

/// Updates a task that is still at `version`. Two round trips. Users who cannot write tasks can change the status and checklist of tasks
/// assigned to them.
pub async fn update(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    version: u64,
    patch: TaskPatch,
) -> Result<Task, Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        match update_once(app, caller, product_id, id, Some(version), patch.clone(), |_| Ok(())).await {
            Err(NotWritten::Moved) if retry.again().await => {}
            Err(NotWritten::Moved) => return Err(Error::StaleVersion),
            Err(NotWritten::Refused(error)) => return Err(error),
            Ok(task) => return Ok(task),
        }
    }
}

/// Why an attempt to change a task failed.
pub(super) enum NotWritten {
    /// The item has changed since it was read, perhaps by something that is not a change of the task, such as a comment or a rank
    /// adjustment on the board.
    Moved,
    /// The change is refused for good.
    Refused(Error),
}

impl From<Error> for NotWritten {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Makes one attempt to change a task, at a given version if there is one. `begin` adds any additional writes to the transaction.
pub(super) async fn update_once(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    version: Option<u64>,
    patch: TaskPatch,
    begin: impl Fn(&mut Transaction) -> Result<(), Error>,
) -> Result<Task, NotWritten> {
    let linked = patch.linked().map(|id| requirement::item_key(product_id, id));
    let entrance = async {
        match patch.status {
            Some(status) => board::entrance(app, product_id, status).await.map(Some),
            None => Ok(None),
        }
    };
    let loaded = read::load(app, caller, product_id, id, linked.iter().cloned().collect());
    let (found, entrance) = tokio::join!(loaded, entrance);
    let found = found?;
    if found.action != Action::TaskWrite && !patch.only_progresses() {
        return Err(Error::Forbidden { action: Action::TaskWrite.as_str() }.into());
    }
    let found = found.of_assignee(caller)?;
    if version.is_some_and(|version| version != found.stored.task.version) {
        return Err(Error::StaleVersion.into());
    }
    let content_version = match &linked {
        Some(key) => {
            let version = found.at(key).map(requirement::content_version).transpose()?.flatten();
            Some(version.ok_or_else(item::no_requirement)?)
        }
        None => None,
    };
    let (status, entrance) = (patch.status, entrance?);
    let mut after = patch.apply(found.stored.task.clone(), content_version)?;
    if let (Some(status), Some(rank)) = (status.filter(|status| *status != after.status), entrance) {
        after.rank = rank;
        after.enter(status, Timestamp::now(), caller.id);
    }
    if after == found.stored.task {
        return Ok(after);
    }
    let mut work = Work::new(app, caller, Operation::TaskUpdate);
    begin(&mut work)?;
    let after = stage(&mut work, caller, &found, after)?;
    match work.commit().await {
        Ok(()) => Ok(after),
        Err(Error::StaleVersion) => Err(NotWritten::Moved),
        Err(error) => Err(error.into()),
    }
}

/// Changes the present state of a task, for small changes that are made without the version that was read; retries if the task changes in
/// the meantime. `progresses` limits this to users who may progress the task.
pub(super) async fn change_present(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: TaskId,
    operation: Operation,
    progresses: bool,
    change: impl Fn(Task) -> Result<Task, Error>,
) -> Result<Task, Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let found = read::load(app, caller, product_id, id, Vec::new()).await?;
        let found = if progresses { found.of_assignee(caller)? } else { found };
        let after = change(found.stored.task.clone())?;
        if after == found.stored.task {
            return Ok(after);
        }
        let mut work = Work::new(app, caller, operation);
        let after = stage(&mut work, caller, &found, after)?;
        match work.commit().await {
            Ok(()) => return Ok(after),
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => {
                return Err(Error::conflict("conflict", "Someone else is changing this right now. Try again."));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Deletes a task that is still at `version`. Its audit chain is kept.
pub async fn delete(app: &App, caller: &Caller, product_id: ProductId, id: TaskId, version: u64) -> Result<(), Error> {
    caller.allow(Action::TaskWrite)?;
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let found = read::load(app, caller, product_id, id, Vec::new()).await?;
        if found.action != Action::TaskWrite {
            return Err(Error::Forbidden { action: Action::TaskWrite.as_str() });
        }
        let (stored, product) = (&found.stored, &found.product);
        if stored.task.version != version {
            return Err(Error::StaleVersion);
        }
        let after = Task { version: version + 1, ..stored.task.clone() };
        let mut work = Work::new(app, caller, Operation::TaskDelete);
        product::require(&mut work, caller, found.action, found.scope, product_id);
        let head = work.record_plain(Some((&stored.task, &stored.head)), &after)?;
        work.replace_revision(item::tombstone(&after, &head)?, version, stored.revision);
        item::reserve_external(&mut work, Some(&stored.task), None)?;
        board::count(&mut work, product, Some(stored.task.status), None)?;
        match work.commit().await {
            Err(Error::StaleVersion) if retry.again().await => {}
            done => return done,
        }
    }
}
