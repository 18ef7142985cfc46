//! Users and roles.

use kernel::policy::Role;
use serde_json::json;

use crate::support::Steward;

#[tokio::test]
async fn an_admin_can_create_and_edit_users() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let user = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let path = format!("/api/users/{}", user.id);
    let read = steward.get(&path).by(&admin).send().await.expect(200);
    assert_eq!(read.etag(), "\"1\"");
    assert_eq!(read.json["email"], "rita@example.com");
    let patch = json!({"roles": ["analyst"], "name": "Rita Renamed"});
    let changed = steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!((changed.json["version"].as_u64(), changed.json["roles"].clone()), (Some(2), json!(["analyst"])));
    steward.patch(&path).by(&admin).if_match(1).json(&json!({"name": "x"})).send().await.problem(412, "stale_version");
    steward.patch(&path).by(&admin).json(&json!({"name": "x"})).send().await.problem(428, "precondition_required");
    let list = steward.get("/api/users?role=analyst").by(&admin).send().await.expect(200);
    assert_eq!(list.json["items"].as_array().unwrap().len(), 1);
    assert!(list.json["items"][0].get("email").is_none());
}

#[tokio::test]
async fn usernames_and_addresses_are_unique() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let new =
        |username: &str, email: &str| json!({"username": username, "name": "N", "email": email, "roles": ["analyst"]});
    let create = |body| steward.post("/api/users").by(&admin).json(&body);
    create(new("Rita", "r@example.com")).send().await.expect(201);
    create(new("rita", "s@example.com")).send().await.problem(409, "username_taken");
    create(new("sita", "R@EXAMPLE.com")).send().await.problem(409, "email_taken");
    let none = json!({"username": "tita", "name": "N", "email": "t@example.com", "roles": []});
    assert_eq!(create(none).send().await.problem(422, "invalid_input").fields(), ["roles"]);
}

#[tokio::test]
async fn the_last_admin_cannot_be_disabled_or_demoted() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let path = format!("/api/users/{}", admin.id);
    for patch in [json!({"status": "disabled"}), json!({"roles": ["analyst"]})] {
        steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.problem(409, "state_conflict");
    }
    let other = steward.user(&admin, "second", &[Role::Admin]).await;
    let patch = json!({"status": "disabled"});
    steward.patch(&path).by(&other).if_match(1).json(&patch).send().await.expect(200);
    let path = format!("/api/users/{}", other.id);
    steward.patch(&path).by(&other).if_match(1).json(&patch).send().await.problem(409, "state_conflict");
}

#[tokio::test]
async fn users_can_change_their_name_but_not_their_roles() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let patch = json!({"name": "Rita R.", "time_zone": "Europe/Berlin"});
    let me = steward.patch("/api/me").by(&rita).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(me.json["time_zone"], "Europe/Berlin");
    let patch = json!({"roles": ["admin"]});
    steward.patch("/api/me").by(&rita).if_match(2).json(&patch).send().await.problem(422, "unknown_field");
    let path = format!("/api/users/{}", rita.id);
    steward.patch(&path).by(&rita).if_match(2).json(&patch).send().await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_users_address_is_stored_only_as_ciphertext() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let everything = crate::audit::dump(&steward).await;
    assert!(everything.contains("rita of Steward"));
    assert!(!everything.contains("rita@example.com"));
}
