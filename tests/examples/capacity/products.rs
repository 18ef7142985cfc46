//! Costs of a product's tasks, board and requirements at the given number of them.

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::id::TaskId;
use platform::table::{Draft, Key};
use product_development::rank::Rank;
use product_development::task::{self, Status};
use serde_json::json;

use crate::support::{Person, Steward};
use crate::{Bench, Row, seed};

/// Fills the product's columns with copies of one task, including its list and search entries.
async fn fill_tasks(steward: &Steward, product: &str, model: &str, size: usize) {
    let model = steward.app().table().get(Key::new(format!("PRODUCT#{product}"), format!("TASK#{model}"))).await;
    let model = model.unwrap().unwrap();
    let statuses = Status::ALL;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut batch = Vec::new();
    for (n, rank) in Rank::following(None, size).into_iter().enumerate() {
        let (task, status) = (TaskId::new(), statuses[n % statuses.len()]);
        let id = task.to_string();
        let mut copy = seed::renamed(&model, &id, "Copy");
        if let Some(AttributeValue::M(card)) = copy.get_mut("card") {
            card.remove("name");
            card.insert("number".into(), AttributeValue::N((n + 10).to_string()));
            card.insert("status".into(), text(status.as_str()));
            card.insert("rank".into(), text(rank.as_str()));
        }
        copy.insert("sk".into(), text(&format!("TASK#{id}")));
        copy.insert("gsi1sk".into(), text(&task::place_on_board(status, &rank, task)));
        let card = platform::table::read(&copy, "card").unwrap();
        batch.extend(task::listings(&card).unwrap().into_iter().map(Draft::into_item));
        batch.extend(discovery::search::task_entries(&card).unwrap().into_iter().map(Draft::into_item));
        batch.push(copy);
        seed::write_full(steward, &mut batch).await;
    }
    seed::write(steward, batch).await;
}

/// Fills the product with copies of one requirement.
async fn fill_requirements(steward: &Steward, product: &str, model: &str, size: usize) {
    let model = steward.app().table().get(Key::new(format!("PRODUCT#{product}"), format!("REQUIREMENT#{model}"))).await;
    let model = model.unwrap().unwrap();
    let mut batch = Vec::new();
    for n in 0..size {
        let id = kernel::id::new().to_string();
        let mut copy = seed::renamed(&model, &id, "Copy");
        if let Some(AttributeValue::M(card)) = copy.get_mut("card") {
            card.remove("name");
        }
        copy.insert("sk".into(), AttributeValue::S(format!("REQUIREMENT#{id}")));
        copy.insert("gsi1sk".into(), AttributeValue::S(format!("{:010}", n + 10)));
        batch.push(copy);
        seed::write_full(steward, &mut batch).await;
    }
    seed::write(steward, batch).await;
}

impl Bench<'_> {
    /// Reads and writes of a product with `size` tasks and requirements.
    pub async fn products(&self, admin: &Person, size: usize) -> Vec<Row> {
        let post = |path: &str| self.steward.post(path).by(admin);
        let new = json!({"key": "ORB", "name": "Orbit", "status": "active"});
        let product = post("/api/products").json(&new).send().await.expect(201).id();
        let base = format!("/api/products/{product}");
        let (tasks, requirements) = (format!("{base}/tasks"), format!("{base}/requirements"));
        let requirement = json!({"title": "Survive rain", "acceptance_criteria": ["Dry after an hour"]});
        let required = post(&requirements).json(&requirement).send().await.expect(201).id();
        let task =
            json!({"title": "Measured", "labels": ["one", "two"], "assignee_id": admin.id, "requirement_id": required});
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(post(&tasks).json(&task).send().await.expect(201).id());
        }
        self.steward.settle().await;
        fill_tasks(self.steward, &product, &made[0], size).await;
        fill_requirements(self.steward, &product, &required, size).await;
        let mut rows = self.product_reads(admin, &base, &made[0], &required).await;
        let created = self.cost(|_| post(&tasks).json(&task)).await;
        let path = format!("{tasks}/{}/move", made[1]);
        let to = json!({"status": "open", "after_id": made[0], "before_id": made[2]});
        let moved = self.cost(|turn| post(&path).if_match(turn + 1).json(&to)).await;
        let patch = |path: String| self.steward.patch(&path).by(admin);
        let (edited, rewritten) = (format!("{tasks}/{}", made[2]), format!("{requirements}/{required}"));
        let titled = |turn: usize| json!({"title": format!("Turn {turn}")});
        let updated = self.cost(|turn| patch(edited.clone()).if_match(turn + 1).json(&titled(turn))).await;
        let said = json!({"text": "What about the seal?"});
        let commented = self.cost(|_| post(&format!("{edited}/comments")).json(&said)).await;
        let needed = self.cost(|_| post(&requirements).json(&requirement)).await;
        let versioned = self.cost(|turn| patch(rewritten.clone()).if_match(turn + 1).json(&titled(turn))).await;
        rows.extend([
            ("task_create", "2 trips", created),
            ("task_move between two", "2 trips", moved),
            ("task_update", "2 trips", updated),
            ("comment_create", "2 trips", commented),
            ("requirement_create", "2 trips", needed),
            ("requirement_update, a new version", "2 trips", versioned),
        ]);
        rows
    }

    async fn product_reads(&self, admin: &Person, base: &str, task: &str, requirement: &str) -> Vec<Row> {
        let get = async |path: &str| self.cost(|_| self.steward.get(path).by(admin)).await;
        let of = async |path: &str| get(&format!("{base}{path}")).await;
        let period = "from=2026-01-01&to=2026-11-21&interval=week";
        vec![
            ("product_list", "1 trip", get("/api/products").await),
            ("product_get", "1 trip", of("").await),
            ("board_get, 1,000 tasks", "1 trip", of("/board?limit=200").await),
            ("board_get, 50 of each column", "1 trip", of("/board?limit=50").await),
            ("task_list, first 25", "1 trip", of("/tasks").await),
            ("task_list, first 25 of a status", "1 trip", of("/tasks?status=open").await),
            ("task_list_mine, first 25", "2 trips", get("/api/tasks").await),
            ("task_get", "2 trips", of(&format!("/tasks/{task}")).await),
            ("requirement_list, first 25", "1 trip", of("/requirements").await),
            ("requirement_get without links", "1 trip", of(&format!("/requirements/{requirement}")).await),
            ("requirement_version_list", "1 trip", of(&format!("/requirements/{requirement}/versions")).await),
            ("milestone_list", "1 trip", of("/milestones").await),
            ("product_flow_get, 47 weeks", "1 trip", of(&format!("/analytics/flow?{period}")).await),
            ("product_cycle_get, 47 weeks", "1 trip", of(&format!("/analytics/cycle?{period}")).await),
            ("product_team_get, 47 weeks", "2 trips", of(&format!("/analytics/team?{period}")).await),
            ("search_list, a task's title", "1 trip, 3 RCU", get("/api/search?q=measured").await),
        ]
    }
}
