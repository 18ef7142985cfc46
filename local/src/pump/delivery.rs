//! The delivery of the stream to one consumer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::batch::{BatchOutcome, CallError, matches};
use super::{Consumer, PumpError};
use crate::journal::Journal;
use crate::stream::{self, Record, Stream};

/// Maximum number of records read at once.
const READ: usize = 100;
/// Number of attempts at a single record before it becomes a dead letter.
const MAX_ATTEMPTS: u32 = 7;
/// Maximum pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Poll intervals of the stream without a write notification: shortly after a record, and while idle.
const POLL_ACTIVE: Duration = Duration::from_millis(20);
const POLL_IDLE: Duration = Duration::from_millis(250);
/// How long after the last record a consumer counts as active.
const ACTIVE: Duration = Duration::from_secs(2);

/// A consumer and its progress.
pub(super) struct Delivery {
    pub(super) consumer: Consumer,
    stream: Arc<Stream>,
    journal: Arc<Journal>,
    /// Sequence number of the last record processed.
    pub(super) position: watch::Sender<Option<String>>,
}

/// Counts attempts at the record that blocks a consumer.
#[derive(Debug, Default)]
struct Attempts {
    sequence: String,
    count: u32,
}

impl Attempts {
    /// Counts another failed attempt at `sequence`: returns the pause before the next one, or `None` if it was the last.
    fn failed(&mut self, sequence: &str) -> Option<Duration> {
        if self.sequence != sequence {
            *self = Self { sequence: sequence.to_owned(), count: 0 };
        }
        self.count += 1;
        (self.count < MAX_ATTEMPTS).then(|| (Duration::from_millis(50) * 2_u32.pow(self.count - 1)).min(LONGEST_PAUSE))
    }
}

impl Delivery {
    pub(super) fn new(
        consumer: Consumer,
        stream: Arc<Stream>,
        journal: Arc<Journal>,
        position: Option<String>,
    ) -> Self {
        Self { consumer, stream, journal, position: watch::Sender::new(position) }
    }

    /// Delivers records until `stop`.
    pub(super) async fn run(self: Arc<Self>, mut written: watch::Receiver<u64>, mut stop: watch::Receiver<bool>) {
        let (mut window, mut attempts) = (self.consumer.batch, Attempts::default());
        let mut active = Instant::now();
        while !*stop.borrow() {
            written.borrow_and_update();
            let pause = match self.read().await {
                Ok(records) if records.is_empty() => {
                    let poll = if active.elapsed() < ACTIVE { POLL_ACTIVE } else { POLL_IDLE };
                    tokio::select! {
                        _ = written.changed() => {}
                        () = tokio::time::sleep(poll) => {}
                        _ = stop.changed() => {}
                    }
                    continue;
                }
                Ok(records) => {
                    active = Instant::now();
                    self.step(&records, &mut window, &mut attempts).await
                }
                Err(error) => Err(error),
            };
            let pause = pause.unwrap_or_else(|error| {
                let error = kernel::error::chain(&error);
                tracing::error!(consumer = self.consumer.name, error, "could not process the stream");
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

    async fn read(self: &Arc<Self>) -> Result<Vec<Record>, PumpError> {
        let delivery = Arc::clone(self);
        let read = move || {
            let position = delivery.position.borrow().clone();
            delivery.stream.read_after(position.as_deref(), READ)
        };
        Ok(tokio::task::spawn_blocking(read).await??)
    }

    /// Delivers the first batch of the records read and returns how long to wait before the next.
    async fn step(
        &self,
        records: &[Record],
        window: &mut usize,
        attempts: &mut Attempts,
    ) -> Result<Duration, PumpError> {
        let wanted: Vec<&Record> = records.iter().filter(|record| self.wants(record)).collect();
        let batch = &wanted[..wanted.len().min(*window)];
        let outcome = if batch.is_empty() { BatchOutcome::Done } else { self.deliver(batch).await };
        let (index, error) = match outcome {
            BatchOutcome::Done => {
                // Filtered-out records between the wanted ones are skipped with them.
                let last = if batch.len() == wanted.len() { records.last() } else { batch.last().copied() };
                last.map_or(Ok(()), |last| self.advance(&last.sequence))?;
                *window = (*window * 2).min(self.consumer.batch);
                return Ok(Duration::ZERO);
            }
            BatchOutcome::Failed(error) if batch.len() > 1 => {
                // Some record in here cannot be handled: bisect, first half first.
                let error = kernel::error::chain(&error);
                tracing::warn!(consumer = self.consumer.name, records = batch.len(), error, "batch failed");
                *window = batch.len() / 2;
                return Ok(Duration::ZERO);
            }
            BatchOutcome::Failed(error) => (0, error),
            BatchOutcome::RejectedAt(index) => (index, CallError::Reported),
        };
        if index > 0 {
            self.advance(&batch[index - 1].sequence)?;
        }
        self.postpone(batch[index], &error, attempts)
    }

    /// Returns the pause before the next attempt at a record, or moves the record to the dead letters.
    fn postpone(&self, record: &Record, error: &CallError, attempts: &mut Attempts) -> Result<Duration, PumpError> {
        let (consumer, sequence, reason) = (self.consumer.name, &record.sequence, kernel::error::chain(error));
        if let Some(pause) = attempts.failed(sequence) {
            tracing::warn!(consumer, sequence, error = reason, "retrying a record");
            return Ok(pause);
        }
        tracing::error!(consumer, sequence, error = reason, "record moved to the dead letters");
        let event = stream::event_json(&[record]).to_string();
        self.journal.add_dead_letter(consumer, sequence, &event, &reason)?;
        self.position.send_replace(Some(sequence.clone()));
        Ok(Duration::ZERO)
    }

    fn wants(&self, record: &Record) -> bool {
        self.consumer.pattern.as_ref().is_none_or(|pattern| matches(pattern, &record.json))
    }

    async fn deliver(&self, batch: &[&Record]) -> BatchOutcome {
        let sequences: Vec<&str> = batch.iter().map(|record| record.sequence.as_str()).collect();
        match self.call(stream::event_json(batch)).await {
            Ok(failures) => BatchOutcome::of(&sequences, &failures),
            Err(error) => BatchOutcome::Failed(error),
        }
    }

    /// Calls the function like Lambda: a panic or a timeout is a failed call. Returns the ids that it reported as failed.
    pub(super) async fn call(&self, event: Value) -> Result<Vec<Option<String>>, CallError> {
        let (handle, event) = (Arc::clone(&self.consumer.handle), stream::event(event)?);
        let mut call = tokio::spawn(async move { handle(event).await });
        match tokio::time::timeout(self.consumer.time_out, &mut call).await {
            Ok(Ok(Ok(answer))) => Ok(answer.batch_item_failures.into_iter().map(|f| f.item_identifier).collect()),
            Ok(Ok(Err(error))) => Err(CallError::Function(error)),
            Ok(Err(panic)) => Err(CallError::Panicked(panic)),
            Err(_) => {
                call.abort();
                Err(CallError::TimedOut(self.consumer.time_out))
            }
        }
    }

    fn advance(&self, sequence: &str) -> Result<(), PumpError> {
        self.journal.advance(self.consumer.name, sequence)?;
        self.position.send_replace(Some(sequence.to_owned()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_the_last_attempt() {
        let mut attempts = Attempts::default();
        let pauses: Vec<_> = (0..MAX_ATTEMPTS).map_while(|_| attempts.failed("1")).collect();
        assert_eq!(pauses.len(), MAX_ATTEMPTS as usize - 1);
        assert!(pauses.is_sorted() && pauses.iter().all(|pause| *pause <= LONGEST_PAUSE));
        assert!(Attempts::default().failed("1").is_some());
        assert!(attempts.failed("2").is_some(), "another record starts over");
    }
}
