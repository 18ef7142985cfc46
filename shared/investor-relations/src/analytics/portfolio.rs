//! The number of investors by tier, status and kind, and their holdings by currency.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::capital::{CAPITAL_PREFIX, Capital};
use super::item::Group;
use crate::investment;
use crate::investor::{Kind, Status, Tier};
use crate::returns::{self, Figures, ValuedPart};
use kernel::error::Error;
use kernel::money::{Currency, Money};
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use platform::counters::counts;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of items for a portfolio's counters: its shards, with room for more.
const MAX_ITEMS: usize = 64;
/// Number of items of a portfolio's sums read at once: every tier, status and shard of twelve currencies.
const SUMS_AT_ONCE: usize = 2_000;

/// The number of investors with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ValueCount {
    /// Value, such as `gold`, `active` or `fund`.
    pub value: String,
    /// Number of investors with this value.
    pub count: u64,
}

/// Counts of the investors that the caller can see, excluding deleted ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Portfolio {
    /// Number of investors.
    pub investors: u64,
    /// Counts by tier; includes every tier.
    pub by_tier: Vec<ValueCount>,
    /// Counts by status; includes every status.
    pub by_status: Vec<ValueCount>,
    /// Counts by kind; includes every kind.
    pub by_kind: Vec<ValueCount>,
    /// Holdings: one entry per currency, ordered by currency code. Amounts in different currencies are never added up.
    pub capital: Vec<CurrencyCapital>,
}

/// The holdings of a portfolio in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrencyCapital {
    /// The currency.
    pub currency: Currency,
    /// Number of investments.
    pub investments: u64,
    /// Number of these with money invested that were never valued. While there are any, the total value is unknown.
    pub unvalued: u64,
    /// Number of these whose net asset value is the latest valuation rolled forward.
    pub rolled_forward: u64,
    /// The part of the total whose value is known, while `unvalued` is not zero.
    pub valued_part: Option<ValuedPart>,
    /// Totals and multiples of these investments.
    pub figures: Figures,
    /// Breakdown by investor tier. Includes only tiers with holdings.
    pub by_tier: Vec<CapitalPart>,
    /// Breakdown by investment status. Includes only statuses with investments.
    pub by_status: Vec<CapitalPart>,
}

/// A part of the holdings in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CapitalPart {
    /// Tier or status of this part, such as `gold` or `active`.
    pub value: String,
    /// Number of investments.
    pub investments: u64,
    /// Committed amount.
    pub committed: Money,
    /// Amount paid in.
    pub paid_in: Money,
}

/// Returns the caller's portfolio: all investors, or those they manage. Takes one round trip for up to twelve currencies.
pub async fn portfolio(app: &App, caller: &Caller) -> Result<Portfolio, Error> {
    let group = match caller.allow(Action::AnalyticsRead)? {
        Scope::All => Group::All,
        Scope::Own | Scope::Member => Group::Manager(caller.id),
    };
    let list = List::new("portfolio", Source::table(group.partition(), "PORTFOLIO#"), Order::Ascending);
    let (counted, held) = tokio::join!(list.read(app, None, MAX_ITEMS), sums(app, group));
    let ((items, _), held) = (counted?, held?);
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (name, count) in items.iter().flat_map(counts) {
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

/// Reads all items of a group's sums, because a subset would give wrong figures.
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

/// Computes the holdings by currency.
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
            rolled_forward: all.rolled_forward,
            valued_part: all.valued_part(currency),
            figures: returns::figures(all.sums, currency, all.unvalued == 0),
            by_tier: by_tier.collect(),
            by_status: statuses.filter_map(|status| part(status, &|entry| entry.1 == status)).collect(),
        });
    }
    Ok(held)
}
