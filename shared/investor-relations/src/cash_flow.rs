//! Cash flows of an investment: contributions, distributions and valuations. Each updates the investment's totals in the same
//! transaction. Notes are personal data, sealed with the investor's data key.

mod item;
mod totals;
mod write;

pub use item::{CashFlowCard, card_of, key, open_card};
pub(crate) use item::{PREFIX, moved};
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
    /// The type of a cash flow.
    #[schema(as = CashFlowKind)]
    Kind {
        /// Money paid in, such as a paid capital call or a purchase.
        Contribution = "contribution",
        /// Money paid back, such as a dividend, interest or the proceeds of a sale.
        Distribution = "distribution",
        /// The value of the investment on that date; no money moves.
        Valuation = "valuation",
    }
);

/// A cash flow with all its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CashFlow {
    /// The cash flow's id.
    pub id: CashFlowId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// The investment.
    pub investment_id: InvestmentId,
    /// Type of cash flow.
    pub kind: Kind,
    /// Date.
    pub date: Date,
    /// Amount, in the investment's currency.
    pub amount: Money,
    /// Notes.
    pub notes: Option<LongText>,
    /// The user who recorded it.
    pub created_by: UserId,
    /// That user's name when the cash flow was recorded.
    pub created_by_name: String,
}

impl Versioned for CashFlow {
    fn version(&self) -> u64 {
        self.version
    }
}

/// The data for creating a cash flow.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCashFlow {
    /// Type of cash flow.
    pub kind: Kind,
    /// Date; must not be in the future.
    pub date: Date,
    /// Amount, in the investment's currency.
    pub amount: Money,
    /// Notes.
    pub notes: Option<LongText>,
}

/// A JSON merge patch for a cash flow.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashFlowPatch {
    /// Type of cash flow.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// Date; must not be in the future.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub date: Option<Date>,
    /// Amount, in the investment's currency.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub amount: Option<Money>,
    /// Notes.
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
    /// The fields that the audit trail compares.
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
