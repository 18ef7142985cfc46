//! Objects in the bucket: presigned uploads and downloads, partial reads, deletion.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::config::{Config, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{ChecksumMode, Delete, MetadataDirective, ObjectIdentifier};
use bytes::Bytes;

use crate::app::App;
use crate::hash::Sha256;
use crate::standing;
use crate::table;
use kernel::error::Error;

/// A presigned request that its holder may send any number of times until it expires, but cannot change.
#[derive(Debug, Clone)]
pub struct PresignedPut {
    /// The presigned URL.
    pub url: String,
    /// Headers that must be sent exactly as given, besides `Content-Length`, which every client sets itself.
    pub headers: BTreeMap<String, String>,
}

/// Presigns the upload of an object of exactly `size` bytes with this content type and, if known, this digest to `key`, valid for
/// `seconds` seconds.
pub async fn presign_put(
    app: &App,
    key: &str,
    size: u64,
    content_type: &str,
    sha256: Option<Sha256>,
    seconds: u64,
) -> Result<PresignedPut, Error> {
    standing::confirmed().await?;
    let expires = PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(Error::defect)?;
    // The SDK's own checksum would have to be computed from bytes that are not available here.
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

/// Presigns the download of the object at `key` with these headers, valid for `seconds` seconds.
pub async fn presign_get(
    app: &App,
    key: &str,
    content_type: &str,
    disposition: &str,
    seconds: u64,
) -> Result<String, Error> {
    standing::confirmed().await?;
    let expires = PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(Error::defect)?;
    let get = app.s3()?.get_object().bucket(app.bucket()).key(key);
    let get = get.response_content_type(content_type).response_content_disposition(disposition);
    // The response is personal data: intermediaries must not cache it.
    let request = get.response_cache_control("private, no-store").presigned(expires).await.map_err(failure)?;
    Ok(request.uri().to_owned())
}

/// Metadata of an object.
#[derive(Debug, Clone)]
pub struct Head {
    /// Size in bytes.
    pub size: u64,
    /// Digest of the contents, if the store recorded it.
    pub sha256: Option<Sha256>,
    /// When the object was written, in seconds since 1970.
    pub written_at: i64,
    /// Whether whoever downloads the object is told to unpack it first, so that they see other bytes than the ones stored.
    pub is_encoded: bool,
}

/// Reads the metadata of the object at `key`; `None` if there is no such object.
pub async fn head(app: &App, key: &str) -> Result<Option<Head>, Error> {
    let head = app.s3()?.head_object().bucket(app.bucket()).key(key).checksum_mode(ChecksumMode::Enabled);
    match head.send().await {
        Ok(head) => Ok(Some(Head {
            size: head.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
            sha256: head.checksum_sha256().and_then(Sha256::from_base64),
            is_encoded: head.content_encoding().is_some_and(|encoding| !encoding.is_empty()),
            written_at: head.last_modified().map(aws_sdk_s3::primitives::DateTime::secs).unwrap_or_default(),
        })),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

/// Reads a whole object chunk by chunk and returns its digest; `None` if there is no such object.
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

/// Copies an object within the bucket, server-side and without the metadata that its uploader gave it; returns `false` if there is no
/// object at `from`. Both keys must consist of letters, digits, `-` and `/`.
pub async fn copy(app: &App, from: &str, to: &str) -> Result<bool, Error> {
    standing::confirmed().await?;
    let source = format!("{}/{from}", app.bucket());
    let copy = app.s3()?.copy_object().bucket(app.bucket()).copy_source(source).key(to);
    match copy.metadata_directive(MetadataDirective::Replace).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some("NoSuchKey") => Ok(false),
        Err(error) => Err(failure(error)),
    }
}

/// Part of an object.
#[derive(Debug, Clone)]
pub struct Part {
    /// The requested bytes; fewer at the end of the object.
    pub bytes: Bytes,
    /// `ETag` of the whole object.
    pub etag: String,
    /// Size of the whole object in bytes.
    pub size: u64,
}

/// Reads up to `length` bytes of an object from offset `from`, which must be inside it; `None` if there is no such object.
pub async fn read_part(app: &App, key: &str, from: u64, length: u64) -> Result<Option<Part>, Error> {
    let range = format!("bytes={from}-{}", from + length.max(1) - 1);
    let answer = match app.s3()?.get_object().bucket(app.bucket()).key(key).range(range).send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
        Err(error) => return Err(failure(error)),
    };
    let etag = answer.e_tag().unwrap_or_default().to_owned();
    let size = answer.content_range().and_then(|range| range.rsplit('/').next()).and_then(|size| size.parse().ok());
    let size = size.ok_or_else(|| Error::internal("a partial read returned no content range"))?;
    let bytes = answer.body.collect().await.map_err(|error| Error::Unavailable(Box::new(error)))?.into_bytes();
    Ok(Some(Part { bytes, etag, size }))
}

/// Deletes an object if it exists.
pub async fn remove(app: &App, key: &str) -> Result<(), Error> {
    standing::confirmed().await?;
    app.s3()?.delete_object().bucket(app.bucket()).key(key).send().await.map_err(failure)?;
    Ok(())
}

/// Deletes the objects that exist.
pub async fn remove_many(app: &App, keys: Vec<String>) -> Result<(), Error> {
    standing::confirmed().await?;
    // S3 accepts up to 1,000 keys per request.
    for batch in keys.chunks(1000) {
        let named = batch.iter().map(|key| ObjectIdentifier::builder().key(key).build());
        let named: Vec<_> = named.collect::<Result<_, _>>().map_err(Error::defect)?;
        let delete = Delete::builder().set_objects(Some(named)).quiet(true).build().map_err(Error::defect)?;
        let answer = app.s3()?.delete_objects().bucket(app.bucket()).delete(delete).send().await.map_err(failure)?;
        if let Some(error) = answer.errors().first() {
            let code = error.code().unwrap_or_default();
            return Err(Error::Unavailable(format!("could not delete an object: {code}").into()));
        }
    }
    Ok(())
}

/// Maps a failed call: the S3 codes that ask the client to slow down or retry, otherwise the same as for the table.
fn failure<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error.code() {
        Some("SlowDown" | "InternalError" | "RequestTimeout") => Error::Unavailable(Box::new(error)),
        _ => table::failure(error),
    }
}
