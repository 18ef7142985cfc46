//! Drives a run: each write of its item appears on the table's stream and triggers the next slice.
//!
//! A slice ends with one write that is conditional on the slice number, so a record that is delivered twice, late, or to two functions at
//! once takes effect once. Until that write, the slice has not happened: if it is killed, it starts again from the same row.
//!
//! Transient failures are retried with growing pauses. Each attempt is counted in the item, and that write triggers the next attempt. A
//! slice that fails ten times, or fails permanently, fails the import; the import can be started again and matches the rows that are
//! already imported.

use std::time::Duration;

use super::item::{self, Job, Progress, Run};
use super::scan::{Repeats, scan};
use super::slice::{Limits, slice};
use super::source::Stop;
use super::{Failure, Import, Status, Target, write};
use kernel::error::{self, Error};
use kernel::id::ImportId;
use kernel::{ItemType, Operation};
use platform::app::App;
use platform::retry::{Policy, Retry};
use platform::table::{self, Attribute, Condition, Item, Transaction, Write};
use platform::work::Work;

/// Maximum attempts at a slice before its import fails.
const SLICE_TRIES: u32 = 10;
/// Maximum number of passes for parents before the rest is reported. Trees are at most 20 levels deep.
const MOST_PASSES: u32 = 20;
/// Maximum pause before a slice is retried: well within the function's timeout.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// A write of a run's item, as seen on the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    /// Id of the import.
    pub import_id: ImportId,
    /// Version of the import that identifies the run.
    pub run: u64,
    /// Number of the slice that is due.
    pub step: u64,
    /// Number of failed attempts at it.
    pub tries: u32,
}

impl Trigger {
    /// Reads the new image of a stream record; `None` unless it is a run in progress.
    #[must_use]
    pub fn read(image: &Item) -> Option<Self> {
        if table::item_type(image) != Some(ItemType::ImportProgress)
            || table::text(image, "state") != Some(item::RUNNING)
        {
            return None;
        }
        let import_id = item::id_in(table::text(image, "pk")?)?;
        let number = |name| table::read(image, name).ok();
        Some(Self { import_id, run: number("run")?, step: number("step")?, tries: item::tries(image) })
    }
}

/// Result of a slice.
enum Achieved {
    /// The whole file was read once.
    Scanned(Progress, Repeats),
    /// Rows were processed.
    Rows(Progress),
}

/// Runs the slice that `trigger` asks for, unless it is already done. An error means it should be retried.
pub async fn advance(app: &App, trigger: Trigger, limits: &Limits) -> Result<(), Error> {
    let Some(run) = due(app, trigger).await? else { return Ok(()) };
    let achieved = match run.progress.rows_total {
        None => Box::pin(first_slice(app, &run)).await,
        Some(_) => Box::pin(slice(app, &run.job, &run.progress, limits)).await.map(Achieved::Rows),
    };
    match achieved {
        Ok(Achieved::Scanned(progress, repeats)) => {
            let mut transaction = Transaction::new();
            if repeats.count > 0 || run.job.kind == Target::Requirements {
                transaction.put(repeats.draft(&run.job)?);
            }
            proceed(app, &run, &progress, transaction).await
        }
        Ok(Achieved::Rows(progress)) if at_end(&run.progress, &progress) => match next_pass(&run.job, &progress) {
            Some(progress) => proceed(app, &run, &progress, Transaction::new()).await,
            None => finish(app, trigger, progress, None).await,
        },
        Ok(Achieved::Rows(progress)) => proceed(app, &run, &progress, Transaction::new()).await,
        Err(Stop::Failure(failure)) => finish(app, trigger, run.progress, Some(failure)).await,
        Err(Stop::Error(error)) if error.retryable() && run.tries + 1 < SLICE_TRIES => {
            tracing::warn!(error = %error::chain(&error), run = run.job.request_id(), "slice failed, retrying later");
            put_off(app, &run, limits).await
        }
        Err(Stop::Error(error)) => {
            tracing::error!(error = %error::chain(&error), run = run.job.request_id(), "import failed");
            finish(app, trigger, run.progress, Some(our_fault(&error))).await
        }
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

/// Schedules a retry of a slice after a pause: counting the attempt writes the item, which triggers the slice.
async fn put_off(app: &App, run: &Run, limits: &Limits) -> Result<(), Error> {
    tokio::time::sleep((limits.pause * 2_u32.saturating_pow(run.tries)).min(LONGEST_PAUSE)).await;
    let attempt = Condition::absent("tries").or(Condition::is("tries", run.tries));
    let mut transaction = Transaction::new();
    transaction.push(next_write(run).set("tries", run.tries + 1).when(attempt), |_| Error::StaleVersion);
    unless_done(app.table().commit(transaction).await)
}

/// An update of the run's item that is refused if the slice is already done.
fn next_write(run: &Run) -> Write {
    let due = Condition::is("run", run.job.run).and(Condition::is("step", run.step));
    Write::update(item::progress_key(run.job.import_id)).when(due)
}

/// Ignores a failed condition: another invocation did the slice in the meantime.
fn unless_done(committed: Result<(), Error>) -> Result<(), Error> {
    match committed {
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// Returns the run if this slice is its next one.
async fn due(app: &App, trigger: Trigger) -> Result<Option<Run>, Error> {
    let Some(found) = app.table().get(item::progress_key(trigger.import_id)).await? else { return Ok(None) };
    let run = item::open_run(&found)?;
    let is_next = run.job.run == trigger.run && run.step == trigger.step && run.tries == trigger.tries;
    Ok((run.running && is_next).then_some(run))
}

async fn first_slice(app: &App, run: &Run) -> Result<Achieved, Stop> {
    let scan = scan(app, &run.job).await?;
    let progress = Progress { rows_total: Some(scan.rows), repeats: scan.repeats.count, ..run.progress.clone() };
    Ok(Achieved::Scanned(progress, scan.repeats))
}

fn at_end(before: &Progress, after: &Progress) -> bool {
    after.row == before.row || after.rows_total.is_some_and(|total| after.row > total)
}

/// Starts another pass through the file if requirements still have no parent. A pass that places at least one requirement may make room
/// for others; the first pass that places none is followed by a last one that reports what is left.
fn next_pass(job: &Job, done: &Progress) -> Option<Progress> {
    if job.dry_run || done.waiting == 0 || done.telling {
        return None;
    }
    let telling = (done.pass > 0 && done.settled == 0) || done.pass >= MOST_PASSES;
    Some(Progress { offset: job.body, row: 1, pass: done.pass + 1, settled: 0, waiting: 0, telling, ..done.clone() })
}

/// Writes a slice's result, which triggers the next slice. Does nothing if another invocation did the slice.
async fn proceed(app: &App, run: &Run, progress: &Progress, mut transaction: Transaction) -> Result<(), Error> {
    stage_progress(&mut transaction, run, progress, item::RUNNING)?;
    unless_done(app.table().commit(transaction).await)
}

/// Stages the write of a slice's progress. A run that was stopped in the meantime stays stopped and still gets the counts.
fn stage_progress(transaction: &mut Transaction, run: &Run, progress: &Progress, state: &str) -> Result<(), Error> {
    let update = next_write(run).set("step", run.step + 1).set("progress", Attribute::of(progress)?).remove("tries");
    let update = if state == item::RUNNING { update } else { update.set("state", state) };
    transaction.push(update, |_| Error::StaleVersion);
    Ok(())
}

/// Ends a run: writes its final counts and the import's new status in one transaction. An import cancelled in the meantime keeps that
/// status and only gets the counts.
async fn finish(app: &App, trigger: Trigger, progress: Progress, failure: Option<Failure>) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Stale);
    loop {
        let found =
            app.table().get_many(vec![item::key(trigger.import_id), item::progress_key(trigger.import_id)]).await?;
        let at = |sk: &str| found.iter().find(|item| table::text(item, "sk") == Some(sk));
        let (Some(import), Some(run)) = (at("IMPORT"), at("PROGRESS")) else { return Ok(()) };
        let (loaded, run) = (item::open(import)?, item::open_run(run)?);
        if run.job.run != trigger.run || run.step != trigger.step {
            return Ok(());
        }
        let actor = run.job.caller().actor;
        let mut work = Work::of(app, &actor, Operation::ImportFinish);
        let goes_on = run.running && loaded.import.version == run.job.run;
        stage_progress(&mut work, &run, &progress, if goes_on { item::FINISHED } else { item::RUNNING })?;
        if goes_on {
            let after = ended(&run.job, loaded.import.clone(), &progress, failure.clone());
            write::stage(&mut work, Some(&loaded), after)?;
        }
        match work.commit().await {
            // Someone is cancelling the import.
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(Error::Unavailable("contention while ending an import".into())),
            Ok(()) => {
                // Every row is imported. The file of a failed import is kept because it can be started again.
                if goes_on && failure.is_none() && !run.job.dry_run {
                    write::remove_file(app, trigger.import_id).await;
                }
                return Ok(());
            }
            other => return other,
        }
    }
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
    use platform::table::Draft;

    #[test]
    fn only_a_running_import_triggers_a_slice() {
        let import_id = ImportId::new();
        let image = |kind: ItemType, state: &str| {
            let draft = Draft::new(item::progress_key(import_id), kind, &()).unwrap();
            draft.text("state", state).number("run", 3).number("step", 7).into_item()
        };
        let running = Trigger::read(&image(ItemType::ImportProgress, "running"));
        assert_eq!(running, Some(Trigger { import_id, run: 3, step: 7, tries: 0 }));
        for (kind, state) in [
            (ItemType::ImportProgress, "finished"),
            (ItemType::ImportProgress, "stopped"),
            (ItemType::Import, "running"),
        ] {
            assert_eq!(Trigger::read(&image(kind, state)), None);
        }
        assert_eq!(Trigger::read(&Item::new()), None);
    }
}
