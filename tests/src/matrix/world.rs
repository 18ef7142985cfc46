//! Products with one of everything below them, and people with different relations to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::policy::Role;
use platform::table::Key;
use serde_json::{Value, json};

use crate::coverage;
use crate::documents::{PDF, announced, put};
use crate::support::{Answer, Person, Steward};

/// A person's relation to a product, in the order of the table's columns: owns it; belongs to it; belongs to it and has the task;
/// had the task and was removed from the team; none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    Owner,
    Member,
    Assignee,
    Former,
    Stranger,
}

pub const TIES: [Tie; 5] = [Tie::Owner, Tie::Member, Tie::Assignee, Tie::Former, Tie::Stranger];

/// A Steward with one person for each tie, who can take any role.
pub struct Cast {
    pub steward: Steward,
    pub admin: Person,
    /// Indexed by [`Tie`].
    people: Vec<Person>,
    /// A user to be added to the team.
    joiner: Person,
}

impl Cast {
    pub async fn start() -> Self {
        let steward = Steward::start().await;
        let admin = steward.admin().await;
        let mut people = Vec::new();
        for tie in TIES {
            people.push(steward.user(&admin, &format!("{tie:?}").to_lowercase(), &[Role::Manager]).await);
        }
        let joiner = steward.user(&admin, "joiner", &[Role::TeamMember]).await;
        Self { steward, admin, people, joiner }
    }

    pub fn of(&self, tie: Tie) -> &Person {
        &self.people[tie as usize]
    }

    /// Gives the person of a tie another role, and signs them in with it.
    pub async fn as_role(&self, tie: Tie, role: Role) -> Person {
        let path = format!("/api/users/{}", self.of(tie).id);
        let version = self.steward.get(&path).by(&self.admin).send().await.expect(200).etag();
        let patch = self.steward.patch(&path).by(&self.admin).if_match(version).json(&json!({"roles": [role]}));
        patch.send().await.expect(200);
        self.steward.person(self.of(tie).id, &format!("{tie:?}"), &[role]).await
    }
}

pub type State = BTreeMap<String, HashMap<String, AttributeValue>>;

/// A product with one of everything below it.
pub struct World<'a> {
    cast: &'a Cast,
    key: String,
    /// The ids, by the names of the route parameters.
    pub ids: BTreeMap<&'static str, String>,
}

impl<'a> World<'a> {
    /// Builds a world. If `tie` is [`Tie::Former`], the former member was the assignee when they were removed from the team.
    pub async fn make(cast: &'a Cast, key: String, tie: Tie) -> World<'a> {
        // They may have taken another role since.
        for made in [Tie::Owner, Tie::Assignee, tie] {
            cast.as_role(made, Role::Manager).await;
        }
        let owner = cast.of(Tie::Owner);
        let worker = cast.of(if tie == Tie::Former { Tie::Former } else { Tie::Assignee });
        let mut world = World { cast, key, ids: BTreeMap::new() };
        let new = json!({"key": world.key, "name": world.key, "status": "active"});
        world.create("product_id", "/api/products", owner, &new).await;
        let product = world.fill("/api/products/{product_id}");
        let below = |what: &str| format!("{product}/{what}");
        for (version, member) in [(1, cast.of(Tie::Member)), (2, worker)] {
            world.member("PUT", member, version).await;
        }
        let requirement = below("requirements");
        world.create("requirement_id", &requirement, owner, &json!({"title": "Holds 5 kN"})).await;
        let path = world.fill(&format!("{requirement}/{{requirement_id}}"));
        let patch = json!({"title": "Holds 6 kN"});
        cast.steward.patch(&path).by(owner).if_match(1).json(&patch).send().await.expect(200);
        world.create("baseline_id", &below("baselines"), owner, &json!({"name": "First"})).await;
        world.create("milestone_id", &below("milestones"), owner, &json!({"name": "M", "due_on": "2027-01-04"})).await;
        let rule = json!({
            "name": "R", "when": {"event": "task_overdue"}, "then": [{"action": "set_priority", "priority": "low"}],
        });
        world.create("rule_id", &below("rules"), owner, &rule).await;
        world.create("view_id", &below("views"), owner, &json!({"name": "V", "query": "priority=high"})).await;
        let task = json!({"title": "Draw", "assignee_id": worker.id, "checklist": [{"text": "Sketch"}]});
        let task = world.create("task_id", &below("tasks"), owner, &task).await;
        world.ids.insert("item_id", task["checklist"][0]["id"].as_str().unwrap().to_owned());
        let of_task = |what: &str| below(&format!("tasks/{}/{what}", task["id"].as_str().unwrap()));
        world.create("comment_id", &of_task("comments"), worker, &json!({"text": "Mine"})).await;
        world.upload("asset", &below("assets"), owner).await;
        world.upload("attachment", &of_task("attachments"), worker).await;
        world.ids.insert("user_id", cast.joiner.id.to_string());
        if tie == Tie::Former {
            world.member("DELETE", worker, 3).await;
        }
        cast.steward.settle().await;
        world
    }

    pub async fn create(&mut self, name: &'static str, path: &str, by: &Person, new: &Value) -> Value {
        let made = self.cast.steward.post(path).by(by).json(new).send().await.expect(201);
        self.ids.insert(name, made.id());
        made.json
    }

    pub async fn member(&self, method: &str, user: &Person, version: u64) {
        let path = format!("{}/members/{}", self.fill("/api/products/{product_id}"), user.id);
        let call = self.cast.steward.request(method, &path).by(self.cast.of(Tie::Owner)).if_match(version);
        call.json(&json!({"role": "engineer"})).send().await.expect(200);
    }

    pub async fn upload(&mut self, noun: &str, path: &str, by: &Person) {
        let new = announced("a.pdf", "application/pdf", PDF);
        let begun = self.cast.steward.post(path).by(by).json(&new).send().await.expect(201).json;
        put(&self.cast.steward, &begun["upload"], PDF).await.expect(200);
        let name = if noun == "asset" { "asset_id" } else { "attachment_id" };
        self.ids.insert(name, begun[noun]["id"].as_str().unwrap().to_owned());
    }

    /// `text` with the names of parameters replaced by their ids.
    pub fn fill(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    /// Every item of the product in the table, by sort key.
    pub async fn state(&self) -> State {
        let table = self.cast.steward.app().table();
        let pk = AttributeValue::S(format!("PRODUCT#{}", self.ids["product_id"]));
        let found = table.client().query().table_name(table.name()).consistent_read(true);
        let found = found.key_condition_expression("pk = :pk").expression_attribute_values(":pk", pk);
        let items = found.send().await.unwrap().items.unwrap_or_default();
        items.into_iter().map(|item| (item["sk"].as_s().unwrap().clone(), item)).collect()
    }

    /// The sort keys of the items that differ from `before`.
    pub async fn changed(&self, before: &State) -> Vec<String> {
        let now = self.state().await;
        let keys: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        keys.into_iter().filter(|key| before.get(*key) != now.get(*key)).cloned().collect()
    }

    /// The current version of the entity that a route is about, which is named by the route's last parameter.
    pub async fn version(&self, route: &str) -> u64 {
        let named = route.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix("_id}")).next_back();
        let noun = named.filter(|noun| !["user", "item", "view"].contains(noun)).unwrap_or("product");
        let sk = match (noun, self.ids.get(format!("{noun}_id").as_str())) {
            ("product", _) | (_, None) => "PRODUCT".to_owned(),
            (noun, Some(id)) => format!("{}#{id}", noun.to_uppercase()),
        };
        let key = Key::new(format!("PRODUCT#{}", self.ids["product_id"]), sk);
        let found = self.cast.steward.app().table().get(key).await.unwrap().unwrap();
        platform::table::read(&found, "version").unwrap()
    }

    pub async fn body(&self, route: &str, body: Option<&str>) -> Option<Value> {
        match (route, body) {
            (_, Some(body)) => Some(serde_json::from_str(&self.fill(body)).unwrap()),
            ("POST /api/products", None) => Some(json!({"key": format!("{}N", self.key), "name": "New"})),
            ("PATCH /api/products/{product_id}/tasks", None) => {
                let version = self.version("/{task_id}").await;
                Some(json!({"ids": [{"id": self.ids["task_id"], "version": version}], "patch": {"status": "done"}}))
            }
            _ => coverage::body(route),
        }
    }

    /// Calls a row as `person`; returns the status and the answer. If a bulk update refuses its task, the status is that refusal's.
    pub async fn call(&self, person: &Person, row: &str, body: Option<&str>) -> (u16, Answer) {
        let (method, path) = row.split_once(' ').unwrap();
        let version = self.version(row).await;
        let mut call = self.cast.steward.request(method, &self.fill(path)).by(person).if_match(version);
        if let Some(body) = self.body(row, body).await {
            call = call.json(&body);
        }
        let answer = call.send().await;
        let status = match answer.json["refused"][0]["code"].as_str() {
            Some("forbidden") => 403,
            Some(other) => panic!("{row}: {other}"),
            None if answer.status.is_success() => 200,
            None => answer.status.as_u16(),
        };
        (status, answer)
    }
}
