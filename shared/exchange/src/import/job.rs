//! Driving a run: each write of its item appears on the table's stream and has the next slice done.
//!
//! A slice ends with one write that is conditional on the slice's number, so a record that is delivered twice, late, or to
//! two functions at once counts once. Until that write the slice has not happened: a slice that was killed is done again
//! from the same row.
//!
//! What may pass is tried again after growing pauses; each try is counted in the item, whose write brings the next one. What
//! does not pass in ten tries, or cannot pass, fails the import: it can be started again and finds the rows that are done.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::item::{self, Job, Progress, Run};
use super::scan::{Repeats, scan};
use super::slice::{Limits, slice};
use super::source::Stop;
use super::{Failure, Import, Status, Target, write};
use kernel::error::{self, Error};
use kernel::id::ImportId;
use platform::app::App;
use platform::table::{self, Item, Transaction};

/// How often the end of a run is tried against someone who gives the import up at that moment.
const TRIES: u32 = 3;
/// How often a slice is tried before its import fails.
const SLICE_TRIES: u32 = 10;
/// How often a file is gone through for parents, before what is left is told. Trees are at most 20 levels deep.
const MOST_PASSES: u32 = 20;
/// The longest pause before a slice is tried again: well within the function's time.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// A write of a run's item, as the stream tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    /// The import.
    pub import_id: ImportId,
    /// The run.
    pub run: u64,
    /// The number of the slice that is due.
    pub step: u64,
    /// How often it was tried in vain.
    pub tries: u32,
}

impl Trigger {
    /// Reads the new image of a stream record; `None` for everything but a run that goes on.
    #[must_use]
    pub fn read(image: &Item) -> Option<Self> {
        if table::text(image, "type") != Some(item::PROGRESS) || table::text(image, "state") != Some(item::RUNNING) {
            return None;
        }
        let import_id = table::text(image, "pk")?.strip_prefix("IMPORT#")?.parse().ok()?;
        let number = |name| table::read(image, name).ok();
        Some(Self { import_id, run: number("run")?, step: number("step")?, tries: item::tries(image) })
    }
}

/// What a slice achieved.
enum Achieved {
    /// The file was read through.
    Scanned(Progress, Repeats),
    /// Rows were done.
    Rows(Progress),
}

/// Does the slice that `trigger` asks for, unless it is done already. Fails when it should be tried again.
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
                app.table().put(&mut transaction, repeats.draft(&run.job)?)?;
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
            tracing::warn!(error = %error::chain(&error), run = run.job.request_id(), "a slice is put off");
            put_off(app, &run, limits).await
        }
        Err(Stop::Error(error)) => {
            tracing::error!(error = %error::chain(&error), run = run.job.request_id(), "an import failed");
            finish(app, trigger, run.progress, Some(our_fault(&error))).await
        }
    }
}

/// What its user reads when an import failed for a reason that lies not in its file.
fn our_fault(error: &Error) -> Failure {
    let (code, message) = if error.retryable() {
        (
            "unavailable",
            "A part of Steward did not answer for a while. Start it again: rows that are imported are found.",
        )
    } else {
        ("internal", "Something went wrong on our side. Rows up to here are imported; start it again for the rest.")
    };
    Failure { code: code.into(), message: message.into() }
}

/// Has a slice tried again after a pause: counting the try writes the item, which triggers the slice.
async fn put_off(app: &App, run: &Run, limits: &Limits) -> Result<(), Error> {
    tokio::time::sleep((limits.pause * 2_u32.saturating_pow(run.tries)).min(LONGEST_PAUSE)).await;
    let number = |number: u64| AttributeValue::N(number.to_string());
    let key = item::progress_key(run.job.import_id);
    let update = app
        .table()
        .update_of(key)
        .update_expression("SET #tries = :next")
        .condition_expression("#run = :run AND #step = :step AND (attribute_not_exists(#tries) OR #tries = :tries)")
        .expression_attribute_names("#tries", "tries")
        .expression_attribute_names("#run", "run")
        .expression_attribute_names("#step", "step")
        .expression_attribute_values(":run", number(run.job.run))
        .expression_attribute_values(":step", number(run.step))
        .expression_attribute_values(":tries", number(run.tries.into()))
        .expression_attribute_values(":next", number(u64::from(run.tries) + 1));
    let update = TransactWriteItem::builder().update(update.build().map_err(Error::defect)?).build();
    let mut transaction = Transaction::new();
    transaction.push(update, |_| Error::StaleVersion);
    unless_done(app.table().commit(transaction).await)
}

/// A slice that someone else did meanwhile is theirs.
fn unless_done(committed: Result<(), Error>) -> Result<(), Error> {
    match committed {
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// The run, if this slice of it is the next one.
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

/// The beginning of another pass through the file, when requirements still have no parent. As long as a pass puts one below
/// its parent, that may have made way for others; the first that does not is followed by one that tells which are left.
fn next_pass(job: &Job, done: &Progress) -> Option<Progress> {
    if job.dry_run || done.waiting == 0 || done.telling {
        return None;
    }
    let telling = (done.pass > 0 && done.settled == 0) || done.pass >= MOST_PASSES;
    Some(Progress { offset: job.body, row: 1, pass: done.pass + 1, settled: 0, waiting: 0, telling, ..done.clone() })
}

/// Writes what a slice achieved, which triggers the next one. If the slice was done by someone else, it is theirs.
async fn proceed(app: &App, run: &Run, progress: &Progress, mut transaction: Transaction) -> Result<(), Error> {
    stage_progress(app, &mut transaction, run, progress, item::RUNNING)?;
    unless_done(app.table().commit(transaction).await)
}

/// Adds the write of a slice's progress. A run that was stopped meanwhile stays stopped and gets the figures.
fn stage_progress(
    app: &App,
    transaction: &mut Transaction,
    run: &Run,
    progress: &Progress,
    state: &str,
) -> Result<(), Error> {
    let number = |number: u64| AttributeValue::N(number.to_string());
    let update = app
        .table()
        .update_of(item::progress_key(run.job.import_id))
        .condition_expression("#run = :run AND #step = :step")
        .expression_attribute_names("#run", "run")
        .expression_attribute_names("#step", "step")
        .expression_attribute_names("#progress", "progress")
        .expression_attribute_names("#tries", "tries")
        .expression_attribute_values(":run", number(run.job.run))
        .expression_attribute_values(":step", number(run.step))
        .expression_attribute_values(":next", number(run.step + 1))
        .expression_attribute_values(":progress", serde_dynamo::to_attribute_value(progress).map_err(Error::defect)?);
    let update = if state == item::RUNNING {
        update.update_expression("SET #step = :next, #progress = :progress REMOVE #tries")
    } else {
        update
            .update_expression("SET #step = :next, #progress = :progress, #state = :state REMOVE #tries")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", AttributeValue::S(state.into()))
    };
    let update = update.build().map_err(Error::defect)?;
    transaction.push(TransactWriteItem::builder().update(update).build(), |_| Error::StaleVersion);
    Ok(())
}

/// Ends a run: its last figures and the import's new status in one transaction. An import that was given up meanwhile
/// keeps that status and only gets the figures.
async fn finish(app: &App, trigger: Trigger, progress: Progress, failure: Option<Failure>) -> Result<(), Error> {
    for _ in 0..TRIES {
        let found =
            app.table().get_many(vec![item::key(trigger.import_id), item::progress_key(trigger.import_id)]).await?;
        let at = |sk: &str| found.iter().find(|item| table::text(item, "sk") == Some(sk));
        let (Some(import), Some(run)) = (at("IMPORT"), at("PROGRESS")) else { return Ok(()) };
        let (loaded, run) = (item::open(import)?, item::open_run(run)?);
        if run.job.run != trigger.run || run.step != trigger.step {
            return Ok(());
        }
        let mut transaction = Transaction::new();
        let goes_on = run.running && loaded.import.version == run.job.run;
        stage_progress(app, &mut transaction, &run, &progress, if goes_on { "finished" } else { item::RUNNING })?;
        if goes_on {
            let after = ended(&run.job, loaded.import.clone(), &progress, failure.clone());
            let actor = run.job.caller().actor;
            write::stage(app, &actor, &mut transaction, "import_finish", Some(&loaded), after).await?;
        }
        match app.table().commit(transaction).await {
            Err(Error::StaleVersion) => {}
            Ok(()) => {
                // Every row is in; a failed import's file stays, for it can be started again.
                if goes_on && failure.is_none() && !run.job.dry_run {
                    write::remove_file(app, trigger.import_id).await;
                }
                return Ok(());
            }
            other => return other,
        }
    }
    Err(Error::Unavailable("an import's end is contended".into()))
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

    #[test]
    fn only_a_run_that_goes_on_asks_for_a_slice() {
        let import_id = ImportId::new();
        let text = |text: &str| AttributeValue::S(text.into());
        let image = |kind: &str, state: &str| {
            Item::from([
                ("pk".into(), text(&item::partition(import_id))),
                ("type".into(), text(kind)),
                ("state".into(), text(state)),
                ("run".into(), AttributeValue::N("3".into())),
                ("step".into(), AttributeValue::N("7".into())),
            ])
        };
        let running = Trigger::read(&image("import_progress", "running"));
        assert_eq!(running, Some(Trigger { import_id, run: 3, step: 7, tries: 0 }));
        for (kind, state) in [("import_progress", "finished"), ("import_progress", "stopped"), ("import", "running")] {
            assert_eq!(Trigger::read(&image(kind, state)), None);
        }
        assert_eq!(Trigger::read(&Item::new()), None);
    }
}
