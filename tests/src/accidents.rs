//! Races, conflicts and throttling: one writer wins, the others get an error, and the audit chain stays intact.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use investor_relations::investor;
use serde_json::json;

use crate::support::{Person, Steward};

async fn chain_holds(steward: &Steward, person: &Person, investor: &str) {
    steward.settle().await;
    let path = format!("/api/audit/verify?entity_type=investor&entity_id={investor}");
    let verdict = steward.get(&path).by(person).send().await.expect(200);
    assert_eq!(verdict.json["valid"], true, "{}", verdict.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_concurrent_updates_wins() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    let path = format!("/api/investors/{}", acme.id());
    for version in 1..=5 {
        let writers = (0..6).map(|n| {
            steward.patch(&path).by(&admin).if_match(version).json(&json!({"notes": format!("{version}/{n}")})).send()
        });
        let answers = futures_util::future::join_all(writers).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        let told = answers.iter().filter(|answer| answer.status == 412 || answer.status == 409).count();
        assert_eq!((won, told), (1, 5));
    }
    chain_holds(&steward, &admin, &acme.id()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_creates_with_one_email_make_one_investor() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rivals = (0..8).map(|n| {
        let body = json!({"name": format!("Rival {n}"), "kind": "fund", "email": "same@example.com"});
        steward.post("/api/investors").by(&admin).json(&body).send()
    });
    let answers = futures_util::future::join_all(rivals).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "email_taken");
    }
    assert_eq!(steward.all(&admin, "/api/investors", 10).await.len(), 1);
}

/// An HTTP client that fails the first transactions with an error in AWS's format and forwards everything else.
#[derive(Debug, Clone)]
struct Unlucky {
    inner: SharedHttpClient,
    left: Arc<AtomicUsize>,
    status: u16,
    body: &'static str,
    /// Whether the transaction is executed before the failure is returned.
    after: bool,
}

impl HttpClient for Unlucky {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(UnluckyConnector { inner, client: self.clone() })
    }
}

#[derive(Debug)]
struct UnluckyConnector {
    inner: SharedHttpConnector,
    client: Unlucky,
}

impl HttpConnector for UnluckyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transaction = request.headers().get("x-amz-target").is_some_and(|t| t.ends_with("TransactWriteItems"));
        let client = self.client.clone();
        let unlucky = transaction
            && client.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if !unlucky {
            return self.inner.call(request);
        }
        let real = client.after.then(|| self.inner.call(request));
        HttpConnectorFuture::new(async move {
            if let Some(real) = real {
                real.await?;
            }
            Ok(HttpResponse::new(client.status.try_into().unwrap(), SdkBody::from(client.body)))
        })
    }
}

const CONFLICT: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message":"Transaction cancelled","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]}"#;
pub const THROTTLED: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}"#;
const BROKEN: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"try again"}"#;

/// A Steward whose next transactions fail; the counter sets how many.
pub async fn unlucky(status: u16, body: &'static str, after: bool) -> (Steward, Arc<AtomicUsize>) {
    let left = Arc::new(AtomicUsize::new(0));
    let inner = platform::transport::client().unwrap();
    let client = SharedHttpClient::new(Unlucky { inner, left: Arc::clone(&left), status, body, after });
    let steward = Steward::start_with(Arc::new(move |config| config.http_client(client.clone()))).await;
    (steward, left)
}

async fn update(steward: &Steward, person: &Person, id: &str, version: u64, notes: &str) -> Result<u64, kernel::Error> {
    let patch = serde_json::from_value(json!({"notes": notes})).unwrap();
    let changed = investor::update(steward.app(), &person.caller, id.parse().unwrap(), version, patch).await?;
    Ok(changed.version)
}

#[tokio::test]
async fn a_transaction_conflict_is_retried_then_reported() {
    let (steward, left) = unlucky(400, CONFLICT, false).await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    steward.settle().await;
    left.store(3, Ordering::SeqCst);
    assert_eq!(update(&steward, &admin, &acme.id(), 1, "one").await.unwrap(), 2);
    assert_eq!(left.load(Ordering::SeqCst), 0, "all conflicts must have occurred");
    steward.settle().await;
    left.store(1000, Ordering::SeqCst);
    let error = update(&steward, &admin, &acme.id(), 2, "two").await.unwrap_err();
    assert_eq!((error.status().as_u16(), error.code()), (409, "conflict"));
    left.store(0, Ordering::SeqCst);
    chain_holds(&steward, &admin, &acme.id()).await;
}

#[tokio::test]
async fn throttling_is_retried_then_reported_as_unavailable() {
    let (steward, left) = unlucky(400, THROTTLED, false).await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    steward.settle().await;
    left.store(2, Ordering::SeqCst);
    assert_eq!(update(&steward, &admin, &acme.id(), 1, "one").await.unwrap(), 2);
    assert_eq!(left.load(Ordering::SeqCst), 0, "all throttling errors must have occurred");
    steward.settle().await;
    left.store(1000, Ordering::SeqCst);
    let error = update(&steward, &admin, &acme.id(), 2, "two").await.unwrap_err();
    assert_eq!((error.status().as_u16(), error.retryable()), (503, true));
    left.store(0, Ordering::SeqCst);
    chain_holds(&steward, &admin, &acme.id()).await;
}

#[tokio::test]
async fn a_response_lost_after_the_write_is_harmless() {
    let (steward, left) = unlucky(500, BROKEN, true).await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    steward.settle().await;
    left.store(1, Ordering::SeqCst);
    let outcome = update(&steward, &admin, &acme.id(), 1, "one").await;
    assert_eq!(left.load(Ordering::SeqCst), 0, "the response must have been lost");
    // The SDK retries with the same client request token, so DynamoDB recognises the repeat.
    assert_eq!(outcome.unwrap(), 2);
    let read = steward.get(&format!("/api/investors/{}", acme.id())).by(&admin).send().await.expect(200);
    assert_eq!((read.json["version"].as_u64(), read.json["notes"].as_str()), (Some(2), Some("one")));
    chain_holds(&steward, &admin, &acme.id()).await;
}
