//! Reads the board.

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::board::{column, column_key, counted};
use super::card::Assignee;
use super::read::filtered;
use super::{Status, TaskCard, TaskQuery};
use crate::priority::Priority;
use crate::product::{self, WipLimits};
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId};
use kernel::policy::Action;
use kernel::text::{Name, Tag};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{Order, Page, PageRequest};
use platform::table::{self, Item};

/// Default number of cards per column.
const CARDS: usize = 200;
/// Maximum number of cards per column in one response.
const MAX_CARDS: usize = 1000;

/// A board column.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BoardColumn {
    /// Status of the column's tasks.
    pub status: Status,
    /// The cards, in the order people arranged them.
    pub items: Vec<TaskCard>,
    /// Send as `cursor` to get the rest of the column; null at its end.
    pub next_cursor: Option<String>,
    /// Total number of tasks in the column, regardless of the filters.
    pub count: u64,
}

/// The board of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Board {
    /// The columns, from `open` to `done`.
    pub columns: Vec<BoardColumn>,
    /// Work in progress limits of the columns.
    pub wip_limits: WipLimits,
}

/// Filters for a board.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    /// Only tasks with this priority.
    pub priority: Option<Priority>,
    /// Only tasks assigned to this user: a user ID, `me`, or `none` for unassigned tasks.
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
    /// Only tasks whose reference, title or labels contain this text, ignoring case.
    pub text: Option<Name>,
    /// Cards per column, 1 to 1,000. Defaults to 200.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    pub limit: Option<usize>,
    /// `next_cursor` from a column. Valid only when reading the rest of that column.
    pub cursor: Option<String>,
}

impl BoardQuery {
    fn tasks(&self) -> TaskQuery {
        TaskQuery {
            priority: self.priority,
            assignee_id: self.assignee_id,
            requirement_id: self.requirement_id,
            milestone_id: self.milestone_id,
            label: self.label.clone(),
            text: self.text.clone(),
            ..TaskQuery::default()
        }
    }

    fn limit(&self) -> Result<usize, Error> {
        match self.limit.unwrap_or(CARDS) {
            limit if (1..=MAX_CARDS).contains(&limit) => Ok(limit),
            _ => Err(Error::bad_parameter("limit", "must be between 1 and 1000")),
        }
    }
}

/// Returns a product's board with the beginning of every column. One round trip.
pub async fn board(app: &App, caller: &Caller, product_id: ProductId, query: &BoardQuery) -> Result<Board, Error> {
    if query.cursor.is_some() {
        return Err(Error::bad_parameter("cursor", "can only be used with a single column"));
    }
    let (wip_limits, columns) = columns(app, caller, product_id, Status::ALL, query).await?;
    Ok(Board { columns, wip_limits })
}

/// Returns the rest of a column, after the cursor. One round trip.
pub async fn board_column(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    status: &str,
    query: &BoardQuery,
) -> Result<BoardColumn, Error> {
    let known = Status::ALL.iter().copied().find(|known| known.as_str() == status);
    let Some(status) = known else {
        product::load(app, caller, Action::ProductRead, product_id).await?;
        return Err(Error::NotFound { what: "column" });
    };
    let (_, mut columns) = columns(app, caller, product_id, &[status], query).await?;
    columns.pop().ok_or(Error::NotFound { what: "column" })
}

/// Reads columns of a board, with all of them, the product and the counts read concurrently.
async fn columns(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    statuses: &[Status],
    query: &BoardQuery,
) -> Result<(WipLimits, Vec<BoardColumn>), Error> {
    let scope = caller.allow(Action::ProductRead)?;
    let request = PageRequest::exactly(query.limit()?, query.cursor.clone());
    let narrow = query.tasks();
    let lists: Vec<_> = statuses
        .iter()
        .map(|status| filtered(column(product_id, *status, Order::Ascending), caller, &narrow))
        .collect();
    let keys = statuses.iter().map(|status| column_key(product_id, *status)).chain([product::item_key(product_id)]);
    let (found, pages) = tokio::join!(
        app.table().get_many(keys.collect()),
        try_join_all(lists.iter().map(|list| list.page(app, &request)))
    );
    let found = found?;
    let at = |sk: &str| found.iter().find(|item| table::text(item, "sk") == Some(sk));
    let product =
        product::permitted(caller, Action::ProductRead, scope, at(&product::item_key(product_id).sk))?.product;
    let mut columns = Vec::with_capacity(statuses.len());
    for (status, page) in statuses.iter().zip(pages?) {
        let Page { items, next_cursor } = page.try_map(|item: Item| table::read(&item, "card"))?;
        let count = counted(at(&column_key(product_id, *status).sk))?;
        columns.push(BoardColumn { status: *status, items, next_cursor, count });
    }
    Ok((product.wip_limits, columns))
}
