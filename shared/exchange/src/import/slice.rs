//! One slice of a run: reads, writes and counts the next few hundred rows.

use std::fmt::Write as _;

use super::Target;
use super::apply::{Outcome, apply};
use super::error_log::{self, RowMessages};
use super::fields::{Refusal, parse};
use super::header::{fault_code, fault_message};
use super::item::{ImportRun, Job, Progress};
use super::lookup::Row;
use super::records::{Cells, Record};
use super::scan::Repeats;
use super::source::{Source, Stop};
use super::work::{self, Settled, WorkContext, WorkRow};
use investor_relations::investor::Saved;
use kernel::error::Error;
use platform::app::App;
use platform::caller::Caller;
use platform::job::{Slice, end_early};

/// Number of bytes fetched at once.
const PIECE: u64 = 256 * 1024;
/// Number of rows looked up together; a slice checks the time after each such group.
const GROUP: usize = 100;

/// A row that was read, with what is known about it so far.
enum Turn {
    /// An investor row to be looked up and written.
    Open(Row),
    /// A requirement or task row to be looked up and written.
    Work(Box<WorkRow>),
    /// Decided without a look-up.
    Decided(u64, Outcome),
}

/// Processes the next rows of `run` and returns its new progress. A failed slice leaves nothing but the rows it wrote, which are matched
/// again.
pub async fn slice(app: &App, run: &ImportRun, slice: &Slice<'_>) -> Result<Progress, Stop> {
    let ImportRun { job, progress } = run;
    // Later passes only report rows that had no message before.
    if progress.pass == 0 {
        error_log::clear_behind(app, job.import_id, progress.row).await?;
    }
    let kept = progress.repeats > 0 || job.kind == Target::Requirements;
    let repeats = if kept { Repeats::load(app, job).await? } else { Repeats::default() };
    let records = next_records(app, job, progress, slice.limits.items).await?;
    let caller = job.caller();
    let file = repeats.file.clone();
    let context = match job.kind {
        Target::Investors => None,
        Target::Requirements | Target::Tasks => Some(WorkContext::read(app, job, &caller, file).await?),
    };
    let mut after = progress.clone();
    let mut messages = Vec::new();
    for group in records.chunks(GROUP) {
        let begun = after.row > progress.row;
        if begun && slice.is_over() {
            break;
        }
        let done = match &context {
            Some(context) if progress.pass > 0 => {
                let rows = open_rows(job, &repeats, after.row, group);
                let settled = work::settle(app, job, &caller, context, &rows).await;
                settled.map(|settled| count_settled(&mut after, group, settled, &mut messages))
            }
            context => {
                let outcomes = do_group(app, job, &caller, context.as_ref(), &repeats, after.row, group).await;
                outcomes.map(|outcomes| count(&mut after, group, outcomes, &mut messages))
            }
        };
        match done {
            Ok(()) => {}
            // The groups before this one count; this one is left to the next slice.
            Err(error) => {
                end_early(run, error, begun)?;
                break;
            }
        }
    }
    messages.sort_by_key(|one| one.row);
    after.errors_stored = error_log::store(app, job, progress.errors_stored, &messages).await?;
    Ok(after)
}

async fn next_records(app: &App, job: &Job, progress: &Progress, most: usize) -> Result<Vec<Record>, Stop> {
    let mut source = Source::new(app, job, progress.offset, PIECE);
    let mut records = Vec::new();
    while records.len() < most {
        match source.next().await? {
            Some(record) => records.push(record),
            None => break,
        }
    }
    Ok(records)
}

/// Processes the rows after `row`.
async fn do_group(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: Option<&WorkContext>,
    repeats: &Repeats,
    row: u64,
    group: &[Record],
) -> Result<Vec<(u64, Outcome)>, Error> {
    let (mut rows, mut work, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (row, record) in (row + 1..).zip(group) {
        match read_row(job, repeats, row, record) {
            Turn::Open(row) => rows.push(row),
            Turn::Work(row) => work.push(*row),
            Turn::Decided(row, outcome) => outcomes.push((row, outcome)),
        }
    }
    match context {
        Some(context) => outcomes.extend(work::apply(app, job, caller, context, work).await?),
        None => outcomes.extend(apply(app, job, caller, rows).await?),
    }
    Ok(outcomes)
}

/// The rows of a group that were not already refused when parsed.
fn open_rows(job: &Job, repeats: &Repeats, row: u64, group: &[Record]) -> Vec<WorkRow> {
    let turns = (row + 1..).zip(group).map(|(row, record)| read_row(job, repeats, row, record));
    turns.filter_map(|turn| if let Turn::Work(row) = turn { Some(*row) } else { None }).collect()
}

/// Advances the progress past a group of rows whose parents were looked up.
fn count_settled(
    progress: &mut Progress,
    group: &[Record],
    settled: Vec<(u64, Settled)>,
    messages: &mut Vec<RowMessages>,
) {
    progress.row += u64::try_from(group.len()).unwrap_or(0);
    progress.offset = group.last().map_or(progress.offset, |record| record.end);
    for (row, settled) in settled {
        match settled {
            Settled::Already => {}
            Settled::Now => progress.settled += 1,
            Settled::Not(refusal) => {
                progress.waiting += 1;
                if progress.is_last_pass {
                    progress.counts.errors += 1;
                    messages.push(RowMessages { row, imported: true, refusals: vec![refusal] });
                }
            }
        }
    }
}

/// Advances the progress past a group of rows and counts the results.
fn count(progress: &mut Progress, group: &[Record], outcomes: Vec<(u64, Outcome)>, messages: &mut Vec<RowMessages>) {
    progress.row += u64::try_from(group.len()).unwrap_or(0);
    progress.offset = group.last().map_or(progress.offset, |record| record.end);
    let counts = &mut progress.counts;
    for (row, outcome) in outcomes {
        counts.rows += 1;
        let outcome = match outcome {
            Outcome::Waits(saved) => {
                progress.waiting += 1;
                // Moving to another parent is a change.
                Outcome::Saved(if saved == Saved::Unchanged { Saved::Updated } else { saved })
            }
            other => other,
        };
        match outcome {
            // Replaced by the saved outcome above.
            Outcome::Waits(_) => {}
            Outcome::Saved(Saved::Created) => counts.created += 1,
            Outcome::Saved(Saved::Updated) => counts.updated += 1,
            Outcome::Saved(Saved::Unchanged) => counts.unchanged += 1,
            Outcome::Suspected(suspicion) => {
                counts.created += 1;
                counts.duplicates += 1;
                messages.push(RowMessages { row, imported: true, refusals: vec![suspicion] });
            }
            Outcome::Refused(refusals) => {
                counts.errors += 1;
                counts.duplicates += u64::from(refusals.iter().any(|refusal| refusal.investor_id.is_some()));
                messages.push(RowMessages { row, imported: false, refusals });
            }
        }
    }
}

/// Parses one row without looking anything up.
fn read_row(job: &Job, repeats: &Repeats, row: u64, record: &Record) -> Turn {
    let refuse = |refusals| Turn::Decided(row, Outcome::Refused(refusals));
    let cells = match &record.cells {
        Ok(cells) => cells,
        Err(fault) => return refuse(vec![Refusal::new(None, fault_code(*fault), fault_message(*fault))]),
    };
    // Spreadsheets write empty rows after the last one.
    if cells.iter().all(<[u8]>::is_empty) {
        return Turn::Decided(row, Outcome::Saved(Saved::Unchanged));
    }
    if cells.len() != job.columns {
        return refuse(vec![column_count(job, cells, record.lines)]);
    }
    if let Some(refusal) = repeats.of(row) {
        return refuse(vec![refusal]);
    }
    if job.kind != Target::Investors {
        return match work::parse(job, cells) {
            Ok(values) if values.is_empty() => Turn::Decided(row, Outcome::Saved(Saved::Unchanged)),
            Ok(values) => Turn::Work(Box::new(WorkRow { row, values })),
            Err(refusals) => refuse(refusals),
        };
    }
    match parse(cells, &job.fields, job.encoding) {
        Ok(values) if values.is_empty() => Turn::Decided(row, Outcome::Saved(Saved::Unchanged)),
        Ok(values) => Turn::Open(Row { number: row, values }),
        Err(refusals) => refuse(refusals),
    }
}

fn column_count(job: &Job, cells: &Cells, lines: u64) -> Refusal {
    let mut message = format!("has {} cells where the header has {} columns", cells.len(), job.columns);
    if lines > 1 {
        let _ = write!(message, "; it spans {lines} lines, so a quotation mark may be unclosed");
    }
    Refusal::new(None, "column_count", message)
}
