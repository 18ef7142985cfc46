//! What a change of one cash flow makes of its investment's totals.

use rust_decimal::Decimal;

use super::{CashFlow, Kind, PREFIX, item};
use crate::investment::{self, Investment, Totals, Valuation};
use kernel::error::Error;
use kernel::id::InvestorId;
use platform::app::App;
use platform::page::{List, Order, Source};

/// Most cash flows of an investor that are looked through for the latest valuation that remains.
const MOST_FLOWS: usize = 10_000;

/// The totals after `before` became `after`: recorded when there is no `before`, deleted when there is no `after`.
///
/// Sums move by the difference. When the latest valuation itself goes, the one before it is looked up, strongly consistent;
/// the investment's revision, read before, makes sure that nothing moved meanwhile.
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
        moved.ok_or_else(|| Error::field("amount", "would make the total too large"))
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

/// Of two valuations the one of the later day, on one day the one recorded last.
fn later(a: Option<Valuation>, b: Option<Valuation>) -> Option<Valuation> {
    [a, b].into_iter().flatten().max_by_key(|valuation| (valuation.on, valuation.id))
}

/// A commitment to a fund is never called beyond what was committed; what was paid in before it became one stays.
fn check(investment: &Investment, before: &Totals, after: &Totals) -> Result<(), Error> {
    let beyond = after.paid_in > investment.commitment.decimal() && after.paid_in > before.paid_in;
    if investment.kind == investment::Kind::FundCommitment && beyond {
        return Err(Error::field("amount", "makes more than was committed to the fund"));
    }
    Ok(())
}

/// The latest valuation of the investment without `gone`.
async fn latest_valuation(app: &App, investment: &Investment, gone: &CashFlow) -> Result<Option<Valuation>, Error> {
    let mut latest = None;
    for card in valuations(app, investment.investor_id, investment).await? {
        if card.id != gone.id {
            latest = later(latest, Some(Valuation { on: card.date, id: card.id, value: card.amount.decimal() }));
        }
    }
    Ok(latest)
}

async fn valuations(app: &App, investor: InvestorId, investment: &Investment) -> Result<Vec<item::Card>, Error> {
    let source = Source::table(format!("INVESTOR#{investor}"), PREFIX);
    let mut list = List::new("valuations", source, Order::Descending)
        .filter("card.investment_id", &investment.id.to_string())
        .filter("card.kind", Kind::Valuation.as_str());
    list.consistent = true;
    let mut cards = Vec::new();
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), MOST_FLOWS).await?;
        for item in &items {
            cards.extend(item::card_of(item)?);
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(cards),
        }
    }
}
