//! Files that cannot be imported, and files that are merely unusual.

use serde_json::{Value, json};

use super::{counts, errors, put, run, start, uploaded};
use crate::support::{Person, Steward};

fn by_name(column: &str) -> Value {
    let mapping = json!([{"column": column, "field": "name"}]);
    json!({"mapping": mapping, "key": "name", "defaults": {"kind": "fund"}, "dry_run": false})
}

async fn names(steward: &Steward, person: &Person) -> Vec<String> {
    let investors = steward.all(person, "/api/investors", 100).await;
    investors.iter().map(|investor| investor["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_header_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let cases: [(&[u8], &str); 8] = [
        (b"\r\n\r\n", "no_header"),
        (b"name,,b\nA,B,C\n", "empty_column"),
        (b"name,b,name\nA,B,C\n", "repeated_column"),
        (b"n\xE4me\nA\n", "not_utf8"),
        (b"\xFF\xFEn\0a\0m\0e\0", "not_utf8"),
        (b"PK\x03\x04\0\0\0", "not_csv"),
        (b"\"name\nA\n", "unclosed_quote"),
        (&[b'x'; 70_000], "too_long"),
    ];
    for (file, code) in cases {
        let id = uploaded(&steward, &admin, file).await;
        let preview = steward.post(&format!("/api/imports/{id}/preview")).by(&admin).send().await;
        let preview = preview.problem(422, "invalid_input");
        assert_eq!((preview.fields()[0], preview.json["errors"][0]["code"].as_str()), ("row 1", Some(code)));
        let started = start(&steward, &admin, &id, &by_name("name")).await.problem(422, "invalid_input");
        assert_eq!(started.json["errors"][0]["code"], code);
    }
    let latin = uploaded(&steward, &admin, b"name\nAnn\nM\xFCller\n").await;
    let preview = steward.post(&format!("/api/imports/{latin}/preview")).by(&admin).send().await;
    assert_eq!(preview.problem(422, "invalid_input").fields(), ["row 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_fails_before_anything_is_written() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rows = |number: usize| (0..number).map(|n| format!("Investor {n}\n")).collect::<String>();
    let long = rows(20_000);
    let cases = [
        ("name\n".to_owned(), "no_rows"),
        (format!("name\n{long}\"open\n{long}"), "unclosed_quote"),
        (format!("name\n{}", rows(100_001)), "too_many_rows"),
    ];
    for (file, code) in cases {
        let id = uploaded(&steward, &admin, file.as_bytes()).await;
        let failed = run(&steward, &admin, &id, &by_name("name")).await;
        assert_eq!((&failed["status"], &failed["failure"]["code"]), (&json!("failed"), &json!(code)));
        assert!(names(&steward, &admin).await.is_empty());
        let verify = format!("/api/audit/verify?entity_type=import&entity_id={id}");
        assert_eq!(steward.get(&verify).by(&admin).send().await.expect(200).json["valid"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_line_endings_and_delimiters_are_understood() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let unusual =
        "\u{FEFF}\"name\";notes\r\n\"Ann \"\"A\"\" Lee\";\"two\r\nlines\"\r\n\r\nBob; plain \"quote\" \r\n;\r\n";
    let id = uploaded(&steward, &admin, unusual.as_bytes()).await;
    let mapping = json!([{"column": "name", "field": "name"}, {"column": "notes", "field": "notes"}]);
    let body = json!({"mapping": mapping, "key": "name", "defaults": {"kind": "person"}, "dry_run": false});
    let done = run(&steward, &admin, &id, &body).await;
    assert_eq!(counts(&done), [2, 0, 1, 0], "{done}");
    assert_eq!(names(&steward, &admin).await, ["Ann \"A\" Lee", "Bob"]);
    let ann = steward.all(&admin, "/api/investors", 1).await[0]["id"].as_str().unwrap().to_owned();
    let ann = steward.get(&format!("/api/investors/{ann}")).by(&admin).send().await.expect(200).json;
    assert_eq!(ann["notes"], "two\r\nlines");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_1252_files_can_be_imported() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mapping = json!([{"column": "name", "field": "name"}, {"column": "notes", "field": "notes"}]);
    let mut body = json!({"mapping": mapping, "key": "name", "defaults": {"kind": "person"}, "dry_run": false});
    let latin = b"name\tnotes\nM\xFCller\tcaf\xE9 \x80\n";
    let id = uploaded(&steward, &admin, latin).await;
    let preview = steward.post(&format!("/api/imports/{id}/preview?encoding=windows-1252")).by(&admin).send().await;
    assert_eq!(preview.expect(200).json["sample"], json!([["Müller", "café €"]]));
    let done = run(&steward, &admin, &id, &body).await;
    assert_eq!(errors(&steward, &admin, &id).await[0], (2, "name".into(), "not_utf8".into()));
    assert_eq!(counts(&done), [0, 0, 0, 1]);
    body["encoding"] = json!("windows-1252");
    start(&steward, &admin, &id, &body).await.problem(409, "state_conflict");
    let id = uploaded(&steward, &admin, latin).await;
    assert_eq!(counts(&run(&steward, &admin, &id, &body).await), [1, 0, 0, 0]);
    assert!(names(&steward, &admin).await.contains(&"Müller".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_file_size_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for size in [json!(0), json!(26_214_401), json!(-1), json!("1")] {
        let new = json!({"file_name": "a.csv", "size": size});
        let refused = steward.post("/api/imports").by(&admin).json(&new).send().await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), ["size"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_announced_file_can_be_uploaded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let new = json!({"file_name": "a.csv", "size": 10});
    let created = steward.post("/api/imports").by(&admin).json(&new).send().await.expect(201).json;
    let larger = put(&steward, &created["upload"], b"name\nAnn Lee\n").await;
    assert!(larger.status.is_client_error(), "{}", larger.text);
    let mut forged = created["upload"].clone();
    forged["url"] = json!(forged["url"].as_str().unwrap().replace(".csv", "x.csv"));
    assert_eq!(put(&steward, &forged, b"name\nAnna\n").await.status, 403);
    put(&steward, &created["upload"], b"name\nAnna\n").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_mapping_is_refused_with_every_mistake() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let id = uploaded(&steward, &admin, b"name,mail\nAnn,ann@example.com\n").await;
    let refused = |body: Value| {
        let (steward, admin, id) = (&steward, &admin, &id);
        async move {
            let answer = start(steward, admin, id, &body).await;
            let fields: Vec<String> = answer.fields().iter().map(ToString::to_string).collect();
            (answer.status.as_u16(), fields)
        }
    };
    let map = |mapping: Value, key: &str| json!({"mapping": mapping, "key": key, "dry_run": true});
    let both = json!([{"column": "name", "field": "name"}, {"column": "mail", "field": "name"}]);
    assert_eq!(
        refused(map(both, "email")).await,
        (422, vec!["mapping[1].field".into(), "key".into(), "defaults.kind".into()])
    );
    let unknown = json!([{"column": "fax", "field": "phone"}]);
    assert_eq!(refused(map(unknown, "name")).await, (422, vec!["mapping[0].column".into(), "key".into()]));
    let field = json!([{"column": "name", "field": "surname"}]);
    assert_eq!(refused(map(field, "name")).await, (422, vec!["mapping[0].field".into()]));
    let mut defaults = by_name("name");
    defaults["defaults"]["country"] = json!("Narnia");
    assert_eq!(refused(defaults).await, (422, vec!["defaults.country".into()]));
    let mut manager = by_name("name");
    manager["defaults"]["relationship_manager_id"] = json!(kernel::id::new());
    assert_eq!(refused(manager).await.0, 422);
}
