//! Looks up the investors that rows refer to, many rows at once, and decides what each row does.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::fields::{Refusal, Values};
use super::item::Job;
use super::{Field, Key};
use investor_relations::investor::{self, InvestorPatch, LoadedInvestor, NewInvestor, Unique};
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;

/// Number of concurrent look-ups by name.
const AT_ONCE: usize = 8;

/// A row that was parsed.
#[derive(Debug, Clone)]
pub struct Row {
    /// Row number in the file.
    pub number: u64,
    pub values: Values,
}

/// What was found for a row.
#[derive(Clone, Default)]
pub struct FoundInvestor {
    /// The investor that matches the key.
    existing: Option<LoadedInvestor>,
    /// Owner of the row's email address.
    email_owner: Option<InvestorId>,
    /// Owner of the row's external key.
    key_owner: Option<InvestorId>,
    /// Whether several investors have the row's name.
    several: bool,
}

/// What a row does.
pub enum Decision {
    /// Create a new investor.
    Create(NewInvestor),
    /// Update this investor.
    Update(Box<LoadedInvestor>, InvestorPatch),
}

/// Finds the investors of the rows, in row order.
pub async fn find(app: &App, job: &Job, caller: &Caller, rows: &[Row]) -> Result<Vec<FoundInvestor>, Error> {
    let mut found = vec![FoundInvestor::default(); rows.len()];
    find_owners(app, rows, &mut found).await?;
    let wanted: Vec<Option<InvestorId>> = match job.key {
        Key::Email => found.iter().map(|found| found.email_owner).collect(),
        Key::ExternalKey => found.iter().map(|found| found.key_owner).collect(),
        Key::Name => find_named(app, caller, rows, &mut found).await?,
        // Starting an import refuses these keys for investors.
        Key::Number | Key::ExternalId => vec![None; rows.len()],
    };
    // The name index is eventually consistent, so an investor this row created earlier is looked up by id.
    let made = |row: &Row| (job.key == Key::Name).then(|| job.investor_id(row.number));
    let ids: BTreeSet<InvestorId> = rows.iter().filter_map(made).chain(wanted.iter().copied().flatten()).collect();
    let loaded = investor::load_many(app, &ids).await?;
    for ((row, found), wanted) in rows.iter().zip(&mut found).zip(wanted) {
        let made = made(row).and_then(|id| loaded.get(&id));
        found.several &= made.is_none();
        found.existing = made.or_else(|| wanted.and_then(|id| loaded.get(&id))).cloned();
    }
    Ok(found)
}

async fn find_owners(app: &App, rows: &[Row], found: &mut [FoundInvestor]) -> Result<(), Error> {
    let mut values = Vec::new();
    for row in rows {
        values.extend(row.values.email.clone().map(Unique::Email));
        values.extend(row.values.external_key.clone().map(Unique::ExternalKey));
    }
    let mut owners = investor::owners(app, &values).await?.into_iter();
    for (row, found) in rows.iter().zip(found) {
        if row.values.email.is_some() {
            found.email_owner = owners.next().flatten();
        }
        if row.values.external_key.is_some() {
            found.key_owner = owners.next().flatten();
        }
    }
    Ok(())
}

/// Looks up names. For relationship managers, only among their own investors, because names are not unique.
async fn find_named(
    app: &App,
    caller: &Caller,
    rows: &[Row],
    found: &mut [FoundInvestor],
) -> Result<Vec<Option<InvestorId>>, Error> {
    let manager: Option<UserId> = match caller.allow(Action::InvestorUpdate)? {
        Scope::All => None,
        Scope::Own | Scope::Member => Some(caller.id),
    };
    let look_ups = rows.iter().map(|row| async move {
        match &row.values.name {
            Some(name) => investor::named(app, manager, name).await,
            None => Ok(Vec::new()),
        }
    });
    // Collected: the compiler cannot prove that a stream over the closure itself is `Send`.
    let look_ups: Vec<_> = look_ups.collect();
    let named: Vec<Vec<InvestorId>> = stream::iter(look_ups).buffered(AT_ONCE).try_collect().await?;
    for (found, named) in found.iter_mut().zip(&named) {
        found.several = named.len() > 1;
    }
    Ok(named.iter().map(|named| named.first().copied()).collect())
}

impl FoundInvestor {
    /// The investor that matches the key.
    pub fn existing(&self) -> Option<&LoadedInvestor> {
        self.existing.as_ref()
    }

    /// Decides what `row` does, or why it is refused.
    pub fn judge(&self, row: &Row, job: &Job, caller: &Caller) -> Result<Decision, Vec<Refusal>> {
        let refuse = |field: Option<Field>, code, message: &str| Err(vec![Refusal::new(field, code, message)]);
        let key = Some(job.key.field());
        if !row.values.has(job.key) {
            return refuse(key, "required", "is empty, so the row does not identify an investor");
        }
        if self.several {
            return refuse(key, "ambiguous", "several investors have this name");
        }
        if let Some(existing) = &self.existing {
            let scope = caller.allow(Action::InvestorUpdate).map_err(|_| not_yours())?;
            if !caller.covers(scope, existing.investor.relationship_manager_id) {
                return Err(not_yours());
            }
            if existing.investor.deleted_at.is_some() {
                return refuse(key, "deleted", "belongs to a deleted investor. Restore it first");
            }
        }
        let existing = self.existing.as_ref().map(|existing| existing.investor.id);
        if self.email_owner.is_some() && self.email_owner != existing {
            return refuse(Some(Field::Email), "email_taken", "another investor has this email address");
        }
        if self.key_owner.is_some() && self.key_owner != existing {
            return refuse(Some(Field::ExternalKey), "external_key_taken", "another investor has this external key");
        }
        match &self.existing {
            Some(existing) => Ok(Decision::Update(Box::new(existing.clone()), row.values.patch())),
            None => row.values.new_investor(&job.defaults).map(Decision::Create),
        }
    }
}

fn not_yours() -> Vec<Refusal> {
    vec![Refusal::new(None, "not_yours", "this investor is assigned to another relationship manager")]
}
