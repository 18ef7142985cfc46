//! Loads the demo company's products with a year of history.
//!
//! Tasks timestamp their own moves, and no request can override that: their past is created by loading it with the clock set back.

use http::Method;
use kernel::time;
use serde_json::{Value, json};

use super::client::{Call, Client, SignedIn};
use super::designs::Designs;
use super::plans::{PLANS, ProductPlan, REMARKS, WORK};
use super::{DemoError, pseudo_random};

/// Length of the history, in days.
const YEAR: usize = 360;
/// Among the last this many tasks, not all are finished.
const UNFINISHED: usize = 6;
/// The last this many tasks have not been started.
const NOT_BEGUN: usize = 20;

/// Loads the products through the API.
pub(super) struct ProductLoader<'a> {
    pub(super) client: &'a Client,
    pub(super) product_people: &'a [SignedIn],
    pub(super) begun: jiff::Timestamp,
}

/// A product being loaded.
struct LoadingProduct<'a> {
    index: usize,
    plan: &'static ProductPlan,
    path: String,
    owner: &'a SignedIn,
    team: Vec<&'a SignedIn>,
    requirements: Vec<String>,
    milestones: Vec<(String, i64)>,
}

fn id(made: &Value) -> Option<String> {
    made["id"].as_str().map(str::to_owned)
}

impl ProductLoader<'_> {
    /// Loads all of them, one after the other. Returns their paths, `None` for a deleted product.
    pub(super) async fn load(&self) -> Result<Vec<Option<String>>, DemoError> {
        let mut products = Vec::new();
        for (index, plan) in PLANS.iter().enumerate() {
            products.push(self.load_product(index, plan).await?);
        }
        Ok(products)
    }

    /// Reviews the designs of these products, once their files have been checked.
    pub(super) async fn review(&self, products: &[Option<String>]) -> Result<(), DemoError> {
        for (index, (plan, product)) in PLANS.iter().zip(products).enumerate() {
            let Some(product) = product else { continue };
            self.designs(index, plan, product).review().await?;
        }
        Ok(())
    }

    fn designs<'a>(&'a self, index: usize, plan: &'a ProductPlan, product: &'a str) -> Designs<'a> {
        Designs { client: self.client, index, plan, product, owner: &self.product_people[plan.owner] }
    }

    /// Sends a request as if it were that many days and minutes ago.
    async fn send_as_of(&self, days_ago: usize, minutes: usize, call: Call) -> Result<Value, DemoError> {
        let minutes_ago = days_ago * 24 * 60 - minutes.min(days_ago * 24 * 60);
        let seconds = i64::try_from(minutes_ago * 60)?;
        let moment = time::Timestamp::from_millisecond(self.begun.as_millisecond()).plus_seconds(-seconds);
        time::at(moment, call.send()).await
    }

    fn day(&self, days: i64) -> Result<String, DemoError> {
        let at = self.begun.checked_add(jiff::Span::new().hours(days * 24))?;
        Ok(at.strftime("%Y-%m-%d").to_string())
    }

    async fn load_product(&self, index: usize, plan: &'static ProductPlan) -> Result<Option<String>, DemoError> {
        let owner = &self.product_people[plan.owner];
        let new = json!({"key": plan.key, "name": plan.name, "description": plan.description, "status": "active",
            "wip_limits": {"in_progress": 12, "in_review": 8}, "aging_alert_days": 14});
        let call = self.client.post("/api/products", new).by(owner).key(&format!("demo-product-{}", plan.key));
        // A product whose key is taken was loaded before a kill.
        let Some(id) = id(&self.send_as_of(YEAR + 20, 0, call).await?) else { return Ok(None) };
        let path = format!("/api/products/{id}");
        for (version, (who, role)) in (1..).zip(plan.team) {
            let member = format!("{path}/members/{}", self.product_people[*who].id);
            let call = self.client.call(Method::PUT, &member, Some(json!({"role": role}))).by(owner).version(version);
            self.send_as_of(YEAR + 19, 0, call).await?;
        }
        let team = plan.team.iter().map(|(who, _)| &self.product_people[*who]).collect();
        let mut loading =
            LoadingProduct { index, plan, path, owner, team, requirements: Vec::new(), milestones: Vec::new() };
        loading.milestones = self.load_milestones(&loading).await?;
        loading.requirements = self.load_requirements(&loading).await?;
        self.designs(index, plan, &loading.path).load(&loading.requirements).await?;
        for number in 0..plan.tasks {
            self.load_task(&loading, number).await?;
            if number == plan.tasks / 2 {
                self.load_baseline(&loading).await?;
            }
        }
        self.load_outcome(&loading).await?;
        Ok(Some(loading.path))
    }

    async fn load_milestones(&self, of: &LoadingProduct<'_>) -> Result<Vec<(String, i64)>, DemoError> {
        let mut made = Vec::new();
        for (name, days) in of.plan.milestones {
            let new = json!({"name": name, "due_on": self.day(*days)?});
            let call = self.client.post(&format!("{}/milestones", of.path), new).by(of.owner);
            let call = call.key(&format!("demo-milestone-{}-{days}", of.plan.key));
            made.extend(id(&self.send_as_of(YEAR + 15, 0, call).await?).map(|id| (id, *days)));
        }
        Ok(made)
    }

    async fn load_requirements(&self, of: &LoadingProduct<'_>) -> Result<Vec<String>, DemoError> {
        let path = format!("{}/requirements", of.path);
        let mut made = Vec::new();
        for chapter in of.plan.chapters {
            let new = json!({"title": chapter.title, "priority": chapter.priority, "status": "open"});
            let call = self.client.post(&path, new).by(of.owner);
            let call = call.key(&format!("demo-chapter-{}-{}", of.plan.key, made.len()));
            let parent = self.send_as_of(YEAR + 10, 0, call).await?["id"].clone();
            for (title, criteria) in chapter.requirements {
                let number = made.len();
                let status = ["in_progress", "done", "open", "done"][pseudo_random(of.index, number) % 4];
                let new = json!({
                    "title": title, "priority": chapter.priority, "status": "open", "parent_id": parent,
                    "acceptance_criteria": criteria,
                });
                let call = self.client.post(&path, new).by(of.owner);
                let call = call.key(&format!("demo-requirement-{}-{number}", of.plan.key));
                let Some(id) = id(&self.send_as_of(YEAR + 5, number, call).await?) else { continue };
                let days = 60 + pseudo_random(of.index, 50 + number) % 200;
                let call = self.client.patch(&format!("{path}/{id}"), json!({"status": status})).by(of.owner);
                self.send_as_of(days, 0, call.version(1)).await?;
                made.push(id);
            }
        }
        Ok(made)
    }

    /// Creates a task and its moves until today.
    async fn load_task(&self, of: &LoadingProduct<'_>, number: usize) -> Result<(), DemoError> {
        let plan = of.plan;
        let part = plan.parts[number / WORK.len() % plan.parts.len()];
        let (work, hours, label) = WORK[number % WORK.len()];
        let chance = |about: usize| pseudo_random(of.index * 1_000 + number, about);
        // The work is spread over the year; the last tasks are recent.
        let created = YEAR - YEAR * number / plan.tasks;
        let who = of.team[chance(1) % of.team.len()];
        let steps = moves(of.index, number, plan.tasks, created);
        let due = due_in(chance(2), created, steps.last().is_some_and(|(status, _)| *status == "done"))?;
        let milestone = of.milestones.iter().find(|(_, days)| *days >= due).or(of.milestones.last());
        let priority = ["medium", "high", "low", "medium", "critical"][chance(3) % 5];
        let assignee = (!chance(4).is_multiple_of(11)).then_some(&who.id);
        let checklist = match chance(5) % 4 {
            0 => {
                json!([{"text": "Review the current design"}, {"text": "Ask the customer"}, {"text": "Write down what changed"}])
            }
            _ => json!([]),
        };
        let new = json!({
            "title": work.replace("{part}", part), "estimate_hours": hours.to_string(), "labels": [label],
            "priority": priority, "assignee_id": assignee,
            "requirement_id": of.requirements.get(number / WORK.len() % of.requirements.len().max(1)),
            "milestone_id": milestone.map(|(id, _)| id), "due_on": self.day(due)?, "external_id": format!("demo-{number}"),
            "checklist": checklist,
        });
        let call = self.client.post(&format!("{}/tasks", of.path), new).by(of.owner);
        let call = call.key(&format!("demo-task-{}-{number}", plan.key));
        let made = self.send_as_of(created, chance(6) % 400, call).await?;
        let Some(id) = id(&made) else { return Ok(()) };
        let path = format!("{}/tasks/{id}", of.path);
        for (version, (status, days_ago)) in (1..).zip(steps) {
            let call = self.client.patch(&path, json!({"status": status})).by(of.owner).version(version);
            let minutes = 60 + chance(7 + usize::try_from(version).unwrap_or(0)) % 500;
            self.send_as_of(days_ago, minutes, call).await?;
        }
        if chance(8).is_multiple_of(3) {
            let remark = json!({"text": REMARKS[chance(9) % REMARKS.len()], "mentions": []});
            let by = if made["assignee_id"] == who.id.as_str() { who } else { of.owner };
            let call = self.client.post(&format!("{path}/comments"), remark).by(by);
            let call = call.key(&format!("demo-comment-{}-{number}", plan.key));
            self.send_as_of(created.saturating_sub(2), 500, call).await?;
        }
        Ok(())
    }

    /// Creates a baseline of the requirements half a year ago; one of them changes afterwards.
    async fn load_baseline(&self, of: &LoadingProduct<'_>) -> Result<(), DemoError> {
        let new =
            json!({"name": "Agreed with the pilot customer", "description": "What was promised in the contract."});
        let call = self.client.post(&format!("{}/baselines", of.path), new).by(of.owner);
        self.send_as_of(YEAR / 2, 0, call.key(&format!("demo-baseline-{}", of.plan.key))).await?;
        let Some(id) = of.requirements.first() else { return Ok(()) };
        let path = format!("{}/requirements/{id}", of.path);
        let change =
            json!({"description": "Counted at the conveyor, not at the robot.\n\n- mixed bin\n- no person near"});
        self.send_as_of(YEAR / 4, 0, self.client.patch(&path, change).by(of.owner).version(2)).await?;
        Ok(())
    }

    /// Sets the reached milestones and the product's current status.
    async fn load_outcome(&self, of: &LoadingProduct<'_>) -> Result<(), DemoError> {
        for (id, days) in of.milestones.iter().filter(|(_, days)| *days < 0) {
            let path = format!("{}/milestones/{id}", of.path);
            let call = self.client.patch(&path, json!({"status": "reached"})).by(of.owner).version(1);
            self.send_as_of(usize::try_from(-days)?, 0, call).await?;
        }
        let version = 1 + of.team.len() as u64;
        let patch = json!({"status": of.plan.status});
        let call = self.client.patch(&of.path, patch).by(of.owner).version(version);
        self.send_as_of(30, 0, call).await?;
        Ok(())
    }
}

/// Days until the due date of a task created `created` days ago: unfinished tasks are due around now.
fn due_in(chance: usize, created: usize, is_done: bool) -> Result<i64, DemoError> {
    let (chance, created) = (i64::try_from(chance)?, i64::try_from(created)?);
    Ok(if is_done { chance % 40 + 4 - created } else { (chance % 30 - 6).max(2 - created) })
}

/// The moves of a task, each with its days ago: most tasks are done, the last ones are in progress.
fn moves(index: usize, number: usize, all: usize, created: usize) -> Vec<(&'static str, usize)> {
    let chance = |about: usize| pseudo_random(index * 1_000 + number, about);
    let begun = created.saturating_sub(1 + chance(20) % 12);
    let worked = begun.saturating_sub(1 + chance(21) % 9);
    let reviewed = worked.saturating_sub(1 + chance(22) % 4);
    let mut steps = vec![("in_progress", begun)];
    let from_end = all - number;
    let is_late = from_end <= all / UNFINISHED;
    if chance(23).is_multiple_of(if is_late { 3 } else { 7 }) {
        steps.push(("blocked", worked + (begun - worked) / 2));
        steps.push(("in_progress", worked));
    }
    steps.push(("in_review", worked));
    steps.push(("done", reviewed));
    if is_late {
        // The newest tasks have not been started; half of those before them are in progress.
        let all_steps = steps.len();
        let far = match (from_end <= all / NOT_BEGUN, chance(25).is_multiple_of(2)) {
            (true, _) => 0,
            (_, true) => all_steps,
            (_, false) => 1 + chance(24) % (all_steps - 1),
        };
        steps.truncate(far);
    }
    steps.retain(|(_, days)| *days < created || created == 0);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_follow_creation_in_chronological_order() {
        for (index, plan) in PLANS.iter().enumerate() {
            for number in 0..plan.tasks {
                let created = YEAR - YEAR * number / plan.tasks;
                let steps = moves(index, number, plan.tasks, created);
                assert!(steps.iter().all(|(_, days)| *days <= created));
                assert!(steps.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{steps:?}");
            }
        }
    }
}
