//! The counters of milestones: how many tasks and requirements each has, and how many are done. Whoever counts a task or a requirement
//! moves them.

use std::collections::{BTreeMap, BTreeSet};

use kernel::error::Error;
use kernel::id::MilestoneId;
use kernel::time::Date;
use platform::app::App;
use platform::counters::counts;
use platform::table::{self, Item, Key, Transaction};

use super::item;

/// Prefix of the partition of a milestone's counters.
const PREFIX: &str = "STATS#MILESTONE#";
/// Sort key of a milestone's counters.
const PROGRESS: &str = "PROGRESS";

/// A milestone's counters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MilestoneCounters {
    /// Number of tasks.
    pub tasks_total: u64,
    /// Number of tasks that are done.
    pub tasks_done: u64,
    /// Number of requirements, excluding rejected ones.
    pub requirements_total: u64,
    /// Number of requirements that are met.
    pub requirements_done: u64,
    /// Number of unfinished tasks by due date.
    pub due: BTreeMap<Date, u64>,
}

/// Primary key of a milestone's counters.
pub(crate) fn counters_key(id: MilestoneId) -> Key {
    Key::new(format!("{PREFIX}{id}"), PROGRESS)
}

/// Returns the counters of these milestones. Takes one round trip, or none if `ids` is empty.
pub async fn read_counters(
    app: &App,
    ids: BTreeSet<MilestoneId>,
) -> Result<BTreeMap<MilestoneId, MilestoneCounters>, Error> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = app.table().get_many(ids.into_iter().map(counters_key).collect()).await?;
    let mut figures = BTreeMap::new();
    for item in &found {
        let id = table::text(item, "pk").and_then(|pk| pk.strip_prefix(PREFIX)?.parse().ok());
        if let Some(id) = id {
            figures.insert(id, MilestoneCounters::of(item));
        }
    }
    Ok(figures)
}

impl MilestoneCounters {
    fn of(item: &Item) -> Self {
        let mut figures = Self::default();
        for (name, count) in counts(item) {
            let count = u64::try_from(count).unwrap_or(0);
            match name {
                "tasks#total" => figures.tasks_total = count,
                "tasks#done" => figures.tasks_done = count,
                "requirements#total" => figures.requirements_total = count,
                "requirements#done" => figures.requirements_done = count,
                other => {
                    let day = other.strip_prefix("due#").and_then(|day| Date::try_from(day.to_owned()).ok());
                    if let Some(day) = day.filter(|_| count > 0) {
                        figures.due.insert(day, count);
                    }
                }
            }
        }
        figures
    }
}

/// Removes the counters of the milestone at `key`, which was deleted with its product.
pub async fn forget_counters(app: &App, key: &Key) -> Result<(), Error> {
    let Some(id) = item::id_in(key) else { return Ok(()) };
    let mut transaction = Transaction::new();
    transaction.delete(counters_key(id));
    app.table().commit(transaction).await
}
