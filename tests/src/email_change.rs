//! A change of address: confirmed at the new one, told to the old one.

use kernel::policy::Role;
use kernel::time::Timestamp;
use serde_json::json;

use crate::support::{Answer, PASSWORD, Person, Steward};

const NEW: &str = "another horse entirely";

async fn change(steward: &Steward, person: &Person, version: u64, address: &str) -> Answer {
    steward.patch("/api/me").by(person).if_match(version).json(&json!({"email": address})).send().await
}

async fn confirm(steward: &Steward, token: &str) -> Answer {
    steward.post("/api/auth/email/confirm").json(&json!({"token": token})).send().await
}

/// The subjects of the mails to an address, newest first.
async fn subjects(steward: &Steward, address: &str) -> Vec<String> {
    steward.settle().await;
    let mails = steward.stack.mails().unwrap();
    mails.into_iter().filter(|mail| mail.to == address).map(|mail| mail.subject).collect()
}

/// The token in the most recent link to an address.
async fn token(steward: &Steward, address: &str) -> String {
    steward.settle().await;
    let mails = steward.stack.mails().unwrap();
    let mail = mails.into_iter().find(|mail| mail.to == address && mail.text.contains("#token=")).unwrap();
    mail.text.split_once("#token=").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

/// The same person with a token whose proof of identity is ten minutes old.
pub async fn long_ago(steward: &Steward, person: &Person, name: &str, roles: &[Role]) -> Person {
    let at = Timestamp::now().plus_seconds(-600);
    let roles = roles.iter().copied().collect();
    let token = steward.app().tokens().sign(person.id, person.caller.session_id, name, &roles, at).await.unwrap();
    Person { token, ..person.clone() }
}

#[tokio::test]
async fn an_address_changes_when_the_new_one_is_confirmed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let changed = change(&steward, &admin, 1, "ada@new.example").await.expect(200);
    assert_eq!(changed.json["email"], "ada@example.com");
    assert_eq!(changed.json["pending_email"], "ada@new.example");
    assert_eq!(subjects(&steward, "ada@new.example").await, ["Confirm your new email address"]);
    assert_eq!(subjects(&steward, "ada@example.com").await, ["Your Steward email address is about to change"]);
    let link = token(&steward, "ada@new.example").await;
    let items = crate::audit::dump(&steward).await;
    assert!(items.contains("CONFIRM#") && !items.contains(&link), "only the token's hash is stored");
    assert!(!items.contains("ada@new.example") && !items.contains("ada@example.com"));
    confirm(&steward, &link).await.expect(204);
    let me = steward.get("/api/me").by(&admin).send().await.expect(200);
    assert_eq!((&me.json["email"], &me.json["pending_email"]), (&json!("ada@new.example"), &json!(null)));
    assert_eq!(subjects(&steward, "ada@example.com").await[0], "Your Steward email address was changed");
    confirm(&steward, &link).await.problem(400, "invalid_confirmation_token");
    confirm(&steward, "").await.problem(400, "invalid_confirmation_token");
    let path = format!("/api/audit?entity_type=user&entity_id={}", admin.id);
    assert!(steward.get(&path).by(&admin).send().await.expect(200).text.contains("email_confirm"));
}

#[tokio::test]
async fn a_new_password_voids_a_change_of_address() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    change(&steward, &admin, 1, "thief@example.com").await.expect(200);
    let link = token(&steward, "thief@example.com").await;
    let who = json!({"username_or_email": "admin"});
    steward.post("/api/auth/password-reset/request").json(&who).send().await.expect(202);
    let body = json!({"token": token(&steward, "ada@example.com").await, "password": "another horse entirely"});
    steward.post("/api/auth/password-reset/confirm").json(&body).send().await.expect(204);
    confirm(&steward, &link).await.problem(400, "invalid_confirmation_token");
    let back = steward.person(admin.id, "Ada Admin", &[Role::Admin]).await;
    let me = steward.get("/api/me").by(&back).send().await.expect(200);
    assert_eq!((&me.json["email"], &me.json["pending_email"]), (&json!("ada@example.com"), &json!(null)));
    let version = me.json["version"].as_u64().unwrap();
    change(&steward, &back, version, "thief@example.com").await.expect(200);
    let body = json!({"current_password": "another horse entirely", "new_password": "quite some other horse"});
    steward.post("/api/me/password").by(&back).json(&body).send().await.expect(204);
    let me = steward.get("/api/me").by(&back).send().await.expect(200);
    assert_eq!(me.json["pending_email"], json!(null));
}

#[tokio::test]
async fn an_old_proof_of_identity_changes_no_address() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let stale = long_ago(&steward, &rita, "rita", &[Role::RelationshipManager]).await;
    change(&steward, &stale, 1, "thief@example.com").await.problem(403, "reauthentication_required");
    steward.patch("/api/me").by(&stale).if_match(1).json(&json!({"name": "Rita"})).send().await.expect(200);
    let stale = long_ago(&steward, &admin, "admin", &[Role::Admin]).await;
    let path = format!("/api/users/{}", rita.id);
    for patch in [json!({"email": "x@example.com"}), json!({"roles": ["admin"]}), json!({"status": "disabled"})] {
        let refused = steward.patch(&path).by(&stale).if_match(2).json(&patch).send().await;
        refused.problem(403, "reauthentication_required");
    }
    assert_eq!(steward.stack.mails().unwrap().len(), 0);
}

#[tokio::test]
async fn a_confirmed_address_voids_reset_links_sent_to_the_old_one() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"username_or_email": "admin"});
    steward.post("/api/auth/password-reset/request").json(&body).send().await.expect(202);
    let reset = token(&steward, "ada@example.com").await;
    change(&steward, &admin, 1, "ada@new.example").await.expect(200);
    confirm(&steward, &token(&steward, "ada@new.example").await).await.expect(204);
    let body = json!({"token": reset, "password": NEW});
    let refused = steward.post("/api/auth/password-reset/confirm").json(&body).send().await;
    refused.problem(400, "invalid_reset_token");
}

#[tokio::test]
async fn only_the_latest_address_can_be_confirmed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    change(&steward, &admin, 1, "one@new.example").await.expect(200);
    let first = token(&steward, "one@new.example").await;
    change(&steward, &admin, 2, "two@new.example").await.expect(200);
    let second = token(&steward, "two@new.example").await;
    confirm(&steward, &first).await.problem(400, "invalid_confirmation_token");
    let cancelled = change(&steward, &admin, 3, "ada@example.com").await.expect(200);
    assert_eq!(cancelled.json["pending_email"], json!(null));
    confirm(&steward, &second).await.problem(400, "invalid_confirmation_token");
    change(&steward, &admin, 4, "two@new.example").await.expect(200);
    change(&steward, &admin, 5, "two@new.example").await.expect(200);
    assert_eq!(subjects(&steward, "two@new.example").await.len(), 3, "the same address once more sends its link again");
}

#[tokio::test]
async fn an_address_belongs_to_one_user() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    change(&steward, &rita, 1, "ADA@example.com").await.problem(409, "email_taken");
    change(&steward, &rita, 1, "shared@new.example").await.expect(200);
    let hers = token(&steward, "shared@new.example").await;
    let path = format!("/api/users/{}", admin.id);
    let patch = json!({"email": "shared@new.example"});
    steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    let his = token(&steward, "shared@new.example").await;
    confirm(&steward, &hers).await.expect(204);
    confirm(&steward, &his).await.problem(409, "email_taken");
}

#[tokio::test]
async fn a_new_password_is_told_by_mail() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    steward.post("/api/me/password").by(&admin).json(&change).send().await.expect(204);
    assert_eq!(subjects(&steward, "ada@example.com").await, ["Your Steward password was changed"]);
    let body = json!({"username_or_email": "admin"});
    steward.post("/api/auth/password-reset/request").json(&body).send().await.expect(202);
    let body = json!({"token": token(&steward, "ada@example.com").await, "password": PASSWORD});
    steward.post("/api/auth/password-reset/confirm").json(&body).send().await.expect(204);
    let told = subjects(&steward, "ada@example.com").await;
    assert_eq!(told.iter().filter(|subject| *subject == "Your Steward password was changed").count(), 2);
}
