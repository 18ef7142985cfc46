//! The background job of an import. A slice that fails ten times, or fails permanently, fails the import; the import can be started
//! again and matches the rows that are already imported.

use std::time::Duration;

use super::item::{self, ImportRun, Job, Progress, RunId};
use super::scan::scan;
use super::slice::slice;
use super::source::Stop;
use super::{Failure, Import, Status, Target, write};
use kernel::error::{self, Error};
use kernel::policy::Action;
use kernel::{ItemType, Operation};
use platform::app::App;
use platform::caller::Starter;
use platform::job::{Limits, LoadedRun, Next, Run, Slice};
use platform::retry::{Policy, Retry};
use platform::table::{self, Condition, Item, Key, Transaction, Update, Write};
use platform::work::Work;

/// Maximum number of passes for parents before the rest is reported. Trees are at most 20 levels deep.
const MAX_PASSES: u32 = 20;
/// Maximum pause before a slice is retried: well within the function's timeout.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The end of a run: its last state, and why the import failed if it did.
pub struct End {
    run: ImportRun,
    failure: Option<Failure>,
}

impl Run for ImportRun {
    const TYPE: ItemType = ItemType::ImportProgress;
    const LIMITS: Limits = Limits { items: 500, time: Duration::from_secs(20), pause: Duration::from_millis(200) };
    type Id = RunId;
    type Progress = Progress;
    type End = End;

    fn authority(&self) -> (&Starter, Action) {
        let investors = self.job.kind == Target::Investors;
        (&self.job.starter, if investors { Action::ImportRun } else { Action::ProductImport })
    }

    fn id(item: &Item) -> Option<RunId> {
        Some(RunId { import_id: item::id_in(table::text(item, "pk")?)?, run: table::read(item, "run").ok()? })
    }

    fn key(id: RunId) -> Key {
        item::progress_key(id.import_id)
    }

    fn open(item: &Item, progress: Progress) -> Result<Self, Error> {
        Ok(Self { job: table::read(item, "data")?, progress })
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The work is fixed, and `state` is left alone: a run that was stopped in the meantime stays stopped and still gets the counts.
    fn store(&self, write: Write<Update>, _: u64) -> Result<Write<Update>, Error> {
        Ok(write.remove("tries"))
    }

    fn is_at(id: RunId, step: u64) -> Condition {
        Condition::is("run", id.run).and(Condition::is("step", step))
    }

    fn has_tried(tries: u32) -> Option<Condition> {
        Some(Condition::absent("tries").or(Condition::is("tries", tries)))
    }

    async fn slice(&self, app: &App, budget: &Slice<'_>) -> Result<Next<Self>, Error> {
        let achieved = match self.progress.rows_total {
            None => Box::pin(first_slice(app, self)).await,
            Some(_) => Box::pin(slice(app, self, budget)).await.map(|progress| after_rows(self, progress)),
        };
        match achieved {
            Ok(next) => Ok(next),
            Err(Stop::Failure(failure)) => {
                Ok(Next::End(End { run: self.at(self.progress.clone()), failure: Some(failure) }))
            }
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Writes the final counts and the import's new status in one transaction. An import cancelled in the meantime keeps that status and
    /// only gets the counts.
    async fn finish(loaded: &LoadedRun<Self>, app: &App, end: End) -> Result<(), Error> {
        let mut retry = Retry::new(Policy::Stale);
        let import_id = loaded.id.import_id;
        loop {
            let found = app.table().get_many(vec![item::key(import_id), item::progress_key(import_id)]).await?;
            let at = |sk: &str| found.iter().find(|item| table::text(item, "sk") == Some(sk));
            let (Some(import), Some(run)) = (at("IMPORT"), at("PROGRESS")) else { return Ok(()) };
            let (import, current) = (item::open(import)?, LoadedRun::<Self>::open(run)?);
            if (current.id, current.step) != (loaded.id, loaded.step) {
                return Ok(());
            }
            let job = &current.run.job;
            let actor = job.caller().actor;
            let mut work = Work::of(app, &actor, Operation::ImportFinish);
            let goes_on = current.running && import.import.version == job.run;
            let done = current.done(&end.run)?;
            let done = if goes_on { done.set("state", item::FINISHED) } else { done };
            work.push(done, |_| Error::StaleVersion);
            if goes_on {
                let after = ended(job, import.import.clone(), &end.run.progress, end.failure.clone());
                write::stage(&mut work, Some(&import), after)?;
            }
            match work.commit().await {
                // Someone is cancelling the import.
                Err(Error::StaleVersion) if retry.again().await => {}
                Err(Error::StaleVersion) => return Err(Error::Unavailable("contention while ending an import".into())),
                Ok(()) => {
                    // Every row is imported. The file of a failed import is kept because it can be started again.
                    if goes_on && end.failure.is_none() && !job.dry_run {
                        write::remove_file(app, import_id).await;
                    }
                    return Ok(());
                }
                other => return other,
            }
        }
    }

    async fn stop(loaded: &LoadedRun<Self>, app: &App) -> Result<(), Error> {
        let failure = Failure {
            code: "starter_not_allowed".into(),
            message: "The user who started this import is disabled or has other roles. The rows so far are imported; somebody else can \
                      start the import again for the rest."
                .into(),
        };
        let run = &loaded.run;
        Self::finish(loaded, app, End { run: run.at(run.progress.clone()), failure: Some(failure) }).await
    }

    async fn give_up(loaded: &LoadedRun<Self>, app: &App, error: Error) -> Result<(), Error> {
        let run = &loaded.run;
        tracing::error!(error = %error::chain(&error), run = run.job.request_id(), "import failed");
        let end = End { run: run.at(run.progress.clone()), failure: Some(our_fault(&error)) };
        Self::finish(loaded, app, end).await
    }

    fn pause(pause: Duration, tries: u32) -> Duration {
        (pause * 2_u32.saturating_pow(tries)).min(LONGEST_PAUSE)
    }

    fn warn(&self, error: &str, message: &str) {
        tracing::warn!(error, run = self.job.request_id(), "{message}");
    }
}

impl ImportRun {
    /// The run at another point of its progress.
    fn at(&self, progress: Progress) -> Self {
        Self { job: self.job.clone(), progress }
    }
}

/// What the user reads if an import failed for a reason other than its file.
fn our_fault(error: &Error) -> Failure {
    let (code, message) = if error.retryable() {
        (
            "unavailable",
            "A service was unavailable for a while. Start the import again: rows that are already imported are matched.",
        )
    } else {
        (
            "internal",
            "Something went wrong on our side. The rows so far are imported; start the import again for the rest.",
        )
    };
    Failure { code: code.into(), message: message.into() }
}

/// Reads the whole file once.
async fn first_slice(app: &App, run: &ImportRun) -> Result<Next<ImportRun>, Stop> {
    let scan = scan(app, &run.job).await?;
    let (rows, repeats) = (scan.rows, scan.repeats);
    let progress = Progress { rows_total: Some(rows), repeats: repeats.count, ..run.progress.clone() };
    let mut transaction = Transaction::new();
    if repeats.count > 0 || run.job.kind == Target::Requirements {
        transaction.put(repeats.draft(&run.job)?);
    }
    Ok(Next::Slice(run.at(progress), transaction))
}

/// What follows a slice that processed rows up to `progress`.
fn after_rows(run: &ImportRun, progress: Progress) -> Next<ImportRun> {
    if !at_end(&run.progress, &progress) {
        return Next::Slice(run.at(progress), Transaction::new());
    }
    match next_pass(&run.job, &progress) {
        Some(progress) => Next::Slice(run.at(progress), Transaction::new()),
        None => Next::End(End { run: run.at(progress), failure: None }),
    }
}

fn at_end(before: &Progress, after: &Progress) -> bool {
    after.row == before.row || after.rows_total.is_some_and(|total| after.row > total)
}

/// Starts another pass through the file if requirements still have no parent. A pass that places at least one requirement may make room
/// for others; the first pass that places none is followed by a last one that reports what is left.
fn next_pass(job: &Job, done: &Progress) -> Option<Progress> {
    if job.dry_run || done.waiting == 0 || done.is_last_pass {
        return None;
    }
    let is_last_pass = (done.pass > 0 && done.settled == 0) || done.pass >= MAX_PASSES;
    Some(Progress {
        offset: job.body,
        row: 1,
        pass: done.pass + 1,
        settled: 0,
        waiting: 0,
        is_last_pass,
        ..done.clone()
    })
}

/// The import at the end of its run.
fn ended(job: &Job, import: Import, progress: &Progress, failure: Option<Failure>) -> Import {
    let status = match (&failure, job.dry_run) {
        (Some(_), _) => Status::Failed,
        (None, true) => Status::Checked,
        (None, false) => Status::Done,
    };
    let rows_total_estimate = progress.rows_total.or(import.rows_total_estimate);
    let import = import.with_counts(progress.counts, progress.offset);
    Import { status, rows_total_estimate, failure, ..import }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::ImportId;
    use platform::job::Trigger;
    use platform::table::Draft;

    #[test]
    fn only_a_running_import_triggers_a_slice() {
        let import_id = ImportId::new();
        let image = |kind: ItemType, state: &str| {
            let draft = Draft::new(item::progress_key(import_id), kind, &()).unwrap();
            draft.text("state", state).number("run", 3).number("step", 7).into_item()
        };
        let running = Trigger::read::<ImportRun>(&image(ItemType::ImportProgress, "running"));
        assert_eq!(running, Some(Trigger { id: RunId { import_id, run: 3 }, step: 7, tries: 0 }));
        for (kind, state) in [
            (ItemType::ImportProgress, "finished"),
            (ItemType::ImportProgress, "stopped"),
            (ItemType::Import, "running"),
        ] {
            assert_eq!(Trigger::read::<ImportRun>(&image(kind, state)), None);
        }
        assert_eq!(Trigger::read::<ImportRun>(&Item::new()), None);
    }
}
