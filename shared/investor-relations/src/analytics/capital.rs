//! Capital: what investments come to, by currency, tier and status.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use platform::counters::{Moves, move_by, numbers};

use super::item::Group;
use crate::investment::{self, Status};
use crate::investor::{InvestorCard, Tier};
use crate::returns::Sums;
use kernel::id::{InvestorId, UserId};
use kernel::money::Currency;
use platform::table::Item;

/// Sort keys of an investor's sums begin with it; the currency follows.
pub const HOLDINGS_PREFIX: &str = "HOLDINGS#";

/// Sort keys of a group's sums begin with it; currency, tier, status and shard follow.
pub(super) const CAPITAL_PREFIX: &str = "CAPITAL#";
/// A group's sums are spread over so many items: investments are written by hand, one at a time, and each more is read with
/// every portfolio.
const CAPITAL_SHARDS: u8 = 2;

/// What an investment adds to the sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountedInvestment {
    pub investor_id: InvestorId,
    pub currency: Currency,
    pub status: Status,
    pub sums: Sums,
    /// Whether its value is known.
    pub valued: bool,
    /// Its investor's tier and manager; none while that is deleted, when it is in the investor's own sums only.
    pub investor: Option<(Tier, Option<UserId>)>,
}

impl CountedInvestment {
    pub fn of(card: &investment::Card, holder: Option<&InvestorCard>) -> Self {
        let (sums, valued) = card.sums();
        let alive = holder.filter(|holder| holder.deleted_at.is_none());
        Self {
            investor_id: card.investor_id,
            currency: card.currency(),
            status: card.status,
            sums,
            valued,
            investor: alive.map(|holder| (holder.tier, holder.relationship_manager_id)),
        }
    }

    /// Adds what this investment is worth, `by` times.
    pub fn moves(&self, moves: &mut Moves, by: i64) {
        let currency = self.currency;
        let mut places = vec![(format!("INVESTOR#{}", self.investor_id), format!("{HOLDINGS_PREFIX}{currency}"))];
        if let Some((tier, manager)) = self.investor {
            let shard = self.investor_id.0.as_bytes()[15] % CAPITAL_SHARDS;
            let sk = format!("{CAPITAL_PREFIX}{currency}#{}#{}#{shard}", tier.as_str(), self.status.as_str());
            for group in [Some(Group::All), manager.map(Group::Manager)].into_iter().flatten() {
                places.push((group.partition(), sk.clone()));
            }
        }
        for (pk, sk) in places {
            for (attribute, value) in [
                ("sum#investments", Decimal::ONE),
                ("sum#unvalued", Decimal::from(u8::from(!self.valued))),
                ("sum#committed", self.sums.committed),
                ("sum#paid_in", self.sums.paid_in),
                ("sum#distributed", self.sums.distributed),
                ("sum#nav", self.sums.nav),
                ("sum#unfunded", self.sums.unfunded),
            ] {
                move_by(moves, pk.clone(), sk.clone(), attribute.into(), value * Decimal::from(by));
            }
        }
    }
}

/// Sums read back from their items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Capital {
    /// How many investments.
    pub investments: u64,
    /// How many of them with money at work that was never valued.
    pub unvalued: u64,
    /// What they come to.
    pub sums: Sums,
}

impl Capital {
    /// The sums of these items together.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut capital = Self::default();
        for (name, value) in items.into_iter().flat_map(numbers::<Decimal>) {
            let count = || u64::try_from(value.trunc()).unwrap_or(0);
            match name {
                "sum#investments" => capital.investments += count(),
                "sum#unvalued" => capital.unvalued += count(),
                "sum#committed" => capital.sums.committed += value,
                "sum#paid_in" => capital.sums.paid_in += value,
                "sum#distributed" => capital.sums.distributed += value,
                "sum#nav" => capital.sums.nav += value,
                "sum#unfunded" => capital.sums.unfunded += value,
                _ => {}
            }
        }
        capital
    }
}
