//! Access to a product's contents: what owners and members may do, as defined by the policy.

use super::item::{self, LoadedProduct, WRITABLE};
use super::{Product, Status};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use platform::table::{self, Condition, Item, Key, Transaction};

/// Whether `scope` covers `product` for the caller.
pub(crate) fn covers(caller: &Caller, scope: Scope, product: &Product) -> bool {
    match scope {
        Scope::All => true,
        Scope::Member => product.has(caller.id),
        Scope::Own => product.owner_id == caller.id,
    }
}

/// Loads a product on which the caller is permitted to `action`. One round trip. Returns `Hidden` for a product the caller cannot see and
/// `Forbidden` for one the caller can read but not `action`.
pub async fn load(app: &App, caller: &Caller, action: Action, id: ProductId) -> Result<LoadedProduct, Error> {
    let scope = caller.allow(action)?;
    let found = app.table().get(item::item_key(id)).await?;
    permitted(caller, action, scope, found.as_ref())
}

/// Loads a product on which the caller is permitted to `action`, and the item at `key` in its partition if it exists. One round trip.
pub(crate) async fn load_with(
    app: &App,
    caller: &Caller,
    action: Action,
    id: ProductId,
    key: Key,
) -> Result<(LoadedProduct, Option<Item>), Error> {
    let scope = caller.allow(action)?;
    let mut found = app.table().get_many(vec![item::item_key(id), key.clone()]).await?;
    let at = found.iter().position(|item| table::text(item, "sk") == Some(key.sk.as_str()));
    let below = at.map(|at| found.swap_remove(at));
    Ok((permitted(caller, action, scope, found.first())?, below))
}

/// Like [`load`], but also finds a deleted product of which only the history remains.
pub async fn load_any(app: &App, caller: &Caller, action: Action, id: ProductId) -> Result<LoadedProduct, Error> {
    let scope = caller.allow(action)?;
    let found = app.table().get(item::item_key(id)).await?.ok_or_else(|| missing(caller))?;
    reached(caller, action, scope, item::open(&found)?)
}

/// Returns the product in an item that was read together with others, if the caller is permitted to `action` on it.
pub(crate) fn permitted(
    caller: &Caller,
    action: Action,
    scope: Scope,
    found: Option<&Item>,
) -> Result<LoadedProduct, Error> {
    let found = found.filter(|item| table::item_type(item) == Some(ItemType::Product));
    reached(caller, action, scope, item::open(found.ok_or_else(|| missing(caller))?)?)
}

fn reached(caller: &Caller, action: Action, scope: Scope, loaded: LoadedProduct) -> Result<LoadedProduct, Error> {
    if covers(caller, scope, &loaded.product) {
        return Ok(loaded);
    }
    Err(refusal(caller, action, &loaded.product))
}

/// The refusal for a product that is not there. For callers who may not know of every product, it is that of one they cannot see, so that
/// the same work follows and the time says nothing.
fn missing(caller: &Caller) -> Error {
    match caller.allow(Action::ProductRead) {
        Ok(Scope::All) => Error::NotFound { what: "product" },
        _ => Error::Hidden { what: "product" },
    }
}

fn refusal(caller: &Caller, action: Action, product: &Product) -> Error {
    match caller.allow(Action::ProductRead) {
        Ok(scope) if covers(caller, scope, product) => Error::Forbidden { action: action.as_str() },
        _ => Error::Hidden { what: "product" },
    }
}

/// Makes the transaction conditional on the product existing, being open to changes, and being within reach of a caller who is permitted to
/// `action` in `scope`. What held when the product was read may have changed since.
pub fn require(transaction: &mut Transaction, caller: &Caller, action: Action, scope: Scope, id: ProductId) {
    require_with(transaction, caller, action, scope, id, &[]);
}

/// Like [`require`], but also requires the given users to own the product or be members of it; errors name the input field of the user.
pub(crate) fn require_with(
    transaction: &mut Transaction,
    caller: &Caller,
    action: Action,
    scope: Scope,
    id: ProductId,
    belongs: &[Belongs],
) {
    let mut condition = Condition::exists(WRITABLE);
    match scope {
        Scope::All => {}
        Scope::Member => condition = condition.and(in_team(caller.id)),
        Scope::Own => condition = condition.and(Condition::is("owner_id", caller.id.to_string())),
    }
    let condition = belongs.iter().fold(condition, |condition, one| condition.and(in_team(one.user)));
    let (asking, belongs) = (caller.clone(), belongs.to_vec());
    transaction.require(item::item_key(id), condition, move |found| {
        let Some(Ok(loaded)) = found.map(item::open) else { return missing(&asking) };
        if !covers(&asking, scope, &loaded.product) {
            return refusal(&asking, action, &loaded.product);
        }
        match belongs.iter().find(|one| !loaded.product.has(one.user)) {
            Some(Belongs { field, .. }) if loaded.product.is_writable() => {
                Error::field(*field, "must be a member of the product's team")
            }
            _ => item::closed(&loaded.product),
        }
    });
}

/// The user owns the product or is a member of it.
fn in_team(user: UserId) -> Condition {
    Condition::is("owner_id", user.to_string()).or(Condition::contains("member_ids", user.to_string()))
}

/// Makes the transaction conditional on the product existing and not being deleted; an archived product is accepted. For writes that do not
/// change the product but are deleted with it.
pub(crate) fn require_there(transaction: &mut Transaction, id: ProductId) {
    let condition = Condition::exists("owner_id").and(Condition::null("card.deleted_at"));
    transaction.require(item::item_key(id), condition, |found| match found.map(item::open) {
        Some(Ok(loaded)) if loaded.product.deleted_at.is_some() => item::closed(&loaded.product),
        _ => Error::NotFound { what: "product" },
    });
}

/// A user who must own a product or be a member of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Belongs {
    pub user: UserId,
    /// The input field that names the user.
    pub field: &'static str,
}

impl Status {
    /// Whether a product with this status is archived.
    #[must_use]
    pub fn is_archived(self) -> bool {
        self == Self::Archived
    }
}
