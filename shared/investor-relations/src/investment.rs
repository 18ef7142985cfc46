//! Investments: what an investor has committed and paid in, with totals that each cash flow updates. Notes are personal data,
//! sealed with the investor's data key.

mod item;
mod write;

pub use item::{InvestmentCard, Totals, Valuation, Worth, card_of, key, open_card};
pub(crate) use item::{LoadedInvestment, PREFIX, list_partition, load, moved, require, stage};
pub(crate) use write::busy;
pub use write::read;
pub use write::{create, delete, get, list, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::returns::Figures;
use kernel::choice;
use kernel::id::{InvestmentId, InvestorId, UserId};
use kernel::money::Money;
use kernel::text::{LongText, Name};
use kernel::time::{Date, Timestamp};
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

choice!(
    /// The type of an investment.
    #[schema(as = InvestmentKind)]
    Kind {
        /// Shares.
        Equity = "equity",
        /// A simple agreement for future equity.
        Safe = "safe",
        /// A convertible or other note.
        Note = "note",
        /// A loan.
        Debt = "debt",
        /// A commitment to a fund, drawn down over time and never beyond the committed amount.
        FundCommitment = "fund_commitment",
    }
);
choice!(
    /// The status of an investment.
    #[schema(as = InvestmentStatus)]
    Status {
        /// Committed.
        Committed = "committed",
        /// Money is invested.
        Active = "active",
        /// Sold or repaid; nothing remains invested.
        Exited = "exited",
        /// Lost; nothing remains invested.
        WrittenOff = "written_off",
    }
);

impl Status {
    /// Whether nothing remains invested.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Exited | Self::WrittenOff)
    }
}

/// An investment with all its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Investment {
    /// The investment's id.
    pub id: InvestmentId,
    /// Version number; starts at 1 and increases with each change to the investment itself. Cash flows change only the figures.
    pub version: u64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// Type of investment.
    pub kind: Kind,
    /// Name of what was invested in.
    pub name: Name,
    /// Funding round, such as Series A.
    pub round: Option<Name>,
    /// Committed amount.
    pub commitment: Money,
    /// Date of the commitment.
    pub invested_on: Date,
    /// Current status.
    pub status: Status,
    /// Notes.
    pub notes: Option<LongText>,
    /// Totals and multiples.
    pub figures: Figures,
    /// Date of the latest valuation.
    pub valued_on: Option<Date>,
    /// Whether the net asset value is the latest valuation rolled forward: contributions after its day were added, and distributions
    /// subtracted.
    pub rolled_forward: bool,
    /// Number of cash flows, including valuations.
    pub cash_flows: u64,
    /// The user who recorded it.
    pub created_by: UserId,
    /// That user's name when the investment was recorded.
    pub created_by_name: String,
}

impl Versioned for Investment {
    fn version(&self) -> u64 {
        self.version
    }
}

/// The data for creating an investment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvestment {
    /// Type of investment.
    pub kind: Kind,
    /// Name of what was invested in.
    pub name: Name,
    /// Funding round, such as Series A.
    pub round: Option<Name>,
    /// Committed amount.
    pub commitment: Money,
    /// Date of the commitment.
    pub invested_on: Date,
    /// Current status.
    pub status: Status,
    /// Notes.
    pub notes: Option<LongText>,
}

/// A JSON merge patch for an investment. The currency cannot change while the investment has cash flows.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvestmentPatch {
    /// Type of investment.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// Name of what was invested in.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Funding round, such as Series A.
    #[serde(default)]
    #[schema(value_type = Option<Name>)]
    pub round: Patch<Name>,
    /// Committed amount.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub commitment: Option<Money>,
    /// Date of the commitment.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub invested_on: Option<Date>,
    /// Current status.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// Notes.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub notes: Patch<LongText>,
}

impl InvestmentPatch {
    fn apply(self, mut investment: Investment) -> Investment {
        investment.kind = self.kind.unwrap_or(investment.kind);
        investment.name = self.name.unwrap_or(investment.name);
        investment.commitment = self.commitment.unwrap_or(investment.commitment);
        investment.invested_on = self.invested_on.unwrap_or(investment.invested_on);
        investment.status = self.status.unwrap_or(investment.status);
        self.round.apply(&mut investment.round);
        self.notes.apply(&mut investment.notes);
        investment
    }
}

impl Investment {
    /// The fields that the audit trail compares.
    fn fields(&self) -> Fields {
        let text = |text: &dyn std::fmt::Display| Compared::Plain(Some(text.to_string()));
        vec![
            ("kind", text(&self.kind.as_str())),
            ("name", text(&self.name)),
            ("round", Compared::Plain(self.round.as_ref().map(ToString::to_string))),
            ("commitment", text(&self.commitment)),
            ("invested_on", text(&self.invested_on)),
            ("status", text(&self.status.as_str())),
            ("notes", Compared::Personal(self.notes.as_ref().map(ToString::to_string))),
        ]
    }
}
