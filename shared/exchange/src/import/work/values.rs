//! Parses the cells of a row into the values of a requirement or a task.

use crate::cell;
use crate::import::fields::{Refusal, choose, owned};
use crate::import::header::NOT_UTF8;
use crate::import::item::Job;
use crate::import::records::Cells;
use crate::import::{Field, Key, Target};
use kernel::text::{Criterion, ExternalKey, LongText, Tag};
use platform::http::Patch;
use product_development::priority::Priority;
use product_development::requirement::{self, NewRequirement, RequirementPatch};
use product_development::task::{self, NewTask, TaskPatch};

/// A row that was parsed.
#[derive(Debug, Clone)]
pub struct WorkRow {
    /// Row number in the file.
    pub row: u64,
    pub values: Values,
}

/// Values of a row; an empty cell sets nothing. Only the patch for the file's target is filled.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// Number of the existing record.
    pub number: Option<u64>,
    /// Key in another system.
    pub external_id: Option<ExternalKey>,
    /// The parent of a requirement, or the requirement of a task.
    pub requirement_ref: Option<String>,
    /// Milestone name.
    pub milestone: Option<String>,
    /// Username of the assignee.
    pub assignee: Option<String>,
    /// The requirement's remaining values.
    pub requirement: RequirementPatch,
    /// The task's remaining values.
    pub task: TaskPatch,
    /// Whether any cell has a value.
    said: bool,
}

/// Returns the values of a row, or all errors in its cells.
pub fn parse(job: &Job, cells: &Cells) -> Result<Values, Vec<Refusal>> {
    let mut values = Values::default();
    let mut refusals = Vec::new();
    for (column, field) in &job.fields {
        let Some(text) = job.encoding.decode(cells.get(*column).unwrap_or_default()) else {
            refusals.push(Refusal::new(*field, "not_utf8", NOT_UTF8));
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        values.said = true;
        if let Err(message) = values.set(job, *field, &cell::restored(&text)) {
            refusals.push(Refusal::new(*field, "invalid", message));
        }
    }
    if refusals.is_empty() { Ok(values) } else { Err(refusals) }
}

/// Parses the number in `12`, `R12`, `ORB-12` or `ORB-R12`, depending on the job's target.
pub fn number_in(job: &Job, target: Target, text: &str) -> Option<u64> {
    let text = text.trim().to_uppercase();
    let key = job.product.as_ref().map(|product| product.key.as_str()).unwrap_or_default();
    let bare = text.strip_prefix(key).and_then(|rest| rest.strip_prefix('-')).unwrap_or(&text);
    let digits = match target {
        Target::Requirements => bare.strip_prefix('R').unwrap_or(bare),
        Target::Tasks | Target::Investors => bare,
    };
    let plain = (1..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && *number > 0)
}

impl Values {
    fn set(&mut self, job: &Job, field: Field, text: &str) -> Result<(), String> {
        let (requirement, task) = (&mut self.requirement, &mut self.task);
        let is_task = job.kind == Target::Tasks;
        match field {
            Field::Number => {
                let wrong = || "must be a number or a reference in this product".to_owned();
                self.number = Some(number_in(job, job.kind, text).ok_or_else(wrong)?);
            }
            Field::ExternalId => self.external_id = Some(owned(text)?),
            Field::Title if is_task => task.title = Some(owned(text)?),
            Field::Title => requirement.title = Some(owned(text)?),
            Field::Description if is_task => task.description = Patch::Set(owned(text)?),
            Field::Description => requirement.description = Patch::Set(owned(text)?),
            Field::Priority => {
                let priority = choose(Priority::ALL, Priority::as_str, text)?;
                (requirement.priority, task.priority) = (Some(priority), Some(priority));
            }
            Field::Status if is_task => task.status = Some(choose(task::Status::ALL, task::Status::as_str, text)?),
            Field::Status => {
                requirement.status = Some(choose(requirement::Status::ALL, requirement::Status::as_str, text)?);
            }
            Field::AcceptanceCriteria => {
                let criteria = cell::split(text).into_iter().map(|text| Criterion::try_from(text.trim().to_owned()));
                requirement.acceptance_criteria = Some(criteria.collect::<Result<_, _>>()?);
            }
            Field::Labels => {
                let labels: Vec<Tag> = cell::split(text).iter().map(|tag| owned(tag)).collect::<Result<_, _>>()?;
                task.labels = Some(task::checked_labels(labels).map_err(|error| error.to_string())?);
            }
            Field::Parent | Field::Requirement => self.requirement_ref = Some(text.trim().to_owned()),
            Field::Milestone => self.milestone = Some(text.trim().to_owned()),
            Field::Assignee => self.assignee = Some(text.trim().to_owned()),
            Field::DueOn => task.due_on = Patch::Set(owned(text.trim())?),
            Field::EstimateHours => task.estimate_hours = Patch::Set(owned(text.trim())?),
            // Starting an import maps no investor fields to these rows.
            _ => return Err("is not a field of these rows".into()),
        }
        Ok(())
    }

    /// Whether the row has no values.
    pub fn is_empty(&self) -> bool {
        !self.said
    }

    /// Approximate length of the row's text, in bytes.
    pub fn length(&self) -> usize {
        let text = |patch: &Patch<LongText>| if let Patch::Set(text) = patch { text.as_str().len() } else { 0 };
        let criteria = self.requirement.acceptance_criteria.iter().flatten().map(|one| one.as_str().len());
        // Titles, names and everything else with a length limit.
        2_000 + text(&self.requirement.description) + text(&self.task.description) + criteria.sum::<usize>()
    }

    /// Whether the row has the key it must be matched by.
    pub fn has(&self, key: Key) -> bool {
        key != Key::ExternalId || self.external_id.is_some()
    }
}

fn taken<T>(patch: Patch<T>) -> Option<T> {
    if let Patch::Set(value) = patch { Some(value) } else { None }
}

fn required() -> Vec<Refusal> {
    vec![Refusal::new(Field::Title, "required", "is required to create a new one")]
}

/// The new requirement that a row creates.
pub fn new_requirement(patch: RequirementPatch) -> Result<NewRequirement, Vec<Refusal>> {
    Ok(NewRequirement {
        title: patch.title.ok_or_else(required)?,
        description: taken(patch.description),
        priority: patch.priority,
        status: patch.status,
        acceptance_criteria: patch.acceptance_criteria.unwrap_or_default(),
        parent_id: taken(patch.parent_id),
        milestone_id: taken(patch.milestone_id),
        links: Vec::new(),
        external_id: taken(patch.external_id),
    })
}

/// The new task that a row creates.
pub fn new_task(patch: TaskPatch) -> Result<NewTask, Vec<Refusal>> {
    Ok(NewTask {
        title: patch.title.ok_or_else(required)?,
        description: taken(patch.description),
        requirement_id: taken(patch.requirement_id),
        milestone_id: taken(patch.milestone_id),
        assignee_id: taken(patch.assignee_id),
        priority: patch.priority.unwrap_or_default(),
        status: patch.status,
        due_on: taken(patch.due_on),
        estimate_hours: taken(patch.estimate_hours),
        labels: patch.labels.unwrap_or_default(),
        checklist: Vec::new(),
        external_id: taken(patch.external_id),
    })
}
