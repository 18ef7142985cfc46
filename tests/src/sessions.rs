//! Sessions: refresh tokens, their cookie, where requests with it may come from, and how sessions end.

use futures_util::future::join_all;
use kernel::ItemType;
use kernel::policy::Role;
use kernel::time::{Timestamp, at};
use platform::cipher::Cipher;
use platform::keys::KeyWrapper;
use platform::table::{Draft, Key, Write};
use platform::upload::Scanner;
use platform::{App, AppConfig};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::auth::{cookie, login};
use crate::support::{Answer, PASSWORD, Person, Steward};

const DAY: i64 = 24 * 3600;

async fn refresh(steward: &Steward, cookie: &str) -> Answer {
    steward.post("/api/auth/refresh").header("cookie", cookie).send().await
}

async fn rotated(steward: &Steward, old: &str) -> String {
    cookie(&refresh(steward, old).await.expect(200))
}

async fn refused(steward: &Steward, cookie: &str) {
    refresh(steward, cookie).await.problem(401, "unauthenticated");
}

async fn signed_in(steward: &Steward) -> String {
    cookie(&login(steward, "admin", PASSWORD).await.expect(200))
}

async fn later<T>(seconds: i64, work: impl Future<Output = T>) -> T {
    at(Timestamp::now().plus_seconds(seconds), work).await
}

/// How often the audit trail records `action` for this user.
async fn recorded(steward: &Steward, admin: &Person, action: &str) -> usize {
    steward.settle().await;
    let trail = steward.all(admin, &format!("/api/audit?entity_type=user&entity_id={}", admin.id), 100).await;
    trail.iter().filter(|record| record["action"] == action).count()
}

#[tokio::test]
async fn a_lost_answer_is_repeated() {
    let steward = Steward::start().await;
    steward.admin().await;
    let first = signed_in(&steward).await;
    let second = rotated(&steward, &first).await;
    assert_ne!(first, second);
    for seconds in [0, 10, 28] {
        later(seconds, async {
            let again = refresh(&steward, &first).await.expect(200);
            assert_eq!(cookie(&again), second);
            let token = format!("Bearer {}", again.json["access_token"].as_str().unwrap());
            steward.get("/api/me").header("authorization", &token).send().await.expect(200);
        })
        .await;
    }
    assert_ne!(rotated(&steward, &second).await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_at_the_same_moment_agree() {
    let steward = Steward::start().await;
    steward.admin().await;
    let mut present = signed_in(&steward).await;
    for _ in 0..3 {
        let answers = join_all((0..8).map(|_| refresh(&steward, &present))).await;
        let next: Vec<String> = answers.into_iter().map(|answer| cookie(&answer.expect(200))).collect();
        assert!(next.iter().all(|one| *one == next[0]) && next[0] != present, "{next:?}");
        present = next[0].clone();
    }
}

#[tokio::test]
async fn a_token_replaced_long_ago_ends_the_session() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let first = signed_in(&steward).await;
    let second = rotated(&steward, &first).await;
    later(31, refused(&steward, &first)).await;
    refused(&steward, &second).await;
    assert_eq!(recorded(&steward, &admin, "refresh_token_reused").await, 1);
}

#[tokio::test]
async fn a_token_replaced_twice_ends_the_session_at_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let first = signed_in(&steward).await;
    let second = rotated(&steward, &first).await;
    let third = rotated(&steward, &second).await;
    refused(&steward, &first).await;
    refused(&steward, &third).await;
    assert_eq!(recorded(&steward, &admin, "refresh_token_reused").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_ends_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let first = signed_in(&steward).await;
    let real = rotated(&steward, &first).await;
    let (name, token) = real.split_once('=').unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 4);
    let mut forged: Vec<String> = token
        .char_indices()
        .map(|(place, letter)| {
            let other = if letter == 'a' { 'b' } else { 'a' };
            format!("{}{other}{}", &token[..place], &token[place + letter.len_utf8()..])
        })
        .collect();
    // Without a proof, with the one of an earlier token, and with another secret.
    forged.push(parts[..3].join("."));
    let earlier = first.rsplit('.').next().unwrap();
    forged.push(format!("{}.{earlier}", parts[..3].join(".")));
    forged.push(format!("{}.{}.wrong.{}", parts[0], parts[1], parts[3]));
    for (n, wrong) in forged.iter().enumerate() {
        let wrong = format!("{name}={wrong}");
        // One origin may not guess this often.
        let from = format!("203.0.113.{n}");
        let answer = steward.post("/api/auth/refresh").from(&from).header("cookie", &wrong).send().await;
        answer.problem(401, "unauthenticated");
        steward.post("/api/auth/logout").header("cookie", &wrong).send().await.expect(204);
    }
    assert_eq!(recorded(&steward, &admin, "logout").await, 0);
    assert_eq!(recorded(&steward, &admin, "refresh_token_reused").await, 0);
    rotated(&steward, &real).await;
}

#[tokio::test]
async fn the_table_holds_no_token_that_it_could_hand_out() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let first = signed_in(&steward).await;
    let second = rotated(&steward, &first).await;
    let session = first.split('.').nth(1).unwrap();
    let key = Key::new(format!("USER#{}", admin.id), format!("SESSION#{session}"));
    let item = steward.app().table().get(key).await.unwrap().unwrap();
    let stored = format!("{item:?}");
    assert!(stored.contains("successor"), "{stored}");
    for token in [&first, &second] {
        for secret in token.split('.').skip(2) {
            let bytes = format!("{:?}", secret.as_bytes());
            assert!(!stored.contains(secret) && !stored.contains(bytes.trim_matches(['[', ']'])), "{stored}");
        }
    }
}

#[tokio::test]
async fn a_session_ends_after_30_days_of_use_or_14_without() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let idle = signed_in(&steward).await;
    later(14 * DAY - 60, rotated(&steward, &idle)).await;
    let unused = signed_in(&steward).await;
    later(14 * DAY + 1, refused(&steward, &unused)).await;
    let mut used = signed_in(&steward).await;
    for day in [10, 20, 29] {
        used = later(day * DAY, rotated(&steward, &used)).await;
    }
    later(30 * DAY + 1, async {
        refused(&steward, &used).await;
        let admin = steward.person(admin.id, "Ada Admin", &[Role::Admin]).await;
        let list = steward.get("/api/me/sessions").by(&admin).send().await.expect(200);
        let items = list.json["items"].as_array().unwrap();
        assert!(items.iter().all(|session| session["current"] == true), "{items:?}");
    })
    .await;
    assert_eq!(recorded(&steward, &admin, "refresh_token_reused").await, 0);
}

#[tokio::test]
async fn signing_in_again_ends_the_browsers_session() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let before = signed_in(&steward).await;
    let body = json!({"username": "admin", "password": PASSWORD});
    let again = steward.post("/api/auth/login").header("cookie", &before).json(&body).send().await.expect(200);
    refused(&steward, &before).await;
    rotated(&steward, &cookie(&again)).await;
    assert_eq!(recorded(&steward, &admin, "logout").await, 1);
}

#[tokio::test]
async fn another_sites_page_cannot_use_the_cookie() {
    let steward = Steward::start().await;
    steward.admin().await;
    let mut present = signed_in(&steward).await;
    let own = steward.app().web_url().to_owned();
    let port = own.rsplit(':').next().unwrap().to_owned();
    let host = format!("localhost:{port}");
    let by_name = format!("http://{host}");
    let foreign: [&[(&str, &str)]; 7] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[("origin", "http://127.0.0.1:1"), ("host", &host)],
        &[("origin", &format!("{own}.evil.example"))],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ];
    let body = json!({"username": "admin", "password": PASSWORD});
    for headers in foreign {
        let with = |path: &str| {
            let call = steward.post(path).header("cookie", &present).json(&body);
            headers.iter().fold(call, |call, (name, value)| call.header(name, value))
        };
        for path in ["/api/auth/refresh", "/api/auth/logout", "/api/auth/login"] {
            let answer = with(path).send().await.problem(403, "forbidden");
            assert!(!answer.headers.contains_key("set-cookie"), "{path} {headers:?}");
        }
    }
    let allowed: [&[(&str, &str)]; 5] = [
        &[("origin", &own)],
        &[("origin", &by_name), ("host", &host)],
        &[("origin", &own), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin")],
        &[],
    ];
    for headers in allowed {
        let call = steward.post("/api/auth/refresh").header("cookie", &present);
        let call = headers.iter().fold(call, |call, (name, value)| call.header(name, value));
        present = cookie(&call.send().await.expect(200));
    }
}

/// A deployed Steward as far as cookies go: the API of `steward` over HTTPS, on its own keys.
async fn over_https(steward: &Steward, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let app = steward.app();
    let config = AppConfig {
        table_name: app.table().name().to_owned(),
        keys_table_name: app.keys().table.clone(),
        bucket_name: String::new(),
        dynamodb: app.table().client().clone(),
        s3: None,
        scanner: Scanner::Off,
        live_url: String::new(),
        connections: None,
        mailer: None,
        sends_mail: true,
        web_url: "https://steward.example".into(),
        setup_token: None,
        edge_secret: None,
        secure_cookies: true,
    };
    let secure = App::new(config, KeyWrapper::Local(Cipher::new(&[7; 32]).unwrap()));
    let router = platform::http::finish(local::api::routes(), secure);
    let mut request = http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router.oneshot(request.body(axum::body::Body::from(body.to_string())).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: parts.status, headers: parts.headers, json, text, bytes }
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let steward = Steward::start().await;
    let setup = json!({"username": "admin", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    let post = async |path: &str, headers: &[(&str, &str)], body: &Value| {
        over_https(&steward, "POST", path, headers, body).await
    };
    post("/api/setup", &[], &setup).await.expect(201);
    let answer = post("/api/auth/login", &[], &json!({"username": "admin", "password": PASSWORD})).await.expect(200);
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-steward_refresh="), "{set}");
    let attributes: Vec<&str> = set.split("; ").skip(1).collect();
    assert_eq!(attributes, ["HttpOnly", "SameSite=Strict", "Path=/", "Secure", "Max-Age=1209600"]);
    let present = cookie(&answer);
    let plain = present.replace("__Host-", "");
    let own = ("origin", "https://steward.example");
    post("/api/auth/refresh", &[("cookie", &plain), own], &json!({})).await.problem(401, "unauthenticated");
    // Only the address that the stack was deployed with counts, whatever `Host` says.
    for origin in ["http://steward.example", "https://steward.example.com", "https://api.example"] {
        let headers = [("cookie", &*present), ("origin", origin), ("host", "api.example")];
        post("/api/auth/refresh", &headers, &json!({})).await.problem(403, "forbidden");
    }
    let answer = post("/api/auth/refresh", &[("cookie", &present), own], &json!({})).await.expect(200);
    let cleared = post("/api/auth/logout", &[("cookie", &cookie(&answer)), own], &json!({})).await.expect(204);
    let set = cleared.headers["set-cookie"].to_str().unwrap();
    assert_eq!(set, "__Host-steward_refresh=; HttpOnly; SameSite=Strict; Path=/; Secure; Max-Age=0");
}

#[tokio::test]
async fn an_admin_sees_and_ends_a_users_sessions() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let from = async |browser: &str| {
        let body = json!({"username": "rita", "password": PASSWORD});
        let call = steward.post("/api/auth/login").header("user-agent", browser).json(&body);
        cookie(&call.send().await.expect(200))
    };
    let (one, two, three) = (from("one").await, from("two").await, from("three").await);
    let path = format!("/api/users/{}/sessions", rita.id);
    let list = async || {
        let list = steward.get(&path).by(&admin).send().await.expect(200);
        list.json["items"].as_array().unwrap().iter().filter(|one| !one["ip"].is_null()).cloned().collect::<Vec<_>>()
    };
    let listed = list().await;
    let browsers: Vec<&str> = listed.iter().map(|session| session["user_agent"].as_str().unwrap()).collect();
    assert_eq!(browsers, ["three", "two", "one"]);
    assert!(listed.iter().all(|session| session["current"] == false && session["ip"] == "127.0.0.1"), "{listed:?}");

    let id = listed[1]["id"].as_str().unwrap();
    steward.delete(&format!("{path}/{id}")).by(&rita).send().await.problem(403, "forbidden");
    steward.delete(&format!("{path}/{id}")).by(&admin).send().await.expect(204);
    steward.delete(&format!("{path}/{id}")).by(&admin).send().await.problem(404, "not_found");
    refused(&steward, &two).await;
    let one = rotated(&steward, &one).await;
    assert_eq!(list().await.len(), 2);

    steward.delete(&path).by(&rita).send().await.problem(403, "forbidden");
    steward.delete(&path).by(&admin).send().await.expect(204);
    refused(&steward, &one).await;
    refused(&steward, &three).await;
    assert!(list().await.is_empty());
    steward.settle().await;
    let trail = steward.all(&admin, &format!("/api/audit?entity_type=user&entity_id={}", rita.id), 100).await;
    for action in ["user_session_revoke", "user_session_revoke_all"] {
        let records: Vec<_> = trail.iter().filter(|record| record["action"] == action).collect();
        assert_eq!(records.len(), 1, "{action}");
        assert_eq!(records[0]["actor_id"], json!(admin.id));
    }
}

#[tokio::test]
async fn sessions_and_connections_of_earlier_versions_can_be_read() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (table, now) = (steward.app().table(), Timestamp::now());
    let id = kernel::id::SessionId::new();
    let session =
        json!({"id": id, "token_hash": "x", "created_at": now, "last_used_at": now, "ip": null, "user_agent": null});
    let key = Key::new(format!("USER#{}", admin.id), format!("SESSION#{id}"));
    let expires = now.as_second() + 3600;
    let draft =
        Draft::new(key, ItemType::Session, &session).unwrap().text("token_hash", "x").number("expires_at", expires);
    table.put(Write::put(draft)).await.unwrap();
    let connection = json!({"id": "old", "user_id": admin.id, "roles": ["admin"], "connected_at": now});
    let draft = Draft::new(Key::new("CONNECTIONS", "old"), ItemType::Connection, &connection).unwrap();
    table.put(Write::put(draft.number("expires_at", expires))).await.unwrap();
    assert_eq!(people::live::connections(steward.app()).await.unwrap().len(), 1);
    let list = steward.get("/api/me/sessions").by(&admin).send().await.expect(200);
    assert_eq!(list.json["items"].as_array().unwrap().len(), 2);
    steward.delete("/api/me/sessions").by(&admin).send().await.expect(204);
}
