//! What each member of a product has to do.

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

/// Most people whose work is read.
const MOST_PEOPLE: usize = 1000;

/// What someone has to do for a product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Workload {
    /// How many unfinished tasks are assigned to them.
    pub open_tasks: u64,
    /// How many of these were to be done before today (UTC).
    pub overdue_tasks: u64,
    /// How many hours these are estimated at, in all.
    #[schema(value_type = String, example = "7.5")]
    pub estimate_hours: Decimal,
}

/// What everybody has to do for a product. One round trip.
pub async fn read(app: &App, product: ProductId) -> Result<BTreeMap<UserId, Workload>, Error> {
    let list = List::new("work", Source::table(partition(product), "WORK#"), Order::Ascending);
    let items = list.read(app, None, MOST_PEOPLE).await?.0;
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
