//! A task's contribution to the figures of its product: a function of its current state.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::durations::counted_minutes;
use super::{Group, partition};
use crate::priority::Priority;
use crate::task::{Hours, Status, TaskCard, Transition};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, TaskId, UserId};
use kernel::text::Name;
use kernel::time::{Date, Timestamp};
use platform::counters::{Moves, move_by};
use platform::table::{Draft, Key};

/// Maximum number of counters changed in one transaction, which also writes a marker and a list entry.
const MAX_COUNTERS: usize = 90;

/// An unfinished task, as shown in the list of waiting tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingTask {
    /// The task's ID.
    pub id: TaskId,
    /// Human-readable reference, such as `ORB-12`.
    pub reference: String,
    /// Title.
    pub title: Name,
    /// Current status.
    pub status: Status,
    /// When the status last changed.
    pub status_since: Timestamp,
    /// The assignee.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub assignee_id: Option<UserId>,
    /// Priority.
    pub priority: Priority,
}

/// The contribution of an item: counter deltas by sort key and attribute, and its position in the list of waiting tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Contribution {
    counters: BTreeMap<String, BTreeMap<String, Decimal>>,
    waiting: Option<WaitingTask>,
}

/// The day that contains `at`.
pub(super) fn day_of(at: Timestamp) -> Result<Date, Error> {
    Date::try_from(at.day()).map_err(Error::internal)
}

/// The attribute of a counter kept by day of the month: `21#finished`.
pub(super) fn daily(day: Date, what: &str) -> String {
    let day = day.to_string();
    format!("{}#{what}", day.get(8..).unwrap_or_default())
}

impl Contribution {
    /// A task's contribution to the figures of the whole product and of its assignee.
    pub fn of(card: &TaskCard, transitions: &[Transition]) -> Result<Self, Error> {
        let mut sums = Self::default();
        for group in [Some(Group::All), card.assignee_id.map(Group::Member)].into_iter().flatten() {
            sums.add_flow(group, card, transitions)?;
            sums.add_times(group, card)?;
            sums.add_burn_up(group, card)?;
        }
        if let Some(user) = card.assignee_id {
            sums.add_work(user, card)?;
        }
        let (id, reference, title) = (card.id, card.reference.clone(), card.title.clone());
        let (status, status_since, assignee_id) = (card.status, card.status_since, card.assignee_id);
        let waiting = WaitingTask { id, reference, title, status, status_since, assignee_id, priority: card.priority };
        sums.waiting = (card.status != Status::Done).then_some(waiting);
        for attributes in sums.counters.values_mut() {
            attributes.retain(|_, by| !by.is_zero());
        }
        sums.counters.retain(|_, attributes| !attributes.is_empty());
        Ok(sums)
    }

    /// Counters without a position in a list.
    pub fn counting(counters: impl IntoIterator<Item = (String, String, i64)>) -> Self {
        let mut sums = Self::default();
        counters.into_iter().for_each(|(sk, attribute, by)| sums.add(sk, attribute, by));
        sums
    }

    /// Whether the contribution is empty.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, sk: String, attribute: String, by: impl Into<Decimal>) {
        *self.counters.entry(sk).or_default().entry(attribute).or_default() += by.into();
    }

    /// Adds its creation, its path through the statuses, and its completion.
    fn add_flow(&mut self, group: Group, card: &TaskCard, transitions: &[Transition]) -> Result<(), Error> {
        let month = |day: Date| format!("FLOW#{group}#{}", day.month());
        let created = day_of(card.created_at)?;
        self.add(month(created), daily(created, "created"), 1);
        // A task with very many changes has lost its oldest ones; it counts as having had its first known status from the beginning.
        let first = transitions.first().map_or(card.status, |first| first.from.unwrap_or(first.to));
        self.add(month(created), daily(created, first.as_str()), 1);
        for Transition { from, to, at, .. } in transitions {
            let Some(from) = from else { continue };
            let day = day_of(*at)?;
            self.add(month(day), daily(day, from.as_str()), -1);
            self.add(month(day), daily(day, to.as_str()), 1);
        }
        if let Some(done_at) = card.done_at {
            let day = day_of(done_at)?;
            self.add(month(day), daily(day, "finished"), 1);
            self.add(month(day), daily(day, "hours"), hours(card));
        }
        Ok(())
    }

    /// Adds how long a finished task took, or since when an unfinished one has been waiting.
    fn add_times(&mut self, group: Group, card: &TaskCard) -> Result<(), Error> {
        let Some(done_at) = card.done_at else {
            let day = day_of(card.status_since)?;
            let year = day.to_string().get(..4).unwrap_or_default().to_owned();
            self.add(format!("AGING#{group}#{year}"), format!("{}#{day}", card.status.as_str()), 1);
            return Ok(());
        };
        let day = day_of(done_at)?;
        let lead = counted_minutes(card.created_at, done_at);
        let cycle = counted_minutes(card.started_at.unwrap_or(done_at), done_at);
        for sk in [format!("TIMES#{group}#DAY#{day}"), format!("TIMES#{group}#MONTH#{}", day.month())] {
            self.add(sk.clone(), format!("lead#{lead}"), 1);
            self.add(sk, format!("cycle#{cycle}"), 1);
        }
        Ok(())
    }

    /// Adds its part in its milestone's burn-up.
    fn add_burn_up(&mut self, group: Group, card: &TaskCard) -> Result<(), Error> {
        let Some(milestone) = card.milestone_id else { return Ok(()) };
        let sk = format!("BURNUP#{group}#{milestone}");
        self.add(sk.clone(), format!("scope#{}", day_of(card.created_at)?), 1);
        if let Some(done_at) = card.done_at {
            self.add(sk, format!("done#{}", day_of(done_at)?), 1);
        }
        Ok(())
    }

    /// Adds what its assignee has completed or still has to do.
    fn add_work(&mut self, user: UserId, card: &TaskCard) -> Result<(), Error> {
        if let Some(done_at) = card.done_at {
            let day = day_of(done_at)?;
            let sk = format!("TEAM#{}#{user}", day.month());
            self.add(sk.clone(), daily(day, "finished"), 1);
            self.add(sk, daily(day, "hours"), hours(card));
            return Ok(());
        }
        let sk = format!("WORK#{user}");
        self.add(sk.clone(), "open#tasks".into(), 1);
        self.add(sk.clone(), "open#hours".into(), hours(card));
        if let Some(due_on) = card.due_on {
            self.add(sk, format!("due#{due_on}"), 1);
        }
        Ok(())
    }

    /// The changes that bring the counters from `self` closer to `target` in one transaction, and the contribution counted after that:
    /// almost always the target itself. A task with activity in more months than a transaction has room for takes several steps.
    pub fn step_to(&self, target: &Self, product: ProductId) -> (Self, Moves) {
        let keys: BTreeSet<&String> = self.counters.keys().chain(target.counters.keys()).collect();
        let differs = |sk: &&&String| self.counters.get(**sk) != target.counters.get(**sk);
        let changed: Vec<&String> = keys.iter().filter(differs).copied().collect();
        let mut next = if changed.len() > MAX_COUNTERS { self.clone() } else { target.clone() };
        let mut moves = Moves::new();
        for sk in changed.into_iter().take(MAX_COUNTERS) {
            let (before, after) = (self.counters.get(sk), target.counters.get(sk));
            for (attributes, sign) in [(before, Decimal::NEGATIVE_ONE), (after, Decimal::ONE)] {
                for (attribute, by) in attributes.into_iter().flatten() {
                    move_by(&mut moves, partition(product), sk.clone(), attribute.clone(), *by * sign);
                }
            }
            match after {
                Some(after) => next.counters.insert(sk.clone(), after.clone()),
                None => next.counters.remove(sk),
            };
        }
        (next, moves)
    }

    /// The entry in the list of waiting tasks if it differs from `before`'s; only the key if the entry is to be removed.
    pub fn waiting_since(&self, before: &Self, product: ProductId) -> Result<Option<(Key, Option<Draft>)>, Error> {
        if self.waiting == before.waiting {
            return Ok(None);
        }
        let Some(id) = self.waiting.as_ref().or(before.waiting.as_ref()).map(|task| task.id) else { return Ok(None) };
        let key = Key::new(partition(product), format!("WAITING#{id}"));
        let Some(task) = &self.waiting else { return Ok(Some((key, None))) };
        let mut draft = Draft::new(key.clone(), ItemType::TaskWaiting, &())?.card(task)?;
        for group in [Some(Group::All), task.assignee_id.map(Group::Member)].into_iter().flatten() {
            let (index, pk) = group.waiting(product);
            draft = draft.index(index, pk, format!("{}#{id}", task.status_since));
        }
        Ok(Some((key, Some(draft))))
    }
}

/// The task's estimate, in hours.
fn hours(card: &TaskCard) -> Decimal {
    card.estimate_hours.map(Hours::decimal).unwrap_or_default()
}
