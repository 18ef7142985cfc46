//! Analytics: every figure equals a recount of the entities, even after repeated, late or out-of-order delivery.

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::Event;
use kernel::policy::Role;
use kernel::time::{Date, Timestamp};
use serde_json::{Value, json};

use crate::support::{Person, Steward};

async fn analytics(steward: &Steward, person: &Person, what: &str) -> Value {
    steward.get(&format!("/api/analytics/{what}")).by(person).send().await.expect(200).json
}

async fn log(steward: &Steward, person: &Person, investor: &str, kind: &str, at: &str) -> String {
    let new = json!({"kind": kind, "occurred_at": at, "summary": "Spoke"});
    steward.post(&format!("/api/investors/{investor}/activities")).by(person).json(&new).send().await.expect(201).id()
}

/// Counts a list of investors by one of their fields.
fn tally(investors: &[Value], field: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for investor in investors {
        *counts.entry(investor[field].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

fn shown(counts: &Value) -> BTreeMap<String, u64> {
    let count = |one: &Value| (one["value"].as_str().unwrap().to_owned(), one["count"].as_u64().unwrap());
    counts.as_array().unwrap().iter().map(count).filter(|(_, count)| *count > 0).collect()
}

async fn expect_portfolio(steward: &Steward, person: &Person, when: &str) {
    let investors = steward.all(person, "/api/investors", 100).await;
    let portfolio = analytics(steward, person, "portfolio").await;
    assert_eq!(portfolio["investors"], investors.len(), "{when}");
    for (field, counts) in [("tier", "by_tier"), ("status", "by_status"), ("kind", "by_kind")] {
        assert_eq!(shown(&portfolio[counts]), tally(&investors, field), "{when}: {counts}");
    }
}

#[tokio::test]
async fn the_portfolio_equals_a_recount_after_every_change() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let mut ids = Vec::new();
    for (n, tier) in ["gold", "silver", "gold", "prospect", "platinum"].into_iter().enumerate() {
        let new = json!({"name": format!("I{n}"), "kind": "fund", "tier": tier, "relationship_manager_id": rita.id});
        ids.push(steward.post("/api/investors").by(&admin).json(&new).send().await.expect(201).id());
    }
    steward.settle().await;
    let changes = [
        json!({"tier": "bronze"}),
        json!({"status": "inactive", "kind": "person"}),
        json!({"relationship_manager_id": ralf.id}),
        json!({"relationship_manager_id": null, "tier": "gold"}),
    ];
    for (id, change) in ids.iter().zip(&changes) {
        let path = format!("/api/investors/{id}");
        steward.patch(&path).by(&admin).if_match(1).json(change).send().await.expect(200);
    }
    steward.delete(&format!("/api/investors/{}", ids[4])).by(&admin).if_match(1).send().await.expect(204);
    steward.settle().await;
    for person in [&admin, &rita, &ralf] {
        expect_portfolio(&steward, person, "after the changes").await;
    }
    steward.post(&format!("/api/investors/{}/restore", ids[4])).by(&admin).if_match(2).send().await.expect(200);
    steward.settle().await;
    expect_portfolio(&steward, &rita, "after the restore").await;
}

#[tokio::test]
async fn activities_are_counted_by_period_kind_and_user() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let investor = steward.investor(&rita, "Acme").await.id();
    for (kind, at) in [
        ("call", "2026-01-31T23:59:59Z"),
        ("call", "2026-02-01T00:00:00Z"),
        ("meeting", "2026-02-01T12:00:00Z"),
        ("email", "2026-02-02T12:00:00Z"),
    ] {
        log(&steward, &rita, &investor, kind, at).await;
    }
    log(&steward, &admin, &investor, "note", "2026-02-02T13:00:00Z").await;
    steward.settle().await;
    let points = |trend: &Value| -> Vec<(String, u64)> {
        let points = trend["points"].as_array().unwrap().iter();
        points.map(|p| (p["start"].as_str().unwrap().to_owned(), p["total"].as_u64().unwrap())).collect()
    };
    let trend = analytics(&steward, &admin, "activity?interval=month&from=2026-01-01&to=2026-03-31").await;
    assert_eq!(points(&trend), [("2026-01-01".into(), 1), ("2026-02-01".into(), 4), ("2026-03-01".into(), 0)]);
    assert_eq!(trend["counts"], json!({"email": 1, "call": 2, "meeting": 1, "note": 1, "update": 0}));
    let trend = analytics(&steward, &admin, "activity?interval=week&from=2026-01-26&to=2026-02-02").await;
    assert_eq!(points(&trend), [("2026-01-26".into(), 3), ("2026-02-02".into(), 2)]);
    let trend = analytics(&steward, &admin, "activity?interval=day&from=2026-02-01&to=2026-02-02").await;
    assert_eq!(
        (points(&trend), &trend["total"]),
        (vec![("2026-02-01".into(), 2), ("2026-02-02".into(), 2)], &json!(4))
    );

    let own = analytics(&steward, &rita, "activity?interval=month&from=2026-01-01&to=2026-03-31").await;
    assert_eq!(own["total"], 4, "a relationship manager sees the activities they recorded");
    let theirs = format!("/api/analytics/activity?user_id={}", admin.id);
    steward.get(&theirs).by(&rita).send().await.problem(404, "not_found");
    let of_user =
        analytics(&steward, &admin, &format!("activity?from=2026-01-01&to=2026-03-31&user_id={}", admin.id)).await;
    assert_eq!(of_user["total"], 1);

    let highlights = analytics(&steward, &admin, "highlights?month=2026-02-15").await;
    let users: Vec<u64> =
        highlights["users"].as_array().unwrap().iter().map(|u| u["total"].as_u64().unwrap()).collect();
    assert_eq!((users, &highlights["month"]), (vec![3, 1], &json!("2026-02-01")));
    assert_eq!(
        (&highlights["top_investors"][0]["total"], &highlights["top_investors"][0]["last_day"]),
        (&json!(4), &json!("2026-02-02"))
    );
    let own = analytics(&steward, &rita, "highlights?month=2026-02-15").await;
    assert_eq!((own["users"].as_array().unwrap().len(), own["top_investors"].as_array().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn figures_follow_changes_to_activities_and_investors() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let investor = steward.investor(&rita, "Acme").await.id();
    let now = Timestamp::now().plus_seconds(-5).to_string();
    let first = log(&steward, &rita, &investor, "call", &now).await;
    let second = log(&steward, &rita, &investor, "meeting", &now).await;
    steward.settle().await;
    let of_investor = || async {
        let path = format!("/api/investors/{investor}/analytics");
        steward.get(&path).by(&admin).send().await.expect(200).json
    };
    let figures = of_investor().await;
    assert_eq!((&figures["counts"]["call"], &figures["total"]), (&json!(1), &json!(2)));
    assert_eq!(figures["last_contact_on"], Date::today().to_string());
    assert_eq!(figures["engagement_score"], 55, "a meeting and a call today: 100 × (1 − e^−0.8)");
    assert_eq!(figures["months"].as_array().unwrap().last().unwrap()["total"], 2);

    let path = format!("/api/investors/{investor}/activities/{first}");
    let moved = json!({"kind": "email", "occurred_at": "2026-01-05T10:00:00Z"});
    steward.patch(&path).by(&rita).if_match(1).json(&moved).send().await.expect(200);
    let path = format!("/api/investors/{investor}/activities/{second}");
    steward.delete(&path).by(&rita).if_match(1).send().await.expect(204);
    steward.settle().await;
    let figures = of_investor().await;
    assert_eq!((&figures["counts"]["email"], &figures["total"]), (&json!(1), &json!(1)));
    assert_eq!(figures["last_contact_on"], "2026-01-05");

    let third = log(&steward, &rita, &investor, "call", &now).await;
    let change = json!({"name": "Renamed", "relationship_manager_id": ralf.id});
    steward.patch(&format!("/api/investors/{investor}")).by(&admin).if_match(1).json(&change).send().await.expect(200);
    steward.settle().await;
    let shown = |highlights: &Value| {
        let recent = &highlights["recent_activities"];
        (
            recent[0]["activity_id"].clone(),
            recent[0]["investor_name"].clone(),
            highlights["top_investors"][0]["name"].clone(),
        )
    };
    let renamed = (json!(third), json!("Renamed"), json!("Renamed"));
    assert_eq!(shown(&analytics(&steward, &ralf, "highlights").await), renamed);
    assert_eq!(shown(&analytics(&steward, &admin, "highlights").await), renamed);
    let nothing = (Value::Null, Value::Null, Value::Null);
    assert_eq!(
        shown(&analytics(&steward, &rita, "highlights").await),
        nothing,
        "the investor belongs to someone else now"
    );
    steward.delete(&format!("/api/investors/{investor}")).by(&admin).if_match(2).send().await.expect(204);
    steward.settle().await;
    assert_eq!(
        shown(&analytics(&steward, &admin, "highlights").await),
        nothing,
        "a deleted investor appears in no list"
    );
    assert_eq!(
        analytics(&steward, &admin, "activity?interval=month").await["total"],
        2,
        "activities of a deleted investor still count"
    );
}

/// A stream record that contains only the item's key; each count reads the current state.
pub fn record(kind: &str, pk: &str, sk: &str, name: &str) -> Value {
    let keys = json!({"pk": {"S": pk}, "sk": {"S": sk}});
    let image = json!({"pk": {"S": pk}, "sk": {"S": sk}, "type": {"S": kind}});
    json!({"eventID": format!("{sk}-{name}"), "eventName": name, "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1", "dynamodb": {"ApproximateCreationDateTime": 1_795_000_000.0, "Keys": keys, "NewImage": image,
        "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_survive_redelivery_to_concurrent_functions() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let mut records = Vec::new();
    for n in 0..12 {
        let kind = ["call", "email", "meeting"][n % 3];
        let id = log(&steward, &admin, &investor, kind, &format!("2026-0{}-10T10:00:00Z", 1 + n % 2)).await;
        records.push(record("activity", &format!("INVESTOR#{investor}"), &format!("ACTIVITY#{id}"), "MODIFY"));
    }
    let gone = log(&steward, &admin, &investor, "note", "2026-01-10T10:00:00Z").await;
    records.push(record("activity", &format!("INVESTOR#{investor}"), &format!("ACTIVITY#{gone}"), "INSERT"));
    let path = format!("/api/investors/{investor}/activities/{gone}");
    steward.delete(&path).by(&admin).if_match(1).send().await.expect(204);
    // Alongside the stream itself: every record twice, in reverse order, to four functions at once.
    records.reverse();
    let records: Vec<Value> = [records.clone(), records].concat();
    let event: Event = serde_json::from_value(json!({"Records": records})).unwrap();
    let rivals = (0..4).map(|_| on_change::handle(steward.app(), event.clone()));
    let mut answers = futures_util::future::join_all(rivals).await;
    answers.retain(|answer| !answer.batch_item_failures.is_empty());
    for _ in answers {
        // Batches that hit too much contention are redelivered.
        assert!(on_change::handle(steward.app(), event.clone()).await.batch_item_failures.is_empty());
    }
    steward.settle().await;
    let trend = analytics(&steward, &admin, "activity?interval=month&from=2026-01-01&to=2026-02-28").await;
    assert_eq!(trend["counts"], json!({"email": 4, "call": 4, "meeting": 4, "note": 0, "update": 0}));
    assert_eq!((&trend["points"][0]["total"], &trend["points"][1]["total"]), (&json!(6), &json!(6)));
    let figures = steward.get(&format!("/api/investors/{investor}/analytics")).by(&admin).send().await.expect(200).json;
    assert_eq!(figures["counts"], trend["counts"]);
    let highlights = analytics(&steward, &admin, "highlights?month=2026-01-01").await;
    assert_eq!((&highlights["top_investors"][0]["total"], &highlights["users"][0]["total"]), (&json!(6), &json!(6)));
}

#[tokio::test]
async fn an_invalid_date_range_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for query in [
        "from=2026-02-02&to=2026-02-01",
        "from=1990-01-01",
        "interval=day&from=2020-01-01",
        "from=x",
        "interval=hour",
        "user_id=1",
    ] {
        let refused = steward.get(&format!("/api/analytics/activity?{query}")).by(&admin).send().await;
        assert!(refused.status.is_client_error(), "{query}: {}", refused.text);
        let named = query.split(['=', '&']).find(|part| refused.text.contains(&format!("\"{part}\"")));
        assert!(named.is_some(), "{query}: {}", refused.text);
    }
}
