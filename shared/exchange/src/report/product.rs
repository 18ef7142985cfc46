//! Contents of a product report.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Excerpt, kept};
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId};
use kernel::policy::Action;
use kernel::text::TimeZone;
use kernel::time::{Date, Timestamp};
use kernel::{Entity, Operation};
use people::user;
use platform::app::App;
use platform::audit::{self, FieldChange, Subject};
use platform::caller::Caller;
use platform::page::{Page, PageRequest};
use product_development::asset::{self, Approval, Asset, AssetQuery};
use product_development::baseline::{self, Baseline};
use product_development::figures::{self as analytics, ProductCycle, ProductFlow, ProductPeriod};
use product_development::milestone::{self, Milestone, MilestoneQuery};
use product_development::product::{self, Product};
use product_development::requirement::{self, RequirementCard, RequirementQuery};
use product_development::task::{self, Status, TaskCard, TaskQuery};
use product_development::team;
use product_development::team::ProductMember;

/// Maximum number of milestones listed.
const MAX_MILESTONES: usize = 200;
/// Maximum number of requirements listed.
const MAX_REQUIREMENTS: usize = 1_000;
/// Maximum number of unfinished tasks listed.
const MAX_TASKS: usize = 500;
/// Maximum number of baselines listed.
const MAX_BASELINES: usize = 100;
/// Maximum number of approved design assets listed.
const MAX_ASSETS: usize = 200;
/// Maximum number of items of one kind that are read and filtered.
const MAX_READ: usize = 1_000;

/// Period of a product report.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductReportQuery {
    /// First day of the period (UTC); defaults to 89 days before the last day.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day of the period (UTC), at most 399 days after the first; defaults to today.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// Contents of a product report.
#[derive(Debug, Clone)]
pub struct ProductReport {
    /// When the report was created.
    pub made_at: Timestamp,
    /// Name of the user who created the report.
    pub made_by: String,
    /// Time zone for displayed times: that of the user who created the report.
    pub time_zone: TimeZone,
    /// The day (UTC) that the metrics treat as today.
    pub today: Date,
    /// The product.
    pub product: Product,
    /// Team: the owner first, then the others by name.
    pub team: Vec<ProductMember>,
    /// Milestones, by due date.
    pub milestones: Excerpt<Milestone>,
    /// Requirements, by number.
    pub requirements: Excerpt<RequirementCard>,
    /// Task flow.
    pub flow: ProductFlow,
    /// Lead time, cycle time and aging.
    pub cycle: ProductCycle,
    /// Unfinished tasks: overdue first, then by due date; those without a due date last.
    pub tasks: Excerpt<TaskCard>,
    /// Baselines, newest first.
    pub baselines: Excerpt<Baseline>,
    /// Approved design assets, newest first.
    pub assets: Excerpt<Asset>,
}

impl ProductReport {
    /// Whether a task's due date is before today.
    #[must_use]
    pub fn is_overdue(&self, task: &TaskCard) -> bool {
        task.due_on.is_some_and(|day| day < self.today)
    }
}

/// Reads a product report. Four round trips, regardless of size. The audit trail records the read and its extent before the report is
/// returned.
pub async fn of_product(
    app: &App,
    caller: &Caller,
    id: ProductId,
    query: &ProductReportQuery,
) -> Result<ProductReport, Error> {
    let action = Action::ProductReport;
    let (loaded, maker) = tokio::join!(product::load(app, caller, action, id), user::load(app, caller.id));
    let (product, time_zone, today) = (loaded?.product, maker?.user.time_zone, Date::today());
    let period = ProductPeriod { from: query.from, to: query.to, ..ProductPeriod::default() };
    let most = |items: usize| PageRequest::exactly(items, None);
    let (all_milestones, all_requirements, all_assets) =
        (MilestoneQuery::default(), RequirementQuery::default(), AssetQuery::default());
    let requests = [MAX_MILESTONES, MAX_REQUIREMENTS, MAX_BASELINES, MAX_READ].map(most);
    let [few_milestones, few_requirements, few_baselines, few_assets] = &requests;
    // Boxed, or every future that awaits a report would become large.
    let all = Box::pin(async {
        tokio::try_join!(
            team::list(app, caller, id),
            milestone::read(app, caller, action, id, &all_milestones, few_milestones),
            requirement::read(app, caller, action, id, &all_requirements, few_requirements),
            analytics::flow(app, caller, id, &period),
            analytics::cycle(app, caller, id, &period),
            unfinished(app, caller, id, today),
            baseline::read(app, caller, action, id, few_baselines),
            asset::read(app, caller, action, id, &all_assets, few_assets),
        )
    });
    let (team, milestones, requirements, flow, cycle, tasks, baselines, assets) = all.await?;
    let mut approved = shown(assets, MAX_READ);
    approved.items.retain(|asset| asset.approval == Approval::Approved);
    let report = ProductReport {
        made_at: Timestamp::now(),
        made_by: caller.actor.name.clone(),
        time_zone,
        today,
        product,
        team: team.items,
        milestones: shown(milestones, MAX_MILESTONES),
        requirements: shown(requirements, MAX_REQUIREMENTS),
        flow,
        cycle,
        tasks,
        baselines: shown(baselines, MAX_BASELINES),
        assets: Excerpt::of(approved.items, MAX_ASSETS, approved.more),
    };
    audit::access(app, &caller.actor, Operation::ProductReport, Subject::new(Entity::Product, id), included(&report))
        .await?;
    Ok(report)
}

fn shown<T>(page: Page<T>, most: usize) -> Excerpt<T> {
    Excerpt::of(page.items, most, page.next_cursor.is_some())
}

/// Unfinished tasks, most urgent first.
async fn unfinished(app: &App, caller: &Caller, id: ProductId, today: Date) -> Result<Excerpt<TaskCard>, Error> {
    let request = PageRequest::exactly(MAX_READ, None);
    let statuses = Status::ALL.iter().copied().filter(|status| *status != Status::Done);
    let queries: Vec<TaskQuery> =
        statuses.map(|status| TaskQuery { status: Some(status), ..TaskQuery::default() }).collect();
    let pages = queries.iter().map(|query| task::read(app, caller, Action::ProductReport, id, query, &request));
    let (mut tasks, mut more) = (Vec::new(), false);
    for page in futures_util::future::try_join_all(pages).await? {
        more |= page.next_cursor.is_some();
        tasks.extend(page.items);
    }
    let rest = |task: &TaskCard| task.due_on.is_none_or(|day| day >= today);
    tasks.sort_by_key(|task| (rest(task), task.due_on.is_none(), task.due_on, task.number));
    Ok(Excerpt::of(tasks, MAX_TASKS, more))
}

/// Fields of the audit record: how much the report contained, never its contents.
fn included(report: &ProductReport) -> Vec<FieldChange> {
    vec![
        kept("milestones", report.milestones.items.len().to_string()),
        kept("requirements", report.requirements.items.len().to_string()),
        kept("tasks", report.tasks.items.len().to_string()),
        kept("baselines", report.baselines.items.len().to_string()),
        kept("assets", report.assets.items.len().to_string()),
        kept("from", report.flow.from.to_string()),
        kept("to", report.flow.to.to_string()),
    ]
}

/// Requirements in outline order, each with its outline number: `2`, `2.1`, `2.1.1`. A requirement whose parent is not in the list is
/// placed at the top level.
#[must_use]
pub fn outline(requirements: &[RequirementCard]) -> Vec<(String, &RequirementCard)> {
    let there: BTreeSet<RequirementId> = requirements.iter().map(|card| card.id).collect();
    let mut below: BTreeMap<Option<RequirementId>, Vec<&RequirementCard>> = BTreeMap::new();
    for card in requirements {
        below.entry(card.parent_id.filter(|id| there.contains(id))).or_default().push(card);
    }
    let mut open = parts(below.remove(&None).unwrap_or_default(), "");
    let (mut placed, tops) = (Vec::with_capacity(requirements.len()), open.len());
    while let Some((place, card)) = open.pop() {
        open.extend(parts(below.remove(&Some(card.id)).unwrap_or_default(), &format!("{place}.")));
        placed.push((place, card));
    }
    // An eventually consistent list may show two requirements as each other's parent.
    let rest = below.into_values().flatten().enumerate();
    placed.extend(rest.map(|(n, card)| ((tops + n + 1).to_string(), card)));
    placed
}

/// Children of one requirement with their outline numbers, last one first.
fn parts<'a>(cards: Vec<&'a RequirementCard>, place: &str) -> Vec<(String, &'a RequirementCard)> {
    cards.into_iter().enumerate().map(|(n, card)| (format!("{place}{}", n + 1), card)).rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::policy::{Role, Roles, scope};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_report_reveals_nothing_the_caller_cannot_read() {
        for role in Role::ALL.iter().copied() {
            let roles = Roles::from([role]);
            for read in [Action::ProductRead, Action::ProductAnalyticsRead] {
                assert!(scope(&roles, Action::ProductReport) <= scope(&roles, read), "{role:?} {read:?}");
            }
        }
    }

    fn card(number: u128, parent: Option<u128>) -> RequirementCard {
        let id = |number| uuid::Uuid::from_u128(number);
        serde_json::from_value(json!({
            "id": id(number), "version": 1, "content_version": 1, "updated_at": "2026-11-21T10:00:00Z",
            "product_id": id(0), "number": number, "reference": format!("ORB-R{number}"), "title": "One",
            "priority": "low", "status": "open", "parent_id": parent.map(id), "milestone_id": null, "external_id": null,
            "criteria_count": 0, "link_count": 0,
        }))
        .unwrap()
    }

    #[test]
    fn an_outline_puts_children_under_their_parent() {
        let cards = [(1, None), (2, Some(4)), (3, None), (4, Some(1)), (5, Some(1)), (6, Some(99))];
        let cards: Vec<_> = cards.into_iter().map(|(number, parent)| card(number, parent)).collect();
        let placed: Vec<_> = outline(&cards).into_iter().map(|(place, card)| (place, card.number)).collect();
        let expected = [("1", 1), ("1.1", 4), ("1.1.1", 2), ("1.2", 5), ("2", 3), ("3", 6)];
        assert_eq!(placed, expected.map(|(place, number)| (place.to_owned(), number)));
    }

    proptest! {
        #[test]
        fn an_outline_has_each_requirement_once_even_in_cycles(parents in prop::collection::vec(0_u128..12, 0..12)) {
            let cards: Vec<_> = parents.iter().zip(1_u128..).map(|(parent, number)| card(number, Some(*parent))).collect();
            let mut numbers: Vec<u64> = outline(&cards).iter().map(|(_, card)| card.number).collect();
            numbers.sort_unstable();
            prop_assert_eq!(numbers, cards.iter().map(|card| card.number).collect::<Vec<_>>());
        }
    }
}
