//! Product analytics: task flow, how long tasks take and wait, team throughput, and the progress of requirements and
//! milestones.
//!
//! What a task or requirement contributes depends only on its current state, including the status changes stored with it. A
//! reassigned task therefore takes its whole history along, and a deleted one leaves no trace. Sums and exact medians come from
//! counters: completed tasks are counted by duration ([`durations`]), waiting tasks by the day since which they have been
//! waiting. Reading costs the same for a thousand tasks as for a hundred thousand.

mod contribution;
mod count;
mod cycle;
mod durations;
mod flow;
mod milestone;
mod period;
mod requirement;
mod team;
mod workload;

pub use contribution::WaitingTask;
pub use count::{count_requirement, count_task};
pub use cycle::{AgingAlerts, AgingStatus, AgingTask, ProductCycle, cycle};
pub use durations::{DurationBucket, Durations, counted_minutes};
pub use flow::{BurnUp, BurnUpPoint, FlowPoint, ProductFlow, flow};
pub use milestone::count_towards_milestone;
pub use period::ProductPeriod;
pub use team::{MemberFigures, MemberPoint, ProductTeam, team};
pub use workload::Workload;
pub(crate) use workload::read as read_workload;

use kernel::id::{ProductId, UserId};

/// Partition of everything counted for a product. Deleting the product removes it as a whole, because nothing else refers to
/// it.
#[must_use]
pub fn partition(product: ProductId) -> String {
    format!("STATS#PRODUCT#{product}")
}

/// A group of tasks that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// All tasks of the product.
    All,
    /// The tasks assigned to a user.
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
    /// The index that lists the group's unfinished tasks by how long they have been waiting, and the group's partition in it.
    fn waiting(self, product: ProductId) -> (&'static str, String) {
        match self {
            Self::All => ("gsi1", format!("WAITING#{product}")),
            Self::Member(user) => ("gsi2", format!("WAITING#{product}#{user}")),
        }
    }
}
