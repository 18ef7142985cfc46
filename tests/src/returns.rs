//! Returns through the API: published worked examples, and every reason why a figure is undefined.

use serde_json::{Value, json};

use crate::support::{Person, Steward};

/// Cash flows: kind, date, amount.
type Flows<'a> = &'a [(&'a str, &'a str, &'a str)];

const IN: &str = "contribution";
const OUT: &str = "distribution";
const WORTH: &str = "valuation";

/// The holdings of an investor with only this investment.
async fn held(steward: &Steward, by: &Person, status: &str, flows: Flows<'_>) -> Value {
    let investor = steward.investor(by, "Acme").await.id();
    let commitment = json!({"amount": "1000000", "currency": "USD"});
    let new = json!({"kind": "equity", "name": "Fund", "commitment": commitment, "invested_on": "2008-01-01", "status": status});
    let path = format!("/api/investors/{investor}/investments");
    let made = steward.post(&path).by(by).json(&new).send().await.expect(201);
    let path = format!("{}/cash_flows", made.headers["location"].to_str().unwrap());
    for (kind, date, amount) in flows {
        let new = json!({"kind": kind, "date": date, "amount": {"amount": amount, "currency": "USD"}});
        steward.post(&path).by(by).json(&new).send().await.expect(201);
    }
    steward.settle().await;
    let path = format!("/api/investors/{investor}/holdings");
    steward.get(&path).by(by).send().await.expect(200).json["currencies"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn openoffices_xirr_example_is_12_4_percent() {
    // https://wiki.openoffice.org/wiki/Documentation/How_Tos/Calc:_XIRR_function: -2750, 1000, 2000 on these days "returns
    // approximately 0.124, or 12.4%".
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let flows = [(IN, "2008-02-05", "2750"), (OUT, "2008-07-05", "1000"), (OUT, "2009-01-05", "2000")];
    // The example is per year; its 335 days are less than one, so the rate of the period is returned.
    let rate = |held: &Value| {
        assert_eq!(held["irr"]["annualized"], false);
        let period: f64 = held["irr"]["rate"].as_str().unwrap().parse().unwrap();
        format!("{:.3}", (1.0 + period).powf(365.0 / 335.0) - 1.0)
    };
    assert_eq!(rate(&held(&steward, &admin, "exited", &flows).await), "0.124");
    // The remaining value counts as paid back on the day of its valuation.
    let flows = [(IN, "2008-02-05", "2750"), (OUT, "2008-07-05", "1000"), (WORTH, "2009-01-05", "2000")];
    assert_eq!(rate(&held(&steward, &admin, "active", &flows).await), "0.124");
}

#[tokio::test(flavor = "multi_thread")]
async fn multiples_match_the_cfa_curriculum() {
    // CFA Program, level II, "Private Equity Investments". Pocatello Fund: paid in 125, distributions 19 and 38, net asset
    // value after distributions 122.7: DPI 0.46, RVPI 0.98, TVPI 1.44 (quoted at https://pzacademy.com/qa/119965).
    // And question 16: paid in 98, distributed 28, net asset value 131.42: 0.29, 1.34, 1.63.
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let pocatello = [
        (IN, "2004-06-30", "50"),
        (IN, "2006-06-30", "75"),
        (OUT, "2008-12-31", "19"),
        (OUT, "2009-12-31", "38"),
        (WORTH, "2009-12-31", "122.7"),
    ];
    let question = [(IN, "2005-01-01", "98"), (OUT, "2008-01-01", "28"), (WORTH, "2009-01-01", "131.42")];
    for (flows, printed, exact) in [
        (&pocatello[..], ["0.46", "0.98", "1.44"], ["0.4560", "0.9816", "1.4376"]),
        (&question[..], ["0.29", "1.34", "1.63"], ["0.2857", "1.3410", "1.6267"]),
    ] {
        let figures = held(&steward, &admin, "active", flows).await["figures"].clone();
        for ((name, printed), exact) in ["dpi", "rvpi", "tvpi"].into_iter().zip(printed).zip(exact) {
            assert_eq!(figures[name], exact, "{name}");
            assert_eq!(format!("{:.2}", exact.parse::<f64>().unwrap()), printed, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undefined_rate_states_the_reason() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let cases: &[(&str, Flows<'_>, &str)] = &[
        ("active", &[], "nothing_paid_in"),
        ("active", &[(OUT, "2021-01-01", "5")], "nothing_paid_in"),
        ("active", &[(IN, "2021-01-01", "100")], "no_valuation"),
        ("active", &[(IN, "2021-01-01", "100"), (WORTH, "2021-01-01", "200")], "one_day"),
        ("exited", &[(IN, "2021-01-01", "100"), (OUT, "2022-01-01", "100"), (IN, "2023-01-01", "100")], "no_rate"),
    ];
    for (status, flows, reason) in cases {
        let held = held(&steward, &admin, status, flows).await;
        assert_eq!((&held["irr"]["rate"], &held["irr"]["reason"]), (&Value::Null, &json!(reason)), "{flows:?}");
        let multiples = ["nothing_paid_in", "no_valuation"].contains(reason);
        assert_eq!(held["figures"]["tvpi"].is_null(), multiples, "{flows:?}");
    }
}

/// The rate in percent with one decimal.
fn percent(held: &Value) -> String {
    let rate = held["irr"]["rate"].as_str().unwrap_or_else(|| panic!("{held}"));
    format!("{:.1}", rate.parse::<f64>().unwrap() * 100.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_remaining_value_is_rolled_forward() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let bought = [(IN, "2023-01-01", "1000000"), (WORTH, "2023-12-31", "1200000")];
    // Half a year later most of it comes back: 0.2 M remain, and the flow of the value is the last one.
    for flows in
        [[bought[0], bought[1], (OUT, "2024-06-30", "1000000")], [(OUT, "2024-06-30", "1000000"), bought[0], bought[1]]]
    {
        let held = held(&steward, &admin, "active", &flows).await;
        assert_eq!(held["figures"]["nav"]["amount"], "200000.00");
        assert_eq!(held["figures"]["tvpi"], "1.2000");
        assert_eq!(percent(&held), "13.0", "1.2 to the power of 365/546");
        assert_eq!((&held["irr"]["from"], &held["irr"]["to"]), (&json!("2023-01-01"), &json!("2024-06-30")));
        assert_eq!((&held["rolled_forward"], &held["valued_on"]), (&json!(1), &json!("2023-12-31")));
    }
    let called = held(&steward, &admin, "active", &[bought[0], bought[1], (IN, "2024-06-30", "500000")]).await;
    assert_eq!(
        (&called["figures"]["nav"]["amount"], &called["figures"]["tvpi"]),
        (&json!("1700000.00"), &json!("1.1333"))
    );
    // A valuation includes what moved on its own day, and a later one starts anew.
    let same_day = held(&steward, &admin, "active", &[bought[0], (OUT, "2023-12-31", "50"), bought[1]]).await;
    assert_eq!((&same_day["figures"]["nav"]["amount"], &same_day["rolled_forward"]), (&json!("1200000.00"), &json!(0)));
    let beyond = held(&steward, &admin, "active", &[bought[0], bought[1], (OUT, "2024-06-30", "1500000")]).await;
    assert_eq!((&beyond["figures"]["nav"]["amount"], &beyond["figures"]["tvpi"]), (&json!("0.00"), &json!("1.5000")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sensible_rate_is_returned_and_others_are_named() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let exit = [(IN, "2018-03-01", "1000000"), (OUT, "2021-03-01", "2500000")];
    let cases: &[(&str, Flows<'_>, &str, usize)] = &[
        ("exited", &[exit[0], exit[1], (IN, "2021-09-01", "100")], "35.7", 1),
        ("exited", &[exit[0], exit[1], (IN, "2023-09-30", "200000")], "34.0", 1),
        // Issue 44 of numpy-financial.
        (
            "exited",
            &[
                (IN, "2015-01-01", "1678.87"),
                (OUT, "2016-01-01", "771.96"),
                (OUT, "2017-01-01", "1814.05"),
                (OUT, "2018-01-01", "3520.30"),
                (OUT, "2019-01-01", "3552.95"),
                (OUT, "2020-01-01", "3584.99"),
                (OUT, "2021-01-01", "4789.91"),
                (IN, "2022-01-01", "1.00"),
            ],
            "100.3",
            1,
        ),
        ("exited", &[(IN, "2021-01-01", "100"), (OUT, "2022-01-01", "230"), (IN, "2023-01-01", "132")], "20.0", 1),
        ("written_off", &[(IN, "2021-01-01", "100"), (IN, "2022-01-01", "100")], "-100.0", 0),
        ("active", &[(IN, "2021-01-01", "100"), (WORTH, "2022-01-01", "0")], "-100.0", 0),
        ("exited", &[(IN, "2021-01-01", "100"), (OUT, "2022-01-01", "100")], "0.0", 0),
    ];
    for (status, flows, rate, others) in cases {
        let held = held(&steward, &admin, status, flows).await;
        assert_eq!(percent(&held), *rate, "{flows:?}");
        assert_eq!(held["irr"]["other_rates"].as_array().unwrap().len(), *others, "{flows:?}");
        assert_eq!((&held["irr"]["annualized"], &held["irr"]["reason"]), (&json!(true), &Value::Null), "{flows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_of_less_than_a_year_is_that_of_the_period() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let held = held(&steward, &admin, "active", &[(IN, "2021-01-01", "100"), (WORTH, "2021-01-31", "110")]).await;
    assert_eq!((percent(&held).as_str(), &held["irr"]["annualized"]), ("10.0", &json!(false)));
}
