//! The table: reads, pages of queries, and the single write path.
//!
//! There is a single concrete [`Table`] built on the real SDK; only the endpoint varies. Every state change goes through
//! [`Table::commit`], which sends exactly one `TransactWriteItems`.

mod condition;
mod item;
mod value;

pub use item::{Draft, Item, Key, read, text};

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, KeysAndAttributes, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use futures_util::future::try_join_all;

use self::condition::AsRead;
use crate::keys::{Keys, SubjectKey, subject_pk};
use kernel::error::Error;

/// Maximum number of attempts for a transaction that conflicts with another one on the same item.
const ATTEMPTS: u32 = 6;
/// Maximum number of keys in a batch read.
pub const BATCH: usize = 100;
/// Maximum number of writes in a transaction.
pub const MOST_WRITES: usize = 100;

type OnFail = Box<dyn Fn(Option<&Item>) -> Error + Send + Sync>;

/// Writes that succeed or fail together, each with the error to return if its condition fails.
#[derive(Default)]
pub struct Transaction {
    writes: Vec<(TransactWriteItem, OnFail)>,
    /// Index of the write that stores the response for an `Idempotency-Key`.
    answer_at: Option<usize>,
}

impl Transaction {
    /// An empty transaction.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of writes so far; DynamoDB accepts up to 100.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether the transaction has no writes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Adds a write; `on_fail` receives the existing item that made its condition fail.
    pub fn push(&mut self, write: TransactWriteItem, on_fail: impl Fn(Option<&Item>) -> Error + Send + Sync + 'static) {
        self.writes.push((write, Box::new(on_fail)));
    }

    /// Like [`Transaction::push`], for the write that stores a response.
    pub fn push_answer(&mut self, write: TransactWriteItem) {
        self.answer_at = Some(self.writes.len());
        self.push(write, |_| Error::internal("the stored response was not read"));
    }
}

/// The table and its key store.
#[derive(Clone)]
pub struct Table {
    client: aws_sdk_dynamodb::Client,
    name: std::sync::Arc<str>,
}

impl Table {
    /// Creates a handle to the table `name`.
    #[must_use]
    pub fn new(client: aws_sdk_dynamodb::Client, name: &str) -> Self {
        Self { client, name: name.into() }
    }

    /// The SDK client, for operations that this module does not wrap.
    #[must_use]
    pub fn client(&self) -> &aws_sdk_dynamodb::Client {
        &self.client
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads one item, strongly consistent.
    pub async fn get(&self, key: Key) -> Result<Option<Item>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(self.name())
            .set_key(Some(key.into_map()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failure)?;
        Ok(answer.item)
    }

    /// Reads an item and the data key of its subject in one round trip.
    ///
    /// The key is `None` if the subject was erased.
    pub async fn get_with_subject(
        &self,
        keys: &Keys,
        key: Key,
        subject: &str,
    ) -> Result<(Option<Item>, Option<SubjectKey>), Error> {
        if let Some(subject_key) = keys.remembered(subject) {
            return Ok((self.get(key).await?, Some(subject_key)));
        }
        let entity = KeysAndAttributes::builder().keys(key.into_map()).consistent_read(true).build();
        let wrapped = KeysAndAttributes::builder()
            .keys(HashMap::from([("pk".into(), AttributeValue::S(subject_pk(subject)))]))
            .consistent_read(true)
            .build();
        let answer = self
            .client
            .batch_get_item()
            .request_items(self.name(), entity.map_err(Error::defect)?)
            .request_items(&keys.table, wrapped.map_err(Error::defect)?)
            .send()
            .await
            .map_err(failure)?;
        if answer.unprocessed_keys.is_some_and(|u| !u.is_empty()) {
            return Err(Error::Unavailable("a read was throttled".into()));
        }
        let mut found = answer.responses.unwrap_or_default();
        let item = found.remove(self.name()).and_then(|mut items| items.pop());
        let subject_key = match found.remove(&keys.table).and_then(|mut items| items.pop()) {
            Some(wrapped) => Some(keys.subject_from(subject, &wrapped).await?),
            None => None,
        };
        Ok((item, subject_key))
    }

    /// Reads items in no particular order; missing items are omitted. One round trip: one call per 100 keys, all made
    /// concurrently.
    pub async fn get_many(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        let batches: Vec<Vec<Key>> = keys.chunks(BATCH).map(<[Key]>::to_vec).collect();
        let read = try_join_all(batches.into_iter().map(|batch| self.get_batch(batch))).await?;
        Ok(read.into_iter().flatten().collect())
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.into_iter().map(Key::into_map).collect()))
            .consistent_read(true)
            .build()
            .map_err(Error::defect)?;
        let answer = self.client.batch_get_item().request_items(self.name(), wanted).send().await.map_err(failure)?;
        if answer.unprocessed_keys.is_some_and(|u| !u.is_empty()) {
            return Err(Error::Unavailable("a read was throttled".into()));
        }
        Ok(answer.responses.unwrap_or_default().remove(self.name()).unwrap_or_default())
    }

    /// Creates an item; `on_exists` returns the error if the item already exists.
    pub fn create(
        &self,
        transaction: &mut Transaction,
        draft: Draft,
        on_exists: impl Fn(Option<&Item>) -> Error + Send + Sync + 'static,
    ) -> Result<(), Error> {
        let put = Put::builder()
            .table_name(self.name())
            .set_item(Some(draft.into_item()))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::defect)?;
        transaction.push(TransactWriteItem::builder().put(put).build(), on_exists);
        Ok(())
    }

    /// Creates or overwrites an item.
    pub fn put(&self, transaction: &mut Transaction, draft: Draft) -> Result<(), Error> {
        let put =
            Put::builder().table_name(self.name()).set_item(Some(draft.into_item())).build().map_err(Error::defect)?;
        transaction.push(TransactWriteItem::builder().put(put).build(), |_| Error::StaleVersion);
        Ok(())
    }

    /// Writes the next version of an item that must still be at `version`.
    pub fn replace(&self, transaction: &mut Transaction, draft: Draft, version: u64) -> Result<(), Error> {
        self.replace_as_read(transaction, draft, AsRead::new(version, None, None))
    }

    /// Writes the next state of an item that must still be at `version` and at `revision`, which counts changes to related items (the
    /// cash flows of an investment).
    pub fn replace_revision(
        &self,
        transaction: &mut Transaction,
        draft: Draft,
        version: u64,
        revision: u64,
    ) -> Result<(), Error> {
        self.replace_as_read(transaction, draft, AsRead::new(version, Some(revision), None))
    }

    fn replace_as_read(&self, transaction: &mut Transaction, draft: Draft, wanted: AsRead) -> Result<(), Error> {
        let put = Put::builder()
            .table_name(self.name())
            .set_item(Some(draft.into_item()))
            .condition_expression(wanted.condition)
            .set_expression_attribute_names(Some(wanted.names))
            .set_expression_attribute_values(Some(wanted.values))
            .build()
            .map_err(Error::defect)?;
        transaction.push(TransactWriteItem::builder().put(put).build(), |_| Error::StaleVersion);
        Ok(())
    }

    /// Deletes an item if it exists.
    pub fn delete(&self, transaction: &mut Transaction, key: Key) -> Result<(), Error> {
        let delete =
            Delete::builder().table_name(self.name()).set_key(Some(key.into_map())).build().map_err(Error::defect)?;
        transaction.push(TransactWriteItem::builder().delete(delete).build(), |_| Error::StaleVersion);
        Ok(())
    }

    /// Deletes an item that must be unchanged since it was read: same `version`, and same `revision` and `position` in `gsi2` if it
    /// has them.
    pub fn delete_at(
        &self,
        transaction: &mut Transaction,
        key: Key,
        version: u64,
        revision: Option<u64>,
        position: Option<&str>,
    ) -> Result<(), Error> {
        let wanted = AsRead::new(version, revision, position);
        let delete = Delete::builder()
            .table_name(self.name())
            .set_key(Some(key.into_map()))
            .condition_expression(wanted.condition)
            .set_expression_attribute_names(Some(wanted.names))
            .set_expression_attribute_values(Some(wanted.values))
            .build()
            .map_err(Error::defect)?;
        transaction.push(TransactWriteItem::builder().delete(delete).build(), |_| Error::StaleVersion);
        Ok(())
    }

    /// Requires the item at `key` to satisfy `condition` when the transaction commits; `values` are the condition's placeholders.
    pub fn require(
        &self,
        transaction: &mut Transaction,
        key: Key,
        condition: &str,
        values: &[(&str, &str)],
        on_fail: impl Fn(Option<&Item>) -> Error + Send + Sync + 'static,
    ) -> Result<(), Error> {
        let mut check = ConditionCheck::builder()
            .table_name(self.name())
            .set_key(Some(key.into_map()))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (placeholder, value) in values {
            check = check.expression_attribute_values(*placeholder, AttributeValue::S((*value).to_owned()));
        }
        let check = check.build().map_err(Error::defect)?;
        transaction.push(TransactWriteItem::builder().condition_check(check).build(), on_fail);
        Ok(())
    }

    /// Starts an update of one item for use in a transaction, with its table and key set.
    #[must_use]
    pub fn update_of(&self, key: Key) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder().table_name(self.name()).set_key(Some(key.into_map()))
    }

    /// Sends the transaction. On a conflict with another transaction, retries after a jittered delay. If a condition fails, returns
    /// the error given for that write; nothing is written.
    pub async fn commit(&self, transaction: Transaction) -> Result<(), Error> {
        self.try_commit(transaction).await.map_err(|refusal| refusal.error)
    }

    /// Like [`Table::commit`], but a refusal also says whether it was due to a stored response for the same `Idempotency-Key`.
    pub async fn try_commit(&self, transaction: Transaction) -> Result<(), Refusal> {
        let (writes, on_fail): (Vec<TransactWriteItem>, Vec<OnFail>) = transaction.writes.into_iter().unzip();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let sent = self.client.transact_write_items().set_transact_items(Some(writes.clone())).send().await;
            let Err(error) = sent else { return Ok(()) };
            match refused(&error, &on_fail, transaction.answer_at) {
                Some(refusal) => return Err(refusal),
                None if attempt < ATTEMPTS && contended(&error) => pause(attempt).await,
                None if contended(&error) => {
                    let busy = Error::conflict("conflict", "Someone else is changing this right now. Try again.");
                    return Err(Refusal { error: busy, answered: false });
                }
                None => {
                    return Err(Refusal { error: failure(error), answered: false });
                }
            }
        }
    }
}

/// A transaction that was not written.
pub struct Refusal {
    /// The error to return.
    pub error: Error,
    /// Whether a response for the same `Idempotency-Key` is already stored.
    pub answered: bool,
}

/// Returns a refusal if a condition failed: the failed write's `on_fail` error for the existing item, unless the failed write is the one
/// at `answer_at`.
fn refused(error: &SdkError<TransactWriteItemsError>, on_fail: &[OnFail], answer_at: Option<usize>) -> Option<Refusal> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.as_service_error()? else {
        return None;
    };
    let reasons = cancelled.cancellation_reasons();
    let failed = |at: usize| reasons.get(at).is_some_and(|r| r.code() == Some("ConditionalCheckFailed"));
    if answer_at.is_some_and(failed) {
        return Some(Refusal { error: Error::IdempotencyMismatch, answered: true });
    }
    let (at, on_fail) = on_fail.iter().enumerate().find(|(at, _)| failed(*at))?;
    Some(Refusal { error: on_fail(reasons.get(at).and_then(|r| r.item())), answered: false })
}

/// Whether the failure is a conflicting transaction or throttling, and thus worth retrying.
fn contended(error: &SdkError<TransactWriteItemsError>) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().iter().any(|r| {
                matches!(r.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
            })
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => true,
        _ => false,
    }
}

/// Waits 10 ms, 20 ms, 40 ms … plus up to the same again, so that two rivals do not collide again.
pub async fn pause(attempt: u32) {
    let base = 10_u64 << attempt.min(6);
    let mut random = [0_u8; 2];
    // Without randomness, the delays are just less spread out.
    let _ = aws_lc_rs::rand::fill(&mut random);
    let jitter = u64::from(u16::from_le_bytes(random)) * base / u64::from(u16::MAX);
    tokio::time::sleep(Duration::from_millis(base + jitter)).await;
}

/// Maps a failed SDK call: throttling, time-outs and service failures are retryable; anything else is a bug.
pub fn failure<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let throttled = matches!(
        error.code(),
        Some(
            "ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "InternalServerError"
                | "ServiceUnavailable"
                | "TransactionConflictException"
                | "TransactionCanceledException"
        )
    );
    let transport =
        matches!(error, SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_));
    if throttled || transport { Error::Unavailable(Box::new(error)) } else { Error::Internal(Box::new(error)) }
}
