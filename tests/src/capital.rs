//! Capital: the sums by currency, tier and status, and those of each investor, equal a recount of the cash flows after every
//! change, and even after repeated or out-of-order delivery.

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::Event;
use aws_sdk_dynamodb::types::AttributeValue;
use kernel::policy::Role;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::analytics::record;
use crate::support::{Person, Steward};

/// Number of investments, number without a valuation, committed, paid in, distributed, net asset value, unfunded, what was paid into
/// and distributed from those without a valuation, number of rolled-forward values.
type Sums = [Decimal; 10];
const NAMES: [&str; 10] = [
    "investments",
    "unvalued",
    "committed",
    "paid_in",
    "distributed",
    "nav",
    "unfunded",
    "unvalued_paid_in",
    "unvalued_distributed",
    "rolled_forward",
];
/// Sums by currency, tier and status.
type Capital = BTreeMap<String, Sums>;

fn amount(money: &Value) -> Decimal {
    money["amount"].as_str().unwrap().parse().unwrap()
}

fn add(all: &mut Capital, key: String, sums: Sums) {
    let entry = all.entry(key).or_default();
    for (sum, more) in entry.iter_mut().zip(sums) {
        *sum += more;
    }
}

/// The sums of one investment, computed from its cash flows alone.
fn counted(investment: &Value, flows: &[Value]) -> Sums {
    let sum = |kind: &str| flows.iter().filter(|flow| flow["kind"] == kind).map(|flow| amount(&flow["amount"])).sum();
    let (committed, paid_in, distributed): (Decimal, Decimal, Decimal) =
        (amount(&investment["commitment"]), sum("contribution"), sum("distribution"));
    let over = ["exited", "written_off"].contains(&investment["status"].as_str().unwrap());
    let valuations = flows.iter().filter(|flow| flow["kind"] == "valuation");
    let latest = valuations.max_by_key(|flow| (flow["date"].as_str().unwrap(), flow["id"].as_str().unwrap()));
    let later = |flow: &&Value| latest.is_some_and(|latest| flow["date"].as_str() > latest["date"].as_str());
    let since = |kind: &str| -> Decimal {
        flows.iter().filter(later).filter(|flow| flow["kind"] == kind).map(|flow| amount(&flow["amount"])).sum()
    };
    let (called, returned) = (since("contribution"), since("distribution"));
    let (nav, unfunded) = match latest {
        _ if over => (Decimal::ZERO, Decimal::ZERO),
        latest => {
            let rolled = latest.map(|flow| (amount(&flow["amount"]) + called - returned).max(Decimal::ZERO));
            (rolled.unwrap_or_default(), (committed - paid_in).max(Decimal::ZERO))
        }
    };
    let unvalued = Decimal::from(u8::from(!over && latest.is_none() && !paid_in.is_zero()));
    let moved = !called.is_zero() || !returned.is_zero();
    let rolled = u8::from(!over && moved);
    let (out, back) = (unvalued * paid_in, unvalued * distributed);
    [Decimal::ONE, unvalued, committed, paid_in, distributed, nav, unfunded, out, back, rolled.into()]
}

/// Everything `person` can see, computed from the cash flows, and each investor's holdings by currency.
async fn recount(steward: &Steward, person: &Person) -> (Capital, BTreeMap<String, Capital>) {
    let (mut capital, mut held) = (Capital::new(), BTreeMap::new());
    for investor in steward.all(person, "/api/investors", 100).await {
        let id = investor["id"].as_str().unwrap();
        let path = format!("/api/investors/{id}/investments");
        let mut own = Capital::new();
        for investment in steward.all(person, &path, 100).await {
            let flows = format!("{path}/{}/cash_flows", investment["id"].as_str().unwrap());
            let sums = counted(&investment, &steward.all(person, &flows, 100).await);
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let currency = text(&investment["commitment"]["currency"]);
            add(&mut capital, format!("{currency}#{}#{}", text(&investor["tier"]), text(&investment["status"])), sums);
            add(&mut own, currency, sums);
        }
        held.insert(id.to_owned(), own);
    }
    (capital, held)
}

/// The maintained sums of a partition, without those that are zero.
async fn maintained(steward: &Steward, partition: &str) -> Capital {
    let query = steward.stack.dynamodb().query().table_name("steward");
    let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :sk)").consistent_read(true);
    let query = query.expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
    let found = query.expression_attribute_values(":sk", AttributeValue::S("CAPITAL#".into())).send().await.unwrap();
    let mut capital = Capital::new();
    for item in found.items() {
        let key = item["sk"].as_s().unwrap().trim_start_matches("CAPITAL#");
        let (key, _shard) = key.rsplit_once('#').unwrap();
        let sum = |name: &str| item.get(&format!("sum#{name}")).map(|value| value.as_n().unwrap().parse().unwrap());
        add(&mut capital, key.to_owned(), NAMES.map(|name| sum(name).unwrap_or_default()));
    }
    capital.retain(|_, sums| sums.iter().any(|sum| !sum.is_zero()));
    capital
}

/// Asserts that the portfolio equals a recount: each currency in total, by tier and by status.
async fn expect_portfolio(steward: &Steward, person: &Person, capital: &Capital, when: &str) {
    let portfolio = steward.get("/api/analytics/portfolio").by(person).send().await.expect(200).json;
    let (mut expected, mut shown) = (BTreeMap::new(), BTreeMap::new());
    for (key, sums) in capital {
        let parts: Vec<&str> = key.split('#').collect();
        for part in [parts[0].to_owned(), format!("{} {}", parts[0], parts[1]), format!("{} {}", parts[0], parts[2])] {
            let entry: &mut [Decimal; 3] = expected.entry(part).or_default();
            for (sum, more) in entry.iter_mut().zip([sums[0], sums[2], sums[3]]) {
                *sum += more;
            }
        }
    }
    for one in portfolio["capital"].as_array().unwrap() {
        let currency = one["currency"].as_str().unwrap();
        let count = |part: &Value| Decimal::from(part["investments"].as_u64().unwrap());
        let figures = &one["figures"];
        shown.insert(currency.to_owned(), [count(one), amount(&figures["committed"]), amount(&figures["paid_in"])]);
        for part in ["by_tier", "by_status"].into_iter().flat_map(|by| one[by].as_array().unwrap()) {
            let name = format!("{currency} {}", part["value"].as_str().unwrap());
            shown.insert(name, [count(part), amount(&part["committed"]), amount(&part["paid_in"])]);
        }
        let all = capital.iter().filter(|(key, _)| key.starts_with(currency)).map(|(_, sums)| sums);
        let [unvalued, distributed, nav, unfunded] =
            [1, 4, 5, 6].map(|at| all.clone().map(|sums| sums[at]).sum::<Decimal>());
        assert_eq!(amount(&figures["distributed"]), distributed, "{when}: {currency}");
        assert_eq!(amount(&figures["unfunded"]), unfunded, "{when}: {currency}");
        assert_eq!(figures["nav"].is_null(), !unvalued.is_zero(), "{when}: {currency}");
        if unvalued.is_zero() {
            assert_eq!(amount(&figures["nav"]), nav, "{when}: {currency}");
            assert!(one["valued_part"].is_null(), "{when}: {currency}");
        } else {
            let [paid_in, out, back] = [3, 7, 8].map(|at| all.clone().map(|sums| sums[at]).sum::<Decimal>());
            let part =
                ["nav", "paid_in", "distributed", "unvalued_paid_in"].map(|name| amount(&one["valued_part"][name]));
            assert_eq!(part, [nav, paid_in - out, distributed - back, out], "{when}: {currency}");
        }
        let rolled = all.clone().map(|sums| sums[9]).sum::<Decimal>();
        assert_eq!(Decimal::from(one["rolled_forward"].as_u64().unwrap()), rolled, "{when}: {currency}");
    }
    assert_eq!(shown, expected, "{when}");
}

async fn expect_recount(steward: &Steward, people: [&Person; 3], when: &str) {
    steward.settle().await;
    let admin = people[0];
    for person in people {
        let (capital, held) = recount(steward, person).await;
        let partition = match person.id {
            id if id == admin.id => "STATS#ALL".to_owned(),
            id => format!("STATS#MANAGER#{id}"),
        };
        assert_eq!(maintained(steward, &partition).await, capital, "{when}: {partition}");
        expect_portfolio(steward, person, &capital, when).await;
        for (investor, own) in held {
            let path = format!("/api/investors/{investor}/holdings");
            let holdings = steward.get(&path).by(person).send().await.expect(200).json;
            let mut shown = Capital::new();
            for one in holdings["currencies"].as_array().unwrap() {
                let figures = &one["figures"];
                let sum = |name: &str| figures[name].as_object().map(|_| amount(&figures[name])).unwrap_or_default();
                let mut sums = NAMES.map(sum);
                sums[0] = one["investments"].as_u64().unwrap().into();
                sums[1] = one["unvalued"].as_u64().unwrap().into();
                if let Some(part) = one["valued_part"].as_object() {
                    sums[5] = amount(&part["nav"]);
                    sums[7] = amount(&part["unvalued_paid_in"]);
                    sums[8] = sums[4] - amount(&part["distributed"]);
                }
                sums[9] = one["rolled_forward"].as_u64().unwrap().into();
                shown.insert(one["currency"].as_str().unwrap().to_owned(), sums);
                let unvalued = own[one["currency"].as_str().unwrap()][1];
                assert_eq!(figures["nav"].is_null(), !unvalued.is_zero(), "{when}: {investor}");
            }
            assert_eq!(shown, own, "{when}: holdings of {investor}");
        }
    }
}

async fn make(steward: &Steward, by: &Person, path: &str, body: &Value) -> String {
    let made = steward.post(path).by(by).json(body).send().await.expect(201);
    made.headers["location"].to_str().unwrap().to_owned()
}

async fn invest(steward: &Steward, by: &Person, investor: &str, kind: &str, amount: &str, currency: &str) -> String {
    let money = json!({"amount": amount, "currency": currency});
    let new =
        json!({"kind": kind, "name": "Round", "commitment": money, "invested_on": "2024-03-01", "status": "active"});
    make(steward, by, &format!("{investor}/investments"), &new).await
}

async fn flow(steward: &Steward, by: &Person, investment: &str, kind: &str, date: &str, amount: &str) -> String {
    let read = steward.get(investment).by(by).send().await.expect(200).json;
    let currency = read["commitment"]["currency"].clone();
    let new = json!({"kind": kind, "date": date, "amount": {"amount": amount, "currency": currency}});
    make(steward, by, &format!("{investment}/cash_flows"), &new).await
}

async fn patch(steward: &Steward, by: &Person, path: &str, body: Value) {
    let version = version(steward, by, path).await;
    steward.patch(path).by(by).if_match(version).json(&body).send().await.expect(200);
}

async fn version(steward: &Steward, by: &Person, path: &str) -> u64 {
    match path.rsplit_once("/cash_flows/") {
        // A cash flow can only be read as part of its list.
        Some((investment, id)) => {
            let flows = steward.all(by, &format!("{investment}/cash_flows"), 100).await;
            flows.iter().find(|flow| flow["id"] == id).unwrap()["version"].as_u64().unwrap()
        }
        None => steward.get(path).by(by).send().await.expect(200).json["version"].as_u64().unwrap(),
    }
}

async fn delete(steward: &Steward, by: &Person, path: &str) {
    let version = version(steward, by, path).await;
    steward.delete(path).by(by).if_match(version).send().await.expect(204);
}

/// Creates three investors with investments in three currencies; returns the paths of investors, investments and cash flows.
async fn portfolio(steward: &Steward, by: &Person, manager: &Person) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (mut investors, mut investments, mut flows) = (Vec::new(), Vec::new(), Vec::new());
    for (name, tier) in [("One", "gold"), ("Two", "silver"), ("Three", "gold")] {
        let new = json!({"name": name, "kind": "fund", "tier": tier, "relationship_manager_id": manager.id});
        let investor = make(steward, by, "/api/investors", &new).await;
        for (kind, committed, currency) in
            [("equity", "1000.50", "USD"), ("fund_commitment", "900", "EUR"), ("note", "50000", "JPY")]
        {
            investments.push(invest(steward, by, &investor, kind, committed, currency).await);
        }
        investors.push(investor);
    }
    for investment in &investments {
        flows.push(flow(steward, by, investment, "contribution", "2024-03-01", "400").await);
        flows.push(flow(steward, by, investment, "distribution", "2025-01-10", "25").await);
    }
    for investment in &investments[..7] {
        flows.push(flow(steward, by, investment, "valuation", "2025-06-30", "510").await);
        flows.push(flow(steward, by, investment, "valuation", "2024-12-31", "470").await);
    }
    // After the latest valuation, so that the value is rolled forward.
    flows.push(flow(steward, by, &investments[2], "contribution", "2025-09-01", "30").await);
    flows.push(flow(steward, by, &investments[3], "distribution", "2025-09-01", "600").await);
    (investors, investments, flows)
}

#[tokio::test(flavor = "multi_thread")]
async fn capital_equals_a_recount_after_every_change() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let people = [&admin, &rita, &ralf];
    let (investors, investments, flows) = portfolio(&steward, &admin, &rita).await;
    expect_recount(&steward, people, "after the creation").await;
    let (capital, _) = recount(&steward, &admin).await;
    assert_eq!(capital["USD#gold#active"][3], Decimal::from(800), "the recount itself must find something");

    patch(&steward, &admin, &investors[0], json!({"tier": "platinum"})).await;
    expect_recount(&steward, people, "after a change of tier").await;
    patch(&steward, &admin, &investors[1], json!({"relationship_manager_id": ralf.id})).await;
    patch(&steward, &admin, &investors[2], json!({"relationship_manager_id": null})).await;
    expect_recount(&steward, people, "after a change of manager").await;

    let money = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    patch(&steward, &admin, &investments[0], json!({"commitment": money("2000", "USD")})).await;
    patch(&steward, &admin, &investments[1], json!({"status": "exited"})).await;
    patch(&steward, &admin, &investments[4], json!({"status": "written_off"})).await;
    let fresh = invest(&steward, &admin, &investors[0], "safe", "77.70", "USD").await;
    patch(&steward, &admin, &fresh, json!({"commitment": money("70", "KWD"), "status": "committed"})).await;
    expect_recount(&steward, people, "after changes of investments").await;

    patch(&steward, &admin, &flows[0], json!({"amount": money("450.25", "USD")})).await;
    patch(&steward, &admin, &flows[2], json!({"kind": "distribution"})).await;
    // The latest valuation of the first investment, the earlier one of the second, and all of the third.
    for gone in [&flows[18], &flows[21], &flows[22], &flows[23], &flows[5]] {
        delete(&steward, &admin, gone).await;
    }
    expect_recount(&steward, people, "after changes of cash flows").await;
    // Rolled-forward flows change, move before the valuation and disappear.
    patch(&steward, &admin, &flows[32], json!({"amount": money("31", "JPY")})).await;
    patch(&steward, &admin, &flows[33], json!({"amount": money("100", "USD"), "kind": "contribution"})).await;
    expect_recount(&steward, people, "after changes of rolled-forward cash flows").await;
    patch(&steward, &admin, &flows[33], json!({"date": "2025-06-30"})).await;
    delete(&steward, &admin, &flows[32]).await;
    expect_recount(&steward, people, "after the end of rolling forward").await;

    delete(&steward, &admin, &fresh).await;
    expect_recount(&steward, people, "after the deletion of an investment").await;
    delete(&steward, &admin, &investors[1]).await;
    expect_recount(&steward, people, "after the deletion of an investor").await;
    let (capital, _) = recount(&steward, &ralf).await;
    assert!(capital.is_empty(), "his only investor is deleted");
    let restore = steward.post(&format!("{}/restore", investors[1])).by(&admin).if_match(3);
    restore.send().await.expect(200);
    expect_recount(&steward, people, "after the restore").await;

    let versions = (version(&steward, &admin, &investors[0]).await, version(&steward, &admin, &investors[1]).await);
    let body = json!({"absorbed_id": investors[1].rsplit('/').next().unwrap(), "absorbed_version": versions.1});
    let merge = steward.post(&format!("{}/merges", investors[0])).by(&admin).if_match(versions.0).json(&body);
    merge.send().await.expect(200);
    expect_recount(&steward, people, "after a merge").await;
    let (_, held) = recount(&steward, &admin).await;
    assert_eq!((held.len(), held[investors[0].rsplit('/').next().unwrap()]["EUR"][0]), (2, Decimal::TWO));
}

#[tokio::test(flavor = "multi_thread")]
async fn capital_survives_redelivery_during_changes() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let (investors, investments, flows) = portfolio(&steward, &admin, &rita).await;
    let part = |path: &str, at: usize| path.split('/').nth(at).unwrap().to_owned();
    let mut records = Vec::new();
    for (n, path) in investments.iter().enumerate() {
        let (pk, sk) = (format!("INVESTOR#{}", part(path, 3)), format!("HOLDING#INVESTMENT#{}", part(path, 5)));
        records.push(record("investment", &pk, &sk, ["INSERT", "MODIFY"][n % 2]));
    }
    records.reverse();
    let records: Vec<Value> = [records.clone(), records].concat();
    let event: Event = serde_json::from_value(json!({"Records": records})).unwrap();
    // Alongside the stream itself: every record twice, in reverse order, to three functions, while other changes happen.
    let rivals = (0..3).map(|_| on_change::handle(steward.app(), event.clone()));
    let ids: Vec<_> = investors.iter().map(|path| part(path, 3).parse().unwrap()).collect();
    let refreshed = ids.iter().map(|id| investor_relations::analytics::refresh_investments(steward.app(), *id));
    let changes = async {
        patch(&steward, &admin, &investors[0], json!({"tier": "bronze"})).await;
        delete(&steward, &admin, &flows[1]).await;
        patch(&steward, &admin, &investors[1], json!({"relationship_manager_id": ralf.id})).await;
        patch(&steward, &admin, &investments[3], json!({"status": "exited"})).await;
        delete(&steward, &admin, &investors[2]).await;
        flow(&steward, &admin, &investments[4], "distribution", "2025-03-01", "12.34").await;
    };
    let (answers, refreshed, ()) =
        tokio::join!(futures_util::future::join_all(rivals), futures_util::future::join_all(refreshed), changes);
    let contended = answers.iter().filter(|answer| !answer.batch_item_failures.is_empty()).count();
    for _ in 0..contended + refreshed.iter().filter(|done| done.is_err()).count() {
        // Batches that hit too much contention are redelivered.
        assert!(on_change::handle(steward.app(), event.clone()).await.batch_item_failures.is_empty());
    }
    let people = [&admin, &rita, &ralf];
    expect_recount(&steward, people, "after redelivery").await;
    let gone = record("investment", "INVESTOR#gone", "HOLDING#INVESTMENT#gone", "REMOVE");
    let late: Vec<Value> = records.into_iter().chain([gone]).collect();
    let late: Event = serde_json::from_value(json!({"Records": late})).unwrap();
    assert!(on_change::handle(steward.app(), late).await.batch_item_failures.is_empty());
    expect_recount(&steward, people, "after a late delivery").await;
}
