//! Investments, cash flows and holdings.

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

fn usd(amount: &str) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

fn new(kind: &str, commitment: &Value) -> Value {
    json!({"kind": kind, "name": "Growth Fund II", "commitment": commitment, "invested_on": "2021-01-01", "status": "active"})
}

/// Creates an investment for an investor of `person` and returns its path.
async fn invested(steward: &Steward, person: &Person, investor: &str, kind: &str, amount: &str) -> String {
    let path = format!("/api/investors/{investor}/investments");
    let made = steward.post(&path).by(person).json(&new(kind, &usd(amount))).send().await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

async fn flow(steward: &Steward, person: &Person, path: &str, kind: &str, date: &str, amount: &str) -> Answer {
    let body = json!({"kind": kind, "date": date, "amount": usd(amount)});
    steward.post(&format!("{path}/cash_flows")).by(person).json(&body).send().await
}

async fn holdings(steward: &Steward, person: &Person, investor: &str) -> Value {
    steward.settle().await;
    let path = format!("/api/investors/{investor}/holdings");
    steward.get(&path).by(person).send().await.expect(200).json["currencies"].clone()
}

#[tokio::test]
async fn inexact_or_invalid_money_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let path = format!("/api/investors/{investor}/investments");
    for money in [
        json!({"amount": 5, "currency": "USD"}),
        json!({"amount": 5.5, "currency": "USD"}),
        usd("1.234"),
        usd("-1"),
        usd("1e3"),
        json!({"amount": "1.5", "currency": "JPY"}),
        json!({"amount": "1", "currency": "usd"}),
        json!({"amount": "1"}),
    ] {
        let answer = steward.post(&path).by(&admin).json(&new("equity", &money)).send().await;
        assert_eq!(answer.status.as_u16(), 422, "{money}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_invalid_cash_flow_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let investment = invested(&steward, &admin, &investor, "equity", "100").await;
    let flows = format!("{investment}/cash_flows");
    let euros = json!({"kind": "contribution", "date": "2021-01-01", "amount": {"amount": "1", "currency": "EUR"}});
    steward.post(&flows).by(&admin).json(&euros).send().await.problem(422, "invalid_input");
    flow(&steward, &admin, &investment, "contribution", "2199-01-01", "1").await.problem(422, "invalid_input");
}

#[tokio::test]
async fn holdings_match_a_published_example() {
    // Microsoft's XIRR example, with its last payment as a valuation: 37.3363 %.
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let investment = invested(&steward, &admin, &investor, "equity", "12000").await;
    let before = holdings(&steward, &admin, &investor).await;
    assert_eq!((&before[0]["figures"]["dpi"], &before[0]["irr"]["reason"]), (&Value::Null, &json!("nothing_paid_in")));
    flow(&steward, &admin, &investment, "contribution", "2008-01-01", "10000").await.expect(201);
    let unvalued = holdings(&steward, &admin, &investor).await;
    assert_eq!((&unvalued[0]["figures"]["nav"], &unvalued[0]["irr"]["reason"]), (&Value::Null, &json!("no_valuation")));
    for (date, amount) in [("2008-03-01", "2750"), ("2008-10-30", "4250"), ("2009-02-15", "3250")] {
        flow(&steward, &admin, &investment, "distribution", date, amount).await.expect(201);
    }
    flow(&steward, &admin, &investment, "valuation", "2008-12-31", "9999").await.expect(201);
    let valued = flow(&steward, &admin, &investment, "valuation", "2009-04-01", "2750").await.expect(201);
    let held = &holdings(&steward, &admin, &investor).await[0];
    let figures = &held["figures"];
    for (name, amount) in [
        ("committed", "12000.00"),
        ("paid_in", "10000.00"),
        ("distributed", "10250.00"),
        ("nav", "2750.00"),
        ("unfunded", "2000.00"),
    ] {
        assert_eq!(figures[name], usd(amount), "{name}");
    }
    assert_eq!(
        (&figures["dpi"], &figures["rvpi"], &figures["tvpi"]),
        (&json!("1.0250"), &json!("0.2750"), &json!("1.3000"))
    );
    let rate = json!({
        "rate": "0.373363", "annualized": true, "from": "2008-01-01", "to": "2009-04-01", "other_rates": [], "reason": null,
    });
    assert_eq!(held["irr"], rate);
    let read = steward.get(&investment).by(&admin).send().await.expect(200);
    assert_eq!(&read.json["figures"], figures);
    let latest = valued.headers["location"].to_str().unwrap().to_owned();
    steward.delete(&latest).by(&admin).if_match(1).send().await.expect(204);
    let read = steward.get(&investment).by(&admin).send().await.expect(200);
    // The earlier valuation counts again, less the distribution after it.
    assert_eq!((&read.json["figures"]["nav"], &read.json["valued_on"]), (&usd("6749.00"), &json!("2008-12-31")));
    assert_eq!(read.json["rolled_forward"], true);
}

#[tokio::test]
async fn concurrent_capital_calls_never_exceed_the_commitment() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let fund = invested(&steward, &admin, &investor, "fund_commitment", "25").await;
    let call = || flow(&steward, &admin, &fund, "contribution", "2021-02-01", "10");
    let answers = tokio::join!(call(), call(), call());
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16(), answers.2.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 422]);
    let read = steward.get(&fund).by(&admin).send().await.expect(200);
    assert_eq!((&read.json["figures"]["paid_in"], &read.json["cash_flows"]), (&usd("20.00"), &json!(2)));
    let listed = steward.all(&admin, &format!("{fund}/cash_flows"), 1).await;
    assert_eq!(listed.len(), 2);
    steward.delete(&fund).by(&admin).if_match(1).send().await.problem(409, "has_cash_flows");
    let euros = json!({"commitment": {"amount": "30", "currency": "EUR"}});
    steward.patch(&fund).by(&admin).if_match(1).json(&euros).send().await.problem(409, "has_cash_flows");
}

#[tokio::test]
async fn changes_require_the_version_and_count_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let fund = invested(&steward, &admin, &investor, "fund_commitment", "10").await;
    let body = json!({"kind": "contribution", "date": "2021-02-01", "amount": usd("10")});
    let send = || {
        let call = steward.post(&format!("{fund}/cash_flows")).by(&admin).header("idempotency-key", "once");
        call.json(&body).send()
    };
    let first = send().await.expect(201);
    assert_eq!(send().await.expect(201).json, first.json);
    let path = first.headers["location"].to_str().unwrap().to_owned();
    let patch = json!({"amount": usd("4.5")});
    steward.patch(&path).by(&admin).json(&patch).send().await.problem(428, "precondition_required");
    let changed = steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(changed.json["amount"], usd("4.50"));
    steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.problem(412, "stale_version");
    let read = steward.get(&fund).by(&admin).send().await.expect(200);
    assert_eq!(read.json["figures"]["unfunded"], usd("5.50"));
    for kind in ["investment", "cash_flow"] {
        let timeline = format!("/api/investors/{investor}/timeline?kind={kind}");
        assert_eq!(steward.all(&admin, &timeline, 10).await.len(), 1, "{kind}");
    }
    let renamed = json!({"name": "Growth Fund III"});
    steward.patch(&fund).by(&admin).if_match(1).json(&renamed).send().await.expect(200);
    let timeline = steward.all(&admin, &format!("/api/investors/{investor}/timeline"), 10).await;
    let entry = timeline.iter().find(|entry| entry["kind"] == "cash_flow").unwrap();
    assert_eq!(
        (&entry["investment_name"], &entry["at"]),
        (&json!("Growth Fund III"), &json!("2021-02-01T00:00:00.000Z"))
    );
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(204);
    steward.delete(&fund).by(&admin).if_match(2).send().await.expect(204);
    assert_eq!(holdings(&steward, &admin, &investor).await, json!([]));
}

#[tokio::test]
async fn investments_of_other_managers_investors_are_hidden() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let his = steward.investor(&sam, "His").await.id();
    let investment = invested(&steward, &sam, &his, "equity", "10").await;
    for path in [investment.clone(), format!("{investment}/cash_flows"), format!("/api/investors/{his}/holdings")] {
        steward.get(&path).by(&rita).send().await.problem(404, "not_found");
    }
    flow(&steward, &rita, &investment, "contribution", "2021-01-01", "1").await.problem(404, "not_found");
    // They are not reachable through an investor of her own either.
    let hers = steward.investor(&rita, "Hers").await.id();
    let crossed = investment.replace(&his, &hers);
    steward.get(&crossed).by(&rita).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn the_portfolio_includes_only_visible_investors() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let (mine, other) = (steward.investor(&rita, "Acme").await.id(), steward.investor(&admin, "Bolt").await.id());
    let investment = invested(&steward, &rita, &mine, "equity", "100").await;
    flow(&steward, &rita, &investment, "contribution", "2021-01-01", "40").await.expect(201);
    invested(&steward, &admin, &other, "debt", "900").await;
    steward.settle().await;
    let path = format!("/api/investors/{mine}");
    steward.patch(&path).by(&rita).if_match(1).json(&json!({"tier": "gold"})).send().await.expect(200);
    steward.settle().await;
    let all = steward.get("/api/analytics/portfolio").by(&admin).send().await.expect(200).json["capital"].clone();
    assert_eq!((&all[0]["currency"], &all[0]["investments"]), (&json!("USD"), &json!(2)));
    assert_eq!(all[0]["figures"]["committed"], usd("1000.00"));
    let tiers: Vec<&Value> = all[0]["by_tier"].as_array().unwrap().iter().map(|part| &part["value"]).collect();
    assert_eq!(tiers, ["gold", "prospect"]);
    let own = steward.get("/api/analytics/portfolio").by(&rita).send().await.expect(200).json["capital"].clone();
    let gold = json!([{"value": "gold", "investments": 1, "committed": usd("100.00"), "paid_in": usd("40.00")}]);
    assert_eq!(own[0]["by_tier"], gold);
    assert_eq!(own[0]["figures"]["nav"], Value::Null, "it has no valuation");
}

#[tokio::test]
async fn a_total_shows_its_valued_part() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let valued = invested(&steward, &admin, &investor, "equity", "100").await;
    let other = invested(&steward, &admin, &investor, "equity", "100").await;
    for (path, kind, date, amount) in [
        (&valued, "contribution", "2021-01-01", "80"),
        (&valued, "valuation", "2022-01-01", "100"),
        (&other, "contribution", "2021-01-01", "40"),
        (&other, "distribution", "2023-01-01", "10"),
    ] {
        flow(&steward, &admin, path, kind, date, amount).await.expect(201);
    }
    let held = &holdings(&steward, &admin, &investor).await[0];
    assert_eq!((&held["figures"]["nav"], &held["figures"]["reason"]), (&Value::Null, &json!("no_valuation")));
    let part = json!({
        "nav": usd("100.00"), "paid_in": usd("80.00"), "distributed": usd("0.00"), "rvpi": "1.2500", "tvpi": "1.2500",
        "unvalued_paid_in": usd("40.00"),
    });
    assert_eq!((&held["valued_part"], &held["unvalued"]), (&part, &json!(1)));
    assert_eq!((&held["irr"]["rate"], &held["irr"]["to"]), (&json!("0.250000"), &json!("2022-01-01")));
    let portfolio = steward.get("/api/analytics/portfolio").by(&admin).send().await.expect(200).json;
    assert_eq!(portfolio["capital"][0]["valued_part"], part);
    // Once everything is valued, the total is whole. No cash flow of any investment comes after the remaining value.
    flow(&steward, &admin, &other, "valuation", "2022-06-01", "50").await.expect(201);
    let held = &holdings(&steward, &admin, &investor).await[0];
    assert_eq!((&held["valued_part"], &held["figures"]["nav"]), (&Value::Null, &usd("140.00")));
    assert_eq!((&held["irr"]["to"], &held["valued_on"]), (&json!("2023-01-01"), &json!("2022-01-01")));
}
