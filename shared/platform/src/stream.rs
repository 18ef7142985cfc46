//! The table's stream: handling a batch of records, those of one item in order, those of different partitions at once.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use futures_util::stream::{self, StreamExt as _};

use crate::table::{self, Item};
use kernel::error::{self, Error};
use kernel::request_id;

/// How many partitions' records are handled at once.
const AT_ONCE: usize = 8;

/// Gives each record of `event` to `handle`. The earliest one that fails is reported, and the stream delivers from there
/// again; what came behind it may thus be handled twice, which every effect bears.
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

/// A record that failed.
struct Failed {
    /// Its place in the batch.
    place: usize,
    sequence: Option<String>,
}

/// The records with their places in the batch, one group for each partition, in the order of the batch.
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

/// Handles one partition's records up to the first that fails.
async fn in_order<F, Work>(group: Vec<(usize, EventRecord)>, handle: &F) -> Option<Failed>
where
    F: Fn(EventRecord) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    for (place, record) in group {
        let sequence = record.change.sequence_number.clone();
        let id = record.event_id.clone();
        if let Err(cause) = request_id::scope(id, handle(record)).await {
            tracing::error!(error = %error::chain(&cause), sequence, "a stream record failed");
            return Some(Failed { place, sequence });
        }
    }
    None
}
