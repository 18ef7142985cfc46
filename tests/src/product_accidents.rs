//! Races around products: a requirement deleted while a task is created for it, and people who are removed from a team, or disabled,
//! while they are connected.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Answer, Call, Person, Steward};
use crate::tasks::Team;

/// An HTTP client that holds back the next transaction containing a given word until it is released.
#[derive(Debug, Clone)]
struct Gate {
    inner: SharedHttpClient,
    word: Arc<Mutex<Option<&'static str>>>,
    reached: Arc<Notify>,
    open: Arc<Notify>,
}

impl HttpClient for Gate {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(GateConnector { inner, gate: self.clone() })
    }
}

#[derive(Debug)]
struct GateConnector {
    inner: SharedHttpConnector,
    gate: Gate,
}

impl HttpConnector for GateConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transaction = request.headers().get("x-amz-target").is_some_and(|t| t.ends_with("TransactWriteItems"));
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let mut word = self.gate.word.lock().unwrap();
        if !transaction || !word.is_some_and(|word| body.contains(word)) {
            return self.inner.call(request);
        }
        *word = None;
        let (gate, inner) = (self.gate.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            gate.reached.notify_one();
            gate.open.notified().await;
            inner.call(request).await
        })
    }
}

impl Gate {
    async fn start() -> (Team, Self) {
        let inner = platform::transport::client().unwrap();
        let gate = Self { inner, word: Arc::default(), reached: Arc::default(), open: Arc::default() };
        let client = SharedHttpClient::new(gate.clone());
        let steward = Steward::start_with(Arc::new(move |config| config.http_client(client.clone()))).await;
        (Team::with(steward, &json!({})).await, gate)
    }

    /// Sends `first`, holds back its transaction containing `word` until `second` has been answered, and returns both answers.
    async fn after(&self, word: &'static str, first: Call<'_>, second: Call<'_>) -> (Answer, Answer) {
        *self.word.lock().unwrap() = Some(word);
        let meanwhile = async {
            self.reached.notified().await;
            let answer = second.send().await;
            self.open.notify_one();
            answer
        };
        tokio::join!(first.send(), meanwhile)
    }
}

impl Team {
    async fn made(&self, what: &str, new: &Value) -> String {
        let path = format!("{}/{what}", self.product);
        self.steward.post(&path).by(&self.mia).json(new).send().await.expect(201).id()
    }

    fn remove(&self, requirement: &str) -> Call<'_> {
        self.steward.delete(&format!("{}/requirements/{requirement}", self.product)).by(&self.mia).if_match(1)
    }

    fn add(&self, milestone: &str, requirement: &str, external: &str) -> Call<'_> {
        let new = json!({
            "title": "Weld", "requirement_id": requirement, "milestone_id": milestone, "assignee_id": self.tom.id,
            "external_id": external,
        });
        self.steward.post(&self.tasks()).by(&self.mia).json(&new)
    }

    /// Asserts that nothing is half-written: numbers, columns, external ids, lists and figures match the tasks that exist.
    async fn adds_up(&self, milestone: &str, requirements: &[String]) {
        self.steward.settle().await;
        let items = crate::audit::items(&self.steward).await;
        let text = |item: &HashMap<String, AttributeValue>, name: &str| match item.get(name) {
            Some(AttributeValue::S(text)) => text.clone(),
            _ => String::new(),
        };
        let of = |kind: &str| items.iter().filter(|item| text(item, "type") == kind).cloned().collect::<Vec<_>>();
        let tasks = self.steward.all(&self.mia, &self.tasks(), 100).await;
        assert_eq!(of("task").len(), tasks.len());
        let created = of("audit_change").into_iter().filter(|item| match &item["card"] {
            AttributeValue::M(card) => text(card, "action") == "task_create",
            _ => false,
        });
        assert_eq!(created.count(), tasks.len(), "a refused task must not be in the audit trail as created");
        let numbers = of("numbers").remove(0);
        assert_eq!(platform::table::read::<usize>(&numbers, "tasks").unwrap_or(0), tasks.len(), "no number is skipped");
        let reserved = items.iter().filter(|item| text(item, "sk").starts_with("EXTERNAL#TASK#")).count();
        assert_eq!(reserved, tasks.len());
        assert_eq!(self.column("open").await, tasks.len() as u64);
        for requirement in requirements {
            let path = format!("{}?requirement_id={requirement}", self.tasks());
            let listed = self.steward.all(&self.mia, &path, 100).await.len();
            let linked = tasks.iter().filter(|task| task["requirement_id"] == **requirement).count();
            assert_eq!(listed, linked);
        }
        let get = async |path: &str| {
            self.steward.get(&format!("{}/{path}", self.product)).by(&self.mia).send().await.expect(200).json
        };
        let team = get("members").await;
        let tom = team["items"].as_array().unwrap().iter().find(|member| member["user_id"] == json!(self.tom.id));
        assert_eq!(tom.unwrap()["open_tasks"], tasks.len());
        assert_eq!(get(&format!("milestones/{milestone}")).await["progress"]["tasks_total"], tasks.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_races_with_its_requirements_deletion_cleanly() {
    let (team, gate) = Gate::start().await;
    let milestone = team.made("milestones", &json!({"name": "M", "due_on": "2027-01-04"})).await;
    let mut requirements = Vec::new();
    for title in ["First", "Second", "Third"] {
        requirements.push(team.made("requirements", &json!({"title": title})).await);
    }
    let [first, second, third] = [0, 1, 2].map(|at| &*requirements[at]);

    // The task is read and staged, then the requirement is deleted, then the task is written.
    let (added, removed) = gate.after("task_create", team.add(&milestone, first, "A"), team.remove(first)).await;
    removed.expect(204);
    assert_eq!(added.problem(422, "invalid_input").fields(), ["requirement_id"]);
    team.adds_up(&milestone, &requirements).await;

    // The reverse order: the task exists before the requirement is deleted, and becomes suspect.
    let (removed, added) =
        gate.after("requirement_delete", team.remove(second), team.add(&milestone, second, "A")).await;
    removed.expect(204);
    let added = added.expect(201);
    assert_eq!((&added.json["number"], &added.json["requirement_suspect"]), (&json!(1), &json!(false)));
    assert_eq!(team.get(&added.id()).await.json["requirement_suspect"], true);
    team.adds_up(&milestone, &requirements).await;

    // An existing task is linked to a requirement that is being deleted.
    let patch = json!({"requirement_id": third});
    let link = team.steward.patch(&team.task(&added.id())).by(&team.mia).if_match(1).json(&patch);
    let (linked, removed) = gate.after("task_update", link, team.remove(third)).await;
    removed.expect(204);
    assert_eq!(linked.problem(422, "invalid_input").fields(), ["requirement_id"]);
    let kept = team.get(&added.id()).await.json;
    assert_eq!((&kept["version"], &kept["requirement_id"]), (&json!(1), &json!(second)));
    team.adds_up(&milestone, &requirements).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_tasks_and_deletions_stay_consistent() {
    let team = Team::start(&json!({})).await;
    let milestone = team.made("milestones", &json!({"name": "M", "due_on": "2027-01-04"})).await;
    let mut requirements = Vec::new();
    for round in 0..8 {
        let requirement = team.made("requirements", &json!({"title": "R"})).await;
        let adds = (0..3).map(|n| team.add(&milestone, &requirement, &format!("{round}/{n}")).send());
        let (removed, added) = tokio::join!(team.remove(&requirement).send(), futures_util::future::join_all(adds));
        removed.expect(204);
        for answer in added.into_iter().filter(|answer| answer.status != 201) {
            assert_eq!(answer.problem(422, "invalid_input").fields(), ["requirement_id"]);
        }
        requirements.push(requirement);
    }
    team.adds_up(&milestone, &requirements).await;
}

/// A live connection over a real socket.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn try_open(steward: &Steward, person: &Person) -> Option<Self> {
        let ticket = steward.post("/api/live/ticket").by(person).send().await;
        if ticket.status == 401 {
            return None;
        }
        let ticket = ticket.expect(200);
        let (socket, _) = connect_async(ticket.json["url"].as_str().unwrap()).await.ok()?;
        Some(Self(socket))
    }

    async fn open(steward: &Steward, person: &Person) -> Self {
        Self::try_open(steward, person).await.unwrap()
    }

    async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await;
        next.expect("no message arrived and the connection was not closed").and_then(Result::ok)
    }

    /// The changes made by people that this user has received so far. Analytics events are left out because they arrive at any time.
    async fn heard_of(&mut self) -> Vec<(String, String)> {
        let mut events = self.heard().await;
        events.retain(|(action, _)| action != "product_analytics_counted");
        events
    }

    /// Every event that has arrived so far, without messages meant only for this user.
    async fn heard(&mut self) -> Vec<(String, String)> {
        self.0.send(Message::text(r#"{"type": "ping"}"#)).await.unwrap();
        let mut events = Vec::new();
        loop {
            let message: Value = serde_json::from_str(self.next().await.unwrap().to_text().unwrap()).unwrap();
            match message["type"].as_str().unwrap() {
                "pong" => return events,
                "changed" => {
                    let text = |name: &str| message[name].as_str().unwrap().to_owned();
                    events.push((text("action"), text("entity_id")));
                }
                _ => {}
            }
        }
    }

    /// Whether the connection was closed.
    async fn is_ended(&mut self) -> bool {
        loop {
            match self.next().await {
                None | Some(Message::Close(_)) => return true,
                Some(_) => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_or_disabled_user_receives_nothing_more() {
    let team = Team::start(&json!({})).await;
    let task = team.create(json!({"title": "Weld", "assignee_id": team.tom.id})).await.id();
    team.steward.settle().await;
    let mut tom = Socket::open(&team.steward, &team.tom).await;
    let mut max = Socket::open(&team.steward, &team.max).await;
    let mut mia = Socket::open(&team.steward, &team.mia).await;
    let mut zoe = Socket::open(&team.steward, &team.zoe).await;
    let retitle = async |version: u64| {
        team.patch(&team.mia, &task, version, json!({"title": format!("Weld {version}")})).await.expect(200);
        team.steward.settle().await;
    };
    let changed = [("task_update".to_owned(), task.clone())];
    retitle(1).await;
    for member in [&mut tom, &mut max, &mut mia] {
        assert_eq!(member.heard_of().await, changed);
    }
    assert!(zoe.heard().await.is_empty(), "she does not belong to the product");

    let member = format!("{}/members/{}", team.product, team.tom.id);
    team.steward.request("DELETE", &member).by(&team.mia).if_match(3).send().await.expect(200);
    team.steward.settle().await;
    let removed = [("product_member_remove".to_owned(), team.product_id().to_string())];
    for person in [&mut tom, &mut max, &mut mia] {
        assert_eq!(person.heard_of().await, removed, "the removal is the last event he receives");
    }
    let before = kernel::id::new();
    retitle(2).await;
    assert!(tom.heard().await.is_empty());
    for member in [&mut max, &mut mia] {
        assert_eq!(member.heard_of().await, changed);
    }
    let missed = team.steward.get(&format!("/api/live/events?after={before}")).by(&team.tom).send().await.expect(200);
    // Events from a few seconds before the cursor are returned again.
    let missed = missed.json["items"].as_array().unwrap().iter();
    let versions: Vec<&Value> =
        missed.filter(|event| event["entity_id"] == *task).map(|event| &event["version"]).collect();
    assert!(!versions.contains(&&json!(3)), "the later change must not be returned: {versions:?}");

    let user = format!("/api/users/{}", team.max.id);
    let inactive = json!({"status": "disabled"});
    team.steward.patch(&user).by(&team.admin).if_match(1).json(&inactive).send().await.expect(200);
    team.steward.settle().await;
    assert!(max.is_ended().await);
    let again = Socket::try_open(&team.steward, &team.max).await;
    assert!(again.is_none(), "an access token valid for minutes must not open a connection that lasts for hours");
    mia.heard().await;
    retitle(3).await;
    assert_eq!(mia.heard_of().await, changed);
}
