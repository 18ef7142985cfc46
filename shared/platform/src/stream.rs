//! The table's stream: handles a batch of records, sequentially for the same item and concurrently across partitions.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use futures_util::stream::{self, StreamExt as _};

use crate::table::{self, Item};
use kernel::error::{self, Error};
use kernel::request_id;

/// Number of partitions whose records are handled concurrently.
const AT_ONCE: usize = 8;

/// Passes each record in `event` to `handle`. Reports the earliest failure, and the stream redelivers from there; later records
/// may thus be handled twice, which is safe because every effect is idempotent.
pub async fn each<F, Work>(event: Event, handle: F) -> DynamoDbEventResponse
where
    F: Fn(EventRecord) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    let handle = &handle;
    let groups = by_partition(event.records);
    let runs: Vec<_> = groups.into_iter().map(|group| in_order(group, handle)).collect();
    let failed: Vec<Failed> =
        stream::iter(runs).buffer_unordered(AT_ONCE).filter_map(async |failed| failed).collect().await;
    let mut response = DynamoDbEventResponse::default();
    if let Some(first) = failed.into_iter().min_by_key(|failed| failed.place) {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = first.sequence;
        response.batch_item_failures.push(failure);
    }
    response
}

/// A failed record.
struct Failed {
    /// Position in the batch.
    place: usize,
    sequence: Option<String>,
}

/// The records with their positions in the batch, grouped by partition, in batch order.
fn by_partition(records: Vec<EventRecord>) -> Vec<Vec<(usize, EventRecord)>> {
    let mut groups: Vec<(String, Vec<(usize, EventRecord)>)> = Vec::new();
    for (place, record) in records.into_iter().enumerate() {
        let keys: Item = record.change.keys.clone().into();
        let partition = table::text(&keys, "pk").unwrap_or_default().to_owned();
        match groups.iter_mut().find(|(known, _)| *known == partition) {
            Some((_, group)) => group.push((place, record)),
            None => groups.push((partition, vec![(place, record)])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Handles a partition's records up to the first failure.
async fn in_order<F, Work>(group: Vec<(usize, EventRecord)>, handle: &F) -> Option<Failed>
where
    F: Fn(EventRecord) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    for (place, record) in group {
        let sequence = record.change.sequence_number.clone();
        let id = record.event_id.clone();
        if let Err(cause) = request_id::scope(id, handle(record)).await {
            tracing::error!(error = %error::chain(&cause), sequence, "could not handle a stream record");
            return Some(Failed { place, sequence });
        }
    }
    None
}
