//! Investments: what an investor has committed and put in, with totals that each cash flow keeps up to date. Notes are
//! personal and sealed with the investor's key.

mod item;
mod write;

pub use item::{Card, Totals, Valuation, card_of, draft_key as key, open_card};
pub(crate) use item::{Loaded, PREFIX, load, stage};
pub(crate) use item::{moved, require};
pub use write::{busy, read};
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

/// How often a change of an investment is tried against others that change it.
pub(crate) const TRIES: u32 = 8;

choice!(
    /// What an investment is.
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
        /// A commitment to a fund, called over time and never beyond what was committed.
        FundCommitment = "fund_commitment",
    }
);
choice!(
    /// Where an investment stands.
    #[schema(as = InvestmentStatus)]
    Status {
        /// Promised.
        Committed = "committed",
        /// Money is at work.
        Active = "active",
        /// Sold or repaid: nothing is left in it.
        Exited = "exited",
        /// Lost: nothing is left in it.
        WrittenOff = "written_off",
    }
);

impl Status {
    /// Whether nothing is left in it.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Exited | Self::WrittenOff)
    }
}

/// An investment in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Investment {
    /// The investment's id.
    pub id: InvestmentId,
    /// Counts the changes of the investment itself, from 1; cash flows change the figures only.
    pub version: u64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// What it is.
    pub kind: Kind,
    /// What was invested in.
    pub name: Name,
    /// The round, such as Series A.
    pub round: Option<Name>,
    /// What was committed.
    pub commitment: Money,
    /// The day of the commitment.
    pub invested_on: Date,
    /// Where it stands.
    pub status: Status,
    /// Anything else.
    pub notes: Option<LongText>,
    /// Its totals and multiples.
    pub figures: Figures,
    /// The day of the latest valuation.
    pub valued_on: Option<Date>,
    /// How many cash flows it has, valuations included.
    pub cash_flows: u64,
    /// Who recorded it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

impl Versioned for Investment {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a new investment takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvestment {
    /// What it is.
    pub kind: Kind,
    /// What was invested in.
    pub name: Name,
    /// The round, such as Series A.
    pub round: Option<Name>,
    /// What was committed.
    pub commitment: Money,
    /// The day of the commitment.
    pub invested_on: Date,
    /// Where it stands.
    pub status: Status,
    /// Anything else.
    pub notes: Option<LongText>,
}

/// A merge patch of an investment. The currency cannot change while it has cash flows.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvestmentPatch {
    /// What it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// What was invested in.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// The round, such as Series A.
    #[serde(default)]
    #[schema(value_type = Option<Name>)]
    pub round: Patch<Name>,
    /// What was committed.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub commitment: Option<Money>,
    /// The day of the commitment.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub invested_on: Option<Date>,
    /// Where it stands.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// Anything else.
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
    /// Its fields for the audit trail.
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
