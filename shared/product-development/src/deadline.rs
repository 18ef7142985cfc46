//! Due dates of tasks: notifies users when one is near and when one has passed.
//!
//! An unfinished task with a due date has a position in the index of due items. A run checks the tasks whose time has come, notifies the
//! users concerned, and moves each task to its next time or removes it. Repeating a notification is harmless, because its ID is derived
//! from the task and the due date: if a run dies midway, the next one completes its work.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};

use crate::product::{self, ProductCard};
use crate::rule::{self, Event, Occurrence};
use crate::task::{self, DUE, Status, TaskCard};
use kernel::error::{self, Error};
use kernel::id::UserId;
use kernel::text::TimeZone;
use kernel::time::{Date, Timestamp};
use people::notification::{self, Kind, NewNotification};
use people::user;
use platform::app::App;
use platform::due;
use platform::table::{self, Condition, Item, Write};

/// Number of tasks checked concurrently.
const AT_ONCE: usize = 10;

/// How much one run may do.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The current time for this run.
    pub now: Timestamp,
    /// After this time, nothing new is started; the rest waits for the next run.
    pub budget: Duration,
}

impl Default for Limits {
    /// Suits a function with a timeout of 60 seconds.
    fn default() -> Self {
        Self { now: Timestamp::now(), budget: Duration::from_secs(45) }
    }
}

/// Summary of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Number of tasks due soon.
    pub soon: usize,
    /// Number of overdue tasks.
    pub overdue: usize,
    /// Number of tasks that needed no notification.
    pub passed: usize,
    /// Number of tasks that failed; they are checked again.
    pub broken: usize,
    /// Whether the run ran out of time.
    pub left: bool,
}

/// What to notify about a task's due date, and when to check it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing yet.
    Early(Timestamp),
    /// It is the day before the due date, or the due date itself.
    Soon(Timestamp),
    /// The due date has passed.
    Overdue,
}

/// What to notify about `due_on` at `now` for a user in `zone`: a date is near from the start of the day before, and has passed when that
/// day is over in the zone.
fn state(due_on: Date, zone: &TimeZone, now: Timestamp) -> State {
    let (soon, over) = (due_on.plus_days(-1).start_in(zone), due_on.plus_days(1).start_in(zone));
    if now >= over {
        State::Overdue
    } else if now >= soon {
        State::Soon(over)
    } else {
        State::Early(soon)
    }
}

/// Checks every task whose time has come.
pub async fn check_due(app: &App, limits: &Limits) -> Result<Report, Error> {
    let started = Instant::now();
    let mut report = Report::default();
    for shard in 0..due::SHARDS {
        let mut after = None;
        loop {
            let (items, next) = due::due_page(app, DUE, shard, after.as_deref(), limits.now).await?;
            let within = |item: Item| async {
                if started.elapsed() < limits.budget { Some(check(app, item, limits.now).await) } else { None }
            };
            let work: Vec<_> = items.into_iter().map(within).collect();
            let mut checked = stream::iter(work).buffer_unordered(AT_ONCE);
            while let Some(one) = checked.next().await {
                report.count(one);
            }
            match next {
                Some(next) if !report.left => after = Some(next),
                _ => break,
            }
        }
    }
    tracing::info!(?report, "checked deadlines");
    Ok(report)
}

impl Report {
    fn count(&mut self, checked: Option<Result<Option<State>, Error>>) {
        match checked {
            None => self.left = true,
            Some(Ok(Some(State::Soon(_)))) => self.soon += 1,
            Some(Ok(Some(State::Overdue))) => self.overdue += 1,
            Some(Ok(_)) => self.passed += 1,
            Some(Err(error)) => {
                tracing::error!(error = %error::chain(&error), "failed to check a deadline");
                self.broken += 1;
            }
        }
    }
}

/// Checks one task from the index and sends any notification that is due. The item itself decides, because the index may lag.
async fn check(app: &App, seen: Item, now: Timestamp) -> Result<Option<State>, Error> {
    let (Some(card), Some(place)) = (task::card_of(&seen)?, table::text(&seen, "gsi2sk")) else { return Ok(None) };
    let keys = vec![task::task_key(card.product_id, card.id), product::item_key(card.product_id)];
    let found = app.table().get_many(keys).await?;
    let task = found.iter().find(|item| table::text(item, "gsi2sk") == Some(place));
    let product = found.iter().find_map(|item| product::card_of(item).transpose()).transpose()?;
    let (Some(task), Some(product)) = (task, product) else { return Ok(None) };
    let Some(card) = task::card_of(task)? else { return Ok(None) };
    let Some(due_on) = card.due_on.filter(|_| card.status != Status::Done && product.deleted_at.is_none()) else {
        return Ok(None);
    };
    // An unassigned task is the responsibility of the product's owner.
    let user = card.assignee_id.filter(|user| product.has(*user)).unwrap_or(product.owner_id);
    let state = state(due_on, &user::zone(app, user).await?, now);
    match state {
        State::Early(_) => {}
        State::Soon(_) => notify(app, &product, &card, due_on, user, Kind::TaskDueSoon).await?,
        State::Overdue => {
            notify(app, &product, &card, due_on, user, Kind::TaskOverdue).await?;
            if user != product.owner_id {
                notify(app, &product, &card, due_on, product.owner_id, Kind::TaskOverdue).await?;
            }
            let occurrence = Occurrence::new(format!("overdue-{due_on}"), due_on.start(), None);
            rule::fire(app, &occurrence, Event::TaskOverdue, &product, &card).await?;
        }
    }
    let next = match state {
        State::Early(at) | State::Soon(at) => Some(due::place(at, card.id)),
        State::Overdue => None,
    };
    reschedule(app, &card, place, next).await?;
    Ok(Some(state))
}

async fn notify(
    app: &App,
    product: &ProductCard,
    card: &TaskCard,
    due_on: Date,
    user: UserId,
    kind: Kind,
) -> Result<(), Error> {
    let title = match kind {
        Kind::TaskOverdue => format!("{} is overdue", card.reference),
        _ => format!("{} is due {}", card.reference, due_on.in_short()),
    };
    let day = if kind == Kind::TaskOverdue { due_on.plus_days(1) } else { due_on.plus_days(-1) };
    let new = NewNotification {
        // Not far in the past if the due date had already passed when it was set.
        at: day.start().max(card.updated_at),
        key: format!("{}/{}/{due_on}", kind.as_str(), card.id),
        kind,
        title,
        body: Some(card.title.to_string()),
        link: format!("/products/{}/tasks/{}", product.id, card.id),
        actor_name: None,
    };
    notification::notify(app, user, new).await
}

/// Moves the task to its next position in the index or removes it, unless it has moved since it was read: a change by a user or a rule in
/// the meantime is checked separately.
async fn reschedule(app: &App, card: &TaskCard, seen: &str, next: Option<String>) -> Result<(), Error> {
    let update = Write::update(task::task_key(card.product_id, card.id)).increase("revision", 1);
    let update = match next {
        Some(next) => update.set("gsi2sk", next),
        None => update.remove("gsi2pk").remove("gsi2sk"),
    };
    app.table().update(update.when(Condition::is("gsi2sk", seen))).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_dates_follow_the_users_time_zone() {
        let due_on: Date = "2026-03-29".to_owned().try_into().unwrap();
        let berlin: TimeZone = "Europe/Berlin".to_owned().try_into().unwrap();
        let at = |text: &str| state(due_on, &berlin, text.parse().unwrap());
        assert_eq!(at("2026-03-27T22:59:59Z"), State::Early("2026-03-27T23:00:00Z".parse().unwrap()));
        // The due date itself has 23 hours in this time zone.
        let over = "2026-03-29T22:00:00Z".parse().unwrap();
        assert_eq!(at("2026-03-27T23:00:00Z"), State::Soon(over));
        assert_eq!(at("2026-03-29T21:59:59Z"), State::Soon(over));
        assert_eq!(at("2026-03-29T22:00:00Z"), State::Overdue);
    }
}
