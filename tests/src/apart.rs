//! A function in its own process, as Lambda and `cargo lambda watch` run it, with the environment variables that a running
//! Steward writes to a file for it.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use crate::drift;
use crate::support::{Person, Steward, binary};

/// A Lambda runtime API: gives events to the function that polls it and collects the function's responses.
struct Runtime {
    events: mpsc::UnboundedSender<Value>,
    answers: mpsc::UnboundedReceiver<Value>,
    function: Child,
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let _ = self.function.kill();
        let _ = self.function.wait();
    }
}

type Polled = Arc<Mutex<mpsc::UnboundedReceiver<Value>>>;

async fn next(
    State((events, _)): State<(Polled, mpsc::UnboundedSender<Value>)>,
) -> ([(&'static str, String); 3], String) {
    let event = events.lock().await.recv().await.unwrap();
    let headers = [
        ("lambda-runtime-aws-request-id", kernel::id::new().to_string()),
        ("lambda-runtime-deadline-ms", "99999999999999".to_owned()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:test".to_owned()),
    ];
    (headers, event.to_string())
}

async fn answered(State((_, answers)): State<(Polled, mpsc::UnboundedSender<Value>)>, body: Bytes) {
    answers.send(serde_json::from_slice(&body).unwrap_or(Value::Null)).unwrap();
}

impl Runtime {
    /// Starts the function `name` with the environment variables of the running Steward and no others.
    async fn start(steward: &Steward, name: &str) -> Self {
        let ((events, polled), (sender, answers)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(answered))
            .with_state((Arc::new(Mutex::new(polled)), sender));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let file = std::fs::read_to_string(steward.stack.data().join("functions.env")).unwrap();
        let variables = file.lines().map(|line| line.split_once('=').unwrap());
        let function = Command::new(binary(name))
            .env_clear()
            .envs(variables)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { events, answers, function }
    }

    async fn invoke(&mut self, event: Value) -> Value {
        self.events.send(event).unwrap();
        tokio::time::timeout(Duration::from_secs(30), self.answers.recv()).await.unwrap().unwrap()
    }
}

/// A sample event, sent by `person`.
fn event(name: &str, person: &Person) -> Value {
    let text = drift::read(&format!("events/{name}.json"));
    serde_json::from_str(&text.replace("replace-with-an-access-token", &person.token)).unwrap()
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or(Value::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_in_its_own_process_shares_data() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mine = json!({"name": "Acme", "kind": "fund", "email": "hello@acme.example", "tier": "gold"});
    let mine = steward.post("/api/investors").by(&admin).json(&mine).send().await.expect(201).id();
    let mut investors = Runtime::start(&steward, "investors").await;

    let created = investors.invoke(event("investors-create", &admin)).await;
    assert_eq!(created["statusCode"], 201, "{created}");
    let theirs = body(&created)["id"].as_str().unwrap().to_owned();
    let seen = steward.get(&format!("/api/investors/{theirs}")).by(&admin).send().await.expect(200);
    assert_eq!(seen.json["email"], "office@zgf.example", "encrypted there, readable here");

    steward.settle().await;
    let mut read = event("investors-list", &admin);
    let listed = body(&investors.invoke(read.clone()).await);
    let names: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Acme", "Zürich Growth Fund"]);
    let path = format!("/api/investors/{mine}");
    read["rawPath"] = json!(path);
    read["requestContext"]["http"]["path"] = json!(path);
    read["rawQueryString"] = json!("");
    read.as_object_mut().unwrap().remove("queryStringParameters");
    assert_eq!(body(&investors.invoke(read).await)["email"], "hello@acme.example", "encrypted here, readable there");

    let mut stranger = admin.clone();
    stranger.token = "nobody".into();
    assert_eq!(investors.invoke(event("investors-list", &stranger)).await["statusCode"], 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_function_starts_without_stack_variables() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    std::fs::write(steward.stack.data().join("functions.env"), "").unwrap();
    let mut docs = Runtime::start(&steward, "docs").await;
    let answer = docs.invoke(event("docs-health", &admin)).await;
    assert_eq!((&answer["statusCode"], &body(&answer)["status"]), (&json!(200), &json!("ok")));
    assert_eq!(answer["headers"]["x-content-type-options"], "nosniff");
}
