//! Imports: from a user's file to investors, and everything that can be wrong with a file.

mod accidents;
mod files;
mod hundreds;
mod rows;
mod work;

use kernel::policy::Role;
use serde_json::{Value, json};

use self::hundreds::put;
use crate::support::{Answer, Person, Steward};

const CONSTITUENTS: &[u8] = include_bytes!("../../data/sp500-constituents.csv");

/// Creates an import and uploads its file, as a browser does.
pub async fn uploaded(steward: &Steward, person: &Person, file: &[u8]) -> String {
    let new = json!({"file_name": "investors.csv", "size": file.len()});
    let created = steward.post("/api/imports").by(person).json(&new).send().await.expect(201);
    put(steward, &created.json["upload"], file).await.expect(200);
    created.json["import"]["id"].as_str().unwrap().to_owned()
}

pub async fn start(steward: &Steward, person: &Person, id: &str, body: &Value) -> Answer {
    steward.post(&format!("/api/imports/{id}/start")).by(person).json(body).send().await
}

/// Starts a run, waits until it ends, and returns the import.
pub async fn run(steward: &Steward, person: &Person, id: &str, body: &Value) -> Value {
    start(steward, person, id, body).await.expect(202);
    steward.settle().await;
    steward.get(&format!("/api/imports/{id}")).by(person).send().await.expect(200).json
}

/// The counts of an import: created, updated, unchanged, refused.
pub fn counts(import: &Value) -> [u64; 4] {
    ["created_count", "updated_count", "unchanged_count", "error_count"].map(|name| import[name].as_u64().unwrap())
}

/// The errors of an import as `(row, field, code)`.
pub async fn errors(steward: &Steward, person: &Person, id: &str) -> Vec<(u64, String, String)> {
    let errors = steward.all(person, &format!("/api/imports/{id}/errors"), 100).await;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    errors.iter().map(|e| (e["row"].as_u64().unwrap(), text(&e["field"]), text(&e["code"]))).collect()
}

/// The mapping that the preview suggests, and the preview itself.
async fn suggested(steward: &Steward, person: &Person, id: &str) -> (Value, Value) {
    let preview = steward.post(&format!("/api/imports/{id}/preview")).by(person).send().await.expect(200).json;
    let mapped = |suggestion: &&Value| !suggestion["field"].is_null();
    let mapping = preview["suggested_mapping"].as_array().unwrap().iter().filter(mapped).cloned().collect();
    (mapping, preview)
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_the_same_index_twice_changes_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let id = uploaded(&steward, &admin, CONSTITUENTS).await;
    let (mapping, preview) = suggested(&steward, &admin, &id).await;
    assert_eq!(preview["rows_estimate"], 503);
    assert_eq!(preview["sample"][0][1], "3M");
    assert_eq!((&preview["delimiter"], &preview["encoding"]), (&json!(","), &json!("utf-8")));
    assert_eq!(preview["suggested_key"], "external_key");
    assert_eq!(mapping.as_array().unwrap().len(), 4);

    let mut body = json!({"mapping": mapping, "key": "external_key", "defaults": {"kind": "company"}, "dry_run": true});
    let checked = run(&steward, &admin, &id, &body).await;
    assert_eq!((checked["status"].as_str(), counts(&checked)), (Some("checked"), [500, 0, 0, 3]));
    assert_eq!(steward.all(&admin, "/api/investors", 100).await.len(), 0, "a dry run writes nothing");

    body["dry_run"] = json!(false);
    let done = run(&steward, &admin, &id, &body).await;
    assert_eq!((done["status"].as_str(), counts(&done)), (Some("done"), [500, 0, 0, 3]));
    assert_eq!((done["rows_done"].as_u64(), done["rows_total_estimate"].as_u64()), (Some(503), Some(503)));
    assert_eq!(done["bytes_done"], CONSTITUENTS.len());
    assert_eq!(done["duplicate_count"], 0, "no company of the index is a duplicate of another");
    let refused = errors(&steward, &admin, &id).await;
    assert!(refused.iter().all(|(_, field, code)| (field.as_str(), code.as_str()) == ("external_key", "repeated")));
    let investors = steward.all(&admin, "/api/investors", 100).await;
    assert_eq!(investors.len(), 500);
    let first = investors.iter().find(|investor| investor["name"] == "3M").unwrap();
    assert_eq!((&first["external_key"], &first["tags"]), (&json!("66740"), &json!(["Industrials"])));
    let path = format!("/api/investors/{}", first["id"].as_str().unwrap());
    let full = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!((&full["address"], &full["kind"]), (&json!("Saint Paul, Minnesota"), &json!("company")));

    let again = uploaded(&steward, &admin, CONSTITUENTS).await;
    let again = run(&steward, &admin, &again, &body).await;
    assert_eq!(counts(&again), [0, 0, 500, 3]);

    for (kind, id) in [("import", id.as_str()), ("investor", first["id"].as_str().unwrap())] {
        let path = format!("/api/audit/verify?entity_type={kind}&entity_id={id}");
        let verdict = steward.get(&path).by(&admin).send().await.expect(200);
        assert_eq!(verdict.json["valid"], true, "{}", verdict.text);
    }
    let told = steward.all(&admin, "/api/notifications", 100).await;
    assert_eq!(told.iter().filter(|note| note["kind"] == "import_finished").count(), 2);
    assert!(told.iter().all(|note| note["kind"] == "import_finished"), "individual rows send no notifications");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relationship_manager_imports_only_for_themselves() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    steward
        .post("/api/investors")
        .by(&sam)
        .json(&json!({"name": "His", "kind": "fund", "external_key": "K1"}))
        .send()
        .await
        .expect(201);
    let id = uploaded(&steward, &rita, b"name,key\nMine,K1\nNew,K2\nHis,K3\n").await;
    let mapping = json!([{"column": "name", "field": "name"}, {"column": "key", "field": "external_key"}]);
    let mut body = json!({"mapping": mapping, "key": "external_key", "defaults": {"kind": "fund"}, "dry_run": false});
    body["defaults"]["relationship_manager_id"] = json!(sam.id);
    start(&steward, &rita, &id, &body).await.problem(403, "forbidden");
    body["defaults"] = json!({"kind": "fund"});
    let done = run(&steward, &rita, &id, &body).await;
    assert_eq!(counts(&done), [2, 0, 0, 1]);
    assert_eq!(errors(&steward, &rita, &id).await, [(2, "-".into(), "not_yours".into())]);
    let hers = steward.all(&rita, "/api/investors", 10).await;
    assert!(hers.iter().all(|investor| investor["relationship_manager_id"] == json!(rita.id)));
    assert_eq!(hers.len(), 2);

    for path in [format!("/api/imports/{id}"), format!("/api/imports/{id}/errors")] {
        steward.get(&path).by(&sam).send().await.problem(404, "not_found");
        steward.get(&path).by(&admin).send().await.expect(200);
    }
    start(&steward, &sam, &id, &body).await.problem(404, "not_found");
    assert_eq!(steward.all(&sam, "/api/imports", 10).await.len(), 0);
    assert_eq!(steward.all(&rita, "/api/imports", 10).await.len(), 1);
    assert_eq!(steward.all(&admin, "/api/imports", 10).await[0]["created_count"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_can_be_started_only_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let new = json!({"file_name": "a.csv", "size": 19});
    let create = || steward.post("/api/imports").by(&admin).json(&new);
    let created = create().header("idempotency-key", "one").send().await.expect(201);
    let same = create().header("idempotency-key", "one").send().await.expect(201);
    assert_eq!(created.json, same.json);
    let id = created.json["import"]["id"].as_str().unwrap();
    let path = format!("/api/imports/{id}");
    assert_eq!(created.headers["location"], path.as_str());
    let body = json!({
        "mapping": [{"column": "name", "field": "name"}], "key": "name", "defaults": {"kind": "fund"}, "dry_run": false,
    });
    start(&steward, &admin, id, &body).await.problem(409, "state_conflict");
    steward.post(&format!("{path}/preview")).by(&admin).send().await.problem(409, "state_conflict");
    put(&steward, &created.json["upload"], b"name\nAnn\nBob\nCarl\n\n").await.expect(200);
    let preview = steward.post(&format!("{path}/preview")).by(&admin).send().await.expect(200);
    assert_eq!(preview.json["sample"], json!([["Ann"], ["Bob"], ["Carl"]]));
    let ready = steward.get(&path).by(&admin).send().await.expect(200).json;
    assert_eq!((&ready["status"], &ready["version"]), (&json!("ready"), &json!(2)));

    let call = || steward.post(&format!("{path}/start")).by(&admin).header("idempotency-key", "go").json(&body);
    let started = call().send().await.expect(202);
    assert_eq!(started.json["status"], "importing");
    steward.settle().await;
    assert_eq!(call().send().await.expect(202).json, started.json, "a repeat returns the first response");
    start(&steward, &admin, id, &body).await.problem(409, "state_conflict");
    steward.post(&format!("{path}/cancel")).by(&admin).send().await.problem(409, "state_conflict");
    assert_eq!(steward.all(&admin, "/api/investors", 10).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_cannot_be_started() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let body = json!({
        "mapping": [{"column": "name", "field": "name"}], "key": "name", "defaults": {"kind": "fund"}, "dry_run": false,
    });
    let other = uploaded(&steward, &admin, b"name\nDora\n").await;
    let path = format!("/api/imports/{other}");
    let cancelled = steward.post(&format!("{path}/cancel")).by(&admin).send().await.expect(200);
    assert_eq!(cancelled.json["status"], "cancelled");
    steward.post(&format!("{path}/preview")).by(&admin).send().await.problem(409, "state_conflict");
    start(&steward, &admin, &other, &body).await.problem(409, "state_conflict");
}
