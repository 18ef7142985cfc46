//! Cash flows of an investment: contributions, distributions, valuations. Each moves its investment's totals in the same
//! transaction. Notes are personal and sealed with the investor's key.

mod item;
mod totals;
mod write;

pub(crate) use item::PREFIX;
pub(crate) use item::moved;
pub use item::{card_of, draft_key as key, open_card};
pub use write::read;
pub use write::{create, delete, list, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::id::{CashFlowId, InvestmentId, InvestorId, UserId};
use kernel::money::Money;
use kernel::text::LongText;
use kernel::time::{Date, Timestamp};
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

choice!(
    /// What a cash flow is.
    #[schema(as = CashFlowKind)]
    Kind {
        /// Paid in: a capital call that was met, a purchase.
        Contribution = "contribution",
        /// Paid back: a dividend, interest, the proceeds of a sale.
        Distribution = "distribution",
        /// No money moves: what the investment is worth on that day.
        Valuation = "valuation",
    }
);

/// A cash flow in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CashFlow {
    /// The cash flow's id.
    pub id: CashFlowId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// The investment.
    pub investment_id: InvestmentId,
    /// What it is.
    pub kind: Kind,
    /// Its day.
    pub date: Date,
    /// How much, in the investment's currency.
    pub amount: Money,
    /// Anything else.
    pub notes: Option<LongText>,
    /// Who recorded it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

impl Versioned for CashFlow {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a new cash flow takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCashFlow {
    /// What it is.
    pub kind: Kind,
    /// Its day, not in the future.
    pub date: Date,
    /// How much, in the investment's currency.
    pub amount: Money,
    /// Anything else.
    pub notes: Option<LongText>,
}

/// A merge patch of a cash flow.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashFlowPatch {
    /// What it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// Its day, not in the future.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub date: Option<Date>,
    /// How much, in the investment's currency.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub amount: Option<Money>,
    /// Anything else.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub notes: Patch<LongText>,
}

impl CashFlowPatch {
    fn apply(self, mut flow: CashFlow) -> CashFlow {
        flow.kind = self.kind.unwrap_or(flow.kind);
        flow.date = self.date.unwrap_or(flow.date);
        flow.amount = self.amount.unwrap_or(flow.amount);
        self.notes.apply(&mut flow.notes);
        flow
    }
}

impl CashFlow {
    /// Its fields for the audit trail.
    fn fields(&self) -> Fields {
        let text = |text: &dyn std::fmt::Display| Compared::Plain(Some(text.to_string()));
        vec![
            ("investment_id", text(&self.investment_id)),
            ("kind", text(&self.kind.as_str())),
            ("date", text(&self.date)),
            ("amount", text(&self.amount)),
            ("notes", Compared::Personal(self.notes.as_ref().map(ToString::to_string))),
        ]
    }
}
