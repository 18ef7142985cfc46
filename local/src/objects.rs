//! The embedded S3: `s3s` over a folder, on the same address as everything else, with signatures verified.

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderName};
use http::{HeaderValue, Method, StatusCode};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use tower::ServiceExt as _;
use tower_http::cors::{AllowHeaders, CorsLayer};

use crate::folder::Folder;
use crate::uploads::{self, UploadCount};

/// Set once the signature of a request was found to be right.
#[derive(Clone, Default)]
struct Signed(Arc<AtomicBool>);

/// Admits only signed requests, and notes that it did.
struct Access;

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "Signature is required"));
        }
        if let Some(Signed(signed)) = request.extensions_mut().get() {
            signed.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The upload bucket.
pub(crate) const BUCKET: &str = "steward-uploads";

/// Why the embedded S3 cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// The bucket's folder cannot be created.
    #[error("cannot create the bucket's folder")]
    Bucket(#[from] io::Error),
    /// The folder cannot be served. This error of `s3s-fs` does not implement the standard error trait.
    #[error("cannot serve the objects folder: {0:?}")]
    FileSystem(s3s_fs::Error),
}

/// The embedded S3 as an HTTP service; pages from `origins` can use presigned URLs.
#[derive(Clone)]
pub(crate) struct Objects {
    s3: S3Service,
    cors: CorsLayer,
    uploaded: UploadCount,
    root: PathBuf,
}

impl Objects {
    /// Opens S3 over the folder, for requests signed with this key.
    pub(crate) fn open(
        folder: &Folder,
        access_key_id: &str,
        secret_access_key: &str,
        origins: &[String],
        uploaded: UploadCount,
    ) -> Result<Self, ObjectsError> {
        std::fs::create_dir_all(folder.objects().join(BUCKET))?;
        let files = s3s_fs::FileSystem::new(folder.objects()).map_err(ObjectsError::FileSystem)?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_access(Access);
        builder.set_auth(SimpleAuth::from_single(access_key_id, secret_access_key));
        let origins: Vec<HeaderValue> =
            origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok()).collect();
        let cors = CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::HEAD, Method::PUT])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([header::ETAG]);
        Ok(Self { s3: builder.build(), cors, uploaded, root: folder.objects() })
    }

    /// Whether a path belongs to the bucket.
    pub(crate) fn owns(path: &str) -> bool {
        path.strip_prefix('/')
            .and_then(|path| path.strip_prefix(BUCKET))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Handles an S3 request.
    pub(crate) async fn answer(&self, mut request: Request) -> Response {
        let signed = Signed::default();
        request.extensions_mut().insert(signed.clone());
        let path = request.uri().path().to_owned();
        if has_unsigned_amz_header(&request) {
            return StatusCode::FORBIDDEN.into_response();
        }
        let is_upload = request.method() == Method::PUT && uploads::is_pending(&path, BUCKET);
        let s3 = self.s3.clone();
        let service = tower::service_fn(move |request: Request| {
            let mut s3 = s3.clone();
            async move {
                Ok::<Response, Infallible>(match tower::Service::call(&mut s3, request).await {
                    Ok(response) => response.map(Body::new),
                    Err(error) => {
                        tracing::error!(?error, "the embedded S3 failed");
                        StatusCode::INTERNAL_SERVER_ERROR.into_response()
                    }
                })
            }
        });
        let mut response = match tower::Layer::layer(&self.cors, service).oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if is_upload && response.status().is_success() {
            self.uploaded.send_modify(|count| *count += 1);
        }
        // `s3s-fs` writes a file before it compares its digest; S3 stores nothing if the digest does not match. A request without a
        // valid signature has written nothing, so whatever is there is another's.
        let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/".contains(&byte));
        let written = signed.0.load(Ordering::Relaxed);
        if is_upload && plain && written && response.status() == StatusCode::BAD_REQUEST {
            let _ = tokio::fs::remove_file(self.root.join(path.trim_start_matches('/'))).await;
        }
        // S3 shares its origin with the app: an uploaded file must never run as part of it.
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-site"));
        response
    }
}

/// Whether a presigned request has an `x-amz-` header that its signature does not cover. S3 refuses it: such a header can make an upload a
/// copy of another object.
fn has_unsigned_amz_header(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let signed = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders="));
    let Some(signed) = signed.map(|names| names.replace("%3B", ";").replace("%3b", ";")) else { return false };
    let names = request.headers().keys().map(HeaderName::as_str);
    names.filter(|name| name.starts_with("x-amz-")).any(|name| !signed.split(';').any(|one| one == name))
}

#[cfg(test)]
mod tests {
    use super::Objects;

    #[test]
    fn only_bucket_paths_go_to_s3() {
        assert!(Objects::owns("/steward-uploads/imports/1"));
        assert!(Objects::owns("/steward-uploads"));
        assert!(!Objects::owns("/steward-uploads-2/x"));
        assert!(!Objects::owns("/api/steward-uploads/x"));
    }
}
