//! Task notifications, due dates and workflow rules.

use kernel::policy::Role;
use kernel::time::{Date, Timestamp};
use product_development::deadline::{self, Limits};
use serde_json::{Value, json};

use crate::support::{Person, Steward};

/// A product of a manager with one team member, both of whom can be notified.
struct Team {
    steward: Steward,
    admin: Person,
    mia: Person,
    tom: Person,
    path: String,
}

async fn team() -> Team {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let product = steward.post("/api/products").by(&mia).json(&json!({"key": "ORB", "name": "Orbit"})).send().await;
    let path = format!("/api/products/{}", product.expect(201).id());
    let member = format!("{path}/members/{}", tom.id);
    let engineer = json!({"role": "engineer"});
    steward.request("PUT", &member).by(&mia).if_match(1).json(&engineer).send().await.expect(200);
    Team { steward, admin, mia, tom, path }
}

impl Team {
    async fn create(&self, what: &str, new: &Value) -> Value {
        self.steward.post(&format!("{}/{what}", self.path)).by(&self.mia).json(new).send().await.expect(201).json
    }

    async fn task(&self, new: &Value) -> Value {
        self.create("tasks", new).await
    }

    async fn change(&self, by: &Person, task: &Value, patch: &Value) -> Value {
        let path = format!("{}/tasks/{}", self.path, task["id"].as_str().unwrap());
        self.steward.patch(&path).by(by).if_match(&task["version"]).json(patch).send().await.expect(200).json
    }

    async fn present(&self, task: &Value) -> Value {
        let path = format!("{}/tasks/{}", self.path, task["id"].as_str().unwrap());
        self.steward.get(&path).by(&self.mia).send().await.expect(200).json
    }

    /// A user's notifications, oldest first.
    async fn told(&self, person: &Person) -> Vec<(String, String)> {
        self.steward.settle().await;
        let mut all = self.steward.all(person, "/api/notifications", 100).await;
        all.reverse();
        let text = |note: &Value, field: &str| note[field].as_str().unwrap().to_owned();
        all.iter().map(|note| (text(note, "kind"), text(note, "title"))).collect()
    }

    async fn rule(&self, when: &Value, then: &Value) -> Value {
        self.create("rules", &json!({"name": "A rule", "when": when, "then": then})).await
    }

    async fn check(&self, now: &str) -> deadline::Report {
        self.steward.settle().await;
        let limits = Limits { now: now.parse().unwrap(), ..Limits::default() };
        check_deadlines::handle(self.steward.app(), &limits).await.unwrap()
    }
}

fn one(kind: &str, title: &str) -> (String, String) {
    (kind.into(), title.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn assignee_owner_and_watchers_are_notified_of_others_changes() {
    let team = team().await;
    let task = team.task(&json!({"title": "Weld", "assignee_id": team.tom.id})).await;
    assert_eq!(team.told(&team.tom).await, [one("task_assigned", "ORB-1 was assigned to you")]);
    assert!(team.told(&team.mia).await.is_empty());
    team.change(&team.tom, &task, &json!({"status": "in_progress"})).await;
    assert_eq!(team.told(&team.mia).await, [one("task_status_changed", "ORB-1 is now in progress")]);
    assert_eq!(team.told(&team.tom).await.len(), 1);
    assert!(team.told(&team.admin).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_requirement_notifies_each_assignee_once() {
    let team = team().await;
    let requirement = team.create("requirements", &json!({"title": "Holds 5 kN"})).await;
    for title in ["Weld", "Test"] {
        team.task(&json!({"title": title, "assignee_id": team.tom.id, "requirement_id": requirement["id"]})).await;
    }
    team.steward.settle().await;
    let path = format!("{}/requirements/{}", team.path, requirement["id"].as_str().unwrap());
    for (version, patch) in [(1, json!({"priority": "high"})), (2, json!({"title": "Holds 6 kN"}))] {
        team.steward.patch(&path).by(&team.mia).if_match(version).json(&patch).send().await.expect(200);
    }
    let told = team.told(&team.tom).await;
    let changed: Vec<_> = told.iter().filter(|(kind, _)| kind == "requirement_changed").collect();
    assert_eq!(changed.len(), 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn due_dates_notify_once_in_the_assignees_time_zone() {
    let team = team().await;
    let zone = json!({"time_zone": "America/Los_Angeles"});
    team.steward.patch("/api/me/preferences").by(&team.tom).if_match(1).json(&zone).send().await.expect(200);
    let due_on = Date::today().plus_days(10);
    let task = team.task(&json!({"title": "Weld", "assignee_id": team.tom.id, "due_on": due_on})).await;
    let day = |days: i32, time: &str| format!("{}T{time}Z", String::from(due_on.plus_days(days)));
    assert_eq!(team.check(&day(-1, "00:10:00")).await.passed, 1, "the day before has not begun in that time zone");
    let soon = team.check(&day(-1, "09:00:00")).await;
    assert_eq!((soon.soon, soon.overdue), (1, 0));
    assert_eq!(team.check(&day(0, "09:00:00")).await, deadline::Report::default());
    // Other changes of the task do not repeat the notification.
    team.change(&team.mia, &task, &json!({"title": "Weld twice"})).await;
    assert_eq!(team.check(&day(0, "10:00:00")).await, deadline::Report::default());
    let over = team.check(&day(1, "09:00:00")).await;
    assert_eq!((over.soon, over.overdue), (0, 1));
    assert_eq!(team.check(&day(2, "09:00:00")).await, deadline::Report::default());
    let titles = team.told(&team.tom).await;
    assert_eq!(
        titles.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["task_assigned", "task_due_soon", "task_overdue"]
    );
    let owner = team.told(&team.mia).await;
    assert_eq!(owner, [one("task_overdue", "ORB-1 is overdue")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_tasks_and_removed_due_dates_notify_nobody() {
    let team = team().await;
    let due_on = Date::today().plus_days(3);
    let done = team.task(&json!({"title": "Done", "due_on": due_on})).await;
    let free = team.task(&json!({"title": "Free", "due_on": due_on})).await;
    team.change(&team.mia, &done, &json!({"status": "done"})).await;
    team.change(&team.mia, &free, &json!({"due_on": null})).await;
    let later = Timestamp::now().plus_seconds(30 * 24 * 3600).to_string();
    assert_eq!(team.check(&later).await, deadline::Report::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_acts_for_its_author_and_is_audited() {
    let team = team().await;
    let when = json!({"event": "task_status_changed", "status": "blocked"});
    let then = json!([
        {"action": "set_priority", "priority": "critical"},
        {"action": "add_label", "label": "stuck"},
        {"action": "notify", "recipient": "owner", "message": "needs you"},
    ]);
    team.rule(&when, &then).await;
    let task = team.task(&json!({"title": "Weld", "assignee_id": team.tom.id})).await;
    team.change(&team.tom, &task, &json!({"status": "blocked"})).await;
    let told = team.told(&team.mia).await;
    assert!(told.contains(&one("rule_fired", "ORB-1: needs you")), "{told:?}");
    let after = team.present(&task).await;
    assert_eq!((after["priority"].as_str(), &after["labels"]), (Some("critical"), &json!(["stuck"])));
    let history = format!("/api/audit?entity_type=task&entity_id={}", task["id"].as_str().unwrap());
    let newest = team.steward.all(&team.mia, &history, 100).await.remove(0);
    assert_eq!(newest["actor_name"], "mia of Steward (rule “A rule”)");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_undo_each_other_stop() {
    let team = team().await;
    for (from, to) in [("in_progress", "in_review"), ("in_review", "in_progress")] {
        let when = json!({"event": "task_status_changed", "status": from});
        team.rule(&when, &json!([{"action": "set_status", "status": to}])).await;
    }
    let task = team.task(&json!({"title": "Weld"})).await;
    team.change(&team.mia, &task, &json!({"status": "in_progress"})).await;
    team.steward.settle().await;
    // The first change, and three changes by rules in a row.
    assert_eq!(team.present(&task).await["version"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_fails_notifies_its_author() {
    let team = team().await;
    let limit = json!({"wip_limits": {"blocked": 1}});
    team.steward.patch(&team.path).by(&team.mia).if_match(2).json(&limit).send().await.expect(200);
    team.task(&json!({"title": "First", "status": "blocked"})).await;
    team.rule(
        &json!({"event": "task_created", "label": "risky"}),
        &json!([{"action": "set_status", "status": "blocked"}]),
    )
    .await;
    let task = team.task(&json!({"title": "Second", "labels": ["risky"]})).await;
    let told = team.told(&team.mia).await;
    assert_eq!(told, [one("rule_fired", "The rule “A rule” could not change ORB-2")]);
    assert_eq!(team.present(&task).await["status"], "open");
}

#[tokio::test]
async fn an_invalid_rule_is_refused() {
    let team = team().await;
    let rules = format!("{}/rules", team.path);
    let good = json!({"name": "R", "when": {"event": "task_created"}, "then": [{"action": "set_priority", "priority": "low"}]});
    for (field, value) in [
        ("then", json!([])),
        ("then", json!(vec![json!({"action": "set_priority", "priority": "low"}); 6])),
        ("when", json!({"event": "never"})),
        ("then", json!([{"action": "explode"}])),
    ] {
        let mut wrong = good.clone();
        wrong[field] = value;
        let refused = team.steward.post(&rules).by(&team.mia).json(&wrong).send().await;
        assert!([400, 422].contains(&refused.status.as_u16()), "{}", refused.text);
    }
}

#[tokio::test]
async fn a_disabled_rule_does_not_act() {
    let team = team().await;
    let rules = format!("{}/rules", team.path);
    let good = json!({"name": "R", "when": {"event": "task_created"}, "then": [{"action": "set_priority", "priority": "low"}]});
    let rule = team.create("rules", &good).await;
    let path = format!("{rules}/{}", rule["id"].as_str().unwrap());
    let off = json!({"enabled": false});
    team.steward.patch(&path).by(&team.mia).if_match(1).json(&off).send().await.expect(200);
    team.steward.patch(&path).by(&team.mia).if_match(1).json(&off).send().await.problem(412, "stale_version");
    assert_eq!(team.steward.all(&team.tom, &rules, 10).await.len(), 1);
    let task = team.task(&json!({"title": "Weld"})).await;
    team.steward.settle().await;
    assert_eq!(team.present(&task).await["priority"], "medium");
    team.steward.delete(&path).by(&team.mia).if_match(2).send().await.expect(204);
    assert!(team.steward.all(&team.mia, &rules, 10).await.is_empty());
}
