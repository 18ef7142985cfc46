//! Imports of requirements and tasks: matched by number or external id, parents in any order, and invalid rows.

use exchange::import::{ImportRun, RunId};
use kernel::policy::Role;
use platform::job::{self, Limits, Run as _, Trigger};
use serde_json::{Value, json};

use super::accidents::Breaking;
use super::hundreds::{Run, put};
use super::{counts, errors, run, start};
use crate::support::{Answer, Person, Steward};

async fn product(steward: &Steward, owner: &Person, key: &str) -> String {
    let new = json!({"key": key, "name": format!("Product {key}"), "status": "active"});
    steward.post("/api/products").by(owner).json(&new).send().await.expect(201).id()
}

async fn announce(steward: &Steward, person: &Person, kind: &str, product: &str, size: usize) -> Answer {
    let new = json!({"file_name": "work.csv", "size": size, "kind": kind, "product_id": product});
    steward.post("/api/imports").by(person).json(&new).send().await
}

async fn uploaded(steward: &Steward, person: &Person, kind: &str, product: &str, file: &str) -> String {
    let created = announce(steward, person, kind, product, file.len()).await.expect(201);
    put(steward, &created.json["upload"], file.as_bytes()).await.expect(200);
    created.json["import"]["id"].as_str().unwrap().to_owned()
}

/// The body of a start whose columns have the names of the fields they fill.
fn body(file: &str, key: &str, dry_run: bool) -> Value {
    let columns = file.trim_start_matches('\u{FEFF}').lines().next().unwrap().split(',');
    let known = |column: &&str| !["reference", "ignored"].contains(column);
    let mapping: Value = columns.filter(known).map(|column| json!({"column": column, "field": column})).collect();
    json!({"mapping": mapping, "key": key, "dry_run": dry_run})
}

/// Imports a file; returns the import and the errors of its rows.
async fn import(
    steward: &Steward,
    person: &Person,
    (kind, product): (&str, &str),
    key: &str,
    file: &str,
) -> (Value, Vec<(u64, String, String)>) {
    let id = uploaded(steward, person, kind, product, file).await;
    let import = run(steward, person, &id, &body(file, key, false)).await;
    let errors = errors(steward, person, &id).await;
    (import, errors)
}

async fn list(steward: &Steward, person: &Person, product: &str, what: &str) -> Vec<Value> {
    steward.all(person, &format!("/api/products/{product}/{what}"), 100).await
}

fn said(errors: &[(u64, String, String)]) -> Vec<(u64, &str, &str)> {
    errors.iter().map(|(row, field, code)| (*row, field.as_str(), code.as_str())).collect()
}

/// Each requirement's title with the title of its parent.
async fn tree(steward: &Steward, person: &Person, product: &str) -> Vec<(String, String)> {
    let all = list(steward, person, product, "requirements").await;
    let title = |id: &Value| {
        let found = all.iter().find(|one| one["id"] == *id);
        found.map(|one| one["title"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    let mut tree: Vec<(String, String)> =
        all.iter().map(|one| (one["title"].as_str().unwrap().to_owned(), title(&one["parent_id"]))).collect();
    tree.sort();
    tree
}

fn pairs(tree: &[(String, String)]) -> Vec<(&str, &str)> {
    tree.iter().map(|(child, parent)| (child.as_str(), parent.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_can_be_imported_in_any_order() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let orbit = product(&steward, &mia, "ORB").await;
    let file = "external_id,title,parent,priority,status,acceptance_criteria\n\
                C,Leaf,B,High,In progress,fast; safe\\; sound\n\
                B,Branch,A,,,\n\
                A,Root,,critical,open,\n\
                D,Twig,B,,,\n";
    let id = uploaded(&steward, &mia, "requirements", &orbit, file).await;
    let preview = steward.post(&format!("/api/imports/{id}/preview")).by(&mia).send().await.expect(200).json;
    let suggested = preview["suggested_mapping"].as_array().unwrap();
    assert!(suggested.iter().all(|one| one["column"] == one["field"]), "{suggested:?}");
    assert_eq!(preview["suggested_key"], "external_id");
    let checked = run(&steward, &mia, &id, &body(file, "external_id", true)).await;
    assert_eq!((checked["status"].as_str(), counts(&checked)), (Some("checked"), [4, 0, 0, 0]), "{checked}");
    assert!(list(&steward, &mia, &orbit, "requirements").await.is_empty(), "a dry run writes nothing");
    let done = run(&steward, &mia, &id, &body(file, "external_id", false)).await;
    assert_eq!((done["status"].as_str(), counts(&done)), (Some("done"), [4, 0, 0, 0]), "{done}");
    assert_eq!((done["kind"].as_str(), done["product_id"].as_str()), (Some("requirements"), Some(orbit.as_str())));
    let wanted = [("Branch", "Root"), ("Leaf", "Branch"), ("Root", ""), ("Twig", "Branch")];
    assert_eq!(pairs(&tree(&steward, &mia, &orbit).await), wanted);
    let leaf = list(&steward, &mia, &orbit, "requirements?text=leaf").await.remove(0);
    let path = format!("/api/products/{orbit}/requirements/{}", leaf["id"].as_str().unwrap());
    let leaf = steward.get(&path).by(&mia).send().await.expect(200).json;
    assert_eq!((&leaf["priority"], &leaf["status"]), (&json!("high"), &json!("in_progress")));
    assert_eq!(leaf["acceptance_criteria"], json!(["fast", "safe; sound"]));

    let (again, _) = import(&steward, &mia, ("requirements", &orbit), "external_id", file).await;
    assert_eq!(counts(&again), [0, 0, 4, 0], "{again}");
    let moved = "external_id,parent,title\nB,C,Branch\nC,A,Leaf\nE,c,\n";
    let (moved, told) = import(&steward, &mia, ("requirements", &orbit), "external_id", moved).await;
    assert_eq!((counts(&moved), said(&told)), ([0, 2, 0, 1], vec![(4, "title", "required")]), "{moved}");
    let wanted = [("Branch", "Leaf"), ("Leaf", "Root"), ("Root", ""), ("Twig", "Branch")];
    assert_eq!(pairs(&tree(&steward, &mia, &orbit).await), wanted, "parent and child have swapped");
    for entity in [("import", &id), ("requirement", &leaf["id"].as_str().unwrap().to_owned())] {
        let path = format!("/api/audit/verify?entity_type={}&entity_id={}", entity.0, entity.1);
        assert_eq!(steward.get(&path).by(&admin).send().await.expect(200).json["valid"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_cycle_is_an_error_of_its_rows() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let orbit = product(&steward, &admin, "ORB").await;
    let file = "external_id,title,parent\n\
                A,In the circle,B\n\
                B,In it too,A\n\
                S,Its own parent,S\n\
                H,Hangs on it,A\n\
                X,Lost,nowhere\n\
                OK,Alone,\n\
                BAD,,\n\
                K,Below what is bad,BAD\n";
    let id = uploaded(&steward, &admin, "requirements", &orbit, file).await;
    let checked = run(&steward, &admin, &id, &body(file, "external_id", true)).await;
    assert_eq!(counts(&checked), [3, 0, 0, 5], "{checked}");
    let done = run(&steward, &admin, &id, &body(file, "external_id", false)).await;
    let told = errors(&steward, &admin, &id).await;
    let wanted = [
        (2, "parent", "parent_circle"),
        (3, "parent", "parent_circle"),
        (4, "parent", "parent_circle"),
        (5, "parent", "invalid"),
        (6, "parent", "unknown"),
        (8, "title", "required"),
        (9, "parent", "invalid"),
    ];
    assert_eq!(said(&told), wanted);
    assert_eq!((done["status"].as_str(), counts(&done)), (Some("done"), [3, 0, 0, 7]), "{done}");
    let wanted = [("Alone", ""), ("Below what is bad", ""), ("Hangs on it", "")];
    assert_eq!(pairs(&tree(&steward, &admin, &orbit).await), wanted);
    // A cycle through existing requirements is detected when it would close.
    let (_, none) =
        import(&steward, &admin, ("requirements", &orbit), "external_id", "external_id,parent\nH,OK\n").await;
    assert!(none.is_empty());
    let file = "external_id,parent\nOK,H\n";
    let (closed, told) = import(&steward, &admin, ("requirements", &orbit), "external_id", file).await;
    assert_eq!((counts(&closed)[3], said(&told)), (1, vec![(2, "parent", "invalid")]), "{closed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_matched_by_number() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let orbit = product(&steward, &mia, "ORB").await;
    let base = format!("/api/products/{orbit}");
    let need = json!({"title": "Need", "external_id": "N-1"});
    let need = steward.post(&format!("{base}/requirements")).by(&mia).json(&need).send().await.expect(201).id();
    steward.post(&format!("{base}/tasks")).by(&mia).json(&json!({"title": "First"})).send().await.expect(201);
    steward.settle().await;
    let file = "number,title,assignee,requirement,due_on,estimate_hours,labels,status,external_id\n\
                ORB-1,Renamed,MIA,ORB-R1,2027-02-01,7.5,a; b,done,T-1\n\
                ,Second,,n-1,,,,,\n\
                ,Third,,,,,,In review,\n\
                77,Nobody's number,,,,,,,\n\
                x,No number,nobody,ORB-R9,tomorrow,-1,,started,\n\
                ,,,,,,,,T-9\n\
                ,Unknown,admin,ORB-R9,,,,,T-1\n";
    let (done, told) = import(&steward, &mia, ("tasks", &orbit), "number", file).await;
    let wanted = [
        (5, "number", "unknown"),
        (6, "number", "invalid"),
        (6, "due_on", "invalid"),
        (6, "estimate_hours", "invalid"),
        (6, "status", "invalid"),
        (7, "title", "required"),
        (8, "external_id", "repeated"),
    ];
    assert_eq!((counts(&done), said(&told)), ([2, 1, 0, 4], wanted.to_vec()), "{done}");
    let tasks = list(&steward, &mia, &orbit, "tasks").await;
    let by_number = |number: u64| tasks.iter().find(|task| task["number"] == number).unwrap();
    let first = by_number(1);
    let told = ["title", "assignee_id", "requirement_id", "due_on", "estimate_hours", "labels", "status"];
    let told: Vec<&Value> = told.iter().map(|name| &first[*name]).collect();
    let wanted = [
        json!("Renamed"),
        json!(mia.id),
        json!(need),
        json!("2027-02-01"),
        json!("7.5"),
        json!(["a", "b"]),
        json!("done"),
    ];
    assert_eq!(told, wanted.iter().collect::<Vec<_>>());
    assert_eq!((&by_number(2)["requirement_id"], &by_number(3)["status"]), (&json!(need), &json!("in_review")));
    let file = "number,title,assignee,requirement\n2,Second,tom,ORB-R9\n2,Again,,\n";
    let (_, told) = import(&steward, &mia, ("tasks", &orbit), "number", file).await;
    assert_eq!(said(&told), [(2, "assignee", "unknown"), (2, "requirement", "unknown"), (3, "number", "repeated")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reimporting_an_export_changes_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let orbit = product(&steward, &admin, "ORB").await;
    let base = format!("/api/products/{orbit}");
    let root = json!({"title": "=Root", "description": "a\nb;-c", "acceptance_criteria": ["x; y", "@z"]});
    let root = steward.post(&format!("{base}/requirements")).by(&admin).json(&root).send().await.expect(201).id();
    let child = json!({"title": "Child", "parent_id": root, "status": "done", "external_id": "K"});
    steward.post(&format!("{base}/requirements")).by(&admin).json(&child).send().await.expect(201);
    let task = json!({
        "title": "+Task", "requirement_id": root, "assignee_id": admin.id, "labels": ["a;b"], "due_on": "2027-01-01",
        "estimate_hours": "0.25", "description": "-x",
    });
    steward.post(&format!("{base}/tasks")).by(&admin).json(&task).send().await.expect(201);
    steward.settle().await;
    for (kind, rows) in [("requirements", 2), ("tasks", 1)] {
        let file =
            steward.get(&format!("/api/exports/products/{orbit}/{kind}")).by(&admin).send().await.expect(200).text;
        let id = uploaded(&steward, &admin, kind, &orbit, &file).await;
        let preview = steward.post(&format!("/api/imports/{id}/preview")).by(&admin).send().await.expect(200).json;
        let mapped = |one: &&Value| !one["field"].is_null();
        let mapping: Value = preview["suggested_mapping"].as_array().unwrap().iter().filter(mapped).cloned().collect();
        assert_eq!(preview["suggested_key"], "number");
        let start = json!({"mapping": mapping, "key": "number", "dry_run": false});
        let done = run(&steward, &admin, &id, &start).await;
        assert_eq!(counts(&done), [0, 0, rows, 0], "{kind}: {done} {:?}", errors(&steward, &admin, &id).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_manage_the_product_import_into_it() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let orbit = product(&steward, &mia, "ORB").await;
    let member = |user: &Person| format!("/api/products/{orbit}/members/{}", user.id);
    let tester = json!({"role": "tester"});
    steward.request("PUT", &member(&max)).by(&mia).if_match(1).json(&tester).send().await.expect(200);
    steward.request("PUT", &member(&tom)).by(&mia).if_match(2).json(&tester).send().await.expect(200);
    for kind in ["requirements", "tasks"] {
        announce(&steward, &max, kind, &orbit, 10).await.problem(403, "forbidden");
        announce(&steward, &tom, kind, &orbit, 10).await.problem(403, "forbidden");
        announce(&steward, &rita, kind, &orbit, 10).await.problem(403, "forbidden");
        let missing = json!({"file_name": "a.csv", "size": 1, "kind": kind});
        let missing = steward.post("/api/imports").by(&mia).json(&missing).send().await.problem(422, "invalid_input");
        assert_eq!(missing.fields(), ["product_id"]);
    }
    announce(&steward, &admin, "investors", &orbit, 10).await.problem(422, "invalid_input");
    announce(&steward, &mia, "investors", &orbit, 10).await.problem(403, "forbidden");
    let file = "title,external_id\nA,1\n";
    let id = uploaded(&steward, &mia, "tasks", &orbit, file).await;
    for stranger in [&max, &rita] {
        steward.get(&format!("/api/imports/{id}")).by(stranger).send().await.problem(404, "not_found");
        assert!(steward.all(stranger, "/api/imports", 10).await.is_empty());
    }
    assert_eq!(steward.all(&mia, "/api/imports", 10).await.len(), 1);
    let wrong = json!({
        "mapping": [{"column": "title", "field": "parent"}, {"column": "external_id", "field": "email"}],
        "key": "email", "dry_run": true, "defaults": {"kind": "fund"},
    });
    let refused = start(&steward, &mia, &id, &wrong).await.problem(422, "invalid_input");
    assert_eq!(refused.fields(), ["mapping[0].field", "mapping[1].field", "key", "defaults"]);
    // The product is archived between the upload and the start, and reopened before the next start.
    let product = format!("/api/products/{orbit}");
    steward.patch(&product).by(&admin).if_match(3).json(&json!({"status": "archived"})).send().await.expect(200);
    start(&steward, &mia, &id, &body(file, "external_id", false)).await.problem(409, "state_conflict");
    steward.patch(&product).by(&admin).if_match(4).json(&json!({"status": "active"})).send().await.expect(200);
    let done = run(&steward, &mia, &id, &body(file, "external_id", false)).await;
    assert_eq!(counts(&done), [1, 0, 0, 0]);
}

/// A file of `count` requirements; each one in the first half is below one in the second half.
fn halves(count: usize) -> String {
    let half = count / 2;
    let parent = |n: usize| if n < half { format!("K{}", n + half) } else { String::new() };
    let rows: String = (0..count).map(|n| format!("K{n},Requirement {n},{}\n", parent(n))).collect();
    format!("external_id,title,parent\n{rows}")
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_written_before_an_interruption_count_as_created() {
    // Twenty rows make one transaction. The call that breaks is the second of these, the third, or the write that counts them.
    for broken in 6..=8 {
        let (breaking, steward) = Breaking::steward("TransactWriteItems").await;
        let admin = steward.admin().await;
        let orbit = product(&steward, &admin, "ORB").await;
        // All rows are one group.
        let file = halves(60);
        let id = uploaded(&steward, &admin, "requirements", &orbit, &file).await;
        steward.settle().await;
        let body = body(&file, "external_id", false);
        let (started, ()) = tokio::join!(start(&steward, &admin, &id, &body), breaking.once(broken));
        started.expect(202);
        steward.settle().await;
        let done = steward.get(&format!("/api/imports/{id}")).by(&admin).send().await.expect(200).json;
        assert_eq!((done["status"].as_str(), counts(&done)), (Some("done"), [60, 0, 0, 0]), "{done}");
        let all = list(&steward, &admin, &orbit, "requirements").await;
        assert_eq!((all.len(), all.iter().filter(|one| !one["parent_id"].is_null()).count()), (60, 30));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_slices_create_each_requirement_once() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let orbit = product(&steward, &admin, "ORB").await;
    let file = halves(120);
    let id = uploaded(&steward, &admin, "requirements", &orbit, &file).await;
    let started = start(&steward, &admin, &id, &body(&file, "external_id", false)).await.expect(202);
    let run = started.json["version"].as_u64().unwrap();
    let limits = Limits { items: 25, ..ImportRun::LIMITS };
    let due = RunId { import_id: id.parse().unwrap(), run };
    let rivals = (0..2).map(|_| async {
        for step in (0..12).flat_map(|step| [step, step]) {
            job::advance::<ImportRun>(steward.app(), Trigger { id: due, step, tries: 0 }, &limits).await.unwrap();
        }
    });
    futures_util::future::join_all(rivals).await;
    steward.settle().await;
    let done = steward.get(&format!("/api/imports/{id}")).by(&admin).send().await.expect(200).json;
    assert_eq!((done["status"].as_str(), counts(&done)), (Some("done"), [120, 0, 0, 0]), "{done}");
    let all = list(&steward, &admin, &orbit, "requirements").await;
    assert_eq!((all.len(), all.iter().filter(|one| !one["parent_id"].is_null()).count()), (120, 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn large_files_can_be_checked_and_imported() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let checked = Run::of(&steward, &admin, "CHK", 10_000, true).await;
    let imported = Run::of(&steward, &admin, "ORB", 1_000, false).await;
    println!("10,000 rows checked in {:?}, 1,000 imported in {:?}", checked.took, imported.took);
    imported.verify(&steward, &admin).await;
}
