//! Every route of the Products workspace × role × what someone has to do with the product: admins may do all; managers all to
//! what they own and below it; team members see the products that they belong to and change status, comments and checklist of
//! the tasks that are assigned to them.
//!
//! The tables below are that rule as the API shows it. A route that is in none of them fails the test.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::policy::Role;
use shared::table::Key;

use crate::coverage;
use crate::documents::{PDF, announced, put};
use crate::support::{Answer, Person, Steward};

/// What someone has to do with a product, in the order of the columns of [`Right`]: they own it; belong to it; belong to it and
/// have the task; had the task and were taken out of the team; nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    Owner,
    Member,
    Assignee,
    Former,
    Stranger,
}

const TIES: [Tie; 5] = [Tie::Owner, Tie::Member, Tie::Assignee, Tie::Former, Tie::Stranger];

/// Who gets what, by [`Tie`]: `y` it is done (2xx), `n` it is forbidden (403), `0` it is not there for them (404). The task, its
/// comment and its file are the assignee's. Relationship managers and analysts get nothing (403), whatever their ties.
struct Right {
    admin: &'static str,
    manager: &'static str,
    team_member: &'static str,
}

const fn right(admin: &'static str, manager: &'static str, team_member: &'static str) -> Right {
    Right { admin, manager, team_member }
}

/// Lists over all products: everyone gets theirs, of which there may be none.
const LIST: Right = right("yyyyy", "yyyyy", "yyyyy");
/// Products are managers' to begin, and to take away as a list.
const BEGIN: Right = right("yyyyy", "yyyyy", "nnnnn");
/// The team reads.
const READ: Right = right("yyyyy", "yyy00", "yyy00");
/// The managers of a team take away.
const TAKE: Right = right("yyyyy", "yyy00", "nnnnn");
/// Who owns the product writes it and all below it.
const WRITE: Right = right("yyyyy", "ynn00", "nnnnn");
/// So does the assignee the status and the checklist of a task, whatever they are otherwise.
const PROGRESS: Right = right("yyyyy", "yny00", "nny00");
/// All else of a task is changed by who owns the product; whether the task is theirs is looked at first.
const EDIT: Right = right("yyyyy", "ynn00", "nnn00");
/// The managers of a team say something to any task, team members to their own.
const SAY: Right = right("yyyyy", "yyy00", "nny00");
/// What somebody said is changed by themselves…
const RESAY: Right = right("nnyyn", "nny00", "nny00");
/// … and taken back by themselves or by who owns the product.
const UNSAY: Right = right("yyyyy", "yny00", "nny00");

/// Every route with its right, in an order in which one person can take them all: what is deleted is not read afterwards. With
/// the body, where it is not the one of the table of all routes.
const ROWS: &[(&Right, &str, Option<&str>)] = &[
    (&LIST, "GET /api/products?limit=100", None),
    (&LIST, "GET /api/roadmap?limit=100", None),
    (&LIST, "GET /api/tasks", None),
    (&BEGIN, "GET /api/exports/products", None),
    (&BEGIN, "POST /api/products", None),
    (&READ, "GET /api/products/{product_id}", None),
    (&READ, "GET /api/products/{product_id}/members", None),
    (&READ, "GET /api/products/{product_id}/analytics/cycle", None),
    (&READ, "GET /api/products/{product_id}/analytics/flow", None),
    (&READ, "GET /api/products/{product_id}/analytics/team", None),
    (&READ, "GET /api/products/{product_id}/assets", None),
    (&READ, "GET /api/products/{product_id}/assets/{asset_id}", None),
    (&READ, "GET /api/products/{product_id}/assets/{asset_id}/versions", None),
    (&READ, "POST /api/products/{product_id}/assets/{asset_id}/versions/1/download", None),
    (&READ, "GET /api/products/{product_id}/baselines", None),
    (&READ, "GET /api/products/{product_id}/baselines/{baseline_id}", None),
    (&READ, "GET /api/products/{product_id}/baselines/{baseline_id}/compare?with=now", None),
    (&READ, "GET /api/products/{product_id}/baselines/{baseline_id}/requirements", None),
    (&READ, "GET /api/products/{product_id}/board", None),
    (&READ, "GET /api/products/{product_id}/board/open", None),
    (&READ, "GET /api/products/{product_id}/milestones", None),
    (&READ, "GET /api/products/{product_id}/milestones/{milestone_id}", None),
    (&READ, "GET /api/products/{product_id}/requirements", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}/compare?from=1&to=2", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}/versions", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}/versions/1", None),
    (&READ, "GET /api/products/{product_id}/rules", None),
    (&READ, "GET /api/products/{product_id}/tasks", None),
    (&READ, "GET /api/products/{product_id}/tasks/{task_id}", None),
    (&READ, "GET /api/products/{product_id}/tasks/{task_id}/attachments", None),
    (&READ, "POST /api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}/download", None),
    (&READ, "GET /api/products/{product_id}/tasks/{task_id}/comments", None),
    (&READ, "GET /api/products/{product_id}/views", None),
    (&READ, "GET /api/audit?entity_type=product&entity_id={product_id}", None),
    (&READ, "GET /api/audit?entity_type=task&entity_id={task_id}", None),
    (&READ, "GET /api/audit/verify?entity_type=requirement&entity_id={requirement_id}", None),
    (&TAKE, "GET /api/exports/products/{product_id}/assets", None),
    (&TAKE, "GET /api/exports/products/{product_id}/attachments", None),
    (&TAKE, "GET /api/exports/products/{product_id}/baselines", None),
    (&TAKE, "GET /api/exports/products/{product_id}/comments", None),
    (&TAKE, "GET /api/exports/products/{product_id}/milestones", None),
    (&TAKE, "GET /api/exports/products/{product_id}/requirements", None),
    (&TAKE, "GET /api/exports/products/{product_id}/requirements/{requirement_id}/versions", None),
    (&TAKE, "GET /api/exports/products/{product_id}/rules", None),
    (&TAKE, "GET /api/exports/products/{product_id}/tasks", None),
    (&TAKE, "GET /api/products/{product_id}/report", None),
    // Watching and saved views are everyone's own.
    (&READ, "PUT /api/products/{product_id}/tasks/{task_id}/watch", None),
    (&READ, "DELETE /api/products/{product_id}/tasks/{task_id}/watch", None),
    (&READ, "POST /api/products/{product_id}/views", None),
    (&READ, "DELETE /api/products/{product_id}/views/{view_id}", None),
    (&SAY, "POST /api/products/{product_id}/tasks/{task_id}/comments", None),
    (&SAY, "POST /api/products/{product_id}/tasks/{task_id}/attachments", None),
    (&RESAY, "PATCH /api/products/{product_id}/tasks/{task_id}/comments/{comment_id}", None),
    (&UNSAY, "DELETE /api/products/{product_id}/tasks/{task_id}/comments/{comment_id}", None),
    (&UNSAY, "DELETE /api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}", None),
    (&PROGRESS, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"status": "in_review"}"#)),
    (&PROGRESS, "PUT /api/products/{product_id}/tasks/{task_id}/checklist/{item_id}", None),
    (&PROGRESS, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"checklist": [{"text": "Ask"}]}"#)),
    (&PROGRESS, "POST /api/products/{product_id}/tasks/{task_id}/move", None),
    // Each task is refused for itself.
    (&PROGRESS, "PATCH /api/products/{product_id}/tasks", None),
    (&EDIT, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"title": "Weld"}"#)),
    (&EDIT, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"status": "open", "priority": "low"}"#)),
    (&WRITE, "POST /api/products/{product_id}/assets", None),
    (&WRITE, "POST /api/products/{product_id}/assets/{asset_id}/approve", None),
    (&WRITE, "PATCH /api/products/{product_id}/assets/{asset_id}", Some(r#"{"approval": "in_review"}"#)),
    (&WRITE, "POST /api/products/{product_id}/assets/{asset_id}/reject", None),
    (&WRITE, "POST /api/products/{product_id}/assets/{asset_id}/versions", None),
    (&WRITE, "POST /api/products/{product_id}/baselines", None),
    (&WRITE, "POST /api/products/{product_id}/milestones", None),
    (&WRITE, "PATCH /api/products/{product_id}/milestones/{milestone_id}", None),
    (&WRITE, "POST /api/products/{product_id}/requirements", None),
    (&WRITE, "PATCH /api/products/{product_id}/requirements/{requirement_id}", None),
    (&WRITE, "POST /api/products/{product_id}/requirements/{requirement_id}/restore", None),
    (&WRITE, "POST /api/products/{product_id}/rules", None),
    (&WRITE, "PATCH /api/products/{product_id}/rules/{rule_id}", None),
    (&WRITE, "POST /api/products/{product_id}/tasks", None),
    (
        &WRITE,
        "POST /api/imports",
        Some(r#"{"file_name": "a.csv", "size": 10, "kind": "tasks", "product_id": "{product_id}"}"#),
    ),
    (&WRITE, "PUT /api/products/{product_id}/members/{user_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/members/{user_id}", None),
    (&WRITE, "PATCH /api/products/{product_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/assets/{asset_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/baselines/{baseline_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/milestones/{milestone_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/requirements/{requirement_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/rules/{rule_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/tasks/{task_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}", None),
    (&WRITE, "GET /api/products/{product_id}/deletion", None),
];

impl Right {
    fn answer(&self, role: Role, tie: Tie) -> u16 {
        let row = match role {
            Role::Admin => self.admin,
            Role::Manager => self.manager,
            Role::TeamMember => self.team_member,
            Role::RelationshipManager | Role::Analyst => "nnnnn",
        };
        match row.as_bytes()[tie as usize] {
            b'y' => 200,
            b'n' => 403,
            _ => 404,
        }
    }
}

/// The route of a row as the API's document has it: the last of the document's that fits.
fn route_of(row: &str, routes: &[String]) -> String {
    let plain = row.split('?').next().unwrap();
    let fits = |route: &str| {
        let (one, other) = (plain.split('/'), route.split('/'));
        one.clone().count() == other.clone().count()
            && one.zip(other).all(|(one, other)| one == other || (other.starts_with('{') && !one.starts_with('{')))
    };
    let exact = routes.iter().find(|route| *route == plain);
    exact.or_else(|| routes.iter().find(|route| fits(route))).unwrap_or_else(|| panic!("{row} is no route")).clone()
}

/// A Steward with someone for each tie, each of whom gets whatever role is needed.
struct Cast {
    steward: Steward,
    admin: Person,
    /// By [`Tie`].
    people: Vec<Person>,
    /// Whoever is taken into the team.
    joiner: Person,
}

impl Cast {
    async fn start() -> Self {
        let steward = Steward::start().await;
        let admin = steward.admin().await;
        let mut people = Vec::new();
        for tie in TIES {
            people.push(steward.user(&admin, &format!("{tie:?}").to_lowercase(), &[Role::Manager]).await);
        }
        let joiner = steward.user(&admin, "joiner", &[Role::TeamMember]).await;
        Self { steward, admin, people, joiner }
    }

    fn of(&self, tie: Tie) -> &Person {
        &self.people[tie as usize]
    }

    /// The person of a tie, in another role than they had.
    async fn as_role(&self, tie: Tie, role: Role) -> Person {
        self.steward.person(self.of(tie).id, &format!("{tie:?}"), &[role]).await
    }
}

type State = BTreeMap<String, HashMap<String, AttributeValue>>;

/// A product with one of everything below it.
struct World<'a> {
    cast: &'a Cast,
    key: String,
    /// By the names of the parameters of routes.
    ids: BTreeMap<&'static str, String>,
}

impl<'a> World<'a> {
    /// Where `tie` is [`Tie::Former`] the task was theirs when they were taken out of the team.
    async fn make(cast: &'a Cast, key: String, tie: Tie) -> World<'a> {
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

    async fn create(&mut self, name: &'static str, path: &str, by: &Person, new: &Value) -> Value {
        let made = self.cast.steward.post(path).by(by).json(new).send().await.expect(201);
        self.ids.insert(name, made.id());
        made.json
    }

    async fn member(&self, method: &str, user: &Person, version: u64) {
        let path = format!("{}/members/{}", self.fill("/api/products/{product_id}"), user.id);
        let call = self.cast.steward.request(method, &path).by(self.cast.of(Tie::Owner)).if_match(version);
        call.json(&json!({"role": "engineer"})).send().await.expect(200);
    }

    async fn upload(&mut self, noun: &str, path: &str, by: &Person) {
        let new = announced("a.pdf", "application/pdf", PDF);
        let begun = self.cast.steward.post(path).by(by).json(&new).send().await.expect(201).json;
        put(&self.cast.steward, &begun["upload"], PDF).await.expect(200);
        let name = if noun == "asset" { "asset_id" } else { "attachment_id" };
        self.ids.insert(name, begun[noun]["id"].as_str().unwrap().to_owned());
    }

    /// A text with the names of parameters replaced by what they stand for.
    fn fill(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    /// Everything that the table holds of the product, by sort key.
    async fn state(&self) -> State {
        let table = self.cast.steward.app().table();
        let pk = AttributeValue::S(format!("PRODUCT#{}", self.ids["product_id"]));
        let found = table.client().query().table_name(table.name()).consistent_read(true);
        let found = found.key_condition_expression("pk = :pk").expression_attribute_values(":pk", pk);
        let items = found.send().await.unwrap().items.unwrap_or_default();
        items.into_iter().map(|item| (item["sk"].as_s().unwrap().clone(), item)).collect()
    }

    /// What is not as it was.
    async fn changed(&self, before: &State) -> Vec<String> {
        let now = self.state().await;
        let keys: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        keys.into_iter().filter(|key| before.get(*key) != now.get(*key)).cloned().collect()
    }

    /// The present version of what a route is about, which is that of its last parameter.
    async fn version(&self, route: &str) -> u64 {
        let named = route.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix("_id}")).next_back();
        let noun = named.filter(|noun| !["user", "item", "view"].contains(noun)).unwrap_or("product");
        let sk = match (noun, self.ids.get(format!("{noun}_id").as_str())) {
            ("product", _) | (_, None) => "PRODUCT".to_owned(),
            (noun, Some(id)) => format!("{}#{id}", noun.to_uppercase()),
        };
        let key = Key::new(format!("PRODUCT#{}", self.ids["product_id"]), sk);
        let found = self.cast.steward.app().table().get(key).await.unwrap().unwrap();
        shared::table::read(&found, "version").unwrap()
    }

    async fn body(&self, route: &str, body: Option<&str>) -> Option<Value> {
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

    /// What `person` is answered: the status, for one of many tasks that is refused the status of that.
    async fn call(&self, person: &Person, row: &str, body: Option<&str>) -> (u16, Answer) {
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

/// Of how many refusals the audit trail tells that someone got them.
async fn denials(cast: &Cast, person: &Person) -> usize {
    cast.steward.settle().await;
    let path = format!("/api/audit?entity_type=user&entity_id={}", person.id);
    let trail = cast.steward.all(&cast.admin, &path, 100).await;
    trail.iter().filter(|record| record["action"] == "denied").count()
}

/// All refusals to `person`, after each of which everything is as it was, then all that they may do. How many there were.
async fn try_all(world: &mut World<'_>, person: &Person, role: Role, tie: Tie) -> usize {
    let mut refused = 0;
    let before = world.state().await;
    for (right, row, body) in ROWS {
        let expected = right.answer(role, tie);
        if expected == 200 {
            continue;
        }
        let (status, answer) = world.call(person, row, *body).await;
        assert_eq!(status, expected, "{row} as {role:?}, {tie:?}: {}", answer.text);
        if !row.starts_with("GET") {
            let changed = world.changed(&before).await;
            assert!(changed.is_empty(), "{row} as {role:?}, {tie:?} was refused and changed {changed:?}");
        }
        refused += 1;
    }
    let reads = READ.answer(role, tie) == 200;
    for (_, row, body) in ROWS.iter().filter(|(right, ..)| right.answer(role, tie) == 200) {
        let (status, answer) = world.call(person, row, *body).await;
        assert_eq!(status, 200, "{row} as {role:?}, {tie:?}: {}", answer.text);
        if row.contains("limit=") {
            assert_eq!(answer.text.contains(&world.ids["product_id"]), reads, "{row} as {role:?}, {tie:?}");
        }
        if row.starts_with("POST") && row.ends_with("/views") {
            world.ids.insert("view_id", answer.id());
        }
    }
    refused
}

#[test]
fn every_route_of_the_products_has_a_row() {
    let routes = coverage::routes();
    let rows: BTreeSet<String> = ROWS.iter().map(|(_, row, _)| route_of(row, &routes)).collect();
    for route in routes.iter().filter(|route| coverage::is_of_products(route)) {
        assert!(rows.contains(route), "{route} is in no row of this test");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_of_the_products_answers_each_role_by_what_they_have_to_do_with_the_product() {
    let cast = Cast::start().await;
    let mut worlds = 0;
    for tie in TIES {
        let mut refused = 0;
        // Who may do nothing leaves the world to the next.
        for roles in
            [&[Role::RelationshipManager, Role::Analyst, Role::TeamMember][..], &[Role::Manager], &[Role::Admin]]
        {
            worlds += 1;
            let mut world = World::make(&cast, format!("P{worlds}"), tie).await;
            for role in roles {
                let person = cast.as_role(tie, *role).await;
                refused += try_all(&mut world, &person, *role, tie).await;
            }
        }
        assert_eq!(denials(&cast, cast.of(tie)).await, refused, "each refusal to {tie:?} is recorded");
    }
}

/// What can still be done with an archived product: it is read, watched over, opened again or deleted.
fn outlives_the_archive(row: &str) -> bool {
    row.starts_with("GET ")
        || row.ends_with("/download")
        || row.contains("/views")
        || ["POST /api/products", "PATCH /api/products/{product_id}", "DELETE /api/products/{product_id}"]
            .contains(&row)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_product_is_read_and_nothing_below_it_is_written() {
    let cast = Cast::start().await;
    let mut world = World::make(&cast, "OLD".into(), Tie::Assignee).await;
    let person = cast.as_role(Tie::Assignee, Role::Admin).await;
    let archived = Some(r#"{"status": "archived"}"#);
    assert_eq!(world.call(&person, "PATCH /api/products/{product_id}", archived).await.0, 200);
    let before = world.state().await;
    for (_, row, body) in ROWS {
        let lives = outlives_the_archive(row);
        if lives && !row.starts_with("GET ") {
            continue;
        }
        let (status, answer) = world.call(&person, row, *body).await;
        if *row == "GET /api/products/{product_id}/deletion" {
            answer.problem(404, "not_found");
        } else if lives {
            assert_eq!(status, 200, "{row}: {}", answer.text);
        } else {
            assert_eq!((status, answer.code()), (409, "state_conflict"), "{row}: {}", answer.text);
        }
    }
    assert!(world.changed(&before).await.is_empty());
    for (_, row, body) in ROWS.iter().filter(|(_, row, _)| outlives_the_archive(row) && !row.starts_with("GET ")) {
        // Given another name only, it would stay closed.
        let body = if row.starts_with("PATCH") { Some(r#"{"status": "on_hold"}"#) } else { *body };
        let (status, answer) = world.call(&person, row, body).await;
        assert_eq!(status, 200, "{row}: {}", answer.text);
        if row.ends_with("/views") {
            world.ids.insert("view_id", answer.id());
        }
    }
}
