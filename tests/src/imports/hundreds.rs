//! A large file of requirements, and its import from the upload to the last row.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

/// Uploads a file to its signed URL.
pub async fn put(steward: &Steward, upload: &Value, file: &[u8]) -> Answer {
    let url: http::Uri = upload["url"].as_str().unwrap().parse().unwrap();
    let call = steward.request(upload["method"].as_str().unwrap(), url.path_and_query().unwrap().as_str());
    let mut call = call.header("host", url.authority().unwrap().as_str());
    for (name, value) in upload["headers"].as_object().unwrap() {
        call = call.header(name, value.as_str().unwrap());
    }
    call.header("content-length", &file.len().to_string()).raw(file).send().await
}

/// A file of requirements in which the tenth of each hundred is the parent of the others; the parent of the first hundred is in the
/// last row.
fn file(rows: usize) -> String {
    let parent = |n: usize| n / 100 * 100 + 10;
    let line = |n: usize| {
        let parent = if parent(n) == n { String::new() } else { format!("K{}", parent(n)) };
        format!("K{n},Requirement {n},{parent}\n")
    };
    let rows: String = (0..rows).filter(|n| *n != 10).chain([10]).map(line).collect();
    format!("external_id,title,parent\n{rows}")
}

/// A finished import.
pub struct Run {
    /// Time from the start until the last row was imported.
    pub took: Duration,
    product: String,
    rows: usize,
}

impl Run {
    /// Imports a file with this many rows into a new product; only checks it if `dry_run` is set.
    pub async fn of(steward: &Steward, person: &Person, key: &str, rows: usize, dry_run: bool) -> Self {
        let new = json!({"key": key, "name": format!("Product {key}"), "status": "active"});
        let product = steward.post("/api/products").by(person).json(&new).send().await.expect(201).id();
        let file = file(rows);
        let new = json!({"file_name": "work.csv", "size": file.len(), "kind": "requirements", "product_id": product});
        let created = steward.post("/api/imports").by(person).json(&new).send().await.expect(201);
        put(steward, &created.json["upload"], file.as_bytes()).await.expect(200);
        let import = format!("/api/imports/{}", created.json["import"]["id"].as_str().unwrap());
        let columns = ["external_id", "title", "parent"];
        let mapping: Value = columns.iter().map(|column| json!({"column": column, "field": column})).collect();
        let body = json!({"mapping": mapping, "key": "external_id", "dry_run": dry_run});
        let started = Instant::now();
        steward.post(&format!("{import}/start")).by(person).json(&body).send().await.expect(202);
        loop {
            let state = steward.get(&import).by(person).send().await.expect(200).json;
            if state["status"] != "checking" && state["status"] != "importing" {
                let counts = ["created_count", "error_count"].map(|name| state[name].as_u64().unwrap());
                let status = if dry_run { "checked" } else { "done" };
                assert_eq!((state["status"].as_str(), counts), (Some(status), [rows as u64, 0]), "{state}");
                return Self { took: started.elapsed(), product, rows };
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Asserts that each row is a requirement below its parent, and that the numbers have no gaps.
    pub async fn verify(&self, steward: &Steward, person: &Person) {
        let all = steward.all(person, &format!("/api/products/{}/requirements", self.product), 100).await;
        let tops = all.iter().filter(|one| one["parent_id"].is_null()).count();
        assert_eq!((all.len(), tops), (self.rows, self.rows.div_ceil(100)));
        assert_eq!(all.last().unwrap()["number"], self.rows, "the numbers have no gaps");
    }
}
