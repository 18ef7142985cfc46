//! Applies rows: looks them up in bulk, then writes them one by one, a few concurrently.

use std::slice;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::Field;
use super::fields::Refusal;
use super::item::Job;
use super::lookup::{Decision, FoundInvestor, Row, find};
use investor_relations::investor::duplicates::{self, DuplicateQuery};
use investor_relations::investor::{self, Investor, Saved};
use kernel::Entity;
use kernel::error::{self, Error};
use kernel::id::InvestorId;
use kernel::text::{Name, Phone};
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{Record, Subject};
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::retry::{Policy, Retry};
use platform::table;

/// Number of rows written concurrently. Rows that repeat a key are refused earlier, so order does not matter.
const AT_ONCE: usize = 8;
/// Maximum clock difference between two functions, in seconds.
const CLOCKS: i64 = 60;

/// Result of applying a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The row was (or would be) written, or already had these values.
    Saved(Saved),
    /// The row created (or would create) a new investor even though it looks like an existing one.
    Suspected(Refusal),
    /// The row was written or unchanged; its parent is still to be set.
    Waits(Saved),
    Refused(Vec<Refusal>),
}

impl Outcome {
    /// Whether the row was written to the table.
    pub fn is_written(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

/// Imports rows, or in a dry run only reports what would happen. Fails only if the rows should be retried.
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

/// Finds an existing investor, visible to the caller, that the new investor `made` looks like.
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

async fn foretell(app: &App, job: &Job, caller: &Caller, row: &Row, found: &FoundInvestor) -> Result<Outcome, Error> {
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

async fn write(app: &App, job: &Job, caller: &Caller, row: &Row, mut found: FoundInvestor) -> Result<Outcome, Error> {
    let mut suspicion = None;
    let mut retry = Retry::new(Policy::Stale);
    loop {
        let made = job.investor_id(row.number);
        if let Some(existing) = found.existing().filter(|existing| existing.investor.id == made) {
            // This row created it in a slice that was interrupted before it was counted.
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
                        let subject = Subject::new(Entity::Investor, existing.investor.id);
                        let updated = job.wrote(app, Order::Descending, subject, existing.investor.updated_at).await?;
                        Ok(if updated { Saved::Updated } else { Saved::Unchanged })
                    }
                    other => other,
                }
            }
        };
        match saved {
            Ok(saved) => return Ok(suspicion.map_or(Outcome::Saved(saved), Outcome::Suspected)),
            // Someone else changed this investor or took one of its unique values: look it up again.
            Err(Error::StaleVersion | Error::Conflict { .. }) if retry.again().await => {
                let again = find(app, job, caller, slice::from_ref(row)).await?;
                found = again.into_iter().next().unwrap_or_default();
            }
            Err(Error::StaleVersion | Error::Conflict { .. }) => {
                let message = "this investor is being changed by others right now. Import the row again";
                return Ok(refusal("conflict", message));
            }
            Err(error) => return refused(job, row.number, error),
        }
    }
}

fn refusal(code: &'static str, message: &str) -> Outcome {
    Outcome::Refused(vec![Refusal::new(None, code, message)])
}

/// Decides whether a failure should be retried or refuses this row only.
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
            Ok(refusal("internal", "this row failed because of an error on our side"))
        }
    }
}

impl Job {
    /// Whether this run wrote the first (ascending) or newest (descending) record at `at` in the subject's audit trail. If so, a slice
    /// that was interrupted before it was counted wrote it. No other row has the same subject, so the record belongs to this row.
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
