//! Merging two investors: the surviving one takes over the values, child entities and history of the absorbed one, which from
//! then on redirects to it.
//!
//! The two investors themselves are written immediately ([`create`]). What belongs to the absorbed investor is moved by a
//! background job ([`MergeRun`]), each entity in its own transaction (`docs/decisions/0005-jobs.md`,
//! `docs/decisions/0013-merge.md`).

mod children;
mod item;
mod job;
mod write;

pub use item::MergeRun;
pub use write::{create, list};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::investor::InvestorPatch;
use kernel::choice;
use kernel::id::{InvestorId, UserId};
use kernel::text::Name;
use kernel::time::Timestamp;

choice!(
    /// The status of a merge.
    #[schema(as = MergeStatus)]
    Status {
        /// What belonged to the absorbed investor is being moved.
        Running = "running",
        /// Stopped, because the user who merged them is disabled or has other roles. Merge the two again to go on.
        Stopped = "stopped",
        /// Everything was moved except what `left_behind` counts.
        Done = "done",
    }
);

/// The data for merging two investors.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMerge)]
pub struct NewMerge {
    /// The investor to absorb.
    pub absorbed_id: InvestorId,
    /// Version of the absorbed investor that you read.
    pub absorbed_version: u64,
    /// Changes to the merged result. By default the surviving investor keeps its own values, takes missing ones from the absorbed
    /// investor, and has the tags and notes of both.
    #[serde(default)]
    pub changes: InvestorPatch,
}

/// A merge of two investors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Merge {
    /// The surviving investor.
    pub investor_id: InvestorId,
    /// The absorbed investor.
    pub absorbed_id: InvestorId,
    /// Name of the absorbed investor at the time of the merge.
    pub absorbed_name: Name,
    /// When they were merged.
    pub merged_at: Timestamp,
    /// The user who merged them, or made a stopped merge go on.
    pub merged_by: UserId,
    /// That user's name at the time of the merge.
    pub merged_by_name: String,
    /// Current status.
    pub status: Status,
    /// Number of activities, investments, cash flows, documents and reminders moved so far.
    pub moved: u64,
    /// Number of entities that could not be moved because of a defect. The log identifies them.
    pub left_behind: u64,
    /// When the last entity was moved.
    pub finished_at: Option<Timestamp>,
}
