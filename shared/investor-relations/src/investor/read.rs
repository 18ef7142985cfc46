//! Reading investors.

use super::InvestorCard;
use super::item::{self, LoadedInvestor};
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::policy::{Action, Scope};
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::Caller;
use platform::table::{self, Condition, Item, Transaction};

/// Loads an investor, deleted or not, on which the caller may perform `action`. Fails with `Hidden` if the investor belongs to
/// someone else. Takes one round trip.
pub async fn load(app: &App, caller: &Caller, action: Action, id: InvestorId) -> Result<LoadedInvestor, Error> {
    let loaded = load_any(app, caller, action, id).await?;
    match loaded.investor.merged_into {
        Some(into) => Err(Error::Merged { from: id, into }),
        None => Ok(loaded),
    }
}

/// Like [`load`], but also returns an investor that was merged into another, for access to its history.
pub async fn load_any(app: &App, caller: &Caller, action: Action, id: InvestorId) -> Result<LoadedInvestor, Error> {
    let scope = caller.allow(action)?;
    let (found, cipher) = app.keys().get_with_subject(app.table(), item::key(id), &item::subject(id)).await?;
    let (Some(found), Some(cipher)) = (found, cipher) else {
        return Err(missing(scope));
    };
    let loaded = item::open(&found, cipher)?;
    permitted(caller, scope, &loaded)?;
    Ok(loaded)
}

/// The refusal for an investor that is not there. For callers who may not know of every investor, it is that of another manager's, so that the
/// same work follows and the time says nothing.
fn missing(scope: Scope) -> Error {
    match scope {
        Scope::All => Error::NotFound { what: "investor" },
        Scope::Own | Scope::Member => Error::Hidden { what: "investor" },
    }
}

/// Like [`missing`], where another manager's investor is refused by a transaction: one is sent that fails in the same way.
pub(crate) async fn refuse_missing(app: &App, caller: &Caller, scope: Scope, id: InvestorId) -> Error {
    if scope == Scope::All {
        return missing(scope);
    }
    let mut transaction = Transaction::new();
    require(&mut transaction, caller, scope, id);
    app.table().commit(transaction).await.err().unwrap_or_else(|| missing(scope))
}

fn permitted(caller: &Caller, scope: Scope, loaded: &LoadedInvestor) -> Result<(), Error> {
    if caller.covers(scope, loaded.investor.relationship_manager_id) {
        Ok(())
    } else {
        Err(Error::Hidden { what: "investor" })
    }
}

/// Returns the full investor. The access to personal data is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, id: InvestorId) -> Result<LoadedInvestor, Error> {
    let loaded = load(app, caller, Action::InvestorRead, id).await?;
    audit::access(app, &caller.actor, Operation::InvestorGet, Subject::new(Entity::Investor, id), Vec::new()).await?;
    Ok(loaded)
}

/// Makes the transaction conditional on the investor existing, not being deleted, and being within the caller's `scope`.
pub(crate) fn require(transaction: &mut Transaction, caller: &Caller, scope: Scope, id: InvestorId) {
    let (all, me) = (scope == Scope::All, caller.id);
    let refusal = move |found: Option<&Item>| match found {
        Some(found) if table::text(found, "gsi1pk") == Some(item::everyone(false)) => {
            Error::Hidden { what: "investor" }
        }
        found => match found.and_then(|item| table::read::<InvestorCard>(item, "card").ok()) {
            Some(card) if all || card.relationship_manager_id == Some(me) => match card.merged_into {
                Some(into) => Error::Merged { from: id, into },
                None => Error::NotFound { what: "investor" },
            },
            _ => missing(scope),
        },
    };
    let alive = Condition::is("gsi1pk", item::everyone(false));
    let condition = match scope {
        Scope::All => alive,
        Scope::Own | Scope::Member => alive.and(Condition::is("card.relationship_manager_id", me.to_string())),
    };
    transaction.require(item::key(id), condition, refusal);
}

/// Makes the transaction conditional on the investor not having been merged into another in the meantime.
pub(crate) fn require_unmerged(transaction: &mut Transaction, id: InvestorId) {
    let condition = Condition::exists("pk").and(Condition::absent("card.merged_into"));
    transaction.require(item::key(id), condition, |_| {
        Error::Unavailable("the investor was merged into another in the meantime".into())
    });
}

/// Maximum number of consecutive merges followed to find the investor that remains.
pub(crate) const MAX_MERGES: u32 = 20;

/// Returns the investor that this one was merged into, if any.
pub(crate) async fn merged_into(app: &App, id: InvestorId) -> Result<Option<InvestorId>, Error> {
    match app.table().get(item::key(id)).await? {
        Some(item) => Ok(table::read::<InvestorCard>(&item, "card")?.merged_into),
        None => Ok(None),
    }
}
