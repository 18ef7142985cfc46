//! An investor's holdings in each currency: maintained sums, and the rate of return computed from the dated cash flows.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::analytics;
use crate::cash_flow::{self, Kind};
use crate::investment;
use crate::investor;
use crate::returns::{self, Figures, Flow, InternalRate, ReturnReason};
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::money::Currency;
use kernel::policy::Action;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum number of cash flows for computing a rate of return.
pub const MAX_FLOWS: usize = 2_000;
/// Maximum number of items per read: the cash flows, their investments and the sums.
const MAX_ITEMS: usize = 3_000;

/// An investor's holdings by currency. Amounts in different currencies are never added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holdings {
    /// One entry per currency, ordered by currency code.
    pub currencies: Vec<CurrencyHoldings>,
}

/// An investor's holdings in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrencyHoldings {
    /// The currency.
    pub currency: Currency,
    /// Number of investments.
    pub investments: u64,
    /// Totals and multiples of these investments.
    pub figures: Figures,
    /// The money-weighted rate of return over all cash flows. The remaining value counts as paid back on the date of its latest
    /// valuation.
    pub irr: InternalRate,
}

/// Returns the holdings of an investor. Takes one round trip. The access is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, investor_id: InvestorId) -> Result<Holdings, Error> {
    let loaded = investor::load(app, caller, Action::InvestorRead, investor_id);
    let (loaded, read) = tokio::join!(loaded, read(app, investor_id));
    loaded?;
    let (items, more) = read?;
    audit::access(app, &caller.actor, Operation::HoldingsGet, Subject::new(Entity::Investor, investor_id), Vec::new())
        .await?;
    of(&items, more)
}

/// Reads the sums, investments and cash flows of an investor, up to the limit for one read, and whether there are more.
pub async fn read(app: &App, investor_id: InvestorId) -> Result<(Vec<Item>, bool), Error> {
    // In descending order the sums come first, then the investments, then the cash flows.
    let source = Source::table(investor::partition(investor_id), "HOLDING");
    let mut list = List::new("holdings", source, Order::Descending);
    list.consistent = true;
    let (items, more) = list.read(app, None, MAX_ITEMS).await?;
    Ok((items, more.is_some()))
}

/// Computes the holdings from the items returned by [`read`].
pub fn of(items: &[Item], more: bool) -> Result<Holdings, Error> {
    let (mut flows, mut read) = (BTreeMap::<Currency, Vec<Flow>>::new(), 0);
    for item in items {
        if let Some(card) = investment::card_of(item)? {
            if let Some(valuation) = card.valuation() {
                flows.entry(card.currency()).or_default().push(Flow::new(valuation.on, valuation.value));
            }
        } else if let Some(card) = cash_flow::card_of(item)? {
            read += 1;
            let amount = match card.kind {
                Kind::Contribution => -card.amount.decimal(),
                Kind::Distribution => card.amount.decimal(),
                Kind::Valuation => continue,
            };
            flows.entry(card.amount.currency()).or_default().push(Flow::new(card.date, amount));
        }
    }
    let mut currencies = Vec::new();
    for item in items.iter().rev() {
        let sk = table::text(item, "sk").unwrap_or_default();
        let Some(code) = sk.strip_prefix(analytics::HOLDINGS_PREFIX) else { continue };
        let currency = Currency::try_from(code.to_owned()).map_err(Error::internal)?;
        let held = analytics::Capital::of([item]);
        if held.investments == 0 {
            continue;
        }
        let figures = returns::figures(held.sums, currency, held.unvalued == 0);
        let flows = flows.remove(&currency).unwrap_or_default();
        let irr = match figures.reason {
            Some(reason) => Err(reason),
            None if more || read > MAX_FLOWS => Err(ReturnReason::TooManyCashFlows),
            None => returns::internal_rate(&flows),
        };
        currencies.push(CurrencyHoldings { currency, investments: held.investments, figures, irr: irr.into() });
    }
    Ok(Holdings { currencies })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::ItemType;
    use platform::table::{Draft, Key};

    #[test]
    fn too_many_cash_flows_give_multiples_without_a_rate() {
        let key = Key::new(investor::partition(InvestorId::new()), "HOLDINGS#USD");
        let sums = Draft::new(key, ItemType::Counters, &()).unwrap();
        let sums = sums.number("sum#investments", 1).number("sum#paid_in", 200).number("sum#distributed", 50);
        let sums = sums.number("sum#nav", 250).into_item();
        let held = of(&[sums], true).unwrap().currencies.remove(0);
        assert_eq!(held.irr, InternalRate::from(Err(ReturnReason::TooManyCashFlows)));
        assert_eq!(held.figures.tvpi.as_deref(), Some("1.5000"));
    }
}
