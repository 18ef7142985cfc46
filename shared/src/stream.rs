//! The table's stream: handling a batch of records one after another.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};

use crate::error::{self, Error};
use crate::http::with_request_id;

/// Gives each record of `event` to `handle`, in order. The first one that fails is reported, and the stream delivers from
/// there again.
pub async fn each<F, Work>(event: Event, handle: F) -> DynamoDbEventResponse
where
    F: Fn(EventRecord) -> Work,
    Work: Future<Output = Result<(), Error>>,
{
    let mut response = DynamoDbEventResponse::default();
    for record in event.records {
        let sequence = record.change.sequence_number.clone();
        let id = record.event_id.clone();
        let done = with_request_id(id, handle(record)).await;
        if let Err(cause) = done {
            tracing::error!(error = %error::chain(&cause), sequence, "a stream record failed");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = sequence;
            response.batch_item_failures.push(failure);
            break;
        }
    }
    response
}
