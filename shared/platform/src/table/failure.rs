//! What a failed call of the SDK means.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use kernel::Error;

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
