//! Runs rules.

use super::{MAX_DEPTH, Recipient, Rule, Then, item, write};
use crate::product::ProductCard;
use crate::task::{self, Task, TaskCard, TaskPatch};
use kernel::error::{self, Error};
use kernel::id::{SessionId, UserId};
use kernel::policy::{self, Action, Role, Roles};
use kernel::time::Timestamp;
use people::notification::{self, Kind, NewNotification};
use platform::app::App;
use platform::caller::{self, Actor, Caller, Origin};
use platform::standing;

/// An occurrence that triggers rules: a change, or a due date that has passed.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Unique and stable identifier: a change's audit record, or a task's due date.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// Number of consecutive rules that led to it.
    depth: u32,
}

impl Occurrence {
    /// An occurrence `at` a time; `started_by` is what started it in turn, if nobody asked for it directly.
    #[must_use]
    pub fn new(id: impl std::fmt::Display, at: Timestamp, started_by: Option<caller::Cause>) -> Self {
        let depth = match started_by {
            Some(caller::Cause::Rule { depth }) => depth,
            Some(caller::Cause::Import | caller::Cause::Merge | caller::Cause::Deletion) | None => 0,
        };
        Self { id: id.to_string(), at, depth }
    }
}

/// Runs the rules of a product that `event` triggers for a task. Each rule acts once per occurrence, however often the occurrence is
/// delivered. One that is too deep in a chain of rules triggers none.
pub async fn fire(
    app: &App,
    occurrence: &Occurrence,
    event: super::Event,
    product: &ProductCard,
    task: &TaskCard,
) -> Result<(), Error> {
    if occurrence.depth >= MAX_DEPTH {
        return Ok(());
    }
    for rule in write::all(app, product.id).await? {
        if rule.enabled && rule.when.event == event && rule.concerns(task) {
            act(app, occurrence, &rule, product, task).await?;
        }
    }
    Ok(())
}

async fn act(
    app: &App,
    occurrence: &Occurrence,
    rule: &Rule,
    product: &ProductCard,
    task: &TaskCard,
) -> Result<(), Error> {
    let present = standing::present_roles(app.table(), rule.acts_for).await?;
    if present.and_then(|roles| policy::scope(&roles, Action::RuleWrite)).is_none() {
        let title = format!(
            "The rule “{}” did nothing for {}: its author can no longer write rules",
            rule.name, task.reference
        );
        return notify(app, occurrence, rule, (product, task), product.owner_id, ("refused", title)).await;
    }
    let marker = || item::marker(rule, task.id, &occurrence.id);
    let changed = task::change_by_rule(app, &acting(rule, occurrence), task, |task| patch(rule, task), marker).await;
    match changed {
        Ok(()) => {}
        Err(error) if error.retryable() => return Err(error),
        Err(refused) => {
            tracing::info!(rule = %rule.id, error = %error::chain(&refused), "a rule could not be applied");
            let title = format!("The rule “{}” could not change {}", rule.name, task.reference);
            notify(app, occurrence, rule, (product, task), rule.acts_for, ("refused", title)).await?;
        }
    }
    for (n, then) in rule.then.iter().enumerate() {
        if let Then::Notify { recipient, message } = then {
            for user in recipients(*recipient, product, task, app).await? {
                let title = format!("{}: {message}", task.reference);
                notify(app, occurrence, rule, (product, task), user, (&n.to_string(), title)).await?;
            }
        }
    }
    Ok(())
}

/// The caller that the rule acts as. Within its product, a rule can do what its author could do when they wrote it, as long as they can
/// still write rules.
fn acting(rule: &Rule, occurrence: &Occurrence) -> Caller {
    let depth = occurrence.depth + 1;
    let request_id = format!("rule-{depth}-{}", occurrence.id);
    let origin = Origin { request_id, cause: Some(caller::Cause::Rule { depth }), ..Origin::default() };
    let name = format!("{} (rule “{}”)", rule.acts_for_name, rule.name);
    Caller {
        id: rule.acts_for,
        actor: Actor { id: Some(rule.acts_for), name, origin },
        roles: Roles::from([Role::Admin]),
        session_id: SessionId::new(),
        authenticated_at: Timestamp::EPOCH,
        idempotency: None,
    }
}

/// The patch that the rule's actions make to the current state of a task.
fn patch(rule: &Rule, task: &Task) -> TaskPatch {
    let mut patch = TaskPatch::default();
    for then in &rule.then {
        match then {
            Then::SetStatus { status } => patch.status = Some(*status),
            Then::SetPriority { priority } => patch.priority = Some(*priority),
            Then::Assign { user_id } => patch.assignee_id = platform::http::Patch::Set(*user_id),
            Then::AddLabel { label } => {
                let labels = patch.labels.get_or_insert_with(|| task.labels.clone());
                if !labels.contains(label) {
                    labels.push(label.clone());
                }
            }
            Then::Notify { .. } => {}
        }
    }
    patch
}

async fn recipients(
    recipient: Recipient,
    product: &ProductCard,
    task: &TaskCard,
    app: &App,
) -> Result<Vec<UserId>, Error> {
    Ok(match recipient {
        Recipient::Owner => vec![product.owner_id],
        Recipient::Assignee => task.assignee_id.filter(|user| product.has(*user)).into_iter().collect(),
        Recipient::Watchers => task::watchers(app, task).await?.into_iter().filter(|user| product.has(*user)).collect(),
    })
}

async fn notify(
    app: &App,
    occurrence: &Occurrence,
    rule: &Rule,
    (product, task): (&ProductCard, &TaskCard),
    user: UserId,
    (what, title): (&str, String),
) -> Result<(), Error> {
    let new = NewNotification {
        at: occurrence.at,
        key: format!("rule/{}/{}/{}/{what}", rule.id, occurrence.id, task.id),
        kind: Kind::RuleFired,
        title,
        body: Some(task.title.to_string()),
        link: format!("/products/{}/tasks/{}", product.id, task.id),
        actor_name: None,
    };
    notification::notify(app, user, new).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occurrence_continues_the_chain_of_the_rule_that_started_it() {
        let now = Timestamp::now();
        assert_eq!(Occurrence::new("x", now, None).depth, 0);
        assert_eq!(Occurrence::new("x", now, Some(caller::Cause::Import)).depth, 0);
        assert_eq!(Occurrence::new("x", now, Some(caller::Cause::Rule { depth: 2 })).depth, 2);
    }
}
