//! What an access token says of its user and session must still hold: at every write, and at reads within 30 seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use futures_util::future::join_all;
use investor_relations::merge;
use kernel::policy::Role;
use product_development::product_deletion;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::assets::product;
use crate::imports::{self, uploaded};
use crate::merges::full;
use crate::support::{Answer, PASSWORD, Person, Steward};

/// Changes a user's roles or status, on behalf of `admin`.
pub async fn change(steward: &Steward, admin: &Person, user: &Person, patch: &Value) {
    let path = format!("/api/users/{}", user.id);
    let version = steward.get(&path).by(admin).send().await.expect(200).etag();
    steward.patch(&path).by(admin).if_match(version).json(patch).send().await.expect(200);
}

fn new_admin(name: &str) -> Value {
    json!({"username": name, "name": "N", "email": format!("{name}@example.com"), "roles": ["admin"]})
}

/// Asserts that a former admin can do nothing any more with the token that they have.
async fn has_no_power(steward: &Steward, former: &Person) {
    let own = format!("/api/users/{}", former.id);
    let password = json!({"current_password": PASSWORD, "new_password": "another long password"});
    for call in [
        steward.post("/api/users").json(&new_admin("heir")),
        steward.patch(&own).if_match(1).json(&json!({"status": "active"})),
        steward.patch(&own).if_match(2).json(&json!({"status": "active", "roles": ["admin"]})),
        steward.post("/api/me/password").json(&password),
        steward.patch("/api/me").if_match(2).json(&json!({"email": "thief@example.com"})),
        steward.delete("/api/me/sessions"),
        steward.post("/api/investors").json(&json!({"name": "Acme", "kind": "fund"})),
        steward.post("/api/notifications/read").json(&json!({"all": true})),
        steward.post("/api/live/ticket"),
        steward.get("/api/exports/users"),
        steward.get("/api/exports/audit"),
        steward.get("/api/me"),
        steward.get("/api/users"),
    ] {
        call.by(former).send().await.problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_admin_has_no_power_at_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    change(&steward, &admin, &eve, &json!({"status": "disabled"})).await;
    has_no_power(&steward, &eve).await;
    // The sessions ended with the status. A session that was opened at the same moment gives no power either.
    let again = steward.person(eve.id, "eve", &[Role::Admin]).await;
    has_no_power(&steward, &again).await;
    let read = steward.get(&format!("/api/users/{}", eve.id)).by(&admin).send().await.expect(200);
    assert_eq!((&read.json["status"], &read.json["version"]), (&json!("disabled"), &json!(2)));
    assert_eq!(steward.all(&admin, "/api/users", 10).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demoted_admin_has_no_power_at_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    change(&steward, &admin, &eve, &json!({"roles": ["analyst"]})).await;
    has_no_power(&steward, &eve).await;
    // The session lives on, with the present roles.
    let analyst = steward.person(eve.id, "eve", &[Role::Analyst]).await;
    steward.get("/api/me").by(&analyst).send().await.expect(200);
    steward.post("/api/users").by(&analyst).json(&new_admin("heir")).send().await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_an_ended_session_writes_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    let other = steward.person(eve.id, "eve", &[Role::Admin]).await;
    steward.delete("/api/me/sessions").by(&other).send().await.expect(204);
    has_no_power(&steward, &eve).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_may_answer_reads_from_memory_but_nothing_else() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    steward.get("/api/me").by(&eve).send().await.expect(200);
    change(&steward, &admin, &eve, &json!({"status": "disabled"})).await;
    steward.get("/api/me").by(&eve).send().await.expect(200);
    steward.get("/api/exports/users").by(&eve).send().await.problem(401, "unauthenticated");
    // That refusal was noticed.
    steward.get("/api/me").by(&eve).send().await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_disables_themselves_ends_their_sessions() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    let path = format!("/api/users/{}", eve.id);
    steward.patch(&path).by(&eve).if_match(1).json(&json!({"status": "disabled"})).send().await.expect(200);
    change(&steward, &admin, &eve, &json!({"status": "active"})).await;
    steward.delete("/api/me/sessions").by(&eve).send().await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writes_of_one_user_at_once_do_not_conflict() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let creates = (0..50).map(|n| {
        let new = json!({"name": format!("Investor {n}"), "kind": "fund"});
        steward.post("/api/investors").by(&admin).json(&new).send()
    });
    let answers = join_all(creates).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
}

/// A connection that holds back the next transaction.
#[derive(Debug, Clone)]
struct Holding {
    inner: SharedHttpClient,
    armed: Arc<AtomicBool>,
    held: Arc<Notify>,
    release: Arc<Notify>,
}

impl HttpClient for Holding {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(HoldingConnector { inner, client: self.clone() })
    }
}

#[derive(Debug)]
struct HoldingConnector {
    inner: SharedHttpConnector,
    client: Holding,
}

impl HttpConnector for HoldingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transaction = request.headers().get("x-amz-target").is_some_and(|t| t.ends_with("TransactWriteItems"));
        if !transaction || !self.client.armed.swap(false, Ordering::SeqCst) {
            return self.inner.call(request);
        }
        let (inner, client) = (self.inner.clone(), self.client.clone());
        HttpConnectorFuture::new(async move {
            client.held.notify_one();
            client.release.notified().await;
            inner.call(request).await
        })
    }
}

/// Makes a change while a write of somebody is on its way to the table, after their standing was found to be good.
async fn meanwhile(write: impl AsyncFn(&Steward, &Person) -> Answer, change_of: Option<Value>) {
    let (armed, held, release) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let inner = platform::transport::client().unwrap();
    let holding = Holding { inner, armed: armed.clone(), held: held.clone(), release: release.clone() };
    let client = SharedHttpClient::new(holding);
    let steward = Steward::start_with(Arc::new(move |config| config.http_client(client.clone()))).await;
    let admin = steward.admin().await;
    let eve = steward.user(&admin, "eve", &[Role::Admin]).await;
    let other = steward.person(eve.id, "eve", &[Role::Admin]).await;
    steward.settle().await;
    armed.store(true, Ordering::SeqCst);
    let changing = async {
        held.notified().await;
        match change_of {
            Some(patch) => change(&steward, &admin, &eve, &patch).await,
            None => drop(steward.delete("/api/me/sessions").by(&other).send().await.expect(204)),
        }
        release.notify_one();
    };
    let (answer, ()) = tokio::join!(write(&steward, &eve), changing);
    answer.problem(401, "unauthenticated");
    assert_eq!(steward.all(&admin, "/api/users", 10).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_actor_in_the_last_moment_counts() {
    let create = async |steward: &Steward, eve: &Person| {
        steward.post("/api/users").by(eve).json(&new_admin("heir")).send().await
    };
    for change in [Some(json!({"status": "disabled"})), Some(json!({"roles": ["manager"]})), None] {
        meanwhile(create, change).await;
    }
    // Here the actor is the user who is written.
    let rename = async |steward: &Steward, eve: &Person| {
        steward.patch("/api/me").by(eve).if_match(1).json(&json!({"email": "thief@example.com"})).send().await
    };
    meanwhile(rename, Some(json!({"status": "disabled"}))).await;
    meanwhile(rename, None).await;
    // A link with which a password is set.
    let send = async |steward: &Steward, eve: &Person| {
        steward.post(&format!("/api/users/{}/password-reset", eve.id)).by(eve).send().await
    };
    meanwhile(send, Some(json!({"status": "disabled"}))).await;
    // And here, the session that ends is the actor's own.
    let end = async |steward: &Steward, eve: &Person| {
        steward.delete(&format!("/api/me/sessions/{}", eve.caller.session_id)).by(eve).send().await
    };
    meanwhile(end, None).await;
}

/// Someone who is disabled. Jobs are started for them by calling what the handlers call, as if they had been disabled a moment later.
async fn disabled(steward: &Steward, admin: &Person, user: &Person) {
    change(steward, admin, user, &json!({"status": "disabled"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_stops_if_its_starter_is_disabled() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let id = uploaded(&steward, &rita, b"name,key\nAcme,K1\n").await;
    let mapping = json!([{"column": "name", "field": "name"}, {"column": "key", "field": "external_key"}]);
    let body = json!({"mapping": mapping, "key": "external_key", "defaults": {"kind": "company"}, "dry_run": false});
    disabled(&steward, &admin, &rita).await;
    let start = serde_json::from_value(body.clone()).unwrap();
    exchange::import::start(steward.app(), &rita.caller, id.parse().unwrap(), start).await.unwrap();
    steward.settle().await;
    let import = steward.get(&format!("/api/imports/{id}")).by(&admin).send().await.expect(200).json;
    assert_eq!((&import["status"], &import["failure"]["code"]), (&json!("failed"), &json!("starter_not_allowed")));
    assert!(steward.all(&admin, "/api/investors", 10).await.is_empty());
    let again = imports::run(&steward, &admin, &id, &body).await;
    assert_eq!((&again["status"], &again["created_count"]), (&json!("done"), &json!(1)), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_stops_if_its_starter_is_disabled_and_somebody_else_can_go_on() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let into = steward.investor(&rita, "Acme").await.id();
    let from = full(&steward, &rita, &json!({"name": "ACME", "kind": "fund"})).await;
    steward.settle().await;
    let body = json!({"absorbed_id": from.id, "absorbed_version": 1});
    disabled(&steward, &admin, &rita).await;
    let new = serde_json::from_value(body.clone()).unwrap();
    merge::create(steward.app(), &rita.caller, into.parse().unwrap(), 1, new).await.unwrap();
    steward.settle().await;
    let path = format!("/api/investors/{into}/merges");
    let merges = steward.all(&admin, &path, 10).await;
    assert_eq!((&merges[0]["status"], &merges[0]["moved"]), (&json!("stopped"), &json!(0)));
    let again = async |version: u64| steward.post(&path).by(&admin).if_match(version).json(&body).send().await;
    again(1).await.problem(412, "stale_version");
    again(2).await.expect(200);
    steward.settle().await;
    let merges = steward.all(&admin, &path, 10).await;
    assert_eq!((&merges[0]["status"], &merges[0]["merged_by_name"]), (&json!("done"), &json!("Ada Admin")));
    assert_eq!(merges[0]["moved"], 5);
    again(2).await.problem(422, "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_stops_if_its_starter_is_demoted_and_somebody_else_can_go_on() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let path = product(&steward, &mia, "ORB").await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    change(&steward, &admin, &mia, &json!({"roles": ["team_member"]})).await;
    product_deletion::delete(steward.app(), &mia.caller, id, 1).await.unwrap();
    steward.settle().await;
    let state = async || steward.get(&format!("{path}/deletion")).by(&admin).send().await.expect(200).json;
    assert_eq!(state().await["status"], "stopped");
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(202);
    steward.settle().await;
    let done = state().await;
    assert_eq!((&done["status"], &done["started_by_name"]), (&json!("done"), &json!("Ada Admin")));
}
