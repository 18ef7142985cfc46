//! How an investment is stored: under its investor and in the investor's timeline, with the totals of its cash flows.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Investment, Kind, Status};
use crate::investor;
use crate::returns::{self, Moved, Sums};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{CashFlowId, InvestmentId, InvestorId, UserId};
use kernel::money::{Currency, Money};
use kernel::policy::Action;
use kernel::text::{LongText, Name};
use kernel::time::{Date, Timestamp};
use platform::app::App;
use platform::audit::Head;
use platform::caller::Caller;
use platform::cipher::{Cipher, Sealed};
use platform::keys::SubjectKey;
use platform::table::{self, Condition, Draft, Item, Key, Transaction};

/// Sort key prefix of an investor's investments.
pub(crate) const PREFIX: &str = "HOLDING#INVESTMENT#";

/// The totals of an investment's cash flows, in its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Number of cash flows, including valuations.
    pub flows: u64,
    /// Sum of the contributions.
    pub paid_in: Decimal,
    /// Sum of the distributions.
    pub distributed: Decimal,
    /// The latest valuation.
    pub valuation: Option<Valuation>,
    /// What moved after the day of the latest valuation. `None` in totals from before it was recorded; the next cash flow adds it.
    #[serde(default)]
    pub since: Option<Moved>,
}

/// The latest valuation, as stored in the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Valuation {
    /// Date. Of two valuations on the same date, the one recorded later counts.
    pub on: Date,
    /// The cash flow that records it.
    pub id: CashFlowId,
    /// Value of the investment.
    pub value: Decimal,
}

/// The `card` attribute. It holds the whole investment, so that lists and the timeline can read it from the index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InvestmentCard {
    /// The investment's id.
    pub id: InvestmentId,
    /// The investor.
    pub investor_id: InvestorId,
    created_at: Timestamp,
    updated_at: Timestamp,
    kind: Kind,
    /// Name of what was invested in.
    pub name: Name,
    round: Option<Name>,
    /// Committed amount.
    pub commitment: Money,
    invested_on: Date,
    /// Current status.
    pub status: Status,
    notes: Option<Sealed>,
    /// Totals of its cash flows.
    pub totals: Totals,
    created_by: UserId,
    created_by_name: String,
}

impl InvestmentCard {
    /// Currency of the investment.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.commitment.currency()
    }

    /// Returns what the totals come to.
    #[must_use]
    pub fn worth(&self) -> Worth {
        worth(self.commitment, self.status, &self.totals)
    }

    /// The latest valuation, while money is invested.
    #[must_use]
    pub fn valuation(&self) -> Option<Valuation> {
        if self.status.is_over() { None } else { self.totals.valuation }
    }
}

/// What the totals of an investment come to, in its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// The sums for its figures.
    pub sums: Sums,
    /// Whether its value is known: it was exited, written off or valued, or nothing has been paid in.
    pub valued: bool,
    /// Whether the value includes what moved after the day of the latest valuation.
    pub rolled_forward: bool,
}

fn worth(commitment: Money, status: Status, totals: &Totals) -> Worth {
    let committed = commitment.decimal();
    let over = status.is_over();
    let since = totals.since.unwrap_or_default();
    let valuation = if over { None } else { totals.valuation };
    let nav = valuation.map(|valuation| returns::rolled_forward(valuation.value, since));
    let rest = if over { Decimal::ZERO } else { (committed - totals.paid_in).max(Decimal::ZERO) };
    let sums = Sums {
        committed,
        paid_in: totals.paid_in,
        distributed: totals.distributed,
        nav: nav.unwrap_or_default(),
        unfunded: rest,
    };
    Worth {
        sums,
        valued: over || nav.is_some() || totals.paid_in.is_zero(),
        rolled_forward: nav.is_some() && !since.is_none(),
    }
}

/// An investment loaded to be changed.
pub(crate) struct LoadedInvestment {
    pub investment: Investment,
    pub totals: Totals,
    /// Revision number; increases with each change to the cash flows.
    pub revision: u64,
    pub head: Head,
    pub cipher: SubjectKey,
}

/// Primary key of an investment.
#[must_use]
pub fn key(investor: InvestorId, id: InvestmentId) -> Key {
    Key::new(investor::partition(investor), format!("{PREFIX}{id}"))
}

/// Partition of an investor's investments in `gsi2`, by date.
pub(crate) fn list_partition(investor: InvestorId) -> String {
    format!("{}#INVESTMENT", investor::timeline(investor))
}

fn place(id: InvestmentId) -> String {
    format!("investment/{id}/notes")
}

/// Loads the investor (for permissions and the data key) and the investment concurrently.
pub(crate) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    id: InvestmentId,
) -> Result<LoadedInvestment, Error> {
    let (loaded, found) =
        tokio::join!(investor::load(app, caller, action, investor_id), app.table().get(key(investor_id, id)));
    let cipher = loaded?.cipher;
    let found = found?.ok_or(Error::NotFound { what: "investment" })?;
    let card = card_of(&found)?.ok_or(Error::NotFound { what: "investment" })?;
    Ok(LoadedInvestment {
        totals: card.totals,
        investment: open_card(&found, &cipher)?,
        revision: table::read(&found, "revision")?,
        head: table::read(&found, "audit_head")?,
        cipher,
    })
}

/// Makes the transaction conditional on the investor having this investment.
pub(crate) fn require(transaction: &mut Transaction, investor_id: InvestorId, id: InvestmentId) {
    // The tombstone of a deleted investment is in no index.
    transaction.require(key(investor_id, id), Condition::exists("gsi1pk"), |_| {
        Error::field("investment_id", "is not an investment of this investor")
    });
}

/// Adds the write that replaces `before` with the investment's next state and the totals of its cash flows.
pub(crate) fn stage(
    transaction: &mut Transaction,
    before: &LoadedInvestment,
    after: &Investment,
    totals: &Totals,
    head: &Head,
) -> Result<(), Error> {
    let draft = draft(after, totals, before.revision + 1, head, &before.cipher)?;
    transaction.replace_revision(draft, before.investment.version, before.revision);
    Ok(())
}

pub(super) fn draft(
    investment: &Investment,
    totals: &Totals,
    revision: u64,
    head: &Head,
    cipher: &Cipher,
) -> Result<Draft, Error> {
    let id = investment.id;
    let notes = investment.notes.as_ref().map(|notes| cipher.seal_text(&place(id), &notes.to_string())).transpose()?;
    let card = InvestmentCard {
        id,
        investor_id: investment.investor_id,
        created_at: investment.created_at,
        updated_at: investment.updated_at,
        kind: investment.kind,
        name: investment.name.clone(),
        round: investment.round.clone(),
        commitment: investment.commitment,
        invested_on: investment.invested_on,
        status: investment.status,
        notes,
        totals: *totals,
        created_by: investment.created_by,
        created_by_name: investment.created_by_name.clone(),
    };
    let position = format!("{}#{id}", investment.invested_on.start());
    Ok(Draft::new(key(investment.investor_id, id), ItemType::Investment, &())?
        .number("version", investment.version)
        .number("revision", revision)
        .card(&card)?
        .object("audit_head", head)?
        .index("gsi1", investor::timeline(investment.investor_id), &position)
        .index("gsi2", list_partition(investment.investor_id), position))
}

/// Returns the investment's item under another investor: its next version, sealed with that investor's key.
pub(crate) fn moved(
    item: &Item,
    from: &Cipher,
    (into, cipher): (InvestorId, &Cipher),
    version: u64,
    head: &Head,
) -> Result<Draft, Error> {
    let investment = open_card(item, from)?;
    let card = card_of(item)?.ok_or(Error::NotFound { what: "investment" })?;
    let investment = Investment { investor_id: into, version, updated_at: Timestamp::now(), ..investment };
    draft(&investment, &card.totals, table::read::<u64>(item, "revision")? + 1, head, cipher)
}

/// The tombstone of a deleted investment. It keeps the head of the audit chain and appears in no list.
pub(super) fn tombstone(investment: &Investment, head: &Head) -> Result<Draft, Error> {
    Draft::new(key(investment.investor_id, investment.id), ItemType::InvestmentDeleted, &())?
        .number("version", investment.version)
        .object("audit_head", head)
}

/// Returns the card of an item, or `None` if the item is not an investment.
pub fn card_of(item: &Item) -> Result<Option<InvestmentCard>, Error> {
    if table::item_type(item) == Some(ItemType::Investment) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// Opens the investment in an item read from the table or an index.
pub fn open_card(item: &Item, cipher: &Cipher) -> Result<Investment, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "investment" })?;
    let notes = match &card.notes {
        Some(sealed) => {
            let text = cipher.open_text(&place(card.id), sealed)?;
            Some(LongText::try_from(text).map_err(Error::internal)?)
        }
        None => None,
    };
    let worth = card.worth();
    Ok(Investment {
        id: card.id,
        version: table::read(item, "version")?,
        created_at: card.created_at,
        updated_at: card.updated_at,
        investor_id: card.investor_id,
        kind: card.kind,
        name: card.name,
        round: card.round,
        commitment: card.commitment,
        invested_on: card.invested_on,
        status: card.status,
        notes,
        figures: returns::figures(worth.sums, card.commitment.currency(), worth.valued),
        valued_on: card.totals.valuation.map(|valuation| valuation.on),
        rolled_forward: worth.rolled_forward,
        cash_flows: card.totals.flows,
        created_by: card.created_by,
        created_by_name: card.created_by_name,
    })
}

impl Investment {
    /// Returns the investment with the figures that follow from `totals`.
    pub(super) fn with(mut self, totals: &Totals) -> Self {
        let worth = worth(self.commitment, self.status, totals);
        self.figures = returns::figures(worth.sums, self.commitment.currency(), worth.valued);
        self.valued_on = totals.valuation.map(|valuation| valuation.on);
        self.rolled_forward = worth.rolled_forward;
        self.cash_flows = totals.flows;
        self
    }
}
