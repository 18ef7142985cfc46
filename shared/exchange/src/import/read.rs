//! Reading imports.

use std::collections::HashMap;

use super::item::{self, ImportRun, LoadedImport};
use super::{Import, Status, Target};
use kernel::error::Error;
use kernel::id::ImportId;
use kernel::policy::Scope;
use platform::app::App;
use platform::caller::Caller;
use platform::job::LoadedRun;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Item};

/// Loads an import that the caller can see; anyone else's is `Hidden`.
pub(super) async fn load(app: &App, caller: &Caller, id: ImportId) -> Result<LoadedImport, Error> {
    let found = app.table().get(item::key(id)).await?;
    permitted(caller, found.as_ref())
}

fn permitted(caller: &Caller, found: Option<&Item>) -> Result<LoadedImport, Error> {
    Target::widest(caller)?;
    let loaded = item::open(found.ok_or(Error::NotFound { what: "import" })?)?;
    match loaded.import.kind.scope(caller) {
        Ok(scope) if caller.covers(scope, Some(loaded.import.created_by)) => Ok(loaded),
        _ => Err(Error::Hidden { what: "import" }),
    }
}

/// Like [`load`], with the latest run. One round trip.
pub(super) async fn load_with_run(
    app: &App,
    caller: &Caller,
    id: ImportId,
) -> Result<(LoadedImport, Option<ImportRun>), Error> {
    let (import, run) = (item::key(id), item::progress_key(id));
    let found = app.table().get_many(vec![import.clone(), run.clone()]).await?;
    let at = |key: &table::Key| found.iter().find(|item| table::text(item, "sk") == Some(key.sk.as_str()));
    let loaded = permitted(caller, at(&import))?;
    let run = at(&run).map(LoadedRun::open).transpose()?;
    Ok((loaded, run.map(|loaded| loaded.run)))
}

/// Returns an import with its progress. One round trip.
pub async fn get(app: &App, caller: &Caller, id: ImportId) -> Result<Import, Error> {
    let (loaded, run) = load_with_run(app, caller, id).await?;
    Ok(with_progress(loaded.import, run.as_ref()))
}

/// Adds the run's counts to the import if they are not stored in it yet.
pub(super) fn with_progress(import: Import, run: Option<&ImportRun>) -> Import {
    let Some(run) = run else { return import };
    let current = match import.status {
        Status::Checking | Status::Importing => run.job.run == import.version,
        // Cancelling is the change right after the run's start.
        Status::Cancelled => run.job.run + 1 == import.version,
        _ => false,
    };
    if !current {
        return import;
    }
    // Later passes have already read the whole file.
    let bytes = if run.progress.pass > 0 { run.job.size } else { run.progress.offset };
    let rows_total_estimate = run.progress.rows_total.or(import.rows_total_estimate);
    Import { rows_total_estimate, ..import.with_counts(run.progress.counts, bytes) }
}

/// Returns one page of the imports that the caller can see, newest first, with their progress.
pub async fn list(app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Import>, Error> {
    let source = match Target::widest(caller)? {
        Scope::All => Source::index("gsi1", item::ALL),
        Scope::Own | Scope::Member => Source::index("gsi2", item::created_by(caller.id)),
    };
    let list = List::new("imports", source, Order::Descending);
    let page = list.page(app, request).await?.try_map(|item| table::read::<Import>(&item, "card"))?;
    let moving = |import: &&Import| import.status.is_running() || import.status == Status::Cancelled;
    let keys = page.items.iter().filter(moving).map(|import| item::progress_key(import.id)).collect();
    let mut runs = HashMap::new();
    for found in app.table().get_many(keys).await? {
        let run = LoadedRun::<ImportRun>::open(&found)?.run;
        runs.insert(run.job.import_id, run);
    }
    page.try_map(|import| {
        let run = runs.get(&import.id);
        Ok(with_progress(import, run))
    })
}
