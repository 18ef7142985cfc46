//! Milestone progress: what tasks and requirements contribute to their milestones.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::product::{self, ProductCard};
use crate::{milestone, requirement, task};
use kernel::error::Error;
use kernel::id::MilestoneId;
use kernel::policy::Action;
use kernel::time::Date;
use kernel::{Entity, ItemType};
use people::live::{self, Audience, Event};
use platform::app::App;
use platform::counters::{Marker, Moves, begin, commit, committed_or_wait, difference};
use platform::counters::{forget_marker, marker_key, move_by, read_all};
use platform::retry::{Policy, Retry};
use platform::table::{self, Item, Key};

/// The types of entity that a milestone counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Tasks,
    Requirements,
}

/// What a task or requirement contributes to its milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    milestone_id: MilestoneId,
    what: What,
    done: bool,
    /// Due date of an unfinished task.
    due_on: Option<Date>,
}

/// The part of a task's card needed for counting.
#[derive(Deserialize)]
struct TaskState {
    milestone_id: Option<MilestoneId>,
    status: task::Status,
    due_on: Option<Date>,
}

impl Counted {
    /// Returns what the item contributes. `None` if it is deleted or has no milestone. Rejected requirements are not counted.
    fn of(item: &Item) -> Result<Option<Self>, Error> {
        if table::item_type(item) == Some(ItemType::Task) {
            let task: TaskState = table::read(item, "card")?;
            let done = task.status == task::Status::Done;
            let due_on = task.due_on.filter(|_| !done);
            return Ok(task.milestone_id.map(|milestone_id| Self { milestone_id, what: What::Tasks, done, due_on }));
        }
        let card = requirement::card_of(item)?.filter(|card| card.status != requirement::Status::Rejected);
        let Some((milestone_id, status)) = card.and_then(|card| Some((card.milestone_id?, card.status))) else {
            return Ok(None);
        };
        let done = status == requirement::Status::Done;
        Ok(Some(Self { milestone_id, what: What::Requirements, done, due_on: None }))
    }

    fn moves(&self, moves: &mut Moves, by: i64) {
        let what = match self.what {
            What::Tasks => "tasks",
            What::Requirements => "requirements",
        };
        let key = milestone::counters_key(self.milestone_id);
        let mut add = |attribute| move_by(moves, key.pk.clone(), key.sk.clone(), attribute, by);
        add(format!("{what}#total"));
        if self.done {
            add(format!("{what}#done"));
        }
        if let Some(day) = self.due_on {
            add(format!("due#{day}"));
        }
    }
}

/// Counts the task or requirement at `key` towards its milestone in its current state and notifies connected clients. Nothing
/// is counted for a product that is deleted or being deleted: the counters are removed with their milestones.
pub async fn count_towards_milestone(app: &App, key: &Key) -> Result<(), Error> {
    // Separate from the entity's other counters, with its own marker.
    let place = Key::new(format!("MILESTONE#{}", key.pk), &key.sk);
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let keys = [key.clone(), marker_key(&place), product::key_in(&key.pk)];
        let [item, marker, product] = read_all(app, keys).await?;
        let card = product.as_ref().map(product::card_of).transpose()?.flatten();
        let Some(card) = card.filter(|card| card.deleted_at.is_none()) else {
            return forget_marker(app, marker.is_some(), &place).await;
        };
        let now = item.as_ref().map(Counted::of).transpose()?.flatten();
        let marker = Marker::<Counted>::open(marker.as_ref())?;
        let moves = difference(&marker, now.as_ref(), Counted::moves);
        let Some(transaction) = begin(&marker, &place, now.as_ref())? else { return Ok(()) };
        if committed_or_wait(commit(app, transaction, moves).await, &mut retry).await? {
            let moved = [marker.counted, now].into_iter().flatten().map(|counted| counted.milestone_id);
            return announce(app, &card, moved.collect()).await;
        }
    }
}

/// Notifies those who may read the product that the progress of its milestones has changed.
async fn announce(app: &App, card: &ProductCard, milestones: BTreeSet<MilestoneId>) -> Result<(), Error> {
    for milestone in milestones {
        let event = Event::Changed {
            event_id: kernel::id::new(),
            entity_type: Entity::Milestone.to_string(),
            entity_id: milestone.to_string(),
            parent_id: Some(card.id.to_string()),
            version: 1,
            action: "milestone_counted".into(),
        };
        let audience = Audience::team(Action::ProductRead, card.owner_id, card.member_ids.clone());
        live::publish(app, event, audience).await?;
    }
    Ok(())
}
