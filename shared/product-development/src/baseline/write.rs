//! Creates and deletes baselines.

use super::item;
use super::{Baseline, MAX_REQUIREMENTS, NewBaseline, read};
use crate::product;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{BaselineId, ProductId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::StoredAnswer;

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
    if entries.len() > MAX_REQUIREMENTS {
        return Err(Error::state(format!("A baseline can hold at most {MAX_REQUIREMENTS} requirements.")));
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
    let mut work = Work::new(app, caller, Operation::BaselineCreate);
    product::require(&mut work, caller, Action::RequirementWrite, scope, product_id);
    let head = work.record_plain(None, &baseline)?;
    let drafts = item::parts(product_id, baseline.id, &entries)?.into_iter().chain([item::draft(&baseline, &head)?]);
    for draft in drafts {
        work.create(draft, |_| Error::internal("a new baseline's ID already exists"));
    }
    let location = format!("/api/products/{product_id}/baselines/{}", baseline.id);
    let answer = StoredAnswer::created(location, baseline.version, &baseline)?;
    work.answer(answer).await
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
    let mut work = Work::new(app, caller, Operation::BaselineDelete);
    product::require(&mut work, caller, Action::RequirementWrite, scope, product_id);
    let after = Baseline { version: version + 1, ..baseline.clone() };
    let head = work.record_plain(Some((&baseline, &head)), &after)?;
    work.replace(item::tombstone(&baseline, after.version, &head)?, version);
    for key in item::part_keys(&baseline) {
        work.delete(key);
    }
    work.commit().await
}
