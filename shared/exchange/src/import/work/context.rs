//! Context shared by all rows of a slice: the product and its key, its team, its milestones, and the keys in the file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::FileKeys;
use crate::import::item::{Job, JobProduct};
use crate::import::source::Stop;
use crate::import::{Field, target};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, UserId};
use kernel::text::fold;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table;
use product_development::milestone;
use product_development::team;

/// Maximum number of a product's milestones that rows can refer to.
const MAX_MILESTONES: usize = 500;

/// Context shared by all rows of a slice.
pub struct WorkContext {
    pub product_id: ProductId,
    /// Team members by case-folded username.
    pub people: BTreeMap<String, UserId>,
    /// Milestones by case-folded name; `None` if several share the name.
    pub milestones: BTreeMap<String, Option<MilestoneId>>,
    /// Names of the rows in the file.
    pub file: FileKeys,
}

#[derive(Deserialize)]
struct Named {
    id: MilestoneId,
    name: String,
}

impl WorkContext {
    /// Loads the context for the job. Fails the run if the product is gone, closed or no longer the caller's.
    pub async fn read(app: &App, job: &Job, caller: &Caller, file: FileKeys) -> Result<Self, Stop> {
        let lost = || Error::internal("a job of requirements or tasks has no product");
        let JobProduct { id, .. } = job.product.as_ref().ok_or_else(lost)?;
        match target::product(app, caller, *id).await {
            Ok(_) => {}
            Err(error) if error.retryable() => return Err(error.into()),
            Err(_) => {
                return Err(Stop::failure(
                    "product_closed",
                    "The product was deleted or archived, or you no longer have access to it.",
                ));
            }
        }
        let fills = |field| job.fields.iter().any(|(_, filled)| *filled == field);
        let mut people = BTreeMap::new();
        if fills(Field::Assignee) {
            let team = team::list(app, caller, *id).await?.items;
            people.extend(team.into_iter().map(|member| (fold(member.username.as_str()), member.user_id)));
        }
        let mut milestones = BTreeMap::new();
        if fills(Field::Milestone) {
            let source = Source::index("gsi1", milestone::listed(*id));
            let (items, _) = List::new("milestones", source, Order::Ascending).read(app, None, MAX_MILESTONES).await?;
            for item in &items {
                let Named { id, name } = table::read(item, "card")?;
                milestones.entry(fold(&name)).and_modify(|one| *one = None).or_insert(Some(id));
            }
        }
        Ok(Self { product_id: *id, people, milestones, file })
    }
}
