//! A running Steward for a test, people in it, and a short way to call it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Request, StatusCode};
use kernel::ItemType;
use kernel::id::{SessionId, UserId};
use kernel::policy::{Role, Roles};
use kernel::time::Timestamp;
use local::{Stack, StackOptions};
use platform::caller::{Actor, Caller, Origin};
use platform::cipher::Cipher;
use platform::keys::KeyWrapper;
use platform::standing;
use platform::table::{Draft, Write};
use platform::upload::Scanner;
use platform::{App, AppConfig};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The password of every test user.
pub const PASSWORD: &str = "correct horse battery";

/// A binary of the workspace, from the same build as this test.
pub fn binary(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let binary = here.parent().unwrap().parent().unwrap().join(name);
    assert!(binary.exists(), "build the whole workspace first: {}", binary.display());
    binary
}

/// A Steward of its own, with fresh data, an in-process API and a running stream.
pub struct Steward {
    pub stack: Stack,
}

/// A user who is signed in.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
    pub caller: Caller,
}

/// A response of the API.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
    /// The body as it was received.
    pub bytes: bytes::Bytes,
}

impl Answer {
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_default().to_owned()
    }

    pub fn etag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// Asserts the status and returns the answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Asserts that the answer is this problem, and returns it.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert!(!self.json["request_id"].as_str().unwrap().is_empty());
        self
    }

    /// The fields named by the problem.
    pub fn fields(&self) -> Vec<&str> {
        self.json["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
    }
}

/// A request being built.
pub struct Call<'a> {
    steward: &'a Steward,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    address: Option<IpAddr>,
    body: Body,
}

impl Call<'_> {
    /// Sends the request from this IP address instead of from this process.
    pub fn from(mut self, address: &str) -> Self {
        self.address = Some(address.parse().unwrap());
        self
    }

    pub fn by(self, person: &Person) -> Self {
        let value = format!("Bearer {}", person.token);
        self.header("authorization", &value)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn if_match(self, version: impl std::fmt::Display) -> Self {
        let value = format!("\"{}\"", version.to_string().trim_matches('"'));
        self.header("if-match", &value)
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.body = Body::from(body.to_string());
        self.header("content-type", "application/json")
    }

    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Body::from(body.into());
        self
    }

    /// The router and the finished request. Measurements call this first, so that building the request is not measured.
    pub fn prepare(self) -> (Router, Request<Body>) {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(self.body).unwrap();
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 50_000)));
        }
        (self.steward.stack.router(), request)
    }

    pub async fn send(self) -> Answer {
        let (router, request) = self.prepare();
        answer(router, request).await
    }

    /// Sends the request to another process of the functions: see [`Steward::process`].
    pub async fn send_to(self, app: &App) -> Answer {
        let (_, request) = self.prepare();
        answer(platform::http::finish(local::api::routes(), app.clone()), request).await
    }
}

async fn answer(router: Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: parts.status, headers: parts.headers, json, text, bytes }
}

impl Steward {
    /// Starts a Steward with fresh data.
    pub async fn start() -> Self {
        Self { stack: Stack::start(StackOptions::default()).await.unwrap() }
    }

    /// Starts a Steward with fresh data whose functions use a customised DynamoDB client.
    pub async fn start_with(dynamodb: local::Customize) -> Self {
        Self {
            stack: Stack::start(StackOptions { dynamodb: Some(dynamodb), ..StackOptions::default() }).await.unwrap(),
        }
    }

    pub fn app(&self) -> &App {
        self.stack.app()
    }

    /// The functions as another process on the same data has them: nothing is cached in it yet.
    pub fn process(&self) -> App {
        self.process_with(self.stack.dynamodb().clone())
    }

    /// Like [`Steward::process`], with a DynamoDB client of its own.
    pub fn process_with(&self, dynamodb: aws_sdk_dynamodb::Client) -> App {
        let key: [u8; 32] = std::fs::read(self.stack.data().join("local.key")).unwrap().try_into().unwrap();
        let config = AppConfig {
            table_name: self.app().table().name().into(),
            keys_table_name: self.app().keys().table.clone(),
            bucket_name: self.app().bucket().into(),
            dynamodb,
            s3: None,
            scanner: Scanner::Off,
            live_url: self.app().live_url().into(),
            connections: None,
            mailer: None,
            sends_mail: true,
            web_url: self.app().web_url().into(),
            setup_token: None,
            edge_secret: None,
            secure_cookies: false,
        };
        App::new(config, KeyWrapper::Local(Cipher::new(&key).unwrap()))
    }

    fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call { steward: self, method, path: path.into(), headers: Vec::new(), address: None, body: Body::empty() }
    }

    pub fn request(&self, method: &str, path: &str) -> Call<'_> {
        self.call(method.parse().unwrap(), path)
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// Waits until everything that follows from the writes so far is done.
    pub async fn settle(&self) {
        self.stack.drained().await.unwrap();
    }

    /// Creates the first admin through the setup and signs them in.
    pub async fn admin(&self) -> Person {
        let setup = json!({"username": "admin", "name": "Ada Admin", "email": "ada@example.com", "password": PASSWORD});
        let user = self.post("/api/setup").json(&setup).send().await.expect(201);
        self.person(user.id().parse().unwrap(), "Ada Admin", &[Role::Admin]).await
    }

    /// Creates a user who has accepted their invitation, on behalf of `admin`, and signs them in.
    pub async fn user(&self, admin: &Person, name: &str, roles: &[Role]) -> Person {
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        let new = json!({
            "username": name, "name": format!("{name} of Steward"), "email": format!("{name}@example.com"), "roles": names,
        });
        let (new, password) = (serde_json::from_value(new).unwrap(), PASSWORD.to_owned().try_into().unwrap());
        let user = people::user::create_active(self.app(), &admin.caller.actor, new, password).await.unwrap();
        self.person(user.id, &format!("{name} of Steward"), roles).await
    }

    /// A signed-in person with an access token like the one a sign-in returns.
    pub async fn person(&self, id: UserId, name: &str, roles: &[Role]) -> Person {
        let roles: Roles = roles.iter().copied().collect();
        let session_id = self.session(id).await;
        let authenticated_at = Timestamp::now();
        let token = self.app().tokens().sign(id, session_id, name, &roles, authenticated_at).await.unwrap();
        let actor = Actor { id: Some(id), name: name.into(), origin: Origin::default() };
        Person { id, token, caller: Caller { id, actor, roles, session_id, authenticated_at, idempotency: None } }
    }

    /// Stores a session of a user, which has no refresh token.
    async fn session(&self, user: UserId) -> SessionId {
        let (id, now) = (SessionId::new(), Timestamp::now());
        let stored = json!({
            "id": id, "token_hash": "", "created_at": now, "last_used_at": now, "authenticated_at": now, "ip": null,
            "user_agent": null,
        });
        let draft = Draft::new(standing::session_key(user, id), ItemType::Session, &stored).unwrap();
        let draft = draft.text("token_hash", "").number("expires_at", now.as_second() + 3600);
        assert!(self.app().table().put(Write::put(draft)).await.unwrap());
        id
    }

    /// Creates an investor on behalf of `person`.
    pub async fn investor(&self, person: &Person, name: &str) -> Answer {
        let new = json!({"name": name, "kind": "company"});
        self.post("/api/investors").by(person).json(&new).send().await.expect(201)
    }

    /// All items of a list, fetched page by page.
    pub async fn all(&self, person: &Person, path: &str, limit: usize) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        let separator = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("{path}{separator}limit={limit}{cursor}")).by(person).send().await.expect(200);
            items.extend(page.json["items"].as_array().unwrap().iter().cloned());
            match page.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
