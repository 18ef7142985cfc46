//! Rotation of the keys: old and new ones are valid side by side for a while, and then only the new ones.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use kernel::id::{SessionId, UserId};
use kernel::policy::{Role, Roles};
use kernel::time::Timestamp;
use local::{DataLocation, Stack, StackOptions};
use platform::App;
use platform::keys::Purpose;
use platform::rotation::{Limits, Report, Request};
use serde_json::{Value, json};

use crate::search::cost::meter::{self, Meter};
use crate::support::{PASSWORD, Person, Steward};

type Item = HashMap<String, AttributeValue>;

const SIGNING: &str = "SYSTEM#token-signing";
const PUBLIC: &str = "SYSTEM#token-public";

async fn item(steward: &Steward, pk: &str) -> Item {
    steward.app().keys().item(pk).await.unwrap().unwrap()
}

async fn put(steward: &Steward, item: Item) {
    let table = &steward.app().keys().table;
    steward.stack.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

async fn remove(steward: &Steward, pk: &str) {
    let table = &steward.app().keys().table;
    let pk = AttributeValue::S(pk.into());
    steward.stack.dynamodb().delete_item().table_name(table).key("pk", pk).send().await.unwrap();
}

/// Sets a number of an item, for example to let time pass.
async fn set(steward: &Steward, pk: &str, name: &str, number: i64) {
    let mut item = item(steward, pk).await;
    item.insert(name.into(), AttributeValue::N(number.to_string()));
    put(steward, item).await;
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

async fn rotate(app: &App, key: Option<Purpose>, limits: &Limits) -> Report {
    rotate_keys::handle(app, Request { rotate: key }, limits).await.unwrap()
}

/// The first bytes of every subject's wrapped key: the format, and the version if it is named.
async fn versions(steward: &Steward) -> Vec<Vec<u8>> {
    let keys = steward.app().keys();
    let all = steward.stack.dynamodb().scan().table_name(&keys.table).send().await.unwrap().items.unwrap();
    let subjects = all.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("SUBJECT#"));
    subjects.map(|item| item["wrapped"].as_b().unwrap().as_ref()[..5].to_vec()).collect()
}

async fn emails(steward: &Steward, app: &App, admin: &Person) -> Vec<Value> {
    let mut emails = Vec::new();
    for investor in steward.get("/api/investors?limit=100").by(admin).send_to(app).await.expect(200).json["items"]
        .as_array()
        .unwrap()
    {
        let path = format!("/api/investors/{}", investor["id"].as_str().unwrap());
        emails.push(steward.get(&path).by(admin).send_to(app).await.expect(200).json["email"].clone());
    }
    emails.sort_by_key(Value::to_string);
    emails
}

#[tokio::test]
async fn the_root_key_rotates_while_everything_stays_readable() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let new = |name: &str| json!({"name": name, "kind": "fund", "email": format!("{name}@example.com")});
    let create =
        |name: &str| steward.post("/api/investors").by(&admin).header("idempotency-key", name).json(&new(name));
    let first = create("one").send().await.expect(201);
    create("two").send().await.expect(201);
    let page = steward.get("/api/investors?limit=1").by(&admin).send().await.expect(200);
    let next = format!("/api/investors?limit=1&cursor={}", page.json["next_cursor"].as_str().unwrap());
    // A process that has read the key before, and stays warm.
    let warm = steward.process();
    assert_eq!(emails(&steward, &warm, &admin).await, ["one@example.com", "two@example.com"]);
    // Wrapped before there were versions: the value begins with the format of a sealed value, not with a version.
    assert!(versions(&steward).await.iter().all(|head| head[0] == 1));

    let by = steward.process();
    let stopped = rotate(&by, Some(Purpose::Root), &Limits { budget: Duration::ZERO, ..Limits::default() }).await;
    assert_eq!((stopped.version, stopped.wrapped, stopped.left), (2, 0, true));
    // Both versions side by side.
    let fresh = steward.process();
    let three = create("three").send_to(&fresh).await.expect(201);
    let heads = versions(&steward).await;
    assert!(heads.iter().any(|head| head[0] == 1) && heads.contains(&vec![2, 0, 0, 0, 2]), "{heads:?}");
    let all = ["one@example.com", "three@example.com", "two@example.com"];
    for app in [&warm, &by, &fresh, steward.app()] {
        assert_eq!(emails(&steward, app, &admin).await, all);
        steward.get(&next).by(&admin).send_to(app).await.expect(200);
        assert_eq!(create("one").send_to(app).await.expect(201).json, first.json);
        let taken = steward.post("/api/investors").by(&admin).json(&new("two")).send_to(app).await;
        assert_eq!(taken.status, 409, "{}", taken.text);
    }

    // The next run continues, in small pages. An erased key does not come back.
    let erased = format!("SUBJECT#investor#{}", first.id());
    remove(&steward, &erased).await;
    let done = rotate(&by, None, &Limits { page: 1, ..Limits::default() }).await;
    assert_eq!((done.wrapped, done.broken, done.left), (2, 0, false), "{done:?}");
    assert!(versions(&steward).await.iter().all(|head| *head == [2, 0, 0, 0, 2]));
    assert!(steward.app().keys().item(&erased).await.unwrap().is_none());
    assert_eq!(rotate(&by, None, &Limits::default()).await.wrapped, 0);

    // A week later: what a process has wrapped with the old version since is found, and the old version goes.
    let later = Limits { now: Timestamp::now().plus_seconds(9 * 24 * 3600), ..Limits::default() };
    let removed = rotate(&by, None, &later).await;
    assert_eq!((removed.version, removed.old_until), (2, None));
    assert!(!item(&steward, "SYSTEM#root").await.contains_key("wrapped"));
    let cold = steward.process();
    let path = format!("/api/investors/{}", three.id());
    assert_eq!(steward.get(&path).by(&admin).send_to(&cold).await.expect(200).json["email"], "three@example.com");
    steward.get(&next).by(&admin).send_to(&cold).await.problem(400, "invalid_cursor");
    let login = json!({"username": "admin", "password": PASSWORD});
    steward.post("/api/auth/login").json(&login).send_to(&cold).await.expect(200);
}

#[tokio::test]
async fn a_second_rotation_of_the_root_key_follows_the_first() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.investor(&admin, "Acme").await;
    for version in [2, 3] {
        let report = rotate(steward.app(), Some(Purpose::Root), &Limits::default()).await;
        assert_eq!((report.version, report.wrapped, report.left), (version, 2, false));
    }
    let cold = steward.process();
    assert_eq!(steward.get("/api/me").by(&admin).send_to(&cold).await.expect(200).json["email"], "ada@example.com");
}

#[tokio::test]
async fn a_key_that_cannot_be_unwrapped_keeps_the_old_versions() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = steward.investor(&admin, "Acme").await;
    let pk = format!("SUBJECT#investor#{}", acme.id());
    let mut broken = item(&steward, &pk).await;
    broken.insert("wrapped".into(), AttributeValue::B(Blob::new(vec![1; 61])));
    put(&steward, broken).await;
    let limits = Limits { now: Timestamp::now().plus_seconds(9 * 24 * 3600), ..Limits::default() };
    for request in [Some(Purpose::Root), None] {
        assert!(rotate_keys::handle(steward.app(), Request { rotate: request }, &limits).await.is_err());
    }
    assert!(item(&steward, "SYSTEM#root").await.contains_key("wrapped"));
    assert_eq!(
        steward.get("/api/me").by(&admin).send_to(&steward.process()).await.expect(200).json["name"],
        "Ada Admin"
    );
}

/// A token of `app`, and the ID of the key that signed it.
async fn token(app: &App) -> (String, String) {
    let roles: Roles = [Role::Admin].into_iter().collect();
    let token = app.tokens().sign(UserId::new(), SessionId::new(), "Ada", &roles, Timestamp::now()).await.unwrap();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    (token, kid)
}

async fn accepts(app: &App, token: &str) -> bool {
    app.tokens().verify(token).await.is_ok()
}

#[tokio::test]
async fn the_signing_key_rotates_while_tokens_stay_valid() {
    let steward = Steward::start().await;
    let (auth, warm) = (steward.process(), steward.process());
    let (old, old_kid) = token(&auth).await;
    assert!(accepts(&warm, &old).await);

    rotate(steward.app(), Some(Purpose::TokenSigning), &Limits::default()).await;
    // The next process of `auth` that reads the item makes the new key and publishes it before it signs.
    let early = steward.process();
    let (early_token, early_kid) = token(&early).await;
    assert_eq!(early_kid, old_kid);
    let published = item(&steward, PUBLIC).await;
    let published: Value = serde_json::from_slice(published["keys"].as_b().unwrap().as_ref()).unwrap();
    assert_eq!(published.as_array().unwrap().len(), 2, "{published}");

    // The new key takes over in a process that is running at that time, and other running processes learn of it.
    set(&steward, SIGNING, "from", now() + 3).await;
    let auth = steward.process();
    assert_eq!(token(&auth).await.1, old_kid);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (new, new_kid) = token(&auth).await;
    assert_ne!(new_kid, old_kid);
    for app in [&warm, &steward.process()] {
        assert!(accepts(app, &new).await && accepts(app, &old).await && accepts(app, &early_token).await);
    }

    // When the last token of the old key has expired, the key is removed.
    set(&steward, SIGNING, "from", now() - 24 * 3600).await;
    let mut public = item(&steward, PUBLIC).await;
    let text = String::from_utf8(public["keys"].as_b().unwrap().as_ref().to_vec()).unwrap();
    let mut keys: Value = serde_json::from_str(&text).unwrap();
    assert!(keys[0]["until"].as_i64().unwrap() > now() + 15 * 60, "{keys}");
    keys[0]["until"] = json!(now() - 1);
    public.insert("keys".into(), AttributeValue::B(Blob::new(keys.to_string())));
    put(&steward, public).await;
    let cold = steward.process();
    assert!(!accepts(&cold, &old).await && accepts(&cold, &new).await);
    assert_eq!(token(&steward.process()).await.1, new_kid);
    assert!(!item(&steward, SIGNING).await.contains_key("previous"));
    let public = item(&steward, PUBLIC).await;
    assert!(!String::from_utf8_lossy(public["keys"].as_b().unwrap().as_ref()).contains(&old_kid));
}

#[tokio::test]
async fn a_signing_key_from_before_there_were_several_is_taken_over() {
    let steward = Steward::start().await;
    let (old, old_kid) = token(steward.app()).await;
    // The items as they were: one wrapped key, and one public key.
    let mut signing = item(&steward, SIGNING).await;
    signing.retain(|name, _| ["pk", "wrapped"].contains(&name.as_str()));
    put(&steward, signing).await;
    let mut public = item(&steward, PUBLIC).await;
    let keys: Value = serde_json::from_slice(public.remove("keys").unwrap().as_b().unwrap().as_ref()).unwrap();
    public.insert("key".into(), AttributeValue::B(Blob::new(keys[0].to_string())));
    put(&steward, public).await;

    let reader = steward.process();
    assert!(accepts(&reader, &old).await);
    // Its age is unknown, so it is replaced.
    assert_eq!(token(&steward.process()).await.1, old_kid);
    set(&steward, SIGNING, "from", now() - 1).await;
    let (new, new_kid) = token(&steward.process()).await;
    assert_ne!(new_kid, old_kid);
    let cold = steward.process();
    assert!(accepts(&cold, &old).await && accepts(&cold, &new).await);
}

#[tokio::test]
async fn a_deleted_signing_key_signs_everyone_out() {
    let steward = Steward::start().await;
    let warm = steward.process();
    let (stolen, _) = token(steward.app()).await;
    let verified = token(steward.app()).await.0;
    assert!(accepts(&warm, &verified).await);
    remove(&steward, SIGNING).await;
    remove(&steward, PUBLIC).await;
    let (new, _) = token(&steward.process()).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert!(accepts(&warm, &new).await && !accepts(&warm, &stolen).await);
}

#[tokio::test]
async fn processes_that_rotate_at_once_agree_on_one_key() {
    let steward = Steward::start().await;
    let apps: Vec<App> = (0..6).map(|_| steward.process()).collect();
    let first = futures_util::future::join_all(apps.iter().map(token)).await;
    assert!(first.iter().all(|(_, kid)| *kid == first[0].1));
    rotate(steward.app(), Some(Purpose::TokenSigning), &Limits::default()).await;
    let apps: Vec<App> = (0..6).map(|_| steward.process()).collect();
    futures_util::future::join_all(apps.iter().map(token)).await;
    set(&steward, SIGNING, "from", now() - 1).await;
    let apps: Vec<App> = (0..6).map(|_| steward.process()).collect();
    let next = futures_util::future::join_all(apps.iter().map(token)).await;
    assert!(next.iter().all(|(_, kid)| *kid == next[0].1 && *kid != first[0].1));
    for (token, _) in first.iter().chain(&next) {
        assert!(accepts(&apps[0], token).await);
    }
}

#[tokio::test]
async fn the_local_key_is_replaced_and_everything_stays_readable() {
    let home = Steward::start().await;
    let options = || StackOptions { data: DataLocation::At(home.stack.data().join("data")), ..StackOptions::default() };
    let steward = Steward { stack: Stack::start(options()).await.unwrap() };
    let admin = steward.admin().await;
    rotate(steward.app(), Some(Purpose::Root), &Limits { budget: Duration::ZERO, ..Limits::default() }).await;
    let key = steward.stack.data().join("local.key");
    let before = std::fs::read(&key).unwrap();
    steward.stack.change_local_key().await.unwrap();
    assert_ne!(std::fs::read(&key).unwrap(), before);
    let steward = Steward { stack: Stack::start(options()).await.unwrap() };
    assert_eq!(steward.get("/api/me").by(&admin).send().await.expect(200).json["email"], "ada@example.com");
    let login = json!({"username": "admin", "password": PASSWORD});
    steward.post("/api/auth/login").json(&login).send().await.expect(200);
}

/// The calls to the store that `work` makes.
async fn calls<T>(meter: &Meter, work: impl Future<Output = T>) -> usize {
    meter.start();
    meter::MEASURED.scope((), work).await;
    meter.stop().calls
}

#[tokio::test]
async fn a_cold_start_costs_the_same_after_rotations() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = format!("investor#{}", steward.investor(&admin, "Acme").await.id());
    let counted = Arc::new(Meter::default());
    let config = steward.stack.dynamodb().config().to_builder().interceptor(meter::Count(Arc::clone(&counted)));
    let client = aws_sdk_dynamodb::Client::from_conf(config.build());
    let measure = async || {
        let cold = steward.process_with(client.clone());
        let ready = async {
            cold.keys().prepare().await.unwrap();
            cold.tokens().prepare().await.unwrap();
        };
        let ready = calls(&counted, ready).await;
        (ready, calls(&counted, token(&cold)).await, calls(&counted, cold.keys().subject(&acme)).await)
    };
    // The root key and the public keys; which key signs; the subject's key.
    assert_eq!(measure().await, (2, 1, 1));
    for _ in 0..2 {
        rotate(steward.app(), Some(Purpose::Root), &Limits::default()).await;
    }
    rotate(steward.app(), Some(Purpose::TokenSigning), &Limits::default()).await;
    token(&steward.process()).await;
    // No older version is unwrapped: it would fail.
    let mut root = item(&steward, "SYSTEM#root").await;
    for older in ["wrapped", "wrapped_2"] {
        root.insert(older.into(), AttributeValue::B(Blob::new(vec![1; 61])));
    }
    put(&steward, root).await;
    assert_eq!(measure().await, (2, 1, 1));
    assert!(steward.process().keys().subject(&acme).await.unwrap().is_some());
}
