//! Product reports.

use std::time::Instant;

use exchange::report::{ProductReportQuery, of_product};
use kernel::policy::Role;
use kernel::time::Date;
use lopdf::Document;
use serde_json::{Value, json};

use super::{made, never_says, says};
use crate::assets::{join, uploaded};
use crate::documents::PDF;
use crate::support::{Answer, Person, Steward};

async fn create(steward: &Steward, person: &Person, path: &str, new: &Value) -> Answer {
    steward.post(path).by(person).json(new).send().await.expect(201)
}

async fn product(steward: &Steward, person: &Person, key: &str, name: &str) -> String {
    let new = json!({"key": key, "name": name, "status": "active", "description": "What we *build*."});
    let id = create(steward, person, "/api/products", &new).await.id();
    format!("/api/products/{id}")
}

fn day(from_today: i32) -> String {
    Date::today().plus_days(from_today).to_string()
}

/// Creates a product of mia with one of everything; tom belongs to its team.
async fn furnished(steward: &Steward, mia: &Person, tom: &Person) -> String {
    let product = product(steward, mia, "ORB", "Órbita & Söhne").await;
    join(steward, mia, &product, tom).await;
    let make = async |list: &str, new: Value| create(steward, mia, &format!("{product}/{list}"), &new).await.id();
    let flight = make("milestones", json!({"name": "First flight", "due_on": day(30)})).await;
    make("milestones", json!({"name": "Missed one", "due_on": day(-3)})).await;
    make("milestones", json!({"name": "Reached one", "due_on": day(-9), "status": "reached"})).await;
    let whole = make("requirements", json!({"title": "Whole thing", "status": "in_progress"})).await;
    make("requirements", json!({"title": "Second top", "priority": "critical"})).await;
    let part = make("requirements", json!({"title": "Its part", "parent_id": whole, "status": "done"})).await;
    make("requirements", json!({"title": "Part of part", "parent_id": part, "status": "rejected"})).await;
    let of_tom = |title: &str, more: Value| {
        let mut new = json!({"title": title, "assignee_id": tom.id, "milestone_id": flight, "estimate_hours": "2.5"});
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        new
    };
    make("tasks", of_tom("Was done", json!({"status": "done"}))).await;
    make("tasks", of_tom("Stands still", json!({"status": "blocked"}))).await;
    make("tasks", of_tom("Too late", json!({"due_on": day(-2), "status": "in_progress"}))).await;
    make("tasks", json!({"title": "Some day"})).await;
    make("baselines", json!({"name": "As agreed"})).await;
    let approved = uploaded(steward, mia, &product, "good.pdf", "application/pdf", PDF).await;
    uploaded(steward, mia, &product, "undecided.pdf", "application/pdf", PDF).await;
    let version = steward.get(&approved).by(mia).send().await.expect(200).json["asset"]["version"].as_u64().unwrap();
    let note = json!({"note": "Fine"});
    steward.post(&format!("{approved}/approve")).by(mia).if_match(version).json(&note).send().await.expect(200);
    steward.settle().await;
    product
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_report_shows_plan_and_progress() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let product = furnished(&steward, &mia, &tom).await;
    let (answer, pages) = made(&steward, &mia, &format!("{product}/report")).await;
    for text in [
        "Product report",
        "Órbita & Söhne",
        "ORB",
        "Active",
        "mia of Steward",
        "tom of Steward",
        "What we *build*.",
        "First flight",
        "1 of 3",
        "33%",
        "At risk",
        "overdue tasks",
        "past due",
        "Reached",
        "Whole thing",
        "1.1.1",
        "Part of part",
        "ORB-R4 · version 1",
        "Critical",
        "Created 4",
        "Finished 1",
        "Unfinished today 3",
        "Blocked tasks",
        "Stands still",
        "Overdue tasks",
        "Too late",
        "Other unfinished tasks",
        "Some day",
        "As agreed",
        "good.pdf",
    ] {
        says(&pages, text);
    }
    for text in ["Was done", "undecided.pdf"] {
        never_says(&pages, text);
    }
    let count = pages.len();
    for (n, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page{}of{count}", n + 1)) && page.contains("Confidential"), "{page}");
    }
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.contains("filename*=UTF-8''%C3%93rbita%20%26%20S%C3%B6hne%20"), "{disposition}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_product_report_says_what_is_missing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let empty = product(&steward, &mia, "NIL", "Nothing yet").await;
    let (_, pages) = made(&steward, &mia, &format!("{empty}/report")).await;
    for text in ["No milestones.", "No requirements.", "No blocked tasks.", "No overdue tasks.", "No baselines."] {
        says(&pages, text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_product_report_period_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB", "Orbit").await;
    for query in ["?from=2026-03-06&to=2026-03-05", "?from=2020-01-01&to=2026-01-01", "?from=yesterday", "?limit=5"] {
        let refused = steward.get(&format!("{product}/report{query}")).by(&mia).send().await;
        assert!(matches!(refused.status.as_u16(), 400 | 422), "{query}: {}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_report_is_restricted_and_recorded() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let kim = steward.user(&admin, "kim", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let product = product(&steward, &mia, "ORB", "Orbit").await;
    for member in [&max, &tom] {
        join(&steward, &mia, &product, member).await;
    }
    create(&steward, &mia, &format!("{product}/tasks"), &json!({"title": "A secret of ours"})).await;
    let path = format!("{product}/report");
    for (person, status, code) in [(&kim, 404, "not_found"), (&tom, 403, "forbidden"), (&rita, 403, "forbidden")] {
        steward.get(&path).by(person).send().await.problem(status, code);
    }
    for person in [&admin, &mia] {
        made(&steward, person, &path).await;
    }
    made(&steward, &max, &format!("{path}?from=2026-01-01&to=2026-11-21")).await;
    steward.settle().await;
    let id = product.rsplit('/').next().unwrap();
    let trail = format!("/api/audit?entity_type=product&entity_id={id}");
    let records = steward.all(&admin, &trail, 50).await;
    let records: Vec<&Value> = records.iter().filter(|record| record["action"] == "product_report").collect();
    assert_eq!(records.len(), 3, "{records:#?}");
    let record = records.iter().find(|record| record["actor_name"] == "max of Steward").unwrap();
    let kept: Vec<(&str, &str)> = record["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["field"].as_str().unwrap(), change["after"].as_str().unwrap()))
        .collect();
    let figures = [("milestones", "0"), ("requirements", "0"), ("tasks", "1"), ("baselines", "0"), ("assets", "0")];
    assert_eq!(kept[..5], figures);
    assert_eq!(kept[5..], [("from", "2026-01-01"), ("to", "2026-11-21")]);
    assert!(!records.iter().any(|record| record.to_string().contains("secret")));
    let verified = trail.replace("/api/audit?", "/api/audit/verify?");
    assert_eq!(steward.get(&verified).by(&admin).send().await.expect(200).json["valid"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_product_report_is_plain_text() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let name = "=HYPERLINK(\"http://x\") <script>alert(1)</script> (a) \\ )Tj ET %PDF";
    let product = product(&steward, &admin, "ORB", name).await;
    create(&steward, &admin, &format!("{product}/tasks"), &json!({"title": "<b>&amp;</b> /JavaScript"})).await;
    let (answer, pages) = made(&steward, &admin, &format!("{product}/report")).await;
    says(&pages, name);
    says(&pages, "<b>&amp;</b> /JavaScript");
    let document = Document::load_mem(&answer.bytes).unwrap();
    for object in document.objects.values() {
        let Ok(dictionary) = object.as_dict() else { continue };
        for key in [b"JS".as_slice(), b"JavaScript", b"OpenAction", b"AA", b"URI", b"EmbeddedFile", b"Launch"] {
            assert!(!dictionary.has(key), "{dictionary:?}");
        }
    }
    assert_eq!(answer.headers["content-disposition"].to_str().unwrap().matches('"').count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_product_gives_the_same_file() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB", "Orbit").await;
    create(&steward, &admin, &format!("{product}/tasks"), &json!({"title": "Weld"})).await;
    steward.settle().await;
    let id = product.rsplit('/').next().unwrap().parse().unwrap();
    let read = of_product(steward.app(), &admin.caller, id, &ProductReportQuery::default()).await.unwrap();
    let first = reports::set_product(&read).unwrap();
    assert_eq!(first, reports::set_product(&read).unwrap());
    assert!(String::from_utf8_lossy(&first).contains("/StructTreeRoot"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_product_gives_a_report_of_bounded_size() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB", "Orbit").await;
    let sample = crate::requirements::requirement(&steward, &admin, &product, &json!({"title": "Sample"})).await;
    crate::baselines::write_many(&steward, &product, &sample, 2..=1_300).await;
    let id = product.rsplit('/').next().unwrap().parse().unwrap();
    for n in 0..120 {
        let new = json!({"title": format!("Task {n:03} {}", "of words ".repeat(20)), "due_on": day(n - 60)});
        let new = serde_json::from_value(new).unwrap();
        product_development::task::create(steward.app(), &admin.caller, id, new).await.unwrap();
    }
    steward.settle().await;
    let started = Instant::now();
    let (answer, pages) = made(&steward, &admin, &format!("{product}/report")).await;
    println!("{} pages, {} bytes, {:?}", pages.len(), answer.bytes.len(), started.elapsed());
    says(&pages, "Only the first 1000 requirements by number are counted and listed; the rest are in Steward.");
    for text in ["ORB-R1000", "Task 000", "Task 119"] {
        says(&pages, text);
    }
    never_says(&pages, "ORB-R1001");
    // A function's response is at most 6 MB, and base64 makes a file in it a third larger.
    assert!(answer.bytes.len() < 4_000_000, "{}", answer.bytes.len());
}
