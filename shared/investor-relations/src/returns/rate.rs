//! The money-weighted rate of return of dated cash flows.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::ReturnReason;
use kernel::time::Date;

/// A dated cash flow from the investor's point of view: negative for contributions, positive for distributions and for the value
/// that remains at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Flow {
    /// The date.
    pub on: Date,
    /// The signed amount.
    pub amount: f64,
}

impl Flow {
    /// A cash flow for an exact amount. Only the rate is computed in floating point, since it is irrational anyway.
    pub fn new(on: Date, amount: Decimal) -> Self {
        Self { on, amount: amount.to_f64().unwrap_or_default() }
    }
}

/// A rate that was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solved {
    /// The rate as a fraction: 0.1 is 10 %.
    pub rate: f64,
    /// Whether the rate is per year; otherwise it is the return of the period.
    pub annualized: bool,
    /// Date of the first cash flow.
    pub from: Date,
    /// Date of the last cash flow.
    pub to: Date,
    /// The other rates that solve the equation, in ascending order.
    pub others: Vec<f64>,
}

/// Days of a year, as in `XIRR`.
const YEAR: i32 = 365;
/// Lowest 1 + rate searched for.
const LOWEST: f64 = 1e-9;
/// Highest 1 + rate searched for.
const HIGHEST: f64 = 10_001.0;
/// Number of steps in which the range is searched for roots.
const STEPS: u32 = 1_200;

/// The rate at which the net present value of `flows` is zero: Σ amountᵢ / (1 + rate)^(daysᵢ / 365) = 0, the definition of `XIRR`
/// in Microsoft's reference
/// (<https://support.microsoft.com/en-us/office/xirr-function-de1242ec-7477-445b-b11b-a303ad9bc11d>). Contributions of which
/// nothing came back are a total loss, -100 %.
///
/// Over less than 365 days, the exponents are daysᵢ / days of the period: the return of the period, which the GIPS standards ask not
/// to annualize. Of several rates, see [`chosen`].
pub(crate) fn internal_rate(flows: &[Flow]) -> Result<Solved, ReturnReason> {
    let days = || flows.iter().map(|flow| flow.on);
    let (Some(from), Some(to)) = (days().min(), days().max()) else { return Err(ReturnReason::NothingPaidIn) };
    let period = to.days_since(from);
    let solved = |rate, others| Solved { rate, annualized: period >= YEAR, from, to, others };
    if !flows.iter().any(|flow| flow.amount < 0.0) {
        return Err(ReturnReason::NothingPaidIn);
    }
    if !flows.iter().any(|flow| flow.amount > 0.0) {
        return Ok(solved(-1.0, Vec::new()));
    }
    if period == 0 {
        return Err(ReturnReason::OneDay);
    }
    // Times in years or periods and amounts relative to the largest, so that tiny and huge sums are solved alike.
    let largest = flows.iter().map(|flow| flow.amount.abs()).fold(0.0, f64::max);
    let unit = f64::from(period.min(YEAR));
    let flows: Vec<(f64, f64)> =
        flows.iter().map(|f| (f64::from(f.on.days_since(from)) / unit, f.amount / largest)).collect();
    let mut roots = roots(&flows);
    let gain: f64 = flows.iter().map(|flow| flow.1).sum();
    if is_beyond(&flows, &roots, gain) {
        return Err(ReturnReason::NoRate);
    }
    let at = chosen(&roots, gain).ok_or(ReturnReason::NoRate)?;
    let rate = roots.remove(at).force.exp_m1();
    Ok(solved(rate, roots.into_iter().map(|root| root.force.exp_m1()).collect()))
}

/// A solution of the equation.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Root {
    /// The force of interest, ln(1 + rate).
    force: f64,
    /// Whether the present value falls as the rate passes through this one.
    falling: bool,
}

/// Whether the sensible rate of an investment with a gain is higher than the highest one searched for: the present value is still positive
/// there, and at an infinite rate it is the first payment. Any rate that was found instead would call the gain a loss.
fn is_beyond(flows: &[(f64, f64)], roots: &[Root], gain: f64) -> bool {
    let first: f64 = flows.iter().filter(|flow| flow.0 == 0.0).map(|flow| flow.1).sum();
    let highest = Curve { flows, anchor: 0.0 }.at(HIGHEST.ln()).0;
    let found = roots.iter().any(|root| root.falling && root.force >= 0.0);
    gain > 0.0 && first < 0.0 && highest > 0.0 && !found
}

/// The position of the economically sensible rate among `roots`; `gain` is the sum of all cash flows.
///
/// 1. One at which the present value falls as the rate rises. There, as for every investment, an additional unit that comes back
///    raises the rate; at the others, it would lower it (Cannaday, Colwell and Paley, "Relevant and Irrelevant Internal Rates of
///    Return", The Engineering Economist 32, 1986).
/// 2. Of these, one with the sign of the gain, so that who made money sees no loss.
/// 3. Of these, the one closest to zero, which claims the least.
///
/// The last two are the rule of [numpy-financial](https://github.com/numpy/numpy-financial/pull/121).
fn chosen(roots: &[Root], gain: f64) -> Option<usize> {
    let of = |wanted: &dyn Fn(&Root) -> bool| (0..roots.len()).filter(|at| wanted(&roots[*at])).collect::<Vec<_>>();
    let same_sign = |root: &Root| (root.force >= 0.0) == (gain >= 0.0);
    let tries = [of(&|root| root.falling && same_sign(root)), of(&|root| root.falling), of(&same_sign), of(&|_| true)];
    let candidates = tries.into_iter().find(|found| !found.is_empty())?;
    candidates.into_iter().min_by(|a, b| roots[*a].force.abs().total_cmp(&roots[*b].force.abs()))
}

/// All rates in the range, in ascending order: sign changes between steps that are even in the logarithm of 1 + rate, and two roots
/// within one step, which show as a turning point on the other side of zero.
fn roots(flows: &[(f64, f64)]) -> Vec<Root> {
    let (low, high) = (LOWEST.ln(), HIGHEST.ln());
    let end = flows.iter().map(|flow| flow.0).fold(0.0, f64::max);
    let at = |step: u32| low + (high - low) * f64::from(step) / f64::from(STEPS);
    let mut found = Vec::new();
    for step in 0..STEPS {
        let (from, to) = (at(step), at(step + 1));
        // Values as of the last flow for negative rates and as of the first one otherwise: no power overflows.
        let curve = Curve { flows, anchor: if from < 0.0 { end } else { 0.0 } };
        let ((before, rise), (after, rise_after)) = (curve.at(from), curve.at(to));
        if before == 0.0 {
            found.push(Root { force: from, falling: rise < 0.0 });
        } else if before * after < 0.0 {
            found.push(Root { force: curve.root(from, to), falling: before > 0.0 });
        } else if after != 0.0 && before * rise < 0.0 && after * rise_after > 0.0 {
            let turn = curve.turn(from, to);
            if curve.at(turn).0 * before < 0.0 {
                found.push(Root { force: curve.root(from, turn), falling: before > 0.0 });
                found.push(Root { force: curve.root(turn, to), falling: before < 0.0 });
            }
        }
    }
    found
}

/// The value of all flows at a time, as a function of the force of interest.
struct Curve<'a> {
    flows: &'a [(f64, f64)],
    anchor: f64,
}

impl Curve<'_> {
    /// Value and slope at a force of interest.
    fn at(&self, force: f64) -> (f64, f64) {
        self.flows.iter().fold((0.0, 0.0), |(value, slope), (time, amount)| {
            let time = time - self.anchor;
            let now = amount * (-force * time).exp();
            (value + now, slope - time * now)
        })
    }

    /// The root between two points with different signs: Newton's method within a bisection bracket, so that it always ends.
    fn root(&self, mut low: f64, mut high: f64) -> f64 {
        let rising = self.at(low).0 < 0.0;
        let mut guess = f64::midpoint(low, high);
        for _ in 0..200 {
            let (value, slope) = self.at(guess);
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

    /// The turning point between two points whose slopes have different signs.
    fn turn(&self, mut low: f64, mut high: f64) -> f64 {
        let rising = self.at(low).1 > 0.0;
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if (self.at(middle).1 > 0.0) == rising {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }
}

#[cfg(test)]
mod tests;
