//! Invalid input is always a clear 4xx that names the field, and never a 500.

use serde_json::{Value, json};

use crate::support::{Person, Steward};

fn valid() -> Value {
    json!({"name": "Acme", "kind": "fund"})
}

#[tokio::test]
async fn each_invalid_field_is_named() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let cases: Vec<(&str, Value)> = vec![
        ("name", json!("")),
        ("name", json!("   ")),
        ("name", json!("x".repeat(201))),
        ("name", json!("a\u{0}b")),
        ("name", json!("a\nb")),
        ("name", json!("evil\u{202E}gpj.exe")),
        ("name", json!(5)),
        ("name", Value::Null),
        ("kind", json!("alien")),
        ("email", json!("not an address")),
        ("email", json!("a@b.c\r\nBcc: x@y.z")),
        ("phone", json!("call me")),
        ("country", json!("ZZ")),
        ("country", json!("USA")),
        ("tier", json!("diamond")),
        ("tags", json!("one")),
        ("tags[1]", json!(["ok", ""])),
        ("relationship_manager_id", json!("not-a-uuid")),
        ("notes", json!("n".repeat(10_001))),
        ("external_key", json!({})),
    ];
    for (field, value) in cases {
        let mut body = valid();
        body[field.split('[').next().unwrap()] = value.clone();
        let answer = steward.post("/api/investors").by(&admin).json(&body).send().await.problem(422, "invalid_input");
        assert_eq!(answer.fields(), [field], "{value}");
    }
    let mut many = valid();
    many["tags"] = json!((0..21).map(|n| format!("tag {n}")).collect::<Vec<_>>());
    let answer = steward.post("/api/investors").by(&admin).json(&many).send().await.problem(422, "invalid_input");
    assert_eq!(answer.fields(), ["tags"]);
    let mut unknown = valid();
    unknown["is_admin"] = json!(true);
    let answer = steward.post("/api/investors").by(&admin).json(&unknown).send().await.problem(422, "unknown_field");
    assert_eq!(answer.fields(), ["is_admin"]);
    let missing = json!({"kind": "fund"});
    let answer = steward.post("/api/investors").by(&admin).json(&missing).send().await.problem(422, "invalid_input");
    assert_eq!(answer.fields(), ["name"]);
    assert_eq!(steward.all(&admin, "/api/investors", 10).await.len(), 0, "nothing must be written");
}

#[tokio::test]
async fn malformed_and_oversized_bodies_are_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let send = |kind: &str, body: Vec<u8>| {
        steward.post("/api/investors").by(&admin).header("content-type", kind).raw(body).send()
    };
    send("application/json", b"{".to_vec()).await.problem(400, "invalid_json");
    send("application/json", b"".to_vec()).await.problem(400, "invalid_json");
    send("application/json", b"\xff\xfe{}".to_vec()).await.problem(400, "invalid_json");
    send("application/json", b"{} {}".to_vec()).await.expect(422);
    send("text/plain", b"{}".to_vec()).await.problem(415, "unsupported_media_type");
    send("application/json", vec![b' '; 256 * 1024 + 1]).await.problem(413, "payload_too_large");
    let keyed = steward.post("/api/investors").by(&admin).header("idempotency-key", "k");
    let keyed = keyed.header("content-type", "application/json").raw(vec![b' '; 256 * 1024 + 1]).send().await;
    keyed.problem(413, "payload_too_large");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    send("application/json", deep.into_bytes()).await.expect(422);
    let utf16 = "{\"name\":\"\\ud800\",\"kind\":\"fund\"}";
    assert!(send("application/json", utf16.into()).await.status.is_client_error());
}

#[tokio::test]
async fn invalid_ids_versions_pages_and_cursors_are_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    steward.investor(&admin, "Beta").await;
    let get = |path: &str| steward.get(path).by(&admin).send();
    for id in ["x", "123", "00000000-0000-0000-0000-00000000000g", "%00", "..", "a%2Fb"] {
        let answer = get(&format!("/api/investors/{id}")).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{id}: {}", answer.text);
    }
    get("/api/investors?limit=0").await.problem(400, "invalid_input");
    get("/api/investors?limit=101").await.problem(400, "invalid_input");
    get("/api/investors?limit=ten").await.problem(422, "invalid_input");
    get("/api/investors?nonsense=1").await.problem(422, "unknown_field");
    get("/api/investors?tier=diamond").await.problem(422, "invalid_input");
    get("/api/nowhere").await.problem(404, "not_found");
    steward.request("PUT", "/api/investors").by(&admin).send().await.problem(405, "method_not_allowed");
    let path = format!("/api/investors/{}", acme.id());
    for version in ["1", "W/\"1\"", "\"one\"", "\"1\", \"2\"", "*"] {
        let patch =
            steward.patch(&path).by(&admin).header("if-match", version).json(&json!({"name": "x"})).send().await;
        patch.problem(400, "invalid_input");
    }
    foreign_cursors(&steward, &admin).await;
}

/// Cursors that are made up, altered, or from another list, filter or deployment.
async fn foreign_cursors(steward: &Steward, admin: &Person) {
    let get = |path: String| steward.get(&path).by(admin).send();
    let page = get("/api/investors?limit=1".to_owned()).await.expect(200);
    let cursor = page.json["next_cursor"].as_str().unwrap().to_owned();
    get(format!("/api/investors?limit=1&cursor={cursor}")).await.expect(200);
    let mut altered = cursor.clone().into_bytes();
    altered[10] = if altered[10] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    let other = Steward::start().await;
    let other_admin = other.admin().await;
    other.get(&format!("/api/investors?cursor={cursor}")).by(&other_admin).send().await.problem(400, "invalid_cursor");
    for path in [
        "/api/investors?cursor=abc".to_owned(),
        "/api/investors?cursor=%F0%9F%98%80".to_owned(),
        "/api/investors?cursor=".to_owned(),
        format!("/api/investors?cursor={altered}"),
        format!("/api/investors?deleted=true&cursor={cursor}"),
        format!("/api/investors?status=active&cursor={cursor}"),
        format!("/api/users?cursor={cursor}"),
    ] {
        let answer = get(path.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid_cursor"), "{path}");
    }
}
