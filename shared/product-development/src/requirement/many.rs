//! Creating many requirements at once, as an import does: in one transaction, with the next numbers of their product.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use super::write::{exists_already, first, record, stage_external_id};
use super::{NewRequirement, item, tree};
use crate::milestone;
use crate::product::{self, number};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId};
use kernel::policy::Action;
use platform::app::App;
use platform::caller::Caller;
use platform::table::{MOST_WRITES, Transaction};

/// Most requirements that are created at once. Each takes up to four writes; their numbers, their product, their parents and
/// their milestones take what is left of a transaction.
pub const MOST_AT_ONCE: usize = 20;

/// What the new requirements refer to, each thing once: DynamoDB takes an item once in a transaction.
#[derive(Default)]
struct Referred {
    /// The ways up from all parents.
    steps: BTreeMap<RequirementId, tree::Step>,
    /// How many parts each parent gets.
    parts: BTreeMap<RequirementId, i64>,
    milestones: BTreeSet<MilestoneId>,
}

/// Creates all of these requirements, or none: they must have no links, be none of another's parent, and not share an external
/// id. Two round trips, one more a level above them. A conflict also when they refer to more than one transaction takes.
pub async fn create_many(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    new: &[(RequirementId, NewRequirement)],
) -> Result<(), Error> {
    let referred = &Referred::read(app, product_id, new).await?;
    let wanted = number::Wanted { count: new.len(), ..number::Wanted::one(number::Kind::Requirement) };
    let work = |product: product::Loaded, number: u64, mut transaction: Transaction| async move {
        for ((id, new), number) in new.iter().zip(number..) {
            let (requirement, links) = first(caller, &product, (*id, number), new.clone());
            if !links.is_empty() {
                return Err(Error::internal("requirements that are created together have no links"));
            }
            let requirement = requirement.checked()?;
            let head = record(app, caller, &mut transaction, "requirement_create", None, &requirement)?;
            app.table().create(&mut transaction, item::draft(&requirement, &head)?, exists_already)?;
            stage_external_id(app, &mut transaction, &requirement, None, requirement.external_id.as_ref())?;
        }
        referred.stage(app, &mut transaction, product_id)?;
        if transaction.len() > MOST_WRITES {
            return Err(Error::conflict("too_many_at_once", "These refer to too many others to be created at once."));
        }
        app.table().commit(transaction).await
    };
    number::numbered_with(app, caller, Action::RequirementWrite, product_id, wanted, work).await
}

impl Referred {
    async fn read(app: &App, product: ProductId, new: &[(RequirementId, NewRequirement)]) -> Result<Self, Error> {
        let mut referred = Self::default();
        let mut children = BTreeMap::new();
        for (id, new) in new {
            if let Some(parent) = new.parent_id {
                *referred.parts.entry(parent).or_default() += 1;
                children.insert(parent, *id);
            }
            referred.milestones.extend(new.milestone_id);
        }
        let ways = children.into_iter().map(|(parent, child)| tree::way_up(app, product, child, parent));
        let steps = try_join_all(ways).await?.into_iter().flatten();
        referred.steps = steps.map(|step| (step.id, step)).collect();
        Ok(referred)
    }

    fn stage(&self, app: &App, transaction: &mut Transaction, product: ProductId) -> Result<(), Error> {
        for step in self.steps.values() {
            tree::require_step(app, transaction, product, *step)?;
        }
        for (parent, parts) in &self.parts {
            tree::count_child(app, transaction, product, *parent, *parts)?;
        }
        self.milestones.iter().try_for_each(|id| milestone::require(app, transaction, product, *id))
    }
}
