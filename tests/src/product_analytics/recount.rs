//! A recount of a product's figures from the stored histories of its tasks, by the simplest means.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::ItemType;
use kernel::time::{Date, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{STATUSES, Setting};

/// The part of a stored task that the recount needs.
pub struct Stored {
    id: String,
    pub created_at: Timestamp,
    pub transitions: Vec<Value>,
    assignee: Option<String>,
    milestone: Option<String>,
    hours: Decimal,
    due_on: Option<Date>,
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn day(at: Timestamp) -> Date {
    Date::try_from(at.day()).unwrap()
}

impl Stored {
    pub fn of(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        if platform::table::item_type(item) != Some(ItemType::Task) {
            return None;
        }
        let data: Value = platform::table::read(item, "data").unwrap();
        let text = |name: &str| data[name].as_str().map(str::to_owned);
        Some(Self {
            id: text("id")?,
            created_at: time(&data["created_at"]),
            transitions: platform::table::read(item, "transitions").unwrap(),
            assignee: text("assignee_id"),
            milestone: text("milestone_id"),
            hours: text("estimate_hours").map_or(Decimal::ZERO, |hours| hours.parse().unwrap()),
            due_on: text("due_on").map(|day| Date::try_from(day).unwrap()),
        })
    }

    fn status_at_end_of(&self, end: Date) -> Option<&str> {
        let past = self.transitions.iter().rfind(|transition| day(time(&transition["at"])) <= end);
        past.map(|transition| transition["to"].as_str().unwrap())
    }

    fn last(&self) -> (&str, Timestamp) {
        let last = self.transitions.last().unwrap();
        (last["to"].as_str().unwrap(), time(&last["at"]))
    }

    fn done_at(&self) -> Option<Timestamp> {
        let (status, at) = self.last();
        (status == "done").then_some(at)
    }

    fn started_at(&self) -> Option<Timestamp> {
        let working = |transition: &&Value| ["in_progress", "in_review", "done"].iter().any(|s| transition["to"] == *s);
        self.transitions.iter().find(working).map(|transition| time(&transition["at"]))
    }

    /// The item with this history written to all the places that store it.
    pub fn rewritten(&self, mut item: HashMap<String, AttributeValue>) -> HashMap<String, AttributeValue> {
        for part in ["data", "card"] {
            let mut value: Value = platform::table::read(&item, part).unwrap();
            value["created_at"] = json!(self.created_at);
            value["status_since"] = json!(self.last().1);
            value["started_at"] = json!(self.started_at());
            value["done_at"] = json!(self.done_at());
            item.insert(part.into(), serde_dynamo::to_attribute_value(&value).unwrap());
        }
        item.insert("transitions".into(), serde_dynamo::to_attribute_value(&self.transitions).unwrap());
        item
    }
}

/// Minutes, rounded as `Durations` promises.
fn minutes(from: Timestamp, to: Timestamp) -> u64 {
    let exact = Decimal::from((to.as_millisecond() - from.as_millisecond()).max(0)) / Decimal::from(60_000);
    let nearest = |unit: u64| -> u64 {
        let unit = Decimal::from(unit);
        let rounded = (exact / unit).round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        (rounded * unit).to_string().split('.').next().unwrap().parse().unwrap()
    };
    if nearest(1) < 1440 {
        nearest(1)
    } else if nearest(60) < 60 * 1440 {
        nearest(60)
    } else {
        nearest(1440)
    }
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// Twice the median.
fn middle(values: &mut [u64]) -> u64 {
    values.sort_unstable();
    values[(values.len() - 1) / 2] + values[values.len() / 2]
}

fn expect_durations(found: &Value, mut values: Vec<u64>, what: &str) {
    assert_eq!(found["count"], values.len(), "{what}");
    if values.is_empty() {
        assert_eq!((&found["mean_minutes"], &found["median_minutes"]), (&Value::Null, &Value::Null), "{what}");
        return;
    }
    let mean = Decimal::from(values.iter().sum::<u64>()) / Decimal::from(values.len());
    let off = Decimal::from(found["mean_minutes"].as_u64().unwrap()) - mean;
    assert!(off.abs() <= Decimal::new(5, 1), "{what}: mean {mean}");
    assert_eq!(found["median_minutes"], middle(&mut values).div_ceil(2), "{what}");
    assert_eq!(found["max_minutes"], *values.last().unwrap(), "{what}");
    for bucket in found["distribution"].as_array().unwrap() {
        let (from, to) = (bucket["from_minutes"].as_u64().unwrap(), bucket["to_minutes"].as_u64());
        let inside = values.iter().filter(|value| **value >= from && to.is_none_or(|to| **value < to)).count();
        assert_eq!(bucket["count"], inside, "{what}: {bucket}");
    }
}

/// Recounts all figures from the stored histories, for everyone and for each member, over several periods.
pub async fn expect_recounted(setting: &Setting, when: &str) {
    let all: Vec<Stored> = setting.raw("TASK#").await.iter().filter_map(Stored::of).collect();
    let today = Date::today();
    let members: Vec<Option<String>> = std::iter::once(None)
        .chain(std::iter::once(&setting.owner).chain(&setting.team).map(|person| Some(person.id.to_string())))
        .collect();
    for member in &members {
        let tasks: Vec<&Stored> = all.iter().filter(|t| member.is_none() || t.assignee == *member).collect();
        let only = member.as_ref().map(|id| format!("&member_id={id}")).unwrap_or_default();
        for (interval, from, to) in [("day", -40, 0), ("week", -230, 0), ("month", -399, 0), ("week", -97, -23)] {
            let (from, to) = (today.plus_days(from), today.plus_days(to));
            let query = format!("?from={from}&to={to}&interval={interval}{only}");
            let what = format!("{when}: {query}");
            let flow = setting.analytics(&setting.owner, &format!("flow{query}")).await;
            expect_flow(&flow, &tasks, &what);
            expect_burn_up(setting, &flow, &tasks, &what);
            let cycle = setting.analytics(&setting.team[0], &format!("cycle{query}")).await;
            expect_cycle(&cycle, &tasks, from, to, &what);
            let team = setting.analytics(&setting.admin, &format!("team{query}")).await;
            expect_team(&team, &all, member.as_deref(), from, to, &what);
        }
    }
    let path = format!("{}/members", setting.path());
    let listed = setting.steward.get(&path).by(&setting.owner).send().await.expect(200).json;
    for member in listed["items"].as_array().unwrap() {
        expect_workload(member, &all, when);
    }
}

fn expect_flow(flow: &Value, tasks: &[&Stored], what: &str) {
    let mut end_before: Option<Date> = None;
    let mut finished = 0;
    for point in flow["points"].as_array().unwrap() {
        let date = |name: &str| Date::try_from(point[name].as_str().unwrap().to_owned()).unwrap();
        let (start, end) = (date("start"), date("end"));
        assert!(end_before.is_none_or(|before| before.plus_days(1) == start), "{what}: gap before {start}");
        end_before = Some(end);
        for status in STATUSES {
            let then = tasks.iter().filter(|task| task.status_at_end_of(end) == Some(status)).count();
            assert_eq!(point[status], then, "{what}: {status} on {end}");
        }
        let within = |at: Timestamp| (start..=end).contains(&day(at));
        assert_eq!(point["created"], tasks.iter().filter(|task| within(task.created_at)).count(), "{what}: {point}");
        let done: Vec<_> = tasks.iter().filter(|task| task.done_at().is_some_and(within)).collect();
        assert_eq!(point["finished"], done.len(), "{what}: {point}");
        assert_eq!(number(&point["hours"]), done.iter().map(|task| task.hours).sum(), "{what}: {point}");
        finished += done.len();
    }
    assert_eq!(flow["finished"], finished, "{what}");
    assert_eq!(end_before.map(String::from).as_deref(), flow["to"].as_str());
}

fn expect_burn_up(setting: &Setting, flow: &Value, tasks: &[&Stored], what: &str) {
    let drawn = flow["milestones"].as_array().unwrap();
    for milestone in &setting.milestones {
        let of: Vec<_> = tasks.iter().filter(|task| task.milestone.as_ref() == Some(milestone)).collect();
        let to = Date::try_from(flow["to"].as_str().unwrap().to_owned()).unwrap();
        let any = of.iter().any(|task| day(task.created_at) <= to);
        let found = drawn.iter().find(|drawn| drawn["milestone_id"] == **milestone);
        assert_eq!(found.is_some(), any, "{what}: {milestone}");
        for point in found.into_iter().flat_map(|found| found["points"].as_array().unwrap()) {
            let end = Date::try_from(point["end"].as_str().unwrap().to_owned()).unwrap();
            let scope = of.iter().filter(|task| day(task.created_at) <= end).count();
            let done = of.iter().filter(|task| task.done_at().is_some_and(|at| day(at) <= end)).count();
            assert_eq!((&point["scope"], &point["done"]), (&json!(scope), &json!(done)), "{what}: {milestone} {end}");
        }
    }
}

fn expect_cycle(cycle: &Value, tasks: &[&Stored], from: Date, to: Date, what: &str) {
    let done = tasks.iter().filter(|task| task.done_at().is_some_and(|at| (from..=to).contains(&day(at))));
    let done: Vec<(&&Stored, Timestamp)> = done.map(|task| (task, task.done_at().unwrap())).collect();
    let lead = done.iter().map(|(task, at)| minutes(task.created_at, *at)).collect();
    expect_durations(&cycle["lead_time"], lead, &format!("{what}: lead"));
    let work = done.iter().map(|(task, at)| minutes(task.started_at().unwrap(), *at)).collect();
    expect_durations(&cycle["cycle_time"], work, &format!("{what}: cycle"));

    let age = |task: &Stored| u64::try_from(Date::today().days_since(day(task.last().1))).unwrap_or(0);
    let mut alerts = 0;
    for aging in cycle["aging"].as_array().unwrap() {
        let having = tasks.iter().filter(|task| aging["status"] == task.last().0);
        let mut ages: Vec<u64> = having.map(|task| age(task)).collect();
        assert_eq!(aging["count"], ages.len(), "{what}: {aging}");
        let old = ages.iter().filter(|age| **age > 10).count();
        assert_eq!(aging["alerts"], old, "{what}: {aging}");
        alerts += old;
        if ages.is_empty() {
            assert_eq!(aging["median_days"], Value::Null);
            continue;
        }
        #[allow(clippy::cast_precision_loss, reason = "small numbers")]
        let (twice, mean) = (middle(&mut ages) as f64, ages.iter().sum::<u64>() as f64 / ages.len() as f64);
        assert_eq!(aging["median_days"].as_f64(), Some(twice / 2.0), "{what}: {aging}");
        assert!((aging["mean_days"].as_f64().unwrap() - mean).abs() <= 0.0501, "{what}: {aging} {mean}");
        assert_eq!(aging["max_days"], *ages.last().unwrap(), "{what}: {aging}");
    }
    assert_eq!(cycle["aging"].as_array().unwrap().len(), 4);
    assert_eq!(cycle["alerts"]["count"], alerts, "{what}");

    let mut waiting: Vec<_> = tasks.iter().filter(|task| task.done_at().is_none()).collect();
    waiting.sort_by_key(|task| (task.last().1, task.id.clone()));
    let expected: Vec<_> = waiting.iter().take(10).map(|task| (json!(task.id), json!(age(task)))).collect();
    let shown = |tasks: &Value| -> Vec<(Value, Value)> {
        tasks.as_array().unwrap().iter().map(|task| (task["id"].clone(), task["days"].clone())).collect()
    };
    assert_eq!(shown(&cycle["oldest"]), expected, "{what}");
    let old: Vec<_> = waiting.iter().map(|task| (json!(task.id), json!(age(task)))).collect();
    let old: Vec<_> = old.into_iter().filter(|(_, days)| days.as_u64() > Some(10)).take(50).collect();
    assert_eq!(shown(&cycle["alerts"]["tasks"]), old, "{what}");
}

fn expect_team(team: &Value, all: &[Stored], member: Option<&str>, from: Date, to: Date, what: &str) {
    let members = team["members"].as_array().unwrap();
    assert_eq!(members.len(), if member.is_some() { 1 } else { 3 }, "{what}");
    for found in members {
        assert!(member.is_none_or(|member| found["user_id"] == member), "{what}");
        let theirs = all.iter().filter(|task| task.assignee.as_deref() == found["user_id"].as_str());
        let done: Vec<_> = theirs.filter(|t| t.done_at().is_some_and(|at| (from..=to).contains(&day(at)))).collect();
        assert_eq!(found["finished"], done.len(), "{what}: {found}");
        assert_eq!(number(&found["hours"]), done.iter().map(|task| task.hours).sum(), "{what}: {found}");
        let points = found["points"].as_array().unwrap();
        let sum: u64 = points.iter().map(|point| point["finished"].as_u64().unwrap()).sum();
        assert_eq!(found["finished"], sum, "{what}: {found}");
        expect_workload(found, all, what);
    }
}

fn expect_workload(member: &Value, all: &[Stored], what: &str) {
    let theirs = all.iter().filter(|task| task.assignee.as_deref() == member["user_id"].as_str());
    let open: Vec<_> = theirs.filter(|task| task.done_at().is_none()).collect();
    assert_eq!(member["open_tasks"], open.len(), "{what}: {member}");
    let overdue = open.iter().filter(|task| task.due_on.is_some_and(|due_on| due_on < Date::today())).count();
    assert_eq!(member["overdue_tasks"], overdue, "{what}: {member}");
    assert_eq!(number(&member["estimate_hours"]), open.iter().map(|task| task.hours).sum(), "{what}: {member}");
}
