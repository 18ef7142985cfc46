//! Which records a consumer receives, and what its response to a batch means.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinError;

/// Why a record was not handled.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The records do not form an event that the function's type accepts.
    #[error("the records are not a valid event")]
    Event(#[from] serde_json::Error),
    /// The function returned an error.
    #[error(transparent)]
    Function(lambda_runtime::Error),
    /// The function panicked.
    #[error(transparent)]
    Panicked(JoinError),
    /// The function did not return in time.
    #[error("it took longer than {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The function reported the record as failed.
    #[error("the function named the record in batchItemFailures")]
    Reported,
    /// The function reported a record that it was not given.
    #[error("the function named an unknown record in batchItemFailures")]
    UnknownRecord,
}

/// Result of a batch.
#[derive(Debug)]
pub(super) enum BatchOutcome {
    /// Everything was handled.
    Done,
    /// Handled up to, but not including, this index, which the function reported as failed.
    RejectedAt(usize),
    /// Nothing is known to have been handled.
    Failed(CallError),
}

impl BatchOutcome {
    /// Interprets a batch response like Lambda: the lowest reported record is the checkpoint; an unknown id fails the batch.
    pub(super) fn of(sequences: &[&str], failures: &[Option<String>]) -> Self {
        if failures.is_empty() {
            return Self::Done;
        }
        let indexes: Option<Vec<usize>> = failures
            .iter()
            .map(|failure| failure.as_deref().and_then(|name| sequences.iter().position(|sequence| *sequence == name)))
            .collect();
        match indexes.and_then(|indexes| indexes.into_iter().min()) {
            Some(index) => Self::RejectedAt(index),
            None => Self::Failed(CallError::UnknownRecord),
        }
    }
}

/// Whether a record matches an event filter pattern: every field in the pattern matches, and a list contains the allowed values of a
/// field.
pub(super) fn matches(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(fields) => {
            fields.iter().all(|(name, field)| record.get(name).is_some_and(|value| matches(field, value)))
        }
        Value::Array(values) => values.contains(record),
        other => other == record,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_failed_record_is_the_checkpoint() {
        let named = |name: &str| Some(name.to_owned());
        assert!(matches!(BatchOutcome::of(&["1", "2", "3"], &[]), BatchOutcome::Done));
        let two = BatchOutcome::of(&["1", "2", "3"], &[named("3"), named("2")]);
        assert!(matches!(two, BatchOutcome::RejectedAt(1)), "{two:?}");
        assert!(matches!(BatchOutcome::of(&["1", "2"], &[named("9")]), BatchOutcome::Failed(_)));
        assert!(matches!(BatchOutcome::of(&["1", "2"], &[None, named("2")]), BatchOutcome::Failed(_)));
    }
}
