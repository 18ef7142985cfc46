//! Creates and deletes baselines.

use super::item;
use super::{Baseline, MOST_REQUIREMENTS, NewBaseline, read};
use crate::product;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{BaselineId, ProductId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::plain_change;
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::table::Transaction;

/// Freezes the version of every requirement of a product. A change acknowledged before the request began is in the baseline at that
/// version, or at the next one if the requirement changes while the product is read; never at a version that did not exist. One transaction
/// writes the whole baseline, so no reader sees part of it.
pub async fn create(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    new: NewBaseline,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::RequirementWrite)?;
    product::load(app, caller, Action::RequirementWrite, product_id).await?.writable()?;
    let entries = item::present(app, product_id).await?;
    if entries.len() > MOST_REQUIREMENTS {
        return Err(Error::state(format!("A baseline can hold at most {MOST_REQUIREMENTS} requirements.")));
    }
    let now = Timestamp::now();
    let baseline = Baseline {
        id: BaselineId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        product_id,
        name: new.name,
        description: new.description,
        requirement_count: entries.len(),
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    };
    let mut transaction = Transaction::new();
    product::require(app, caller, Action::RequirementWrite, scope, &mut transaction, product_id)?;
    let head = plain_change(app, caller, &mut transaction, Operation::BaselineCreate, None, &baseline)?;
    let drafts = item::parts(product_id, baseline.id, &entries)?.into_iter().chain([item::draft(&baseline, &head)?]);
    for draft in drafts {
        transaction.create(draft, |_| Error::internal("a new baseline's ID already exists"));
    }
    let location = format!("/api/products/{product_id}/baselines/{}", baseline.id);
    let answer = StoredAnswer::created(location, baseline.version, &baseline)?;
    idempotency::commit(app, caller, transaction, answer).await
}

/// Deletes a baseline with its contents; the requirements and their versions are kept. Two round trips.
pub async fn delete(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: BaselineId,
    version: u64,
) -> Result<(), Error> {
    let (product, (baseline, head)) = read::load(app, caller, Action::RequirementWrite, product_id, id).await?;
    product.writable()?;
    if baseline.version != version {
        return Err(Error::StaleVersion);
    }
    let scope = caller.allow(Action::RequirementWrite)?;
    let mut transaction = Transaction::new();
    product::require(app, caller, Action::RequirementWrite, scope, &mut transaction, product_id)?;
    let after = Baseline { version: version + 1, ..baseline.clone() };
    let head =
        plain_change(app, caller, &mut transaction, Operation::BaselineDelete, Some((&baseline, &head)), &after)?;
    transaction.replace(item::tombstone(&baseline, after.version, &head)?, version);
    for key in item::part_keys(&baseline) {
        transaction.delete(key);
    }
    app.table().commit(transaction).await
}
