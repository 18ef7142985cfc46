//! The table's stream: reads it in order, knows its end, and deletes records that all consumers have processed.
//!
//! Dynoxide keeps stream records in a `SQLite` table without an index and never deletes any, so every write would get slower as records
//! accumulate (57 writes per second at 9,000 records). The same file is therefore opened a second time, to add the indexes that its
//! queries need and to delete consumed records.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lambda_events::event::dynamodb::Event;
use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::problem::Problem;

/// Offset added to a stored sequence number to get the 21 digits that the stream shows.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;
/// Number of records deleted per statement, so that writes are blocked for a few milliseconds at most.
const FORGOTTEN_AT_ONCE: u32 = 1_000;

const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS steward_stream_by_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS steward_stream_by_table
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));";

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
pub(crate) fn event(json: Value) -> Result<Event, String> {
    serde_json::from_value(json).map_err(|e| e.to_string())
}

/// The stream of one table.
pub(crate) struct Stream {
    database: Database,
    side: Mutex<Connection>,
    table: String,
    arn: String,
    shard: String,
}

impl Stream {
    /// Opens the stream of `table`, which must have one, in the `SQLite` file at `path` that `database` has open.
    pub(crate) fn open(database: Database, path: &Path, table: &str) -> Result<Self, Problem> {
        let failed = |cause: String| Problem::part("the table's stream", cause);
        let described = database
            .describe_table(DescribeTableRequest { table_name: table.to_owned() })
            .map_err(|e| failed(e.to_string()))?;
        let arn = described.table.latest_stream_arn.ok_or_else(|| failed("the table has no stream".to_owned()))?;
        let request = DescribeStreamRequest { stream_arn: arn.clone(), ..Default::default() };
        let stream = database.describe_stream(request).map_err(|e| failed(e.to_string()))?.stream_description;
        let shard = stream.shards.into_iter().next().ok_or_else(|| failed("the stream has no shard".to_owned()))?;
        let side = Connection::open(path).map_err(|e| failed(e.to_string()))?;
        // A lost deletion is repeated after the next record, so it need not wait for the disk.
        side.pragma_update(None, "synchronous", "NORMAL").map_err(|e| failed(e.to_string()))?;
        side.execute_batch(INDEXES).map_err(|e| failed(e.to_string()))?;
        Ok(Self { database, side: Mutex::new(side), table: table.to_owned(), arn, shard: shard.shard_id })
    }

    fn side(&self) -> MutexGuard<'_, Connection> {
        self.side.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns up to `limit` records after `position`, in order; from the oldest stored record if `None`.
    pub(crate) fn read_after(&self, position: Option<&str>, limit: usize) -> Result<Vec<Record>, String> {
        let kind = if position.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let iterator = self
            .database
            .get_shard_iterator(GetShardIteratorRequest {
                stream_arn: self.arn.clone(),
                shard_id: self.shard.clone(),
                shard_iterator_type: kind.to_owned(),
                sequence_number: position.map(str::to_owned),
            })
            .map_err(|e| e.to_string())?;
        let request =
            GetRecordsRequest { shard_iterator: iterator.shard_iterator.unwrap_or_default(), limit: Some(limit) };
        let answer = self.database.get_records(request).map_err(|e| e.to_string())?;
        answer.records.into_iter().map(|record| self.record(&record)).collect()
    }

    fn record(&self, record: &dynoxide::actions::get_records::Record) -> Result<Record, String> {
        let mut json = serde_json::to_value(record).map_err(|e| e.to_string())?;
        json["eventSourceARN"] = Value::from(self.arn.as_str());
        Ok(Record { sequence: record.dynamodb.sequence_number.clone(), json })
    }

    /// Sequence number of the newest record; `None` before the first write.
    pub(crate) fn last(&self) -> Result<Option<String>, String> {
        let newest: Option<i64> = self
            .side()
            .prepare_cached("SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1")
            .and_then(|mut query| query.query_row([&self.table], |row| row.get(0)))
            .map_err(|e| e.to_string())?;
        Ok(newest.and_then(shown))
    }

    /// Number of stored records.
    pub(crate) fn kept(&self) -> Result<u64, String> {
        self.side()
            .query_row("SELECT COUNT(*) FROM _stream_records WHERE table_name = ?1", [&self.table], |row| row.get(0))
            .map_err(|e| e.to_string())
    }

    /// Deletes every record before `sequence`, but not `sequence` itself: the emulator numbers the next record after the newest stored
    /// one, so an empty stream could start again below a consumer's position if the clock went back.
    pub(crate) fn forget_before(&self, sequence: &str) -> Result<usize, String> {
        let Some(stored) = stored(sequence) else { return Err(format!("{sequence} is not a valid sequence number")) };
        let mut forgotten = 0;
        loop {
            let deleted = self
                .side()
                .prepare_cached(
                    "DELETE FROM _stream_records WHERE id IN (SELECT id FROM _stream_records
                     WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2 LIMIT ?3)",
                )
                .and_then(|mut query| query.execute((&self.table, stored, FORGOTTEN_AT_ONCE)))
                .map_err(|e| e.to_string())?;
            forgotten += deleted;
            if deleted < FORGOTTEN_AT_ONCE as usize {
                return Ok(forgotten);
            }
        }
    }
}

/// Converts a stored sequence number to the form the stream shows.
fn shown(stored: i64) -> Option<String> {
    u128::try_from(stored).ok().map(|stored| (SEQUENCE_OFFSET + stored).to_string())
}

/// Converts a sequence number that the stream shows to its stored form.
fn stored(shown: &str) -> Option<i64> {
    shown.parse::<u128>().ok()?.checked_sub(SEQUENCE_OFFSET).and_then(|stored| i64::try_from(stored).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_round_trip_with_21_digits() {
        for number in [1, 1_795_000_000_000_000] {
            let text = shown(number).unwrap();
            assert_eq!((text.len(), stored(&text)), (21, Some(number)));
        }
        assert_eq!(stored("12"), None);
        assert_eq!(stored("x"), None);
    }
}
