//! How a merge is stored: with the absorbed investor, and in the list of merges into the surviving one.

use serde::{Deserialize, Serialize};

use super::{Merge, Status};
use crate::investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::InvestorId;
use platform::caller::Starter;
use platform::table::{self, Draft, Item, Key};

/// A loaded merge, with everything the next slice needs.
pub(super) struct Run {
    pub merge: Merge,
    pub starter: Starter,
    pub progress: Progress,
    /// Number of slices completed.
    pub step: u64,
    /// Number of failed attempts at the next slice.
    pub tries: u32,
}

/// Where the next slice continues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Sort key of the last item examined in this pass.
    pub after: Option<String>,
    /// Number of items that this pass has moved, removed or postponed. A pass with none is the last.
    pub found: u64,
    /// Whether this pass found something that is being sent, so that the next pass starts after a pause.
    #[serde(default)]
    pub waits: bool,
}

/// Primary key of the merge of this investor into another.
pub(super) fn key(absorbed: InvestorId) -> Key {
    Key::new(investor::partition(absorbed), "MERGE")
}

/// Partition of the merges into an investor in `gsi1`, by time.
pub(super) fn list_partition(into: InvestorId) -> String {
    format!("MERGES#{into}")
}

/// The item of a merge. Its writes drive the merge.
pub(super) fn draft(run: &Run) -> Result<Draft, Error> {
    let merge = &run.merge;
    let place = format!("{}#{}", merge.merged_at, merge.absorbed_id);
    Ok(Draft::new(key(merge.absorbed_id), ItemType::Merge, &run.starter)?
        .card(merge)?
        .number("version", run.step + 1)
        .number("step", run.step)
        .number("tries", run.tries)
        .text("state", merge.status.as_str())
        .object("progress", &run.progress)?
        .index("gsi1", list_partition(merge.investor_id), place))
}

pub(super) fn open(item: &Item) -> Result<Run, Error> {
    Ok(Run {
        merge: table::read(item, "card")?,
        starter: table::read(item, "data")?,
        progress: table::read(item, "progress")?,
        step: table::read(item, "step")?,
        tries: table::read(item, "tries")?,
    })
}

impl Run {
    /// Whether the merge is still running.
    pub fn is_running(&self) -> bool {
        self.merge.status == Status::Running
    }
}
