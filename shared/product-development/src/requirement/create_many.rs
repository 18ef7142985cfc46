//! Creates many requirements at once for imports, in one transaction and with consecutive numbers of their product.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use super::write::{exists_already, first, record, stage_external_id};
use super::{NewRequirement, item, tree};
use crate::milestone;
use crate::product::{self, number};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId};
use kernel::policy::Action;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::table::{MAX_WRITES, Transaction};

/// Maximum number of requirements created at once. Each takes up to four writes; their numbers, product, parents and milestones take the
/// rest of the transaction.
pub const MAX_AT_ONCE: usize = 20;

/// What the new requirements refer to, each item once because DynamoDB accepts an item only once per transaction.
#[derive(Default)]
struct Referred {
    /// The ancestors of all parents.
    steps: BTreeMap<RequirementId, tree::Step>,
    /// Number of children each parent gains.
    parts: BTreeMap<RequirementId, i64>,
    milestones: BTreeSet<MilestoneId>,
}

/// Creates all of these requirements or none of them. They must have no links, must not be parents of one another, and must not share an
/// external ID. Two round trips, plus one for each level above them. Also fails with a conflict if they refer to more items than one
/// transaction can hold.
pub async fn create_many<'a>(
    app: &'a App,
    caller: &'a Caller,
    product_id: ProductId,
    new: &[(RequirementId, NewRequirement)],
) -> Result<(), Error> {
    let referred = &Referred::read(app, product_id, new).await?;
    let wanted = number::Wanted { count: new.len(), ..number::Wanted::one(number::Kind::Requirement) };
    let run = |product: product::LoadedProduct, number: u64, mut work: Work<'a>| async move {
        for ((id, new), number) in new.iter().zip(number..) {
            let (requirement, links) = first(caller, &product, (*id, number), new.clone());
            if !links.is_empty() {
                return Err(Error::internal("requirements created together must not have links"));
            }
            let requirement = requirement.checked()?;
            let head = record(&mut work, None, &requirement)?;
            work.create(item::draft(&requirement, &head)?, exists_already);
            stage_external_id(&mut work, &requirement, None, requirement.external_id.as_ref())?;
        }
        referred.stage(&mut work, product_id);
        if work.len() > MAX_WRITES {
            return Err(Error::conflict("too_many_at_once", "These refer to too many items to create at once."));
        }
        work.commit().await
    };
    number::numbered_with(app, caller, Action::RequirementWrite, product_id, wanted, run).await
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
        let paths = children.into_iter().map(|(parent, child)| tree::path_to_root(app, product, child, parent));
        let steps = try_join_all(paths).await?.into_iter().flatten();
        referred.steps = steps.map(|step| (step.id, step)).collect();
        Ok(referred)
    }

    fn stage(&self, transaction: &mut Transaction, product: ProductId) {
        for step in self.steps.values() {
            tree::require_step(transaction, product, *step);
        }
        for (parent, parts) in &self.parts {
            tree::count_child(transaction, product, *parent, *parts);
        }
        for milestone in &self.milestones {
            milestone::require(transaction, product, *milestone);
        }
    }
}
