//! What becomes of rows: looked up together, written one by one, a few at the same time.

use std::slice;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::Field;
use super::fields::Refusal;
use super::item::Job;
use super::lookup::{Decision, Found, Row, find};
use investor_relations::investor::duplicates::{self, DuplicateQuery};
use investor_relations::investor::{self, Investor, Saved};
use kernel::error::{self, Error};
use kernel::id::InvestorId;
use kernel::text::{Name, Phone};
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{Record, Subject};
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table;

/// How many rows are written at the same time. Rows that repeat a key are refused before, so their order does not matter.
const AT_ONCE: usize = 8;
/// How often a row that met someone else's change is tried in all.
const TRIES: u32 = 4;
/// By how much the clocks of two functions may differ, in seconds.
const CLOCKS: i64 = 60;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was (or would be) written or found as it is.
    Saved(Saved),
    /// It became (or would become) a new investor although that looks like one that exists.
    Suspected(Refusal),
    /// It was written or found as it is, and its parent is yet to be set.
    Waits(Saved),
    /// It was refused.
    Refused(Vec<Refusal>),
}

impl Outcome {
    /// Whether the row stands in the table.
    pub fn is_written(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

/// Imports rows, or in a dry run only tells what would become of them. Fails only when the rows should be tried again.
pub async fn apply(app: &App, job: &Job, caller: &Caller, rows: Vec<Row>) -> Result<Vec<(u64, Outcome)>, Error> {
    let found = find(app, job, caller, &rows).await?;
    let work = rows.into_iter().zip(found).map(|(row, found)| async move {
        let outcome = if job.dry_run {
            foretell(app, job, caller, &row, &found).await?
        } else {
            write(app, job, caller, &row, found).await?
        };
        Ok((row.number, outcome))
    });
    stream::iter(work).buffered(AT_ONCE).try_collect().await
}

/// An investor that exists and that the row's new one, called `made`, looks like, as far as the caller may see it.
async fn suspected(
    app: &App,
    caller: &Caller,
    made: InvestorId,
    name: &Name,
    phone: Option<&Phone>,
) -> Result<Option<Refusal>, Error> {
    let query = DuplicateQuery { name: name.clone(), email: None, phone: phone.cloned(), external_key: None };
    let alike = duplicates::find(app, caller, &query).await?.items;
    Ok(alike.iter().find(|duplicate| duplicate.investor.id != made).map(Refusal::duplicate))
}

async fn foretell(app: &App, job: &Job, caller: &Caller, row: &Row, found: &Found) -> Result<Outcome, Error> {
    let made = job.investor_id(row.number);
    Ok(match found.judge(row, job, caller) {
        Err(refusals) => Outcome::Refused(refusals),
        Ok(Decision::Create(new)) => match suspected(app, caller, made, &new.name, new.phone.as_ref()).await? {
            Some(suspicion) if job.skip_duplicates => Outcome::Refused(vec![suspicion]),
            Some(suspicion) => Outcome::Suspected(suspicion),
            None => Outcome::Saved(Saved::Created),
        },
        Ok(Decision::Update(existing, patch)) => {
            let after: Investor = patch.apply(existing.investor.clone());
            Outcome::Saved(if after == existing.investor { Saved::Unchanged } else { Saved::Updated })
        }
    })
}

async fn write(app: &App, job: &Job, caller: &Caller, row: &Row, mut found: Found) -> Result<Outcome, Error> {
    let mut suspicion = None;
    for attempt in 1..=TRIES {
        let made = job.investor_id(row.number);
        if let Some(existing) = found.existing().filter(|existing| existing.investor.id == made) {
            // This row made it, in a slice that was cut off before it counted.
            let Investor { name, phone, .. } = &existing.investor;
            let suspicion = suspected(app, caller, made, name, phone.as_ref()).await?;
            return Ok(suspicion.map_or(Outcome::Saved(Saved::Created), Outcome::Suspected));
        }
        let saved = match found.judge(row, job, caller) {
            Err(refusals) => return Ok(Outcome::Refused(refusals)),
            Ok(Decision::Create(new)) => {
                suspicion = suspected(app, caller, made, &new.name, new.phone.as_ref()).await?;
                if let Some(suspicion) = suspicion.take_if(|_| job.skip_duplicates) {
                    return Ok(Outcome::Refused(vec![suspicion]));
                }
                investor::create_imported(app, caller, made, new).await.map(|()| Saved::Created)
            }
            Ok(Decision::Update(existing, patch)) => {
                match investor::update_imported(app, caller, &existing, patch).await {
                    Ok(Saved::Unchanged) => {
                        let subject = Subject::new("investor", existing.investor.id);
                        let updated = job.wrote(app, Order::Descending, subject, existing.investor.updated_at).await?;
                        Ok(if updated { Saved::Updated } else { Saved::Unchanged })
                    }
                    other => other,
                }
            }
        };
        match saved {
            Ok(saved) => return Ok(suspicion.map_or(Outcome::Saved(saved), Outcome::Suspected)),
            // Someone else wrote this investor or took one of its values: look again.
            Err(Error::StaleVersion | Error::Conflict { .. }) => {
                table::pause(attempt).await;
                let again = find(app, job, caller, slice::from_ref(row)).await?;
                found = again.into_iter().next().unwrap_or_default();
            }
            Err(error) => return refused(job, row.number, error),
        }
    }
    Ok(refusal("conflict", "others are changing this investor right now. Import the row again"))
}

fn refusal(code: &'static str, message: &str) -> Outcome {
    Outcome::Refused(vec![Refusal::new(None, code, message)])
}

/// What the failure of a row means: to be tried again, or for this row alone.
pub(super) fn refused(job: &Job, row: u64, error: Error) -> Result<Outcome, Error> {
    match error {
        error if error.retryable() => Err(error),
        Error::Invalid(errors) => {
            let refusals = errors.into_iter().map(|error| {
                let name = error.field.strip_suffix("_id").filter(|name| *name != "external").unwrap_or(&error.field);
                let field = Field::ALL.iter().copied().find(|field| field.as_str() == name);
                Refusal::new(field, "invalid", error.message)
            });
            Ok(Outcome::Refused(refusals.collect()))
        }
        error => {
            tracing::error!(error = %error::chain(&error), run = job.request_id(), row, "a row failed");
            Ok(refusal("internal", "something went wrong on our side with this row"))
        }
    }
}

impl Job {
    /// Whether the first (ascending) or the newest (descending) record in the trail of a row's subject, written at `at`, is this
    /// very run's: then it comes from a slice that was cut off before it counted. What a row is about is no other row's, so it
    /// is this row's.
    pub(super) async fn wrote(&self, app: &App, end: Order, subject: Subject, at: Timestamp) -> Result<bool, Error> {
        if at < self.started_at.plus_seconds(-CLOCKS) {
            return Ok(false);
        }
        let trail = Source::table(subject.pk(), "CHANGE#");
        let list = List { consistent: true, ..List::new("one end of a trail", trail, end) };
        let (records, _) = list.read(app, None, 1).await?;
        let Some(found) = records.first() else { return Ok(false) };
        let record: Record = table::read(found, "card")?;
        Ok(record.request_id == self.request_id())
    }
}
