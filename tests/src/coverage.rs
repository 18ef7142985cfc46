//! Every route refuses strangers and each role that cannot use it, and hides entities that the caller cannot see.
//!
//! The tables below are the API's complete access policy. A route missing from them fails the test.

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::merges::full;
use crate::support::{Person, Steward};

/// Routes that work without a token. This list may only shrink.
pub const PUBLIC: [&str; 16] = [
    "GET /api/docs",
    "GET /api/health",
    "GET /api/openapi.json",
    "GET /api/setup",
    "POST /api/auth/challenge",
    "POST /api/auth/challenge/enrol",
    "POST /api/auth/login",
    "POST /api/auth/logout",
    "POST /api/auth/email/confirm",
    "POST /api/auth/invitation/accept",
    "POST /api/auth/passkey/begin",
    "POST /api/auth/passkey/finish",
    "POST /api/auth/password-reset/confirm",
    "POST /api/auth/password-reset/request",
    "POST /api/auth/refresh",
    "POST /api/setup",
];

/// Routes that every signed-in user can call for themselves. This list may only shrink.
const OWN: [&str; 29] = [
    "DELETE /api/me/passkeys/{passkey_id}",
    "DELETE /api/me/sessions",
    "DELETE /api/me/sessions/{session_id}",
    "DELETE /api/me/totp",
    "GET /api/exports/notifications",
    "GET /api/exports/sessions",
    "GET /api/live/events",
    "GET /api/me",
    "GET /api/me/factors",
    "GET /api/me/passkeys",
    "GET /api/me/preferences",
    "GET /api/me/sessions",
    "GET /api/notifications",
    "GET /api/notifications/unread-count",
    // Returns what the caller can read, which for some roles is nothing.
    "GET /api/search",
    "PATCH /api/me",
    "PATCH /api/me/passkeys/{passkey_id}",
    "PATCH /api/me/preferences",
    "POST /api/auth/reauthenticate",
    "POST /api/auth/reauthenticate/begin",
    "POST /api/live/ticket",
    "POST /api/me/passkeys/begin",
    "POST /api/me/passkeys/finish",
    "POST /api/me/password",
    "POST /api/me/recovery-codes",
    "POST /api/me/totp",
    "POST /api/me/totp/confirm",
    "POST /api/notifications/read",
    // Refused according to the rights to the entity in the query; see the tests of the audit trail.
    "GET /api/audit/verify",
];

/// The roles that can use a route, by the first letters of their names: Admin, Relationship manager, aNalyst, Manager, Team
/// member.
fn allowed(route: &str) -> &'static str {
    match route {
        "POST /api/users"
        | "GET /api/users/{user_id}"
        | "PATCH /api/users/{user_id}"
        | "GET /api/users/{user_id}/sessions"
        | "DELETE /api/users/{user_id}/sessions"
        | "DELETE /api/users/{user_id}/sessions/{session_id}"
        | "DELETE /api/users/{user_id}/factors"
        | "POST /api/users/{user_id}/invitation"
        | "POST /api/users/{user_id}/password-reset"
        | "GET /api/settings/security"
        | "PATCH /api/settings/security"
        | "GET /api/audit"
        | "GET /api/exports/users"
        | "GET /api/exports/audit" => "A",
        "GET /api/exports/imports" | "GET /api/exports/imports/{import_id}/errors" => "ARM",
        "GET /api/exports/tasks" => "AM",
        route if route.starts_with("GET /api/exports/products") => "AM",
        route if route.starts_with("GET /api/exports/") => "ARN",
        "GET /api/users" => "ARNM",
        "GET /api/products/{product_id}/deletion" | "GET /api/products/{product_id}/report" => "AM",
        "POST /api/products/{product_id}/assets/{asset_id}/versions/{number}/download"
        | "POST /api/products/{product_id}/tasks/{task_id}/attachments"
        | "DELETE /api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}"
        | "POST /api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}/download"
        | "PATCH /api/products/{product_id}/tasks/{task_id}"
        | "GET /api/roadmap"
        | "GET /api/tasks" => "AMT",
        route if route.starts_with("GET /api/products") => "AMT",
        "PATCH /api/products/{product_id}/tasks" => "AMT",
        route
            if route.contains("/api/products/")
                && ["/move", "/checklist/", "/watch", "/comments", "/board", "/views"]
                    .iter()
                    .any(|part| route.contains(part)) =>
        {
            "AMT"
        }
        route if route.contains("/api/products") => "AM",
        "GET /api/analytics/activity"
        | "GET /api/analytics/highlights"
        | "GET /api/analytics/portfolio"
        | "GET /api/investors/{investor_id}/analytics"
        | "GET /api/investors/{investor_id}/report"
        | "GET /api/investors"
        | "GET /api/investors/{investor_id}"
        | "GET /api/investors/{investor_id}/timeline"
        | "GET /api/investors/{investor_id}/duplicates"
        | "GET /api/investors/{investor_id}/merges"
        | "POST /api/investors/duplicates"
        | "GET /api/investors/{investor_id}/activities"
        | "GET /api/investors/{investor_id}/activities/{activity_id}"
        | "GET /api/investors/{investor_id}/holdings"
        | "GET /api/investors/{investor_id}/investments"
        | "GET /api/investors/{investor_id}/investments/{investment_id}"
        | "GET /api/investors/{investor_id}/investments/{investment_id}/cash_flows"
        | "GET /api/investors/{investor_id}/documents"
        | "GET /api/investors/{investor_id}/documents/{document_id}"
        | "POST /api/investors/{investor_id}/documents/{document_id}/download"
        | "GET /api/reminders"
        | "GET /api/investors/{investor_id}/reminders"
        | "GET /api/investors/{investor_id}/reminders/{reminder_id}" => "ARN",
        "POST /api/investors"
        | "PATCH /api/investors/{investor_id}"
        | "DELETE /api/investors/{investor_id}"
        | "POST /api/investors/{investor_id}/restore"
        | "POST /api/investors/{investor_id}/merges"
        | "POST /api/investors/{investor_id}/activities"
        | "PATCH /api/investors/{investor_id}/activities/{activity_id}"
        | "DELETE /api/investors/{investor_id}/activities/{activity_id}"
        // Without a `kind` this is an import of investors.
        | "POST /api/imports" => "AR",
        route if route.contains("/api/imports") => "ARM",
        route if ["/documents", "/investments", "/reminders"].iter().any(|part| route.contains(part)) => "AR",
        other => panic!("{other} is missing from the tables of this test"),
    }
}

pub const ROLES: [(Role, char); 5] = [
    (Role::Admin, 'A'),
    (Role::RelationshipManager, 'R'),
    (Role::Analyst, 'N'),
    (Role::Manager, 'M'),
    (Role::TeamMember, 'T'),
];

/// Every route, in the form `GET /api/…`.
pub fn routes() -> Vec<String> {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            routes.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    routes.sort();
    routes
}

/// Whether a route belongs to the Products workspace: managers can use it and relationship managers cannot.
pub fn is_of_products(route: &str) -> bool {
    let public = PUBLIC.contains(&route) || OWN.contains(&route);
    !public && allowed(route).contains('M') && !allowed(route).contains('R')
}

/// A body that the route accepts, so that a refusal can only be due to the role.
pub fn body(route: &str) -> Option<Value> {
    Some(match route {
        "POST /api/users" => {
            json!({"username": "someone", "name": "S", "email": "s@example.com", "roles": ["analyst"]})
        }
        "PATCH /api/settings/security" => json!({"grace_days": 1}),
        "POST /api/auth/reauthenticate" => json!({"method": "password", "password": "S"}),
        "POST /api/me/totp/confirm" => json!({"code": "000000"}),
        "POST /api/products" => json!({"key": "SOME", "name": "S"}),
        "PUT /api/products/{product_id}/members/{user_id}" => json!({"role": "engineer"}),
        "POST /api/products/{product_id}/assets/{asset_id}/approve"
        | "POST /api/products/{product_id}/assets/{asset_id}/reject" => json!({"note": "S"}),
        "POST /api/products/{product_id}/milestones" => json!({"name": "S", "due_on": "2027-01-04"}),
        "POST /api/products/{product_id}/requirements/{requirement_id}/restore" => json!({"version": 1}),
        "POST /api/products/{product_id}/tasks" => json!({"title": "Draw"}),
        "PATCH /api/products/{product_id}/tasks" => {
            json!({"ids": [{"id": kernel::id::new(), "version": 1}], "patch": {"status": "done"}})
        }
        "POST /api/products/{product_id}/tasks/{task_id}/move" => json!({"status": "blocked"}),
        "PUT /api/products/{product_id}/tasks/{task_id}/checklist/{item_id}" => json!({"done": true}),
        "POST /api/products/{product_id}/tasks/{task_id}/comments"
        | "PATCH /api/products/{product_id}/tasks/{task_id}/comments/{comment_id}" => json!({"text": "S"}),
        "POST /api/products/{product_id}/views" => json!({"name": "S", "query": "priority=high"}),
        "PATCH /api/products/{product_id}/tasks/{task_id}" => json!({"status": "in_review"}),
        "POST /api/investors" => json!({"name": "S", "kind": "fund"}),
        "POST /api/investors/{investor_id}/merges" => {
            json!({"absorbed_id": kernel::id::new(), "absorbed_version": 1})
        }
        "POST /api/products/{product_id}/rules" => json!({
            "name": "S", "when": {"event": "task_created"}, "then": [{"action": "set_priority", "priority": "low"}],
        }),
        "PATCH /api/me/passkeys/{passkey_id}"
        | "PATCH /api/products/{product_id}"
        | "PATCH /api/products/{product_id}/rules/{rule_id}"
        | "POST /api/investors/duplicates"
        | "PATCH /api/users/{user_id}"
        | "PATCH /api/products/{product_id}/assets/{asset_id}"
        | "PATCH /api/products/{product_id}/milestones/{milestone_id}"
        | "POST /api/products/{product_id}/baselines"
        | "PATCH /api/investors/{investor_id}"
        | "PATCH /api/investors/{investor_id}/investments/{investment_id}" => json!({"name": "S"}),
        "POST /api/investors/{investor_id}/activities" => {
            json!({"kind": "note", "occurred_at": "2026-11-20T10:00:00Z", "summary": "S"})
        }
        "PATCH /api/investors/{investor_id}/activities/{activity_id}" => json!({"summary": "S"}),
        "POST /api/investors/{investor_id}/investments" => json!({
            "kind": "safe", "name": "S", "commitment": {"amount": "1", "currency": "USD"},
            "invested_on": "2026-01-05", "status": "active",
        }),
        "POST /api/investors/{investor_id}/investments/{investment_id}/cash_flows" => json!({
            "kind": "contribution", "date": "2026-01-05", "amount": {"amount": "1", "currency": "USD"},
        }),
        "PATCH /api/investors/{investor_id}/investments/{investment_id}/cash_flows/{cash_flow_id}" => {
            json!({"date": "2026-01-06"})
        }
        "POST /api/investors/{investor_id}/documents"
        | "POST /api/investors/{investor_id}/documents/{document_id}/versions"
        | "POST /api/products/{product_id}/assets"
        | "POST /api/products/{product_id}/tasks/{task_id}/attachments"
        | "POST /api/products/{product_id}/assets/{asset_id}/versions" => {
            json!({"file_name": "a.pdf", "content_type": "application/pdf", "size": 10, "sha256": "0".repeat(64)})
        }
        "POST /api/products/{product_id}/requirements"
        | "PATCH /api/products/{product_id}/requirements/{requirement_id}"
        | "PATCH /api/investors/{investor_id}/documents/{document_id}" => json!({"title": "S"}),
        "POST /api/investors/{investor_id}/reminders" => {
            json!({"message": "S", "due_local": "2027-01-04T09:00", "time_zone": "Europe/Zurich"})
        }
        "PATCH /api/investors/{investor_id}/reminders/{reminder_id}" => json!({"message": "S"}),
        "POST /api/investors/{investor_id}/reminders/{reminder_id}/snooze" => {
            json!({"until": kernel::time::Timestamp::now().plus_seconds(3600)})
        }
        "POST /api/imports" => json!({"file_name": "a.csv", "size": 10}),
        "POST /api/imports/{import_id}/start" => {
            json!({"mapping": [{"column": "Name", "field": "name"}], "key": "name", "defaults": {"kind": "fund"}, "dry_run": true})
        }
        _ => return None,
    })
}

async fn send(steward: &Steward, route: &str, person: Option<&Person>) -> crate::support::Answer {
    let id = |name: &str| match name {
        "number" | "version" => "1".to_owned(),
        _ => kernel::id::new().to_string(),
    };
    send_with(steward, route, person, id).await
}

/// Sends a request to a route whose parameters are filled in by name.
pub async fn send_with(
    steward: &Steward,
    route: &str,
    person: Option<&Person>,
    id: impl Fn(&str) -> String,
) -> crate::support::Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        let part = match part.strip_prefix('{') {
            Some(name) => id(name.trim_end_matches('}')),
            None => part.to_owned(),
        };
        filled = format!("{filled}/{part}");
    }
    if route.ends_with("/compare") {
        filled += if route.contains("/baselines/") { "?with=now" } else { "?from=1&to=2" };
    }
    let mut call = steward.request(method, &filled).if_match(1);
    if let Some(body) = body(route) {
        call = call.json(&body);
    }
    match person {
        Some(person) => call.by(person).send().await,
        None => call.send().await,
    }
}

#[tokio::test]
async fn only_public_routes_work_without_a_token() {
    let steward = Steward::start().await;
    steward.admin().await;
    let routes = routes();
    assert!(
        PUBLIC.iter().chain(&OWN).all(|route| routes.contains(&(*route).to_owned())),
        "a listed route does not exist"
    );
    for route in routes.iter().filter(|route| !PUBLIC.contains(&route.as_str())) {
        let answer = send(&steward, route, None).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "unauthenticated"), "{route}");
    }
}

#[tokio::test]
async fn each_route_is_refused_to_exactly_the_other_roles() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mut people = Vec::new();
    for (role, letter) in ROLES {
        let name = format!("role-{}", role.as_str().replace('_', "-"));
        people.push((steward.user(&admin, &name, &[role]).await, letter));
    }
    for route in routes() {
        if PUBLIC.contains(&route.as_str()) || OWN.contains(&route.as_str()) {
            continue;
        }
        for (person, letter) in &people {
            let answer = send(&steward, &route, Some(person)).await;
            if allowed(&route).contains(*letter) {
                assert_ne!(answer.status.as_u16(), 403, "{route} as {letter}: {}", answer.text);
                if route.contains('{') {
                    assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{route} as {letter}");
                }
            } else {
                assert_eq!((answer.status.as_u16(), answer.code()), (403, "forbidden"), "{route} as {letter}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_managers_investor_is_hidden_on_every_route() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let hers = full(&steward, &rita, &json!({"name": "Acme", "kind": "fund"})).await;
    steward.settle().await;
    let id = |name: &str| match name {
        "investor_id" => hers.id.clone(),
        "activity_id" => hers.activity.clone(),
        "investment_id" => hers.investment.clone(),
        "cash_flow_id" => hers.flow.clone(),
        "document_id" => hers.document.clone(),
        "reminder_id" => hers.reminder.clone(),
        other => panic!("{other} has no value in this test"),
    };
    let routes: Vec<String> = routes().into_iter().filter(|route| route.contains("{investor_id}")).collect();
    for route in &routes {
        let answer = send_with(&steward, route, Some(&ralf), id).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{route}: {}", answer.text);
    }
    steward.settle().await;
    let trail = steward.all(&admin, &format!("/api/audit?entity_type=user&entity_id={}", ralf.id), 100).await;
    let denied = trail.iter().filter(|record| record["action"] == "denied").count();
    assert!(routes.len() > 30 && denied == routes.len(), "{denied} of {} attempts are recorded", routes.len());
    let untouched = steward.get(&format!("/api/investors/{}", hers.id)).by(&rita).send().await.expect(200);
    assert_eq!(untouched.json["version"], 1);
}
