//! Uploads that go wrong: never made, repeated, or too late.

use aws_sdk_dynamodb::types::AttributeValue;
use investor_relations::document;
use platform::upload::Outcome;
use serde_json::{Value, json};

use super::{PDF, announced, create, fetch, objects, put, uploaded};
use crate::support::{Person, Steward};

/// Moves the expiry of all items of a document into the past, as if a day had gone by.
async fn a_day_later(steward: &Steward, investor: &str, document: &str) {
    let client = steward.stack.dynamodb();
    let query = client.query().table_name("steward").key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("INVESTOR#{investor}")));
    let query = query.expression_attribute_values(":sk", AttributeValue::S(format!("DOCUMENT#{document}")));
    for item in query.send().await.unwrap().items() {
        let Some(at) = item.get("expires_at") else { continue };
        let at: i64 = at.as_n().unwrap().parse().unwrap();
        let update = client.update_item().table_name("steward").update_expression("SET expires_at = :at");
        let update = update.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
        let past = AttributeValue::N((at - 24 * 3600 - 1).to_string());
        update.expression_attribute_values(":at", past).send().await.unwrap();
    }
}

/// The sort keys of all stored items of a document.
async fn stored(steward: &Steward, investor: &str, document: &str) -> Vec<String> {
    let query = steward.stack.dynamodb().query().table_name("steward").consistent_read(true);
    let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("INVESTOR#{investor}")));
    let query = query.expression_attribute_values(":sk", AttributeValue::S(format!("DOCUMENT#{document}")));
    query.send().await.unwrap().items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

async fn chain(steward: &Steward, by: &Person, document: &str) -> (bool, u64) {
    let path = format!("/api/audit/verify?entity_type=document&entity_id={document}");
    let verdict = steward.get(&path).by(by).send().await.expect(200).json;
    (verdict["valid"].as_bool().unwrap(), verdict["records"].as_u64().unwrap())
}

fn id(created: &Value) -> String {
    created["document"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_upload_leaves_nothing_after_a_day() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let created = create(&steward, &admin, &acme, &announced("a.pdf", "application/pdf", PDF)).await.expect(201);
    let document = id(&created.json);
    let path = format!("/api/investors/{acme}/documents/{document}");
    steward.get(&path).by(&admin).send().await.expect(200);
    assert_eq!(stored(&steward, &acme, &document).await.len(), 2);

    a_day_later(&steward, &acme, &document).await;
    // Whether or not DynamoDB has removed it yet.
    steward.get(&path).by(&admin).send().await.problem(404, "not_found");
    steward.delete(&path).by(&admin).if_match(1).send().await.problem(404, "not_found");
    assert!(steward.stack.expire().await.unwrap() >= 2);
    steward.settle().await;
    assert!(stored(&steward, &acme, &document).await.is_empty());
    steward.get(&path).by(&admin).send().await.problem(404, "not_found");
    for list in ["documents", "timeline"] {
        let listed = steward.all(&admin, &format!("/api/investors/{acme}/{list}"), 10).await;
        assert!(!listed.iter().any(|one| one.to_string().contains(&document)), "{list}: {listed:?}");
    }
    assert!(objects(&steward).await.is_empty());
    assert!(chain(&steward, &admin, &document).await.0, "the announcement stays in the audit trail");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_new_version_keeps_the_document() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let path = uploaded(&steward, &admin, &acme, "a.txt", "text/plain", b"one").await;
    let document = path.rsplit('/').next().unwrap().to_owned();
    let versions = format!("{path}/versions");
    let next = announced("b.txt", "text/plain", b"two");
    steward.post(&versions).by(&admin).json(&next).send().await.expect(201);
    a_day_later(&steward, &acme, &document).await;
    assert!(steward.stack.expire().await.unwrap() >= 1);
    steward.settle().await;
    let read = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!((&read["document"]["status"], &read["document"]["file_version"]), (&json!("available"), &json!(1)));
    assert_eq!(read["versions"].as_array().unwrap().len(), 1);
    // The number is not reused, so the URL of the abandoned upload can never write the bytes of another version.
    let third = steward.post(&versions).by(&admin).json(&next).send().await.expect(201).json;
    assert_eq!(third["number"], 3);
    put(&steward, &third["upload"], b"two").await.expect(200);
    steward.settle().await;
    let read = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!(read["document"]["file_version"], 3);
    assert!(chain(&steward, &admin, &document).await.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploading_again_after_release_changes_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let created = create(&steward, &admin, &acme, &announced("a.txt", "text/plain", b"good")).await.expect(201).json;
    let path = format!("/api/investors/{acme}/documents/{}", id(&created));
    put(&steward, &created["upload"], b"good").await.expect(200);
    steward.settle().await;
    let released = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!(released["document"]["status"], "available");

    // The signed URL accepts the same bytes again but no others; a direct write to the store accepts any.
    put(&steward, &created["upload"], b"good").await.expect(200);
    steward.settle().await;
    assert!(put(&steward, &created["upload"], b"evil").await.status.is_client_error());
    let app = steward.app();
    let pending = format!("pending/documents/{acme}/{}/1", id(&created));
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"evil");
    app.s3().unwrap().put_object().bucket(app.bucket()).key(&pending).body(body).send().await.unwrap();
    steward.settle().await;
    assert_eq!(document::uploaded(app, &pending, None).await.unwrap(), Outcome::PassedOver);
    assert_eq!(objects(&steward).await, [format!("documents/{}/1", id(&created))], "the repeated upload is removed");
    let read = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!((&read["document"], &read["versions"]), (&released["document"], &released["versions"]));
    let got = steward.post(&format!("{path}/download")).by(&admin).send().await.expect(200);
    assert_eq!(fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200).text, "good");
    assert!(chain(&steward, &admin, &id(&created)).await.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_a_deleted_document_is_removed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    // One document is waiting for its first file, the other for its next version.
    let first = create(&steward, &admin, &acme, &announced("a.txt", "text/plain", b"one")).await.expect(201).json;
    let waiting = format!("/api/investors/{acme}/documents/{}", id(&first));
    steward.delete(&waiting).by(&admin).if_match(1).send().await.expect(204);
    let there = uploaded(&steward, &admin, &acme, "b.txt", "text/plain", b"two").await;
    let next = announced("b.txt", "text/plain", b"three");
    let next = steward.post(&format!("{there}/versions")).by(&admin).json(&next).send().await.expect(201).json;
    steward.delete(&there).by(&admin).if_match(3).send().await.expect(204);
    let kept = objects(&steward).await;

    put(&steward, &first["upload"], b"one").await.expect(200);
    put(&steward, &next["upload"], b"three").await.expect(200);
    steward.settle().await;
    assert_eq!(objects(&steward).await, kept, "nothing is pending and nothing was released");
    for (path, records) in [(&waiting, 2), (&there, 4)] {
        steward.get(path).by(&admin).send().await.problem(404, "not_found");
        let document = path.rsplit('/').next().unwrap();
        let (valid, recorded) = chain(&steward, &admin, document).await;
        assert!(valid && recorded >= records, "{recorded}");
        a_day_later(&steward, &acme, document).await;
    }
    // A day later the deletions are still recorded as the heads of their chains.
    steward.stack.expire().await.unwrap();
    steward.settle().await;
    for path in [&waiting, &there] {
        let document = path.rsplit('/').next().unwrap();
        assert!(chain(&steward, &admin, document).await.0);
        assert!(stored(&steward, &acme, document).await.contains(&format!("DOCUMENT#{document}")), "{path}");
    }
    assert!(steward.all(&admin, &format!("/api/investors/{acme}/documents"), 10).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_events_release_a_file_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let created = create(&steward, &admin, &acme, &announced("a.pdf", "application/pdf", PDF)).await.expect(201).json;
    put(&steward, &created["upload"], PDF).await.expect(200);
    let pending = format!("pending/documents/{acme}/{}/1", id(&created));
    // Alongside the queue's own delivery.
    let rivals = (0..4).map(|_| document::uploaded(steward.app(), &pending, None));
    for outcome in futures_util::future::join_all(rivals).await {
        assert!(matches!(outcome, Ok(Outcome::Released | Outcome::PassedOver) | Err(_)), "{outcome:?}");
    }
    steward.settle().await;
    let path = format!("/api/investors/{acme}/documents/{}", id(&created));
    let read = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!((&read["document"]["status"], &read["document"]["version"]), (&json!("available"), &json!(2)));
    assert_eq!(objects(&steward).await, [format!("documents/{}/1", id(&created))]);
    let trail = format!("/api/audit?entity_type=document&entity_id={}", id(&created));
    let trail = steward.all(&admin, &trail, 25).await;
    assert_eq!(trail.iter().filter(|record| record["action"] == "document_release").count(), 1);
}
