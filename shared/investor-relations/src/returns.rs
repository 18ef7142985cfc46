//! Returns: the multiples of a fund's interim performance and the money-weighted rate.
//!
//! DPI, RVPI and TVPI as the CFA Institute's GIPS standards define them (since-inception distributions, residual value and
//! both over paid-in capital). The rate is the XIRR of spreadsheets: see [`internal_rate`].

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::money::{Currency, Money};
use kernel::time::Date;

choice!(
    /// Why a figure of return is not defined.
    #[derive(Hash)]
    ReturnReason {
        /// Nothing was paid in.
        NothingPaidIn = "nothing_paid_in",
        /// Money is still at work whose value was never recorded.
        NoValuation = "no_valuation",
        /// All cash flows have the same sign.
        OneSign = "one_sign",
        /// All cash flows are on one day.
        OneDay = "one_day",
        /// More than one rate solves the equation.
        SeveralRates = "several_rates",
        /// No rate between -99.99 % and 1,000,000 % a year solves the equation.
        NoRate = "no_rate",
        /// The investor has more cash flows than one reading takes.
        TooManyCashFlows = "too_many_cash_flows",
    }
);

/// A rate of return a year as a decimal fraction in text: `"0.373363"` is 37.3363 %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InternalRate {
    /// The rate, to six decimals; null when it is not defined.
    pub rate: Option<String>,
    /// Why there is none.
    pub reason: Option<ReturnReason>,
}

impl From<Result<f64, ReturnReason>> for InternalRate {
    fn from(solved: Result<f64, ReturnReason>) -> Self {
        match solved {
            Ok(rate) => Self { rate: Some(format!("{:.6}", rate + 0.0)), reason: None },
            Err(reason) => Self { rate: None, reason: Some(reason) },
        }
    }
}

/// What was promised, paid in, paid back, and what is left, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// What was committed.
    pub committed: Money,
    /// What was paid in.
    pub paid_in: Money,
    /// What was distributed.
    pub distributed: Money,
    /// Net asset value: the latest valuation; nothing once exited or written off; null while money is at work that was never
    /// valued.
    pub nav: Option<Money>,
    /// What may still be called: committed less paid in, never below nothing, and nothing once exited or written off.
    pub unfunded: Money,
    /// Distributions over paid-in capital, to four decimals; null when nothing was paid in.
    pub dpi: Option<String>,
    /// Net asset value over paid-in capital; null like `dpi` and while `nav` is null.
    pub rvpi: Option<String>,
    /// Distributions and net asset value over paid-in capital; null like `rvpi`.
    pub tvpi: Option<String>,
    /// Why multiples are null.
    pub reason: Option<ReturnReason>,
}

/// The sums that figures are made of, in whole units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Committed.
    pub committed: Decimal,
    /// Paid in.
    pub paid_in: Decimal,
    /// Distributed.
    pub distributed: Decimal,
    /// Valued.
    pub nav: Decimal,
    /// Unfunded.
    pub unfunded: Decimal,
}

/// The figures of `sums`; `valued` says whether all money at work has a valuation.
#[must_use]
pub fn figures(sums: Sums, currency: Currency, valued: bool) -> Figures {
    let multiple = |value: Decimal| {
        let ratio = value.checked_div(sums.paid_in)?;
        let mut ratio = ratio.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
        ratio.rescale(4);
        Some(ratio.to_string())
    };
    let reason = match (sums.paid_in.is_zero(), valued) {
        (true, _) => Some(ReturnReason::NothingPaidIn),
        (false, false) => Some(ReturnReason::NoValuation),
        (false, true) => None,
    };
    let nav = |value: Decimal| if valued { multiple(value) } else { None };
    Figures {
        committed: Money::of(sums.committed, currency),
        paid_in: Money::of(sums.paid_in, currency),
        distributed: Money::of(sums.distributed, currency),
        nav: valued.then(|| Money::of(sums.nav, currency)),
        unfunded: Money::of(sums.unfunded, currency),
        dpi: multiple(sums.distributed),
        rvpi: nav(sums.nav),
        tvpi: nav(sums.distributed + sums.nav),
        reason,
    }
}

/// A dated flow from the investor's side: negative when paid in, positive when paid back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// The day.
    pub on: Date,
    /// The signed amount.
    pub amount: f64,
}

impl Flow {
    /// A flow of an exact amount. Only the rate is computed in binary fractions: it is irrational anyway.
    #[must_use]
    pub fn new(on: Date, amount: Decimal) -> Self {
        Self { on, amount: amount.to_f64().unwrap_or_default() }
    }
}

/// Lowest rate that is looked for.
const LOWEST: f64 = -0.9999;
/// Highest rate that is looked for.
const HIGHEST: f64 = 10_000.0;
/// Number of steps in which the range is searched for changes of sign.
const STEPS: u32 = 800;

/// The yearly rate at which the net present value of `flows` is nothing: Σ amountᵢ / (1 + rate)^(daysᵢ / 365) = 0, the
/// definition of `XIRR` in Microsoft's reference
/// (<https://support.microsoft.com/en-us/office/xirr-function-de1242ec-7477-445b-b11b-a303ad9bc11d>). Solved by looking
/// for changes of sign over the whole range, evenly by the logarithm of 1 + rate, then by Newton's method kept inside a
/// bisected bracket, so that it always ends and never settles on one of several rates.
pub fn internal_rate(flows: &[Flow]) -> Result<f64, ReturnReason> {
    let Some(first) = flows.iter().map(|flow| flow.on).min() else { return Err(ReturnReason::NothingPaidIn) };
    if !flows.iter().any(|f| f.amount < 0.0) || !flows.iter().any(|f| f.amount > 0.0) {
        return Err(ReturnReason::OneSign);
    }
    if flows.iter().all(|flow| flow.on == first) {
        return Err(ReturnReason::OneDay);
    }
    // By years and as a share of the largest, so that tiny and huge sums are solved alike.
    let largest = flows.iter().map(|flow| flow.amount.abs()).fold(0.0, f64::max);
    let flows: Vec<(f64, f64)> =
        flows.iter().map(|f| (f64::from(f.on.days_since(first)) / 365.0, f.amount / largest)).collect();
    let (low, high) = (LOWEST.ln_1p(), HIGHEST.ln_1p());
    let at = |step: u32| low + (high - low) * f64::from(step) / f64::from(STEPS);
    let mut found = None;
    let (mut before, mut value) = (low, present(&flows, low).0);
    for step in 1..=STEPS {
        let next = at(step);
        let then = present(&flows, next).0;
        if value == 0.0 || value.signum() * then.signum() < 0.0 && then != 0.0 {
            if found.is_some() {
                return Err(ReturnReason::SeveralRates);
            }
            found = Some(if value == 0.0 { before } else { solve(&flows, before, next) });
        }
        (before, value) = (next, then);
    }
    found.map(f64::exp_m1).ok_or(ReturnReason::NoRate)
}

/// Net present value and its slope at the force of interest `force` = ln(1 + rate).
fn present(flows: &[(f64, f64)], force: f64) -> (f64, f64) {
    flows.iter().fold((0.0, 0.0), |(value, slope), (years, amount)| {
        let now = amount * (-force * years).exp();
        (value + now, slope - years * now)
    })
}

/// The root between two points of different sign.
fn solve(flows: &[(f64, f64)], mut low: f64, mut high: f64) -> f64 {
    let rising = present(flows, low).0 < 0.0;
    let mut guess = f64::midpoint(low, high);
    for _ in 0..200 {
        let (value, slope) = present(flows, guess);
        if value == 0.0 {
            return guess;
        }
        if (value < 0.0) == rising {
            low = guess;
        } else {
            high = guess;
        }
        let newton = guess - value / slope;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - guess).abs() < 1e-15 {
            return next;
        }
        guess = next;
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        Date::try_from(text.to_owned()).unwrap()
    }

    fn flows(rows: &[(&str, f64)]) -> Vec<Flow> {
        rows.iter().map(|(on, amount)| Flow { on: date(on), amount: *amount }).collect()
    }

    #[test]
    fn the_rate_of_microsofts_xirr_example_is_37_percent() {
        // Microsoft's reference of XIRR, its only example: 0.373362535.
        let rows = [
            ("2008-01-01", -10_000.0),
            ("2008-03-01", 2_750.0),
            ("2008-10-30", 4_250.0),
            ("2009-02-15", 3_250.0),
            ("2009-04-01", 2_750.0),
        ];
        let rate = internal_rate(&flows(&rows)).unwrap();
        assert!((rate - 0.373_362_535).abs() < 1e-8, "{rate}");
        assert_eq!(InternalRate::from(Ok(rate)).rate.unwrap(), "0.373363");
    }

    #[test]
    fn a_year_of_365_days_gives_the_plain_rate_also_below_nothing() {
        for (back, rate) in [(110.0, 0.1), (100.0, 0.0), (50.0, -0.5), (1_100.0, 10.0)] {
            let found = internal_rate(&flows(&[("2021-01-01", -100.0), ("2022-01-01", back)])).unwrap();
            assert!((found - rate).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn what_has_no_rate_says_why() {
        assert_eq!(internal_rate(&[]), Err(ReturnReason::NothingPaidIn));
        let reason = |rows: &[(&str, f64)]| internal_rate(&flows(rows)).unwrap_err();
        assert_eq!(reason(&[("2021-01-01", -1.0), ("2022-01-01", -1.0)]), ReturnReason::OneSign);
        assert_eq!(reason(&[("2021-01-01", -1.0), ("2021-01-01", 2.0)]), ReturnReason::OneDay);
        // Two roots, 10 % and 20 %: -100, +230, -132 a year apart.
        let two = [("2021-01-01", -100.0), ("2022-01-01", 230.0), ("2023-01-01", -132.0)];
        assert_eq!(reason(&two), ReturnReason::SeveralRates);
        let none = [("2021-01-01", -100.0), ("2022-01-01", 100.0), ("2023-01-01", -100.0)];
        assert_eq!(reason(&none), ReturnReason::NoRate);
    }

    #[test]
    fn multiples_are_over_what_was_paid_in() {
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

    proptest! {
        #[test]
        fn the_present_value_at_the_rate_is_nothing_and_scaling_changes_nothing(
            paid in prop::collection::vec((0_i32..400, 1_u32..1_000_000), 1..10),
            back in prop::collection::vec((401_i32..2_000, 1_u32..1_000_000), 1..10),
            scale in 1_u32..1_000_000,
        ) {
            let start = date("2020-01-01");
            let mut flows: Vec<Flow> =
                paid.iter().map(|(day, n)| Flow { on: start.plus_days(*day), amount: -f64::from(*n) }).collect();
            flows.extend(back.iter().map(|(day, n)| Flow { on: start.plus_days(*day), amount: f64::from(*n) }));
            if let Ok(rate) = internal_rate(&flows) {
                let total: f64 = flows.iter().map(|f| f.amount.abs() * (1.0 + rate).powf(-f64::from(f.on.days_since(start)) / 365.0)).sum();
                let value: f64 = flows.iter().map(|f| f.amount * (1.0 + rate).powf(-f64::from(f.on.days_since(start)) / 365.0)).sum();
                prop_assert!(value.abs() <= 1e-7 * total, "{value} of {total} at {rate}");
                let scaled: Vec<Flow> = flows.iter().map(|f| Flow { amount: f.amount * f64::from(scale), ..*f }).collect();
                let again = internal_rate(&scaled).unwrap();
                prop_assert!((again - rate).abs() <= 1e-7 * (1.0 + rate.abs()));
            } else {
                prop_assert_eq!(internal_rate(&flows), Err(ReturnReason::NoRate));
            }
        }
    }
}
