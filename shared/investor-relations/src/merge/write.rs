//! Merging two investors, and listing the merges into an investor.

use http::StatusCode;

use super::item::{self, MergeRun, Progress};
use super::{Merge, NewMerge, Status};
use crate::investor::{self, LoadedInvestor};
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::policy::Action;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::{Caller, Starter};
use platform::idempotency::{self, StoredAnswer};
use platform::job::LoadedRun;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Attribute};

/// Merges another investor into the one at `version` and returns the surviving investor. The absorbed investor's child entities
/// are moved in the background. Takes two round trips.
pub async fn create(
    app: &App,
    caller: &Caller,
    id: InvestorId,
    version: u64,
    new: NewMerge,
) -> Result<StoredAnswer, Error> {
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    if new.absorbed_id == id {
        return Err(Error::field("absorbed_id", "must be a different investor"));
    }
    let (into, from) = tokio::join!(
        investor::load(app, caller, Action::InvestorMerge, id),
        investor::load(app, caller, Action::InvestorMerge, new.absorbed_id)
    );
    let into = into?;
    let from = match from {
        Err(Error::Merged { .. }) => return go_on(app, caller, &into, version, new.absorbed_id).await,
        other => other.map_err(absorbed_refused)?,
    };
    investor::at_version(&into, version)?;
    investor::at_version(&from, new.absorbed_version)?;
    if into.investor.deleted_at.is_some() || from.investor.deleted_at.is_some() {
        return Err(Error::state("A deleted investor cannot be merged. Restore it first."));
    }
    let after = investor::combined(&into.investor, &from.investor, new.changes)?;
    let mut work = Work::new(app, caller, Operation::InvestorMerge);
    let managers = (into.investor.relationship_manager_id, after.relationship_manager_id);
    if managers.1 != from.investor.relationship_manager_id {
        investor::require_manager(&mut work, caller, managers.0, managers.1)?;
    }
    let after = investor::stage_absorb(&mut work, (&into, &from), after).await?;
    let merge = Merge {
        investor_id: id,
        absorbed_id: new.absorbed_id,
        absorbed_name: from.investor.name,
        merged_at: Timestamp::now(),
        merged_by: caller.id,
        merged_by_name: caller.actor.name.clone(),
        status: Status::Running,
        moved: 0,
        left_behind: 0,
        finished_at: None,
    };
    let run = MergeRun { merge, starter: Starter::new(caller), progress: Progress::default() };
    work.create(item::draft(&run)?, |_| Error::StaleVersion);
    let answer = StoredAnswer::json(StatusCode::OK, &after)?.version(after.version);
    work.answer(answer).await
}

/// Makes a stopped merge go on, as a merge by this caller.
async fn go_on(
    app: &App,
    caller: &Caller,
    into: &LoadedInvestor,
    version: u64,
    absorbed: InvestorId,
) -> Result<StoredAnswer, Error> {
    let merged = || Error::field("absorbed_id", "has already been merged into another investor");
    let found = app.table().get(item::key(absorbed)).await?.ok_or_else(merged)?;
    let stopped = LoadedRun::<MergeRun>::open(&found)?;
    if stopped.run.merge.status != Status::Stopped || stopped.run.merge.investor_id != into.investor.id {
        return Err(merged());
    }
    investor::at_version(into, version)?;
    let mut run = stopped.run.with(Status::Running);
    run.starter = Starter::new(caller);
    (run.merge.merged_by, run.merge.merged_by_name) = (caller.id, caller.actor.name.clone());
    let mut work = Work::new(app, caller, Operation::InvestorMerge);
    work.record_access(Subject::new(Entity::Investor, into.investor.id))?;
    let starter = Attribute::of(&run.starter)?;
    work.push(stopped.done(&run)?.set("data", starter), |_| Error::StaleVersion);
    let answer = StoredAnswer::json(StatusCode::OK, &into.investor)?.version(into.investor.version);
    work.answer(answer).await
}

/// Reports errors about the absorbed investor as field errors, because it is named in the body and not in the path.
fn absorbed_refused(error: Error) -> Error {
    match error {
        Error::NotFound { .. } => Error::field("absorbed_id", "does not exist"),
        other => other,
    }
}

/// Returns one page of the merges into an investor, newest first.
pub async fn list(app: &App, caller: &Caller, id: InvestorId, request: &PageRequest) -> Result<Page<Merge>, Error> {
    let list = List::new("merges", Source::index("gsi1", item::list_partition(id)), Order::Descending);
    let loaded = investor::load(app, caller, Action::InvestorRead, id);
    let (loaded, page) = tokio::join!(loaded, list.page(app, request));
    loaded?;
    page?.try_map(|item| table::read(&item, "card"))
}
