//! Objects in the bucket: presigned uploads, reads of a part, removal.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::config::{Config, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use bytes::Bytes;

use crate::app::App;
use crate::error::Error;
use crate::table;

/// A request that the holder may send once or several times until it expires, and that cannot be changed.
#[derive(Debug, Clone)]
pub struct PresignedPut {
    /// Where to.
    pub url: String,
    /// Headers that must be sent exactly so, beside `Content-Length`, which every client sets by itself.
    pub headers: BTreeMap<String, String>,
}

/// Allows one to put an object of exactly `size` bytes and this content type at `key`, for so many `seconds`.
pub async fn presign_put(
    app: &App,
    key: &str,
    size: u64,
    content_type: &str,
    seconds: u64,
) -> Result<PresignedPut, Error> {
    let expires = PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(Error::defect)?;
    // A checksum would be one of the bytes that are not known yet.
    let config = Config::builder().request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
    let request = app
        .s3()?
        .put_object()
        .bucket(app.bucket())
        .key(key)
        .content_type(content_type)
        .content_length(i64::try_from(size).map_err(Error::defect)?)
        .customize()
        .config_override(config)
        .presigned(expires)
        .await
        .map_err(failure)?;
    let headers = request
        .headers()
        .filter(|(name, _)| !matches!(*name, "host" | "content-length"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok(PresignedPut { url: request.uri().to_owned(), headers })
}

/// A part of an object.
#[derive(Debug, Clone)]
pub struct Part {
    /// The bytes asked for, fewer at the object's end.
    pub bytes: Bytes,
    /// Identifies the object's contents as a whole.
    pub etag: String,
    /// Size of the whole object in bytes.
    pub size: u64,
}

/// Reads up to `length` bytes of an object from offset `from`, which must lie inside it; `None` when there is no object.
pub async fn read_part(app: &App, key: &str, from: u64, length: u64) -> Result<Option<Part>, Error> {
    let range = format!("bytes={from}-{}", from + length.max(1) - 1);
    let answer = match app.s3()?.get_object().bucket(app.bucket()).key(key).range(range).send().await {
        Ok(answer) => answer,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(aws_sdk_s3::operation::get_object::GetObjectError::is_no_such_key) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(failure(error)),
    };
    let etag = answer.e_tag().unwrap_or_default().to_owned();
    let size = answer.content_range().and_then(|range| range.rsplit('/').next()).and_then(|size| size.parse().ok());
    let size = size.ok_or_else(|| Error::internal("a part of an object came without its range"))?;
    let bytes = answer.body.collect().await.map_err(|error| Error::Unavailable(Box::new(error)))?.into_bytes();
    Ok(Some(Part { bytes, etag, size }))
}

/// Removes an object, whether or not it is there.
pub async fn remove(app: &App, key: &str) -> Result<(), Error> {
    app.s3()?.delete_object().bucket(app.bucket()).key(key).send().await.map_err(failure)?;
    Ok(())
}

/// What a failed call means: the codes by which S3 asks for patience, else as for the table.
fn failure<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error.code() {
        Some("SlowDown" | "InternalError" | "RequestTimeout") => Error::Unavailable(Box::new(error)),
        _ => table::failure(error),
    }
}
