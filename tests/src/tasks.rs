//! Tasks: their life cycle, and who can change what.

use kernel::ItemType;
use kernel::id::ProductId;
use kernel::policy::Role;
use platform::table::{Draft, Key, Transaction};
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

/// A product of a manager, whose team has a team member and another manager.
pub struct Team {
    pub steward: Steward,
    pub admin: Person,
    /// The product's owner.
    pub mia: Person,
    /// A manager who belongs to the team.
    pub max: Person,
    /// A team member who belongs to the team.
    pub tom: Person,
    /// A team member who does not belong to the team.
    pub zoe: Person,
    /// `/api/products/<id>`.
    pub product: String,
}

impl Team {
    pub async fn start(limits: &Value) -> Self {
        Self::with(Steward::start().await, limits).await
    }

    pub async fn with(steward: Steward, limits: &Value) -> Self {
        let admin = steward.admin().await;
        let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
        let max = steward.user(&admin, "max", &[Role::Manager]).await;
        let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
        let zoe = steward.user(&admin, "zoe", &[Role::TeamMember]).await;
        let new = json!({"key": "ORB", "name": "Orbit", "status": "active", "wip_limits": limits});
        let made = steward.post("/api/products").by(&mia).json(&new).send().await.expect(201);
        let product = format!("/api/products/{}", made.id());
        for (version, user) in [&max, &tom].into_iter().enumerate() {
            let member = format!("{product}/members/{}", user.id);
            let put = steward.request("PUT", &member).by(&mia).if_match(version + 1).json(&json!({"role": "engineer"}));
            put.send().await.expect(200);
        }
        Self { steward, admin, mia, max, tom, zoe, product }
    }

    pub fn product_id(&self) -> ProductId {
        self.product.rsplit('/').next().unwrap().parse().unwrap()
    }

    pub fn tasks(&self) -> String {
        format!("{}/tasks", self.product)
    }

    pub fn task(&self, id: &str) -> String {
        format!("{}/tasks/{id}", self.product)
    }

    pub async fn create(&self, new: Value) -> Answer {
        self.steward.post(&self.tasks()).by(&self.mia).json(&new).send().await.expect(201)
    }

    pub async fn get(&self, id: &str) -> Answer {
        self.steward.get(&self.task(id)).by(&self.mia).send().await.expect(200)
    }

    pub async fn patch(&self, person: &Person, id: &str, version: u64, patch: Value) -> Answer {
        self.steward.patch(&self.task(id)).by(person).if_match(version).json(&patch).send().await
    }

    /// The references of the tasks in a list.
    pub async fn listed(&self, query: &str) -> Vec<String> {
        let items = self.steward.all(&self.mia, &format!("{}{query}", self.tasks()), 2).await;
        items.iter().map(|card| card["reference"].as_str().unwrap().to_owned()).collect()
    }

    /// Stores an item below the product directly, in the form other parts of the workspace use.
    pub async fn put(&self, kind: ItemType, id: &str, content_version: u64) {
        let pk = self.product.replace("/api/products/", "PRODUCT#");
        let key = Key::new(pk, format!("{}#{id}", kind.as_str().to_uppercase()));
        let draft = Draft::new(key, kind, &()).unwrap().number("version", 9).number("content_version", content_version);
        let table = self.steward.app().table();
        let mut transaction = Transaction::new();
        transaction.put(draft);
        table.commit(transaction).await.unwrap();
    }

    pub async fn column(&self, status: &str) -> u64 {
        let key = Key::new(format!("PRODUCT#{}", self.product_id()), format!("COLUMN#{status}"));
        let found = self.steward.app().table().get(key).await.unwrap();
        found.map_or(0, |item| platform::table::read(&item, "tasks").unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_can_be_created_changed_and_deleted() {
    let team = Team::start(&json!({})).await;
    let due = "2027-03-01";
    let new = json!({
        "title": "Draw the board", "description": "# How", "assignee_id": team.tom.id, "priority": "high", "due_on": due,
        "estimate_hours": "7.50", "labels": ["ui", "ui", "web"], "checklist": [{"text": "Sketch"}, {"text": "Ask", "done": true}],
        "external_id": "JIRA-7",
    });
    let made = team.create(new).await;
    assert_eq!((made.json["number"].as_u64(), made.json["reference"].as_str()), (Some(1), Some("ORB-1")));
    assert_eq!((&made.json["status"], &made.json["estimate_hours"]), (&json!("open"), &json!("7.5")));
    assert_eq!(made.json["labels"], json!(["ui", "web"]));
    assert_eq!(made.json["watcher_ids"], json!([team.mia.id, team.tom.id]));
    assert_eq!(made.json["started_at"], Value::Null);
    assert_eq!(team.get(&made.id()).await.json, made.json);
    assert!(!made.text.contains("transitions"));
    let second = team.create(json!({"title": "Second"})).await;
    assert_eq!(second.json["reference"], "ORB-2");
    assert!(second.json["rank"].as_str() > made.json["rank"].as_str());

    let patch = json!({"status": "in_progress", "due_on": null, "assignee_id": team.max.id, "description": null});
    let changed = team.patch(&team.mia, &made.id(), 1, patch).await.expect(200);
    assert_eq!(changed.json["started_at"], changed.json["status_since"]);
    assert_eq!(changed.json["watcher_ids"].as_array().unwrap().len(), 3);
    assert_eq!((changed.json["version"].as_u64(), &changed.json["due_on"]), (Some(2), &Value::Null));
    team.patch(&team.mia, &made.id(), 1, json!({"title": "Late"})).await.problem(412, "stale_version");
    let unchanged = team.patch(&team.mia, &made.id(), 2, json!({"status": "in_progress"})).await.expect(200);
    assert_eq!(unchanged.json["version"], 2);
    let done = team.patch(&team.mia, &made.id(), 2, json!({"status": "done"})).await.expect(200);
    assert_eq!(done.json["done_at"], done.json["status_since"]);
    let again = team.patch(&team.mia, &made.id(), 3, json!({"status": "open"})).await.expect(200);
    assert_eq!((&again.json["done_at"], &again.json["started_at"]), (&Value::Null, &done.json["started_at"]));
    assert_eq!((team.column("open").await, team.column("in_progress").await, team.column("done").await), (2, 0, 0));

    let path = team.task(&made.id());
    team.steward.delete(&path).by(&team.mia).if_match(3).send().await.problem(412, "stale_version");
    team.steward.delete(&path).by(&team.mia).if_match(4).send().await.expect(204);
    team.steward.get(&path).by(&team.mia).send().await.problem(404, "not_found");
    team.patch(&team.mia, &made.id(), 5, json!({"title": "Gone"})).await.problem(404, "not_found");
    team.steward.delete(&path).by(&team.mia).if_match(5).send().await.problem(404, "not_found");
    assert_eq!(team.column("open").await, 1);
    assert_eq!(team.listed("").await, ["ORB-2"]);
    let verify = format!("/api/audit/verify?entity_type=task&entity_id={}", made.id());
    let verified = team.steward.get(&verify).by(&team.admin).send().await.expect(200);
    assert_eq!((verified.json["valid"].as_bool(), verified.json["records"].as_u64()), (Some(true), Some(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_can_be_filtered() {
    let team = Team::start(&json!({})).await;
    let (requirement, milestone) = (kernel::id::new().to_string(), kernel::id::new().to_string());
    team.put(ItemType::Requirement, &requirement, 4).await;
    team.put(ItemType::Milestone, &milestone, 1).await;
    team.create(json!({"title": "Äpfel zählen", "assignee_id": team.tom.id, "due_on": "2027-01-02", "requirement_id": requirement})).await;
    team.create(
        json!({"title": "Draw", "priority": "high", "milestone_id": milestone, "labels": ["UI"], "status": "done"}),
    )
    .await;
    team.create(
        json!({"title": "Draw more", "assignee_id": team.tom.id, "due_on": "2027-01-01", "milestone_id": milestone}),
    )
    .await;
    team.create(json!({"title": "Test", "assignee_id": team.tom.id, "status": "done", "labels": ["ui"]})).await;
    team.create(json!({"title": "Plan", "status": "in_progress"})).await;
    team.steward.settle().await;
    for (query, expected) in [
        ("", vec!["ORB-1", "ORB-3", "ORB-5", "ORB-4", "ORB-2"]),
        ("?status=open", vec!["ORB-1", "ORB-3"]),
        ("?status=done", vec!["ORB-4", "ORB-2"]),
        ("?priority=high", vec!["ORB-2"]),
        (&format!("?assignee_id={}", team.tom.id), vec!["ORB-1", "ORB-3", "ORB-4"]),
        (&format!("?assignee_id={}&status=open", team.tom.id), vec!["ORB-3", "ORB-1"]),
        (&format!("?assignee_id={}&status=done", team.tom.id), vec!["ORB-4"]),
        ("?assignee_id=none", vec!["ORB-5", "ORB-2"]),
        ("?assignee_id=none&status=in_progress", vec!["ORB-5"]),
        ("?assignee_id=me", vec![]),
        (&format!("?requirement_id={requirement}"), vec!["ORB-1"]),
        (&format!("?milestone_id={milestone}"), vec!["ORB-2", "ORB-3"]),
        (&format!("?milestone_id={milestone}&status=open"), vec!["ORB-3"]),
        (&format!("?milestone_id={milestone}&requirement_id={requirement}"), vec![]),
        ("?label=ui", vec!["ORB-4"]),
        ("?due_before=2027-01-02", vec!["ORB-3"]),
        ("?text=%C3%84PFEL", vec!["ORB-1"]),
        ("?text=draw", vec!["ORB-3", "ORB-2"]),
        ("?text=orb-5", vec!["ORB-5"]),
        ("?text=ui", vec!["ORB-4", "ORB-2"]),
    ] {
        assert_eq!(team.listed(query).await, expected, "{query}");
    }
    let mine = team.steward.all(&team.tom, "/api/tasks", 1).await;
    let references: Vec<&str> = mine.iter().map(|card| card["reference"].as_str().unwrap()).collect();
    assert_eq!(references, ["ORB-3", "ORB-1"], "earliest due date first, without finished tasks");
    let his = format!("/api/tasks?assignee_id={}", team.tom.id);
    assert_eq!(team.steward.all(&team.mia, &his, 10).await.len(), 2);
    assert_eq!(team.steward.all(&team.zoe, &his, 10).await.len(), 0, "tasks she cannot read are not listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_filter_is_refused() {
    let team = Team::start(&json!({})).await;
    for wrong in ["?status=gone", "?assignee_id=x", "?due_before=x", "?text=", "?limit=0", "?nick=1"] {
        let refused = team.steward.get(&format!("{}{wrong}", team.tasks())).by(&team.mia).send().await;
        assert!([400, 422].contains(&refused.status.as_u16()), "{wrong}: {}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_product_cannot_reach_the_tasks() {
    let team = Team::start(&json!({})).await;
    let requirement = kernel::id::new().to_string();
    team.put(ItemType::Requirement, &requirement, 1).await;
    team.create(json!({"title": "Secret", "requirement_id": requirement})).await;
    team.steward.settle().await;
    let other = json!({"key": "SUN", "name": "Sun", "status": "active"});
    let other = team.steward.post("/api/products").by(&team.max).json(&other).send().await.expect(201);
    let path = format!("/api/products/{}/tasks?requirement_id={requirement}", other.id());
    assert!(team.steward.all(&team.max, &path, 10).await.is_empty());
    let path = format!("/api/products/{}/tasks", other.id());
    let refused =
        team.steward.post(&path).by(&team.max).json(&json!({"title": "X", "requirement_id": requirement})).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["requirement_id"]);
    let one = format!("{path}/{}", team.create(json!({"title": "Mine"})).await.id());
    team.steward.get(&one).by(&team.max).send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requirement_link_is_suspect_until_linked_again() {
    let team = Team::start(&json!({})).await;
    let requirement = kernel::id::new().to_string();
    let refused = team.steward.post(&team.tasks()).by(&team.mia);
    let refused = refused.json(&json!({"title": "X", "requirement_id": requirement})).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["requirement_id"]);
    let refused = team.steward.post(&team.tasks()).by(&team.mia);
    let refused = refused.json(&json!({"title": "X", "milestone_id": requirement})).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["milestone_id"]);
    assert_eq!(team.column("open").await, 0, "a refused task is not counted");
    team.put(ItemType::Requirement, &requirement, 3).await;
    let made = team.create(json!({"title": "X", "requirement_id": requirement})).await;
    assert_eq!((&made.json["requirement_version"], &made.json["requirement_suspect"]), (&json!(3), &json!(false)));
    assert_eq!(made.json["number"], 1, "a refused task takes no number");
    team.put(ItemType::Requirement, &requirement, 5).await;
    assert_eq!(team.get(&made.id()).await.json["requirement_suspect"], true);
    let again = team.patch(&team.mia, &made.id(), 1, json!({"requirement_id": requirement})).await.expect(200);
    assert_eq!((&again.json["requirement_version"], &again.json["requirement_suspect"]), (&json!(5), &json!(false)));
    team.put(ItemType::RequirementDeleted, &requirement, 5).await;
    let key = format!("REQUIREMENT#{requirement}");
    let table = team.steward.app().table();
    let mut transaction = Transaction::new();
    transaction.delete(Key::new(format!("PRODUCT#{}", team.product_id()), key));
    table.commit(transaction).await.unwrap();
    assert_eq!(team.get(&made.id()).await.json["requirement_suspect"], true);
    let kept = team.patch(&team.mia, &made.id(), 2, json!({"title": "Kept"})).await;
    kept.expect(200);
    let refused = team.patch(&team.mia, &made.id(), 3, json!({"requirement_id": requirement})).await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["requirement_id"]);
    let cleared = team.patch(&team.mia, &made.id(), 3, json!({"requirement_id": null})).await.expect(200);
    assert_eq!(cleared.json["requirement_version"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_can_be_assigned_only_to_the_team() {
    let team = Team::start(&json!({})).await;
    let new = json!({"title": "X", "assignee_id": team.zoe.id});
    let refused = team.steward.post(&team.tasks()).by(&team.mia).json(&new).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["assignee_id"]);
    let made = team.create(json!({"title": "X", "assignee_id": team.mia.id})).await;
    let refused = team.patch(&team.mia, &made.id(), 1, json!({"assignee_id": team.admin.id})).await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["assignee_id"]);
    team.patch(&team.mia, &made.id(), 1, json!({"assignee_id": team.tom.id})).await.expect(200);
    let member = format!("{}/members/{}", team.product, team.tom.id);
    team.steward.request("DELETE", &member).by(&team.mia).if_match(3).send().await.expect(200);
    team.steward.settle().await;
    assert!(team.steward.all(&team.tom, "/api/tasks", 10).await.is_empty());
    team.patch(&team.tom, &made.id(), 2, json!({"status": "done"})).await.problem(404, "not_found");
    let kept = team.patch(&team.mia, &made.id(), 2, json!({"title": "Kept"})).await.expect(200);
    assert_eq!(kept.json["assignee_id"], json!(team.tom.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn team_members_can_only_progress_their_own_tasks() {
    let team = Team::start(&json!({})).await;
    let his = team.create(json!({"title": "His", "assignee_id": team.tom.id})).await;
    let hers = team.create(json!({"title": "Hers", "assignee_id": team.mia.id})).await;
    let progress = json!({"status": "in_progress", "checklist": [{"text": "First"}]});
    team.patch(&team.tom, &his.id(), 1, progress.clone()).await.expect(200);
    team.patch(&team.tom, &hers.id(), 1, progress).await.problem(403, "forbidden");
    for field in [
        json!({"title": "X"}),
        json!({"description": null}),
        json!({"requirement_id": null}),
        json!({"milestone_id": null}),
        json!({"assignee_id": null}),
        json!({"priority": "low"}),
        json!({"due_on": null}),
        json!({"estimate_hours": null}),
        json!({"labels": []}),
        json!({"external_id": null}),
        json!({"status": "done", "title": "X"}),
    ] {
        team.patch(&team.tom, &his.id(), 2, field.clone()).await.problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_input_names_the_field() {
    let team = Team::start(&json!({})).await;
    let long: Vec<Value> = (0..51).map(|n| json!({"text": format!("Step {n}")})).collect();
    let labels: Vec<String> = (0..21).map(|n| format!("l{n}")).collect();
    let step = kernel::id::new();
    for (field, new) in [
        ("title", json!({})),
        ("title", json!({"title": " "})),
        ("nick", json!({"title": "X", "nick": 1})),
        ("priority", json!({"title": "X", "priority": "urgent"})),
        ("estimate_hours", json!({"title": "X", "estimate_hours": "1.005"})),
        ("estimate_hours", json!({"title": "X", "estimate_hours": 1.5})),
        ("due_on", json!({"title": "X", "due_on": "2027-02-30"})),
        ("labels", json!({"title": "X", "labels": labels})),
        ("checklist", json!({"title": "X", "checklist": long})),
        ("checklist[1].id", json!({"title": "X", "checklist": [{"id": step, "text": "a"}, {"id": step, "text": "b"}]})),
        ("checklist[0].text", json!({"title": "X", "checklist": [{"text": ""}]})),
    ] {
        let refused = team.steward.post(&team.tasks()).by(&team.mia).json(&new).send().await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert_eq!(refused.fields(), [field], "{}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_external_id_is_unique_within_a_product() {
    let team = Team::start(&json!({})).await;
    let made = team.create(json!({"title": "X", "external_id": "A-1"})).await;
    let same = json!({"title": "Y", "external_id": "A-1"});
    team.steward.post(&team.tasks()).by(&team.mia).json(&same).send().await.problem(409, "external_id_taken");
    team.patch(&team.mia, &made.id(), 1, json!({"external_id": "A-2"})).await.expect(200);
    let second = team.create(same).await;
    team.patch(&team.mia, &made.id(), 2, json!({"external_id": "A-1"})).await.problem(409, "external_id_taken");
    team.steward.delete(&team.task(&second.id())).by(&team.mia).if_match(1).send().await.expect(204);
    team.patch(&team.mia, &made.id(), 2, json!({"external_id": "A-1"})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_create_makes_one_task() {
    let team = Team::start(&json!({})).await;
    let made = team.create(json!({"title": "X"})).await;
    team.steward
        .patch(&team.task(&made.id()))
        .by(&team.mia)
        .json(&json!({"title": "Y"}))
        .send()
        .await
        .problem(428, "precondition_required");
    let repeated = |body: Value| {
        team.steward.post(&team.tasks()).by(&team.mia).header("idempotency-key", "once").json(&body).send()
    };
    let first = repeated(json!({"title": "Once"})).await.expect(201);
    assert_eq!(repeated(json!({"title": "Once"})).await.expect(201).json, first.json);
    repeated(json!({"title": "Twice"})).await.problem(422, "idempotency_mismatch");
    assert_eq!(team.column("open").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wip_limit_holds_under_concurrent_moves() {
    let team = Team::start(&json!({"in_progress": 3})).await;
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(team.create(json!({"title": format!("Task {n}")})).await.id());
    }
    let moves = ids.iter().map(|id| team.patch(&team.mia, id, 1, json!({"status": "in_progress"})));
    let answers = futures_util::future::join_all(moves).await;
    let entered = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((entered, team.column("in_progress").await, team.column("open").await), (3, 3, 5));
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "wip_limit_reached");
    }
    let new = json!({"title": "Straight in", "status": "in_progress"});
    team.steward.post(&team.tasks()).by(&team.mia).json(&new).send().await.problem(409, "wip_limit_reached");
    let full = team.listed("?status=in_progress").await;
    assert_eq!(full.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_tasks_get_numbers_without_gaps() {
    let team = Team::start(&json!({})).await;
    let creates = (0..5).map(|n| team.create(json!({"title": format!("Task {n}")})));
    let made = futures_util::future::join_all(creates).await;
    let mut numbers: Vec<u64> = made.iter().map(|answer| answer.json["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!(team.column("open").await, 5);
}
