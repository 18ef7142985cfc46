//! Every route × role × ownership × state of the actor. A token whose user or session is no longer what the token says is worth nothing,
//! and neither is the challenge of a user who lacks a required factor: whatever the route, the role and the owner, the answer is 401 and
//! nothing is written.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::policy::Role;
use platform::table::{Key, Write};
use serde_json::json;

use crate::assets::product;
use crate::coverage::{self, PUBLIC, ROLES};
use crate::factors;
use crate::merges::full;
use crate::standing::change;
use crate::support::{Person, Steward};

/// What has happened since the access token was issued.
#[derive(Debug, Clone, Copy)]
enum State {
    /// The user was disabled, and a session was opened at the same moment.
    Disabled,
    /// The user lost the role.
    Demoted,
    /// The user got another role besides.
    Promoted,
    /// The session was ended.
    Ended,
    /// The session expired, and is not deleted yet.
    Expired,
    /// The role needs a second factor that the user lacks: signing in gives a challenge, and no token.
    FactorMissing,
}

const STATES: [State; 6] =
    [State::Disabled, State::Demoted, State::Promoted, State::Ended, State::Expired, State::FactorMissing];

/// The ids that fill the parameters of routes: of what the person owns, as far as their role can own anything.
async fn owned(steward: &Steward, person: &Person, role: Role, key: usize) -> BTreeMap<&'static str, String> {
    let mut ids = BTreeMap::from([("user_id", person.id.to_string())]);
    if matches!(role, Role::Admin | Role::RelationshipManager) {
        let all = full(steward, person, &json!({"name": "Acme", "kind": "fund"})).await;
        ids.extend([
            ("investor_id", all.id),
            ("activity_id", all.activity),
            ("investment_id", all.investment),
            ("cash_flow_id", all.flow),
            ("document_id", all.document),
            ("reminder_id", all.reminder),
        ]);
    }
    if matches!(role, Role::Admin | Role::Manager) {
        let path = product(steward, person, &format!("P{key}")).await;
        let task = steward.post(&format!("{path}/tasks")).by(person).json(&json!({"title": "Draw"})).send().await;
        ids.insert("task_id", task.expect(201).id());
        ids.insert("product_id", path.rsplit('/').next().unwrap().to_owned());
    }
    ids
}

/// Brings a person into a state; returns them with the token that no longer holds.
async fn fallen(
    steward: &Steward,
    admin: &Person,
    (person, name): (&Person, &str),
    role: Role,
    state: State,
) -> Person {
    match state {
        State::Disabled => {
            change(steward, admin, person, &json!({"status": "disabled"})).await;
            steward.person(person.id, "x", &[role]).await
        }
        State::Demoted => {
            let other = if role == Role::Analyst { Role::TeamMember } else { Role::Analyst };
            change(steward, admin, person, &json!({"roles": [other]})).await;
            steward.person(person.id, "x", &[role]).await
        }
        State::Promoted => {
            let other = if role == Role::Admin { Role::Manager } else { Role::Admin };
            change(steward, admin, person, &json!({"roles": [role, other]})).await;
            steward.person(person.id, "x", &[role]).await
        }
        State::Ended => {
            let other = steward.person(person.id, "x", &[role]).await;
            steward.delete("/api/me/sessions").by(person).send().await.expect(204);
            other
        }
        State::Expired => {
            let other = steward.person(person.id, "x", &[role]).await;
            let key = Key::new(format!("USER#{}", person.id), format!("SESSION#{}", other.caller.session_id));
            let now = kernel::time::Timestamp::now().as_second();
            steward.app().table().update(Write::update(key).set("expires_at", now)).await.unwrap();
            other
        }
        State::FactorMissing => {
            let settings = steward.get("/api/settings/security").by(admin).send().await.expect(200);
            let version = settings.json["version"].as_u64().unwrap();
            let patch = steward.patch("/api/settings/security").by(admin).if_match(version);
            patch.json(&json!({"required_roles": [role]})).send().await.expect(200);
            Person { token: factors::challenge(steward, name).await, ..person.clone() }
        }
    }
}

/// Every item of the table that has not expired: DynamoDB deletes the others when it likes.
async fn everything(steward: &Steward) -> Vec<HashMap<String, AttributeValue>> {
    let pages = steward.stack.dynamodb().scan().table_name("steward").consistent_read(true).into_paginator().items();
    let mut items = pages.send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let now = kernel::time::Timestamp::now().as_second();
    let expires = |item: &HashMap<String, AttributeValue>| item.get("expires_at")?.as_n().ok()?.parse::<i64>().ok();
    // A minute more, because the comparison takes a while.
    items.retain(|item| expires(item).is_none_or(|at| at > now + 60));
    let place = |item: &HashMap<String, AttributeValue>| format!("{:?} {:?}", item["pk"], item["sk"]);
    items.sort_by_cached_key(place);
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_no_longer_holds_is_refused_on_every_route() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let routes = coverage::routes();
    for (n, (role, _)) in ROLES.into_iter().enumerate() {
        for (m, state) in STATES.into_iter().enumerate() {
            let name = format!("user-{n}{m}");
            let person = steward.user(&admin, &name, &[role]).await;
            let own = owned(&steward, &person, role, n * 10 + m).await;
            let person = fallen(&steward, &admin, (&person, &name), role, state).await;
            steward.settle().await;
            let before = everything(&steward).await;
            for route in routes.iter().filter(|route| !PUBLIC.contains(&route.as_str())) {
                for owner in [true, false] {
                    let id = |name: &str| match own.get(name).filter(|_| owner) {
                        Some(id) => id.clone(),
                        None if ["number", "version"].contains(&name) => "1".into(),
                        None => kernel::id::new().to_string(),
                    };
                    let answer = coverage::send_with(&steward, route, Some(&person), id).await;
                    let got = (answer.status.as_u16(), answer.code());
                    assert_eq!(got, (401, "unauthenticated"), "{route} as {role:?}, {state:?}: {}", answer.text);
                }
            }
            assert!(everything(&steward).await == before, "{role:?}, {state:?}: something was written");
        }
    }
}

/// The routes whose answer is not JSON are files of data, for which no process may rely on its memory.
#[tokio::test(flavor = "multi_thread")]
async fn no_file_is_answered_from_memory() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    let own = owned(&steward, &eve, Role::Admin, 1).await;
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let is_file = |path: &str| {
        let content = &document["paths"][path]["get"]["responses"]["200"]["content"];
        content.as_object().is_some_and(|content| !content.contains_key("application/json"))
    };
    let routes = coverage::routes();
    let files = routes
        .iter()
        .filter(|route| route.strip_prefix("GET ").is_some_and(is_file) && !PUBLIC.contains(&route.as_str()));
    let id = |name: &str| own.get(name).cloned().unwrap_or_else(|| kernel::id::new().to_string());
    steward.get("/api/me").by(&eve).send().await.expect(200);
    let key = Key::new(format!("USER#{}", eve.id), format!("SESSION#{}", eve.caller.session_id));
    let mut count = 0;
    for route in files {
        // The process has just seen this session, which has ended since.
        let fresh = steward.person(eve.id, "eve", &[Role::Admin]).await;
        steward.get("/api/me").by(&fresh).send().await.expect(200);
        let key = Key::new(&key.pk, format!("SESSION#{}", fresh.caller.session_id));
        steward.app().table().delete(key).await.unwrap();
        let answer = coverage::send_with(&steward, route, Some(&fresh), id).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "unauthenticated"), "{route}: {}", answer.text);
        count += 1;
    }
    assert!(count > 20, "{count} files");
}
