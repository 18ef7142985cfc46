//! Investors: life cycle, lists and visibility.

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::support::Steward;

fn full(name: &str, email: &str) -> Value {
    json!({
        "name": name, "kind": "person", "email": email, "phone": "+1 212 555 0100", "address": "1 Main St\nSpringfield",
        "country": "us", "tier": "gold", "status": "active", "tags": ["Tech", "angel", "tech"], "notes": "Likes tea",
        "external_key": format!("K-{name}"),
    })
}

#[tokio::test]
async fn an_investor_can_be_created_edited_deleted_and_restored() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let created = steward.post("/api/investors").by(&admin).json(&full("Ann", "ann@example.com")).send().await;
    let created = created.expect(201);
    let path = created.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(path, format!("/api/investors/{}", created.id()));
    assert_eq!(created.json["tags"], json!(["angel", "Tech"]));
    assert_eq!(created.json["country"], "US");
    let read = steward.get(&path).by(&admin).send().await.expect(200);
    assert_eq!(read.json, created.json);
    assert_eq!(read.etag(), "\"1\"");

    let patch = json!({"tier": "platinum", "phone": null});
    let changed = steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(changed.json["tier"], "platinum");
    assert_eq!(changed.json["phone"], Value::Null);
    assert_eq!(changed.json["address"], "1 Main St\nSpringfield");
    let same = steward.patch(&path).by(&admin).if_match(2).json(&json!({"tier": "platinum"})).send().await.expect(200);
    assert_eq!(same.json["version"], 2, "a patch that changes nothing keeps the version");

    steward.delete(&path).by(&admin).send().await.problem(428, "precondition_required");
    steward.delete(&path).by(&admin).if_match(1).send().await.problem(412, "stale_version");
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(204);
    steward.patch(&path).by(&admin).if_match(3).json(&patch).send().await.problem(409, "state_conflict");
    let gone = steward.get("/api/investors").by(&admin).send().await.expect(200);
    assert_eq!(gone.json["items"], json!([]));
    let bin = steward.get("/api/investors?deleted=true").by(&admin).send().await.expect(200);
    assert_eq!(bin.json["items"][0]["id"].as_str(), Some(created.id().as_str()));
    let restore = format!("{path}/restore");
    let back = steward.post(&restore).by(&admin).if_match(3).send().await.expect(200);
    assert_eq!(back.json["deleted_at"], Value::Null);
    steward.post(&restore).by(&admin).if_match(4).send().await.problem(409, "state_conflict");
}

#[tokio::test]
async fn email_and_external_key_are_unique() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let create = |body: Value| steward.post("/api/investors").by(&admin).json(&body);
    let ann = create(full("Ann", "ann@example.com")).send().await.expect(201);
    create(full("Bob", "ANN@Example.com")).send().await.problem(409, "email_taken");
    let mut key = full("Bob", "bob@example.com");
    key["external_key"] = json!("k-ann");
    create(key).send().await.problem(409, "external_key_taken");
    let bob = create(full("Bob", "bob@example.com")).send().await.expect(201);
    let path = format!("/api/investors/{}", bob.id());
    let patch = json!({"email": "ann@example.com"});
    steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.problem(409, "email_taken");
    let ann = format!("/api/investors/{}", ann.id());
    steward.patch(&ann).by(&admin).if_match(1).json(&json!({"email": null})).send().await.expect(200);
    steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
}

#[tokio::test]
async fn pages_cover_the_list_in_name_order_exactly_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let names = ["delta", "Älpha", "bravo", "Charlie", "echo", "Bravo 2", "zulu"];
    for name in names {
        steward.investor(&admin, name).await;
    }
    let expected = ["Älpha", "bravo", "Bravo 2", "Charlie", "delta", "echo", "zulu"];
    for limit in [1, 2, 3, 6, 7, 100] {
        let items = steward.all(&admin, "/api/investors", limit).await;
        let got: Vec<&str> = items.iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(got, expected, "limit {limit}");
    }
}

#[tokio::test]
async fn lists_can_be_filtered_by_several_fields() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    for n in 0..12 {
        let body = json!({
            "name": format!("Investor {n:02}"), "kind": "fund", "tier": if n % 2 == 0 { "gold" } else { "silver" },
            "status": if n % 3 == 0 { "inactive" } else { "active" }, "tags": if n < 6 { json!(["Early"]) } else { json!([]) },
            "relationship_manager_id": if n % 4 == 0 { json!(rita.id) } else { Value::Null },
        });
        steward.post("/api/investors").by(&admin).json(&body).send().await.expect(201);
    }
    steward.settle().await;
    let count = async |query: &str| steward.all(&admin, &format!("/api/investors?{query}"), 2).await.len();
    assert_eq!(count("tier=gold").await, 6);
    assert_eq!(count("status=inactive").await, 4);
    assert_eq!(count("tag=early").await, 6);
    assert_eq!(count(&format!("relationship_manager_id={}", rita.id)).await, 3);
    assert_eq!(count("tier=gold&status=inactive").await, 2);
    assert_eq!(count("tier=gold&tag=Early").await, 3);
    assert_eq!(count(&format!("tier=gold&status=active&tag=Early&relationship_manager_id={}", rita.id)).await, 1);
    assert_eq!(count("tier=bronze").await, 0);
    let first = steward.get("/api/investors?tier=gold&limit=1").by(&admin).send().await.json["items"][0].clone();
    let path = format!("/api/investors/{}", first["id"].as_str().unwrap());
    steward
        .patch(&path)
        .by(&admin)
        .if_match(1)
        .json(&json!({"tier": "bronze", "name": "Moved"}))
        .send()
        .await
        .expect(200);
    steward.settle().await;
    assert_eq!((count("tier=gold").await, count("tier=bronze").await), (5, 1));
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(204);
    steward.settle().await;
    assert_eq!((count("tier=bronze").await, count("tag=early").await), (0, 5));
}

#[tokio::test]
async fn a_relationship_manager_sees_only_their_own_investors() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let hers = steward.investor(&rita, "Hers").await;
    assert_eq!(hers.json["relationship_manager_id"], json!(rita.id));
    let his = steward.investor(&sam, "His").await;
    let list = steward.all(&rita, "/api/investors", 10).await;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["name"], "Hers");
    let query = format!("/api/investors?relationship_manager_id={}", sam.id);
    assert_eq!(steward.all(&rita, &query, 10).await.len(), 0);
    let path = format!("/api/investors/{}", his.id());
    steward.get(&path).by(&rita).send().await.problem(404, "not_found");
    steward.patch(&path).by(&rita).if_match(1).json(&json!({"name": "Mine"})).send().await.problem(404, "not_found");
    steward.delete(&path).by(&rita).if_match(1).send().await.problem(404, "not_found");
    let mine = format!("/api/investors/{}", hers.id());
    let give = json!({"relationship_manager_id": sam.id});
    steward.patch(&mine).by(&rita).if_match(1).json(&give).send().await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_analyst_can_read_but_not_edit_investors() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let his = steward.investor(&sam, "His").await;
    let path = format!("/api/investors/{}", his.id());
    let analyst = steward.user(&admin, "anna", &[Role::Analyst]).await;
    steward.get(&path).by(&analyst).send().await.expect(200);
    steward.patch(&path).by(&analyst).if_match(1).json(&json!({"name": "x"})).send().await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_investor_is_assigned_only_to_eligible_users() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let anna = steward.user(&admin, "anna", &[Role::Analyst]).await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let body = |manager: Value| json!({"name": "N", "kind": "fund", "relationship_manager_id": manager});
    let create = |body: Value| steward.post("/api/investors").by(&admin).json(&body);
    let refused = create(body(json!(anna.id))).send().await.problem(422, "invalid_input");
    assert_eq!(refused.fields(), ["relationship_manager_id"]);
    let nobody = create(body(json!(kernel::id::new()))).send().await.problem(422, "invalid_input");
    assert_eq!(nobody.fields(), ["relationship_manager_id"]);
    create(body(json!(rita.id))).send().await.expect(201);
}

#[tokio::test]
async fn personal_fields_are_stored_only_as_ciphertext() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.post("/api/investors").by(&admin).json(&full("Ann Visible", "secret@example.com")).send().await.expect(201);
    steward.settle().await;
    let everything = crate::audit::dump(&steward).await;
    assert!(everything.contains("Ann Visible"));
    for secret in ["secret@example.com", "555 0100", "Main St", "Likes tea"] {
        assert!(!everything.contains(secret), "{secret} is stored in plain text");
    }
}
