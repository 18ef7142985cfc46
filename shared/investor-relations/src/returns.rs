//! Returns: fund performance multiples and the money-weighted rate of return. Decision 34 has the formulas, their sources and
//! the choice among several rates.
//!
//! DPI, RVPI and TVPI follow the CFA Institute's GIPS standards (since-inception distributions, residual value, and the sum of
//! both, each divided by paid-in capital). The residual value is [rolled forward](rolled_forward). The rate is the XIRR known
//! from spreadsheets: see [`internal_rate`].

mod rate;

pub(crate) use rate::{Flow, internal_rate};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::money::{Currency, Money};
use kernel::time::Date;
use rate::Solved;

choice!(
    /// Why a return figure is undefined.
    ReturnReason {
        /// Nothing has been paid in.
        NothingPaidIn = "nothing_paid_in",
        /// There is an active investment without a valuation.
        NoValuation = "no_valuation",
        /// All cash flows are on the same day.
        OneDay = "one_day",
        /// No rate up to 1,000,000 % solves the equation.
        NoRate = "no_rate",
        /// The investor has more cash flows than can be read at once.
        TooManyCashFlows = "too_many_cash_flows",
    }
);

/// A money-weighted rate of return as a decimal fraction in text form: `"0.373363"` is 37.3363 %.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct InternalRate {
    /// The rate, to six decimals; `"-1.000000"` is a total loss; null if it is undefined.
    pub rate: Option<String>,
    /// Whether the rate is per year. Over less than a year, it is the return of the whole period instead.
    pub annualized: bool,
    /// Date of the first cash flow; null if the rate is undefined.
    pub from: Option<Date>,
    /// Date of the last cash flow or valuation, on which the remaining value counts as paid back; null if the rate is undefined.
    pub to: Option<Date>,
    /// Further rates that solve the equation, in ascending order; empty unless cash flows change direction several times.
    pub other_rates: Vec<String>,
    /// Why the rate is undefined.
    pub reason: Option<ReturnReason>,
}

impl From<Result<Solved, ReturnReason>> for InternalRate {
    fn from(solved: Result<Solved, ReturnReason>) -> Self {
        match solved {
            Ok(solved) => Self {
                rate: Some(in_text(solved.rate)),
                annualized: solved.annualized,
                from: Some(solved.from),
                to: Some(solved.to),
                other_rates: solved.others.into_iter().map(in_text).collect(),
                reason: None,
            },
            Err(reason) => Self { reason: Some(reason), ..Self::default() },
        }
    }
}

/// Six decimals, and never a negative zero.
fn in_text(rate: f64) -> String {
    let text = format!("{rate:.6}");
    if text == "-0.000000" { text[1..].to_owned() } else { text }
}

/// Committed, paid-in, distributed and remaining amounts in a single currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Committed capital.
    pub committed: Money,
    /// Paid-in capital.
    pub paid_in: Money,
    /// Distributions.
    pub distributed: Money,
    /// Net asset value: the latest valuation plus later contributions less later distributions, never below zero; zero once exited
    /// or written off; null while there is an active investment without a valuation.
    pub nav: Option<Money>,
    /// Capital that can still be called: committed minus paid in, never negative; zero once exited or written off.
    pub unfunded: Money,
    /// Distributions divided by paid-in capital, to four decimals; null if nothing has been paid in.
    pub dpi: Option<String>,
    /// Net asset value divided by paid-in capital; null if `dpi` or `nav` is null.
    pub rvpi: Option<String>,
    /// Distributions plus net asset value, divided by paid-in capital; null if `rvpi` is null.
    pub tvpi: Option<String>,
    /// Why the multiples are null.
    pub reason: Option<ReturnReason>,
}

/// The part of a total whose value is known, while an active investment has never been valued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ValuedPart {
    /// Net asset value of the investments whose value is known.
    pub nav: Money,
    /// Paid-in capital of these investments.
    pub paid_in: Money,
    /// Distributions of these investments.
    pub distributed: Money,
    /// Net asset value of this part divided by its paid-in capital; null if nothing has been paid in.
    pub rvpi: Option<String>,
    /// Distributions plus net asset value of this part, divided by its paid-in capital; null if nothing has been paid in.
    pub tvpi: Option<String>,
    /// Paid-in capital of the other investments, which have never been valued.
    pub unvalued_paid_in: Money,
}

/// The sums from which figures are computed, in whole units of a single currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Committed capital.
    pub committed: Decimal,
    /// Paid-in capital.
    pub paid_in: Decimal,
    /// Distributions.
    pub distributed: Decimal,
    /// Net asset value.
    pub nav: Decimal,
    /// Unfunded commitment.
    pub unfunded: Decimal,
}

/// What was paid in and distributed: of a part of the investments, or since a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moved {
    /// Contributions.
    pub paid_in: Decimal,
    /// Distributions.
    pub distributed: Decimal,
}

impl Moved {
    /// Whether nothing was paid in or distributed.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.paid_in.is_zero() && self.distributed.is_zero()
    }
}

/// The residual value: the latest valuation plus the contributions less the distributions after its day. It is never below zero,
/// because what came back beyond the latest valuation is a gain and not a debt.
///
/// This is the net asset value reconciliation of the ILPA reporting template, from the latest valuation and with no gains or losses since,
/// which are unknown until the next one. A valuation is at the end of its day and includes that day's cash flows.
#[must_use]
pub fn rolled_forward(valuation: Decimal, since: Moved) -> Decimal {
    (valuation + since.paid_in - since.distributed).max(Decimal::ZERO)
}

/// `value` divided by paid-in capital, to four decimals. `None` if nothing has been paid in.
fn multiple(value: Decimal, paid_in: Decimal) -> Option<String> {
    let ratio = value.checked_div(paid_in)?;
    let mut ratio = ratio.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    ratio.rescale(4);
    Some(ratio.to_string())
}

/// Computes the figures from `sums`; `valued` says whether every active investment has a valuation.
#[must_use]
pub fn figures(sums: Sums, currency: Currency, valued: bool) -> Figures {
    let reason = match (sums.paid_in.is_zero(), valued) {
        (true, _) => Some(ReturnReason::NothingPaidIn),
        (false, false) => Some(ReturnReason::NoValuation),
        (false, true) => None,
    };
    let nav = |value: Decimal| if valued { multiple(value, sums.paid_in) } else { None };
    Figures {
        committed: Money::of(sums.committed, currency),
        paid_in: Money::of(sums.paid_in, currency),
        distributed: Money::of(sums.distributed, currency),
        nav: valued.then(|| Money::of(sums.nav, currency)),
        unfunded: Money::of(sums.unfunded, currency),
        dpi: multiple(sums.distributed, sums.paid_in),
        rvpi: nav(sums.nav),
        tvpi: nav(sums.distributed + sums.nav),
        reason,
    }
}

/// The part of `sums` whose value is known: all but what was paid into and distributed from investments that were never valued.
#[must_use]
pub fn valued_part(sums: Sums, unvalued: Moved, currency: Currency) -> ValuedPart {
    let (paid_in, distributed) = (sums.paid_in - unvalued.paid_in, sums.distributed - unvalued.distributed);
    ValuedPart {
        nav: Money::of(sums.nav, currency),
        paid_in: Money::of(paid_in, currency),
        distributed: Money::of(distributed, currency),
        rvpi: multiple(sums.nav, paid_in),
        tvpi: multiple(distributed + sums.nav, paid_in),
        unvalued_paid_in: Money::of(unvalued.paid_in, currency),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_relative_to_paid_in_capital() {
        let usd = Currency::try_from("USD".to_owned()).unwrap();
        let n = Decimal::from;
        let sums = Sums { committed: n(200), paid_in: n(150), distributed: n(60), nav: n(165), unfunded: n(50) };
        let figures = super::figures(sums, usd, true);
        assert_eq!(
            (figures.dpi.as_deref(), figures.rvpi.as_deref(), figures.tvpi.as_deref()),
            (Some("0.4000"), Some("1.1000"), Some("1.5000"))
        );
        let unvalued = super::figures(sums, usd, false);
        assert_eq!((unvalued.tvpi, unvalued.reason), (None, Some(ReturnReason::NoValuation)));
        let empty = super::figures(Sums::default(), usd, true);
        assert_eq!((empty.dpi, empty.reason), (None, Some(ReturnReason::NothingPaidIn)));
    }

    #[test]
    fn the_valued_part_leaves_out_what_was_never_valued() {
        let usd = Currency::try_from("USD".to_owned()).unwrap();
        let n = Decimal::from;
        let sums = Sums { committed: n(200), paid_in: n(150), distributed: n(60), nav: n(110), unfunded: n(50) };
        let part = valued_part(sums, Moved { paid_in: n(50), distributed: n(20) }, usd);
        assert_eq!((part.paid_in.decimal(), part.distributed.decimal()), (n(100), n(40)));
        assert_eq!((part.rvpi.as_deref(), part.tvpi.as_deref()), (Some("1.1000"), Some("1.5000")));
        assert_eq!(part.unvalued_paid_in.decimal(), n(50));
        let nothing = valued_part(Sums { nav: n(0), ..sums }, Moved { paid_in: n(150), distributed: n(60) }, usd);
        assert_eq!(nothing.tvpi, None);
    }

    #[test]
    fn a_value_is_rolled_forward_and_never_negative() {
        let n = Decimal::from;
        let rolled = |paid_in, distributed| {
            rolled_forward(n(1_200_000), Moved { paid_in: n(paid_in), distributed: n(distributed) })
        };
        assert_eq!(rolled(0, 1_000_000), n(200_000));
        assert_eq!(rolled(500_000, 0), n(1_700_000));
        assert_eq!(rolled(0, 1_500_000), n(0));
    }

    #[test]
    fn a_rate_is_never_a_negative_zero() {
        for (rate, text) in [(-0.0, "0.000000"), (-4e-7, "0.000000"), (-6e-7, "-0.000001"), (-1.0, "-1.000000")] {
            assert_eq!(in_text(rate), text);
        }
    }
}
