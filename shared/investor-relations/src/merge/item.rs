//! How a merge is stored: with the absorbed investor, and in the list of merges into the surviving one.

use serde::{Deserialize, Serialize};

use super::{Merge, Status};
use crate::investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::InvestorId;
use platform::caller::Starter;
use platform::job;
use platform::table::{self, Attribute, Draft, Item, Key, Update, Write};

/// The background job of a merge: everything that the next slice needs.
pub struct MergeRun {
    pub(super) merge: Merge,
    pub(super) starter: Starter,
    pub(super) progress: Progress,
}

/// Where the next slice continues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Sort key of the last item examined in this pass.
    pub(super) after: Option<String>,
    /// Number of items that this pass has moved, removed or postponed. A pass with none is the last.
    pub(super) found: u64,
    /// Whether this pass found something that is being sent, so that the next pass starts after a pause.
    #[serde(default)]
    pub(super) waits: bool,
}

impl MergeRun {
    /// The run in another status.
    pub(super) fn with(&self, status: Status) -> Self {
        let merge = Merge { status, ..self.merge.clone() };
        Self { merge, starter: self.starter.clone(), progress: self.progress.clone() }
    }
}

/// Primary key of the merge of this investor into another.
pub(super) fn key(absorbed: InvestorId) -> Key {
    Key::new(investor::partition(absorbed), "MERGE")
}

/// Partition of the merges into an investor in `gsi1`, by time.
pub(super) fn list_partition(into: InvestorId) -> String {
    format!("MERGES#{into}")
}

/// The item of a merge that starts. Its writes drive the merge.
pub(super) fn draft(run: &MergeRun) -> Result<Draft, Error> {
    let merge = &run.merge;
    let place = format!("{}#{}", merge.merged_at, merge.absorbed_id);
    let draft = Draft::new(key(merge.absorbed_id), ItemType::Merge, &run.starter)?
        .card(merge)?
        .number("version", 1)
        .number("tries", 0)
        .index("gsi1", list_partition(merge.investor_id), place);
    job::begin(run, draft)
}

pub(super) fn open(item: &Item, progress: Progress) -> Result<MergeRun, Error> {
    Ok(MergeRun { merge: table::read(item, "card")?, starter: table::read(item, "data")?, progress })
}

/// Adds to the write that ends slice number `step` what it changed besides the progress.
pub(super) fn store(run: &MergeRun, write: Write<Update>, step: u64) -> Result<Write<Update>, Error> {
    let write = write.set("version", step + 1).set("tries", 0).set("state", run.merge.status.as_str());
    Ok(write.set("card", Attribute::of(&run.merge)?))
}
