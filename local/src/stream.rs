//! The table's stream: reads it in order, knows its end, and deletes records that all consumers have processed.
//!
//! Dynoxide keeps stream records in a `SQLite` table without an index and never deletes any, so every write would get slower as records
//! accumulate (57 writes per second at 9,000 records). The same file is therefore opened a second time, to add the indexes that its
//! queries need and to delete consumed records.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lambda_events::event::dynamodb::Event;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::{Database, DynoxideError};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Offset added to a stored sequence number to get the 21 digits that the stream shows.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;
/// Number of records deleted per statement, so that writes are blocked for a few milliseconds at most.
const DELETED_AT_ONCE: u32 = 1_000;

const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS steward_stream_by_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS steward_stream_by_table
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));";

/// Why the stream cannot be opened, read or trimmed.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The embedded DynamoDB failed.
    #[error("the embedded DynamoDB failed")]
    Emulator(#[from] DynoxideError),
    /// The stream's records could not be counted or deleted.
    #[error("the stream's file failed")]
    File(#[from] rusqlite::Error),
    /// The table has no stream.
    #[error("the table has no stream")]
    NoStream,
    /// The stream has no shard.
    #[error("the stream has no shard")]
    NoShard,
    /// A record cannot be written as JSON.
    #[error("a record is not valid JSON")]
    Record(#[from] serde_json::Error),
    /// This is not one of the stream's sequence numbers.
    #[error("{0} is not a valid sequence number")]
    SequenceNumber(String),
}

/// One record, as AWS Lambda delivers it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Sequence number: 21 digits, so that text order is stream order.
    pub(crate) sequence: String,
    /// The record as JSON of a Lambda event.
    pub(crate) json: Value,
}

/// The event that a consumer of these records receives.
pub(crate) fn event_json(records: &[&Record]) -> Value {
    json!({ "Records": records.iter().map(|record| &record.json).collect::<Vec<_>>() })
}

/// Parses an event from its JSON.
pub(crate) fn event(json: Value) -> serde_json::Result<Event> {
    serde_json::from_value(json)
}

/// The stream of one table.
pub(crate) struct Stream {
    database: Database,
    /// A second connection to the database's file.
    file: Mutex<Connection>,
    table: String,
    arn: String,
    shard: String,
}

impl Stream {
    /// Opens the stream of `table`, which must have one, in the `SQLite` file at `path` that `database` has open.
    pub(crate) fn open(database: Database, path: &Path, table: &str) -> Result<Self, StreamError> {
        let described = database.describe_table(DescribeTableRequest { table_name: table.to_owned() })?;
        let arn = described.table.latest_stream_arn.ok_or(StreamError::NoStream)?;
        let request = DescribeStreamRequest { stream_arn: arn.clone(), ..Default::default() };
        let stream = database.describe_stream(request)?.stream_description;
        let shard = stream.shards.into_iter().next().ok_or(StreamError::NoShard)?;
        let file = Connection::open(path)?;
        // A lost deletion is repeated after the next record, so it need not wait for the disk.
        file.pragma_update(None, "synchronous", "NORMAL")?;
        file.execute_batch(INDEXES)?;
        Ok(Self { database, file: Mutex::new(file), table: table.to_owned(), arn, shard: shard.shard_id })
    }

    fn file(&self) -> MutexGuard<'_, Connection> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns up to `limit` records after `position`, in order; from the oldest stored record if `None`.
    pub(crate) fn read_after(&self, position: Option<&str>, limit: usize) -> Result<Vec<Record>, StreamError> {
        let kind = if position.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: self.arn.clone(),
            shard_id: self.shard.clone(),
            shard_iterator_type: kind.to_owned(),
            sequence_number: position.map(str::to_owned),
        })?;
        let request =
            GetRecordsRequest { shard_iterator: iterator.shard_iterator.unwrap_or_default(), limit: Some(limit) };
        let answer = self.database.get_records(request)?;
        Ok(answer.records.into_iter().map(|record| self.record(&record)).collect::<Result<_, _>>()?)
    }

    fn record(&self, record: &dynoxide::actions::get_records::Record) -> serde_json::Result<Record> {
        let mut json = serde_json::to_value(record)?;
        json["eventSourceARN"] = Value::from(self.arn.as_str());
        Ok(Record { sequence: record.dynamodb.sequence_number.clone(), json })
    }

    /// Sequence number of the newest record; `None` before the first write.
    pub(crate) fn last(&self) -> Result<Option<String>, StreamError> {
        let newest: Option<i64> = self
            .file()
            .prepare_cached("SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1")?
            .query_row([&self.table], |row| row.get(0))?;
        Ok(newest.and_then(shown_number))
    }

    /// Number of stored records.
    pub(crate) fn count(&self) -> Result<u64, StreamError> {
        let count = "SELECT COUNT(*) FROM _stream_records WHERE table_name = ?1";
        Ok(self.file().query_row(count, [&self.table], |row| row.get(0))?)
    }

    /// Deletes every record before `sequence`, but not `sequence` itself: the emulator numbers the next record after the newest stored
    /// one, so an empty stream could start again below a consumer's position if the clock went back.
    pub(crate) fn delete_before(&self, sequence: &str) -> Result<usize, StreamError> {
        let stored = stored_number(sequence).ok_or_else(|| StreamError::SequenceNumber(sequence.to_owned()))?;
        let mut deleted = 0;
        loop {
            let count = self
                .file()
                .prepare_cached(
                    "DELETE FROM _stream_records WHERE id IN (SELECT id FROM _stream_records
                     WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2 LIMIT ?3)",
                )?
                .execute((&self.table, stored, DELETED_AT_ONCE))?;
            deleted += count;
            if count < DELETED_AT_ONCE as usize {
                return Ok(deleted);
            }
        }
    }
}

/// Converts a stored sequence number to the form the stream shows.
fn shown_number(stored: i64) -> Option<String> {
    u128::try_from(stored).ok().map(|stored| (SEQUENCE_OFFSET + stored).to_string())
}

/// Converts a sequence number that the stream shows to its stored form.
fn stored_number(shown: &str) -> Option<i64> {
    shown.parse::<u128>().ok()?.checked_sub(SEQUENCE_OFFSET).and_then(|stored| i64::try_from(stored).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_round_trip_with_21_digits() {
        for number in [1, 1_795_000_000_000_000] {
            let text = shown_number(number).unwrap();
            assert_eq!((text.len(), stored_number(&text)), (21, Some(number)));
        }
        assert_eq!(stored_number("12"), None);
        assert_eq!(stored_number("x"), None);
    }
}
