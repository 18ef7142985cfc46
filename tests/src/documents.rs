//! Documents: from a user's file through the API into the bucket and back, and everything that can be wrong with a file.

use aws_lc_rs::digest;
use investor_relations::document;
use kernel::policy::Role;
use platform::upload::Outcome;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

mod uploads;

pub const PDF: &[u8] = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n";

pub fn announced(name: &str, kind: &str, bytes: &[u8]) -> Value {
    let digest = digest::digest(&digest::SHA256, bytes);
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"file_name": name, "content_type": kind, "size": bytes.len(), "sha256": hex})
}

pub async fn create(steward: &Steward, person: &Person, investor: &str, new: &Value) -> Answer {
    steward.post(&format!("/api/investors/{investor}/documents")).by(person).json(new).send().await
}

/// Uploads a file to its signed URL.
pub async fn put(steward: &Steward, upload: &Value, bytes: &[u8]) -> Answer {
    let url: http::Uri = upload["url"].as_str().unwrap().parse().unwrap();
    let call = steward.request("PUT", url.path_and_query().unwrap().as_str());
    let mut call = call.header("host", url.authority().unwrap().as_str());
    for (name, value) in upload["headers"].as_object().unwrap() {
        call = call.header(name, value.as_str().unwrap());
    }
    call.header("content-length", &bytes.len().to_string()).raw(bytes).send().await
}

pub async fn fetch(steward: &Steward, url: &str) -> Answer {
    let url: http::Uri = url.parse().unwrap();
    let call = steward.get(url.path_and_query().unwrap().as_str());
    call.header("host", url.authority().unwrap().as_str()).send().await
}

/// Creates a document, uploads its file, waits until the file is checked, and returns the document's path.
pub async fn uploaded(
    steward: &Steward,
    person: &Person,
    investor: &str,
    name: &str,
    kind: &str,
    bytes: &[u8],
) -> String {
    let created = create(steward, person, investor, &announced(name, kind, bytes)).await.expect(201);
    put(steward, &created.json["upload"], bytes).await.expect(200);
    steward.settle().await;
    format!("/api/investors/{investor}/documents/{}", created.json["document"]["id"].as_str().unwrap())
}

/// The keys in the bucket.
pub async fn objects(steward: &Steward) -> Vec<String> {
    let app = steward.app();
    let list = app.s3().unwrap().list_objects_v2().bucket(app.bucket()).send().await.unwrap();
    list.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_can_be_uploaded_listed_and_downloaded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ann = steward.user(&admin, "ann", &[Role::Analyst]).await;
    let acme = steward.investor(&rita, "Acme").await.id();
    let path = uploaded(&steward, &rita, &acme, "Größe €.pdf", "application/pdf", PDF).await;
    let read = steward.get(&path).by(&ann).send().await.expect(200);
    assert_eq!(
        (&read.json["document"]["status"], &read.json["document"]["title"]),
        (&json!("available"), &json!("Größe €"))
    );
    assert_eq!(read.json["versions"][0]["number"], 1);
    for list in ["documents", "timeline?kind=document"] {
        assert_eq!(steward.all(&ann, &format!("/api/investors/{acme}/{list}"), 10).await.len(), 1, "{list}");
    }
    let got = steward.post(&format!("{path}/download?disposition=inline")).by(&ann).send().await.expect(200);
    let id = path.rsplit('/').next().unwrap();
    let trail = steward.all(&admin, &format!("/api/audit?entity_type=document&entity_id={id}"), 10).await;
    let trail: Vec<_> = trail.into_iter().filter(|record| record["action"] == "document_download").collect();
    assert_eq!((trail.len(), &trail[0]["actor_id"]), (1, &json!(ann.id)));
    let file = fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200);
    assert_eq!(file.text, String::from_utf8_lossy(PDF));
    assert_eq!(file.headers["content-type"], "application/pdf");
    let disposition = file.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("inline;") && disposition.contains("UTF-8''Gr%C3%B6%C3%9Fe"), "{disposition}");
    assert!(objects(&steward).await.iter().all(|key| key.starts_with("documents/")), "nothing is left pending");
    let verdict = format!("/api/audit/verify?entity_type=document&entity_id={id}");
    assert_eq!(steward.get(&verdict).by(&admin).send().await.expect(200).json["valid"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_wrong_type_is_quarantined() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&rita, "Acme").await.id();
    let path = uploaded(&steward, &rita, &acme, "a.pdf", "application/pdf", b"MZ\x90\0 a program").await;
    let read = steward.get(&path).by(&rita).send().await.expect(200);
    assert_eq!(read.json["document"]["status"], "quarantined");
    assert_eq!(read.json["versions"][0]["reason"], "wrong_type");
    steward.post(&format!("{path}/download")).by(&rita).send().await.problem(409, "state_conflict");
    steward.get(&path).by(&admin).send().await.problem(404, "not_found");
    assert!(steward.all(&admin, &format!("/api/investors/{acme}/documents"), 10).await.is_empty());
    assert_eq!(steward.all(&rita, &format!("/api/investors/{acme}/documents"), 10).await.len(), 1);
    let told = steward.all(&rita, "/api/notifications", 10).await;
    assert_eq!(told.iter().filter(|note| note["kind"] == "document_quarantined").count(), 1);
    assert!(objects(&steward).await.iter().all(|key| key.starts_with("quarantine/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_refuses_a_file_that_was_not_announced() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let created = create(&steward, &admin, &acme, &announced("a.pdf", "application/pdf", PDF)).await.expect(201);
    let upload = &created.json["upload"];
    let mut other = PDF.to_vec();
    other[20] ^= 1;
    assert!(put(&steward, upload, &other).await.status.is_client_error(), "different bytes of the same size");
    assert!(put(&steward, upload, &PDF[1..]).await.status.is_client_error(), "a different size");
    assert_eq!(objects(&steward).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_download_url_is_refused() {
    let steward = Steward::start().await;
    let url =
        platform::objects::presign_get(steward.app(), "documents/x/1", "text/plain", "attachment", 1).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(fetch(&steward, &url).await.status.as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_or_early_upload_events_are_harmless() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let path = uploaded(&steward, &admin, &acme, "a.pdf", "application/pdf", PDF).await;
    let id = path.rsplit('/').next().unwrap();
    let key = format!("pending/documents/{acme}/{id}/1");
    assert_eq!(document::uploaded(steward.app(), &key, None).await.unwrap(), Outcome::PassedOver);
    assert_eq!(steward.get(&path).by(&admin).send().await.expect(200).json["document"]["version"], 2);
    let (app, early) = (steward.app(), format!("pending/documents/{acme}/{}/1", kernel::id::new()));
    let body = aws_sdk_s3::primitives::ByteStream::from_static(PDF);
    app.s3().unwrap().put_object().bucket(app.bucket()).key(&early).body(body).send().await.unwrap();
    assert!(document::uploaded(app, &early, None).await.is_err(), "the event must be redelivered");
    assert_eq!(document::uploaded(app, "pending/../x", None).await.unwrap(), Outcome::PassedOver);
}

#[tokio::test(flavor = "multi_thread")]
async fn unacceptable_names_types_and_sizes_name_their_field() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let good = announced("a.pdf", "application/pdf", PDF);
    for (field, value) in [
        ("file_name", json!("../a.pdf")),
        ("file_name", json!("a\u{202E}fdp.pdf")),
        ("file_name", json!("a.exe")),
        ("file_name", json!(format!("{}.pdf", "é".repeat(200)))),
        ("content_type", json!("application/zip")),
        ("size", json!(100 * 1024 * 1024 + 1)),
        ("size", json!(0)),
        ("sha256", json!("x")),
    ] {
        let mut new = good.clone();
        new[field] = value;
        let refused = create(&steward, &admin, &acme, &new).await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), [field]);
    }
    let mut largest = good.clone();
    largest["size"] = json!(100 * 1024 * 1024);
    create(&steward, &admin, &acme, &largest).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_without_a_file_is_hidden_from_others() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&rita, "Acme").await.id();
    let created = create(&steward, &rita, &acme, &announced("a.pdf", "application/pdf", PDF)).await.expect(201);
    let id = created.json["document"]["id"].as_str().unwrap();
    let unfinished = format!("/api/investors/{acme}/documents/{id}");
    steward.get(&unfinished).by(&admin).send().await.problem(404, "not_found");
    steward
        .patch(&unfinished)
        .by(&rita)
        .if_match(1)
        .json(&json!({"title": "B"}))
        .send()
        .await
        .problem(409, "state_conflict");
    for (list, count) in [("documents", 0), ("timeline?kind=document", 0)] {
        assert_eq!(steward.all(&admin, &format!("/api/investors/{acme}/{list}"), 10).await.len(), count);
    }
    for (pk, sk) in [("", ""), ("#VERSION#", "0001")] {
        let sk = format!("DOCUMENT#{id}{pk}{sk}");
        let item = steward
            .app()
            .table()
            .get(platform::table::Key::new(format!("INVESTOR#{acme}"), sk))
            .await
            .unwrap()
            .unwrap();
        let left =
            platform::table::read::<i64>(&item, "expires_at").unwrap() - kernel::time::Timestamp::now().as_second();
        assert!((86_000..=86_400).contains(&left), "{left}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_other_managers_investors_are_hidden() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&rita, "Acme").await.id();
    let path = uploaded(&steward, &rita, &acme, "a.pdf", "application/pdf", PDF).await;
    for call in [
        steward.get(&path),
        steward.post(&format!("{path}/download")),
        steward.delete(&path).if_match(2),
        steward.post(&format!("{path}/versions")).json(&announced("a.pdf", "application/pdf", PDF)),
    ] {
        call.by(&sam).send().await.problem(404, "not_found");
    }
    create(&steward, &sam, &acme, &announced("a.pdf", "application/pdf", PDF)).await.problem(404, "not_found");
    steward.delete(&path).by(&rita).if_match(2).send().await.expect(204);
    steward.get(&path).by(&rita).send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_keeps_the_old_one() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let path = uploaded(&steward, &admin, &acme, "a.txt", "text/plain", b"one").await;
    let new = announced("b.csv", "text/csv", b"a,b\n");
    let call = || steward.post(&format!("{path}/versions")).by(&admin).header("idempotency-key", "v").json(&new);
    let begun = call().send().await.expect(201);
    assert_eq!(call().send().await.expect(201).json, begun.json);
    assert_eq!((&begun.json["number"], &begun.json["document"]["file_name"]), (&json!(2), &json!("a.txt")));
    put(&steward, &begun.json["upload"], b"a,b\n").await.expect(200);
    steward.settle().await;
    let read = steward.get(&path).by(&admin).send().await.expect(200);
    assert_eq!(
        (&read.json["document"]["file_name"], &read.json["document"]["file_version"]),
        (&json!("b.csv"), &json!(2))
    );
    assert_eq!(read.json["versions"].as_array().unwrap().len(), 2);
    for (query, text) in [("", "a,b\n"), ("?version=1", "one")] {
        let got = steward.post(&format!("{path}/download{query}")).by(&admin).send().await.expect(200);
        assert_eq!(fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200).text, text);
    }
    steward.post(&format!("{path}/download?version=9")).by(&admin).send().await.problem(404, "not_found");
    let renamed = steward.patch(&path).by(&admin).if_match(4).json(&json!({"title": "Terms"})).send().await.expect(200);
    assert_eq!(renamed.json["title"], "Terms");
    steward.patch(&path).by(&admin).if_match(4).json(&json!({"title": "T"})).send().await.problem(412, "stale_version");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_can_belong_only_to_its_investors_investment() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (acme, other) = (steward.investor(&admin, "Acme").await.id(), steward.investor(&admin, "Other").await.id());
    let invest = async |investor: &str| {
        let new = json!({
            "kind": "equity", "name": "Fund", "commitment": {"amount": "1", "currency": "USD"},
            "invested_on": "2025-01-01", "status": "active",
        });
        let path = format!("/api/investors/{investor}/investments");
        steward.post(&path).by(&admin).json(&new).send().await.expect(201).id()
    };
    let (investment, foreign) = (invest(&acme).await, invest(&other).await);
    let mut new = announced("Terms.pdf", "application/pdf", PDF);
    for (id, status) in [(&foreign, 422), (&kernel::id::new().to_string(), 422), (&investment, 201)] {
        new["investment_id"] = json!(id);
        let answer = create(&steward, &admin, &acme, &new).await.expect(status);
        if status == 422 {
            assert_eq!(answer.fields(), ["investment_id"]);
        } else {
            put(&steward, &answer.json["upload"], PDF).await.expect(200);
        }
    }
    let loose = uploaded(&steward, &admin, &acme, "Loose.pdf", "application/pdf", PDF).await;
    let titles = async |query: &str| {
        let all = steward.all(&admin, &format!("/api/investors/{acme}/documents{query}"), 1).await;
        all.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let about = format!("?investment_id={investment}");
    assert_eq!((titles(&about).await, titles("").await.len()), (vec!["Terms".to_owned()], 2));
    let version = steward.get(&loose).by(&admin).send().await.expect(200).etag();
    let patch = async |version: &str, id: Value| {
        steward.patch(&loose).by(&admin).if_match(version).json(&json!({"investment_id": id})).send().await
    };
    patch(&version, json!(foreign)).await.problem(422, "invalid_input");
    let set = patch(&version, json!(investment)).await.expect(200);
    assert_eq!(set.json["investment_id"], json!(investment));
    assert_eq!(titles(&about).await, ["Loose", "Terms"]);
    patch(&set.etag(), Value::Null).await.expect(200);
    assert_eq!(titles(&about).await, ["Terms"]);
    // An investment can be deleted before its documents; no new document can refer to it afterwards.
    let path = format!("/api/investors/{acme}/investments/{investment}");
    steward.delete(&path).by(&admin).if_match(1).send().await.expect(204);
    create(&steward, &admin, &acme, &new).await.problem(422, "invalid_input");
    assert_eq!(titles(&about).await, ["Terms"]);
}
