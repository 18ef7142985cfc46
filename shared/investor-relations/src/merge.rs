//! Merging two investors: one takes over the values, the children and the history of the other, which from then on leads to
//! it.
//!
//! The two investors themselves are written at once ([`create`]); what belongs to the one that goes is moved in the
//! background, each entity in a transaction of its own ([`advance`]), driven by the table's stream as imports are
//! (`docs/decisions/0005-jobs.md`, `docs/decisions/0013-merge.md`).

mod children;
mod item;
mod job;
mod write;

pub use job::{Limits, Trigger, advance};
pub use write::{create, list};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::investor::InvestorPatch;
use kernel::choice;
use kernel::id::{InvestorId, UserId};
use kernel::text::Name;
use kernel::time::Timestamp;

choice!(
    /// How far a merge is.
    #[schema(as = MergeStatus)]
    Status {
        /// What belonged to the other investor is being moved.
        Running = "running",
        /// Everything was moved but what `left_behind` counts.
        Done = "done",
    }
);

/// What a merge takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMerge)]
pub struct NewMerge {
    /// The investor that goes.
    pub absorbed_id: InvestorId,
    /// Its version as it was read.
    pub absorbed_version: u64,
    /// What the investor that stays shall be like, where that is not: its own values first, then those of the other that it
    /// lacks, and the tags and notes of both.
    #[serde(default)]
    pub changes: InvestorPatch,
}

/// A merge of two investors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Merge {
    /// The investor that stays.
    pub investor_id: InvestorId,
    /// The investor that was merged into it.
    pub absorbed_id: InvestorId,
    /// Its name at the time.
    pub absorbed_name: Name,
    /// When they were merged.
    pub merged_at: Timestamp,
    /// Who merged them.
    pub merged_by: UserId,
    /// Their name at the time.
    pub merged_by_name: String,
    /// How far it is.
    pub status: Status,
    /// How many activities, investments, cash flows, documents and reminders were moved so far.
    pub moved: u64,
    /// How many could not be moved for a defect; the log names them.
    pub left_behind: u64,
    /// When everything was moved.
    pub finished_at: Option<Timestamp>,
}
