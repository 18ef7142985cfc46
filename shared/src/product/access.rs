//! Who may do what below a product: owners and members, as the policy says.

use super::item::{self, Loaded, WRITABLE};
use super::{Product, Status};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::id::ProductId;
use crate::policy::{Action, Scope};
use crate::table::{self, Item, Transaction};

/// Whether `scope` covers `product` for the caller.
fn covers(caller: &Caller, scope: Scope, product: &Product) -> bool {
    match scope {
        Scope::All => true,
        Scope::Member => product.has(caller.id),
        Scope::Own => product.owner_id == caller.id,
    }
}

/// A product that the caller may `action`. One round trip. Someone else's is `Hidden`; one that the caller may read but not
/// `action` is `Forbidden`.
pub async fn load(app: &App, caller: &Caller, action: Action, id: ProductId) -> Result<Loaded, Error> {
    let scope = caller.allow(action)?;
    let found = app.table().get(item::item_key(id)).await?;
    permitted(caller, action, scope, found.as_ref())
}

/// The product in an item that was read beside others, if the caller may `action` on it.
pub(crate) fn permitted(caller: &Caller, action: Action, scope: Scope, found: Option<&Item>) -> Result<Loaded, Error> {
    let found = found.filter(|item| table::text(item, "type") == Some("product"));
    let loaded = item::open(found.ok_or(Error::NotFound { what: "product" })?)?;
    if covers(caller, scope, &loaded.product) {
        return Ok(loaded);
    }
    Err(refusal(caller, action, &loaded.product))
}

fn refusal(caller: &Caller, action: Action, product: &Product) -> Error {
    match caller.allow(Action::ProductRead) {
        Ok(scope) if covers(caller, scope, product) => Error::Forbidden { action: action.as_str() },
        _ => Error::Hidden { what: "product" },
    }
}

/// Makes the transaction conditional on the product being there, open to changes, and within reach of the caller who may
/// `action` in `scope`: what was true when it was read may have changed since.
pub fn require(
    app: &App,
    caller: &Caller,
    action: Action,
    scope: Scope,
    transaction: &mut Transaction,
    id: ProductId,
) -> Result<(), Error> {
    let me = caller.id.to_string();
    let there = format!("attribute_exists({WRITABLE})");
    let (condition, values) = match scope {
        Scope::All => (there, vec![]),
        Scope::Member => {
            (format!("{there} AND (owner_id = :me OR contains(member_ids, :me))"), vec![(":me", me.as_str())])
        }
        Scope::Own => (format!("{there} AND owner_id = :me"), vec![(":me", me.as_str())]),
    };
    let asking = caller.clone();
    app.table().require(transaction, item::item_key(id), &condition, &values, move |found| {
        let Some(Ok(loaded)) = found.map(item::open) else { return Error::NotFound { what: "product" } };
        if covers(&asking, scope, &loaded.product) {
            return item::closed(&loaded.product);
        }
        refusal(&asking, action, &loaded.product)
    })
}

impl Status {
    /// Whether a product of this status is among those that are worked on.
    #[must_use]
    pub fn is_archived(self) -> bool {
        self == Self::Archived
    }
}
