//! The table's stream: handles a batch of changes, sequentially for the same partition and concurrently across partitions.

pub use aws_lambda_events::event::dynamodb::Event as Batch;
pub use aws_lambda_events::event::streams::DynamoDbEventResponse as Answer;

use aws_lambda_events::event::dynamodb::EventRecord;
use aws_lambda_events::event::streams::DynamoDbBatchItemFailure;
use futures_util::stream::{self, StreamExt as _};
use serde::de::DeserializeOwned;

use crate::table::{self, Item, Key};
use kernel::ItemType;
use kernel::error::{self, Error};
use kernel::request_id;

/// Number of partitions whose changes are handled concurrently.
const AT_ONCE: usize = 8;

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was created.
    Insert,
    /// It was changed.
    Modify,
    /// It was deleted, by a call or because it expired.
    Remove,
}

/// A change of one item.
#[derive(Debug, Clone)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// Key of the item.
    pub key: Key,
    /// The item before the change.
    pub old: Option<Item>,
    /// The item after the change.
    pub new: Option<Item>,
}

impl Change {
    /// Reads a stream record; `None` if it does not belong to our table.
    fn read(record: EventRecord) -> Option<Self> {
        let kind = match record.event_name.as_str() {
            "INSERT" => Kind::Insert,
            "MODIFY" => Kind::Modify,
            "REMOVE" => Kind::Remove,
            _ => return None,
        };
        let keys: Item = record.change.keys.into();
        let key = Key::new(table::text(&keys, "pk")?, table::text(&keys, "sk")?);
        let image = |item: Item| (!item.is_empty()).then_some(item);
        let old = image(record.change.old_image.into());
        let new = image(record.change.new_image.into());
        Some(Self { kind, key, old, new })
    }

    /// The item's type, taken from whichever image exists; `None` if it is not one of ours.
    #[must_use]
    pub fn item_type(&self) -> Option<ItemType> {
        self.new.as_ref().or(self.old.as_ref()).and_then(table::item_type)
    }

    /// The `data` of the item after the change.
    pub fn new_data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        table::read(self.new.as_ref().ok_or_else(|| Error::internal("the record has no new image"))?, "data")
    }
}

/// Changes that are handled together, and how.
pub struct Together<P, J> {
    /// Whether a change is one of them.
    pub picks: P,
    /// Handles those of one partition.
    pub handle: J,
}

/// Like [`each`], but the changes that `together` picks are handled together, partition by partition, before the others.
pub async fn each_and<P, J, Joint, F, Work>(batch: Batch, together: Together<P, J>, handle: F) -> Answer
where
    P: Fn(&Change) -> bool,
    J: Fn(Vec<Key>) -> Joint,
    Joint: Future<Output = Result<(), Error>>,
    F: Fn(Change) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    let (handle, together) = (&handle, &together);
    let runs = by_partition(batch.records).into_iter().map(async |group| {
        let (picked, others): (Vec<_>, Vec<_>) = group.into_iter().partition(|one| (together.picks)(&one.change));
        let failed = at_once(picked, &together.handle).await;
        match (failed, in_order(others, handle).await) {
            (Some(one), Some(other)) => Some(if one.place < other.place { one } else { other }),
            (one, other) => one.or(other),
        }
    });
    answer(runs.collect()).await
}

/// Passes each change in `batch` to `handle`. Reports the earliest failure, and the stream redelivers from there; later changes
/// may thus be handled twice, which is safe because every effect is idempotent.
pub async fn each<F, Work>(batch: Batch, handle: F) -> Answer
where
    F: Fn(Change) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    let handle = &handle;
    answer(by_partition(batch.records).into_iter().map(|group| in_order(group, handle)).collect()).await
}

/// Runs the partitions and reports the earliest failure.
async fn answer<Run: Future<Output = Option<Failed>>>(runs: Vec<Run>) -> Answer {
    let failed: Vec<Failed> =
        stream::iter(runs).buffer_unordered(AT_ONCE).filter_map(async |failed| failed).collect().await;
    let mut answer = Answer::default();
    if let Some(first) = failed.into_iter().min_by_key(|failed| failed.place) {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = first.sequence;
        answer.batch_item_failures.push(failure);
    }
    answer
}

/// A change as the stream delivered it.
struct Delivered {
    /// Position in the batch.
    place: usize,
    /// The record's ID, which identifies the work on it in the logs.
    id: String,
    sequence: Option<String>,
    change: Change,
}

/// A failed record.
struct Failed {
    /// Position in the batch.
    place: usize,
    sequence: Option<String>,
}

/// The changes grouped by partition, in batch order.
fn by_partition(records: Vec<EventRecord>) -> Vec<Vec<Delivered>> {
    let mut groups: Vec<Vec<Delivered>> = Vec::new();
    for (place, record) in records.into_iter().enumerate() {
        let (id, sequence) = (record.event_id.clone(), record.change.sequence_number.clone());
        let Some(change) = Change::read(record) else { continue };
        let delivered = Delivered { place, id, sequence, change };
        let same = |group: &&mut Vec<Delivered>| {
            group.first().is_some_and(|first| first.change.key.pk == delivered.change.key.pk)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(delivered),
            None => groups.push(vec![delivered]),
        }
    }
    groups
}

/// Handles changes of one partition together. If that fails, the first one failed.
async fn at_once<J, Joint>(group: Vec<Delivered>, handle: &J) -> Option<Failed>
where
    J: Fn(Vec<Key>) -> Joint,
    Joint: Future<Output = Result<(), Error>>,
{
    let first = group.first().map(|first| (first.place, first.id.clone(), first.sequence.clone()));
    let (place, id, sequence) = first?;
    let keys = group.into_iter().map(|one| one.change.key).collect();
    let cause = request_id::scope(id, handle(keys)).await.err()?;
    tracing::error!(error = %error::chain(&cause), sequence, "could not handle stream records");
    Some(Failed { place, sequence })
}

/// Handles a partition's changes up to the first failure.
async fn in_order<F, Work>(group: Vec<Delivered>, handle: &F) -> Option<Failed>
where
    F: Fn(Change) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    for Delivered { place, id, sequence, change } in group {
        if let Err(cause) = request_id::scope(id, handle(change)).await {
            tracing::error!(error = %error::chain(&cause), sequence, "could not handle a stream record");
            return Some(Failed { place, sequence });
        }
    }
    None
}
