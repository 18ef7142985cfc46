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
pub use expression::InvalidRate;
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

/// Why a scheduled function cannot run.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// A function is scheduled here but not in the template.
    #[error("{0} has no schedule in template.yaml")]
    NoSchedule(&'static str),
    /// A function is scheduled in the template but not here.
    #[error("the schedule of {0} in template.yaml has no function")]
    NoFunction(String),
    /// A schedule in the template is not named after the stack and a function.
    #[error("the schedule {0} in template.yaml does not start with the stack's name")]
    Name(String),
    /// A schedule in the template has no name before its expression.
    #[error("a schedule in template.yaml has no Name before its ScheduleExpression")]
    NoName,
    /// A schedule's expression is invalid.
    #[error("the schedule of {function} in template.yaml is invalid: {source}")]
    Expression {
        /// The scheduled function.
        function: &'static str,
        /// What is wrong with its expression.
        source: InvalidRate,
    },
    /// The time of the last run could not be read.
    #[error("could not read the journal")]
    Journal(#[from] rusqlite::Error),
    /// No function with this name is scheduled.
    #[error("there is no schedule {0}")]
    Unknown(String),
    /// The function failed.
    #[error(transparent)]
    Function(#[from] kernel::Error),
}

/// The running schedules.
pub(crate) struct Scheduler {
    schedules: Vec<Arc<Schedule>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// A scheduled function, its expression and its last run.
struct Schedule {
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
    pub(crate) fn new(functions: Vec<Scheduled>, journal: &Arc<Journal>) -> Result<Self, SchedulerError> {
        let mut declared = declared_schedules(TEMPLATE)?;
        let mut schedules = Vec::new();
        for function in functions {
            let at = declared.iter().position(|(name, _)| name == function.name);
            let (_, text) = declared.swap_remove(at.ok_or(SchedulerError::NoSchedule(function.name))?);
            let rate =
                Rate::parse(&text).map_err(|source| SchedulerError::Expression { function: function.name, source })?;
            let recorded = journal.fact(&last_run_fact(function.name))?;
            let last: Option<Timestamp> = recorded.and_then(|text| text.parse().ok());
            let state = State { since: last.unwrap_or_else(Timestamp::now), last, outcome: None };
            let (running, state) = (tokio::sync::Mutex::new(()), Mutex::new(state));
            let journal = Arc::clone(journal);
            schedules.push(Arc::new(Schedule { function, text, rate, journal, running, state }));
        }
        match declared.pop() {
            Some((name, _)) => Err(SchedulerError::NoFunction(name)),
            None => Ok(Self { schedules, tasks: Mutex::default() }),
        }
    }

    /// Starts a task for each schedule. A run missed while the stack was stopped runs immediately, once.
    pub(crate) fn start(&self, stop: &watch::Receiver<bool>) {
        let tasks = self.schedules.iter().map(|schedule| tokio::spawn(Arc::clone(schedule).run_when_due(stop.clone())));
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
    }

    /// Runs a scheduled function now, whether or not it is due, and returns its result.
    pub(crate) async fn run_now(&self, name: &str) -> Result<Value, SchedulerError> {
        let schedule = self.schedules.iter().find(|schedule| schedule.function.name == name);
        let schedule = schedule.ok_or_else(|| SchedulerError::Unknown(name.to_owned()))?;
        Ok(schedule.run().await?)
    }

    /// The schedules, in the order of the functions.
    pub(crate) fn status(&self) -> Vec<ScheduleStatus> {
        self.schedules.iter().map(|schedule| schedule.status()).collect()
    }

    /// Waits for runs in progress after a stop.
    pub(crate) async fn stopped(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// Name of the journal fact that stores when a function last ran.
fn last_run_fact(name: &str) -> String {
    format!("schedule/{name}")
}

impl Schedule {
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

    async fn run_when_due(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
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
            if let Err(error) = self.run().await {
                let error = kernel::error::chain(&error);
                tracing::error!(schedule = self.function.name, error, "scheduled run failed");
            }
        }
    }

    async fn run(&self) -> Result<Value, kernel::Error> {
        let _alone = self.running.lock().await;
        let started = Timestamp::now();
        let answer = (self.function.run)().await;
        let mut state = self.state();
        (state.since, state.last) = (started, Some(started));
        let failure = |error: &kernel::Error| format!("failed: {}", kernel::error::chain(error));
        state.outcome = Some(answer.as_ref().map_or_else(failure, Value::to_string));
        drop(state);
        let recorded = self.journal.set_fact(&last_run_fact(self.function.name), &started.to_string());
        if let Err(error) = recorded {
            tracing::warn!(%error, "could not record a scheduled run");
        }
        answer
    }
}

/// The schedules declared in the template: the function's name, which follows the stack's name in the schedule's, and the expression.
fn declared_schedules(template: &str) -> Result<Vec<(String, String)>, SchedulerError> {
    let mut schedules = Vec::new();
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
                let function = text.split_once("${AWS::StackName}-").map(|(_, name)| name.to_owned());
                name = Some(function.ok_or_else(|| SchedulerError::Name(text.to_owned()))?);
            }
            Some(("ScheduleExpression", text)) if inside => {
                let name = name.take().ok_or(SchedulerError::NoName)?;
                schedules.push((name, text.trim_matches(['"', '\'']).to_owned()));
            }
            _ => {}
        }
    }
    Ok(schedules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_in_the_template_parses() {
        let declared = declared_schedules(TEMPLATE).unwrap();
        assert_eq!(declared.len(), TEMPLATE.matches("Type: AWS::Scheduler::Schedule\n").count());
        for (name, text) in declared {
            Rate::parse(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        }
    }
}
