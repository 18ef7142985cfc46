//! Creates and updates requirements. Each change is one transaction that includes its version and its audit record.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{self, LoadedRequirement};
use super::{NewLink, NewRequirement, Requirement, RequirementPatch, link, read, tree, version};
use crate::milestone;
use crate::product::{self, number};
use kernel::ItemType;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use kernel::policy::Action;
use kernel::text::ExternalKey;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::{self, Head, Plain as _};
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::table::{Draft, Item, Transaction};

/// The owner of a reserved external ID.
#[derive(Serialize)]
struct Owned {
    requirement_id: RequirementId,
}

/// The version to restore.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// Version number, starting at 1.
    #[schema(minimum = 1)]
    pub version: u64,
}

/// Creates a requirement with the next number of its product. Two round trips, three with links, plus one for each level above it.
pub async fn create(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    new: NewRequirement,
) -> Result<StoredAnswer, Error> {
    create_as(app, caller, product_id, RequirementId::new(), new).await
}

/// Creates the requirement `id`. Fails with a conflict if it already exists.
pub async fn create_as(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    new: NewRequirement,
) -> Result<StoredAnswer, Error> {
    number::numbered(
        app,
        caller,
        Action::RequirementWrite,
        product_id,
        number::Kind::Requirement,
        |product, number, work| create_numbered(caller, product, (id, number), work, new.clone()),
    )
    .await
}

async fn create_numbered(
    caller: &Caller,
    product: product::LoadedProduct,
    called: (RequirementId, u64),
    mut work: Work<'_>,
    new: NewRequirement,
) -> Result<StoredAnswer, Error> {
    let app = work.app;
    let (requirement, links) = first(caller, &product, called, new);
    let requirement = requirement.checked()?;
    let links = link::resolve(app, &requirement, links, &[]).await?;
    let requirement = Requirement { links, ..requirement };
    let product_id = requirement.product_id;
    let head = record(&mut work, None, &requirement)?;
    work.create(item::draft(&requirement, &head)?, exists_already);
    stage_references(&mut work, None, &requirement).await?;
    let shown = link::shown(app, requirement).await?;
    let location = format!("/api/products/{product_id}/requirements/{}", shown.id);
    let answer = StoredAnswer::created(location, shown.version, &shown)?;
    work.answer(answer).await
}

/// The error for creating a requirement whose ID is already taken.
pub(super) fn exists_already(_: Option<&Item>) -> Error {
    Error::conflict("exists_already", "This requirement already exists.")
}

/// The first version, with its links still to be resolved.
pub(super) fn first(
    caller: &Caller,
    product: &product::LoadedProduct,
    (id, number): (RequirementId, u64),
    new: NewRequirement,
) -> (Requirement, Vec<NewLink>) {
    let now = Timestamp::now();
    let requirement = Requirement {
        id,
        version: 1,
        content_version: 1,
        created_at: now,
        updated_at: now,
        product_id: product.product.id,
        number,
        reference: format!("{}-R{number}", product.product.key),
        title: new.title,
        description: new.description,
        priority: new.priority.unwrap_or_default(),
        status: new.status.unwrap_or_default(),
        acceptance_criteria: new.acceptance_criteria,
        parent_id: new.parent_id,
        milestone_id: new.milestone_id,
        links: Vec::new(),
        external_id: new.external_id,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    };
    (requirement, new.links)
}

/// Adds the audit record and the version for `after`.
pub(super) fn record(
    work: &mut Work<'_>,
    before: Option<&LoadedRequirement>,
    after: &Requirement,
) -> Result<Head, Error> {
    let old = before.map(|loaded| loaded.requirement.fields()).unwrap_or_default();
    let changes = audit::plain_differences(&old, &after.fields())?;
    version::stage(work, after, &changes)?;
    work.record(after.subject(), after.version, before.map(|loaded| &loaded.head), kernel::id::new(), changes)
}

/// Adds the conditions for the new references of `after`: its parent and ancestors, its milestone, the targets of its links, and its
/// external ID. DynamoDB accepts each item only once per transaction, so one condition covers everything that refers to it.
async fn stage_references(work: &mut Work<'_>, before: Option<&Requirement>, after: &Requirement) -> Result<(), Error> {
    let product = after.product_id;
    let mut checked = BTreeSet::new();
    let was_under = before.and_then(|before| before.parent_id);
    if was_under != after.parent_id {
        if let Some(parent) = after.parent_id {
            for step in tree::path_to_root(work.app, product, after.id, parent).await? {
                tree::require_step(work, product, step);
                checked.insert(step.id);
            }
            tree::count_child(work, product, parent, 1);
        }
        if let Some(parent) = was_under {
            tree::count_child(work, product, parent, -1);
        }
    }
    let linked = link::added(before.map_or(&[], |before| &before.links), &after.links);
    for id in linked.into_iter().filter(|id| !checked.contains(id)) {
        link::require(work, product, id, "links");
    }
    if let Some(milestone) = after.milestone_id
        && before.and_then(|before| before.milestone_id) != Some(milestone)
    {
        milestone::require(work, product, milestone);
    }
    let was_called = before.and_then(|before| before.external_id.as_ref());
    stage_external_id(work, after, was_called, after.external_id.as_ref())
}

pub(super) fn stage_external_id(
    transaction: &mut Transaction,
    requirement: &Requirement,
    before: Option<&ExternalKey>,
    after: Option<&ExternalKey>,
) -> Result<(), Error> {
    let key = |external: &ExternalKey| item::unique_key(requirement.product_id, external);
    let (before, after) = (before.map(key), after.map(key));
    if before == after {
        return Ok(());
    }
    if let Some(before) = before {
        transaction.delete(before);
    }
    if let Some(after) = after {
        let reserved = Draft::new(after, ItemType::Unique, &Owned { requirement_id: requirement.id })?;
        transaction.create(reserved, |_| {
            Error::conflict("external_id_taken", "Another requirement of this product already uses this external ID.")
        });
    }
    Ok(())
}

/// Begins the work that stores the next version of `before`, with everything it refers to.
async fn stage_next<'a>(
    app: &'a App,
    caller: &'a Caller,
    operation: Operation,
    before: &LoadedRequirement,
    after: Requirement,
) -> Result<(Work<'a>, Requirement), Error> {
    let scope = caller.allow(Action::RequirementWrite)?;
    let version = before.requirement.version;
    let same = after.says_the_same_as(&before.requirement);
    let content_version = if same { before.requirement.content_version } else { version + 1 };
    let after = Requirement { version: version + 1, content_version, updated_at: Timestamp::now(), ..after };
    let mut work = Work::new(app, caller, operation);
    product::require(&mut work, caller, Action::RequirementWrite, scope, after.product_id);
    let head = record(&mut work, Some(before), &after)?;
    work.replace(item::draft(&after, &head)?, version);
    stage_references(&mut work, Some(&before.requirement), &after).await?;
    Ok((work, after))
}

/// Loads the requirement at `version` in a product that is open to changes.
async fn at_version(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    version: u64,
) -> Result<LoadedRequirement, Error> {
    let (product, loaded) = read::load(app, caller, Action::RequirementWrite, product_id, id).await?;
    product.writable()?;
    if loaded.requirement.version == version { Ok(loaded) } else { Err(Error::StaleVersion) }
}

/// Updates a requirement that is still at `version`. Two round trips, plus one for links and one for each level above a new parent.
pub async fn update(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    version: u64,
    patch: RequirementPatch,
) -> Result<Requirement, Error> {
    let before = at_version(app, caller, product_id, id, version).await?;
    let (after, links) = patch.apply(before.requirement.clone());
    let mut after = after.checked()?;
    if let Some(links) = links {
        after.links = link::resolve(app, &after, links, &before.requirement.links).await?;
    }
    if after == before.requirement {
        return link::shown(app, after).await;
    }
    let (work, after) = stage_next(app, caller, Operation::RequirementUpdate, &before, after).await?;
    work.commit().await?;
    link::shown(app, after).await
}

/// Creates a new version with the content of an old one: its title, description, acceptance criteria and priority. The current status,
/// parent, milestone, links and external ID are kept.
pub async fn restore(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    version: u64,
    restored: Restore,
) -> Result<StoredAnswer, Error> {
    caller.allow(Action::RequirementWrite)?;
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let before = at_version(app, caller, product_id, id, version).await?;
    let old = version::find(app, product_id, id, restored.version).await?;
    let after = Requirement {
        title: old.title,
        description: old.description,
        acceptance_criteria: old.acceptance_criteria,
        priority: old.priority,
        ..before.requirement.clone()
    };
    if after == before.requirement {
        let shown = link::shown(app, after).await?;
        return Ok(StoredAnswer::json(http::StatusCode::OK, &shown)?.version(shown.version));
    }
    let (work, after) = stage_next(app, caller, Operation::RequirementRestore, &before, after).await?;
    let shown = link::shown(app, after).await?;
    let answer = StoredAnswer::json(http::StatusCode::OK, &shown)?.version(shown.version);
    work.answer(answer).await
}

/// Deletes a requirement that is still at `version` and has no children. Its history and versions are kept, and so are tasks, assets and
/// links that refer to it; they show that it has been deleted. Two round trips.
pub async fn delete(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    version: u64,
) -> Result<(), Error> {
    let before = at_version(app, caller, product_id, id, version).await?;
    let scope = caller.allow(Action::RequirementWrite)?;
    let after = Requirement { version: version + 1, ..before.requirement.clone() };
    let mut work = Work::new(app, caller, Operation::RequirementDelete);
    product::require(&mut work, caller, Action::RequirementWrite, scope, product_id);
    let head = work.record_plain(Some((&before.requirement, &before.head)), &after)?;
    work.replace(item::tombstone(&after, &head)?, version);
    tree::require_childless(&mut work, product_id, id);
    if let Some(parent) = after.parent_id {
        tree::count_child(&mut work, product_id, parent, -1);
    }
    stage_external_id(&mut work, &after, after.external_id.as_ref(), None)?;
    work.commit().await
}
