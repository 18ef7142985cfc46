//! Sending writes: transactions with their retries, and single conditional writes.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use kernel::Error;

use super::Table;
use super::expression::Expressions;
use super::failure::failure;
use super::gate;
use super::item::Item;
use super::transaction::{OnFail, Transaction};
use super::write::{Act, Write, Written};
use crate::retry::{Policy, Retry};

/// A write whose condition fails returns the existing item.
const OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl Table {
    /// Sends the transaction. Retries with jittered backoff if it conflicts with another transaction. If a condition fails, nothing is
    /// written, and the error given with that write is returned.
    pub async fn commit(&self, transaction: Transaction) -> Result<(), Error> {
        self.try_commit(transaction).await.map_err(|refusal| refusal.error)
    }

    /// Like [`Table::commit`], and reports whether a response was already stored.
    pub(crate) async fn try_commit(&self, mut transaction: Transaction) -> Result<(), Refusal> {
        let gate = gate::passed().await.map_err(Refusal::from)?;
        let binding = gate.filter(|gate| gate.bind(&mut transaction));
        let answer_at = transaction.answer_at;
        let (writes, on_fail): (Vec<Write>, Vec<OnFail>) = transaction.writes.into_iter().unzip();
        let writes: Result<Vec<_>, _> = writes.into_iter().map(|write| self.transacted(write)).collect();
        let writes = writes.map_err(Refusal::from)?;
        let mut retry = Retry::new(Policy::Transaction);
        loop {
            let sent = self.client.transact_write_items().set_transact_items(Some(writes.clone())).send().await;
            let Err(error) = sent else {
                if let Some(gate) = binding {
                    gate.prove();
                }
                return Ok(());
            };
            match refused(&error, &on_fail, answer_at) {
                Some(refusal) => return Err(refusal),
                None if contended(&error) => {
                    if !retry.again().await {
                        let busy = Error::conflict("conflict", "Someone else is changing this right now. Try again.");
                        return Err(Refusal::from(busy));
                    }
                }
                None => return Err(Refusal::from(failure(error))),
            }
        }
    }

    /// Sends a single write. A condition that does not hold is not an error: see [`Written::Refused`].
    pub async fn write(&self, write: Write) -> Result<Written, Error> {
        gate::passed().await?;
        let table = write.table.unwrap_or_else(|| self.name().into());
        let steps = if let Act::Update(_, steps) = &write.act { steps.as_slice() } else { &[] };
        let expressions = Expressions::new(write.condition.as_ref(), steps);
        match write.act {
            Act::Put(item) => {
                let put = self.client.put_item().table_name(table).set_item(Some(item));
                let put = put.set_condition_expression(expressions.condition.clone());
                let put = put.set_expression_attribute_names(expressions.names());
                let put = put.set_expression_attribute_values(expressions.values());
                let sent = put.return_values_on_condition_check_failure(OLD).send().await;
                written(sent.map(|answer| answer.attributes), |error| match error {
                    PutItemError::ConditionalCheckFailedException(failed) => Some(failed.item().cloned()),
                    _ => None,
                })
            }
            Act::Update(key, _) => {
                let update = self.client.update_item().table_name(table).set_key(Some(key.into_map()));
                let update = update.set_update_expression(expressions.update.clone());
                let update = update.set_condition_expression(expressions.condition.clone());
                let update = update.set_expression_attribute_names(expressions.names());
                let update = update.set_expression_attribute_values(expressions.values());
                let update = update.return_values(ReturnValue::AllNew);
                let sent = update.return_values_on_condition_check_failure(OLD).send().await;
                written(sent.map(|answer| answer.attributes), |error| match error {
                    UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item().cloned()),
                    _ => None,
                })
            }
            Act::Delete(key) => {
                let delete = self.client.delete_item().table_name(table).set_key(Some(key.into_map()));
                let delete = delete.set_condition_expression(expressions.condition.clone());
                let delete = delete.set_expression_attribute_names(expressions.names());
                let delete = delete.set_expression_attribute_values(expressions.values());
                let delete = delete.return_values(ReturnValue::AllOld);
                let sent = delete.return_values_on_condition_check_failure(OLD).send().await;
                written(sent.map(|answer| answer.attributes), |error| match error {
                    DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item().cloned()),
                    _ => None,
                })
            }
            Act::Check(_) => Err(Error::internal("a check is part of a transaction")),
        }
    }

    /// The write as part of a transaction.
    fn transacted(&self, write: Write) -> Result<TransactWriteItem, Error> {
        let table = write.table.unwrap_or_else(|| self.name().into());
        let steps = if let Act::Update(_, steps) = &write.act { steps.as_slice() } else { &[] };
        let expressions = Expressions::new(write.condition.as_ref(), steps);
        let (names, values, condition) = (expressions.names(), expressions.values(), expressions.condition);
        let item = TransactWriteItem::builder();
        let item = match write.act {
            Act::Put(put) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(put))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()
                    .map_err(Error::defect)?,
            ),
            Act::Update(key, _) => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key.into_map()))
                    .set_update_expression(expressions.update)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()
                    .map_err(Error::defect)?,
            ),
            Act::Delete(key) => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.into_map()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()
                    .map_err(Error::defect)?,
            ),
            Act::Check(key) => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.into_map()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OLD)
                    .build()
                    .map_err(Error::defect)?,
            ),
        };
        Ok(item.build())
    }
}

/// The outcome of a single write; `stood` returns the existing item if the condition failed.
fn written<E>(
    sent: Result<Option<Item>, SdkError<E>>,
    stood: impl Fn(&E) -> Option<Option<Item>>,
) -> Result<Written, Error>
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match sent {
        Ok(item) => Ok(Written::Done(item.unwrap_or_default())),
        Err(error) => match error.as_service_error().and_then(stood) {
            Some(item) => Ok(Written::Refused(item)),
            None => Err(failure(error)),
        },
    }
}

/// A transaction that was not written.
pub(crate) struct Refusal {
    /// The error to return.
    pub error: Error,
    /// Whether a response for the same `Idempotency-Key` is already stored.
    pub answered: bool,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, answered: false }
    }
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
