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
    let rate = |held: &Value| format!("{:.3}", held["irr"]["rate"].as_str().unwrap().parse::<f64>().unwrap());
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
        ("written_off", &[(IN, "2021-01-01", "100"), (IN, "2022-01-01", "100")], "one_sign"),
        ("active", &[(IN, "2021-01-01", "100"), (WORTH, "2022-01-01", "0")], "one_sign"),
        ("active", &[(IN, "2021-01-01", "100"), (WORTH, "2021-01-01", "200")], "one_day"),
        (
            "exited",
            &[(IN, "2021-01-01", "100"), (OUT, "2022-01-01", "230"), (IN, "2023-01-01", "132")],
            "several_rates",
        ),
        ("exited", &[(IN, "2021-01-01", "100"), (OUT, "2022-01-01", "100"), (IN, "2023-01-01", "100")], "no_rate"),
        // A thousandfold gain within a day is outside the range that is searched.
        ("exited", &[(IN, "2021-01-01", "1"), (OUT, "2021-01-02", "1000")], "no_rate"),
    ];
    for (status, flows, reason) in cases {
        let held = held(&steward, &admin, status, flows).await;
        assert_eq!(held["irr"], json!({"rate": null, "reason": reason}), "{flows:?}");
        let multiples = ["nothing_paid_in", "no_valuation"].contains(reason);
        assert_eq!(held["figures"]["tvpi"].is_null(), multiples, "{flows:?}");
    }
}
