//! Milestones: progress equals a recount, and the roadmap shows each user only their own products.

use kernel::policy::Role;
use kernel::time::Date;
use platform::table::Key;
use product_development::figures::count_towards_milestone;
use serde_json::{Value, json};

use crate::requirements::{product, requirement};
use crate::support::{Answer, Person, Steward};

fn day(from_today: i32) -> String {
    Date::today().plus_days(from_today).to_string()
}

async fn milestone(steward: &Steward, person: &Person, product: &str, due_on: &str) -> Answer {
    let new = json!({"name": "Flight", "due_on": due_on});
    steward.post(&format!("{product}/milestones")).by(person).json(&new).send().await.expect(201)
}

async fn progress(steward: &Steward, person: &Person, product: &str, made: &Answer) -> Value {
    let path = format!("{product}/milestones/{}", made.id());
    steward.get(&path).by(person).send().await.expect(200).json["progress"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_equals_a_recount_after_redelivery() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let (one, two) =
        (milestone(&steward, &admin, &product, &day(30)).await, milestone(&steward, &admin, &product, &day(60)).await);
    let mut requirements = Vec::new();
    for status in ["open", "open", "done", "rejected"] {
        let new = json!({"title": "R", "status": status, "milestone_id": one.id()});
        requirements.push(requirement(&steward, &admin, &product, &new).await);
    }
    let path = |answer: &Answer| format!("{product}/requirements/{}", answer.id());
    let patch = async |answer: &Answer, version: u64, patch: Value| {
        steward.patch(&path(answer)).by(&admin).if_match(version).json(&patch).send().await.expect(200);
    };
    patch(&requirements[0], 1, json!({"status": "done"})).await;
    patch(&requirements[1], 1, json!({"milestone_id": two.id()})).await;
    patch(&requirements[3], 1, json!({"status": "open"})).await;
    steward.delete(&path(&requirements[2])).by(&admin).if_match(1).send().await.expect(204);
    steward.settle().await;
    let product_id = product.rsplit('/').next().unwrap();
    let keys: Vec<Key> = requirements
        .iter()
        .map(|one| Key::new(format!("PRODUCT#{product_id}"), format!("REQUIREMENT#{}", one.id())))
        .collect();
    // The first milestone has one done and one open requirement; the deleted one and the moved one do not count.
    let counts = async |made: &Answer| {
        let progress = progress(&steward, &admin, &product, made).await;
        (progress["requirements_total"].as_u64().unwrap(), progress["requirements_done"].as_u64().unwrap())
    };
    assert_eq!((counts(&one).await, counts(&two).await), ((2, 1), (1, 0)));
    for key in keys.iter().rev().chain(&keys) {
        let again = (0..3).map(|_| count_towards_milestone(steward.app(), key));
        futures_util::future::try_join_all(again).await.unwrap();
    }
    assert_eq!((counts(&one).await, counts(&two).await), ((2, 1), (1, 0)));
    assert_eq!(progress(&steward, &admin, &product, &one).await["percent"], 50);
    steward.delete(&format!("{product}/milestones/{}", two.id())).by(&admin).if_match(1).send().await.expect(204);
    let anew = json!({"milestone_id": two.id()});
    let refused = steward.patch(&path(&requirements[0])).by(&admin).if_match(2).json(&anew).send().await;
    assert_eq!(refused.problem(422, "invalid_input").fields(), ["milestone_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_task_or_milestone_is_at_risk() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let made = milestone(&steward, &admin, &product, &day(30)).await;
    let path = format!("{product}/milestones/{}", made.id());
    let mut tasks = Vec::new();
    for due_on in [json!(day(-3)), json!(day(0)), Value::Null] {
        let new = json!({"title": "Build", "milestone_id": made.id(), "due_on": due_on});
        let task = steward.post(&format!("{product}/tasks")).by(&admin).json(&new).send().await.expect(201);
        tasks.push(format!("{product}/tasks/{}", task.id()));
    }
    let change = async |n: usize, version: u64, patch: Value| {
        steward.patch(&tasks[n]).by(&admin).if_match(version).json(&patch).send().await.expect(200);
        steward.settle().await;
    };
    let read = async || {
        let read = steward.get(&path).by(&admin).send().await.expect(200).json;
        (
            read["progress"]["tasks_total"].clone(),
            read["progress"]["tasks_done"].clone(),
            read["at_risk_reason"].clone(),
        )
    };
    change(0, 1, json!({"status": "done"})).await;
    assert_eq!(read().await, (json!(3), json!(1), Value::Null), "neither a finished task nor one due today is overdue");
    change(1, 1, json!({"due_on": day(-1)})).await;
    assert_eq!(read().await, (json!(3), json!(1), json!("overdue_tasks")));
    change(1, 2, json!({"status": "done"})).await;
    assert_eq!(read().await, (json!(3), json!(2), Value::Null));
    change(2, 1, json!({"milestone_id": null})).await;
    assert_eq!(read().await, (json!(2), json!(2), Value::Null));
    steward.delete(&tasks[0]).by(&admin).if_match(2).send().await.expect(204);
    steward.settle().await;
    assert_eq!(read().await, (json!(1), json!(1), Value::Null));
    let patch = async |version: u64, patch: Value| {
        steward.patch(&path).by(&admin).if_match(version).json(&patch).send().await.expect(200).json
    };
    let late = patch(1, json!({"due_on": day(-1)})).await;
    assert_eq!((&late["at_risk"], &late["at_risk_reason"]), (&json!(true), &json!("past_due")));
    let reached = patch(2, json!({"status": "reached"})).await;
    assert_eq!((&reached["at_risk"], &reached["progress"]["percent"]), (&json!(false), &json!(100)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roadmap_shows_only_visible_products() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let (orb, sat) = (product(&steward, &mia, "ORB").await, product(&steward, &admin, "SAT").await);
    let late = milestone(&steward, &mia, &orb, &day(90)).await;
    milestone(&steward, &mia, &orb, &day(10)).await;
    let hidden = milestone(&steward, &admin, &sat, &day(20)).await;
    let role = json!({"role": "tester"});
    steward
        .request("PUT", &format!("{orb}/members/{}", tom.id))
        .by(&mia)
        .if_match(1)
        .json(&role)
        .send()
        .await
        .expect(200);
    steward.settle().await;
    let roadmap = async |person: &Person| steward.all(person, "/api/roadmap", 1).await;
    assert_eq!(roadmap(&admin).await.len(), 2);
    for person in [&mia, &tom] {
        let seen = roadmap(person).await;
        assert_eq!(seen.len(), 1);
        let days: Vec<&str> =
            seen[0]["milestones"].as_array().unwrap().iter().map(|one| one["due_on"].as_str().unwrap()).collect();
        assert_eq!(days, [day(10), day(90)]);
        let path = format!("{sat}/milestones/{}", hidden.id());
        steward.get(&path).by(person).send().await.problem(404, "not_found");
    }
    let path = format!("{orb}/milestones/{}", late.id());
    for (field, wrong) in [
        ("due_on", json!({"due_on": "2026-02-30"})),
        ("name", json!({"name": ""})),
        ("due_on", json!({"due_on": null})),
    ] {
        let refused = steward.patch(&path).by(&mia).if_match(1).json(&wrong).send().await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), [field]);
    }
    let reached = json!({"status": "reached"});
    steward.patch(&path).by(&mia).if_match(1).json(&reached).send().await.expect(200);
    assert_eq!(steward.all(&tom, &format!("{orb}/milestones?status=reached"), 10).await.len(), 1);
}
