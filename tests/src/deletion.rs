//! Background deletion of a product and everything below it.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use kernel::ItemType;
use kernel::policy::Role;
use platform::table::{Draft, Key};
use serde_json::{Value, json};

use crate::assets::{join, product, uploaded};
use crate::documents::{PDF, announced, objects, put};
use crate::support::{Answer, Person, Steward};

async fn delete(steward: &Steward, by: &Person, product: &str) -> Answer {
    let version = steward.get(product).by(by).send().await.expect(200).etag();
    steward.delete(product).by(by).if_match(version).send().await
}

async fn deletion(steward: &Steward, by: &Person, product: &str) -> Value {
    steward.get(&format!("{product}/deletion")).by(by).send().await.expect(200).json
}

/// The sort keys of all stored items of a product.
async fn left(steward: &Steward, product: &str) -> Vec<String> {
    let pk = AttributeValue::S(format!("PRODUCT#{}", product.rsplit('/').next().unwrap()));
    let query = steward.stack.dynamodb().query().table_name("steward").consistent_read(true);
    let query = query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", pk);
    query.send().await.unwrap().items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

/// Writes `count` items below a product directly, bypassing all rules; one in ten has an audit chain.
async fn fill(steward: &Steward, product: &str, prefix: &str, count: usize) {
    let pk = format!("PRODUCT#{}", product.rsplit('/').next().unwrap());
    let ids: Vec<usize> = (0..count).collect();
    for batch in ids.chunks(25) {
        let write = |n: &usize| {
            let key = Key::new(&pk, format!("{prefix}#{}", kernel::id::new()));
            let draft = Draft::new(key, ItemType::TaskListing, &json!({"n": n})).unwrap();
            let draft = if n.is_multiple_of(10) {
                draft.number("version", 1).object("audit_head", &json!({"sequence": 1, "hash": "x"})).unwrap()
            } else {
                draft
            };
            let put = PutRequest::builder().set_item(Some(draft.into_item())).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        };
        let writes = HashMap::from([("steward".to_owned(), batch.iter().map(write).collect::<Vec<_>>())]);
        let answer = steward.stack.dynamodb().batch_write_item().set_request_items(Some(writes)).send().await.unwrap();
        assert!(answer.unprocessed_items().is_none_or(HashMap::is_empty));
    }
}

/// Waits until a deletion is done, which can take longer than the stream's own timeout.
async fn finished(steward: &Steward, by: &Person, product: &str) -> Value {
    let began = Instant::now();
    loop {
        let state = deletion(steward, by, product).await;
        if state["status"] == "done" {
            steward.settle().await;
            return state;
        }
        assert!(began.elapsed() < Duration::from_mins(5), "{state}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn chain_holds(steward: &Steward, by: &Person, kind: &str, id: &str) {
    let path = format!("/api/audit/verify?entity_type={kind}&entity_id={id}");
    let verdict = steward.get(&path).by(by).send().await.expect(200);
    assert_eq!(verdict.json["valid"], true, "{kind}: {}", verdict.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_product_empties_it_and_frees_its_key() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let kim = steward.user(&admin, "kim", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB").await;
    for member in [&max, &tom] {
        join(&steward, &mia, &product, member).await;
    }
    let good = uploaded(&steward, &mia, &product, "a.pdf", "application/pdf", PDF).await;
    uploaded(&steward, &mia, &product, "b.pdf", "application/pdf", b"MZ program").await;
    let gone = uploaded(&steward, &mia, &product, "c.pdf", "application/pdf", PDF).await;
    steward.delete(&gone).by(&mia).if_match(2).send().await.expect(204);
    let file = announced("d.pdf", "application/pdf", PDF);
    let late = steward.post(&format!("{product}/assets")).by(&mia).json(&file).send().await.expect(201);
    assert_eq!(objects(&steward).await.len(), 3);
    steward.settle().await;
    let before = kernel::id::new();

    steward.delete(&product).by(&mia).if_match(1).send().await.problem(412, "stale_version");
    steward.get(&format!("{product}/deletion")).by(&mia).send().await.problem(404, "not_found");
    let begun = delete(&steward, &mia, &product).await.expect(202);
    assert_eq!((begun.json["deleted_at"].is_string(), begun.etag()), (true, "\"4\"".into()));
    let refused = steward.post(&format!("{product}/assets")).by(&mia).json(&file).send().await;
    assert!(matches!(refused.status.as_u16(), 404 | 409), "the product is closed at once: {}", refused.text);
    put(&steward, &late.json["upload"], PDF).await.expect(200);
    let done = finished(&steward, &mia, &product).await;
    assert!(done["removed"].as_u64().unwrap() >= 8 && done["finished_at"].is_string(), "{done}");
    assert_eq!(left(&steward, &product).await, ["DELETION", "PRODUCT"]);
    steward.settle().await;
    assert!(objects(&steward).await.is_empty(), "{:?}", objects(&steward).await);
    for person in [&admin, &mia, &tom] {
        steward.get(&product).by(person).send().await.problem(404, "not_found");
        steward.get(&good).by(person).send().await.problem(404, "not_found");
        assert!(steward.all(person, "/api/products", 10).await.is_empty());
        let missed = steward.get(&format!("/api/live/events?after={before}")).by(person).send().await.expect(200);
        let events = missed.json["items"].as_array().unwrap().clone();
        assert!(events.iter().any(|event| event["action"] == "product_deletion_finish"), "{}", missed.text);
        assert!(events.iter().any(|event| event["action"] == "product_deletion_done"));
    }
    steward.delete(&product).by(&mia).if_match(5).send().await.problem(404, "not_found");
    let told = async |person: &Person| {
        let told = steward.all(person, "/api/notifications", 10).await;
        told.into_iter().filter(|note| note["kind"] == "product_deleted").collect::<Vec<_>>()
    };
    let hers = told(&mia).await;
    assert_eq!((hers.len(), told(&tom).await.len()), (1, 0));
    assert_eq!(hers[0]["title"], "Product ORB was deleted");
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    for (kind, path) in [("product", &product), ("asset", &good), ("asset", &gone)] {
        chain_holds(&steward, &admin, kind, &id(path)).await;
        chain_holds(&steward, &mia, kind, &id(path)).await;
    }
    let again = json!({"key": "ORB", "name": "Orbit again"});
    steward.post("/api/products").by(&kim).json(&again).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_last_record_is_detected_after_deletion() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let asset = uploaded(&steward, &admin, &product, "a.pdf", "application/pdf", PDF).await;
    delete(&steward, &admin, &product).await.expect(202);
    finished(&steward, &admin, &product).await;
    let id = asset.rsplit('/').next().unwrap();
    chain_holds(&steward, &admin, "asset", id).await;
    let (client, pk) = (steward.stack.dynamodb(), AttributeValue::S(format!("AUDIT#asset#{id}")));
    let query = client.query().table_name("steward").key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let query = query.expression_attribute_values(":pk", pk.clone()).scan_index_forward(false);
    let newest = query.expression_attribute_values(":sk", AttributeValue::S("CHANGE#".into())).send().await.unwrap();
    let remove = client.delete_item().table_name("steward").key("pk", pk).key("sk", newest.items()[0]["sk"].clone());
    remove.send().await.unwrap();
    let path = format!("/api/audit/verify?entity_type=asset&entity_id={id}");
    assert_eq!(steward.get(&path).by(&admin).send().await.expect(200).json["valid"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_resumes_after_failed_writes() {
    for after in [false, true] {
        let (steward, failures) = crate::accidents::unlucky(400, crate::accidents::THROTTLED, after).await;
        let admin = steward.admin().await;
        let product = product(&steward, &admin, "ORB").await;
        fill(&steward, &product, "COMMENT", 900).await;
        steward.settle().await;
        delete(&steward, &admin, &product).await.expect(202);
        failures.store(12, Ordering::SeqCst);
        let done = finished(&steward, &admin, &product).await;
        assert_eq!(failures.load(Ordering::SeqCst), 0, "all failures must have occurred");
        assert_eq!(left(&steward, &product).await, ["DELETION", "PRODUCT"]);
        // Items removed by a write whose response was lost are not counted.
        let removed = done["removed"].as_u64().unwrap();
        assert!(if after { (1..=900).contains(&removed) } else { removed == 900 }, "{done}");
        let told = steward.all(&admin, "/api/notifications", 10).await;
        assert_eq!(told.iter().filter(|note| note["kind"] == "product_deleted").count(), 1);
        chain_holds(&steward, &admin, "product", product.rsplit('/').next().unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_created_behind_the_scan_are_deleted_too() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    fill(&steward, &product, "TASK", 3000).await;
    delete(&steward, &admin, &product).await.expect(202);
    // These keys sort before everything that the deletion has not reached yet.
    let mut behind = 0;
    while deletion(&steward, &admin, &product).await["removed"].as_u64().unwrap() < 1500 {
        fill(&steward, &product, "ASSET", 5).await;
        behind += 5;
    }
    assert_eq!(deletion(&steward, &admin, &product).await["status"], "running");
    let done = finished(&steward, &admin, &product).await;
    assert!(behind > 0 && done["removed"] == json!(3000 + behind), "{behind} {done}");
    assert_eq!(left(&steward, &product).await, ["DELETION", "PRODUCT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_deletion_runs_in_slices_with_progress() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    for prefix in ["ATTACHMENT", "COMMENT", "REQUIREMENT", "TASK"] {
        fill(&steward, &product, prefix, 5000).await;
    }
    delete(&steward, &admin, &product).await.expect(202);
    let (began, mut seen) = (Instant::now(), Vec::new());
    loop {
        let state = deletion(&steward, &admin, &product).await;
        seen.push(state["removed"].as_u64().unwrap());
        if state["status"] == "done" {
            break;
        }
        assert!(began.elapsed() < Duration::from_mins(5), "{state}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(seen.is_sorted() && seen.last() == Some(&20_000), "{seen:?}");
    assert!(seen.iter().any(|removed| (1..20_000).contains(removed)), "progress must be visible");
    steward.settle().await;
    assert_eq!(left(&steward, &product).await, ["DELETION", "PRODUCT"]);
}

/// Every item in the table that contains one of the texts: its key, and whether it expires on its own.
async fn mentioning(steward: &Steward, texts: &[String]) -> Vec<(String, String, bool)> {
    let (mut found, mut start) = (Vec::new(), None);
    loop {
        let page = steward.stack.dynamodb().scan().table_name("steward").consistent_read(true);
        let page = page.set_exclusive_start_key(start).send().await.unwrap();
        for item in page.items() {
            let said = format!("{item:?}");
            if texts.iter().any(|text| said.contains(text)) {
                let part = |name: &str| item[name].as_s().unwrap().clone();
                found.push((part("pk"), part("sk"), item.contains_key("expires_at")));
            }
        }
        start = page.last_evaluated_key().cloned();
        if start.is_none() {
            found.sort();
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_history_and_expiring_items_outlive_a_product() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let product = product(&steward, &mia, "ORB").await;
    join(&steward, &mia, &product, &tom).await;
    let mut ids = vec![product.rsplit('/').next().unwrap().to_owned()];
    let mut make = async |by: &Person, list: &str, new: Value| {
        let made = steward.post(&format!("{product}/{list}")).by(by).json(&new).send().await.expect(201).id();
        ids.push(made.clone());
        made
    };
    let milestone = make(&mia, "milestones", json!({"name": "Flight", "due_on": "2030-05-01"})).await;
    let lonely = make(&mia, "milestones", json!({"name": "For requirements", "due_on": "2030-06-01"})).await;
    let new = json!({"title": "Whole", "external_id": "K1", "milestone_id": lonely});
    let whole = make(&mia, "requirements", new).await;
    make(&mia, "requirements", json!({"title": "Part", "parent_id": whole, "status": "done"})).await;
    let rule = json!({
        "name": "R", "when": {"event": "task_created"}, "then": [{"action": "set_priority", "priority": "low"}],
    });
    make(&mia, "rules", rule).await;
    let new = json!({
        "title": "Task", "requirement_id": whole, "milestone_id": milestone, "assignee_id": tom.id, "external_id": "T1",
        "due_on": "2020-01-01", "estimate_hours": "2",
    });
    let task = make(&mia, "tasks", new).await;
    make(&mia, "tasks", json!({"title": "Done", "status": "done", "milestone_id": milestone})).await;
    let text = json!({"text": "Look", "mentions": [tom.id]});
    make(&mia, &format!("tasks/{task}/comments"), text).await;
    make(&mia, "baselines", json!({"name": "Agreed"})).await;
    for person in [&mia, &tom, &admin] {
        make(person, "views", json!({"name": "Mine", "query": "priority=high"})).await;
    }
    uploaded(&steward, &mia, &product, "a.pdf", "application/pdf", PDF).await;
    steward.settle().await;
    let stands = mentioning(&steward, &ids).await;
    for (place, least) in
        [("STATS#MILESTONE#", 2), ("STATS#PRODUCT#", 5), ("USER_VIEWS#", 3), ("COUNTED#", 4), ("LIST#", 3)]
    {
        let there = stands.iter().filter(|(pk, ..)| pk.starts_with(place)).count();
        assert!(there >= least, "{there} of {place} in {stands:#?}");
    }

    delete(&steward, &mia, &product).await.expect(202);
    let view = json!({"name": "Late", "query": "priority=low"});
    let refused = steward.post(&format!("{product}/views")).by(&tom).json(&view).send().await;
    assert!(matches!(refused.status.as_u16(), 404 | 409), "{}", refused.text);
    finished(&steward, &admin, &product).await;
    let partition = format!("PRODUCT#{}", ids[0]);
    let stays = |(pk, sk, goes): &(String, String, bool)| {
        *goes || pk.starts_with("AUDIT#") || (*pk == partition && ["PRODUCT", "DELETION"].contains(&sk.as_str()))
    };
    let left: Vec<_> = mentioning(&steward, &ids).await.into_iter().filter(|found| !stays(found)).collect();
    assert!(left.is_empty(), "{left:#?}");
    // Late or repeated events count nothing.
    for sk in [format!("TASK#{task}"), format!("REQUIREMENT#{whole}")] {
        product_development::figures::count_towards_milestone(steward.app(), &Key::new(&partition, sk)).await.unwrap();
    }
    let left: Vec<_> = mentioning(&steward, &ids).await.into_iter().filter(|found| !stays(found)).collect();
    assert!(left.is_empty(), "{left:#?}");
}
