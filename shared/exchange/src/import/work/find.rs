//! What rows of requirements and tasks are about, found for many rows at once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::values::Values;
use super::{Around, WorkRow, number_in};
use crate::import::fields::Refusal;
use crate::import::item::Job;
use crate::import::{Field, Key, Target};
use discovery::search::{self, SearchHit};
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId, TaskId};
use kernel::text::{ExternalKey, fold};
use platform::app::App;
use platform::http::Patch;
use platform::table::{self, Item};
use product_development::requirement::{self, Requirement};
use product_development::task::{self, Task};

/// How many look-ups by number run at the same time.
const AT_ONCE: usize = 8;

/// What there is already.
#[derive(Clone)]
pub enum Existing {
    /// A requirement.
    Requirement(Box<Requirement>),
    /// A task.
    Task(Box<Task>),
}

impl Existing {
    /// Its id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Requirement(requirement) => requirement.id.0,
            Self::Task(task) => task.id.0,
        }
    }
}

/// What was found for a row.
#[derive(Clone, Default)]
pub struct Found {
    /// What the row is about.
    pub existing: Option<Existing>,
    /// What has the row's external id.
    external_owner: Option<Uuid>,
    /// The requirement that it refers to.
    pub requirement: Option<RequirementId>,
    /// What the row says, with ids for names; or why it is refused.
    judged: Vec<Refusal>,
}

/// What is looked up by a text that someone wrote.
struct Names {
    external: BTreeMap<(Target, String), Uuid>,
    numbered: BTreeMap<(Target, u64), Uuid>,
}

/// The id that the row's own requirement or task has when this import makes it: the same whenever that is done again, and by
/// another run over the same file.
pub fn made(job: &Job, row: u64) -> Uuid {
    let at = job.product.as_ref().map_or(job.started_at, |product| product.created_at);
    kernel::id::derived(at, &format!("{}/{}/{row}", job.import_id, job.etag))
}

/// Finds what the rows are about, each at the place of its row. Three round trips.
pub async fn find(app: &App, job: &Job, around: &Around, rows: &[WorkRow]) -> Result<Vec<Found>, Error> {
    let names = Names::read(app, job, around, rows).await?;
    let own = |row: &WorkRow| {
        let by_number = row.values.number.and_then(|number| names.numbered.get(&(job.kind, number)).copied());
        let by_external = row.values.external_id.as_ref().and_then(|id| names.external(job.kind, id.as_str()));
        let by_key = if job.key == Key::Number { by_number } else { by_external };
        (by_key, by_external)
    };
    let ids: BTreeSet<Uuid> = rows.iter().flat_map(|row| [own(row).0, Some(made(job, row.row))]).flatten().collect();
    let existing = load(app, job.kind, around.product_id, ids).await?;
    let find = |row: &WorkRow| {
        let (by_key, external_owner) = own(row);
        // What this import made is found by its id, whatever it is called by now.
        let made = if by_key.is_none() { existing.get(&made(job, row.row)) } else { None };
        let mut found = Found {
            existing: made.or_else(|| by_key.and_then(|id| existing.get(&id))).cloned(),
            external_owner,
            requirement: row.values.requirement_ref.as_deref().and_then(|text| names.requirement(job, text)),
            judged: Vec::new(),
        };
        found.judge(job, around, &row.values);
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
    let mut existing = BTreeMap::new();
    for item in app.table().get_many(ids.into_iter().map(key).collect()).await? {
        let found = match table::text(&item, "type") {
            Some("requirement") => Existing::Requirement(Box::new(table::read(&item, "data")?)),
            Some("task") => Existing::Task(Box::new(table::read(&item, "data")?)),
            _ => continue,
        };
        existing.insert(found.id(), found);
    }
    Ok(existing)
}

impl Names {
    async fn read(app: &App, job: &Job, around: &Around, rows: &[WorkRow]) -> Result<Self, Error> {
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
            owners(app, around.product_id, &external),
            called(app, job, around.product_id, &numbered)
        )?;
        Ok(Self { external, numbered })
    }

    fn external(&self, kind: Target, text: &str) -> Option<Uuid> {
        self.external.get(&(kind, fold(text))).copied()
    }

    /// The requirement that a text names: the kind of name by which rows are found comes first.
    fn requirement(&self, job: &Job, text: &str) -> Option<RequirementId> {
        let kind = Target::Requirements;
        let external = self.external(kind, text);
        let numbered = number_in(job, kind, text).and_then(|number| self.numbered.get(&(kind, number)).copied());
        if job.key == Key::Number { numbered.or(external) } else { external.or(numbered) }.map(RequirementId)
    }
}

/// What has these external ids, by folded id.
async fn owners(
    app: &App,
    product: ProductId,
    wanted: &BTreeSet<(Target, String)>,
) -> Result<BTreeMap<(Target, String), Uuid>, Error> {
    let mut places: BTreeMap<(String, String), (Target, String)> = BTreeMap::new();
    for (kind, text) in wanted {
        // What cannot be an external id is none.
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

/// What has these numbers.
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

impl Found {
    fn judge(&mut self, job: &Job, around: &Around, values: &Values) {
        let one = job.kind.one();
        let mut refuse = |field, code, message: String| self.judged.push(Refusal::new(field, code, message));
        if !values.has(job.key) {
            refuse(job.key.field(), "required", format!("is empty, so the row says nothing about which {one} it is"));
        }
        if job.key == Key::Number && values.number.is_some() && self.existing.is_none() {
            refuse(Field::Number, "unknown", format!("is no {one} of this product. Leave it empty for a new one"));
        }
        let existing = self.existing.as_ref().map(Existing::id);
        if self.external_owner.is_some() && self.external_owner != existing {
            refuse(Field::ExternalId, "external_id_taken", format!("another {one} has this external id"));
        }
        if values.milestone.as_ref().is_some_and(|name| !matches!(around.milestones.get(&fold(name)), Some(Some(_)))) {
            refuse(Field::Milestone, "unknown", "is not the name of one milestone of this product".into());
        }
        if values.assignee.as_ref().is_some_and(|name| !around.people.contains_key(&fold(name))) {
            refuse(Field::Assignee, "unknown", "is not the user name of someone in the product's team".into());
        }
        if let (Some(text), None) = (&values.requirement_ref, self.requirement) {
            if job.kind == Target::Tasks {
                refuse(Field::Requirement, "unknown", "is no requirement of this product".into());
            } else if !around.file.has(job, text) {
                refuse(Field::Parent, "unknown", "is no requirement of this product or of this file".into());
            }
        }
    }

    /// Why the row is refused; nothing when it is not.
    pub fn refusals(&self) -> &[Refusal] {
        &self.judged
    }

    /// Whether the requirement's parent is yet to come.
    pub fn waits(&self, job: &Job, values: &Values) -> bool {
        job.kind == Target::Requirements && values.requirement_ref.is_some() && self.requirement.is_none()
    }

    /// What the row says, with ids for names.
    pub fn filled(&self, around: &Around, values: &Values) -> Values {
        fn patch<T>(value: Option<T>) -> Patch<T> {
            value.map_or(Patch::Absent, Patch::Set)
        }
        let mut values = values.clone();
        let named = |names: &Option<String>| names.as_ref().map(|name| fold(name));
        let milestone = named(&values.milestone).and_then(|name| around.milestones.get(&name).copied().flatten());
        let assignee = named(&values.assignee).and_then(|name| around.people.get(&name).copied());
        values.requirement.parent_id = patch(self.requirement);
        values.requirement.milestone_id = patch(milestone);
        values.requirement.external_id = patch(values.external_id.clone());
        values.task.requirement_id = patch(self.requirement);
        // To name the same requirement again would confirm it for what it says now.
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
