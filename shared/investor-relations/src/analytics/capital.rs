//! Capital: the sums of investments by currency, tier and status.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use platform::counters::{Moves, move_by, numbers};

use super::item::Group;
use crate::investment::{self, Status};
use crate::investor::{self, InvestorCard, Tier};
use crate::returns::{self, Moved, Sums, ValuedPart};
use kernel::id::{InvestorId, UserId};
use kernel::money::Currency;
use platform::table::Item;

/// Sort key prefix of an investor's sums, followed by the currency.
pub(crate) const HOLDINGS_PREFIX: &str = "HOLDINGS#";

/// Sort key prefix of a group's sums, followed by currency, tier, status and shard.
pub(super) const CAPITAL_PREFIX: &str = "CAPITAL#";
/// Number of items over which a group's sums are sharded. Few are enough because investments are entered by hand, one at a time,
/// and every portfolio read has to read all shards.
const CAPITAL_SHARDS: u8 = 2;

/// What an investment contributes to the sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountedInvestment {
    pub investor_id: InvestorId,
    pub currency: Currency,
    pub status: Status,
    pub sums: Sums,
    /// Whether the investment's value is known.
    pub valued: bool,
    /// What was paid in and distributed, if the value is unknown. `None` also in what was counted before this was.
    #[serde(default)]
    pub unvalued: Option<Moved>,
    /// Whether the value includes what moved after the latest valuation.
    #[serde(default)]
    pub rolled_forward: bool,
    /// Tier and manager of the investor. `None` while the investor is deleted; the investment then counts only in the investor's
    /// own sums.
    pub investor: Option<(Tier, Option<UserId>)>,
}

impl CountedInvestment {
    /// Returns what counts of an investment whose investor is `holder`.
    pub fn of(card: &investment::InvestmentCard, holder: Option<&InvestorCard>) -> Self {
        let worth = card.worth();
        let sums = worth.sums;
        let unvalued = Moved { paid_in: sums.paid_in, distributed: sums.distributed };
        let alive = holder.filter(|holder| holder.deleted_at.is_none());
        Self {
            investor_id: card.investor_id,
            currency: card.currency(),
            status: card.status,
            sums,
            valued: worth.valued,
            unvalued: (!worth.valued).then_some(unvalued),
            rolled_forward: worth.rolled_forward,
            investor: alive.map(|holder| (holder.tier, holder.relationship_manager_id)),
        }
    }

    /// Adds this investment's contribution, multiplied by `by`.
    pub fn moves(&self, moves: &mut Moves, by: i64) {
        let currency = self.currency;
        let mut places = vec![(investor::partition(self.investor_id), format!("{HOLDINGS_PREFIX}{currency}"))];
        if let Some((tier, manager)) = self.investor {
            let shard = self.investor_id.0.as_bytes()[15] % CAPITAL_SHARDS;
            let sk = format!("{CAPITAL_PREFIX}{currency}#{}#{}#{shard}", tier.as_str(), self.status.as_str());
            for group in [Some(Group::All), manager.map(Group::Manager)].into_iter().flatten() {
                places.push((group.partition(), sk.clone()));
            }
        }
        let unvalued = self.unvalued.unwrap_or_default();
        for (pk, sk) in places {
            for (attribute, value) in [
                ("sum#investments", Decimal::ONE),
                ("sum#unvalued", Decimal::from(u8::from(!self.valued))),
                ("sum#unvalued_paid_in", unvalued.paid_in),
                ("sum#unvalued_distributed", unvalued.distributed),
                ("sum#rolled_forward", Decimal::from(u8::from(self.rolled_forward))),
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

/// Sums read from their items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Capital {
    /// Number of investments.
    pub investments: u64,
    /// Number of these with money invested that were never valued.
    pub unvalued: u64,
    /// What was paid into and distributed from those.
    pub unvalued_moved: Moved,
    /// Number of investments whose value includes what moved after the latest valuation.
    pub rolled_forward: u64,
    pub sums: Sums,
}

impl Capital {
    /// Adds up the sums of these items.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut capital = Self::default();
        for (name, value) in items.into_iter().flat_map(numbers::<Decimal>) {
            let count = || u64::try_from(value.trunc()).unwrap_or(0);
            match name {
                "sum#investments" => capital.investments += count(),
                "sum#unvalued" => capital.unvalued += count(),
                "sum#unvalued_paid_in" => capital.unvalued_moved.paid_in += value,
                "sum#unvalued_distributed" => capital.unvalued_moved.distributed += value,
                "sum#rolled_forward" => capital.rolled_forward += count(),
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

    /// The part whose value is known, while that of another part is not.
    pub fn valued_part(&self, currency: Currency) -> Option<ValuedPart> {
        (self.unvalued > 0).then(|| returns::valued_part(self.sums, self.unvalued_moved, currency))
    }
}
