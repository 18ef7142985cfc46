//! Creates many tasks at once for imports, in one transaction and with consecutive numbers of their product.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use super::write::{NewTaskState, exists_already, first};
use super::{NewTask, Status, board, checked_labels, checklist, item};
use crate::product::{Belongs, LoadedProduct, number};
use crate::rank::Rank;
use crate::requirement;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId};
use kernel::policy::Action;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::table::{self, MAX_WRITES};

/// Maximum number of tasks created at once. Each takes up to three writes; their numbers, product, columns, requirements and milestones
/// take the rest of the transaction.
pub const MAX_AT_ONCE: usize = 20;

/// What the new tasks take from the state of their product.
struct NewTasksState {
    /// The last rank of each column that receives a task.
    last: BTreeMap<Status, Option<Rank>>,
    /// The current content versions of the requirements they implement.
    requirements: BTreeMap<RequirementId, u64>,
    milestones: BTreeSet<MilestoneId>,
}

/// Creates all of these tasks or none of them, each last in its column. They must not share an external ID. Two round trips. Also fails
/// with a conflict if they refer to more items than one transaction can hold.
pub async fn create_many<'a>(
    app: &'a App,
    caller: &'a Caller,
    product_id: ProductId,
    new: &[(TaskId, NewTask)],
) -> Result<(), Error> {
    caller.allow(Action::TaskWrite)?;
    let state = &NewTasksState::read(app, product_id, new).await?;
    let people: BTreeSet<_> = new.iter().filter_map(|(_, new)| new.assignee_id).collect();
    let belongs: Vec<Belongs> = people.into_iter().map(|user| Belongs { user, field: "assignee_id" }).collect();
    let wanted = number::Wanted { kind: number::Kind::Task, count: new.len(), belongs: &belongs };
    let run = |product: LoadedProduct, number: u64, mut work: Work<'a>| async move {
        let mut last = state.last.clone();
        let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
        for ((id, new), number) in new.iter().zip(number..) {
            let new = NewTask { labels: checked_labels(new.labels.clone())?, ..new.clone() };
            let status = new.status.unwrap_or(Status::Open);
            let place = last.entry(status).or_default();
            let rank = board::after(place.as_ref());
            *place = Some(rank.clone());
            *counts.entry(status).or_default() += 1;
            let requirement_version = new.requirement_id.and_then(|id| state.requirements.get(&id).copied());
            let one = NewTaskState { rank, requirement_version };
            let steps = checklist::parse(new.checklist.clone())?;
            let task = first(caller, &product, (*id, number), &new, &steps, &one, status)?;
            let head = work.record_plain(None, &task)?;
            work.create(item::draft(&task, &head, None)?, exists_already);
            item::reserve_external(&mut work, None, Some(&task))?;
        }
        for requirement in state.requirements.keys() {
            item::require_requirement(&mut work, product_id, *requirement);
        }
        for milestone in &state.milestones {
            item::require_milestone(&mut work, product_id, *milestone);
        }
        for (status, count) in counts {
            board::count_in(&mut work, &product.product, status, count)?;
        }
        if work.len() > MAX_WRITES {
            return Err(Error::conflict("too_many_at_once", "These refer to too many items to create at once."));
        }
        work.commit().await
    };
    number::numbered_with(app, caller, Action::TaskWrite, product_id, wanted, run).await
}

impl NewTasksState {
    async fn read(app: &App, product: ProductId, new: &[(TaskId, NewTask)]) -> Result<Self, Error> {
        let statuses: BTreeSet<Status> = new.iter().map(|(_, new)| new.status.unwrap_or(Status::Open)).collect();
        let requirements: BTreeSet<RequirementId> = new.iter().filter_map(|(_, new)| new.requirement_id).collect();
        let keys: Vec<table::Key> = requirements.iter().map(|id| requirement::item_key(product, *id)).collect();
        let columns = statuses
            .iter()
            .map(|status| async move { Ok::<_, Error>((*status, board::last(app, product, *status).await?)) });
        let served = async { if keys.is_empty() { Ok(Vec::new()) } else { app.table().get_many(keys).await } };
        let (last, found) = tokio::try_join!(try_join_all(columns), served)?;
        let mut versions = BTreeMap::new();
        for id in requirements {
            let sk = requirement::item_key(product, id).sk;
            let item = found.iter().find(|item| table::text(item, "sk") == Some(sk.as_str()));
            let version = item.map(requirement::content_version).transpose()?.flatten();
            versions.extend(version.map(|version| (id, version)));
        }
        let milestones = new.iter().filter_map(|(_, new)| new.milestone_id).collect();
        Ok(Self { last: last.into_iter().collect(), requirements: versions, milestones })
    }
}
