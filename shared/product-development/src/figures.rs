//! A product in numbers: how its tasks flow, how long they take and wait, what its team gets done, how its requirements
//! and milestones come along.
//!
//! What a task or a requirement adds is a function of its present state alone, the changes of status that are stored with it
//! included. So a task that goes to another person takes its whole past along, and a deleted one leaves no trace. Sums and
//! exact medians come from counters: the times that tasks took are counted by length ([`durations`]), those that wait by the
//! day since when they do. Reading costs the same for a thousand tasks and for a hundred thousand.

mod contribution;
mod count;
mod cycle;
mod durations;
mod flow;
pub mod milestone;
mod period;
mod requirement;
mod team;
mod workload;

pub use contribution::WaitingTask;
pub use count::{count_requirement, count_task};
pub use cycle::{AgingAlerts, AgingStatus, AgingTask, ProductCycle, cycle};
pub use durations::{DurationBucket, Durations, counted_minutes};
pub use flow::{BurnUp, BurnUpPoint, FlowPoint, ProductFlow, flow};
pub use milestone::{MilestoneFigures, count_towards_milestone, forget_milestone, milestone_figures};
pub use period::ProductPeriod;
pub use team::{MemberFigures, MemberPoint, ProductTeam, team};
pub use workload::Workload;
pub(crate) use workload::read as read_workload;

use kernel::id::{ProductId, UserId};

/// Partition of all that is counted of a product. The deletion of the product removes it as a whole: nothing else refers to
/// it.
#[must_use]
pub fn partition(product: ProductId) -> String {
    format!("STATS#PRODUCT#{product}")
}

/// Whose tasks are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// All of the product.
    All,
    /// Those that are assigned to a user.
    Member(UserId),
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("ALL"),
            Self::Member(user) => user.fmt(f),
        }
    }
}

impl Group {
    /// The index that lists the group's unfinished tasks by how long they wait, and its partition there.
    fn waiting(self, product: ProductId) -> (&'static str, String) {
        match self {
            Self::All => ("gsi1", format!("WAITING#{product}")),
            Self::Member(user) => ("gsi2", format!("WAITING#{product}#{user}")),
        }
    }
}
