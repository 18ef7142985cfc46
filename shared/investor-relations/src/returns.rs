//! Returns: fund performance multiples and the money-weighted rate of return.
//!
//! DPI, RVPI and TVPI follow the CFA Institute's GIPS standards (since-inception distributions, residual value, and the sum of
//! both, each divided by paid-in capital). The rate is the XIRR known from spreadsheets: see [`internal_rate`].

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::money::{Currency, Money};
use kernel::time::Date;

choice!(
    /// Why a return figure is undefined.
    ReturnReason {
        /// Nothing has been paid in.
        NothingPaidIn = "nothing_paid_in",
        /// There is an active investment without a valuation.
        NoValuation = "no_valuation",
        /// All cash flows have the same sign.
        OneSign = "one_sign",
        /// All cash flows are on the same day.
        OneDay = "one_day",
        /// More than one rate solves the equation.
        SeveralRates = "several_rates",
        /// No rate between -99.99 % and 1,000,000 % per year solves the equation.
        NoRate = "no_rate",
        /// The investor has more cash flows than can be read at once.
        TooManyCashFlows = "too_many_cash_flows",
    }
);

/// A rate of return per year as a decimal fraction in text form: `"0.373363"` is 37.3363 %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InternalRate {
    /// The rate, to six decimals; null if it is undefined.
    pub rate: Option<String>,
    /// Why the rate is undefined.
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

/// Committed, paid-in, distributed and remaining amounts in a single currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Committed capital.
    pub committed: Money,
    /// Paid-in capital.
    pub paid_in: Money,
    /// Distributions.
    pub distributed: Money,
    /// Net asset value: the latest valuation; zero once exited or written off; null while there is an active investment without a
    /// valuation.
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

/// Computes the figures from `sums`; `valued` says whether every active investment has a valuation.
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

/// A dated cash flow from the investor's point of view: negative for contributions, positive for distributions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// The date.
    pub on: Date,
    /// The signed amount.
    pub amount: f64,
}

impl Flow {
    /// A cash flow for an exact amount. Only the rate is computed in floating point, since it is irrational anyway.
    #[must_use]
    pub fn new(on: Date, amount: Decimal) -> Self {
        Self { on, amount: amount.to_f64().unwrap_or_default() }
    }
}

/// Lowest rate searched for.
const LOWEST: f64 = -0.9999;
/// Highest rate searched for.
const HIGHEST: f64 = 10_000.0;
/// Number of steps in which the range is searched for sign changes.
const STEPS: u32 = 800;

/// The annual rate at which the net present value of `flows` is zero: Σ amountᵢ / (1 + rate)^(daysᵢ / 365) = 0, the definition
/// of `XIRR` in Microsoft's reference
/// (<https://support.microsoft.com/en-us/office/xirr-function-de1242ec-7477-445b-b11b-a303ad9bc11d>). Searches the whole range
/// for sign changes, in steps even in the logarithm of 1 + rate, and then applies Newton's method within a bisection bracket, so
/// that it always terminates and never picks one of several rates.
pub(crate) fn internal_rate(flows: &[Flow]) -> Result<f64, ReturnReason> {
    let Some(first) = flows.iter().map(|flow| flow.on).min() else { return Err(ReturnReason::NothingPaidIn) };
    if !flows.iter().any(|f| f.amount < 0.0) || !flows.iter().any(|f| f.amount > 0.0) {
        return Err(ReturnReason::OneSign);
    }
    if flows.iter().all(|flow| flow.on == first) {
        return Err(ReturnReason::OneDay);
    }
    // Times in years and amounts relative to the largest, so that tiny and huge sums are solved alike.
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

/// The root between two points with different signs.
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
    fn microsofts_xirr_example_is_reproduced() {
        // The only example in Microsoft's XIRR reference: 0.373362535.
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
    fn a_365_day_year_gives_the_simple_rate() {
        for (back, rate) in [(110.0, 0.1), (100.0, 0.0), (50.0, -0.5), (1_100.0, 10.0)] {
            let found = internal_rate(&flows(&[("2021-01-01", -100.0), ("2022-01-01", back)])).unwrap();
            assert!((found - rate).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn an_undefined_rate_has_a_reason() {
        assert_eq!(internal_rate(&[]), Err(ReturnReason::NothingPaidIn));
        let reason = |rows: &[(&str, f64)]| internal_rate(&flows(rows)).unwrap_err();
        assert_eq!(reason(&[("2021-01-01", -1.0), ("2022-01-01", -1.0)]), ReturnReason::OneSign);
        assert_eq!(reason(&[("2021-01-01", -1.0), ("2021-01-01", 2.0)]), ReturnReason::OneDay);
        // Two roots, 10 % and 20 %: -100, +230, -132 at yearly intervals.
        let two = [("2021-01-01", -100.0), ("2022-01-01", 230.0), ("2023-01-01", -132.0)];
        assert_eq!(reason(&two), ReturnReason::SeveralRates);
        let none = [("2021-01-01", -100.0), ("2022-01-01", 100.0), ("2023-01-01", -100.0)];
        assert_eq!(reason(&none), ReturnReason::NoRate);
    }

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

    proptest! {
        #[test]
        fn the_present_value_at_the_rate_is_zero(
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
