//! Delivers the table's stream to its consumers like a Lambda event source mapping: in order, in batches, each consumer at its own pace
//! from its own durable position, with retries, partial batch failures, bisection and dead letters.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::journal::{DeadLetter, Journal};
use crate::stream::{self, Record, Stream};
use crate::wire::Written;

/// Maximum number of records read at once.
const READ: usize = 100;
/// Number of attempts at a single record before it becomes a dead letter.
const TRIES: u32 = 7;
/// Maximum pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Poll intervals of the stream without a write notification: shortly after a record, and while idle.
const POLL_ACTIVE: Duration = Duration::from_millis(20);
const POLL_IDLE: Duration = Duration::from_millis(250);
/// How long after the last record a consumer counts as active.
const ACTIVE: Duration = Duration::from_secs(2);
/// Interval for deleting consumed records.
const FORGET: Duration = Duration::from_millis(500);

type Answer = Pin<Box<dyn Future<Output = Result<DynamoDbEventResponse, lambda_runtime::Error>> + Send>>;

/// A function that consumes the stream.
pub(crate) struct Consumer {
    /// Name, under which its position is stored.
    pub(crate) name: &'static str,
    /// Maximum number of records per call.
    pub(crate) batch: usize,
    /// Timeout of a call.
    pub(crate) time_out: Duration,
    /// Filter pattern of the records it receives; `None` for all records.
    pub(crate) pattern: Option<Value>,
    pub(crate) handle: Arc<dyn Fn(Event) -> Answer + Send + Sync>,
}

/// A consumer's position.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Position {
    pub consumer: &'static str,
    /// The last record processed; `None` before the first.
    pub sequence: Option<String>,
    /// Whether no newer records are waiting.
    pub caught_up: bool,
}

/// The running pump.
pub(crate) struct Pump {
    stream: Arc<Stream>,
    journal: Arc<Journal>,
    lines: Vec<Arc<Line>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    stop: watch::Receiver<bool>,
}

/// One consumer and its progress.
struct Line {
    consumer: Consumer,
    stream: Arc<Stream>,
    journal: Arc<Journal>,
    position: watch::Sender<Option<String>>,
}

impl Pump {
    /// Starts a task per consumer and one that deletes records that all have consumed.
    pub(crate) fn start(
        stream: Arc<Stream>,
        journal: Arc<Journal>,
        consumers: Vec<Consumer>,
        written: &Written,
        stop: &watch::Receiver<bool>,
    ) -> Result<Self, String> {
        let mut lines = Vec::new();
        for consumer in consumers {
            let position = journal.position(consumer.name).map_err(|e| e.to_string())?;
            let (stream, journal) = (Arc::clone(&stream), Arc::clone(&journal));
            lines.push(Arc::new(Line { consumer, stream, journal, position: watch::Sender::new(position) }));
        }
        let mut tasks: Vec<_> =
            lines.iter().map(|line| tokio::spawn(Arc::clone(line).run(written.subscribe(), stop.clone()))).collect();
        tasks.push(tokio::spawn(forget(Arc::clone(&stream), lines.clone(), stop.clone())));
        Ok(Self { stream, journal, lines, tasks: Mutex::new(tasks), stop: stop.clone() })
    }

    /// Resolves once every consumer has processed everything written so far, including what the consumers wrote themselves.
    pub(crate) async fn drained(&self) -> Result<(), String> {
        let mut stop = self.stop.clone();
        tokio::select! {
            drained = self.all_caught_up() => drained,
            _ = stop.wait_for(|stop| *stop) => Err("the stack was stopped".to_owned()),
        }
    }

    async fn all_caught_up(&self) -> Result<(), String> {
        let mut seen = None;
        loop {
            let Some(last) = self.stream.last()? else { return Ok(()) };
            if seen.as_ref() == Some(&last) {
                return Ok(());
            }
            for line in &self.lines {
                let mut position = line.position.subscribe();
                position.wait_for(|at| at.as_ref() >= Some(&last)).await.map_err(|e| e.to_string())?;
            }
            // A consumer's own writes precede its position update, so an unchanged end of the stream really is the end.
            seen = Some(last);
        }
    }

    /// The position of each consumer.
    pub(crate) fn positions(&self) -> Result<Vec<Position>, String> {
        let last = self.stream.last()?;
        let position = |line: &Arc<Line>| {
            let sequence = line.position.borrow().clone();
            Position { consumer: line.consumer.name, caught_up: sequence >= last, sequence }
        };
        Ok(self.lines.iter().map(position).collect())
    }

    /// Delivers a dead letter to its consumer again, and deletes it on success.
    pub(crate) async fn retry(&self, letter: &DeadLetter) -> Result<(), String> {
        let line = self.lines.iter().find(|line| line.consumer.name == letter.consumer);
        let line = line.ok_or_else(|| format!("there is no consumer {}", letter.consumer))?;
        let json = serde_json::from_str(&letter.event).map_err(|e| e.to_string())?;
        match line.call(json).await {
            Ok(failures) if failures.is_empty() => {
                self.journal.forget_dead_letter(letter.id).map_err(|e| e.to_string())
            }
            Ok(_) => Err("the consumer rejected the record again".to_owned()),
            Err(reason) => Err(reason),
        }
    }

    /// Waits for batches in progress after a stop.
    pub(crate) async fn stopped(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// Result of a batch.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Everything was handled.
    Done,
    /// Handled up to, but not including, this index.
    RefusedAt(usize, String),
    /// Nothing is known to have been handled.
    Failed(String),
}

/// Interprets a batch response like Lambda: the lowest reported record is the checkpoint; an unknown id fails the batch.
fn judge(sequences: &[&str], failures: &[Option<String>]) -> Outcome {
    if failures.is_empty() {
        return Outcome::Done;
    }
    let places: Option<Vec<usize>> = failures
        .iter()
        .map(|failure| failure.as_deref().and_then(|name| sequences.iter().position(|sequence| *sequence == name)))
        .collect();
    match places.and_then(|places| places.into_iter().min()) {
        Some(place) => Outcome::RefusedAt(place, "the function named the record in batchItemFailures".to_owned()),
        None => Outcome::Failed("the function named an unknown record in batchItemFailures".to_owned()),
    }
}

/// Whether a record matches an event filter pattern: every field in the pattern matches, and a list contains the allowed values of a
/// field.
fn matches(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(fields) => {
            fields.iter().all(|(name, field)| record.get(name).is_some_and(|value| matches(field, value)))
        }
        Value::Array(values) => values.contains(record),
        other => other == record,
    }
}

/// Counts attempts at the record that blocks a consumer.
#[derive(Debug, Default)]
struct Tries {
    sequence: String,
    count: u32,
}

impl Tries {
    /// Counts another rejection of `sequence`: returns the pause before the next attempt, or `None` if it was the last.
    fn refused(&mut self, sequence: &str) -> Option<Duration> {
        if self.sequence != sequence {
            *self = Self { sequence: sequence.to_owned(), count: 0 };
        }
        self.count += 1;
        (self.count < TRIES).then(|| (Duration::from_millis(50) * 2_u32.pow(self.count - 1)).min(LONGEST_PAUSE))
    }
}

impl Line {
    async fn run(self: Arc<Self>, mut written: watch::Receiver<u64>, mut stop: watch::Receiver<bool>) {
        let (mut window, mut tries) = (self.consumer.batch, Tries::default());
        let mut active = Instant::now();
        while !*stop.borrow() {
            written.borrow_and_update();
            let pause = match self.read().await {
                Ok(batch) if batch.is_empty() => {
                    let poll = if active.elapsed() < ACTIVE { POLL_ACTIVE } else { POLL_IDLE };
                    tokio::select! {
                        _ = written.changed() => {}
                        () = tokio::time::sleep(poll) => {}
                        _ = stop.changed() => {}
                    }
                    continue;
                }
                Ok(batch) => {
                    active = Instant::now();
                    self.step(&batch, &mut window, &mut tries).await
                }
                Err(reason) => Err(reason),
            };
            let pause = pause.unwrap_or_else(|reason| {
                tracing::error!(consumer = self.consumer.name, reason, "could not process the stream");
                LONGEST_PAUSE
            });
            if !pause.is_zero() {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }

    async fn read(self: &Arc<Self>) -> Result<Vec<Record>, String> {
        let line = Arc::clone(self);
        let read = move || {
            let position = line.position.borrow().clone();
            line.stream.read_after(position.as_deref(), READ)
        };
        tokio::task::spawn_blocking(read).await.map_err(|e| e.to_string())?
    }

    /// Delivers the first batch of the records read and returns how long to wait before the next.
    async fn step(&self, read: &[Record], window: &mut usize, tries: &mut Tries) -> Result<Duration, String> {
        let wanted: Vec<&Record> = read.iter().filter(|record| self.wants(record)).collect();
        let batch = &wanted[..wanted.len().min(*window)];
        let outcome = if batch.is_empty() { Outcome::Done } else { self.deliver(batch).await };
        let (place, reason) = match outcome {
            Outcome::Done => {
                // Filtered-out records between the wanted ones are skipped with them.
                let last = if batch.len() == wanted.len() { read.last() } else { batch.last().copied() };
                last.map_or(Ok(()), |last| self.advance(&last.sequence))?;
                *window = (*window * 2).min(self.consumer.batch);
                return Ok(Duration::ZERO);
            }
            Outcome::Failed(reason) if batch.len() > 1 => {
                // Some record in here cannot be handled: bisect, first half first.
                tracing::warn!(consumer = self.consumer.name, records = batch.len(), reason, "batch failed");
                *window = batch.len() / 2;
                return Ok(Duration::ZERO);
            }
            Outcome::Failed(reason) => (0, reason),
            Outcome::RefusedAt(place, reason) => (place, reason),
        };
        if place > 0 {
            self.advance(&batch[place - 1].sequence)?;
        }
        let refused = batch[place];
        if let Some(pause) = tries.refused(&refused.sequence) {
            tracing::warn!(consumer = self.consumer.name, sequence = refused.sequence, reason, "retrying a record");
            return Ok(pause);
        }
        tracing::error!(
            consumer = self.consumer.name,
            sequence = refused.sequence,
            reason,
            "record moved to the dead letters"
        );
        let event = stream::event_json(&[refused]).to_string();
        self.journal.bury(self.consumer.name, &refused.sequence, &event, &reason).map_err(|e| e.to_string())?;
        self.position.send_replace(Some(refused.sequence.clone()));
        Ok(Duration::ZERO)
    }

    fn wants(&self, record: &Record) -> bool {
        self.consumer.pattern.as_ref().is_none_or(|pattern| matches(pattern, &record.json))
    }

    async fn deliver(&self, batch: &[&Record]) -> Outcome {
        let sequences: Vec<&str> = batch.iter().map(|record| record.sequence.as_str()).collect();
        match self.call(stream::event_json(batch)).await {
            Ok(failures) => judge(&sequences, &failures),
            Err(reason) => Outcome::Failed(reason),
        }
    }

    /// Calls the function like Lambda: a panic or a timeout is a failed call. Returns the ids that it reported as failed.
    async fn call(&self, json: Value) -> Result<Vec<Option<String>>, String> {
        let (handle, event) = (Arc::clone(&self.consumer.handle), stream::event(json)?);
        let mut call = tokio::spawn(async move { handle(event).await });
        match tokio::time::timeout(self.consumer.time_out, &mut call).await {
            Ok(Ok(Ok(answer))) => Ok(answer.batch_item_failures.into_iter().map(|f| f.item_identifier).collect()),
            Ok(Ok(Err(error))) => Err(kernel::error::chain(error.as_ref())),
            Ok(Err(panic)) => Err(panic.to_string()),
            Err(_) => {
                call.abort();
                Err(format!("it took longer than {} s", self.consumer.time_out.as_secs()))
            }
        }
    }

    fn advance(&self, sequence: &str) -> Result<(), String> {
        self.journal.advance(self.consumer.name, sequence).map_err(|e| e.to_string())?;
        self.position.send_replace(Some(sequence.to_owned()));
        Ok(())
    }
}

/// Periodically deletes the records that all consumers have processed.
async fn forget(stream: Arc<Stream>, lines: Vec<Arc<Line>>, mut stop: watch::Receiver<bool>) {
    let mut done = None;
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(FORGET) => {}
            _ = stop.changed() => {}
        }
        let slowest = lines.iter().map(|line| line.position.borrow().clone()).min().flatten();
        let Some(sequence) = slowest.clone().filter(|_| slowest != done) else { continue };
        let stream = Arc::clone(&stream);
        match tokio::task::spawn_blocking(move || stream.forget_before(&sequence)).await {
            Ok(Ok(_)) => done = slowest,
            Ok(Err(reason)) => tracing::warn!(reason, "could not delete consumed stream records"),
            Err(stopped) => tracing::warn!(%stopped, "could not delete consumed stream records"),
        }
    }
}

#[cfg(test)]
mod tests;
