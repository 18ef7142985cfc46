//! Design assets: files, versions, approval and permissions.

use kernel::policy::Role;
use platform::upload::Outcome;
use serde_json::{Value, json};

use crate::documents::{PDF, announced, fetch, objects, put};
use crate::support::{Answer, Person, Steward};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02\x08\x02\0\0\0";

/// Creates a product owned by `owner` and returns its path.
pub async fn product(steward: &Steward, owner: &Person, key: &str) -> String {
    let new = json!({"key": key, "name": format!("Product {key}"), "status": "active"});
    format!("/api/products/{}", steward.post("/api/products").by(owner).json(&new).send().await.expect(201).id())
}

pub async fn join(steward: &Steward, owner: &Person, product: &str, user: &Person) {
    let version = steward.get(product).by(owner).send().await.expect(200).etag();
    let call = steward.request("PUT", &format!("{product}/members/{}", user.id)).by(owner).if_match(version);
    call.json(&json!({"role": "engineer"})).send().await.expect(200);
}

async fn requirement(steward: &Steward, by: &Person, product: &str) -> String {
    steward.post(&format!("{product}/requirements")).by(by).json(&json!({"title": "R"})).send().await.expect(201).id()
}

pub async fn create(steward: &Steward, by: &Person, product: &str, new: &Value) -> Answer {
    steward.post(&format!("{product}/assets")).by(by).json(new).send().await
}

/// Creates an asset, uploads its file, waits until the file is checked, and returns the asset's path.
pub async fn uploaded(steward: &Steward, by: &Person, product: &str, name: &str, kind: &str, bytes: &[u8]) -> String {
    let created = create(steward, by, product, &announced(name, kind, bytes)).await.expect(201);
    put(steward, &created.json["upload"], bytes).await.expect(200);
    steward.settle().await;
    format!("{product}/assets/{}", created.json["asset"]["id"].as_str().unwrap())
}

/// Uploads the next version of an asset and waits until it is checked.
async fn next(steward: &Steward, by: &Person, asset: &str, name: &str, kind: &str, bytes: &[u8], note: &str) {
    let mut new = announced(name, kind, bytes);
    new["note"] = if note.is_empty() { Value::Null } else { json!(note) };
    let begun = steward.post(&format!("{asset}/versions")).by(by).json(&new).send().await.expect(201);
    put(steward, &begun.json["upload"], bytes).await.expect(200);
    steward.settle().await;
}

async fn read(steward: &Steward, by: &Person, asset: &str) -> Value {
    steward.get(asset).by(by).send().await.expect(200).json
}

async fn chain_holds(steward: &Steward, by: &Person, kind: &str, id: &str) {
    steward.settle().await;
    let path = format!("/api/audit/verify?entity_type={kind}&entity_id={id}");
    let verdict = steward.get(&path).by(by).send().await.expect(200);
    assert_eq!(verdict.json["valid"], true, "{}", verdict.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_can_be_uploaded_listed_and_downloaded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let product = product(&steward, &mia, "ORB").await;
    join(&steward, &mia, &product, &tom).await;
    let mut new = announced("Größe vorn.png", "image/png", PNG);
    new["kind"] = json!("mockup");
    new["note"] = json!("First idea");
    let call = || steward.post(&format!("{product}/assets")).by(&mia).header("idempotency-key", "a").json(&new);
    let created = call().send().await.expect(201);
    assert_eq!(call().send().await.expect(201).json, created.json);
    let asset = format!("{product}/assets/{}", created.json["asset"]["id"].as_str().unwrap());
    assert_eq!((&created.headers["location"].to_str().unwrap(), &created.etag()), (&&*asset, &"\"1\"".to_owned()));
    steward.get(&asset).by(&tom).send().await.problem(404, "not_found");
    assert!(steward.all(&tom, &format!("{product}/assets"), 10).await.is_empty());
    assert_eq!(steward.all(&mia, &format!("{product}/assets"), 10).await.len(), 1);
    steward.patch(&asset).by(&mia).if_match(1).json(&json!({"name": "B"})).send().await.problem(409, "state_conflict");

    put(&steward, &created.json["upload"], PNG).await.expect(200);
    steward.settle().await;
    let shown = read(&steward, &tom, &asset).await;
    for (field, value) in [
        ("status", json!("available")),
        ("name", json!("Größe vorn")),
        ("kind", json!("mockup")),
        ("approval", json!("draft")),
        ("requirement_suspect", json!(false)),
        ("file_version", json!(1)),
    ] {
        assert_eq!(shown["asset"][field], value, "{field}");
    }
    assert_eq!(shown["versions"][0]["note"], "First idea");
    let versions = steward.all(&tom, &format!("{asset}/versions"), 1).await;
    assert_eq!(json!(versions), shown["versions"]);
    for (text, found) in [("gr%C3%B6%C3%9Fe", 1), ("VORN", 1), ("hinten", 0), ("%20", 1)] {
        let listed = steward.all(&tom, &format!("{product}/assets?text={text}"), 10).await;
        assert_eq!(listed.len(), found, "{text}");
    }
    let got =
        steward.post(&format!("{asset}/versions/1/download?disposition=inline")).by(&tom).send().await.expect(200);
    let file = fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200);
    assert_eq!((&file.bytes[..], &file.headers["content-type"]), (PNG, &"image/png".parse().unwrap()));
    let disposition = file.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("inline;") && disposition.contains("UTF-8''Gr%C3%B6%C3%9Fe"), "{disposition}");
    assert!(objects(&steward).await.iter().all(|key| key.starts_with("assets/")), "nothing is left pending");
    let id = asset.rsplit('/').next().unwrap();
    let trail = steward.all(&admin, &format!("/api/audit?entity_type=asset&entity_id={id}"), 10).await;
    let downloads: Vec<_> = trail.iter().filter(|record| record["action"] == "asset_download").collect();
    assert_eq!((downloads.len(), &downloads[0]["actor_id"]), (1, &json!(tom.id)));
    chain_holds(&steward, &mia, "asset", id).await;
    steward.delete(&asset).by(&mia).if_match(2).send().await.expect(204);
    steward.get(&asset).by(&mia).send().await.problem(404, "not_found");
    assert!(steward.all(&mia, &format!("{product}/assets"), 10).await.is_empty());
    chain_holds(&steward, &mia, "asset", id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_wrong_type_is_quarantined() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB").await;
    let lying = uploaded(&steward, &mia, &product, "a.png", "image/png", b"<svg onload=\"alert(1)\"/>").await;
    let shown = read(&steward, &mia, &lying).await;
    assert_eq!(
        (&shown["asset"]["status"], &shown["versions"][0]["reason"]),
        (&json!("quarantined"), &json!("wrong_type"))
    );
    steward.get(&lying).by(&admin).send().await.problem(404, "not_found");
    steward.post(&format!("{lying}/versions/1/download")).by(&mia).send().await.problem(409, "state_conflict");
    steward
        .post(&format!("{lying}/approve"))
        .by(&mia)
        .if_match(2)
        .json(&json!({}))
        .send()
        .await
        .problem(409, "state_conflict");
    let told = steward.all(&mia, "/api/notifications", 10).await;
    let told: Vec<_> = told.iter().filter(|note| note["kind"] == "document_quarantined").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["title"], "A file for Product ORB was quarantined");
    assert!(objects(&steward).await.iter().all(|key| key.starts_with("quarantine/assets/")));
    let mut svg = announced("a.svg", "image/svg+xml", b"<svg/>");
    create(&steward, &mia, &product, &svg).await.problem(422, "invalid_input");
    svg["content_type"] = json!("image/png");
    let refused = create(&steward, &mia, &product, &svg).await.problem(422, "invalid_input");
    assert_eq!(refused.fields(), ["file_name"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_version_survives_a_quarantined_upload() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB").await;
    let good = uploaded(&steward, &mia, &product, "b.png", "image/png", PNG).await;
    steward.post(&format!("{good}/approve")).by(&mia).if_match(2).json(&json!({})).send().await.expect(200);
    next(&steward, &mia, &good, "b.png", "image/png", b"MZ program", "").await;
    let shown = read(&steward, &mia, &good).await;
    assert_eq!((&shown["asset"]["approval"], &shown["asset"]["file_version"]), (&json!("approved"), &json!(1)));
    assert_eq!(shown["versions"][0]["status"], "quarantined");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_or_early_upload_events_are_harmless() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let asset = uploaded(&steward, &admin, &product, "a.pdf", "application/pdf", PDF).await;
    let (product_id, id) = (product.rsplit('/').next().unwrap(), asset.rsplit('/').next().unwrap());
    let key = format!("pending/assets/{product_id}/{id}/1");
    assert_eq!(product_development::asset::uploaded(steward.app(), &key, None).await.unwrap(), Outcome::PassedOver);
    // The file is uploaded again after its release, which the signed URL permits, with and without an upload event.
    let app = steward.app();
    let store = async |key: &str| {
        let body = aws_sdk_s3::primitives::ByteStream::from_static(PDF);
        app.s3().unwrap().put_object().bucket(app.bucket()).key(key).body(body).send().await.unwrap();
    };
    store(&key).await;
    assert_eq!(product_development::asset::uploaded(app, &key, None).await.unwrap(), Outcome::PassedOver);
    assert_eq!(read(&steward, &admin, &asset).await["asset"]["version"], 2);
    assert_eq!(objects(&steward).await, [format!("assets/{id}/1")]);
    let early = format!("pending/assets/{product_id}/{}/1", kernel::id::new());
    store(&early).await;
    assert!(product_development::asset::uploaded(app, &early, None).await.is_err(), "the event must be redelivered");
    for other in ["pending/assets/x/y/1", "pending/assets", "assets/1/1", "pending/../x"] {
        assert_eq!(
            product_development::asset::uploaded(app, other, None).await.unwrap(),
            Outcome::PassedOver,
            "{other}"
        );
    }
    // After the asset was deleted, only the repeated upload is removed.
    steward.delete(&asset).by(&admin).if_match(2).send().await.expect(204);
    store(&key).await;
    assert_eq!(product_development::asset::uploaded(app, &key, None).await.unwrap(), Outcome::PassedOver);
    assert!(objects(&steward).await.contains(&format!("assets/{id}/1")));
    assert!(!objects(&steward).await.contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_a_draft_again() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB").await;
    let asset = uploaded(&steward, &mia, &product, "a.txt", "text/plain", b"one").await;
    let ask = json!({"approval": "in_review"});
    steward.patch(&asset).by(&mia).if_match(2).json(&ask).send().await.expect(200);
    let approve = |version: u64| {
        let call = steward.post(&format!("{asset}/approve")).by(&mia).if_match(version);
        call.json(&json!({"note": "As agreed"})).send()
    };
    approve(2).await.problem(412, "stale_version");
    let approved = approve(3).await.expect(200);
    for (field, value) in [
        ("approval", json!("approved")),
        ("approval_note", json!("As agreed")),
        ("approver_id", json!(mia.id)),
        ("approver_name", json!("mia of Steward")),
        ("version", json!(4)),
    ] {
        assert_eq!(approved.json[field], value, "{field}");
    }
    approve(4).await.problem(409, "state_conflict");
    steward
        .patch(&asset)
        .by(&mia)
        .if_match(4)
        .json(&json!({"approval": "approved"}))
        .send()
        .await
        .problem(422, "invalid_input");
    next(&steward, &mia, &asset, "b.csv", "text/csv", b"a,b\n", "Now a table").await;
    let shown = read(&steward, &mia, &asset).await;
    for (field, value) in [
        ("approval", json!("draft")),
        ("approval_note", Value::Null),
        ("approver_id", Value::Null),
        ("file_name", json!("b.csv")),
        ("file_version", json!(2)),
    ] {
        assert_eq!(shown["asset"][field], value, "{field}");
    }
    assert_eq!((&shown["versions"][0]["note"], &shown["versions"][1]["note"]), (&json!("Now a table"), &Value::Null));
    for (number, text) in [(2, "a,b\n"), (1, "one")] {
        let got = steward.post(&format!("{asset}/versions/{number}/download")).by(&mia).send().await.expect(200);
        assert_eq!(fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200).text, text);
    }
    steward.post(&format!("{asset}/versions/9/download")).by(&mia).send().await.problem(404, "not_found");
    let rejected =
        steward.post(&format!("{asset}/reject")).by(&mia).if_match(6).json(&json!({"note": "No"})).send().await;
    assert_eq!(rejected.expect(200).json["approval"], "rejected");
    let again = steward.patch(&asset).by(&mia).if_match(7).json(&ask).send().await.expect(200);
    assert_eq!((&again.json["approval"], &again.json["approval_note"]), (&json!("in_review"), &Value::Null));
    chain_holds(&steward, &mia, "asset", asset.rsplit('/').next().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_is_suspect_when_its_requirement_changes() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (product, other) = (product(&steward, &admin, "ORB").await, product(&steward, &admin, "SUN").await);
    let (ours, foreign) = (requirement(&steward, &admin, &product).await, requirement(&steward, &admin, &other).await);
    let mut new = announced("a.pdf", "application/pdf", PDF);
    for wrong in [&foreign, &kernel::id::new().to_string()] {
        new["requirement_id"] = json!(wrong);
        let refused = create(&steward, &admin, &product, &new).await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), ["requirement_id"]);
    }
    new["requirement_id"] = json!(ours);
    let created = create(&steward, &admin, &product, &new).await.expect(201);
    put(&steward, &created.json["upload"], PDF).await.expect(200);
    steward.settle().await;
    let asset = format!("{product}/assets/{}", created.json["asset"]["id"].as_str().unwrap());
    uploaded(&steward, &admin, &product, "b.pdf", "application/pdf", PDF).await;
    let mine = format!("{product}/assets?requirement_id={ours}");
    let state = async || {
        let (one, listed) =
            (read(&steward, &admin, &asset).await["asset"].clone(), steward.all(&admin, &mine, 1).await);
        assert_eq!(listed, std::slice::from_ref(&one));
        (one["requirement_version"].as_u64(), one["requirement_suspect"].as_bool().unwrap())
    };
    assert_eq!(state().await, (Some(1), false));
    let path = format!("{product}/requirements/{ours}");
    steward.patch(&path).by(&admin).if_match(1).json(&json!({"title": "Another"})).send().await.expect(200);
    assert_eq!(state().await, (Some(1), true));
    let again = json!({"requirement_id": ours});
    let confirmed = steward.patch(&asset).by(&admin).if_match(2).json(&again).send().await.expect(200);
    assert_eq!(confirmed.json["requirement_suspect"], false);
    assert_eq!(state().await, (Some(2), false));
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(204);
    assert_eq!(state().await, (Some(2), true));
    let gone = steward.patch(&asset).by(&admin).if_match(3).json(&again).send().await;
    assert_eq!(gone.problem(422, "invalid_input").fields(), ["requirement_id"]);
    let cleared = steward.patch(&asset).by(&admin).if_match(3).json(&json!({"requirement_id": null})).send().await;
    assert_eq!(cleared.expect(200).json["requirement_suspect"], false);
    assert!(steward.all(&admin, &mine, 10).await.is_empty());
}
