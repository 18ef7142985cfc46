//! Effects of a change of a task or its requirement: notifications and workflow rules.

use std::collections::BTreeSet;

use kernel::id::{RequirementId, TaskId, UserId};
use kernel::{Error, Operation};
use people::notification::{self, Kind, NewNotification};
use people::user;
use platform::App;
use platform::audit::{Kept, Record};
use product_development::product::ProductCard;
use product_development::rule::{self, Event, Occurrence};
use product_development::task::{self, TaskCard};

use crate::record::{after, changed, is_imported};

/// Maximum number of tasks of a changed requirement that send notifications and trigger rules.
const MAX_TASKS: usize = 500;

/// Sends notifications about a changed task, and runs the rules it triggers.
pub async fn moved(app: &App, record: &Record, product: &ProductCard) -> Result<(), Error> {
    let Ok(id) = record.subject.entity_id.parse::<TaskId>() else { return Ok(()) };
    let Some(task) = task::card(app, product.id, id).await? else { return Ok(()) };
    let is_new = record.action == Operation::TaskCreate;
    if !is_imported(record) {
        if let Some(assignee) = after(record, "assignee_id").and_then(|id| id.parse().ok()) {
            notify_assigned(app, record, product, &task, assignee).await?;
        }
        if let Some(status) = after(record, "status").filter(|_| !is_new) {
            notify_status(app, record, product, &task, status).await?;
        }
    }
    let mut events = Vec::new();
    events.extend(is_new.then_some(Event::TaskCreated));
    events.extend(changed(record, "status").filter(|_| !is_new).map(|_| Event::TaskStatusChanged));
    events.extend(after(record, "assignee_id").map(|_| Event::TaskAssigned));
    let occurrence = Occurrence::new(record.id, record.at, record.cause);
    for event in events {
        rule::fire(app, &occurrence, event, product, &task).await?;
    }
    Ok(())
}

async fn notify_assigned(
    app: &App,
    record: &Record,
    product: &ProductCard,
    task: &TaskCard,
    assignee: UserId,
) -> Result<(), Error> {
    if record.actor_id == Some(assignee) {
        return Ok(());
    }
    let new =
        about(record, product, task, "assigned", Kind::TaskAssigned, format!("{} was assigned to you", task.reference));
    notification::notify(app, assignee, new).await
}

async fn notify_status(
    app: &App,
    record: &Record,
    product: &ProductCard,
    task: &TaskCard,
    status: &str,
) -> Result<(), Error> {
    let title = format!("{} is now {}", task.reference, status.replace('_', " "));
    let watchers = task::watchers(app, task).await?;
    let concerned: BTreeSet<UserId> = watchers.into_iter().chain(task.assignee_id).chain([product.owner_id]).collect();
    for user in reached(app, product, concerned).await? {
        if record.actor_id != Some(user) {
            let new = about(record, product, task, "status", Kind::TaskStatusChanged, title.clone());
            notification::notify(app, user, new).await?;
        }
    }
    Ok(())
}

/// Notifies users mentioned in a new comment.
pub async fn commented(app: &App, record: &Record, product: &ProductCard) -> Result<(), Error> {
    if record.action != Operation::CommentCreate {
        return Ok(());
    }
    let Some(id) = after(record, "task_id").and_then(|id| id.parse::<TaskId>().ok()) else { return Ok(()) };
    let Some(task) = task::card(app, product.id, id).await? else { return Ok(()) };
    let Some(Kept::List(mentions)) = changed(record, "mentions").and_then(|change| change.after.as_ref()) else {
        return Ok(());
    };
    let mentioned = mentions.iter().filter_map(|id| id.parse().ok()).collect();
    for user in reached(app, product, mentioned).await? {
        if record.actor_id != Some(user) {
            let title = format!("{} mentioned you in {}", record.actor_name, task.reference);
            let new = about(record, product, &task, "mentioned", Kind::TaskMentioned, title);
            notification::notify(app, user, new).await?;
        }
    }
    Ok(())
}

/// Notifies users with unfinished tasks for a requirement that its content changed.
pub async fn requirement_changed(app: &App, record: &Record, product: &ProductCard) -> Result<(), Error> {
    let content = ["title", "description", "acceptance_criteria"];
    let is_new = record.sequence.is_none_or(|sequence| sequence <= 1);
    if is_new || is_imported(record) || !content.iter().any(|field| changed(record, field).is_some()) {
        return Ok(());
    }
    let Ok(id) = record.subject.entity_id.parse::<RequirementId>() else { return Ok(()) };
    let tasks = task::unfinished_of(app, product.id, id, MAX_TASKS).await?;
    let occurrence = Occurrence::new(record.id, record.at, record.cause);
    let mut notified = BTreeSet::new();
    for task in &tasks {
        if let Some(user) = task.assignee_id
            && record.actor_id != Some(user)
            && product.has(user)
            && notified.insert(user)
        {
            let title = format!("The requirement of {} has changed", task.reference);
            let new = NewNotification {
                link: format!("/products/{}/requirements/{id}", product.id),
                ..about(record, product, task, "requirement", Kind::RequirementChanged, title)
            };
            notification::notify(app, user, new).await?;
        }
        rule::fire(app, &occurrence, Event::RequirementChanged, product, task).await?;
    }
    Ok(())
}

/// The users in `users` who can currently read the product: the owner, members and admins.
async fn reached(app: &App, product: &ProductCard, users: BTreeSet<UserId>) -> Result<Vec<UserId>, Error> {
    let (of_team, others): (Vec<UserId>, Vec<UserId>) = users.into_iter().partition(|user| product.has(*user));
    let admins = user::active_admins_of(app, others).await?;
    Ok([of_team, admins].concat())
}

fn about(
    record: &Record,
    product: &ProductCard,
    task: &TaskCard,
    what: &str,
    kind: Kind,
    title: String,
) -> NewNotification {
    NewNotification {
        at: record.at,
        key: format!("task_{what}/{}/{}", record.subject.entity_id, record.sequence.unwrap_or(1)),
        kind,
        title,
        body: Some(task.title.to_string()),
        link: format!("/products/{}/tasks/{}", product.id, task.id),
        actor_name: Some(record.actor_name.clone()),
    }
}
