//! Creates and updates milestones. Each change is one transaction that includes its audit record.

use super::{Milestone, MilestonePatch, NewMilestone, Progress, item, progress, read};
use crate::product;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::Head;
use platform::caller::Caller;
use platform::idempotency::StoredAnswer;

/// Creates a milestone. Two round trips.
pub async fn create(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    new: NewMilestone,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::MilestoneWrite)?;
    let now = Timestamp::now();
    let milestone = Milestone {
        id: MilestoneId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        product_id,
        name: new.name,
        description: new.description,
        due_on: new.due_on,
        status: new.status.unwrap_or_default(),
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
        progress: Progress::default(),
        at_risk: false,
        at_risk_reason: None,
    };
    let mut work = Work::new(app, caller, Operation::MilestoneCreate);
    product::require(&mut work, caller, Action::MilestoneWrite, scope, product_id);
    let head = work.record_plain(None, &milestone)?;
    work.create(item::draft(&milestone, &head)?, |_| Error::internal("a new milestone's ID already exists"));
    let shown = progress::one(app, milestone).await?;
    let location = format!("/api/products/{product_id}/milestones/{}", shown.id);
    let answer = StoredAnswer::created(location, shown.version, &shown)?;
    work.answer(answer).await
}

/// Loads the milestone at `version` in a product that is open to changes.
async fn at_version(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: MilestoneId,
    version: u64,
) -> Result<(Milestone, Head), Error> {
    let (product, loaded) = read::load(app, caller, Action::MilestoneWrite, product_id, id).await?;
    product.writable()?;
    if loaded.0.version == version { Ok(loaded) } else { Err(Error::StaleVersion) }
}

/// Updates a milestone that is still at `version`. Three round trips.
pub async fn update(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: MilestoneId,
    version: u64,
    patch: MilestonePatch,
) -> Result<Milestone, Error> {
    let (before, head) = at_version(app, caller, product_id, id, version).await?;
    let after = patch.apply(before.clone());
    if after == before {
        return progress::one(app, after).await;
    }
    let scope = caller.allow(Action::MilestoneWrite)?;
    let after = Milestone { version: version + 1, updated_at: Timestamp::now(), ..after };
    let mut work = Work::new(app, caller, Operation::MilestoneUpdate);
    product::require(&mut work, caller, Action::MilestoneWrite, scope, product_id);
    let head = work.record_plain(Some((&before, &head)), &after)?;
    work.replace(item::draft(&after, &head)?, version);
    work.commit().await?;
    progress::one(app, after).await
}

/// Deletes a milestone that is still at `version`. Its history is kept, and so are requirements and tasks that refer to it; they show that
/// it has been deleted. Two round trips.
pub async fn delete(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: MilestoneId,
    version: u64,
) -> Result<(), Error> {
    let (before, head) = at_version(app, caller, product_id, id, version).await?;
    let scope = caller.allow(Action::MilestoneWrite)?;
    let after = Milestone { version: version + 1, ..before.clone() };
    let mut work = Work::new(app, caller, Operation::MilestoneDelete);
    product::require(&mut work, caller, Action::MilestoneWrite, scope, product_id);
    let head = work.record_plain(Some((&before, &head)), &after)?;
    work.replace(item::tombstone(&after, &head)?, version);
    work.commit().await
}
