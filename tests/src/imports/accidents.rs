//! Slices that fail, are repeated or run concurrently: every row is counted once, with its actual outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use exchange::import::{ImportRun, RunId};
use platform::job::{self, Limits, Run as _, Trigger};
use serde_json::{Value, json};

use super::{counts, run, start, uploaded};
use crate::support::{Person, Steward};

const ROWS: usize = 600;

/// A file of companies by key; each has `notes`.
fn file(rows: std::ops::Range<usize>, notes: &str) -> String {
    let rows: String = rows.map(|n| format!("Company {n:05},K{n},{notes}\n")).collect();
    format!("name,key,notes\n{rows}")
}

fn body() -> Value {
    let mapping = json!([
        {"column": "name", "field": "name"}, {"column": "key", "field": "external_key"},
        {"column": "notes", "field": "notes"},
    ]);
    json!({"mapping": mapping, "key": "external_key", "defaults": {"kind": "company"}, "dry_run": false})
}

/// A connection that breaks at every n-th call of one operation, alternately before the call is sent and after it was executed.
#[derive(Debug, Clone)]
pub(super) struct Breaking {
    inner: SharedHttpClient,
    operation: &'static str,
    every: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
}

impl Breaking {
    /// A connection that does not break yet, and a stack that uses it.
    pub(super) async fn steward(operation: &'static str) -> (Self, Steward) {
        let inner = platform::transport::client().unwrap();
        let breaking = Self { inner, operation, every: Arc::default(), sent: Arc::default() };
        let client = SharedHttpClient::new(breaking.clone());
        let steward = Steward::start_with(Arc::new(move |config| config.http_client(client.clone()))).await;
        (breaking, steward)
    }

    /// Breaks one call, the `calls`th from now, before it is sent.
    pub(super) async fn once(&self, calls: usize) {
        self.every(calls);
        let broken = async {
            while self.sent.load(Ordering::SeqCst) < calls {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), broken).await.expect("fewer calls than expected");
        self.every(0);
    }

    pub(super) fn every(&self, calls: usize) {
        self.every.store(calls, Ordering::SeqCst);
    }
}

impl HttpClient for Breaking {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(BreakingConnector { inner, client: self.clone() })
    }
}

#[derive(Debug)]
struct BreakingConnector {
    inner: SharedHttpConnector,
    client: Breaking,
}

impl HttpConnector for BreakingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let every = self.client.every.load(Ordering::SeqCst);
        let meant = request.headers().get("x-amz-target").is_some_and(|t| t.ends_with(self.client.operation));
        if every == 0 || !meant {
            return self.inner.call(request);
        }
        let number = self.client.sent.fetch_add(1, Ordering::SeqCst) + 1;
        if !number.is_multiple_of(every) {
            return self.inner.call(request);
        }
        let real = (number / every).is_multiple_of(2).then(|| self.inner.call(request));
        HttpConnectorFuture::new(async move {
            if let Some(real) = real {
                real.await?;
            }
            // The SDK does not retry this kind of error.
            Err(ConnectorError::user("the connection broke".into()))
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_slices_count_every_row_once() {
    let (breaking, steward) = Breaking::steward("TransactWriteItems").await;
    let admin = steward.admin().await;
    steward.settle().await;

    let first = uploaded(&steward, &admin, file(0..ROWS / 2, "old").as_bytes()).await;
    start(&steward, &admin, &first, &body()).await.expect(202);
    breaking.every(61);
    steward.settle().await;
    breaking.every(0);
    assert!(breaking.sent.load(Ordering::SeqCst) > 61, "the connection must have broken");
    expect(&steward, &admin, &first, [300, 0, 0, 0]).await;

    let second = uploaded(&steward, &admin, file(0..ROWS, "new").as_bytes()).await;
    start(&steward, &admin, &second, &body()).await.expect(202);
    breaking.every(61);
    steward.settle().await;
    breaking.every(0);
    expect(&steward, &admin, &second, [300, 300, 0, 0]).await;
    assert_eq!(steward.all(&admin, "/api/investors", 100).await.len(), ROWS);

    let third = uploaded(&steward, &admin, file(0..ROWS, "new").as_bytes()).await;
    run(&steward, &admin, &third, &body()).await;
    expect(&steward, &admin, &third, [0, 0, 600, 0]).await;
}

async fn expect(steward: &Steward, person: &Person, id: &str, wanted: [u64; 4]) {
    let import = steward.get(&format!("/api/imports/{id}")).by(person).send().await.expect(200).json;
    assert_eq!((import["status"].as_str(), counts(&import)), (Some("done"), wanted), "{import}");
    let path = format!("/api/audit/verify?entity_type=import&entity_id={id}");
    assert_eq!(steward.get(&path).by(person).send().await.expect(200).json["valid"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_reported_despite_an_interrupted_slice() {
    // These calls include the write of the row and the write that counts it.
    for broken in 2..=6 {
        let (breaking, steward) = Breaking::steward("TransactWriteItems").await;
        let admin = steward.admin().await;
        let acme = steward.investor(&admin, "Company 00000").await.id();
        let id = uploaded(&steward, &admin, b"name,key,notes\nCompany 00000 Ltd,K1,x\nOther,K2,x\nNew,K3,x\n").await;
        steward.settle().await;
        let body = body();
        let (started, ()) = tokio::join!(start(&steward, &admin, &id, &body), breaking.once(broken));
        started.expect(202);
        steward.settle().await;
        expect(&steward, &admin, &id, [3, 0, 0, 0]).await;
        let told = steward.all(&admin, &format!("/api/imports/{id}/errors"), 10).await;
        let told: Vec<_> = told.iter().map(|row| (&row["row"], &row["code"], &row["investor_id"])).collect();
        assert_eq!(told, [(&json!(2), &json!("possible_duplicate"), &json!(acme))], "broken at {broken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_slices_count_every_row_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let id = uploaded(&steward, &admin, file(0..ROWS, "x").as_bytes()).await;
    let started = start(&steward, &admin, &id, &body()).await.expect(202);
    let run = started.json["version"].as_u64().unwrap();
    // Alongside the stream, three more workers process every slice several times, in small slices.
    let limits = Limits { items: 75, ..ImportRun::LIMITS };
    let due = RunId { import_id: id.parse().unwrap(), run };
    let rivals = (0..3).map(|_| async {
        for step in (0..12).flat_map(|step| [step, step, step]) {
            job::advance::<ImportRun>(steward.app(), Trigger { id: due, step, tries: 0 }, &limits).await.unwrap();
        }
    });
    futures_util::future::join_all(rivals).await;
    steward.settle().await;
    expect(&steward, &admin, &id, [ROWS as u64, 0, 0, 0]).await;
    assert_eq!(steward.all(&admin, "/api/investors", 100).await.len(), ROWS);
    // A stale record of a slice that finished long ago.
    job::advance::<ImportRun>(steward.app(), Trigger { id: due, step: 1, tries: 0 }, &limits).await.unwrap();
    expect(&steward, &admin, &id, [ROWS as u64, 0, 0, 0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_import_ends_and_can_be_restarted() {
    let (breaking, steward) = Breaking::steward("DynamoDB_20120810.Query").await;
    let admin = steward.admin().await;
    let id = uploaded(&steward, &admin, file(0..10, "x").as_bytes()).await;
    breaking.every(1);
    let started = start(&steward, &admin, &id, &body()).await.expect(202);
    let due = RunId { import_id: id.parse().unwrap(), run: started.json["version"].as_u64().unwrap() };
    // Alongside the stream, which waits longer between retries.
    let limits = Limits { pause: Duration::from_millis(1), ..ImportRun::LIMITS };
    for (step, tries) in [0, 1].into_iter().flat_map(|step| (0..10).map(move |tries| (step, tries))) {
        job::advance::<ImportRun>(steward.app(), Trigger { id: due, step, tries }, &limits).await.unwrap();
    }
    let path = format!("/api/imports/{id}");
    let import = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!((&import["status"], &import["failure"]["code"]), (&json!("failed"), &json!("unavailable")), "{import}");
    breaking.every(0);
    steward.settle().await;
    start(&steward, &admin, &id, &body()).await.expect(202);
    steward.settle().await;
    expect(&steward, &admin, &id, [10, 0, 0, 0]).await;
    let file =
        steward.app().s3().unwrap().head_object().bucket(steward.app().bucket()).key(format!("imports/{id}.csv"));
    assert!(file.send().await.is_err(), "the file of a finished import is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_stops_and_reports_its_progress() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let id = uploaded(&steward, &admin, file(0..20_000, "x").as_bytes()).await;
    start(&steward, &admin, &id, &body()).await.expect(202);
    let path = format!("/api/imports/{id}");
    let mut seen = 0;
    while seen == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let import = steward.get(&path).by(&admin).send().await.expect(200).json;
        assert_eq!(import["status"], "importing");
        seen = import["rows_done"].as_u64().unwrap();
    }
    let answer = steward.post(&format!("{path}/cancel")).by(&admin).send().await.expect(200).json;
    assert_eq!(answer["status"], "cancelled");
    steward.settle().await;
    let import = steward.get(&path).by(&admin).send().await.expect(200).json;
    let created = import["created_count"].as_u64().unwrap();
    assert!(created >= seen && created < 20_000, "{import}");
    assert_eq!(steward.all(&admin, "/api/investors", 100).await.len() as u64, created, "every written row is counted");
    let list = steward.all(&admin, "/api/imports", 10).await;
    assert_eq!(list[0]["created_count"], created);
    let path = format!("/api/audit/verify?entity_type=import&entity_id={id}");
    assert_eq!(steward.get(&path).by(&admin).send().await.expect(200).json["valid"], true);
}
