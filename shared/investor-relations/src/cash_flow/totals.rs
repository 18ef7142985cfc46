//! How a change to one cash flow affects its investment's totals.

use rust_decimal::Decimal;

use super::{CashFlow, Kind, PREFIX, item};
use crate::investment::{self, Investment, Totals, Valuation};
use crate::investor;
use kernel::error::Error;
use platform::app::App;
use platform::page::{List, Order, Source};

/// Maximum number of an investor's cash flows read at once when looking for the latest remaining valuation.
const MAX_FLOWS: usize = 10_000;

/// Returns the totals after `before` becomes `after`. Without `before` the cash flow is new; without `after` it is deleted.
///
/// Sums change by the difference. If the latest valuation is removed, the previous one is looked up with a strongly consistent
/// read; the investment's revision, read earlier, ensures that nothing changed in the meantime.
pub(super) async fn moved(
    app: &App,
    investment: &Investment,
    totals: &Totals,
    before: Option<&CashFlow>,
    after: Option<&CashFlow>,
) -> Result<Totals, Error> {
    let sum = |kind: Kind, sum: Decimal| {
        let part = |flow: Option<&CashFlow>| match flow {
            Some(flow) if flow.kind == kind => flow.amount.decimal(),
            _ => Decimal::ZERO,
        };
        let moved = sum.checked_sub(part(before)).and_then(|rest| rest.checked_add(part(after)));
        moved.ok_or_else(|| Error::field("amount", "makes the total too large"))
    };
    let mut moved = Totals {
        flows: (totals.flows + u64::from(after.is_some())).saturating_sub(u64::from(before.is_some())),
        paid_in: sum(Kind::Contribution, totals.paid_in)?,
        distributed: sum(Kind::Distribution, totals.distributed)?,
        valuation: totals.valuation,
    };
    if let (Some(latest), Some(before)) = (totals.valuation, before)
        && latest.id == before.id
    {
        moved.valuation = latest_valuation(app, investment, before).await?;
    }
    let new = after.filter(|flow| flow.kind == Kind::Valuation).map(|flow| Valuation {
        on: flow.date,
        id: flow.id,
        value: flow.amount.decimal(),
    });
    moved.valuation = later(moved.valuation, new);
    check(investment, totals, &moved)?;
    Ok(moved)
}

/// Returns the valuation with the later date; on the same date, the one recorded later.
fn later(a: Option<Valuation>, b: Option<Valuation>) -> Option<Valuation> {
    [a, b].into_iter().flatten().max_by_key(|valuation| (valuation.on, valuation.id))
}

/// Refuses drawdowns beyond the amount committed to a fund. Amounts paid in before it became a fund commitment are kept.
fn check(investment: &Investment, before: &Totals, after: &Totals) -> Result<(), Error> {
    let beyond = after.paid_in > investment.commitment.decimal() && after.paid_in > before.paid_in;
    if investment.kind == investment::Kind::FundCommitment && beyond {
        return Err(Error::field("amount", "makes the total paid in exceed the commitment to the fund"));
    }
    Ok(())
}

/// Returns the latest valuation of the investment other than `gone`.
async fn latest_valuation(app: &App, investment: &Investment, gone: &CashFlow) -> Result<Option<Valuation>, Error> {
    let mut latest = None;
    for card in valuations(app, investment).await? {
        if card.id != gone.id {
            latest = later(latest, Some(Valuation { on: card.date, id: card.id, value: card.amount.decimal() }));
        }
    }
    Ok(latest)
}

async fn valuations(app: &App, investment: &Investment) -> Result<Vec<item::CashFlowCard>, Error> {
    let source = Source::table(investor::partition(investment.investor_id), PREFIX);
    let mut list = List::new("valuations", source, Order::Descending)
        .filter("card.investment_id", &investment.id.to_string())
        .filter("card.kind", Kind::Valuation.as_str());
    list.consistent = true;
    let mut cards = Vec::new();
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), MAX_FLOWS).await?;
        for item in &items {
            cards.extend(item::card_of(item)?);
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(cards),
        }
    }
}
