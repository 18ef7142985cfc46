//! Recording, reading and changing cash flows.

use super::{CashFlow, CashFlowPatch, NewCashFlow, item, totals};
use crate::investment::{self, LoadedInvestment, Totals};
use crate::investor;
use kernel::error::Error;
use kernel::id::{CashFlowId, InvestmentId, InvestorId};
use kernel::policy::Action;
use kernel::time::{Date, Timestamp};
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::keys::SubjectKey;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::retry::{Policy, Retry};
use platform::table::{self, Transaction};

/// Records a cash flow and updates its investment's totals. Takes two round trips, and a third to count what moved after a
/// valuation.
pub async fn create(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    investment_id: InvestmentId,
    new: NewCashFlow,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::InvestmentWrite)?;
    let now = Timestamp::now();
    let flow = CashFlow {
        id: CashFlowId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        investor_id,
        investment_id,
        kind: new.kind,
        date: new.date,
        amount: new.amount,
        notes: new.notes,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    };
    let mut retry = Retry::new(Policy::Contended);
    loop {
        // Replay first: on a retry, the amount that the first call paid in would make the checks fail.
        let (replayed, holder) =
            tokio::join!(idempotency::replay(app, caller), holder(app, caller, investor_id, investment_id));
        let holder = holder?;
        if let Some(answer) = replayed? {
            return Ok(answer);
        }
        check(&flow, &holder)?;
        let totals = totals::moved(app, &holder.investment, &holder.totals, None, Some(&flow)).await?;
        let mut work = Work::new(app, caller, Operation::CashFlowCreate);
        investor::require(&mut work, caller, scope, investor_id);
        let head = record(&mut work, None, &flow, &holder.cipher)?;
        work.create(item::draft(&flow, &head, &holder.cipher)?, |_| {
            Error::internal("the id of a new cash flow already exists")
        });
        stage_totals(&mut work, &holder, &totals)?;
        let location = format!("/api/investors/{investor_id}/investments/{investment_id}/cash_flows/{}", flow.id);
        let answer = StoredAnswer::created(location, flow.version, &flow)?;
        match work.answer(answer).await {
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(investment::busy()),
            other => return other,
        }
    }
}

/// Loads the investment that the cash flow belongs to.
async fn holder(app: &App, caller: &Caller, investor: InvestorId, id: InvestmentId) -> Result<LoadedInvestment, Error> {
    investment::load(app, caller, Action::InvestmentWrite, investor, id).await
}

fn check(flow: &CashFlow, holder: &LoadedInvestment) -> Result<(), Error> {
    // It is already tomorrow in some time zones.
    if flow.date > Date::today().plus_days(1) {
        return Err(Error::field("date", "must not be in the future"));
    }
    let currency = holder.investment.commitment.currency();
    if flow.amount.currency() == currency {
        Ok(())
    } else {
        Err(Error::field("amount.currency", format!("must be {currency}, the investment's currency")))
    }
}

/// Adds the write of the investment's totals. Only its revision and totals change; its version stays the same.
fn stage_totals(transaction: &mut Transaction, holder: &LoadedInvestment, totals: &Totals) -> Result<(), Error> {
    investment::stage(transaction, holder, &holder.investment, totals, &holder.head)
}

fn record(
    work: &mut Work<'_>,
    before: Option<(&CashFlow, &Head)>,
    after: &CashFlow,
    cipher: &SubjectKey,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|(flow, _)| flow.fields()).unwrap_or_default();
    let changes = audit::differences(&old, &after.fields(), cipher, id)?;
    let subject = Subject::new(Entity::CashFlow, after.id).within(after.investor_id);
    work.record(subject, after.version, before.map(|(_, head)| head), id, changes)
}

/// Returns one page of an investment's cash flows, newest first. The access is audited before the page is returned.
pub async fn list(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    investment_id: InvestmentId,
    request: &PageRequest,
) -> Result<Page<CashFlow>, Error> {
    let page = read(app, caller, Action::InvestorRead, (investor_id, investment_id), request).await?;
    let subject = Subject::new(Entity::Investment, investment_id).within(investor_id);
    audit::access(app, &caller.actor, Operation::CashFlowList, subject, Vec::new()).await?;
    Ok(page)
}

/// Returns one page of an investment's cash flows if the caller may perform `action`. The calling function must audit the
/// access.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    (investor_id, investment_id): (InvestorId, InvestmentId),
    request: &PageRequest,
) -> Result<Page<CashFlow>, Error> {
    let source = Source::index("gsi2", item::list_partition(investment_id));
    let list = List::new("cash_flows", source, Order::Descending);
    let loaded = investment::load(app, caller, action, investor_id, investment_id);
    let (loaded, page) = tokio::join!(loaded, list.page(app, request));
    let cipher = loaded?.cipher;
    page?.try_map(|found| item::open_card(&found, &cipher))
}

/// Identifies a cash flow: its investor, its investment and its own id.
type Place = (InvestorId, InvestmentId, CashFlowId);

/// Loads the investment and its cash flow. Fails if the cash flow is no longer at `version`.
async fn load(
    app: &App,
    caller: &Caller,
    place: Place,
    version: u64,
) -> Result<(LoadedInvestment, CashFlow, Head), Error> {
    let (investor_id, investment_id, id) = place;
    // Read the investment first: its revision guards everything read about its cash flows afterwards.
    let holder = holder(app, caller, investor_id, investment_id).await?;
    let found = app.table().get(item::key(investor_id, id)).await?;
    let found = found.ok_or(Error::NotFound { what: "cash flow" })?;
    let flow = item::open_card(&found, &holder.cipher)?;
    if flow.investment_id != investment_id {
        return Err(Error::NotFound { what: "cash flow" });
    }
    if flow.version != version {
        return Err(Error::StaleVersion);
    }
    Ok((holder, flow, table::read(&found, "audit_head")?))
}

/// Updates a cash flow if it is still at `version`, and changes its investment's totals by the difference.
pub async fn update(
    app: &App,
    caller: &Caller,
    place: Place,
    version: u64,
    patch: CashFlowPatch,
) -> Result<CashFlow, Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let (holder, before, head) = load(app, caller, place, version).await?;
        let after = patch.clone().apply(before.clone());
        check(&after, &holder)?;
        if after == before {
            return Ok(after);
        }
        let after = CashFlow { version: version + 1, updated_at: Timestamp::now(), ..after };
        let totals = totals::moved(app, &holder.investment, &holder.totals, Some(&before), Some(&after)).await?;
        let mut work = Work::new(app, caller, Operation::CashFlowUpdate);
        let head = record(&mut work, Some((&before, &head)), &after, &holder.cipher)?;
        work.replace(item::draft(&after, &head, &holder.cipher)?, version);
        stage_totals(&mut work, &holder, &totals)?;
        match work.commit().await {
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(investment::busy()),
            Err(other) => return Err(other),
            Ok(()) => return Ok(after),
        }
    }
}

/// Deletes a cash flow if it is still at `version`, and removes it from its investment's totals. Its audit chain is kept.
pub async fn delete(app: &App, caller: &Caller, place: Place, version: u64) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let (holder, before, head) = load(app, caller, place, version).await?;
        let totals = totals::moved(app, &holder.investment, &holder.totals, Some(&before), None).await?;
        let after = CashFlow { version: version + 1, ..before.clone() };
        let mut work = Work::new(app, caller, Operation::CashFlowDelete);
        let head = record(&mut work, Some((&before, &head)), &after, &holder.cipher)?;
        work.replace(item::tombstone(&after, &head)?, version);
        stage_totals(&mut work, &holder, &totals)?;
        match work.commit().await {
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(investment::busy()),
            other => return other,
        }
    }
}
