//! Values that only one investor can have, deleted or not: each is reserved by an item of its own.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::Investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::text::{Email, ExternalKey, fold};
use platform::app::App;
use platform::table::{self, Draft, Key, Transaction};

/// A value that only one investor can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unique {
    /// Email address.
    Email(Email),
    /// Key in an external system.
    ExternalKey(ExternalKey),
}

/// The content of the item that reserves a unique value.
#[derive(Serialize, Deserialize)]
struct UniqueOwner {
    investor_id: InvestorId,
}

/// Primary key of a reserved value in the partition `pk`.
fn key(pk: &str) -> Key {
    Key::new(pk, "UNIQUE")
}

/// Email addresses are personal data, so the key contains a keyed hash.
async fn email_key(app: &App, email: &Email) -> Result<Key, Error> {
    let hash = app.keys().root().await?.lookup("investor email", &fold(email.as_str()));
    Ok(key(&format!("UNIQUE#investor_email#{hash}")))
}

fn external_key_key(external_key: &ExternalKey) -> Key {
    key(&format!("UNIQUE#investor_key#{}", fold(external_key.as_str())))
}

fn email_taken() -> Error {
    Error::conflict("email_taken", "Another investor, possibly a deleted one, already has this email address.")
}

fn external_key_taken() -> Error {
    Error::conflict("external_key_taken", "Another investor, possibly a deleted one, already has this external key.")
}

fn reservation(key: Key, id: InvestorId) -> Result<Draft, Error> {
    Draft::new(key, ItemType::Unique, &UniqueOwner { investor_id: id })
}

/// Reserves the investor's unique values and releases those it no longer has.
pub(super) async fn stage_unique(
    app: &App,
    transaction: &mut Transaction,
    before: Option<&Investor>,
    after: &Investor,
) -> Result<(), Error> {
    let folded = |email: &Email| fold(email.as_str());
    let old = before.and_then(|investor| investor.email.as_ref());
    if old.map(folded) != after.email.as_ref().map(folded) {
        if let Some(email) = old {
            transaction.delete(email_key(app, email).await?);
        }
        if let Some(email) = &after.email {
            let draft = reservation(email_key(app, email).await?, after.id)?;
            transaction.create(draft, |_| email_taken());
        }
    }
    let old = before.and_then(|investor| investor.external_key.as_ref()).map(external_key_key);
    let new = after.external_key.as_ref().map(external_key_key);
    if old != new {
        if let Some(old) = old {
            transaction.delete(old);
        }
        if let Some(new) = new {
            transaction.create(reservation(new, after.id)?, |_| external_key_taken());
        }
    }
    Ok(())
}

/// Hands the unique values of two investors over to `after`, the one that remains of them: it keeps its own or takes the other's.
pub(super) async fn stage_hand_over(
    app: &App,
    transaction: &mut Transaction,
    (own, other): (&Investor, &Investor),
    after: &Investor,
) -> Result<(), Error> {
    let investors = [own, other, after];
    let mut keys = [None, None, None];
    for (key, investor) in keys.iter_mut().zip(investors) {
        if let Some(email) = &investor.email {
            *key = Some(email_key(app, email).await?);
        }
    }
    hand_over(transaction, keys, after.id, email_taken)?;
    let keys = investors.map(|investor| investor.external_key.as_ref().map(external_key_key));
    hand_over(transaction, keys, after.id, external_key_taken)
}

/// Releases the unique values that the surviving investor does not keep, and reserves the one it ends up with.
fn hand_over(
    transaction: &mut Transaction,
    [own, other, wanted]: [Option<Key>; 3],
    id: InvestorId,
    taken: fn() -> Error,
) -> Result<(), Error> {
    for freed in [&own, &other].into_iter().flatten().filter(|key| Some(*key) != wanted.as_ref()) {
        transaction.delete(freed.clone());
    }
    match wanted {
        Some(key) if Some(&key) == own.as_ref() => {}
        Some(key) if Some(&key) == other.as_ref() => transaction.put(reservation(key, id)?),
        Some(key) => transaction.create(reservation(key, id)?, move |_| taken()),
        None => {}
    }
    Ok(())
}

/// Returns the investors that have these values, including deleted ones, in the order of `values`. Takes one round trip.
pub async fn owners(app: &App, values: &[Unique]) -> Result<Vec<Option<InvestorId>>, Error> {
    let mut keys = Vec::with_capacity(values.len());
    for value in values {
        keys.push(match value {
            Unique::Email(email) => email_key(app, email).await?,
            Unique::ExternalKey(external_key) => external_key_key(external_key),
        });
    }
    let wanted: BTreeSet<&str> = keys.iter().map(|key| key.pk.as_str()).collect();
    let wanted: Vec<Key> = wanted.into_iter().map(key).collect();
    let mut owners = HashMap::new();
    for found in app.table().get_many(wanted).await? {
        if let Some(pk) = table::text(&found, "pk") {
            let owner: UniqueOwner = table::read(&found, "data")?;
            owners.insert(pk.to_owned(), owner.investor_id);
        }
    }
    Ok(keys.iter().map(|key| owners.get(&key.pk).copied()).collect())
}
