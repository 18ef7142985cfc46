//! Workload of each member of a product.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::flow::count;
use super::partition;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::time::Date;
use platform::app::App;
use platform::counters::numbers;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of people whose workload is read.
const MAX_PEOPLE: usize = 1000;

/// A user's workload in a product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Workload {
    /// Number of unfinished tasks assigned to the user.
    pub open_tasks: u64,
    /// Number of those tasks that were due before today (UTC).
    pub overdue_tasks: u64,
    /// Total estimated hours of those unfinished tasks.
    #[schema(value_type = String, example = "7.5")]
    pub estimate_hours: Decimal,
}

/// Reads everyone's workload in a product. One round trip.
pub async fn read(app: &App, product: ProductId) -> Result<BTreeMap<UserId, Workload>, Error> {
    let list = List::new("work", Source::table(partition(product), "WORK#"), Order::Ascending);
    let items = list.read(app, None, MAX_PEOPLE).await?.0;
    Ok(items.iter().filter_map(|item| Some((person(item)?, of(item, Date::today())))).collect())
}

fn person(item: &Item) -> Option<UserId> {
    table::text(item, "sk")?.strip_prefix("WORK#")?.parse().ok()
}

fn of(item: &Item, today: Date) -> Workload {
    let mut work = Workload::default();
    for (name, value) in numbers::<Decimal>(item) {
        match name.split_once('#') {
            Some(("open", "tasks")) => work.open_tasks = count(value),
            Some(("open", "hours")) => work.estimate_hours = value.normalize(),
            Some(("due", day)) if Date::try_from(day.to_owned()).is_ok_and(|day| day < today) => {
                work.overdue_tasks += count(value);
            }
            _ => {}
        }
    }
    work
}
