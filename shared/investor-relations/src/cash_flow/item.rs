//! How a cash flow is stored: under its investor, in the investor's timeline and in the list of its investment.

use serde::{Deserialize, Serialize};

use super::{CashFlow, Kind};
use crate::investor;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{CashFlowId, InvestmentId, InvestorId, UserId};
use kernel::money::Money;
use kernel::text::LongText;
use kernel::time::{Date, Timestamp};
use platform::audit::Head;
use platform::cipher::{Cipher, Sealed};
use platform::table::{self, Draft, Item, Key};

/// Sort key prefix of an investor's cash flows.
pub(crate) const PREFIX: &str = "HOLDING#FLOW#";

/// The `card` attribute. It holds the whole cash flow, so that lists and the timeline can read it from the index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CashFlowCard {
    /// The cash flow's id.
    pub id: CashFlowId,
    investor_id: InvestorId,
    /// The investment.
    pub investment_id: InvestmentId,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Type of cash flow.
    pub kind: Kind,
    /// Date.
    pub date: Date,
    /// Amount.
    pub amount: Money,
    notes: Option<Sealed>,
    created_by: UserId,
    created_by_name: String,
}

/// Primary key of a cash flow.
#[must_use]
pub fn key(investor: InvestorId, id: CashFlowId) -> Key {
    Key::new(investor::partition(investor), format!("{PREFIX}{id}"))
}

/// Partition of an investment's cash flows in `gsi2`.
pub(super) fn list_partition(investment: InvestmentId) -> String {
    format!("INVESTMENT#{investment}#CASH_FLOWS")
}

fn place(id: CashFlowId) -> String {
    format!("cash_flow/{id}/notes")
}

pub(super) fn draft(flow: &CashFlow, head: &Head, cipher: &Cipher) -> Result<Draft, Error> {
    let id = flow.id;
    let card = CashFlowCard {
        id,
        investor_id: flow.investor_id,
        investment_id: flow.investment_id,
        created_at: flow.created_at,
        updated_at: flow.updated_at,
        kind: flow.kind,
        date: flow.date,
        amount: flow.amount,
        notes: flow.notes.as_ref().map(|notes| cipher.seal_text(&place(id), &notes.to_string())).transpose()?,
        created_by: flow.created_by,
        created_by_name: flow.created_by_name.clone(),
    };
    let position = format!("{}#{id}", flow.date.start());
    Ok(Draft::new(key(flow.investor_id, id), ItemType::CashFlow, &())?
        .number("version", flow.version)
        .card(&card)?
        .object("audit_head", head)?
        .index("gsi1", investor::timeline(flow.investor_id), &position)
        .index("gsi2", list_partition(flow.investment_id), position))
}

/// Returns the cash flow's item under another investor: its next version, sealed with that investor's key.
pub(crate) fn moved(
    item: &Item,
    from: &Cipher,
    (into, cipher): (InvestorId, &Cipher),
    version: u64,
    head: &Head,
) -> Result<Draft, Error> {
    let flow = open_card(item, from)?;
    draft(&CashFlow { investor_id: into, version, updated_at: Timestamp::now(), ..flow }, head, cipher)
}

/// The tombstone of a deleted cash flow. It keeps the head of the audit chain and appears in no list.
pub(super) fn tombstone(flow: &CashFlow, head: &Head) -> Result<Draft, Error> {
    Draft::new(key(flow.investor_id, flow.id), ItemType::CashFlowDeleted, &())?
        .number("version", flow.version)
        .object("audit_head", head)
}

/// Returns the card of an item, or `None` if the item is not a cash flow.
pub fn card_of(item: &Item) -> Result<Option<CashFlowCard>, Error> {
    if table::item_type(item) == Some(ItemType::CashFlow) { table::read(item, "card").map(Some) } else { Ok(None) }
}

/// Opens the cash flow in an item read from the table or an index.
pub fn open_card(item: &Item, cipher: &Cipher) -> Result<CashFlow, Error> {
    let card = card_of(item)?.ok_or(Error::NotFound { what: "cash flow" })?;
    let notes = match &card.notes {
        Some(sealed) => {
            let text = cipher.open_text(&place(card.id), sealed)?;
            Some(LongText::try_from(text).map_err(Error::internal)?)
        }
        None => None,
    };
    Ok(CashFlow {
        id: card.id,
        version: table::read(item, "version")?,
        created_at: card.created_at,
        updated_at: card.updated_at,
        investor_id: card.investor_id,
        investment_id: card.investment_id,
        kind: card.kind,
        date: card.date,
        amount: card.amount,
        notes,
        created_by: card.created_by,
        created_by_name: card.created_by_name,
    })
}
