//! Requests are taken for what they say: no array for an object, no object for a choice, no time that is not RFC 3339, no invisible name.

use serde_json::json;

use crate::support::{PASSWORD, Steward};

#[tokio::test]
async fn nobody_signs_in_with_an_array() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let me = steward.get("/api/me").by(&admin).send().await.expect(200);
    let name = me.json["username"].as_str().unwrap();
    steward.post("/api/auth/login").json(&json!([name, PASSWORD])).send().await.problem(422, "invalid_input");
    steward
        .post("/api/auth/challenge")
        .json(&json!(["totp", "x", "000000"]))
        .send()
        .await
        .problem(422, "invalid_input");
    let proof = steward.post("/api/auth/reauthenticate").by(&admin).json(&json!(["password", PASSWORD]));
    proof.send().await.problem(422, "invalid_input");
    steward.post("/api/auth/login").json(&json!({"username": name, "password": PASSWORD})).send().await.expect(200);
}

#[tokio::test]
async fn arrays_are_not_objects_at_any_depth() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let product = steward.post("/api/products").by(&admin).json(&json!({"key": "ORB", "name": "Orbit"}));
    let product = product.send().await.expect(201).id();
    let rules = format!("/api/products/{product}/rules");
    let action = |action: serde_json::Value| json!({"name": "a", "when": {"event": "task_created"}, "then": [action]});
    for (path, body, field) in [
        ("/api/investors".to_owned(), json!(["Beta", "fund"]), "body"),
        ("/api/investors".to_owned(), json!({"name": "Beta", "kind": {"fund": null}}), "kind"),
        (
            format!("/api/investors/{investor}/investments"),
            json!({"kind": "equity", "name": "A", "status": "active", "invested_on": "2025-01-15", "commitment": ["1.00", "USD"]}),
            "commitment",
        ),
        (
            format!("/api/products/{product}/tasks"),
            json!({"title": "a", "checklist": [[null, "step", false]]}),
            "checklist[0]",
        ),
        (rules.clone(), json!({"name": "a", "when": ["task_created"], "then": []}), "when"),
        (rules.clone(), action(json!(["add_label", "new"])), "then[0]"),
        (rules.clone(), action(json!({"action": "set_priority", "priority": {"high": null}})), "then[0].priority"),
        (rules.clone(), action(json!({"action": "add_label", "label": "new", "priority": "high"})), "then[0].priority"),
    ] {
        let answer = steward.post(&path).by(&admin).json(&body).send().await.expect(422);
        assert_eq!(answer.fields(), [field], "{body}: {}", answer.text);
    }
    let good = action(json!({"action": "set_priority", "priority": "high"}));
    let rule = steward.post(&rules).by(&admin).json(&good).send().await.expect(201);
    assert_eq!(rule.json["then"], good["then"]);
}

#[tokio::test]
async fn only_rfc_3339_times_are_accepted() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await.id();
    let path = format!("/api/investors/{investor}/activities");
    let send = |at: &str| {
        let body = json!({"kind": "call", "occurred_at": at, "summary": "Hello"});
        steward.post(&path).by(&admin).json(&body).send()
    };
    for at in [
        "2026-01-21 09:30:00Z",
        "2026-01-21T09:30:00+25:00",
        "2026-01-21T09:30:60Z",
        "2026-01-21T09:30:00+01:00[Europe/Berlin]",
    ] {
        assert_eq!(send(at).await.problem(422, "invalid_input").fields(), ["occurred_at"], "{at}");
    }
    let noted = send("2026-01-21T09:30:00+01:00").await.expect(201);
    assert_eq!(noted.json["occurred_at"], "2026-01-21T08:30:00.000Z");
}

#[tokio::test]
async fn invisible_names_are_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for name in ["\u{200B}", "\u{AD}", "\u{FEFF}", "\u{2060}", "\u{3164}", "\u{E0041}\u{E0042}", "\u{115F} \u{1160}"] {
        let body = json!({"name": name, "kind": "fund", "tags": ["ok"]});
        let answer = steward.post("/api/investors").by(&admin).json(&body).send().await.problem(422, "invalid_input");
        assert_eq!(answer.fields(), ["name"], "{name:?}");
    }
    for username in ["ann.", "ann_", "ann-", ".ann"] {
        let body = json!({"username": username, "name": "Ann", "email": "ann@example.com", "roles": ["analyst"]});
        let answer = steward.post("/api/users").by(&admin).json(&body).send().await.problem(422, "invalid_input");
        assert_eq!(answer.fields(), ["username"], "{username}");
    }
}
