//! Requirement figures by day: how many requirements there are and how many are met.

use serde::{Deserialize, Serialize};

use super::contribution::{Contribution, daily, day_of};
use crate::requirement::{self, Status};
use kernel::ItemType;
use kernel::error::Error;
use kernel::time::{Date, Timestamp};
use platform::app::App;
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Key};

/// Maximum number of versions processed at once.
const MAX_VERSIONS: usize = 1000;

/// The counted state of a requirement: its status at the end of each day on which it changed. Versions never change, so earlier results are
/// kept and only newer versions are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountedRequirement {
    version: u64,
    days: Vec<(Date, Status)>,
}

/// The parts of a requirement or of one of its versions needed for counting.
#[derive(Deserialize)]
struct State {
    version: u64,
    status: Status,
    updated_at: Timestamp,
}

impl CountedRequirement {
    /// The counted state of the requirement in `item`, continuing from `before`. `None` for a deleted requirement.
    pub async fn next(app: &App, key: &Key, before: Option<&Self>, item: &Item) -> Result<Option<Self>, Error> {
        if table::item_type(item) != Some(ItemType::Requirement) {
            return Ok(None);
        }
        let now: State = table::read(item, "data")?;
        let mut counted = before.cloned().unwrap_or(Self { version: 0, days: Vec::new() });
        if counted.version + 1 < now.version {
            let mut list =
                List::new("versions", Source::table(&key.pk, requirement::versions_of(&key.sk)), Order::Ascending);
            list.consistent = true;
            let place = requirement::version_position;
            (list.from, list.to) = (Some(place(counted.version + 1)), Some(place(now.version - 1)));
            for item in list.read(app, None, MAX_VERSIONS).await?.0 {
                counted.take(&table::read(&item, "data")?)?;
            }
        }
        if counted.version < now.version {
            counted.take(&now)?;
        }
        Ok(Some(counted))
    }

    /// Counts a version. If the clock has gone back, the days still do not go backward.
    fn take(&mut self, state: &State) -> Result<(), Error> {
        self.version = state.version;
        let day = day_of(state.updated_at)?;
        match self.days.last_mut() {
            Some((last, status)) if day <= *last => *status = state.status,
            Some((_, status)) if *status == state.status => {}
            _ => self.days.push((day, state.status)),
        }
        Ok(())
    }

    /// Its contribution to the counters; rejected requirements are not counted.
    pub fn worth(&self) -> Contribution {
        let worth = |status: Status| (i64::from(status != Status::Rejected), i64::from(status == Status::Done));
        let mut before = (0, 0);
        let mut counters = Vec::new();
        for (day, status) in &self.days {
            let now = worth(*status);
            let sk = format!("REQUIREMENTS#{}", day.month());
            for (what, by) in [("total", now.0 - before.0), ("done", now.1 - before.1)] {
                if by != 0 {
                    counters.push((sk.clone(), daily(*day, what), by));
                }
            }
            before = now;
        }
        Contribution::counting(counters)
    }
}
