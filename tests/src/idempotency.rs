//! `Idempotency-Key`: one effect and the same response.

use kernel::policy::Role;
use serde_json::json;

use crate::support::Steward;

#[tokio::test]
async fn a_repeated_key_returns_the_first_response() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"name": "Acme", "kind": "fund", "email": "a@example.com"});
    let create = || steward.post("/api/investors").by(&admin).header("idempotency-key", "k1").json(&body);
    let first = create().send().await.expect(201);
    let second = create().send().await.expect(201);
    assert_eq!((first.json.clone(), first.etag()), (second.json.clone(), second.etag()));
    assert_eq!(first.headers["location"], second.headers["location"]);
    assert_eq!(steward.all(&admin, "/api/investors", 10).await.len(), 1);
    let other = json!({"name": "Other", "kind": "fund"});
    let reused = steward.post("/api/investors").by(&admin).header("idempotency-key", "k1").json(&other).send().await;
    reused.problem(422, "idempotency_mismatch");
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let hers = steward.post("/api/investors").by(&rita).header("idempotency-key", "k1").json(&other).send().await;
    hers.expect(201);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_have_one_effect() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"name": "Acme", "kind": "fund"});
    let calls =
        (0..8).map(|_| steward.post("/api/investors").by(&admin).header("idempotency-key", "k1").json(&body).send());
    let answers = futures_util::future::join_all(calls).await;
    let ids: std::collections::BTreeSet<String> = answers.into_iter().map(|answer| answer.expect(201).id()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(steward.all(&admin, "/api/investors", 10).await.len(), 1);
}

#[tokio::test]
async fn a_repeated_restore_returns_the_first_response() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    let path = format!("/api/investors/{}", acme.id());
    steward.delete(&path).by(&admin).if_match(1).send().await.expect(204);
    let restore =
        || steward.post(&format!("{path}/restore")).by(&admin).if_match(2).header("idempotency-key", "r1").send();
    let first = restore().await.expect(200);
    assert_eq!(restore().await.expect(200).json, first.json);
}

#[tokio::test]
async fn a_stored_response_contains_no_readable_personal_data() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"name": "Acme", "kind": "fund", "email": "hidden@example.com"});
    let create =
        |key: &str| steward.post("/api/investors").by(&admin).header("idempotency-key", key).json(&body).send();
    create("k1").await.expect(201);
    assert!(!crate::audit::dump(&steward).await.contains("hidden@example.com"));
}

#[tokio::test]
async fn a_stored_entry_has_no_hash_that_a_guess_can_be_compared_with() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"name": "Acme", "kind": "fund", "notes": "guess me"});
    steward.post("/api/investors").by(&admin).header("idempotency-key", "k1").json(&body).send().await.expect(201);
    let stored = crate::audit::dump(&steward).await;
    for guess in [format!("/api/investors\0{body}"), body.to_string()] {
        assert!(!stored.contains(&platform::hash::sha256(guess.as_bytes())));
    }
}

#[tokio::test]
async fn an_invalid_key_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({"name": "Acme", "kind": "fund"});
    let create =
        |key: &str| steward.post("/api/investors").by(&admin).header("idempotency-key", key).json(&body).send();
    create(&"x".repeat(129)).await.problem(400, "invalid_input");
    create("two words").await.problem(400, "invalid_input");
}
