//! Rates against published examples, laws and cases from other tools.

use super::*;
use crate::returns::InternalRate;
use proptest::prelude::*;

fn date(text: &str) -> Date {
    Date::try_from(text.to_owned()).unwrap()
}

fn flows(rows: &[(&str, f64)]) -> Vec<Flow> {
    rows.iter().map(|(on, amount)| Flow { on: date(on), amount: *amount }).collect()
}

/// Yearly cash flows.
fn yearly(amounts: &[f64]) -> Vec<Flow> {
    let start = date("2001-01-01");
    amounts.iter().zip(0..).map(|(amount, year)| Flow { on: start.plus_days(365 * year), amount: *amount }).collect()
}

fn rate(flows: &[Flow]) -> f64 {
    internal_rate(flows).unwrap().rate
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{found}, not {expected}");
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
    let solved = internal_rate(&flows(&rows)).unwrap();
    close(solved.rate, 0.373_362_535, 1e-8);
    let shown = InternalRate::from(Ok(solved));
    assert_eq!((shown.rate.as_deref(), shown.annualized, shown.other_rates), (Some("0.373363"), true, Vec::new()));
    assert_eq!((shown.from, shown.to), (Some(date("2008-01-01")), Some(date("2009-04-01"))));
}

#[test]
fn a_365_day_year_gives_the_simple_rate() {
    for (back, expected) in [(110.0, 0.1), (100.0, 0.0), (50.0, -0.5), (1_100.0, 10.0)] {
        close(rate(&flows(&[("2021-01-01", -100.0), ("2022-01-01", back)])), expected, 1e-9);
    }
}

#[test]
fn an_undefined_rate_has_a_reason() {
    assert_eq!(internal_rate(&[]), Err(ReturnReason::NothingPaidIn));
    let reason = |rows: &[(&str, f64)]| internal_rate(&flows(rows)).unwrap_err();
    assert_eq!(reason(&[("2021-01-01", 1.0), ("2022-01-01", 1.0)]), ReturnReason::NothingPaidIn);
    assert_eq!(reason(&[("2021-01-01", -1.0), ("2021-01-01", 2.0)]), ReturnReason::OneDay);
    let none = [("2021-01-01", -100.0), ("2022-01-01", 100.0), ("2023-01-01", -100.0)];
    assert_eq!(reason(&none), ReturnReason::NoRate);
    // Millions of percent within a day: more than is searched for, and not the loss that a low rate would say.
    let beyond = [("2020-01-01", -1.0), ("2020-01-02", 446_783.0), ("2020-01-03", -422_123.0), ("2025-06-24", 0.0)];
    assert_eq!(reason(&beyond), ReturnReason::NoRate);
}

#[test]
fn nothing_back_is_a_total_loss() {
    for rows in [&[("2021-01-01", -1.0), ("2022-01-01", -1.0)][..], &[("2021-01-01", -1.0)]] {
        assert_eq!(InternalRate::from(internal_rate(&flows(rows))).rate.as_deref(), Some("-1.000000"));
    }
    close(rate(&flows(&[("2021-01-01", -1e6), ("2021-06-01", 1.0)])), -1.0, 1e-5);
}

#[test]
fn less_than_a_year_is_not_annualized() {
    let month = internal_rate(&flows(&[("2021-01-01", -100.0), ("2021-01-31", 110.0)])).unwrap();
    assert!(!month.annualized);
    close(month.rate, 0.1, 1e-9);
    let thousandfold = internal_rate(&flows(&[("2021-01-01", -1.0), ("2021-01-02", 1_000.0)])).unwrap();
    close(thousandfold.rate, 999.0, 1e-6);
    // At a year, both are the same.
    assert!(internal_rate(&flows(&[("2021-01-01", -100.0), ("2022-01-01", 110.0)])).unwrap().annualized);
}

#[test]
fn a_small_payment_after_the_exit_keeps_the_rate() {
    let before = rate(&flows(&[("2018-03-01", -1e6), ("2021-03-01", 2.5e6)]));
    let solved = internal_rate(&flows(&[("2018-03-01", -1e6), ("2021-03-01", 2.5e6), ("2021-09-01", -100.0)])).unwrap();
    close(solved.rate, before, 1e-4);
    assert_eq!(solved.others.len(), 1);
}

#[test]
fn a_clawback_lowers_the_rate_to_34_percent() {
    let solved = internal_rate(&flows(&[("2018-03-01", -1e6), ("2021-03-01", 2.5e6), ("2023-09-30", -2e5)])).unwrap();
    close(solved.rate, 0.340, 5e-4);
    assert_eq!(solved.others.len(), 1);
    assert!(solved.others[0] < 0.0);
}

#[test]
fn cases_of_numpy_financial_have_their_values() {
    // https://github.com/numpy/numpy-financial/issues/44, 39 and 28.
    let solved =
        internal_rate(&yearly(&[-1_678.87, 771.96, 1_814.05, 3_520.30, 3_552.95, 3_584.99, 4_789.91, -1.0])).unwrap();
    close(solved.rate, 1.004_269_848_720_547, 1e-9);
    close(solved.others[0], -0.999_791_260_428_328_3, 1e-9);
    let shorter = [-1_678.87, 771.96, 1_814.05, 3_520.30, 3_552.95, 3_584.99, -1.0];
    close(rate(&yearly(&shorter)), 0.968_877_547_020_917_9, 1e-9);
    let mut lease = vec![-217_500.0, -217_500.0];
    lease.extend((0..25).map(|n| 108_466.804_624_505_92 - 7_336.840_231_225_296 * f64::from(n)));
    close(rate(&yearly(&lease)), 0.12, 1e-6);
    close(rate(&yearly(&[-50.0, -100.0, 600.0, 300.0, -100.0])), 1.85, 0.005);
}

#[test]
fn of_two_positive_rates_the_one_of_an_investment_is_chosen() {
    // 10 % and 20 %: the present value rises through the first and falls through the second.
    let solved = internal_rate(&yearly(&[-100.0, 230.0, -132.0])).unwrap();
    close(solved.rate, 0.2, 1e-9);
    close(solved.others[0], 0.1, 1e-9);
}

#[test]
fn two_rates_within_one_step_are_both_found() {
    // (1 + rate) of 1.100 and 1.101.
    let solved = internal_rate(&yearly(&[-1.0, 2.201, -1.2111])).unwrap();
    close(solved.rate, 0.101, 1e-6);
    close(solved.others[0], 0.1, 1e-6);
}

#[test]
fn a_century_of_flows_does_not_overflow() {
    close(rate(&flows(&[("1900-01-01", -1.0), ("2000-01-01", 2.0), ("2020-01-01", 1.0)])), 0.0109, 1e-3);
    close(rate(&flows(&[("1900-01-01", -1.0), ("2000-01-01", 1e-6)])), -0.129, 1e-3);
}

/// Present value at the rate, and the sum of the absolute present values.
fn present(flows: &[Flow], solved: &Solved) -> (f64, f64) {
    let unit = f64::from(solved.to.days_since(solved.from).min(365));
    flows.iter().fold((0.0, 0.0), |(value, total), flow| {
        let now = flow.amount * (1.0 + solved.rate).powf(-f64::from(flow.on.days_since(solved.from)) / unit);
        (value + now, total + now.abs())
    })
}

proptest! {
    #[test]
    fn the_present_value_at_the_rate_is_zero(
        rows in prop::collection::vec((0_i32..2_000, -1_000_000_i32..1_000_000), 1..20),
        scale in 1_u32..1_000_000,
    ) {
        let start = date("2020-01-01");
        let flows: Vec<Flow> =
            rows.iter().map(|(day, n)| Flow { on: start.plus_days(*day), amount: f64::from(*n) }).collect();
        let scaled: Vec<Flow> = flows.iter().map(|f| Flow { amount: f.amount * f64::from(scale), ..*f }).collect();
        let again = internal_rate(&scaled);
        match internal_rate(&flows) {
            Ok(solved) if solved.rate > -1.0 => {
                let (value, total) = present(&flows, &solved);
                prop_assert!(value.abs() <= 1e-7 * total, "{value} of {total} at {}", solved.rate);
                let again = again.unwrap();
                prop_assert!((again.rate - solved.rate).abs() <= 1e-6 * (1.0 + solved.rate.abs()));
                prop_assert_eq!(again.others.len(), solved.others.len());
            }
            solved => prop_assert_eq!(again, solved),
        }
    }

    #[test]
    fn paid_in_first_and_back_later_has_one_rate_with_the_sign_of_the_gain(
        paid in prop::collection::vec((0_i32..400, 1_u32..1_000_000), 1..10),
        back in prop::collection::vec((401_i32..2_000, 1_u32..1_000_000), 1..10),
    ) {
        let start = date("2020-01-01");
        let mut flows: Vec<Flow> =
            paid.iter().map(|(day, n)| Flow { on: start.plus_days(*day), amount: -f64::from(*n) }).collect();
        flows.extend(back.iter().map(|(day, n)| Flow { on: start.plus_days(*day), amount: f64::from(*n) }));
        let gain: f64 = flows.iter().map(|flow| flow.amount).sum();
        if let Ok(solved) = internal_rate(&flows) {
            prop_assert!(solved.others.is_empty());
            prop_assert!(solved.rate * gain >= 0.0 || solved.rate.abs() < 1e-12);
        } else {
            prop_assert_eq!(internal_rate(&flows), Err(ReturnReason::NoRate));
        }
    }

    #[test]
    fn a_gain_is_never_called_a_loss(
        paid in 1_u32..1_000_000, rest in 0_u32..1_000_000, flows in prop::collection::vec((1_i32..2_000, -999_999_i32..1_000_000), 0..12),
    ) {
        // Paid in first, any flows, a value that remains: the present value falls from the gain to minus the first payment.
        let start = date("2020-01-01");
        let mut all = vec![Flow { on: start, amount: -f64::from(paid) }];
        all.extend(flows.iter().map(|(day, n)| Flow { on: start.plus_days(*day), amount: f64::from(*n) }));
        all.push(Flow { on: start.plus_days(2_001), amount: f64::from(rest) });
        let gain: f64 = all.iter().map(|flow| flow.amount).sum();
        if gain > 0.0 && let Ok(solved) = internal_rate(&all) {
            prop_assert!(solved.rate >= 0.0, "{} for a gain of {gain}", solved.rate);
        }
    }
}
