//! How many investors there are, by tier, status and kind, and what they hold, by currency.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::capital::{CAPITAL_PREFIX, Capital};
use super::item::Group;
use crate::investment;
use crate::investor::{Kind, Status, Tier};
use crate::returns::{self, Figures};
use kernel::error::Error;
use kernel::money::{Currency, Money};
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use platform::counters::counters;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Most items of a portfolio's counters: its shards, with room for more.
const MOST_ITEMS: usize = 64;
/// How many items of a portfolio's sums are read at once: every tier, status and shard of twelve currencies.
const SUMS_AT_ONCE: usize = 2_000;

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
    /// What they hold, one for each currency, by its code; currencies are never added up.
    pub capital: Vec<CurrencyCapital>,
}

/// What the investors of a portfolio hold in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrencyCapital {
    /// The currency.
    pub currency: Currency,
    /// How many investments.
    pub investments: u64,
    /// How many of them have money at work that was never valued; while there are any, the value is not known.
    pub unvalued: u64,
    /// Their totals and multiples.
    pub figures: Figures,
    /// By the importance of the investor, every tier that holds some.
    pub by_tier: Vec<CapitalPart>,
    /// By the status of the investment, every one that there is.
    pub by_status: Vec<CapitalPart>,
}

/// A part of what is held in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CapitalPart {
    /// The value that makes the part: `gold`, `active`.
    pub value: String,
    /// How many investments.
    pub investments: u64,
    /// What was committed.
    pub committed: Money,
    /// What was paid in.
    pub paid_in: Money,
}

/// The portfolio of the caller: all investors, or those they look after. One round trip up to twelve currencies.
pub async fn portfolio(app: &App, caller: &Caller) -> Result<Portfolio, Error> {
    let group = match caller.allow(Action::AnalyticsRead)? {
        Scope::All => Group::All,
        Scope::Own | Scope::Member => Group::Manager(caller.id),
    };
    let list = List::new("portfolio", Source::table(group.partition(), "PORTFOLIO#"), Order::Ascending);
    let (counted, held) = tokio::join!(list.read(app, None, MOST_ITEMS), sums(app, group));
    let ((items, _), held) = (counted?, held?);
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
        capital: capital(&held)?,
    })
}

/// Every item of a group's sums: a part of them would come to wrong figures.
async fn sums(app: &App, group: Group) -> Result<Vec<Item>, Error> {
    let list = List::new("capital", Source::table(group.partition(), CAPITAL_PREFIX), Order::Ascending);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (items, next) = list.read(app, after.as_deref(), SUMS_AT_ONCE).await?;
        all.extend(items);
        match next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

/// What sums come to, by currency.
fn capital(items: &[Item]) -> Result<Vec<CurrencyCapital>, Error> {
    let mut currencies: BTreeMap<&str, Vec<(&str, &str, &Item)>> = BTreeMap::new();
    for item in items {
        let mut parts = table::text(item, "sk").unwrap_or_default().trim_start_matches(CAPITAL_PREFIX).split('#');
        if let (Some(code), Some(tier), Some(status)) = (parts.next(), parts.next(), parts.next()) {
            currencies.entry(code).or_default().push((tier, status, item));
        }
    }
    let mut held = Vec::new();
    for (code, items) in currencies {
        let currency = Currency::try_from(code.to_owned()).map_err(Error::internal)?;
        let part = |value: &str, of: &dyn Fn(&(&str, &str, &Item)) -> bool| {
            let Capital { investments, sums, .. } = Capital::of(items.iter().filter(|entry| of(entry)).map(|e| e.2));
            let (committed, paid_in) = (Money::of(sums.committed, currency), Money::of(sums.paid_in, currency));
            (investments > 0).then(|| CapitalPart { value: value.into(), investments, committed, paid_in })
        };
        let all = Capital::of(items.iter().map(|entry| entry.2));
        if all.investments == 0 {
            continue;
        }
        let by_tier =
            Tier::ALL.iter().map(|tier| tier.as_str()).filter_map(|tier| part(tier, &|entry| entry.0 == tier));
        let statuses = investment::Status::ALL.iter().map(|status| status.as_str());
        held.push(CurrencyCapital {
            currency,
            investments: all.investments,
            unvalued: all.unvalued,
            figures: returns::figures(all.sums, currency, all.unvalued == 0),
            by_tier: by_tier.collect(),
            by_status: statuses.filter_map(|status| part(status, &|entry| entry.1 == status)).collect(),
        });
    }
    Ok(held)
}
