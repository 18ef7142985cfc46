//! Exports of products and of the records that belong to one. The columns of requirements and tasks have the names that an import
//! recognizes.

mod related;
mod rows;

use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::IntoParams;

use self::related::{Place, RelatedItems, place};
use super::{Export, ExportQuery};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId, UserId};
use kernel::policy::Action;
use kernel::text::{Name, Tag};
use kernel::time::Date;
use kernel::{Entity, ItemType, Operation};
use people::user::{self, UserCard};
use platform::app::App;
use platform::audit::Subject;
use platform::caller::Caller;
use platform::page::{Page, PageRequest};
use product_development::asset::{self, Asset, AssetQuery};
use product_development::attachment::{self, Attachment};
use product_development::baseline::{self, BaselineRow};
use product_development::comment::{self, Comment};
use product_development::milestone::{self, Milestone, MilestoneQuery};
use product_development::priority::Priority;
use product_development::product::{self, ProductCard, ProductQuery};
use product_development::requirement::{self, Requirement, RequirementQuery, RequirementVersion};
use product_development::rule::{self, Rule};
use product_development::task::{self, Assignee, Task, TaskCard, TaskQuery};
use product_development::team::{self, ProductMember};

/// Products by name.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductExport {
    /// Only products with this status; by default, all except archived ones.
    pub status: Option<product::Status>,
    /// Only products of this owner.
    #[param(value_type = Option<String>, format = Uuid)]
    pub owner_id: Option<UserId>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

/// A product with its owner.
pub struct ProductRow {
    product: ProductCard,
    owner: Option<UserCard>,
}

impl Export for ProductExport {
    const OPERATION: Operation = Operation::ProductExport;
    const FILE: &'static str = "products";
    type Row = ProductRow;

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    /// Two round trips: the list, then the owners.
    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<ProductRow>, Error> {
        let query = ProductQuery { status: self.status, owner_id: self.owner_id, ..ProductQuery::default() };
        let page = product::read(app, caller, Action::ProductExport, &query, request).await?;
        let owners = user::cards(app, &page.items.iter().map(|product| product.owner_id).collect()).await?;
        page.try_map(|product| Ok(ProductRow { owner: owners.get(&product.owner_id).cloned(), product }))
    }
}

/// Filters of a product's requirements.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequirementExportQuery {
    /// Only requirements with this status.
    pub status: Option<requirement::Status>,
    /// Only requirements with this priority.
    pub priority: Option<Priority>,
    /// Only children of this requirement; `none` for requirements without a parent.
    #[param(pattern = "^(?:none|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub parent_id: Option<String>,
    /// Only requirements of this milestone; `none` for requirements without one.
    #[param(pattern = "^(?:none|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub milestone_id: Option<String>,
    /// Only requirements whose title, reference or external id contains this text, ignoring case; 1 to 100 characters.
    #[param(min_length = 1, max_length = 100)]
    pub text: Option<String>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

/// A requirement with the names of its parent and its milestone.
pub struct RequirementRow {
    requirement: Requirement,
    parent: Option<String>,
    milestone: Option<String>,
}

list_of!(
    /// A product's requirements by number, in full.
    RequirementExport(Product, product_id: ProductId, RequirementExportQuery), RequirementExport, "requirements",
    RequirementRow,
    |of, app, caller, request| requirements(of, app, caller, request)
);

/// Two round trips: the list with the product, then the requirements with their parents and milestones.
async fn requirements(
    of: &RequirementExport,
    app: &App,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<RequirementRow>, Error> {
    let query = of.query.clone();
    let query = RequirementQuery {
        status: query.status,
        priority: query.priority,
        parent_id: query.parent_id,
        milestone_id: query.milestone_id,
        text: query.text,
        limit: None,
        cursor: None,
    };
    let id = of.product_id;
    let page = requirement::read(app, caller, Action::ProductExport, id, &query, request).await?;
    let mut keys: BTreeSet<Place> = page.items.iter().map(|card| place(requirement::item_key(id, card.id))).collect();
    keys.extend(page.items.iter().filter_map(|card| card.parent_id).map(|it| place(requirement::item_key(id, it))));
    keys.extend(page.items.iter().filter_map(|card| card.milestone_id).map(|it| place(milestone::item_key(id, it))));
    let found = RelatedItems::read(app, id, keys).await?;
    let row = |requirement: Requirement| RequirementRow {
        parent: requirement.parent_id.and_then(|id| found.requirement(id)),
        milestone: requirement.milestone_id.and_then(|id| found.milestone(id)),
        requirement,
    };
    let cards = page.items.iter();
    let full =
        cards.filter_map(|card| found.data(ItemType::Requirement, &requirement::item_key(id, card.id)).transpose());
    let items = full.map(|full| full.map(row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// The versions of a requirement, newest first.
pub struct RequirementVersionExport {
    /// Id of the product.
    pub product_id: ProductId,
    /// Id of the requirement.
    pub requirement_id: RequirementId,
    /// Cursor.
    pub query: ExportQuery,
}

impl Export for RequirementVersionExport {
    const OPERATION: Operation = Operation::RequirementVersionExport;
    const FILE: &'static str = "requirement-versions";
    type Row = RequirementVersion;

    fn subject(&self, _: &Caller) -> Subject {
        Subject::new(Entity::Requirement, self.requirement_id).within(self.product_id)
    }

    fn cursor(&self) -> Option<&String> {
        self.query.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<RequirementVersion>, Error> {
        let (product, requirement) = (self.product_id, self.requirement_id);
        requirement::read_versions(app, caller, Action::ProductExport, product, requirement, request).await
    }
}

/// Filters of a product's tasks.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskExportQuery {
    /// Only tasks with this status.
    pub status: Option<task::Status>,
    /// Only tasks with this priority.
    pub priority: Option<Priority>,
    /// Only tasks of this assignee: a user id, `me`, or `none` for unassigned tasks.
    #[param(value_type = Option<String>, pattern = "^(?:me|none|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub assignee_id: Option<Assignee>,
    /// Only tasks of this requirement.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// Only tasks of this milestone.
    #[param(value_type = Option<String>, format = Uuid)]
    pub milestone_id: Option<MilestoneId>,
    /// Only tasks with this label.
    pub label: Option<Tag>,
    /// Only tasks due before this day.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Only tasks whose reference, title or labels contain this text, ignoring case.
    pub text: Option<Name>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

/// A task with the names of what it refers to.
pub struct TaskRow {
    task: Task,
    assignee: Option<UserCard>,
    requirement: Option<String>,
    milestone: Option<String>,
}

list_of!(
    /// A product's tasks in list order, in full.
    TaskExport(Product, product_id: ProductId, TaskExportQuery), TaskExport, "tasks", TaskRow,
    |of, app, caller, request| tasks(of, app, caller, request)
);

/// Two round trips: the list with the product, then the tasks with what they refer to.
async fn tasks(of: &TaskExport, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<TaskRow>, Error> {
    let query = of.query.clone();
    let query = TaskQuery {
        status: query.status,
        priority: query.priority,
        assignee_id: query.assignee_id,
        requirement_id: query.requirement_id,
        milestone_id: query.milestone_id,
        label: query.label,
        due_before: query.due_before,
        text: query.text,
        limit: None,
        cursor: None,
    };
    let id = of.product_id;
    let page = task::read(app, caller, Action::ProductExport, id, &query, request).await?;
    let cards = &page.items;
    let mut keys: BTreeSet<Place> = cards.iter().map(|card| place(task::task_key(id, card.id))).collect();
    keys.extend(cards.iter().filter_map(|card| card.requirement_id).map(|it| place(requirement::item_key(id, it))));
    keys.extend(cards.iter().filter_map(|card| card.milestone_id).map(|it| place(milestone::item_key(id, it))));
    let people = cards.iter().filter_map(|card| card.assignee_id).collect();
    let (found, people) = tokio::try_join!(RelatedItems::read(app, id, keys), user::cards(app, &people))?;
    let row = |task: Task| TaskRow {
        assignee: task.assignee_id.and_then(|id| people.get(&id)).cloned(),
        requirement: task.requirement_id.and_then(|id| found.requirement(id)),
        milestone: task.milestone_id.and_then(|id| found.milestone(id)),
        task,
    };
    let full = cards.iter().filter_map(|card| found.data(ItemType::Task, &task::task_key(id, card.id)).transpose());
    let items = full.map(|full| full.map(row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// Filters of a product's design assets.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssetExportQuery {
    /// Only assets for this requirement.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// Only assets whose name contains this text, ignoring case; at most 200 characters.
    #[param(max_length = 200)]
    pub text: Option<String>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

list_of!(
    /// A product's design assets, newest first: metadata, not the files.
    AssetExport(Product, product_id: ProductId, AssetExportQuery), AssetExport, "assets", Asset,
    |of, app, caller, request| async {
        let AssetExportQuery { requirement_id, text, .. } = of.query.clone();
        let query = AssetQuery { requirement_id, text, limit: None, cursor: None };
        asset::read(app, caller, Action::ProductExport, of.product_id, &query, request).await
    }
);

/// Filters of a product's milestones.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MilestoneExportQuery {
    /// Only milestones with this status.
    pub status: Option<milestone::Status>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

list_of!(
    /// A product's milestones by date, with their progress.
    MilestoneExport(Product, product_id: ProductId, MilestoneExportQuery), MilestoneExport, "milestones", Milestone,
    |of, app, caller, request| async {
        let query = MilestoneQuery { status: of.query.status, limit: None, cursor: None };
        milestone::read(app, caller, Action::ProductExport, of.product_id, &query, request).await
    }
);
list_of!(
    /// The members of a product's team with their workload: the owner first, then the others by name.
    ProductMemberExport(Product, product_id: ProductId, ExportQuery), ProductMemberExport, "members", ProductMember,
    |of, app, caller, request| async {
        request.single()?;
        let team = team::read(app, caller, Action::ProductExport, of.product_id).await?;
        Ok(Page { items: team.items, next_cursor: None })
    }
);
list_of!(
    /// A product's workflow rules, oldest first.
    RuleExport(Product, product_id: ProductId, ExportQuery), RuleExport, "rules", Rule,
    |of, app, caller, request| async {
        request.single()?;
        rule::read(app, caller, Action::ProductExport, of.product_id).await
    }
);
list_of!(
    /// A product's baselines, newest first, with their contents.
    BaselineExport(Product, product_id: ProductId, ExportQuery), BaselineExport, "baselines", BaselineRow,
    |of, app, caller, request| baseline::rows(app, caller, Action::ProductExport, of.product_id, request)
);

/// A record that belongs to a task, with the name of the task.
pub struct AtTask<T> {
    it: T,
    task: TaskCard,
    people: Vec<Name>,
}

list_of!(
    /// The comments on all tasks of a product, oldest first.
    CommentExport(Product, product_id: ProductId, ExportQuery), CommentExport, "comments", AtTask<Comment>,
    |of, app, caller, request| async {
        let page = comment::of_product(app, caller, Action::ProductExport, of.product_id, request).await?;
        let mentioned = |comment: &Comment| comment.mentions.clone();
        at_tasks(app, of.product_id, page, |comment| comment.task_id, mentioned).await
    }
);
list_of!(
    /// The attachments of all tasks of a product, oldest first: metadata, not the files.
    AttachmentExport(Product, product_id: ProductId, ExportQuery), AttachmentExport, "attachments",
    AtTask<Attachment>,
    |of, app, caller, request| async {
        let page = attachment::of_product(app, caller, Action::ProductExport, of.product_id, request).await?;
        at_tasks(app, of.product_id, page, |attachment| attachment.task_id, |_| Vec::new()).await
    }
);

/// Records of tasks, with the tasks and the people they name; those of deleted tasks are left out. One round trip.
async fn at_tasks<T>(
    app: &App,
    product: ProductId,
    page: Page<T>,
    task_of: impl Fn(&T) -> TaskId,
    people_of: impl Fn(&T) -> Vec<UserId>,
) -> Result<Page<AtTask<T>>, Error> {
    let keys = page.items.iter().map(|it| place(task::task_key(product, task_of(it)))).collect();
    let people = page.items.iter().flat_map(&people_of).collect();
    let (found, people) = tokio::try_join!(RelatedItems::read(app, product, keys), user::cards(app, &people))?;
    let mut rows = Vec::with_capacity(page.items.len());
    for it in page.items {
        if let Some(task) = found.task(task_of(&it))? {
            let people = people_of(&it).iter().filter_map(|id| people.get(id)).map(|card| card.name.clone()).collect();
            rows.push(AtTask { it, task, people });
        }
    }
    Ok(Page { items: rows, next_cursor: page.next_cursor })
}
