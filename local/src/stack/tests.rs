use std::time::{Duration, Instant};

use aws_sdk_s3::presigning::PresigningConfig;
use axum::body::{Body, to_bytes};
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
    for (name, value, expected) in [
        ("host", "rebound.example", StatusCode::FORBIDDEN),
        ("origin", "http://other.example", StatusCode::FORBIDDEN),
        ("origin", own.as_str(), StatusCode::SEE_OTHER),
    ] {
        let (parts, _) = ask(&stack, Request::post("/_local/expire").header(name, value), "").await;
        assert_eq!(parts.status, expected, "{name}: {value}");
    }
    let stranger = axum::extract::ConnectInfo(std::net::SocketAddr::from(([192, 168, 1, 9], 1)));
    assert_eq!(ask(&stack, Request::get("/_local").extension(stranger), "").await.0.status, StatusCode::NOT_FOUND);
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
