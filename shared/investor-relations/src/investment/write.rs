//! Recording, reading and changing investments.

use super::item::{self, LoadedInvestment, Totals};
use super::{Investment, InvestmentPatch, Kind, NewInvestment};
use crate::investor;
use crate::returns::{self, Sums};
use kernel::error::Error;
use kernel::id::{InvestmentId, InvestorId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::idempotency::StoredAnswer;
use platform::keys::SubjectKey;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::retry::{Policy, Retry};

/// Records an investment. Takes one round trip if the investor's data key is cached, otherwise two.
pub async fn create(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    new: NewInvestment,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::InvestmentWrite)?;
    let Some(cipher) = app.keys().subject(&investor::subject(investor_id)).await? else {
        return Err(investor::refuse_missing(app, caller, scope, investor_id).await);
    };
    let now = Timestamp::now();
    let totals = Totals::default();
    let investment = Investment {
        id: InvestmentId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        investor_id,
        kind: new.kind,
        name: new.name,
        round: new.round,
        figures: returns::figures(Sums::default(), new.commitment.currency(), true),
        commitment: new.commitment,
        invested_on: new.invested_on,
        status: new.status,
        notes: new.notes,
        valued_on: None,
        rolled_forward: false,
        cash_flows: 0,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    }
    .with(&totals);
    let mut work = Work::new(app, caller, Operation::InvestmentCreate);
    investor::require(&mut work, caller, scope, investor_id);
    let head = record(&mut work, None, &investment, &cipher)?;
    let draft = item::draft(&investment, &totals, 0, &head, &cipher)?;
    work.create(draft, |_| Error::internal("the id of a new investment already exists"));
    let location = format!("/api/investors/{investor_id}/investments/{}", investment.id);
    let answer = StoredAnswer::created(location, investment.version, &investment)?;
    work.answer(answer).await
}

fn record(
    work: &mut Work<'_>,
    before: Option<(&Investment, &Head)>,
    after: &Investment,
    cipher: &SubjectKey,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|(investment, _)| investment.fields()).unwrap_or_default();
    let changes = audit::differences(&old, &after.fields(), cipher, id)?;
    let subject = Subject::new(Entity::Investment, after.id).within(after.investor_id);
    work.record(subject, after.version, before.map(|(_, head)| head), id, changes)
}

/// Returns one investment. The access to personal data is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, investor_id: InvestorId, id: InvestmentId) -> Result<Investment, Error> {
    let loaded = item::load(app, caller, Action::InvestorRead, investor_id, id).await?;
    let subject = Subject::new(Entity::Investment, id).within(investor_id);
    audit::access(app, &caller.actor, Operation::InvestmentGet, subject, Vec::new()).await?;
    Ok(loaded.investment)
}

/// Returns one page of an investor's investments, latest first. The access is audited before the page is returned.
pub async fn list(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Investment>, Error> {
    let page = read(app, caller, Action::InvestorRead, investor_id, request).await?;
    audit::access(
        app,
        &caller.actor,
        Operation::InvestmentList,
        Subject::new(Entity::Investor, investor_id),
        Vec::new(),
    )
    .await?;
    Ok(page)
}

/// Returns one page of an investor's investments if the caller may perform `action`. The calling function must audit the
/// access.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Investment>, Error> {
    let source = Source::index("gsi2", item::list_partition(investor_id));
    let list = List::new("investments", source, Order::Descending);
    let loaded = investor::load(app, caller, action, investor_id);
    let (loaded, page) = tokio::join!(loaded, list.page(app, request));
    let cipher = loaded?.cipher;
    page?.try_map(|found| item::open_card(&found, &cipher))
}

/// Loads an investment to be changed. Fails if it is no longer at `version`.
async fn load_at(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: InvestmentId,
    version: u64,
) -> Result<LoadedInvestment, Error> {
    let loaded = item::load(app, caller, Action::InvestmentWrite, investor_id, id).await?;
    if loaded.investment.version == version { Ok(loaded) } else { Err(Error::StaleVersion) }
}

/// Updates an investment if it is still at `version`. Cash flows recorded in the meantime are not a conflict: the investment is
/// reloaded and the change retried.
pub async fn update(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: InvestmentId,
    version: u64,
    patch: InvestmentPatch,
) -> Result<Investment, Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let before = load_at(app, caller, investor_id, id, version).await?;
        let after = patch.clone().apply(before.investment.clone());
        check(&before, &after)?;
        if after == before.investment {
            return Ok(after);
        }
        let after = Investment { version: version + 1, updated_at: Timestamp::now(), ..after }.with(&before.totals);
        let mut work = Work::new(app, caller, Operation::InvestmentUpdate);
        let old = Some((&before.investment, &before.head));
        let head = record(&mut work, old, &after, &before.cipher)?;
        item::stage(&mut work, &before, &after, &before.totals, &head)?;
        match work.commit().await {
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(busy()),
            Err(other) => return Err(other),
            Ok(()) => return Ok(after),
        }
    }
}

/// The error if the attempts to change an investment are used up.
pub(crate) fn busy() -> Error {
    Error::conflict("conflict", "This investment is being changed by others. Try again.")
}

/// Refuses changes that conflict with the recorded cash flows.
fn check(before: &LoadedInvestment, after: &Investment) -> Result<(), Error> {
    let flows = before.totals.flows > 0;
    if flows && after.commitment.currency() != before.investment.commitment.currency() {
        return Err(Error::conflict("has_cash_flows", "The currency can't change while there are cash flows."));
    }
    if after.kind == Kind::FundCommitment && before.totals.paid_in > after.commitment.decimal() {
        return Err(Error::field("commitment", "must not be less than the amount paid in"));
    }
    Ok(())
}

/// Deletes an investment if it is still at `version` and has no cash flows. Its audit chain is kept.
pub async fn delete(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: InvestmentId,
    version: u64,
) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let before = load_at(app, caller, investor_id, id, version).await?;
        if before.totals.flows > 0 {
            return Err(Error::conflict("has_cash_flows", "Delete its cash flows first."));
        }
        let after = Investment { version: version + 1, ..before.investment.clone() };
        let mut work = Work::new(app, caller, Operation::InvestmentDelete);
        let old = Some((&before.investment, &before.head));
        let head = record(&mut work, old, &after, &before.cipher)?;
        work.replace_revision(item::tombstone(&after, &head)?, version, before.revision);
        match work.commit().await {
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(Error::StaleVersion) => return Err(busy()),
            other => return other,
        }
    }
}
