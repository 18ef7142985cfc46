//! Product analytics: how tasks flow, how long they take and wait, what the team completes, and the progress of requirements and
//! milestones.
//!
//! The contribution of a task or a requirement is a function of its current state alone, including the status changes stored with it. A
//! task that is reassigned therefore takes its whole history along, and a deleted one leaves no trace. Sums and exact medians come from
//! counters: completed tasks are counted by duration ([`durations`]), waiting tasks by the day they have been waiting since. Reading costs
//! the same for a thousand tasks as for a hundred thousand.

mod contribution;
mod count;
mod cycle;
mod durations;
mod flow;
mod period;
mod requirement;
mod team;
mod workload;

pub use contribution::WaitingTask;
pub use count::{count_requirement, count_task};
pub use cycle::{AgingAlerts, AgingStatus, AgingTask, ProductCycle, cycle};
pub use durations::{DurationBucket, Durations, counted_minutes};
pub use flow::{BurnUp, BurnUpPoint, FlowPoint, ProductFlow, flow};
pub use period::ProductPeriod;
pub use team::{MemberFigures, MemberPoint, ProductTeam, team};
pub use workload::Workload;
pub(crate) use workload::read as read_workload;

use crate::id::{ProductId, UserId};

/// Partition of all counters of a product. Deleting the product removes the whole partition; nothing else refers to it.
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
    /// The index that lists the group's unfinished tasks by waiting time, and its partition there.
    fn waiting(self, product: ProductId) -> (&'static str, String) {
        match self {
            Self::All => ("gsi1", format!("WAITING#{product}")),
            Self::Member(user) => ("gsi2", format!("WAITING#{product}#{user}")),
        }
    }
}
