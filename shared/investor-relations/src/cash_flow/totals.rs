//! How a change to one cash flow affects its investment's totals.

use rust_decimal::Decimal;

use super::{CashFlow, Kind, PREFIX, item};
use crate::investment::{self, Investment, Totals, Valuation};
use crate::investor;
use crate::returns::Moved;
use kernel::error::Error;
use kernel::id::CashFlowId;
use kernel::time::Date;
use platform::app::App;
use platform::page::{List, Order, Source};

/// Maximum number of an investor's cash flows read at once when counting those of an investment anew.
const MAX_FLOWS: usize = 10_000;

/// Returns the totals after `before` becomes `after`. Without `before` the cash flow is new; without `after` it is deleted.
///
/// Sums change by the difference. If the latest valuation changes, it and what moved after it are counted anew with a strongly
/// consistent read; the investment's revision, read earlier, ensures that nothing changed in the meantime.
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
        since: totals.since,
    };
    let valuation = |flow: Option<&CashFlow>| flow.is_some_and(|flow| flow.kind == Kind::Valuation);
    if valuation(before) || valuation(after) || totals.since.is_none() {
        let mut flows = others(app, investment, totals, before).await?;
        flows.extend(after.map(Counted::of));
        (moved.valuation, moved.since) = latest(&flows);
    } else if let (Some(latest), Some(since)) = (totals.valuation, &mut moved.since) {
        let later = |flow: Option<&CashFlow>| flow.map(Counted::of).filter(|flow| flow.on > latest.on);
        if let Some(flow) = later(before) {
            flow.add(since, -Decimal::ONE);
        }
        if let Some(flow) = later(after) {
            flow.add(since, Decimal::ONE);
        }
    }
    check(investment, totals, &moved)?;
    Ok(moved)
}

/// What counts of a cash flow.
#[derive(Debug, Clone, Copy)]
struct Counted {
    id: CashFlowId,
    kind: Kind,
    on: Date,
    amount: Decimal,
}

impl Counted {
    fn of(flow: &CashFlow) -> Self {
        Self { id: flow.id, kind: flow.kind, on: flow.date, amount: flow.amount.decimal() }
    }

    /// Adds this cash flow, multiplied by `by`.
    fn add(&self, sums: &mut Moved, by: Decimal) {
        match self.kind {
            Kind::Contribution => sums.paid_in += self.amount * by,
            Kind::Distribution => sums.distributed += self.amount * by,
            Kind::Valuation => {}
        }
    }
}

/// The latest valuation, on the same date the one recorded later, and what moved after its day.
fn latest(flows: &[Counted]) -> (Option<Valuation>, Option<Moved>) {
    let valuations = flows.iter().filter(|flow| flow.kind == Kind::Valuation);
    let latest = valuations.max_by_key(|flow| (flow.on, flow.id));
    let mut since = Moved::default();
    if let Some(latest) = latest {
        flows.iter().filter(|flow| flow.on > latest.on).for_each(|flow| flow.add(&mut since, Decimal::ONE));
    }
    (latest.map(|flow| Valuation { on: flow.on, id: flow.id, value: flow.amount }), Some(since))
}

/// Refuses drawdowns beyond the amount committed to a fund. Amounts paid in before it became a fund commitment are kept.
fn check(investment: &Investment, before: &Totals, after: &Totals) -> Result<(), Error> {
    let beyond = after.paid_in > investment.commitment.decimal() && after.paid_in > before.paid_in;
    if investment.kind == investment::Kind::FundCommitment && beyond {
        return Err(Error::field("amount", "makes the total paid in exceed the commitment to the fund"));
    }
    Ok(())
}

/// Returns the investment's cash flows other than `gone`.
async fn others(
    app: &App,
    investment: &Investment,
    totals: &Totals,
    gone: Option<&CashFlow>,
) -> Result<Vec<Counted>, Error> {
    let mut flows = Vec::new();
    if totals.flows == 0 {
        return Ok(flows);
    }
    let source = Source::table(investor::partition(investment.investor_id), PREFIX);
    let mut list = List::new("investment_flows", source, Order::Descending)
        .filter("card.investment_id", &investment.id.to_string());
    list.consistent = true;
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), MAX_FLOWS).await?;
        for item in &items {
            if let Some(card) = item::card_of(item)?
                && Some(card.id) != gone.map(|gone| gone.id)
            {
                flows.push(Counted { id: card.id, kind: card.kind, on: card.date, amount: card.amount.decimal() });
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(flows),
        }
    }
}
