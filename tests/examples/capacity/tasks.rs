//! What tasks and their board cost in a product of as many tasks.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::rank::Rank;
use shared::table::Key;

use crate::support::{Person, Steward};
use crate::{Bench, Row, seed};

/// Fills the product's columns with copies of one task.
async fn fill(steward: &Steward, product: &str, model: &str, size: usize) {
    let key = Key::new(format!("PRODUCT#{product}"), format!("TASK#{model}"));
    let model = steward.app().table().get(key).await.unwrap().unwrap();
    let statuses = ["open", "in_progress", "blocked", "in_review", "done"];
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut batch = Vec::new();
    for (n, rank) in Rank::following(None, size).into_iter().enumerate() {
        let (id, status) = (shared::id::new().to_string(), statuses[n % statuses.len()]);
        let mut copy = seed::renamed(&model, &id, "Copy");
        if let Some(AttributeValue::M(card)) = copy.get_mut("card") {
            card.remove("name");
            card.insert("status".into(), text(status));
            card.insert("rank".into(), text(rank.as_str()));
        }
        copy.insert("sk".into(), text(&format!("TASK#{id}")));
        copy.insert("gsi1sk".into(), text(&format!("{status}#{}#{id}", rank.as_str())));
        batch.push(copy);
        if batch.len() == seed::AT_ONCE {
            seed::write(steward, std::mem::take(&mut batch)).await;
        }
    }
    seed::write(steward, batch).await;
}

impl Bench<'_> {
    /// What is read and written of a product's tasks, of which there are `size`.
    pub async fn tasks(&self, admin: &Person, size: usize) -> Vec<Row> {
        let new = json!({"key": "ORB", "name": "Orbit", "status": "active"});
        let product = self.steward.post("/api/products").by(admin).json(&new).send().await.expect(201).id();
        let base = format!("/api/products/{product}");
        let tasks = format!("{base}/tasks");
        let post = |path: &str| self.steward.post(path).by(admin);
        let task = json!({"title": "Measured", "labels": ["one", "two"]});
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(post(&tasks).json(&task).send().await.expect(201).id());
        }
        fill(self.steward, &product, &made[0], size).await;
        let get = async |path: String| self.cost(|_| self.steward.get(&path).by(admin)).await;
        let board = get(format!("{base}/board?limit=50")).await;
        let listed = get(tasks.clone()).await;
        let narrowed = get(format!("{tasks}?status=open")).await;
        let created = self.cost(|_| post(&tasks).json(&task)).await;
        let path = format!("{tasks}/{}/move", made[1]);
        let to = json!({"status": "open", "after_id": made[0], "before_id": made[2]});
        let moved = self.cost(|turn| post(&path).if_match(turn + 1).json(&to)).await;
        vec![
            ("board_get, 50 of each column", "1 trip", board),
            ("task_list, first 25", "1 trip", listed),
            ("task_list, first 25 of a status", "1 trip", narrowed),
            ("task_create", "2 trips", created),
            ("task_move between two", "2 trips", moved),
        ]
    }
}
