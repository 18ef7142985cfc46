//! Creates and updates products. Each change is one transaction that includes its audit record.

use serde::Serialize;

use super::item::{self, LoadedProduct};
use super::{AGING_DAYS, NewProduct, Product, ProductPatch, Status};
use kernel::ItemType;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::{Action, Scope};
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::StoredAnswer;
use platform::table::{Condition, Draft, Transaction};

/// The owner of a reserved key.
#[derive(Serialize)]
struct Owned {
    product_id: ProductId,
}

/// Creates a product. One round trip.
pub async fn create(app: &App, caller: &Caller, new: NewProduct) -> Result<StoredAnswer, Error> {
    caller.allow(Action::ProductCreate)?;
    let now = Timestamp::now();
    let product = Product {
        id: ProductId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        key: new.key,
        name: new.name,
        description: new.description,
        status: new.status.unwrap_or(Status::Planning),
        owner_id: new.owner_id.unwrap_or(caller.id),
        members: Vec::new(),
        wip_limits: new.wip_limits,
        aging_alert_days: new.aging_alert_days.unwrap_or(AGING_DAYS),
        created_by: caller.id,
        deleted_at: None,
    }
    .checked()?;
    let mut work = Work::new(app, caller, Operation::ProductCreate);
    require_owner(&mut work, caller, caller.id, product.owner_id)?;
    let head = work.record_plain(None, &product)?;
    work.create(item::draft(&product, &head)?, |_| Error::internal("a new product's ID already exists"));
    let reserved = Draft::new(item::unique_key(&product.key), ItemType::Unique, &Owned { product_id: product.id })?;
    work.create(reserved, |_| Error::conflict("product_key_taken", "Another product already uses this key."));
    let answer = StoredAnswer::created(format!("/api/products/{}", product.id), product.version, &product)?;
    work.answer(answer).await
}

/// Transferring a product requires permission to assign, and the new owner must be allowed to own products.
fn require_owner(transaction: &mut Transaction, caller: &Caller, before: UserId, after: UserId) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    if caller.allow(Action::ProductAssign)? != Scope::All {
        return Err(Error::Forbidden { action: Action::ProductAssign.as_str() });
    }
    transaction.require(people::user::key(after), Condition::exists("owns_products"), |_| {
        Error::field("owner_id", "must be an active manager or admin")
    });
    Ok(())
}

/// Adds the next version of `before` to the work and returns it.
pub(crate) fn stage_next(work: &mut Work<'_>, before: &LoadedProduct, after: Product) -> Result<Product, Error> {
    let version = before.product.version;
    let after = Product { version: version + 1, updated_at: Timestamp::now(), ..after };
    let head = work.record_plain(Some((&before.product, &before.head)), &after)?;
    work.replace(item::draft(&after, &head)?, version);
    Ok(after)
}

/// Loads the product at `version`, if the caller is permitted to `action`.
pub(crate) async fn at_version(
    app: &App,
    caller: &Caller,
    action: Action,
    id: ProductId,
    version: u64,
) -> Result<LoadedProduct, Error> {
    let loaded = super::load(app, caller, action, id).await?;
    if loaded.product.version == version { Ok(loaded) } else { Err(Error::StaleVersion) }
}

/// Updates a product that is still at `version`. Two round trips. The only change an archived product accepts is a new status.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: ProductId,
    version: u64,
    patch: ProductPatch,
) -> Result<Product, Error> {
    let loaded = at_version(app, caller, Action::ProductUpdate, id, version).await?;
    let reopens = patch.status.is_some_and(|status| !status.is_archived()) && loaded.product.deleted_at.is_none();
    let loaded = if reopens { loaded } else { loaded.writable()? };
    let after = patch.apply(loaded.product.clone()).checked()?;
    let mut work = Work::new(app, caller, Operation::ProductUpdate);
    require_owner(&mut work, caller, loaded.product.owner_id, after.owner_id)?;
    if after == loaded.product {
        return Ok(after);
    }
    let after = stage_next(&mut work, &loaded, after)?;
    work.commit().await?;
    Ok(after)
}
