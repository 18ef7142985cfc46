use std::time::{Duration, Instant};

use aws_sdk_s3::presigning::PresigningConfig;
use axum::body::{Body, to_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;

async fn ask(stack: &Stack, request: http::request::Builder, body: &str) -> (http::response::Parts, String) {
    let request: Request<Body> = request.body(Body::from(body.to_owned())).unwrap();
    let (parts, body) = stack.router().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1_000_000).await.unwrap();
    (parts, String::from_utf8_lossy(&bytes).into_owned())
}

async fn get(stack: &Stack, path: &str) -> (StatusCode, Value) {
    let (parts, text) = ask(stack, Request::get(path), "").await;
    (parts.status, serde_json::from_str(&text).unwrap_or_default())
}

#[tokio::test]
async fn stacks_share_nothing_and_clean_up() {
    let started = Instant::now();
    let (first, second) = tokio::join!(Stack::start(StackOptions::default()), Stack::start(StackOptions::default()));
    let (first, second) = (first.unwrap(), second.unwrap());
    println!("two stacks started in {:?}", started.elapsed());
    assert_ne!(first.base_url(), second.base_url());
    assert_eq!(get(&first, "/api/setup").await.1["needed"], true);
    let body = r#"{"username":"ann","name":"Ann","email":"ann@example.com","password":"a long enough one"}"#;
    let setup = Request::post("/api/setup").header("content-type", "application/json");
    assert_eq!(ask(&first, setup, body).await.0.status, StatusCode::CREATED);
    first.drained().await.unwrap();
    assert_eq!(get(&first, "/api/setup").await.1["needed"], false);
    assert_eq!(get(&second, "/api/setup").await.1["needed"], true);
    let folder = first.data().to_owned();
    assert!(folder.exists());
    first.stop().await;
    assert!(!folder.exists());
    // Dropped without being stopped, as at the end of a test.
    let folder = second.data().to_owned();
    drop(second);
    assert!(!folder.exists());
}

#[tokio::test]
async fn data_persists_and_belongs_to_one_process() {
    let home = Folder::open(&DataLocation::Temporary).unwrap();
    let options = StackOptions { data: DataLocation::At(home.path().join("data")), ..StackOptions::default() };
    let stack = Stack::start(options.clone()).await.unwrap();
    stack.set_fact("colour", "blue").unwrap();
    assert_eq!(stack.expire().await.unwrap(), 0);
    let line = Stack::start(options.clone()).await.err().unwrap().to_string();
    assert!(line.contains("is in use by another Steward"), "{line}");
    stack.stop().await;
    let again = Stack::start(options).await.unwrap();
    assert_eq!(again.fact("colour").unwrap().as_deref(), Some("blue"));
}

#[tokio::test]
async fn a_port_in_use_is_reported_in_one_line() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let port = stack.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let line = Stack::start(StackOptions { port, ..StackOptions::default() }).await.err().unwrap().to_string();
    assert!(line.starts_with(&format!("port {port} is in use: ")) && !line.contains('\n'), "{line}");
}

#[tokio::test]
async fn requests_are_dispatched_by_path() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let (status, health) = get(&stack, "/api/health").await;
    assert_eq!((status, &health["status"]), (StatusCode::OK, &Value::from("ok")));
    let (parts, problem) = ask(&stack, Request::get("/api/nothing"), "").await;
    assert_eq!(parts.status, StatusCode::NOT_FOUND);
    assert_eq!(parts.headers["content-type"], "application/problem+json", "{problem}");
    assert_eq!(get(&stack, "/nothing").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&stack, "/apis").await.0, StatusCode::NOT_FOUND);
    assert!(get(&stack, "/live").await.0.is_client_error());
    assert_eq!(get(&stack, "/steward-uploads/x").await.0, StatusCode::FORBIDDEN);
    let (parts, _) = ask(&stack, Request::post("/_aws/connections/@connections/x"), "").await;
    assert_eq!(parts.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_console_is_only_open_to_this_machine() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let (status, told) = get(&stack, "/_local/status.json").await;
    assert_eq!((status, told["consumers"].as_array().map(Vec::len)), (StatusCode::OK, Some(3)));
    let (parts, page) = ask(&stack, Request::get("/_local"), "").await;
    assert!(parts.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(page.contains("on-change"));
    let own = stack.base_url().to_owned();
    let host = own.strip_prefix("http://").unwrap();
    for (headers, expected) in [
        ([("host", "rebound.example"), ("accept", "*/*")], StatusCode::UNAUTHORIZED),
        ([("host", host), ("x-forwarded-for", "127.0.0.1")], StatusCode::UNAUTHORIZED),
        ([("host", host), ("via", "1.1 proxy")], StatusCode::UNAUTHORIZED),
        ([("host", host), ("forwarded", "for=127.0.0.1")], StatusCode::UNAUTHORIZED),
        ([("host", host), ("origin", "http://other.example")], StatusCode::FORBIDDEN),
        ([("host", host), ("origin", "null")], StatusCode::FORBIDDEN),
        ([("host", host), ("origin", &own)], StatusCode::SEE_OTHER),
    ] {
        let request = headers.iter().fold(Request::post("/_local/expire"), |r, (name, value)| r.header(*name, *value));
        assert_eq!(ask(&stack, request, "").await.0.status, expected, "{headers:?}");
    }
    let stranger = || Request::get("/_local").extension(from([192, 168, 1, 9]));
    let (parts, page) = ask(&stack, stranger(), "").await;
    assert_eq!(parts.status, StatusCode::UNAUTHORIZED);
    assert!(parts.headers["www-authenticate"].to_str().unwrap().starts_with("Basic "));
    assert!(!page.contains("on-change") && !page.contains(stack.token()));
    for path in ["/_aws/ses/", "/_aws/connections/@connections/x", "/_aws/kms/x"] {
        let proxied = Request::post(path).header("x-forwarded-for", "127.0.0.1");
        assert_eq!(ask(&stack, proxied, "").await.0.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_token_opens_the_console_from_elsewhere() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let basic = |password: &str| format!("Basic {}", BASE64.encode(format!("any:{password}")));
    let with = |method: &str, authorization: &str, origin: &str| {
        let request = Request::builder().method(method).header("host", "steward.example").header("origin", origin);
        let path = if method == "GET" { "/_local" } else { "/_local/expire" };
        request.uri(path).extension(from([192, 168, 1, 9])).header("authorization", authorization)
    };
    let (right, own) = (basic(stack.token()), "https://steward.example");
    for (method, authorization, origin, expected) in [
        ("GET", right.as_str(), own, StatusCode::OK),
        ("POST", right.as_str(), own, StatusCode::SEE_OTHER),
        ("POST", right.as_str(), "https://other.example", StatusCode::FORBIDDEN),
        ("GET", basic("").as_str(), own, StatusCode::UNAUTHORIZED),
        ("GET", basic("guessed").as_str(), own, StatusCode::UNAUTHORIZED),
        ("GET", stack.token(), own, StatusCode::UNAUTHORIZED),
        ("GET", "Basic !", own, StatusCode::UNAUTHORIZED),
    ] {
        let (parts, _) = ask(&stack, with(method, authorization, origin), "").await;
        assert_eq!(parts.status, expected, "{method} {authorization} {origin}");
    }
}

#[tokio::test]
async fn the_setup_needs_the_token_unless_it_comes_straight_from_here() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let proxied = |request: http::request::Builder| {
        request.header("host", "127.0.0.1:80").header("x-forwarded-for", "203.0.113.7").extension(from([127, 0, 0, 1]))
    };
    let body = |token: &str| {
        let token = if token.is_empty() { String::new() } else { format!(r#","setup_token":"{token}""#) };
        format!(r#"{{"username":"ann","name":"Ann","email":"ann@example.com","password":"a long enough one"{token}}}"#)
    };
    let required = |text: &str| serde_json::from_str::<Value>(text).unwrap()["token_required"].clone();
    assert_eq!(required(&ask(&stack, Request::get("/api/setup"), "").await.1), false);
    assert_eq!(required(&ask(&stack, proxied(Request::get("/api/setup")), "").await.1), true);
    let elsewhere = Request::get("/api/setup").extension(from([192, 168, 1, 9]));
    assert_eq!(required(&ask(&stack, elsewhere, "").await.1), true);
    let post = || Request::post("/api/setup").header("content-type", "application/json");
    for token in ["", "guessed"] {
        let (parts, text) = ask(&stack, proxied(post()), &body(token)).await;
        assert_eq!(parts.status, StatusCode::BAD_REQUEST, "{text}");
        assert!(text.contains("set_up_token_required"), "{text}");
    }
    let (parts, text) = ask(&stack, proxied(post()), &body(stack.token())).await;
    assert_eq!(parts.status, StatusCode::CREATED, "{text}");
}

#[tokio::test]
async fn a_folder_with_another_key_or_emptied_tables_is_refused_in_one_line() {
    let home = Folder::open(&DataLocation::Temporary).unwrap();
    let data = home.path().join("data");
    let options = StackOptions { data: DataLocation::At(data.clone()), ..StackOptions::default() };
    let line = || async {
        let line = Stack::start(options.clone()).await.err().unwrap().to_string();
        assert!(!line.contains('\n'), "{line}");
        line
    };
    let stack = Stack::start(options.clone()).await.unwrap();
    let body = r#"{"username":"ann","name":"Ann","email":"ann@example.com","password":"a long enough one"}"#;
    let setup = Request::post("/api/setup").header("content-type", "application/json");
    assert_eq!(ask(&stack, setup, body).await.0.status, StatusCode::CREATED);
    stack.stop().await;

    let key = std::fs::read(data.join("local.key")).unwrap();
    std::fs::remove_file(data.join("local.key")).unwrap();
    assert!(line().await.contains("local.key is missing"));
    std::fs::write(data.join("local.key"), [7; 32]).unwrap();
    assert!(line().await.contains("local.key is not the one that this data was stored with"));
    std::fs::write(data.join("local.key"), &key).unwrap();
    let stack = Stack::start(options.clone()).await.unwrap();
    assert_eq!(get(&stack, "/api/setup").await.1["needed"], false);
    stack.dynamodb().delete_table().table_name(names::KEYS_TABLE).send().await.unwrap();
    stack.stop().await;
    assert!(line().await.contains("was set up, but its tables are empty"));
    for file in std::fs::read_dir(&data).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("dynamodb.sqlite") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(line().await.contains("was set up, but its tables are empty"));
}

/// The address that a request comes from.
fn from(address: [u8; 4]) -> axum::extract::ConnectInfo<std::net::SocketAddr> {
    axum::extract::ConnectInfo((address, 1).into())
}

#[tokio::test]
async fn presigned_urls_work_only_from_own_pages() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let (s3, bucket) = (stack.app().s3().unwrap(), stack.app().bucket());
    let soon = || PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    let put = s3.put_object().bucket(bucket).key("imports/a b.csv").content_type("text/csv").content_length(3);
    let put = put.presigned(soon()).await.unwrap();
    let path = put.uri().strip_prefix(stack.base_url()).unwrap().to_owned();
    let host = stack.base_url().strip_prefix("http://").unwrap().to_owned();
    let page = stack.base_url().replace("127.0.0.1", "localhost");

    let send = |kind: &'static str, body: &'static str, path: String| {
        let (stack, host, page) = (&stack, &host, &page);
        async move {
            let request = Request::put(path).header("host", host).header("origin", page).header("content-type", kind);
            ask(stack, request.header("content-length", body.len()), body).await
        }
    };
    let (parts, text) = send("text/csv", "a,b", path.clone()).await;
    assert_eq!(parts.status, StatusCode::OK, "{text}");
    assert_eq!(parts.headers["access-control-allow-origin"], page.as_str());
    assert_eq!(send("text/html", "a,b", path.clone()).await.0.status, StatusCode::FORBIDDEN);
    assert_eq!(send("text/csv", "a,b,c", path.clone()).await.0.status, StatusCode::FORBIDDEN);
    assert_eq!(send("text/csv", "a,b", path.replace("a%20b", "other")).await.0.status, StatusCode::FORBIDDEN);

    // Nothing unsigned touches a file that waits to be checked, whatever is wrong with the request.
    let waiting = stack.data().join("objects").join(bucket).join("pending/documents/1/2");
    std::fs::create_dir_all(waiting.parent().unwrap()).unwrap();
    std::fs::write(&waiting, "waiting").unwrap();
    let target = format!("/{bucket}/pending/documents/1/2");
    for (name, value) in [
        ("content-length", "x"),
        ("content-md5", "x"),
        ("x-amz-checksum-sha256", "x"),
        ("x-amz-content-sha256", "x"),
        ("authorization", "x"),
        ("authorization", "AWS4-HMAC-SHA256 Credential=x"),
        ("x-amz-storage-class", "x"),
        ("host", "\u{e4}"),
    ] {
        let (parts, _) = ask(&stack, Request::put(&target).header(name, value), "other").await;
        assert!(!parts.status.is_success(), "{name}: {}", parts.status);
        assert!(waiting.exists(), "{name}: {value} ({})", parts.status);
    }
    for query in ["?X-Amz-Signature=x", "?X-Amz-Algorithm=AWS4-HMAC-SHA256", "?uploads&partNumber=x", "?partNumber=1"] {
        let (parts, _) = ask(&stack, Request::put(format!("{target}{query}")), "other").await;
        assert!(!parts.status.is_success(), "{query}: {}", parts.status);
        assert!(waiting.exists(), "{query} ({})", parts.status);
    }

    let preflight = |origin: &str| {
        let request = Request::options(&path).header("host", &host).header("origin", origin);
        request.header("access-control-request-method", "PUT").header("access-control-request-headers", "content-type")
    };
    let (parts, _) = ask(&stack, preflight(&page), "").await;
    assert_eq!(parts.headers["access-control-allow-headers"], "content-type");
    let (parts, _) = ask(&stack, preflight("http://other.example"), "").await;
    assert!(!parts.headers.contains_key("access-control-allow-origin"));

    let read = s3.get_object().bucket(bucket).key("imports/a b.csv").send().await.unwrap();
    assert_eq!(read.content_type(), Some("text/csv"));
    assert_eq!(read.body.collect().await.unwrap().to_vec(), b"a,b");
    let url = s3.get_object().bucket(bucket).key("imports/a b.csv").presigned(soon()).await.unwrap();
    let path = url.uri().strip_prefix(stack.base_url()).unwrap();
    let (parts, text) = ask(&stack, Request::get(path).header("host", &host), "").await;
    assert_eq!((parts.status, text.as_str()), (StatusCode::OK, "a,b"));
    assert_eq!(parts.headers["content-security-policy"], "sandbox; default-src 'none'");
}

#[test]
fn one_stack_serves_several_runtimes() {
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let stack = runtime().block_on(Stack::start(StackOptions::default())).unwrap();
    for _ in 0..5 {
        let needed = runtime().block_on(async { get(&stack, "/api/setup").await.1["needed"].clone() });
        assert_eq!(needed, true);
    }
    runtime().block_on(stack.stop());
}
