//! Runs scheduled functions when `template.yaml` says they are due, like EventBridge Scheduler.

mod expression;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::journal::Journal;
use expression::Rate;

/// The deployed stack's template, which defines the schedules.
const TEMPLATE: &str = include_str!("../../template.yaml");
/// Maximum sleep, so that a clock change or a suspended machine is noticed soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(20);

type Answer = Pin<Box<dyn Future<Output = Result<Value, kernel::Error>> + Send>>;

/// A scheduled function.
pub(crate) struct Scheduled {
    /// Function name.
    pub(crate) name: &'static str,
    pub(crate) run: Arc<dyn Fn() -> Answer + Send + Sync>,
}

/// A schedule as the console shows it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ScheduleStatus {
    /// Name of the function.
    pub name: String,
    /// Schedule expression from the template.
    pub expression: String,
    /// When it is next due, RFC 3339; `None` if never.
    pub next: Option<String>,
    /// When it last ran, RFC 3339; `None` if never.
    pub last: Option<String>,
    /// Result of the last run.
    pub outcome: Option<String>,
}

pub(crate) struct Scheduler {
    entries: Vec<Arc<Entry>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

struct Entry {
    function: Scheduled,
    text: String,
    rate: Rate,
    journal: Arc<Journal>,
    /// Held during a run, so that two runs of one schedule never overlap here.
    running: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    /// Time from which the next due time is computed.
    since: Timestamp,
    last: Option<Timestamp>,
    outcome: Option<String>,
}

impl Scheduler {
    /// Reads the template. Every schedule in it must have a function here, and every function a schedule.
    pub(crate) fn new(functions: Vec<Scheduled>, journal: &Arc<Journal>) -> Result<Self, String> {
        let mut declared = declared(TEMPLATE)?;
        let mut entries = Vec::new();
        for function in functions {
            let at = declared.iter().position(|(name, _)| name == function.name);
            let (_, text) = declared.swap_remove(at.ok_or_else(|| format!("{} has no schedule", function.name))?);
            let rate = Rate::parse(&text)?;
            let noted = journal.fact(&fact(function.name)).map_err(|e| e.to_string())?;
            let last: Option<Timestamp> = noted.and_then(|text| text.parse().ok());
            let state = State { since: last.unwrap_or_else(Timestamp::now), last, outcome: None };
            let (running, state) = (tokio::sync::Mutex::new(()), Mutex::new(state));
            entries.push(Arc::new(Entry { function, text, rate, journal: Arc::clone(journal), running, state }));
        }
        match declared.first() {
            Some((name, _)) => Err(format!("the schedule of {name} has no function")),
            None => Ok(Self { entries, tasks: Mutex::default() }),
        }
    }

    /// Starts a task for each schedule. A run missed while the stack was stopped runs immediately, once.
    pub(crate) fn start(&self, stop: &watch::Receiver<bool>) {
        let tasks = self.entries.iter().map(|entry| tokio::spawn(Arc::clone(entry).keep_on(stop.clone())));
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
    }

    /// Runs a scheduled function now, whether or not it is due, and returns its result.
    pub(crate) async fn run_now(&self, name: &str) -> Result<Value, String> {
        let entry = self.entries.iter().find(|entry| entry.function.name == name);
        entry.ok_or_else(|| format!("there is no schedule {name}"))?.run().await
    }

    /// The schedules, in the order of the functions.
    pub(crate) fn status(&self) -> Vec<ScheduleStatus> {
        self.entries.iter().map(|entry| entry.status()).collect()
    }

    /// Waits for runs in progress after a stop.
    pub(crate) async fn stopped(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }
}

fn fact(name: &str) -> String {
    format!("schedule/{name}")
}

impl Entry {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Timestamp> {
        let since = self.state().since;
        self.rate.after(since)
    }

    fn status(&self) -> ScheduleStatus {
        let next = self.next().map(|at| at.to_string());
        let state = self.state();
        ScheduleStatus {
            name: self.function.name.to_owned(),
            expression: self.text.clone(),
            next,
            last: state.last.map(|at| at.to_string()),
            outcome: state.outcome.clone(),
        }
    }

    async fn keep_on(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while let Some(next) = self.next() {
            let left = Duration::try_from(next.duration_since(Timestamp::now())).unwrap_or_default();
            if !left.is_zero() {
                tokio::select! {
                    () = tokio::time::sleep(left.min(LONGEST_SLEEP)) => continue,
                    _ = stop.wait_for(|stop| *stop) => return,
                }
            }
            if *stop.borrow() {
                return;
            }
            if let Err(reason) = self.run().await {
                tracing::error!(schedule = self.function.name, reason, "scheduled run failed");
            }
        }
    }

    async fn run(&self) -> Result<Value, String> {
        let _alone = self.running.lock().await;
        let started = Timestamp::now();
        let answer = (self.function.run)().await.map_err(|error| kernel::error::chain(&error));
        let mut state = self.state();
        (state.since, state.last) = (started, Some(started));
        state.outcome = Some(answer.as_ref().map_or_else(|reason| format!("failed: {reason}"), Value::to_string));
        drop(state);
        let noted = self.journal.set_fact(&fact(self.function.name), &started.to_string());
        if let Err(error) = noted {
            tracing::warn!(%error, "could not record a scheduled run");
        }
        answer
    }
}

/// The schedules declared in the template: the function's name, which follows the stack's name in the schedule's, and the expression.
fn declared(template: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut name = None;
    for line in template.lines() {
        let indent = line.len() - line.trim_start().len();
        if indent == 2 {
            (inside, name) = (false, None);
        }
        match line.trim().split_once(": ") {
            Some(("Type", kind)) if indent == 4 => inside = kind == "AWS::Scheduler::Schedule",
            Some(("Name", text)) if inside && indent == 6 => {
                let behind = text.split_once("${AWS::StackName}-").map(|(_, name)| name.to_owned());
                name = Some(behind.ok_or_else(|| format!("the schedule {text} does not start with the stack's name"))?);
            }
            Some(("ScheduleExpression", text)) if inside => {
                let name = name.take().ok_or("a schedule has no Name before its ScheduleExpression")?;
                found.push((name, text.trim_matches(['"', '\'']).to_owned()));
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_in_the_template_parses() {
        let declared = declared(TEMPLATE).unwrap();
        assert_eq!(declared.len(), TEMPLATE.matches("Type: AWS::Scheduler::Schedule\n").count());
        for (name, text) in declared {
            Rate::parse(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        }
    }
}
