//! Writes rows of requirements and tasks. New ones go many to a transaction, one transaction after the other, because each row takes the
//! next number; existing ones are updated a few concurrently.

use std::collections::{HashMap, HashSet};
use std::slice;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::find::{Existing, FoundWork, find, made};
use super::values::{Values, new_requirement, new_task};
use super::{WorkContext, WorkRow};
use crate::import::apply::{Outcome, refused};
use crate::import::fields::Refusal;
use crate::import::item::Job;
use crate::import::{Field, Target};
use investor_relations::investor::Saved;
use kernel::Entity;
use kernel::error::Error;
use kernel::id::{RequirementId, TaskId};
use kernel::text::{ExternalKey, fold};
use platform::app::App;
use platform::audit::Subject;
use platform::caller::Caller;
use platform::http::Patch;
use platform::page::Order;
use platform::retry::{Policy, Retry};
use product_development::requirement;
use product_development::task;

/// Number of concurrent updates. Rows that repeat a key are refused earlier, so order does not matter.
const AT_ONCE: usize = 8;

/// Imports rows, or in a dry run only reports what would happen. Fails only if the rows should be retried.
pub async fn apply(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: &WorkContext,
    rows: Vec<WorkRow>,
) -> Result<Vec<(u64, Outcome)>, Error> {
    let found = find(app, job, context, &rows).await?;
    let (old, new): (Vec<_>, Vec<_>) =
        rows.into_iter().zip(found).partition(|(_, found)| found.existing.is_some() || !found.refusals().is_empty());
    let changes = old.into_iter().map(|(row, found)| async move {
        Ok::<_, Error>((row.row, one(app, job, caller, context, &row, found).await?))
    });
    let changes: Vec<_> = changes.collect();
    let mut outcomes: Vec<(u64, Outcome)> = stream::iter(changes).buffered(AT_ONCE).try_collect().await?;
    let mut new = new.into_iter().peekable();
    // Parents that appear earlier in this group, by name.
    let mut above: HashMap<String, RequirementId> = HashMap::new();
    while new.peek().is_some() {
        let mut together: Vec<(WorkRow, FoundWork)> = Vec::new();
        let mut batch = Batch::default();
        while let Some((row, mut found)) = new.next_if(|(row, _)| batch.takes(row)) {
            if let (None, Some(text)) = (found.requirement, &row.values.requirement_ref) {
                found.requirement = above.get(&fold(text)).copied();
            }
            batch.add(&row);
            together.push((row, found));
        }
        let created = create(app, job, caller, context, &together).await?;
        for ((row, _), (_, outcome)) in together.iter().zip(&created) {
            if let (Some(external), true) = (&row.values.external_id, outcome.is_written() && !job.dry_run) {
                above.insert(fold(external.as_str()), RequirementId(made(job, row.row)));
            }
        }
        outcomes.extend(created);
    }
    Ok(outcomes)
}

/// Maximum bytes of text in rows written together: the text is stored three times, and a transaction is limited to 4 MB.
const MAX_TEXT: usize = 512 * 1024;

/// New rows to write in one transaction: as many as fit, none of them the parent of another.
#[derive(Default)]
struct Batch {
    rows: usize,
    text: usize,
    names: HashSet<String>,
}

impl Batch {
    fn takes(&self, row: &WorkRow) -> bool {
        let values = &row.values;
        let known = |name: Option<&str>| name.is_some_and(|name| self.names.contains(&fold(name)));
        self.rows == 0
            || (self.rows < requirement::MAX_AT_ONCE.min(task::MAX_AT_ONCE)
                && self.text + values.length() <= MAX_TEXT
                && !known(values.requirement_ref.as_deref())
                && !known(values.external_id.as_ref().map(ExternalKey::as_str)))
    }

    fn add(&mut self, row: &WorkRow) {
        self.rows += 1;
        self.text += row.values.length();
        self.names.extend(row.values.external_id.as_ref().map(|external| fold(external.as_str())));
    }
}

/// Writes new rows together; if refused, writes each half separately, down to single rows.
async fn create(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: &WorkContext,
    rows: &[(WorkRow, FoundWork)],
) -> Result<Vec<(u64, Outcome)>, Error> {
    if job.dry_run || rows.len() < 2 {
        let mut outcomes = Vec::with_capacity(rows.len());
        for (row, found) in rows {
            outcomes.push((row.row, one(app, job, caller, context, row, found.clone()).await?));
        }
        return Ok(outcomes);
    }
    match together(app, job, caller, context, rows).await {
        Err(error) if error.retryable() => Err(error),
        Err(_) => {
            let (above, below) = rows.split_at(rows.len() / 2);
            let mut outcomes = Box::pin(create(app, job, caller, context, above)).await?;
            outcomes.extend(Box::pin(create(app, job, caller, context, below)).await?);
            Ok(outcomes)
        }
        done => done,
    }
}

/// Writes new rows in one transaction.
async fn together(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: &WorkContext,
    rows: &[(WorkRow, FoundWork)],
) -> Result<Vec<(u64, Outcome)>, Error> {
    let (mut requirements, mut tasks, mut outcomes) = (Vec::new(), Vec::new(), Vec::with_capacity(rows.len()));
    for (row, found) in rows {
        let (id, values) = (made(job, row.row), found.filled(context, &row.values));
        let taken = if job.kind == Target::Requirements {
            new_requirement(values.requirement).map(|new| requirements.push((RequirementId(id), new)))
        } else {
            new_task(values.task).map(|new| tasks.push((TaskId(id), new)))
        };
        outcomes.push((
            row.row,
            match taken {
                Err(refusals) => Outcome::Refused(refusals),
                Ok(()) if found.waits(job, &row.values) => Outcome::Waits(Saved::Created),
                Ok(()) => Outcome::Saved(Saved::Created),
            },
        ));
    }
    if !requirements.is_empty() {
        requirement::create_many(app, caller, context.product_id, &requirements).await?;
    }
    if !tasks.is_empty() {
        task::create_many(app, caller, context.product_id, &tasks).await?;
    }
    Ok(outcomes)
}

async fn one(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: &WorkContext,
    row: &WorkRow,
    mut found: FoundWork,
) -> Result<Outcome, Error> {
    let mut retry = Retry::new(Policy::Stale);
    loop {
        if !found.refusals().is_empty() {
            return Ok(Outcome::Refused(found.refusals().to_vec()));
        }
        let waits = found.waits(job, &row.values);
        let values = found.filled(context, &row.values);
        if job.dry_run {
            return Ok(foretold(&found, values));
        }
        match save(app, job, caller, context, row, &found, values).await {
            Ok(Ok((saved, also_waits))) if waits || also_waits => return Ok(Outcome::Waits(saved)),
            Ok(Ok((saved, _))) => return Ok(Outcome::Saved(saved)),
            Ok(Err(refusals)) => return Ok(Outcome::Refused(refusals)),
            Err(Error::Conflict { code: "wip_limit_reached", detail }) => {
                return Ok(Outcome::Refused(vec![Refusal::new(Field::Status, "wip_limit_reached", detail)]));
            }
            // Someone else changed this record or took one of its unique values: look it up again.
            Err(Error::StaleVersion | Error::Conflict { .. }) if retry.again().await => {
                found = find(app, job, context, slice::from_ref(row)).await?.into_iter().next().unwrap_or_default();
            }
            Err(Error::StaleVersion | Error::Conflict { .. }) => {
                let message = "this is being changed by others right now. Import the row again";
                return Ok(Outcome::Refused(vec![Refusal::new(None, "conflict", message)]));
            }
            Err(error) => return refused(job, row.row, error),
        }
    }
}

fn foretold(found: &FoundWork, values: Values) -> Outcome {
    let changes = match &found.existing {
        None => {
            let requirement = values.requirement.title.is_some();
            let refused =
                if requirement { new_requirement(values.requirement).err() } else { new_task(values.task).err() };
            return refused.map_or(Outcome::Saved(Saved::Created), Outcome::Refused);
        }
        Some(Existing::Requirement(before)) => values.requirement.apply((**before).clone()).0 != **before,
        Some(Existing::Task(before)) => {
            let status = values.task.status.is_some_and(|status| status != before.status);
            let version = before.requirement_version;
            status || values.task.apply((**before).clone(), version).is_ok_and(|after| after != **before)
        }
    };
    Outcome::Saved(if changes { Saved::Updated } else { Saved::Unchanged })
}

/// What was saved, and whether its parent is still to be set.
type Written = Result<(Saved, bool), Vec<Refusal>>;

async fn save(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: &WorkContext,
    row: &WorkRow,
    found: &FoundWork,
    values: Values,
) -> Result<Written, Error> {
    let (product, id) = (context.product_id, made(job, row.row));
    let (kind, before, written) = match &found.existing {
        None if job.kind == Target::Requirements => {
            let new = match new_requirement(values.requirement) {
                Ok(new) => new,
                Err(refusals) => return Ok(Err(refusals)),
            };
            requirement::create_as(app, caller, product, RequirementId(id), new).await?;
            return Ok(Ok((Saved::Created, false)));
        }
        None => {
            let new = match new_task(values.task) {
                Ok(new) => new,
                Err(refusals) => return Ok(Err(refusals)),
            };
            task::create_as(app, caller, product, TaskId(id), new).await?;
            return Ok(Ok((Saved::Created, false)));
        }
        Some(Existing::Requirement(before)) => {
            let mut patch = values.requirement;
            let (id, version) = (before.id, before.version);
            let first = requirement::update(app, caller, product, id, version, patch.clone()).await;
            let (after, waits) = match first {
                // The parent may have to be moved first.
                Err(Error::Invalid(errors)) if errors.iter().all(|error| error.field == "parent_id") => {
                    patch.parent_id = Patch::Absent;
                    (requirement::update(app, caller, product, id, version, patch).await?, true)
                }
                other => (other?, false),
            };
            (Entity::Requirement, (id.0, version, before.created_at, before.updated_at), (after.version, waits))
        }
        Some(Existing::Task(before)) => {
            let after = task::update(app, caller, product, before.id, before.version, values.task).await?;
            let known = (before.id.0, before.version, before.created_at, before.updated_at);
            (Entity::Task, known, (after.version, false))
        }
    };
    let ((id, version, created_at, updated_at), (after, waits)) = (before, written);
    let subject = || Subject::new(kind, id);
    let made_now = id == made(job, row.row) && job.wrote(app, Order::Ascending, subject(), created_at).await?;
    let saved = if made_now {
        // Even if its parent was only set now: the parent was imported after the slice was interrupted.
        Saved::Created
    } else if after > version || job.wrote(app, Order::Descending, subject(), updated_at).await? {
        Saved::Updated
    } else {
        Saved::Unchanged
    };
    Ok(Ok((saved, waits)))
}
