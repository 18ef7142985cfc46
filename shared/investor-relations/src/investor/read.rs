//! Reading investors.

use super::item::{self, Loaded};
use crate::investor::InvestorCard;
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::policy::{Action, Scope};
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::Caller;
use platform::table::{self, Item, Transaction};

/// Loads an investor, deleted or not, on which the caller may perform `action`. Fails with `Hidden` if the investor belongs to
/// someone else. Takes one round trip.
pub async fn load(app: &App, caller: &Caller, action: Action, id: InvestorId) -> Result<Loaded, Error> {
    let loaded = load_any(app, caller, action, id).await?;
    match loaded.investor.merged_into {
        Some(into) => Err(Error::Merged { from: id, into }),
        None => Ok(loaded),
    }
}

/// Like [`load`], but also returns an investor that was merged into another, for access to its history.
pub async fn load_any(app: &App, caller: &Caller, action: Action, id: InvestorId) -> Result<Loaded, Error> {
    let scope = caller.allow(action)?;
    let (found, cipher) = app.keys().get_with_subject(app.table(), item::key(id), &item::subject(id)).await?;
    let (Some(found), Some(cipher)) = (found, cipher) else {
        return Err(Error::NotFound { what: "investor" });
    };
    let loaded = item::open(&found, cipher)?;
    permitted(caller, scope, &loaded)?;
    Ok(loaded)
}

fn permitted(caller: &Caller, scope: Scope, loaded: &Loaded) -> Result<(), Error> {
    if caller.covers(scope, loaded.investor.relationship_manager_id) {
        Ok(())
    } else {
        Err(Error::Hidden { what: "investor" })
    }
}

/// Returns the full investor. The access to personal data is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, id: InvestorId) -> Result<Loaded, Error> {
    let loaded = load(app, caller, Action::InvestorRead, id).await?;
    audit::access(app, &caller.actor, Operation::InvestorGet, Subject::new(Entity::Investor, id), Vec::new()).await?;
    Ok(loaded)
}

/// Makes the transaction conditional on the investor existing, not being deleted, and being within the caller's `scope`.
pub(crate) fn require(
    app: &App,
    caller: &Caller,
    scope: Scope,
    transaction: &mut Transaction,
    id: InvestorId,
) -> Result<(), Error> {
    let (all, me) = (scope == Scope::All, caller.id);
    let refusal = move |found: Option<&Item>| match found {
        Some(item) if table::text(item, "gsi1pk") == Some("INVESTORS") => Error::Hidden { what: "investor" },
        found => match found.and_then(|item| table::read::<InvestorCard>(item, "card").ok()) {
            Some(InvestorCard { merged_into: Some(into), relationship_manager_id: manager, .. })
                if all || manager == Some(me) =>
            {
                Error::Merged { from: id, into }
            }
            _ => Error::NotFound { what: "investor" },
        },
    };
    let manager = caller.id.to_string();
    match scope {
        Scope::All => {
            let alive = [(":alive", "INVESTORS")];
            transaction.require(item::key(id), "gsi1pk = :alive", &alive, refusal);
            Ok(())
        }
        Scope::Own | Scope::Member => {
            let values = [(":alive", "INVESTORS"), (":manager", manager.as_str())];
            let condition = "gsi1pk = :alive AND card.relationship_manager_id = :manager";
            transaction.require(item::key(id), condition, &values, refusal);
            Ok(())
        }
    }
}

/// Makes the transaction conditional on the investor not having been merged into another in the meantime.
pub(crate) fn require_unmerged(app: &App, transaction: &mut Transaction, id: InvestorId) -> Result<(), Error> {
    let condition = "attribute_exists(pk) AND attribute_not_exists(card.merged_into)";
    transaction.require(item::key(id), condition, &[], |_| {
        Error::Unavailable("the investor was merged into another in the meantime".into())
    });
    Ok(())
}

/// Returns the investor that this one was merged into, if any.
pub(crate) async fn merged_into(app: &App, id: InvestorId) -> Result<Option<InvestorId>, Error> {
    match app.table().get(item::key(id)).await? {
        Some(item) => Ok(table::read::<InvestorCard>(&item, "card")?.merged_into),
        None => Ok(None),
    }
}
