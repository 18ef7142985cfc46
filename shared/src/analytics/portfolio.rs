//! How many investors there are, by tier, status and kind.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::item::{Group, counters};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::investor::{Kind, Status, Tier};
use crate::page::{List, Order, Source};
use crate::policy::{Action, Scope};

/// Most items of a portfolio: its shards, with room for more.
const MOST_ITEMS: usize = 64;

/// How many have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ValueCount {
    /// The value: `gold`, `active`, `fund`.
    pub value: String,
    /// How many have it.
    pub count: u64,
}

/// The investors that the caller may see, counted. Deleted ones do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Portfolio {
    /// How many there are.
    pub investors: u64,
    /// By importance, every tier.
    pub by_tier: Vec<ValueCount>,
    /// By status, every one.
    pub by_status: Vec<ValueCount>,
    /// By kind, every one.
    pub by_kind: Vec<ValueCount>,
}

/// The portfolio of the caller: all investors, or those they look after. One round trip.
pub async fn portfolio(app: &App, caller: &Caller) -> Result<Portfolio, Error> {
    let group = match caller.allow(Action::AnalyticsRead)? {
        Scope::All => Group::All,
        Scope::Own => Group::Manager(caller.id),
    };
    let list = List::new("portfolio", Source::table(group.partition(), "PORTFOLIO#"), Order::Ascending);
    let (items, _) = list.read(app, None, MOST_ITEMS).await?;
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (name, count) in items.iter().flat_map(counters) {
        *sums.entry(name).or_default() += count;
    }
    let count = |dimension: &str, value: &str| {
        let count = sums.get(format!("{dimension}#{value}").as_str()).copied().unwrap_or(0);
        ValueCount { value: value.into(), count: u64::try_from(count).unwrap_or(0) }
    };
    let by_tier: Vec<ValueCount> = Tier::ALL.iter().map(|tier| count("tier", tier.as_str())).collect();
    Ok(Portfolio {
        investors: by_tier.iter().map(|tier| tier.count).sum(),
        by_tier,
        by_status: Status::ALL.iter().map(|status| count("status", status.as_str())).collect(),
        by_kind: Kind::ALL.iter().map(|kind| count("kind", kind.as_str())).collect(),
    })
}
