//! How a merge is stored: with the investor that goes, and in the list of those that the other took in.

use serde::{Deserialize, Serialize};

use super::{Merge, Status};
use kernel::error::Error;
use kernel::id::InvestorId;
use platform::caller::Starter;
use platform::table::{self, Draft, Item, Key};

/// Type of the item; its writes drive the merge.
pub(super) const TYPE: &str = "merge";

/// A merge as it was read, with what its next slice needs.
pub(super) struct Run {
    pub merge: Merge,
    pub starter: Starter,
    pub progress: Progress,
    /// Counts the slices.
    pub step: u64,
    /// How often the next slice was tried in vain.
    pub tries: u32,
}

/// Where the next slice goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Sort key of the last item looked at in this pass.
    pub after: Option<String>,
    /// What this pass through the partition has moved or has yet to wait for. A pass without any is the last.
    pub found: u64,
    /// Whether this pass has met something that is being sent, so that the next one comes after a pause.
    #[serde(default)]
    pub waits: bool,
}

/// Primary key of the merge of this investor into another.
pub(super) fn key(absorbed: InvestorId) -> Key {
    Key::new(format!("INVESTOR#{absorbed}"), "MERGE")
}

/// Partition of the merges into an investor in `gsi1`, by time.
pub(super) fn list_partition(into: InvestorId) -> String {
    format!("MERGES#{into}")
}

/// The item of a merge. A new one has no `progress` yet.
pub(super) fn draft(run: &Run) -> Result<Draft, Error> {
    let merge = &run.merge;
    let place = format!("{}#{}", merge.merged_at, merge.absorbed_id);
    Ok(Draft::new(key(merge.absorbed_id), TYPE, &run.starter)?
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
    /// Whether it goes on.
    pub fn is_running(&self) -> bool {
        self.merge.status == Status::Running
    }
}
