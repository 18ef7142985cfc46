//! Looks up the requirements and tasks that rows refer to, many rows at once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::values::Values;
use super::{WorkContext, WorkRow, number_in};
use crate::import::fields::Refusal;
use crate::import::item::Job;
use crate::import::{Field, Key, Target};
use discovery::search::{self, SearchHit};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId, TaskId};
use kernel::text::{ExternalKey, fold};
use platform::app::App;
use platform::http::Patch;
use platform::table::{self, Item};
use product_development::requirement::{self, Requirement};
use product_development::task::{self, Task};

/// Number of concurrent look-ups by number.
const AT_ONCE: usize = 8;

/// An existing requirement or task.
#[derive(Clone)]
pub enum Existing {
    Requirement(Box<Requirement>),
    Task(Box<Task>),
}

impl Existing {
    /// The ID of the requirement or task.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Requirement(requirement) => requirement.id.0,
            Self::Task(task) => task.id.0,
        }
    }
}

/// What was found for a row.
#[derive(Clone, Default)]
pub struct FoundWork {
    /// The existing record that the row updates.
    pub existing: Option<Existing>,
    /// The owner of the row's external id.
    external_owner: Option<Uuid>,
    /// The requirement that the row refers to.
    pub requirement: Option<RequirementId>,
    /// Reasons to refuse the row; empty if there are none.
    judged: Vec<Refusal>,
}

/// Names to look up.
struct Names {
    external: BTreeMap<(Target, String), Uuid>,
    numbered: BTreeMap<(Target, u64), Uuid>,
}

/// The id of a requirement or task that this import creates for a row. The same when the row is processed again, or by another run over
/// the same file.
pub fn made(job: &Job, row: u64) -> Uuid {
    let at = job.product.as_ref().map_or(job.started_at, |product| product.created_at);
    kernel::id::derived(at, &format!("{}/{}/{row}", job.import_id, job.etag))
}

/// Finds what each row refers to, in row order. Three round trips.
pub async fn find(app: &App, job: &Job, context: &WorkContext, rows: &[WorkRow]) -> Result<Vec<FoundWork>, Error> {
    let names = Names::read(app, job, context, rows).await?;
    let own = |row: &WorkRow| {
        let by_number = row.values.number.and_then(|number| names.numbered.get(&(job.kind, number)).copied());
        let by_external = row.values.external_id.as_ref().and_then(|id| names.external(job.kind, id.as_str()));
        let by_key = if job.key == Key::Number { by_number } else { by_external };
        (by_key, by_external)
    };
    let ids: BTreeSet<Uuid> = rows.iter().flat_map(|row| [own(row).0, Some(made(job, row.row))]).flatten().collect();
    let existing = load(app, job.kind, context.product_id, ids).await?;
    let find = |row: &WorkRow| {
        let (by_key, external_owner) = own(row);
        // Records that this import created are found by id, whatever their name is now.
        let made = if by_key.is_none() { existing.get(&made(job, row.row)) } else { None };
        let mut found = FoundWork {
            existing: made.or_else(|| by_key.and_then(|id| existing.get(&id))).cloned(),
            external_owner,
            requirement: row.values.requirement_ref.as_deref().and_then(|text| names.requirement(job, text)),
            judged: Vec::new(),
        };
        found.judge(job, context, &row.values);
        found
    };
    Ok(rows.iter().map(find).collect())
}

async fn load(
    app: &App,
    kind: Target,
    product: ProductId,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Existing>, Error> {
    let key = |id: Uuid| match kind {
        Target::Tasks => task::task_key(product, TaskId(id)),
        Target::Requirements | Target::Investors => requirement::item_key(product, RequirementId(id)),
    };
    let wanted = match kind {
        Target::Tasks => ItemType::Task,
        Target::Requirements | Target::Investors => ItemType::Requirement,
    };
    let mut existing = BTreeMap::new();
    for item in app.table().get_many(ids.into_iter().map(key).collect()).await? {
        // A deleted one leaves a tombstone of another type.
        if table::item_type(&item) != Some(wanted) {
            continue;
        }
        let found = match kind {
            Target::Tasks => Existing::Task(Box::new(table::read(&item, "data")?)),
            Target::Requirements | Target::Investors => Existing::Requirement(Box::new(table::read(&item, "data")?)),
        };
        existing.insert(found.id(), found);
    }
    Ok(existing)
}

impl Names {
    async fn read(app: &App, job: &Job, context: &WorkContext, rows: &[WorkRow]) -> Result<Self, Error> {
        let mut external: BTreeSet<(Target, String)> = BTreeSet::new();
        let mut numbered: BTreeSet<(Target, u64)> = BTreeSet::new();
        for WorkRow { values, .. } in rows {
            external.extend(values.external_id.as_ref().map(|id| (job.kind, id.as_str().to_owned())));
            numbered.extend(values.number.map(|number| (job.kind, number)));
            if let Some(text) = &values.requirement_ref {
                external.insert((Target::Requirements, text.clone()));
                numbered.extend(number_in(job, Target::Requirements, text).map(|it| (Target::Requirements, it)));
            }
        }
        let (external, numbered) = tokio::try_join!(
            owners(app, context.product_id, &external),
            called(app, job, context.product_id, &numbered)
        )?;
        Ok(Self { external, numbered })
    }

    fn external(&self, kind: Target, text: &str) -> Option<Uuid> {
        self.external.get(&(kind, fold(text))).copied()
    }

    /// The requirement that a text refers to. The kind of name that the import matches by takes precedence.
    fn requirement(&self, job: &Job, text: &str) -> Option<RequirementId> {
        let kind = Target::Requirements;
        let external = self.external(kind, text);
        let numbered = number_in(job, kind, text).and_then(|number| self.numbered.get(&(kind, number)).copied());
        if job.key == Key::Number { numbered.or(external) } else { external.or(numbered) }.map(RequirementId)
    }
}

/// Looks up requirements or tasks by external id; the result is keyed by folded id.
async fn owners(
    app: &App,
    product: ProductId,
    wanted: &BTreeSet<(Target, String)>,
) -> Result<BTreeMap<(Target, String), Uuid>, Error> {
    let mut places: BTreeMap<(String, String), (Target, String)> = BTreeMap::new();
    for (kind, text) in wanted {
        // Skip texts that are not valid external ids.
        let Ok(id) = ExternalKey::try_from(text.clone()) else { continue };
        let key = match kind {
            Target::Tasks => task::external_key(product, &id),
            Target::Requirements | Target::Investors => requirement::unique_key(product, &id),
        };
        places.insert((key.pk, key.sk), (*kind, fold(text)));
    }
    let keys: Vec<table::Key> = places.keys().map(|(pk, sk)| table::Key::new(pk.clone(), sk.clone())).collect();
    let found = if keys.is_empty() { Vec::new() } else { app.table().get_many(keys).await? };
    let owner = |item: &Item| {
        let part = |name| table::text(item, name).unwrap_or_default().to_owned();
        let name = places.get(&(part("pk"), part("sk")))?.clone();
        let data: BTreeMap<String, Uuid> = table::read(item, "data").ok()?;
        Some((name, *data.values().next()?))
    };
    Ok(found.iter().filter_map(owner).collect())
}

/// Looks up requirements or tasks by number.
async fn called(
    app: &App,
    job: &Job,
    product: ProductId,
    wanted: &BTreeSet<(Target, u64)>,
) -> Result<BTreeMap<(Target, u64), Uuid>, Error> {
    let key = job.product.as_ref().map(|product| product.key.to_string()).unwrap_or_default();
    let look_ups: Vec<_> = wanted
        .iter()
        .map(|(kind, number)| {
            let letter = if *kind == Target::Requirements { "R" } else { "" };
            let (place, reference) = ((*kind, *number), format!("{key}-{letter}{number}"));
            async move {
                let id = match search::called(app, product, &reference).await? {
                    Some(SearchHit::Requirement { id, .. }) => Some(id.0),
                    Some(SearchHit::Task { id, .. }) => Some(id.0),
                    _ => None,
                };
                Ok::<_, Error>(id.map(|id| (place, id)))
            }
        })
        .collect();
    let found: Vec<Option<((Target, u64), Uuid)>> = stream::iter(look_ups).buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

impl FoundWork {
    fn judge(&mut self, job: &Job, context: &WorkContext, values: &Values) {
        let one = job.kind.one();
        let mut refuse = |field, code, message: String| self.judged.push(Refusal::new(field, code, message));
        if !values.has(job.key) {
            refuse(job.key.field(), "required", format!("is empty, so the row does not identify a {one}"));
        }
        if job.key == Key::Number && values.number.is_some() && self.existing.is_none() {
            refuse(
                Field::Number,
                "unknown",
                format!("does not match a {one} of this product. Leave it empty to create a new one"),
            );
        }
        let existing = self.existing.as_ref().map(Existing::id);
        if self.external_owner.is_some() && self.external_owner != existing {
            refuse(Field::ExternalId, "external_id_taken", format!("another {one} has this external id"));
        }
        if values.milestone.as_ref().is_some_and(|name| !matches!(context.milestones.get(&fold(name)), Some(Some(_)))) {
            refuse(Field::Milestone, "unknown", "does not match exactly one milestone of this product".into());
        }
        if values.assignee.as_ref().is_some_and(|name| !context.people.contains_key(&fold(name))) {
            refuse(Field::Assignee, "unknown", "is not the username of a member of the product's team".into());
        }
        if let (Some(text), None) = (&values.requirement_ref, self.requirement) {
            if job.kind == Target::Tasks {
                refuse(Field::Requirement, "unknown", "does not match a requirement of this product".into());
            } else if !context.file.has(job, text) {
                refuse(Field::Parent, "unknown", "does not match a requirement of this product or of this file".into());
            }
        }
    }

    /// Why the row is refused; empty if it is not.
    pub fn refusals(&self) -> &[Refusal] {
        &self.judged
    }

    /// Whether the requirement's parent does not exist yet.
    pub fn waits(&self, job: &Job, values: &Values) -> bool {
        job.kind == Target::Requirements && values.requirement_ref.is_some() && self.requirement.is_none()
    }

    /// The row's values with names resolved to ids.
    pub fn filled(&self, context: &WorkContext, values: &Values) -> Values {
        fn patch<T>(value: Option<T>) -> Patch<T> {
            value.map_or(Patch::Absent, Patch::Set)
        }
        let mut values = values.clone();
        let named = |names: &Option<String>| names.as_ref().map(|name| fold(name));
        let milestone = named(&values.milestone).and_then(|name| context.milestones.get(&name).copied().flatten());
        let assignee = named(&values.assignee).and_then(|name| context.people.get(&name).copied());
        values.requirement.parent_id = patch(self.requirement);
        values.requirement.milestone_id = patch(milestone);
        values.requirement.external_id = patch(values.external_id.clone());
        values.task.requirement_id = patch(self.requirement);
        // Naming the same requirement again would confirm its current version.
        if let Some(Existing::Task(task)) = &self.existing
            && task.requirement_id == self.requirement
        {
            values.task.requirement_id = Patch::Absent;
        }
        values.task.milestone_id = patch(milestone);
        values.task.assignee_id = patch(assignee);
        values.task.external_id = patch(values.external_id.clone());
        values
    }
}
