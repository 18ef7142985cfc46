//! Objects in the bucket: presigned uploads, reads of a part, removal.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::config::{Config, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{ChecksumMode, Delete, ObjectIdentifier};
use bytes::Bytes;

use crate::app::App;
use crate::table;
use crate::upload::Sha256;
use kernel::error::Error;

/// A request that the holder may send once or several times until it expires, and that cannot be changed.
#[derive(Debug, Clone)]
pub struct PresignedPut {
    /// Where to.
    pub url: String,
    /// Headers that must be sent exactly so, beside `Content-Length`, which every client sets by itself.
    pub headers: BTreeMap<String, String>,
}

/// Allows one to put an object of exactly `size` bytes, this content type and, where it is known, this digest at `key`, for
/// so many `seconds`.
pub async fn presign_put(
    app: &App,
    key: &str,
    size: u64,
    content_type: &str,
    sha256: Option<Sha256>,
    seconds: u64,
) -> Result<PresignedPut, Error> {
    let expires = PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(Error::defect)?;
    // The SDK's own checksum would be one of the bytes that are not at hand.
    let config = Config::builder().request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
    let request = app
        .s3()?
        .put_object()
        .bucket(app.bucket())
        .key(key)
        .content_type(content_type)
        .content_length(i64::try_from(size).map_err(Error::defect)?)
        .set_checksum_sha256(sha256.map(Sha256::to_base64))
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

/// An address that gives the object at `key` out for so many `seconds`, with these headers.
pub async fn presign_get(
    app: &App,
    key: &str,
    content_type: &str,
    disposition: &str,
    seconds: u64,
) -> Result<String, Error> {
    let expires = PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(Error::defect)?;
    let get = app.s3()?.get_object().bucket(app.bucket()).key(key);
    let get = get.response_content_type(content_type).response_content_disposition(disposition);
    // What comes is personal: it stays in no cache on the way.
    let request = get.response_cache_control("private, no-store").presigned(expires).await.map_err(failure)?;
    Ok(request.uri().to_owned())
}

/// What the store knows of an object without reading it.
#[derive(Debug, Clone)]
pub struct Head {
    /// Size in bytes.
    pub size: u64,
    /// Digest of the bytes, where the store kept it.
    pub sha256: Option<Sha256>,
    /// When it was written, in seconds since 1970.
    pub written_at: i64,
}

/// What the store knows of the object at `key`; `None` when there is none.
pub async fn head(app: &App, key: &str) -> Result<Option<Head>, Error> {
    let head = app.s3()?.head_object().bucket(app.bucket()).key(key).checksum_mode(ChecksumMode::Enabled);
    match head.send().await {
        Ok(head) => Ok(Some(Head {
            size: head.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
            sha256: head.checksum_sha256().and_then(Sha256::from_base64),
            written_at: head.last_modified().map(aws_sdk_s3::primitives::DateTime::secs).unwrap_or_default(),
        })),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

/// Reads a whole object, chunk by chunk, and gives its digest; `None` when there is none.
pub async fn digest(app: &App, key: &str) -> Result<Option<Sha256>, Error> {
    let mut answer = match app.s3()?.get_object().bucket(app.bucket()).key(key).send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
        Err(error) => return Err(failure(error)),
    };
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    while let Some(chunk) = answer.body.try_next().await.map_err(|error| Error::Unavailable(Box::new(error)))? {
        context.update(&chunk);
    }
    Ok(Sha256::from_bytes(context.finish().as_ref()))
}

/// Copies an object within the bucket, in the store itself; `false` when there is none at `from`. Both keys are of letters,
/// digits, `-` and `/`.
pub async fn copy(app: &App, from: &str, to: &str) -> Result<bool, Error> {
    let source = format!("{}/{from}", app.bucket());
    match app.s3()?.copy_object().bucket(app.bucket()).copy_source(source).key(to).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some("NoSuchKey") => Ok(false),
        Err(error) => Err(failure(error)),
    }
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
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
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

/// Removes objects, whether or not they are there.
pub async fn remove_many(app: &App, keys: Vec<String>) -> Result<(), Error> {
    // S3 takes 1,000 at once.
    for batch in keys.chunks(1000) {
        let named = batch.iter().map(|key| ObjectIdentifier::builder().key(key).build());
        let named: Vec<_> = named.collect::<Result<_, _>>().map_err(Error::defect)?;
        let delete = Delete::builder().set_objects(Some(named)).quiet(true).build().map_err(Error::defect)?;
        let answer = app.s3()?.delete_objects().bucket(app.bucket()).delete(delete).send().await.map_err(failure)?;
        if let Some(error) = answer.errors().first() {
            let code = error.code().unwrap_or_default();
            return Err(Error::Unavailable(format!("an object could not be removed: {code}").into()));
        }
    }
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
