//! Delivers the table's stream to its consumers like a Lambda event source mapping: in order, in batches, each consumer at its own pace
//! from its own durable position, with retries, partial batch failures, bisection and dead letters.

mod batch;
mod delivery;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use crate::journal::{DeadLetter, Journal};
use crate::loopback::WriteSignal;
use crate::stream::{Stream, StreamError};
use batch::CallError;
use delivery::Delivery;

/// Interval for deleting consumed records.
const TRIM_INTERVAL: Duration = Duration::from_millis(500);

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

/// Why the pump cannot deliver or report.
#[derive(Debug, thiserror::Error)]
pub enum PumpError {
    /// The stack was stopped in the meantime.
    #[error("the stack was stopped")]
    Stopped,
    /// The stream failed.
    #[error("could not read the stream")]
    Stream(#[from] StreamError),
    /// The task that reads the stream panicked or was cancelled.
    #[error("reading the stream was interrupted")]
    Interrupted(#[from] JoinError),
    /// A position or a dead letter could not be read or stored.
    #[error("could not read or write the journal")]
    Journal(#[from] rusqlite::Error),
    /// No consumer has this name.
    #[error("there is no consumer {0}")]
    NoConsumer(String),
    /// A dead letter's stored event is not JSON.
    #[error("the dead letter is damaged")]
    Letter(#[source] serde_json::Error),
    /// The consumer reported a dead letter's record as failed again.
    #[error("the consumer rejected the record again")]
    RejectedAgain,
    /// The consumer failed on a dead letter again.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// The running pump.
pub(crate) struct Pump {
    stream: Arc<Stream>,
    journal: Arc<Journal>,
    deliveries: Vec<Arc<Delivery>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    stop: watch::Receiver<bool>,
}

impl Pump {
    /// Starts a task per consumer and one that deletes records that all have consumed.
    pub(crate) fn start(
        stream: Arc<Stream>,
        journal: Arc<Journal>,
        consumers: Vec<Consumer>,
        written: &WriteSignal,
        stop: &watch::Receiver<bool>,
    ) -> Result<Self, PumpError> {
        let mut deliveries = Vec::new();
        for consumer in consumers {
            let position = journal.position(consumer.name)?;
            let delivery = Delivery::new(consumer, Arc::clone(&stream), Arc::clone(&journal), position);
            deliveries.push(Arc::new(delivery));
        }
        let mut tasks: Vec<_> = deliveries
            .iter()
            .map(|delivery| tokio::spawn(Arc::clone(delivery).run(written.subscribe(), stop.clone())))
            .collect();
        tasks.push(tokio::spawn(trim(Arc::clone(&stream), deliveries.clone(), stop.clone())));
        Ok(Self { stream, journal, deliveries, tasks: Mutex::new(tasks), stop: stop.clone() })
    }

    /// Resolves once every consumer has processed everything written so far, including what the consumers wrote themselves.
    pub(crate) async fn drained(&self) -> Result<(), PumpError> {
        let mut stop = self.stop.clone();
        tokio::select! {
            drained = self.all_caught_up() => drained,
            _ = stop.wait_for(|stop| *stop) => Err(PumpError::Stopped),
        }
    }

    async fn all_caught_up(&self) -> Result<(), PumpError> {
        let mut seen = None;
        loop {
            let Some(last) = self.stream.last()? else { return Ok(()) };
            if seen.as_ref() == Some(&last) {
                return Ok(());
            }
            for delivery in &self.deliveries {
                let mut position = delivery.position.subscribe();
                position.wait_for(|at| at.as_ref() >= Some(&last)).await.map_err(|_| PumpError::Stopped)?;
            }
            // A consumer's own writes precede its position update, so an unchanged end of the stream really is the end.
            seen = Some(last);
        }
    }

    /// The position of each consumer.
    pub(crate) fn positions(&self) -> Result<Vec<Position>, PumpError> {
        let last = self.stream.last()?;
        let position = |delivery: &Arc<Delivery>| {
            let sequence = delivery.position.borrow().clone();
            Position { consumer: delivery.consumer.name, caught_up: sequence >= last, sequence }
        };
        Ok(self.deliveries.iter().map(position).collect())
    }

    /// Delivers a dead letter to its consumer again, and deletes it on success.
    pub(crate) async fn retry(&self, letter: &DeadLetter) -> Result<(), PumpError> {
        let delivery = self.deliveries.iter().find(|delivery| delivery.consumer.name == letter.consumer);
        let delivery = delivery.ok_or_else(|| PumpError::NoConsumer(letter.consumer.clone()))?;
        let event = serde_json::from_str(&letter.event).map_err(PumpError::Letter)?;
        if !delivery.call(event).await?.is_empty() {
            return Err(PumpError::RejectedAgain);
        }
        Ok(self.journal.delete_dead_letter(letter.id)?)
    }

    /// Waits for batches in progress after a stop.
    pub(crate) async fn stopped(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// Periodically deletes the records that all consumers have processed.
async fn trim(stream: Arc<Stream>, deliveries: Vec<Arc<Delivery>>, mut stop: watch::Receiver<bool>) {
    let mut done = None;
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(TRIM_INTERVAL) => {}
            _ = stop.changed() => {}
        }
        let slowest = deliveries.iter().map(|delivery| delivery.position.borrow().clone()).min().flatten();
        let Some(sequence) = slowest.clone().filter(|_| slowest != done) else { continue };
        let stream = Arc::clone(&stream);
        match tokio::task::spawn_blocking(move || stream.delete_before(&sequence)).await {
            Ok(Ok(_)) => done = slowest,
            Ok(Err(error)) => {
                tracing::warn!(error = %kernel::error::chain(&error), "could not delete consumed stream records");
            }
            Err(stopped) => tracing::warn!(%stopped, "could not delete consumed stream records"),
        }
    }
}

#[cfg(test)]
mod tests;
