//! Sensitive actions need a recent proof of identity, which can be renewed within a session.

use kernel::policy::Role;
use kernel::time::{self, Timestamp};
use serde_json::{Value, json};

use super::passkeys::added;
use super::{code, enrol, later, login, signed_in};
use crate::auth::cookie;
use crate::support::{Answer, PASSWORD, Person, Steward};

async fn prove(steward: &Steward, person: &Person, body: &Value) -> Answer {
    steward.post("/api/auth/reauthenticate").by(person).json(body).send().await
}

/// A person who signed in ten minutes ago, with the session.
async fn since_ten_minutes(steward: &Steward, person: &Person, username: &str) -> (Person, Answer) {
    let answer = time::at(Timestamp::now().plus_seconds(-600), login(steward, username)).await.expect(200);
    (signed_in(person, &answer), answer)
}

#[tokio::test]
async fn sensitive_actions_need_a_recent_proof() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let (old, _) = since_ten_minutes(&steward, &admin, "admin").await;
    let user = format!("/api/users/{}", rita.id);
    let new = crate::coverage::body("POST /api/users").unwrap();
    for answer in [
        steward.post("/api/users").by(&old).json(&new).send().await,
        steward.patch(&user).by(&old).if_match(1).json(&json!({"roles": ["admin"]})).send().await,
        steward.delete(&format!("{user}/factors")).by(&old).send().await,
        steward.post(&format!("{user}/invitation")).by(&old).send().await,
        steward.post(&format!("{user}/password-reset")).by(&old).send().await,
        steward.patch("/api/settings/security").by(&old).if_match(0).json(&json!({"grace_days": 1})).send().await,
        steward.post("/api/me/totp").by(&old).send().await,
        steward.post("/api/me/totp/confirm").by(&old).json(&json!({"code": "000000"})).send().await,
        steward.delete("/api/me/totp").by(&old).send().await,
        steward.post("/api/me/passkeys/begin").by(&old).send().await,
        steward.delete(&format!("/api/me/passkeys/{}", kernel::id::new())).by(&old).send().await,
        steward.post("/api/me/recovery-codes").by(&old).send().await,
        steward.get("/api/exports/users").by(&old).send().await,
        steward.get("/api/exports/audit").by(&old).send().await,
        steward.get("/api/exports/investors").by(&old).send().await,
    ] {
        answer.problem(403, "reauthentication_required");
    }
    // Everyday work does not.
    steward.get("/api/investors").by(&old).send().await.expect(200);
    steward.post("/api/investors").by(&old).json(&json!({"name": "Acme", "kind": "fund"})).send().await.expect(201);
    let proved = prove(&steward, &old, &json!({"method": "password", "password": PASSWORD})).await.expect(200);
    steward.post("/api/users").by(&signed_in(&admin, &proved)).json(&new).send().await.expect(201);
}

#[tokio::test]
async fn a_proof_is_kept_by_the_session() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (old, session) = since_ten_minutes(&steward, &admin, "admin").await;
    prove(&steward, &old, &json!({"method": "password", "password": PASSWORD})).await.expect(200);
    let refreshed = steward.post("/api/auth/refresh").header("cookie", &cookie(&session)).send().await.expect(200);
    let fresh = signed_in(&admin, &refreshed);
    steward.get("/api/exports/users").by(&fresh).send().await.expect(200);
    later(301, steward.get("/api/exports/users").by(&fresh).send()).await.problem(403, "reauthentication_required");
}

#[tokio::test]
async fn a_wrong_password_counts_and_is_recorded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (old, _) = since_ten_minutes(&steward, &admin, "admin").await;
    let wrong = json!({"method": "password", "password": "not the password"});
    for _ in 0..10 {
        assert_eq!(prove(&steward, &old, &wrong).await.problem(422, "invalid_input").fields(), ["password"]);
    }
    prove(&steward, &old, &wrong).await.problem(429, "rate_limited");
    steward.settle().await;
    let actions = super::trail(&steward, &admin, &admin).await;
    assert_eq!(actions.iter().filter(|action| *action == "reauthenticate_failed").count(), 10, "{actions:?}");
}

#[tokio::test]
async fn an_ended_session_cannot_be_renewed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (old, session) = since_ten_minutes(&steward, &admin, "admin").await;
    steward.post("/api/auth/logout").header("cookie", &cookie(&session)).send().await.expect(204);
    let proof = json!({"method": "password", "password": PASSWORD});
    prove(&steward, &old, &proof).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_user_with_a_factor_proves_it() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (old, _) = since_ten_minutes(&steward, &admin, "admin").await;
    let methods = async || steward.post("/api/auth/reauthenticate/begin").by(&old).send().await.expect(200).json;
    assert_eq!(methods().await["methods"], json!(["password"]));
    let (secret, codes) = enrol(&steward, &admin).await;
    let (mut authenticator, _) = added(&steward, &admin).await;
    let due = methods().await;
    assert_eq!(due["methods"], json!(["passkey", "totp", "recovery"]));
    prove(&steward, &old, &json!({"method": "password", "password": PASSWORD})).await.problem(422, "invalid_input");
    let proof = json!({"method": "passkey", "credential": authenticator.get(&due["passkey"])});
    prove(&steward, &old, &proof).await.expect(200);
    prove(&steward, &old, &proof).await.problem(400, "invalid_challenge");
    let proof = json!({"method": "totp", "code": code(&secret, 0)});
    prove(&steward, &old, &proof).await.expect(200);
    prove(&steward, &old, &proof).await.problem(422, "invalid_input");
    prove(&steward, &old, &json!({"method": "recovery", "code": codes[3]})).await.expect(200);
}
