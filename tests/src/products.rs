//! Products: who can see and change them, their teams and their keys.

use kernel::policy::Role;
use serde_json::json;

use crate::support::{Answer, Person, Steward};

async fn product(steward: &Steward, owner: &Person, key: &str) -> Answer {
    let new = json!({"key": key, "name": format!("Product {key}"), "status": "active"});
    steward.post("/api/products").by(owner).json(&new).send().await.expect(201)
}

fn path(product: &Answer) -> String {
    format!("/api/products/{}", product.id())
}

#[tokio::test]
async fn a_product_can_be_created_changed_archived_and_reopened() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let made = product(&steward, &mia, "orb").await;
    assert_eq!((made.json["key"].as_str(), made.json["owner_id"].as_str()), (Some("ORB"), Some(&*mia.id.to_string())));
    assert_eq!(made.json["aging_alert_days"], 14);
    let path = path(&made);
    let patch = json!({"description": "# Orbit", "wip_limits": {"in_progress": 3}});
    let changed = steward.patch(&path).by(&mia).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(changed.json["wip_limits"], json!({"open": null, "in_progress": 3, "blocked": null, "in_review": null}));
    steward.patch(&path).by(&mia).if_match(1).json(&json!({"name": "Late"})).send().await.problem(412, "stale_version");
    steward.patch(&path).by(&mia).if_match(2).json(&json!({"status": "archived"})).send().await.expect(200);
    let refused = steward.patch(&path).by(&mia).if_match(3).json(&json!({"name": "Closed"})).send().await;
    refused.problem(409, "state_conflict");
    assert!(steward.all(&admin, "/api/products", 10).await.is_empty());
    assert_eq!(steward.all(&admin, "/api/products?status=archived", 10).await.len(), 1);
    let reopened = steward.patch(&path).by(&mia).if_match(3).json(&json!({"status": "launched"})).send().await;
    assert_eq!(reopened.expect(200).json["version"], 4);
    let verify = format!("/api/audit/verify?entity_type=product&entity_id={}", made.id());
    let verified = steward.get(&verify).by(&mia).send().await.expect(200);
    assert_eq!((verified.json["valid"].as_bool(), verified.json["records"].as_u64()), (Some(true), Some(4)));
}

#[tokio::test]
async fn a_product_key_is_unique() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    product(&steward, &admin, "ORB").await;
    let again = steward.post("/api/products").by(&admin).json(&json!({"key": "orb", "name": "Other"})).send().await;
    again.problem(409, "product_key_taken");
}

#[tokio::test]
async fn invalid_product_fields_are_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for (field, wrong) in [
        ("key", json!({"key": "1A", "name": "x"})),
        ("wip_limits", json!({"key": "AB", "name": "x", "wip_limits": {"open": 0}})),
        ("aging_alert_days", json!({"key": "AB", "name": "x", "aging_alert_days": 0})),
        ("owner_id", json!({"key": "AB", "name": "x", "owner_id": kernel::id::new()})),
    ] {
        let refused = steward.post("/api/products").by(&admin).json(&wrong).send().await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), [field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_changes_what_members_can_see() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let made = product(&steward, &mia, "ORB").await;
    let path = path(&made);
    for stranger in [&max, &tom] {
        steward.get(&path).by(stranger).send().await.problem(404, "not_found");
    }
    steward.patch(&path).by(&max).if_match(1).json(&json!({"name": "Mine"})).send().await.problem(404, "not_found");
    let member = |user: &Person| format!("{path}/members/{}", user.id);
    let engineer = json!({"role": "engineer"});
    steward.request("PUT", &member(&tom)).by(&mia).if_match(1).json(&engineer).send().await.expect(200);
    steward.request("PUT", &member(&max)).by(&mia).if_match(2).json(&engineer).send().await.expect(200);
    steward.settle().await;
    for member in [&tom, &max] {
        assert_eq!(steward.all(member, "/api/products", 10).await.len(), 1);
        steward.get(&path).by(member).send().await.expect(200);
        let refused = steward.patch(&path).by(member).if_match(3).json(&json!({"name": "Mine"})).send().await;
        refused.problem(403, "forbidden");
    }
    let team = steward.get(&format!("{path}/members")).by(&tom).send().await.expect(200);
    let names: Vec<_> =
        team.json["items"].as_array().unwrap().iter().map(|m| m["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["mia", "max", "tom"]);
    steward.request("DELETE", &member(&tom)).by(&mia).if_match(3).send().await.expect(200);
    steward.settle().await;
    assert!(steward.all(&tom, "/api/products", 10).await.is_empty());
    steward.get(&path).by(&tom).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn only_an_admin_can_give_a_product_away() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let path = path(&product(&steward, &mia, "ORB").await);
    let to = |person: &Person| json!({"owner_id": person.id});
    steward.patch(&path).by(&mia).if_match(1).json(&to(&max)).send().await.problem(403, "forbidden");
    let refused = steward.patch(&path).by(&admin).if_match(1).json(&to(&tom)).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["owner_id"]);
    steward.patch(&path).by(&admin).if_match(1).json(&to(&max)).send().await.expect(200);
    steward.get(&path).by(&mia).send().await.problem(404, "not_found");
    steward.get(&path).by(&max).send().await.expect(200);
}
