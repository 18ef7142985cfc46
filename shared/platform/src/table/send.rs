//! Sending writes: transactions with their retries, and single writes. Each kind of single write has its own method, so that a function
//! links only the operations of the SDK that it uses.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{self, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use kernel::Error;

use super::Table;
use super::condition::Condition;
use super::expression::Expressions;
use super::failure::failure;
use super::gate;
use super::item::{Item, Key};
use super::transaction::{OnFail, Transaction};
use super::write::{Act, Check, Delete, Put, Step, Update, Updated, Write};
use crate::retry::{Policy, Retry};

/// A write whose condition fails returns the existing item.
const OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// Sets what every builder of a write has. A macro, because the builders of the SDK have no trait in common.
macro_rules! with_expressions {
    ($builder:expr, $table:expr, $expressions:expr) => {
        $builder
            .table_name($table)
            .set_expression_attribute_names($expressions.names())
            .set_expression_attribute_values($expressions.values())
            .set_condition_expression($expressions.condition)
    };
}

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

    /// Sends a single put. Returns whether its condition held.
    pub async fn put(&self, write: Write<Put>) -> Result<bool, Error> {
        gate::passed().await?;
        let (table, expressions) = self.addressed(write.table, write.condition.as_ref(), &[]);
        let put = with_expressions!(self.client.put_item(), table, expressions).set_item(Some(write.act.0));
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(failure(error)),
        }
    }

    /// Sends a single update. Returns whether its condition held.
    pub async fn update(&self, write: Write<Update>) -> Result<bool, Error> {
        gate::passed().await?;
        match self.updating(write).send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(failure(error)),
        }
    }

    /// Like [`Table::update`], and returns the item.
    pub async fn update_and_get(&self, write: Write<Update>) -> Result<Updated, Error> {
        gate::passed().await?;
        let update = self.updating(write).return_values(ReturnValue::AllNew);
        let error = match update.return_values_on_condition_check_failure(OLD).send().await {
            Ok(answer) => return Ok(Updated::Done(answer.attributes.unwrap_or_default())),
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Updated::Refused(failed.item().cloned()))
            }
            _ => Err(failure(error)),
        }
    }

    fn updating(&self, write: Write<Update>) -> UpdateItemFluentBuilder {
        let (table, expressions) = self.addressed(write.table, write.condition.as_ref(), &write.act.steps);
        with_expressions!(self.client.update_item(), table, expressions)
            .set_key(Some(write.act.key.into_map()))
            .set_update_expression(expressions.update)
    }

    /// Deletes a single item, whether or not it exists.
    pub async fn delete(&self, key: Key) -> Result<(), Error> {
        gate::passed().await?;
        self.deleting(key).send().await.map_err(failure)?;
        Ok(())
    }

    /// Deletes a single item and returns it, if it existed.
    pub async fn take(&self, key: Key) -> Result<Option<Item>, Error> {
        gate::passed().await?;
        let answer = self.deleting(key).return_values(ReturnValue::AllOld).send().await.map_err(failure)?;
        Ok(answer.attributes)
    }

    fn deleting(&self, key: Key) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(self.name()).set_key(Some(key.into_map()))
    }

    /// The table of a write, and its expressions.
    fn addressed(&self, table: Option<String>, condition: Option<&Condition>, steps: &[Step]) -> (String, Expressions) {
        (table.unwrap_or_else(|| self.name().into()), Expressions::new(condition, steps))
    }

    /// The write as part of a transaction.
    fn transacted(&self, write: Write) -> Result<TransactWriteItem, Error> {
        let steps = if let Act::Update(update) = &write.act { update.steps.as_slice() } else { &[] };
        let (table, expressions) = self.addressed(write.table, write.condition.as_ref(), steps);
        let item = TransactWriteItem::builder();
        let item = match write.act {
            Act::Put(Put(put)) => {
                let put = with_expressions!(types::Put::builder(), table, expressions).set_item(Some(put));
                item.put(put.return_values_on_condition_check_failure(OLD).build().map_err(Error::defect)?)
            }
            Act::Update(Update { key, .. }) => {
                let update = with_expressions!(types::Update::builder(), table, expressions)
                    .set_key(Some(key.into_map()))
                    .set_update_expression(expressions.update);
                item.update(update.return_values_on_condition_check_failure(OLD).build().map_err(Error::defect)?)
            }
            Act::Delete(Delete(key)) => {
                let delete =
                    with_expressions!(types::Delete::builder(), table, expressions).set_key(Some(key.into_map()));
                item.delete(delete.return_values_on_condition_check_failure(OLD).build().map_err(Error::defect)?)
            }
            Act::Check(Check(key)) => {
                let check = with_expressions!(types::ConditionCheck::builder(), table, expressions)
                    .set_key(Some(key.into_map()));
                item.condition_check(
                    check.return_values_on_condition_check_failure(OLD).build().map_err(Error::defect)?,
                )
            }
        };
        Ok(item.build())
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
