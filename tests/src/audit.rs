//! The audit trail: complete, hash-chained and tamper-evident.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::policy::Role;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, Steward};

type Item = HashMap<String, AttributeValue>;

/// Every item in the table.
pub async fn items(steward: &Steward) -> Vec<Item> {
    let table = steward.app().table();
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let page = table.client().scan().table_name(table.name()).set_exclusive_start_key(start).send().await.unwrap();
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return items;
        }
    }
}

/// Every item in the table, as text.
pub async fn dump(steward: &Steward) -> String {
    format!("{:?}", items(steward).await)
}

async fn verify(steward: &Steward, person: &Person, investor: &str) -> Value {
    let path = format!("/api/audit/verify?entity_type=investor&entity_id={investor}");
    steward.get(&path).by(person).send().await.expect(200).json
}

async fn records(steward: &Steward, person: &Person, query: &str) -> Vec<Value> {
    steward.all(person, &format!("/api/audit?{query}"), 50).await
}

fn actions(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["action"].as_str().unwrap()).collect()
}

/// Creates an investor with five versions and some recorded reads.
async fn with_history(steward: &Steward, admin: &Person) -> Answer {
    let investor = steward.investor(admin, "Acme").await;
    let path = format!("/api/investors/{}", investor.id());
    for version in 1..5 {
        let patch =
            json!({"notes": format!("note {version}"), "tier": if version % 2 == 0 { "gold" } else { "silver" }});
        steward.patch(&path).by(admin).if_match(version).json(&patch).send().await.expect(200);
        steward.get(&path).by(admin).send().await.expect(200);
    }
    steward.settle().await;
    investor
}

#[tokio::test]
async fn changes_and_reads_of_personal_data_are_recorded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = with_history(&steward, &admin).await;
    let found = records(&steward, &admin, &format!("entity_type=investor&entity_id={}", investor.id())).await;
    let names = actions(&found);
    assert_eq!(names.iter().filter(|name| **name == "investor_update").count(), 4);
    assert_eq!(names.iter().filter(|name| **name == "investor_get").count(), 4);
    assert!(names.contains(&"investor_create"));
    let update = found.iter().find(|record| record["action"] == "investor_update").unwrap();
    assert_eq!(update["actor_name"], "Ada Admin");
    let notes = update["changes"].as_array().unwrap().iter().find(|change| change["field"] == "notes").unwrap();
    assert_eq!((notes["before"].as_str(), notes["after"].as_str()), (Some("note 3"), Some("note 4")));
    let everywhere = records(&steward, &admin, "").await;
    let update = everywhere.iter().find(|record| record["action"] == "investor_update").unwrap();
    let notes = update["changes"].as_array().unwrap().iter().find(|change| change["field"] == "notes").unwrap();
    assert_eq!(
        (&notes["after"], &notes["sealed"]),
        (&Value::Null, &json!(true)),
        "personal values stay encrypted in the full trail"
    );
}

#[tokio::test]
async fn sign_ins_failures_and_refusals_are_recorded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let anna = steward.user(&admin, "anna", &[Role::Analyst]).await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let secret = steward.investor(&admin, "Secret").await;
    let login =
        |password: &str| steward.post("/api/auth/login").json(&json!({"username": "anna", "password": password}));
    login("not the password").send().await.expect(401);
    login(PASSWORD).send().await.expect(200);
    steward.get("/api/audit").by(&anna).send().await.expect(403);
    steward.get(&format!("/api/investors/{}", secret.id())).by(&rita).send().await.expect(404);
    steward.settle().await;
    let found = records(&steward, &admin, &format!("entity_type=user&entity_id={}", anna.id)).await;
    for action in ["user_create", "login_failed", "login_succeeded", "denied"] {
        assert!(actions(&found).contains(&action), "{action} is missing: {:?}", actions(&found));
    }
    let denied = found.iter().find(|record| record["action"] == "denied").unwrap();
    assert_eq!(denied["changes"][0]["after"], "GET /api/audit");
    let found = records(&steward, &admin, &format!("actor_id={}", rita.id)).await;
    assert!(actions(&found).contains(&"denied"), "a 404 for a hidden investor is recorded as a refusal");
}

#[tokio::test]
async fn a_time_range_limits_the_search() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.investor(&admin, "First").await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let middle = kernel::time::Timestamp::now();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    steward.investor(&admin, "Second").await;
    let after = records(&steward, &admin, &format!("from={middle}")).await;
    assert_eq!(after.len(), 1, "{after:?}");
    let before = records(&steward, &admin, &format!("to={middle}")).await;
    assert!(before.iter().all(|record| record["at"].as_str().unwrap() <= middle.to_string().as_str()));
    assert!(actions(&before).contains(&"investor_create"));
    for limit in [1, 2] {
        let paged = steward.all(&admin, "/api/audit", limit).await;
        assert_eq!(paged.len(), before.len() + after.len());
    }
}

#[tokio::test]
async fn an_intact_chain_verifies() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = with_history(&steward, &admin).await;
    let verdict = verify(&steward, &admin, &investor.id()).await;
    assert_eq!(verdict["valid"], true, "{verdict}");
    assert_eq!(verdict["records"], 9);
    assert_eq!(verdict["broken_at"], Value::Null);
}

/// The stored records of one of the investor's chains, in order.
async fn chain(steward: &Steward, investor: &str, kind: &str) -> Vec<Item> {
    let pk = format!("AUDIT#investor#{investor}");
    let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
    let mut found: Vec<Item> = items(steward)
        .await
        .into_iter()
        .filter(|item| text(item, "pk") == pk && text(item, "sk").starts_with(kind))
        .collect();
    found.sort_by_key(|item| text(item, "sk"));
    found
}

async fn put(steward: &Steward, item: Item) {
    let table = steward.app().table();
    table.client().put_item().table_name(table.name()).set_item(Some(item)).send().await.unwrap();
}

async fn remove(steward: &Steward, item: &Item) {
    let table = steward.app().table();
    let delete = table.client().delete_item().table_name(table.name());
    delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
}

fn set(item: &mut Item, field: &str, value: AttributeValue) {
    let Some(AttributeValue::M(card)) = item.get_mut("card") else { panic!("no card") };
    card.insert(field.into(), value);
}

#[tokio::test]
async fn a_changed_record_breaks_either_chain() {
    for (kind, place) in [("CHANGE#", 3), ("ACCESS#", 2)] {
        let steward = Steward::start().await;
        let admin = steward.admin().await;
        let investor = with_history(&steward, &admin).await;
        let mut record = chain(&steward, &investor.id(), kind).await.remove(place - 1);
        set(&mut record, "actor_name", AttributeValue::S("Mallory".into()));
        put(&steward, record).await;
        let verdict = verify(&steward, &admin, &investor.id()).await;
        assert_eq!((&verdict["valid"], &verdict["broken_at"]), (&json!(false), &json!(place)), "{verdict}");
    }
}

#[tokio::test]
async fn a_removed_record_breaks_the_chain_anywhere() {
    for place in [1, 3, 5] {
        let steward = Steward::start().await;
        let admin = steward.admin().await;
        let investor = with_history(&steward, &admin).await;
        remove(&steward, &chain(&steward, &investor.id(), "CHANGE#").await[place - 1]).await;
        let verdict = verify(&steward, &admin, &investor.id()).await;
        assert_eq!((&verdict["valid"], &verdict["broken_at"]), (&json!(false), &json!(place)), "{verdict}");
    }
}

#[tokio::test]
async fn reordered_records_break_the_chain() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = with_history(&steward, &admin).await;
    let mut found = chain(&steward, &investor.id(), "CHANGE#").await;
    let (mut third, mut second) = (found.remove(2), found.remove(1));
    set(&mut third, "sequence", AttributeValue::N("2".into()));
    set(&mut second, "sequence", AttributeValue::N("3".into()));
    put(&steward, third).await;
    put(&steward, second).await;
    let verdict = verify(&steward, &admin, &investor.id()).await;
    assert_eq!((&verdict["valid"], &verdict["broken_at"]), (&json!(false), &json!(2)), "{verdict}");
}

#[tokio::test]
async fn a_trail_is_readable_only_with_its_investor() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let hers = steward.investor(&rita, "Hers").await;
    let path = format!("/api/audit?entity_type=investor&entity_id={}", hers.id());
    steward.get(&path).by(&rita).send().await.expect(200);
    steward.get(&path).by(&sam).send().await.problem(404, "not_found");
    steward.get("/api/audit").by(&rita).send().await.problem(403, "forbidden");
    let users = format!("/api/audit?entity_type=user&entity_id={}", rita.id);
    steward.get(&users).by(&rita).send().await.problem(403, "forbidden");
}
