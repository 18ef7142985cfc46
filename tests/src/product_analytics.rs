//! Product analytics: every figure equals a recount of the tasks' own histories, even after repeated, late or out-of-order delivery.

mod recount;

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::policy::Role;
use kernel::time::{Date, Timestamp};
use product_development::figures::count_task;
use serde_json::{Value, json};

use self::recount::{Stored, expect_recounted};
use crate::support::{Answer, Person, Steward};

const STATUSES: [&str; 5] = ["open", "in_progress", "blocked", "in_review", "done"];
const DAY: i64 = 24 * 3600;

/// Pseudo-random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[usize::try_from(self.below(values.len() as u64)).unwrap()]
    }
}

/// A product with a team of three and two milestones.
struct Setting {
    steward: Steward,
    admin: Person,
    owner: Person,
    team: Vec<Person>,
    product: String,
    milestones: Vec<String>,
}

impl Setting {
    async fn start() -> Self {
        let steward = Steward::start().await;
        let admin = steward.admin().await;
        let owner = steward.user(&admin, "mia", &[Role::Manager]).await;
        let product = json!({"key": "ORB", "name": "Orbit", "status": "active", "aging_alert_days": 10});
        let product = steward.post("/api/products").by(&owner).json(&product).send().await.expect(201).id();
        let mut team = Vec::new();
        for (version, name) in (1..).zip(["tom", "ina"]) {
            let member = steward.user(&admin, name, &[Role::TeamMember]).await;
            let path = format!("/api/products/{product}/members/{}", member.id);
            let engineer = json!({"role": "engineer"});
            steward.request("PUT", &path).by(&owner).if_match(version).json(&engineer).send().await.expect(200);
            team.push(member);
        }
        let mut setting = Self { steward, admin, owner, team, product, milestones: Vec::new() };
        for (name, due_on) in [("Beta", "2027-02-01"), ("Launch", "2027-06-01")] {
            let id = kernel::id::new().to_string();
            let card = json!({"id": id, "name": name, "due_on": due_on});
            let mut item: HashMap<String, AttributeValue> = HashMap::new();
            for (key, value) in [
                ("pk", format!("PRODUCT#{}", setting.product)),
                ("sk", format!("MILESTONE#{id}")),
                ("type", "milestone".into()),
                ("gsi1pk", format!("MILESTONES#{}", setting.product)),
                ("gsi1sk", format!("{due_on}#{id}")),
            ] {
                item.insert(key.into(), AttributeValue::S(value));
            }
            item.insert("card".into(), serde_dynamo::to_attribute_value(&card).unwrap());
            setting.put(item).await;
            setting.milestones.push(id);
        }
        setting
    }

    fn path(&self) -> String {
        format!("/api/products/{}", self.product)
    }

    async fn put(&self, item: HashMap<String, AttributeValue>) {
        let table = self.steward.app().table();
        table.client().put_item().table_name(table.name()).set_item(Some(item)).send().await.unwrap();
    }

    /// The product's items whose sort keys begin with `prefix`, as stored.
    async fn raw(&self, prefix: &str) -> Vec<HashMap<String, AttributeValue>> {
        let table = self.steward.app().table();
        let query = table.client().query().table_name(table.name()).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("PRODUCT#{}", self.product)));
        let query = query.expression_attribute_values(":sk", AttributeValue::S(prefix.into()));
        query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap()
    }

    async fn analytics(&self, person: &Person, what: &str) -> Value {
        self.steward.get(&format!("{}/analytics/{what}", self.path())).by(person).send().await.expect(200).json
    }

    async fn task(&self, new: &Value) -> Answer {
        self.steward.post(&format!("{}/tasks", self.path())).by(&self.owner).json(new).send().await.expect(201)
    }

    async fn change(&self, id: &str, patch: &Value) -> Value {
        let path = format!("{}/tasks/{id}", self.path());
        let now = self.steward.get(&path).by(&self.owner).send().await.expect(200);
        let version = &now.json["version"];
        self.steward.patch(&path).by(&self.owner).if_match(version).json(patch).send().await.expect(200).json
    }

    async fn delete(&self, id: &str) {
        let path = format!("{}/tasks/{id}", self.path());
        let now = self.steward.get(&path).by(&self.owner).send().await.expect(200);
        self.steward.delete(&path).by(&self.owner).if_match(&now.json["version"]).send().await.expect(204);
    }

    /// A random person of the team, or nobody.
    fn someone(&self, dice: &mut Dice) -> Value {
        match dice.below(4) {
            0 => Value::Null,
            1 => json!(self.owner.id),
            other => json!(self.team[usize::try_from(other - 2).unwrap()].id),
        }
    }

    /// Creates tasks and moves them through the API, some of them more than once.
    async fn fill(&self, dice: &mut Dice, tasks: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for n in 0..tasks {
            let new = json!({
                "title": format!("Task {n}"),
                "assignee_id": self.someone(dice),
                "status": *dice.of(&STATUSES),
                "milestone_id": dice.of(&[Value::Null, json!(self.milestones[0]), json!(self.milestones[1])]),
                "estimate_hours": dice.of(&[Value::Null, json!("0.25"), json!("8"), json!("12.5")]),
                "due_on": dice.of(&[Value::Null, json!("2026-01-01"), json!(Date::today().plus_days(3))]),
            });
            ids.push(self.task(&new).await.id());
        }
        for _ in 0..tasks * 2 {
            let id = dice.of(&ids).clone();
            let to = *dice.of(&STATUSES);
            self.change(&id, &json!({"status": to})).await;
        }
        ids
    }

    /// Rewrites the tasks' histories so that the changes are spread over the last two hundred days.
    async fn spread(&self, dice: &mut Dice) {
        for item in self.raw("TASK#").await {
            let Some(mut task) = Stored::of(&item) else { continue };
            let ago = i64::try_from(10 + dice.below(200)).unwrap() * DAY;
            let created = Timestamp::now().plus_seconds(-ago).plus_seconds(i64::try_from(dice.below(80_000)).unwrap());
            let mut at = created;
            for transition in &mut task.transitions {
                transition["at"] = json!(at);
                let seconds = dice.of(&[40, 600, 9000, DAY, 3 * DAY, 20 * DAY]);
                at = at.plus_seconds(i64::try_from(dice.below(u64::try_from(*seconds).unwrap())).unwrap());
                at = at.min(Timestamp::now());
            }
            task.created_at = created;
            self.put(task.rewritten(item)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_equals_a_recount_after_changes() {
    let setting = Setting::start().await;
    let mut dice = Dice(7);
    let ids = setting.fill(&mut dice, 36).await;
    setting.steward.settle().await;
    expect_recounted(&setting, "as it happened").await;

    setting.spread(&mut dice).await;
    setting.steward.settle().await;
    let year = format!("flow?from={}", Date::today().plus_days(-390));
    assert!(
        setting.analytics(&setting.owner, &year).await["finished"].as_u64() > Some(5),
        "too few finished tasks to count"
    );
    expect_recounted(&setting, "spread over half a year").await;

    for id in ids.iter().step_by(3) {
        let assignee = setting.someone(&mut dice);
        setting.change(id, &json!({"assignee_id": assignee, "estimate_hours": "3.75", "title": "Renamed"})).await;
    }
    for id in ids.iter().skip(1).step_by(4) {
        setting.change(id, &json!({"status": dice.of(&STATUSES), "milestone_id": null, "due_on": null})).await;
    }
    for id in ids.iter().skip(2).step_by(5) {
        setting.delete(id).await;
    }
    setting.steward.settle().await;
    expect_recounted(&setting, "reassigned, moved and deleted").await;

    for id in ids.iter().enumerate().filter(|(n, _)| n % 5 != 2).map(|(_, id)| id) {
        setting.delete(id).await;
    }
    setting.steward.settle().await;
    expect_recounted(&setting, "all deleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_survive_redelivery_to_concurrent_functions() {
    let setting = Setting::start().await;
    let mut dice = Dice(11);
    let ids = setting.fill(&mut dice, 12).await;
    setting.spread(&mut dice).await;
    setting.delete(&ids[0]).await;
    let key = |id: &String| product_development::task::task_key(setting.product.parse().unwrap(), id.parse().unwrap());
    // Alongside the stream itself: every task three times, in both orders, all at once.
    let keys: Vec<_> = ids.iter().rev().chain(&ids).chain(ids.iter().rev()).map(key).collect();
    let counted = keys.iter().map(|key| count_task(setting.steward.app(), key));
    for (key, result) in keys.iter().zip(futures_util::future::join_all(counted).await) {
        if result.is_err() {
            // Tasks that hit too much contention are redelivered.
            count_task(setting.steward.app(), key).await.unwrap();
        }
    }
    setting.steward.settle().await;
    expect_recounted(&setting, "after redelivery").await;
}

#[tokio::test]
async fn a_clock_moving_backwards_makes_no_figure_negative() {
    let setting = Setting::start().await;
    let id =
        setting.task(&json!({"title": "Ahead", "assignee_id": setting.owner.id, "status": "in_progress"})).await.id();
    // The clock was three days ahead and has been corrected.
    let item = setting.raw(&format!("TASK#{id}")).await.remove(0);
    let mut task = Stored::of(&item).unwrap();
    let ahead = Timestamp::now().plus_seconds(3 * DAY);
    task.created_at = ahead;
    task.transitions[0]["at"] = json!(ahead);
    setting.put(task.rewritten(item)).await;
    setting.change(&id, &json!({"status": "done"})).await;
    setting.steward.settle().await;
    let (today, later) = (Date::today(), Date::today().plus_days(5));
    let flow = setting.analytics(&setting.owner, &format!("flow?from={today}&to={later}&interval=day")).await;
    let done: Vec<u64> = flow["points"].as_array().unwrap().iter().map(|p| p["done"].as_u64().unwrap()).collect();
    assert_eq!(done, [0, 0, 0, 1, 1, 1]);
    let cycle = setting.analytics(&setting.owner, &format!("cycle?from={today}&to={later}")).await;
    assert_eq!((&cycle["lead_time"]["count"], &cycle["lead_time"]["max_minutes"]), (&json!(1), &json!(0)));

    setting.change(&id, &json!({"status": "blocked"})).await;
    setting.steward.settle().await;
    let cycle = setting.analytics(&setting.owner, "cycle").await;
    let blocked = cycle["aging"].as_array().unwrap().iter().find(|aging| aging["status"] == "blocked").unwrap();
    assert_eq!((&blocked["count"], &blocked["max_days"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn requirements_are_counted_by_the_day_they_were_done() {
    let setting = Setting::start().await;
    let path = format!("{}/requirements", setting.path());
    let made = setting.steward.post(&path).by(&setting.owner).json(&json!({"title": "First"})).send().await.expect(201);
    let item = setting.raw(&format!("REQUIREMENT#{}", made.id())).await.remove(0);
    let today = Date::today();
    // Requirements with a past: for each status, how many days ago it was set.
    let pasts: [&[(i32, &str)]; 4] = [
        &[(30, "draft"), (20, "open"), (5, "done")],
        &[(25, "open"), (24, "done"), (3, "open")],
        &[(25, "open"), (10, "rejected")],
        &[(8, "done"), (8, "open"), (8, "done")],
    ];
    for past in pasts {
        let id = kernel::id::new().to_string();
        let mut latest = item.clone();
        for (version, (ago, status)) in (1..).zip(past) {
            let mut data: Value = platform::table::read(&item, "data").unwrap();
            data["id"] = json!(id);
            data["version"] = json!(version);
            data["status"] = json!(status);
            data["updated_at"] = json!(today.plus_days(-ago).start().plus_seconds(i64::from(version)));
            latest.insert("data".into(), serde_dynamo::to_attribute_value(&data).unwrap());
            let mut kept = HashMap::from([("type".to_owned(), AttributeValue::S("requirement_version".into()))]);
            kept.insert("pk".into(), item["pk"].clone());
            kept.insert("sk".into(), AttributeValue::S(format!("VERSION#REQUIREMENT#{id}#{version:010}")));
            kept.insert("data".into(), latest["data"].clone());
            setting.put(kept).await;
        }
        latest.insert("sk".into(), AttributeValue::S(format!("REQUIREMENT#{id}")));
        setting.put(latest).await;
    }
    setting.steward.settle().await;
    let standing = |flow: &Value| -> BTreeMap<i32, (u64, u64)> {
        let point = |point: &Value| {
            let end = Date::try_from(point["end"].as_str().unwrap().to_owned()).unwrap();
            let count = |name: &str| point[name].as_u64().unwrap();
            (today.days_since(end), (count("requirements"), count("requirements_done")))
        };
        flow["points"].as_array().unwrap().iter().map(point).collect()
    };
    let flow = setting.analytics(&setting.owner, "flow?interval=day").await;
    let by_day = standing(&flow);
    for (ago, counted) in by_day {
        let status = |past: &&[(i32, &'static str)]| past.iter().rfind(|(since, _)| *since >= ago).map(|(_, s)| *s);
        let then: Vec<&str> = pasts.iter().filter_map(status).chain((ago == 0).then_some("draft")).collect();
        let total = then.iter().filter(|status| **status != "rejected").count();
        let done = then.iter().filter(|status| **status == "done").count();
        assert_eq!(counted, (total as u64, done as u64), "{ago} days ago");
    }

    let one = format!("{path}/{}", made.id());
    setting
        .steward
        .patch(&one)
        .by(&setting.owner)
        .if_match(1)
        .json(&json!({"status": "done"}))
        .send()
        .await
        .expect(200);
    setting.steward.settle().await;
    let now = standing(&setting.analytics(&setting.owner, "flow").await);
    assert_eq!(now[&0], (4, 3));
    setting.steward.delete(&one).by(&setting.owner).if_match(2).send().await.expect(204);
    setting.steward.settle().await;
    let now = standing(&setting.analytics(&setting.owner, "flow").await);
    assert_eq!(now[&0], (3, 2));
}

#[tokio::test]
async fn an_invalid_period_is_refused() {
    let setting = Setting::start().await;
    for query in [
        "from=2026-02-02&to=2026-02-01",
        "from=2024-01-01&to=2026-02-01",
        "from=x",
        "to=2026-02-30",
        "interval=hour",
        "member_id=1",
        "user_id=1",
    ] {
        for what in ["flow", "cycle", "team"] {
            let path = format!("{}/analytics/{what}?{query}", setting.path());
            let refused = setting.steward.get(&path).by(&setting.owner).send().await;
            assert!(refused.status.is_client_error(), "{query}: {}", refused.text);
            let named = query.split(['=', '&']).find(|part| refused.text.contains(*part));
            assert!(named.is_some(), "{query}: {}", refused.text);
        }
    }
}

#[tokio::test]
async fn a_user_with_no_figures_is_not_shown() {
    let setting = Setting::start().await;
    let stranger = setting.analytics(&setting.owner, &format!("team?member_id={}", kernel::id::new())).await;
    assert_eq!(stranger["members"], json!([]), "a user without any counts must not be shown");
}
