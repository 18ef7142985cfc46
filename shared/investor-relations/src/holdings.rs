//! An investor's holdings in each currency: maintained sums, and the rate of return computed from the dated cash flows.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::analytics;
use crate::cash_flow::{self, Kind};
use crate::investment;
use crate::investor;
use crate::returns::{self, Figures, Flow, InternalRate, ReturnReason, ValuedPart};
use kernel::error::Error;
use kernel::id::{InvestmentId, InvestorId};
use kernel::money::Currency;
use kernel::policy::Action;
use kernel::time::Date;
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
    /// Number of these with money invested that were never valued. While there are any, the total value is unknown.
    pub unvalued: u64,
    /// Number of these whose net asset value is the latest valuation rolled forward.
    pub rolled_forward: u64,
    /// Date of the oldest of the valuations that count; null if none does.
    pub valued_on: Option<Date>,
    /// Totals and multiples of these investments.
    pub figures: Figures,
    /// The part of the total whose value is known, while `unvalued` is not zero.
    pub valued_part: Option<ValuedPart>,
    /// The money-weighted rate of return over all cash flows of the investments whose value is known. The remaining value counts as paid
    /// back on the date of the last cash flow or valuation of any of them, so that no cash flow comes after it.
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

/// The dated cash flows in one currency of the investments whose value is known.
#[derive(Debug, Default)]
struct Dated {
    flows: Vec<Flow>,
    /// What remains, rolled forward.
    nav: Decimal,
    /// Date of the last cash flow or valuation that counts.
    last: Option<Date>,
    /// Date of the oldest valuation that counts.
    valued_on: Option<Date>,
}

impl Dated {
    fn until(&mut self, day: Date) {
        self.last = self.last.max(Some(day));
    }

    /// The rate of return. The remaining value, even if it is zero, is the last flow.
    fn rate(mut self) -> InternalRate {
        if self.flows.is_empty() {
            return InternalRate::from(Err(ReturnReason::NoValuation));
        }
        self.flows.extend(self.last.map(|last| Flow::new(last, self.nav)));
        InternalRate::from(returns::internal_rate(&self.flows))
    }
}

/// Collects the dated cash flows by currency, and the number of all cash flows.
fn dated(items: &[Item]) -> Result<(BTreeMap<Currency, Dated>, usize), Error> {
    let (mut by_currency, mut valued) = (BTreeMap::<Currency, Dated>::new(), HashSet::<InvestmentId>::new());
    for item in items {
        let Some(card) = investment::card_of(item)? else { continue };
        let worth = card.worth();
        if !worth.valued {
            continue;
        }
        valued.insert(card.id);
        let dated = by_currency.entry(card.currency()).or_default();
        dated.nav += worth.sums.nav;
        if let Some(valuation) = card.valuation() {
            dated.until(valuation.on);
            let oldest = dated.valued_on.map_or(valuation.on, |day| day.min(valuation.on));
            dated.valued_on = Some(oldest);
        }
    }
    let mut read = 0;
    for item in items {
        let Some(card) = cash_flow::card_of(item)? else { continue };
        read += 1;
        if !valued.contains(&card.investment_id) {
            continue;
        }
        let amount = match card.kind {
            Kind::Contribution => -card.amount.decimal(),
            Kind::Distribution => card.amount.decimal(),
            Kind::Valuation => continue,
        };
        let dated = by_currency.entry(card.amount.currency()).or_default();
        dated.flows.push(Flow::new(card.date, amount));
        dated.until(card.date);
    }
    Ok((by_currency, read))
}

/// Computes the holdings from the items returned by [`read`].
pub fn of(items: &[Item], more: bool) -> Result<Holdings, Error> {
    let (mut by_currency, read) = dated(items)?;
    let mut currencies = Vec::new();
    for item in items.iter().rev() {
        let sk = table::text(item, "sk").unwrap_or_default();
        let Some(code) = sk.strip_prefix(analytics::HOLDINGS_PREFIX) else { continue };
        let currency = Currency::try_from(code.to_owned()).map_err(Error::internal)?;
        let held = analytics::Capital::of([item]);
        if held.investments == 0 {
            continue;
        }
        let dated = by_currency.remove(&currency).unwrap_or_default();
        let figures = returns::figures(held.sums, currency, held.unvalued == 0);
        let valued_on = dated.valued_on;
        let irr = match figures.reason {
            Some(reason @ ReturnReason::NothingPaidIn) => Err(reason).into(),
            _ if more || read > MAX_FLOWS => Err(ReturnReason::TooManyCashFlows).into(),
            _ => dated.rate(),
        };
        currencies.push(CurrencyHoldings {
            currency,
            investments: held.investments,
            unvalued: held.unvalued,
            rolled_forward: held.rolled_forward,
            valued_on,
            figures,
            valued_part: held.valued_part(currency),
            irr,
        });
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
