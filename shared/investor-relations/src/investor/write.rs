//! Creating and changing investors. Each change is one transaction that includes its audit record.

use super::item::{self, LoadedInvestor};
use super::unique::stage_unique;
use super::{Investor, InvestorPatch, MAX_TAGS, NewInvestor, Status, Tier, duplicates};
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::policy::{Action, Role, Scope};
use kernel::text::{Tag, fold};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::cipher::Cipher;
use platform::idempotency::{self, StoredAnswer};
use platform::table::{Condition, Transaction};

/// Creates an investor. Takes one round trip.
pub async fn create(app: &App, caller: &Caller, new: NewInvestor) -> Result<StoredAnswer, Error> {
    caller.allow(Action::InvestorCreate)?;
    let investor = complete(caller, InvestorId::new(), new)?;
    let mut work = Work::new(app, caller, Operation::InvestorCreate);
    require_manager(&mut work, caller, None, investor.relationship_manager_id)?;
    stage_new(&mut work, &investor).await?;
    let location = format!("/api/investors/{}", investor.id);
    let answer = StoredAnswer::created(location, investor.version, &investor)?;
    work.answer(answer).await
}

/// Builds the investor that `new` describes, created by `caller`.
fn complete(caller: &Caller, id: InvestorId, new: NewInvestor) -> Result<Investor, Error> {
    let now = Timestamp::now();
    let is_manager = caller.roles.contains(&Role::RelationshipManager);
    Ok(Investor {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: caller.id,
        name: new.name,
        kind: new.kind,
        email: new.email,
        phone: new.phone,
        address: new.address,
        country: new.country,
        tier: new.tier.unwrap_or(Tier::Prospect),
        status: new.status.unwrap_or(Status::Active),
        relationship_manager_id: new.relationship_manager_id.or(is_manager.then_some(caller.id)),
        tags: sorted_tags(new.tags)?,
        notes: new.notes,
        external_key: new.external_key,
        deleted_at: None,
        absorbed_ids: Vec::new(),
        merged_into: None,
    })
}

/// Sorts and deduplicates the tags, ignoring case.
pub fn sorted_tags(mut tags: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    if tags.len() > MAX_TAGS {
        return Err(Error::field("tags", format!("must have at most {MAX_TAGS} entries")));
    }
    tags.sort_by_cached_key(|tag| fold(tag.as_str()));
    tags.dedup_by_key(|tag| fold(tag.as_str()));
    Ok(tags)
}

/// Checks a change of relationship manager: assigning an investor to someone else requires the right to assign, and that user
/// must be able to manage investors.
pub fn require_manager(
    transaction: &mut Transaction,
    caller: &Caller,
    before: Option<UserId>,
    after: Option<UserId>,
) -> Result<(), Error> {
    if before == after || after == Some(caller.id) && before.is_none() {
        return Ok(());
    }
    if caller.allow(Action::InvestorAssign)? != Scope::All {
        return Err(Error::Forbidden { action: Action::InvestorAssign.as_str() });
    }
    let Some(manager) = after else { return Ok(()) };
    transaction.require(people::user::key(manager), Condition::exists("manages_investors"), |_| {
        Error::field("relationship_manager_id", "must be an active relationship manager or admin")
    });
    Ok(())
}

/// Adds the writes for a new investor: its data key, the investor, its unique values and its first audit record.
async fn stage_new(work: &mut Work<'_>, investor: &Investor) -> Result<(), Error> {
    let (cipher, key_write) = work.app.keys().new_subject(&item::subject(investor.id)).await?;
    work.push(key_write, |_| exists_already());
    let head = record(work, None, investor, &cipher)?;
    let matches = duplicates::matches(work.app, investor).await?;
    work.create(item::draft(investor, &head, &cipher, matches)?, |_| exists_already());
    stage_unique(work.app, work, None, investor).await
}

/// Occurs only in imports, where the id is derived from the row, if a row is written twice concurrently.
fn exists_already() -> Error {
    Error::conflict("conflict", "This investor was just created.")
}

pub(super) fn record(
    work: &mut Work<'_>,
    before: Option<&LoadedInvestor>,
    after: &Investor,
    cipher: &Cipher,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|loaded| loaded.investor.fields()).unwrap_or_default();
    let changes = audit::differences(&old, &after.fields(), cipher, id)?;
    let subject = Subject::new(Entity::Investor, after.id);
    work.record(subject, after.version, before.map(|loaded| &loaded.head), id, changes)
}

/// Updates an investor if it is still at `version`. Takes two round trips.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: InvestorId,
    version: u64,
    patch: InvestorPatch,
) -> Result<Investor, Error> {
    let loaded = super::load(app, caller, Action::InvestorUpdate, id).await?;
    at_version(&loaded, version)?;
    if loaded.investor.deleted_at.is_some() {
        return Err(Error::state("A deleted investor cannot be edited. Restore it first."));
    }
    let after = patch.apply(loaded.investor.clone());
    let after = Investor { tags: sorted_tags(after.tags)?, ..after };
    let mut work = Work::new(app, caller, Operation::InvestorUpdate);
    let managers = (loaded.investor.relationship_manager_id, after.relationship_manager_id);
    require_manager(&mut work, caller, managers.0, managers.1)?;
    save(work, &loaded, after).await
}

/// Fails with `StaleVersion` if the investor is no longer at `version`.
pub fn at_version(loaded: &LoadedInvestor, version: u64) -> Result<(), Error> {
    if loaded.investor.version == version { Ok(()) } else { Err(Error::StaleVersion) }
}

/// Writes the next version of `before` if anything changed.
async fn save(mut work: Work<'_>, before: &LoadedInvestor, after: Investor) -> Result<Investor, Error> {
    if before.investor == after {
        return Ok(after);
    }
    let after = stage_next(&mut work, before, after).await?;
    work.commit().await?;
    Ok(after)
}

/// Adds the writes for the next version of `before`: the investor, its unique values and its audit record.
async fn stage_next(work: &mut Work<'_>, before: &LoadedInvestor, after: Investor) -> Result<Investor, Error> {
    let version = before.investor.version;
    let after = Investor { version: version + 1, updated_at: Timestamp::now(), ..after };
    let head = record(work, Some(before), &after, &before.cipher)?;
    let matches = duplicates::matches(work.app, &after).await?;
    work.replace(item::draft(&after, &head, &before.cipher, matches)?, version);
    stage_unique(work.app, work, Some(&before.investor), &after).await?;
    Ok(after)
}

/// Soft-deletes an investor if it is still at `version`. It can be restored and keeps its unique values.
pub async fn delete(app: &App, caller: &Caller, id: InvestorId, version: u64) -> Result<(), Error> {
    let loaded = super::load(app, caller, Action::InvestorDelete, id).await?;
    at_version(&loaded, version)?;
    if loaded.investor.deleted_at.is_some() {
        return Err(Error::state("This investor has already been deleted."));
    }
    let after = Investor { deleted_at: Some(Timestamp::now()), ..loaded.investor.clone() };
    save(Work::new(app, caller, Operation::InvestorDelete), &loaded, after).await?;
    Ok(())
}

/// Restores a deleted investor.
pub async fn restore(app: &App, caller: &Caller, id: InvestorId, version: u64) -> Result<StoredAnswer, Error> {
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let loaded = super::load(app, caller, Action::InvestorDelete, id).await?;
    at_version(&loaded, version)?;
    if loaded.investor.deleted_at.is_none() {
        return Err(Error::state("This investor is not deleted."));
    }
    let after = Investor { deleted_at: None, ..loaded.investor.clone() };
    let mut work = Work::new(app, caller, Operation::InvestorRestore);
    let after = stage_next(&mut work, &loaded, after).await?;
    let answer = StoredAnswer::json(http::StatusCode::OK, &after)?.version(after.version);
    work.answer(answer).await
}

/// The result of importing one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// A new investor was created.
    Created,
    /// An existing investor was changed.
    Updated,
    /// An existing investor already has these values.
    Unchanged,
}

/// Creates the investor `id` from an imported row. Does not check the manager, which the import has already checked for all
/// rows. Fails with `conflict` if the same row was just written.
pub async fn create_imported(app: &App, caller: &Caller, id: InvestorId, new: NewInvestor) -> Result<(), Error> {
    let investor = complete(caller, id, new)?;
    let mut work = Work::new(app, caller, Operation::InvestorCreate);
    stage_new(&mut work, &investor).await?;
    work.commit().await
}

/// Applies an imported row to an existing investor. The import has already checked that the caller may change it.
pub async fn update_imported(
    app: &App,
    caller: &Caller,
    existing: &LoadedInvestor,
    patch: InvestorPatch,
) -> Result<Saved, Error> {
    let after = patch.apply(existing.investor.clone());
    if after == existing.investor {
        return Ok(Saved::Unchanged);
    }
    save(Work::new(app, caller, Operation::InvestorUpdate), existing, after).await?;
    Ok(Saved::Updated)
}
