//! Requirements: numbers, versions, links, and a tree without cycles.

use kernel::ItemType;
use platform::table::{Draft, Key, Transaction};
use product_development::requirement;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

/// Creates a product of `owner` and returns its path.
pub async fn product(steward: &Steward, owner: &Person, key: &str) -> String {
    let new = json!({"key": key, "name": format!("Product {key}"), "status": "active"});
    let made = steward.post("/api/products").by(owner).json(&new).send().await.expect(201);
    format!("/api/products/{}", made.id())
}

pub async fn requirement(steward: &Steward, person: &Person, product: &str, new: &Value) -> Answer {
    steward.post(&format!("{product}/requirements")).by(person).json(new).send().await.expect(201)
}

fn path(product: &str, requirement: &Answer) -> String {
    format!("{product}/requirements/{}", requirement.id())
}

async fn change(steward: &Steward, person: &Person, path: &str, version: u64, patch: &Value) -> Answer {
    steward.patch(path).by(person).if_match(version).json(patch).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requirements_get_numbers_without_gaps() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let made = (0..12).map(|n| {
        let new = json!({"title": format!("Requirement {n}")});
        let path = format!("{product}/requirements");
        let (steward, admin) = (&steward, &admin);
        async move {
            loop {
                let answer = steward.post(&path).by(admin).json(&new).send().await;
                if answer.status != 409 {
                    return answer.expect(201);
                }
            }
        }
    });
    let made = futures_util::future::join_all(made).await;
    let mut numbers: Vec<u64> = made.iter().map(|answer| answer.json["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    let listed = steward.all(&admin, &format!("{product}/requirements"), 5).await;
    let references: Vec<&str> = listed.iter().map(|card| card["reference"].as_str().unwrap()).collect();
    assert_eq!(references, (1..=12).map(|n| format!("ORB-R{n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn every_change_is_a_version_that_can_be_restored() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let new = json!({
        "title": "It flies", "description": "**High** <script>alert(1)</script>", "acceptance_criteria": ["100 m", "1 km"],
    });
    let made = requirement(&steward, &admin, &product, &new).await;
    assert_eq!((&made.json["status"], &made.json["priority"]), (&json!("draft"), &json!("medium")));
    let path = path(&product, &made);
    let status = change(&steward, &admin, &path, 1, &json!({"status": "open"})).await.expect(200);
    assert_eq!((&status.json["version"], &status.json["content_version"]), (&json!(2), &json!(1)));
    let said = json!({"title": "It soars", "acceptance_criteria": ["2 km"], "priority": "high", "description": null});
    let said = change(&steward, &admin, &path, 2, &said).await.expect(200);
    assert_eq!((&said.json["version"], &said.json["content_version"]), (&json!(3), &json!(3)));
    change(&steward, &admin, &path, 2, &json!({"title": "Late"})).await.problem(412, "stale_version");
    let same = change(&steward, &admin, &path, 3, &json!({"title": "It soars"})).await.expect(200);
    assert_eq!(same.json["version"], 3, "a patch that changes nothing keeps the version");

    let versions = steward.all(&admin, &format!("{path}/versions"), 2).await;
    let changed: Vec<_> = versions.iter().map(|v| (v["version"].as_u64().unwrap(), v["changed"].clone())).collect();
    assert_eq!(changed[0], (3, json!(["title", "description", "priority", "acceptance_criteria"])));
    assert_eq!(changed[1], (2, json!(["status"])));
    assert_eq!(changed[2], (1, json!(["title", "description", "priority", "status", "acceptance_criteria"])));
    assert_eq!(versions[0]["by_name"], "Ada Admin");
    let first = steward.get(&format!("{path}/versions/1")).by(&admin).send().await.expect(200);
    // The API returns text exactly as it was written and renders nothing.
    assert_eq!(first.json["description"], new["description"]);
    steward.get(&format!("{path}/versions/4")).by(&admin).send().await.problem(404, "not_found");
    let compared = steward.get(&format!("{path}/compare?from=1&to=3")).by(&admin).send().await.expect(200);
    let fields: Vec<_> =
        compared.json["changes"].as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["title", "description", "priority", "status", "acceptance_criteria"]);
    assert_eq!(compared.json["changes"][4]["before"], json!(["100 m", "1 km"]));
    assert_eq!(compared.json["changes"][1]["after"], Value::Null);
    let nothing = steward.get(&format!("{path}/compare?from=2&to=2")).by(&admin).send().await.expect(200);
    assert_eq!(nothing.json["changes"], json!([]));

    let restore = |version: u64| steward.post(&format!("{path}/restore")).by(&admin).if_match(version);
    let restored = restore(3).json(&json!({"version": 1})).header("idempotency-key", "again").send().await.expect(200);
    assert_eq!((&restored.json["version"], &restored.json["content_version"]), (&json!(4), &json!(4)));
    assert_eq!((&restored.json["title"], &restored.json["status"]), (&json!("It flies"), &json!("open")));
    let again = restore(3).json(&json!({"version": 1})).header("idempotency-key", "again").send().await.expect(200);
    assert_eq!(again.json, restored.json);
    restore(3).json(&json!({"version": 1})).send().await.problem(412, "stale_version");
    restore(4).json(&json!({"version": 9})).send().await.problem(422, "invalid_input");
    let verify = format!("/api/audit/verify?entity_type=requirement&entity_id={}", made.id());
    let verified = steward.get(&verify).by(&admin).send().await;
    assert_eq!((&verified.json["valid"], &verified.json["records"]), (&json!(true), &json!(4)), "{}", verified.text);
}

#[tokio::test]
async fn a_link_is_suspect_until_the_change_is_confirmed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let wing = requirement(&steward, &admin, &product, &json!({"title": "Wings"})).await;
    let tail = requirement(&steward, &admin, &product, &json!({"title": "Tail"})).await;
    let links = json!([
        {"requirement_id": wing.id(), "kind": "depends_on"}, {"requirement_id": tail.id(), "kind": "relates_to"},
    ]);
    let plane = requirement(&steward, &admin, &product, &json!({"title": "Plane", "links": links})).await;
    let plane_path = path(&product, &plane);
    let suspects = |answer: &Answer| -> Vec<Value> {
        answer.json["links"].as_array().unwrap().iter().map(|link| link["suspect"].clone()).collect()
    };
    assert_eq!(suspects(&plane), [false, false]);
    assert_eq!(plane.json["links"][0]["target"]["reference"], "ORB-R1");
    // A status change of the target does not make the link suspect; a content change does.
    change(&steward, &admin, &path(&product, &wing), 1, &json!({"status": "done"})).await.expect(200);
    let read = steward.get(&plane_path).by(&admin).send().await.expect(200);
    assert_eq!(suspects(&read), [false, false]);
    for (end, version) in [(&wing, 2), (&tail, 1)] {
        let title = json!({"title": "Something else"});
        change(&steward, &admin, &path(&product, end), version, &title).await.expect(200);
    }
    let read = steward.get(&plane_path).by(&admin).send().await.expect(200);
    assert_eq!(suspects(&read), [true, true]);
    let confirm = json!({"links": [
        {"requirement_id": wing.id(), "kind": "depends_on"},
        {"requirement_id": tail.id(), "kind": "relates_to", "at_version": 1},
    ]});
    let confirmed = change(&steward, &admin, &plane_path, 1, &confirm).await.expect(200);
    assert_eq!(suspects(&confirmed), [false, true], "the link that kept its version stays suspect");
    assert_eq!((&confirmed.json["links"][0]["at_version"], &confirmed.json["content_version"]), (&json!(3), &json!(1)));
    steward.delete(&path(&product, &tail)).by(&admin).if_match(2).send().await.expect(204);
    let read = steward.get(&plane_path).by(&admin).send().await.expect(200);
    assert_eq!((suspects(&read), &read.json["links"][1]["target"]), (vec![json!(false), json!(true)], &Value::Null));
    // A dangling link does not block other changes, but it cannot be created again.
    change(&steward, &admin, &plane_path, 2, &json!({"status": "open"})).await.expect(200);
    let anew = json!({"links": [{"requirement_id": tail.id(), "kind": "relates_to"}]});
    let refused = change(&steward, &admin, &plane_path, 3, &anew).await.problem(422, "invalid_input");
    assert_eq!(refused.fields(), ["links[0].requirement_id"]);
}

#[tokio::test]
async fn invalid_references_and_fields_are_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (orb, sat) = (product(&steward, &admin, "ORB").await, product(&steward, &admin, "SAT").await);
    let elsewhere =
        requirement(&steward, &admin, &sat, &json!({"title": "Of another product", "external_id": "X-1"})).await;
    let one = requirement(&steward, &admin, &orb, &json!({"title": "One", "external_id": "X-1"})).await;
    let one_path = path(&orb, &one);
    let link = |id: String| json!([{"requirement_id": id, "kind": "refines"}]);
    for (field, wrong) in [
        ("parent_id", json!({"parent_id": elsewhere.id()})),
        ("parent_id", json!({"parent_id": one.id()})),
        ("parent_id", json!({"parent_id": kernel::id::new()})),
        ("milestone_id", json!({"milestone_id": kernel::id::new()})),
        ("links[0].requirement_id", json!({"links": link(elsewhere.id())})),
        ("links[0].requirement_id", json!({"links": link(one.id())})),
        ("acceptance_criteria", json!({"acceptance_criteria": vec!["x"; 51]})),
        ("acceptance_criteria[0]", json!({"acceptance_criteria": ["x".repeat(501)]})),
        ("title", json!({"title": " "})),
        ("title", json!({"title": null})),
        ("description", json!({"description": "x".repeat(10_001)})),
        ("status", json!({"status": "finished"})),
    ] {
        let refused = change(&steward, &admin, &one_path, 1, &wrong).await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), [field], "{wrong}");
    }
    change(&steward, &admin, &one_path, 1, &json!({"number": 7})).await.problem(422, "unknown_field");
}

#[tokio::test]
async fn an_external_id_is_unique_within_a_product() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let orb = product(&steward, &admin, "ORB").await;
    let one = requirement(&steward, &admin, &orb, &json!({"title": "One", "external_id": "X-1"})).await;
    let one_path = path(&orb, &one);
    let same = json!({"title": "Two", "external_id": "x-1"});
    let path = format!("{orb}/requirements");
    steward.post(&path).by(&admin).json(&same).send().await.problem(409, "external_id_taken");
    change(&steward, &admin, &one_path, 1, &json!({"external_id": "X-2"})).await.expect(200);
    steward.post(&path).by(&admin).json(&same).send().await.expect(201);
    steward.delete(&one_path).by(&admin).if_match(2).send().await.expect(204);
    requirement(&steward, &admin, &orb, &json!({"title": "Three", "external_id": "X-2"})).await;
}

#[tokio::test]
async fn a_list_can_be_filtered() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let root = requirement(&steward, &admin, &product, &json!({"title": "Élan", "status": "open"})).await;
    let child = json!({"title": "Straße", "priority": "high", "parent_id": root.id(), "external_id": "JIRA-7"});
    requirement(&steward, &admin, &product, &child).await;
    let numbers = async |query: &str| -> Vec<u64> {
        let items = steward.all(&admin, &format!("{product}/requirements?{query}"), 10).await;
        items.iter().map(|card| card["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers("status=open").await, [1]);
    assert_eq!(numbers("priority=high").await, [2]);
    assert_eq!(numbers(&format!("parent_id={}", root.id())).await, [2]);
    assert_eq!(numbers("parent_id=none").await, [1]);
    assert_eq!(numbers("milestone_id=none&status=draft").await, [2]);
    assert_eq!(numbers("text=%C3%A9LAN").await, [1]);
    assert_eq!(numbers("text=orb-r2").await, [2]);
    assert_eq!(numbers("text=jira").await, [2]);
}

#[tokio::test]
async fn an_invalid_filter_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    for wrong in ["parent_id=x", "text=", "limit=0"] {
        let path = format!("{product}/requirements?{wrong}");
        steward.get(&path).by(&admin).send().await.problem(400, "invalid_input");
    }
    let path = format!("{product}/requirements?colour=red");
    steward.get(&path).by(&admin).send().await.problem(422, "unknown_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_moves_never_create_a_cycle() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    for round in 0..6 {
        let mut ring = Vec::new();
        for n in 0..3 {
            ring.push(requirement(&steward, &admin, &product, &json!({"title": format!("{round}/{n}")})).await);
        }
        let moves = (0..3).map(|n| {
            let (path, parent) = (path(&product, &ring[n]), json!({"parent_id": ring[(n + 1) % 3].id()}));
            let (steward, admin) = (&steward, &admin);
            async move { change(steward, admin, &path, 1, &parent).await }
        });
        let answers = futures_util::future::join_all(moves).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert!((1..=2).contains(&won), "not all three moves of a ring may succeed");
        assert!(answers.iter().all(|answer| [200, 409, 422].contains(&answer.status.as_u16())));
        for one in &ring {
            let mut seen = vec![one.id()];
            let mut at = one.id();
            while let Some(parent) =
                steward.get(&format!("{product}/requirements/{at}")).by(&admin).send().await.json["parent_id"].as_str()
            {
                assert!(!seen.contains(&parent.to_owned()), "cycle: {seen:?}");
                at = parent.to_owned();
                seen.push(at.clone());
            }
        }
    }
}

#[tokio::test]
async fn the_tree_has_no_cycles_and_a_maximum_depth() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let mut chain = vec![requirement(&steward, &admin, &product, &json!({"title": "Root"})).await];
    for level in 1..=20 {
        let new = json!({"title": format!("Level {level}"), "parent_id": chain.last().unwrap().id()});
        chain.push(requirement(&steward, &admin, &product, &new).await);
    }
    let deeper = json!({"title": "Too deep", "parent_id": chain[20].id()});
    let refused = steward.post(&format!("{product}/requirements")).by(&admin).json(&deeper).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["parent_id"]);
    let below = change(&steward, &admin, &path(&product, &chain[0]), 1, &json!({"parent_id": chain[3].id()})).await;
    assert_eq!(below.problem(422, "invalid_input").fields(), ["parent_id"]);
    // A link to the parent does not add a second condition on the same item.
    let both = json!({"parent_id": chain[1].id(), "links": [{"requirement_id": chain[1].id(), "kind": "refines"}]});
    change(&steward, &admin, &path(&product, &chain[3]), 1, &both).await.expect(200);
}

#[tokio::test]
async fn a_requirement_with_children_cannot_be_deleted() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let root = requirement(&steward, &admin, &product, &json!({"title": "Root"})).await;
    let part = json!({"title": "Part", "parent_id": root.id()});
    let (one, two) =
        (requirement(&steward, &admin, &product, &part).await, requirement(&steward, &admin, &product, &part).await);
    let path = |answer: &Answer| path(&product, answer);
    let delete =
        async |answer: &Answer, version: u64| steward.delete(&path(answer)).by(&admin).if_match(version).send().await;
    delete(&root, 1).await.problem(409, "requirement_has_children");
    change(&steward, &admin, &path(&one), 1, &json!({"parent_id": null})).await.expect(200);
    delete(&root, 1).await.problem(409, "requirement_has_children");
    delete(&two, 1).await.expect(204);
    delete(&root, 1).await.expect(204);
    steward.get(&path(&root)).by(&admin).send().await.problem(404, "not_found");
    change(&steward, &admin, &path(&root), 2, &json!({"title": "Back"})).await.problem(404, "not_found");
    let refused = steward.post(&format!("{product}/requirements")).by(&admin).json(&part).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["parent_id"]);
    // Its versions are kept for baselines.
    assert_eq!(steward.all(&admin, &format!("{}/versions", path(&root)), 10).await.len(), 1);
    let listed = steward.all(&admin, &format!("{product}/requirements"), 10).await;
    assert_eq!(listed.iter().map(|card| card["title"].as_str().unwrap()).collect::<Vec<_>>(), ["Part"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn either_a_deletion_or_a_concurrent_child_wins() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let product_id = product.rsplit('/').next().unwrap().parse().unwrap();
    let (mut deleted, mut added) = (0, 0);
    for round in 0..12 {
        let made = requirement(&steward, &admin, &product, &json!({"title": "Root"})).await;
        // Anything that refers to a requirement adds this condition to its transaction.
        let mut transaction = Transaction::new();
        let table = steward.app().table();
        requirement::require(&mut transaction, product_id, made.id().parse().unwrap(), "requirement_id");
        let key = Key::new(format!("PRODUCT#{product_id}"), format!("REFERENCE#{round}"));
        transaction.put(Draft::new(key, ItemType::TaskListing, &()).unwrap());
        let part = json!({"title": "Part", "parent_id": made.id()});
        let parts = format!("{product}/requirements");
        let (gone, put, part) = tokio::join!(
            async {
                tokio::time::sleep(std::time::Duration::from_millis(round)).await;
                steward.delete(&path(&product, &made)).by(&admin).if_match(1).send().await
            },
            table.commit(transaction),
            steward.post(&parts).by(&admin).json(&part).send(),
        );
        let there = steward.get(&path(&product, &made)).by(&admin).send().await.status == 200;
        assert_eq!(gone.status == 204, !there, "{}", gone.text);
        assert!(there || part.status != 201, "child of a deleted requirement: {}", part.text);
        assert!(put.is_ok() || !there, "a reference to an existing requirement was refused");
        deleted += u32::from(!there);
        added += u32::from(part.status == 201);
    }
    assert_eq!(deleted + added, 12, "each requirement is either deleted or has a child");
}
