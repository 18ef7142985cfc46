//! Passkeys: as second factor, and to sign in without a password.

use kernel::policy::Role;
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::{answer, enrol, later, login, signed_in, trail};
use crate::support::{Answer, Person, Steward};

async fn begin(steward: &Steward, person: &Person) -> Value {
    steward.post("/api/me/passkeys/begin").by(person).send().await.expect(200).json
}

async fn finish(steward: &Steward, person: &Person, name: &str, credential: &Value) -> Answer {
    let body = json!({"name": name, "credential": credential});
    steward.post("/api/me/passkeys/finish").by(person).json(&body).send().await
}

/// Adds a passkey.
pub async fn added(steward: &Steward, person: &Person) -> (Authenticator, Answer) {
    let mut authenticator = Authenticator::new();
    let credential = authenticator.create(&begin(steward, person).await);
    let done = finish(steward, person, "Laptop", &credential).await.expect(200);
    (authenticator, done)
}

/// The options for a sign-in without a password.
async fn options(steward: &Steward) -> Value {
    steward.post("/api/auth/passkey/begin").send().await.expect(200).json
}

async fn sign_in(steward: &Steward, credential: &Value) -> Answer {
    steward.post("/api/auth/passkey/finish").json(&json!({"credential": credential})).send().await
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_password() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, added) = added(&steward, &admin).await;
    assert_eq!(added.json["recovery_codes"].as_array().unwrap().len(), 10);
    let asked = options(&steward).await;
    assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("localhost"), &json!("required")));
    assert_eq!(asked["allowCredentials"], json!([]));
    let done = sign_in(&steward, &authenticator.get(&asked)).await.expect(200);
    assert_eq!(done.json["user"]["username"], "admin");
    let list = steward.get("/api/me/passkeys").by(&signed_in(&admin, &done)).send().await.expect(200);
    let passkey = &list.json["items"][0];
    assert_eq!((&passkey["name"], &passkey["synced"]), (&json!("Laptop"), &json!(false)));
    assert!(passkey["last_used_at"].is_string());
}

#[tokio::test]
async fn a_passkey_is_a_second_factor() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    let due = login(&steward, "admin").await.expect(200);
    assert_eq!(due.json["methods"], json!(["passkey", "recovery"]));
    assert_eq!(due.json["passkey"]["allowCredentials"][0]["transports"], json!(["internal"]));
    // After the password, the presence of the authenticator is enough.
    authenticator.verifies = false;
    let credential = authenticator.get(&due.json["passkey"]);
    let body = json!({"method": "passkey", "challenge": due.json["challenge"], "credential": credential});
    answer(&steward, &body).await.expect(200);
    answer(&steward, &body).await.problem(400, "invalid_challenge");
}

#[tokio::test]
async fn signing_in_without_a_password_verifies_the_user() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    authenticator.verifies = false;
    let refused = sign_in(&steward, &authenticator.get(&options(&steward).await)).await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["credential"]);
}

#[tokio::test]
async fn an_answer_for_another_site_or_challenge_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    authenticator.origin = Some("https://steward.example.com");
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.problem(422, "invalid_input");
    authenticator.origin = None;
    let mut asked = options(&steward).await;
    asked["rpId"] = "example.com".into();
    sign_in(&steward, &authenticator.get(&asked)).await.problem(422, "invalid_input");
    asked["challenge"] = "AAAA".into();
    sign_in(&steward, &authenticator.get(&asked)).await.problem(400, "invalid_challenge");
    let asked = options(&steward).await;
    let mut tampered = authenticator.get(&asked);
    tampered["response"]["signature"] = "AAAA".into();
    sign_in(&steward, &tampered).await.problem(422, "invalid_input");
    let right = authenticator.get(&options(&steward).await);
    later(301, sign_in(&steward, &right)).await.problem(400, "invalid_challenge");
}

#[tokio::test]
async fn a_stranger_with_a_credential_id_locks_nobody() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    for _ in 0..6 {
        let mut wrong = authenticator.get(&options(&steward).await);
        wrong["response"]["signature"] = json!("AAAA");
        sign_in(&steward, &wrong).await.problem(422, "invalid_input");
    }
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.expect(200);
    let due = login(&steward, "admin").await.expect(200);
    let credential = authenticator.get(&due.json["passkey"]);
    let body = json!({"method": "passkey", "challenge": due.json["challenge"], "credential": credential});
    answer(&steward, &body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_works_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    let credential = authenticator.get(&options(&steward).await);
    let (one, two) = tokio::join!(sign_in(&steward, &credential), sign_in(&steward, &credential));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{} {}", one.text, two.text);
}

#[tokio::test]
async fn a_counter_that_does_not_grow_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    authenticator.counter = 7;
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.expect(200);
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.problem(422, "invalid_input");
    authenticator.counter = 8;
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.expect(200);
    steward.settle().await;
    assert!(trail(&steward, &admin, &admin).await.contains(&"challenge_failed".to_owned()));
}

#[tokio::test]
async fn a_passkey_belongs_to_one_user() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    let credential = authenticator.create(&begin(&steward, &rita).await);
    finish(&steward, &rita, "Copy", &credential).await.problem(409, "passkey_taken");
    // A challenge of one user is not for another.
    let mut other = Authenticator::new();
    let credential = other.create(&begin(&steward, &admin).await);
    finish(&steward, &rita, "Stolen", &credential).await.problem(400, "invalid_challenge");
    enrol(&steward, &rita).await;
    let due = login(&steward, "rita").await.expect(200);
    let asked = json!({"rpId": "localhost", "challenge": due.json["challenge"]});
    let body =
        json!({"method": "passkey", "challenge": due.json["challenge"], "credential": authenticator.get(&asked)});
    answer(&steward, &body).await.problem(422, "invalid_input");
}

#[tokio::test]
async fn a_new_passkey_verifies_its_user_and_knows_the_challenge() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mut authenticator = Authenticator::new();
    authenticator.verifies = false;
    let credential = authenticator.create(&begin(&steward, &admin).await);
    finish(&steward, &admin, "Key", &credential).await.problem(422, "invalid_input");
    authenticator.verifies = true;
    let asked = begin(&steward, &admin).await;
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
    let credential = authenticator.create(&asked);
    finish(&steward, &admin, "Key", &credential).await.expect(200);
    finish(&steward, &admin, "Key", &credential).await.problem(400, "invalid_challenge");
    let mut broken = authenticator.create(&begin(&steward, &admin).await);
    broken["response"]["attestationObject"] = "AAAA".into();
    finish(&steward, &admin, "Key", &broken).await.problem(422, "invalid_input");
}

#[tokio::test]
async fn passkeys_are_renamed_and_removed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (mut authenticator, one) = added(&steward, &admin).await;
    let (_, two) = added(&steward, &admin).await;
    assert_eq!(two.json["recovery_codes"], json!([]));
    let path = format!("/api/me/passkeys/{}", one.json["passkey"]["id"].as_str().unwrap());
    let renamed = steward.patch(&path).by(&admin).json(&json!({"name": "Phone"})).send().await.expect(200);
    assert_eq!(renamed.json["name"], "Phone");
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    steward.delete(&path).by(&rita).send().await.problem(404, "not_found");
    steward.patch(&path).by(&rita).json(&json!({"name": "Mine"})).send().await.problem(404, "not_found");
    steward.delete(&path).by(&admin).send().await.expect(204);
    steward.delete(&path).by(&admin).send().await.problem(404, "not_found");
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.problem(422, "invalid_input");
    let mine = steward.get("/api/me/factors").by(&admin).send().await.expect(200);
    assert_eq!(mine.json["passkeys"], 1);
    // A removed passkey can be added again.
    let credential = authenticator.create(&begin(&steward, &admin).await);
    finish(&steward, &admin, "Again", &credential).await.expect(200);
}

#[tokio::test]
async fn a_disabled_users_passkey_does_not_sign_in() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let (mut authenticator, _) = added(&steward, &rita).await;
    let path = format!("/api/users/{}", rita.id);
    steward.patch(&path).by(&admin).if_match(2).json(&json!({"status": "disabled"})).send().await.expect(200);
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.problem(422, "invalid_input");
}

#[tokio::test]
async fn a_required_passkey_is_added_during_the_sign_in() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    super::require(&steward, &admin, 0).await;
    let due = login(&steward, "rita").await.expect(200);
    let open = &due.json["challenge"];
    let begun =
        steward.post("/api/auth/challenge/enrol").json(&json!({"challenge": open, "method": "passkey"})).send().await;
    let mut authenticator = Authenticator::new();
    let credential = authenticator.create(&begun.expect(200).json["passkey"]);
    let body = json!({"method": "enrol_passkey", "challenge": open, "name": "Phone", "credential": credential});
    let done = answer(&steward, &body).await.expect(200);
    assert_eq!(done.json["recovery_codes"].as_array().unwrap().len(), 10);
    sign_in(&steward, &authenticator.get(&options(&steward).await)).await.expect(200);
}
