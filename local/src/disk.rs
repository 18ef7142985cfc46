//! A full disk, said plainly. The parts that store something report it each in its own way, or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// Number of bytes that must fit: with less, the database cannot write its next pages.
const NEEDED: usize = 1024 * 1024;

/// Whether a write failed because there is no space left.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// The space on the disk of a folder.
pub(crate) struct Space {
    file: PathBuf,
}

impl Space {
    /// The space for `folder`.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { file: folder.join("space") }
    }

    /// Fails if [`NEEDED`] bytes cannot be written.
    pub(crate) fn check(&self) -> io::Result<()> {
        let written = File::create(&self.file).and_then(|mut file| {
            file.write_all(&vec![0; NEEDED])?;
            // Without this, a network file system may report a full disk too late.
            file.flush()?;
            file.sync_data()
        });
        let removed = fs::remove_file(&self.file);
        written.and(removed)
    }

    /// `response`, or that the disk is full if that is why it failed.
    pub(crate) fn explain(&self, response: Response) -> Response {
        if !response.status().is_server_error() || !self.check().is_err_and(|error| is_full(&error)) {
            return response;
        }
        let folder = self.file.parent().unwrap_or(&self.file);
        tracing::error!(folder = %folder.display(), "the disk of the data folder is full: free some space");
        let request_id = response.headers().get("x-request-id").cloned();
        let status = StatusCode::INSUFFICIENT_STORAGE;
        let problem = json!({
            "type": "about:blank", "title": "Insufficient Storage", "status": status.as_u16(), "code": "disk_full",
            "detail": "The disk of Steward's data folder is full. Free some space, then try again.",
            "request_id": request_id.as_ref().and_then(|id| id.to_str().ok()),
        });
        let mut answer = (status, Body::from(problem.to_string())).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(request_id.map(|id| (http::HeaderName::from_static("x-request-id"), id)));
        answer
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::folder::{DataLocation, Folder};

    #[tokio::test]
    async fn only_a_failure_on_a_full_disk_is_explained() {
        let folder = Folder::open(&DataLocation::Temporary).unwrap();
        let space = Space::of(folder.path());
        let failed = |status: StatusCode| (status, [("x-request-id", "7")]).into_response();
        assert_eq!(space.explain(failed(StatusCode::SERVICE_UNAVAILABLE)).status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!folder.path().join("space").exists());
        for (status, explained) in [(503, 507), (500, 507), (404, 404), (200, 200)] {
            // Removed by each check.
            let _ = std::os::unix::fs::symlink("/dev/full", folder.path().join("space"));
            let answer = space.explain(failed(StatusCode::from_u16(status).unwrap()));
            assert_eq!(answer.status().as_u16(), explained);
            assert_eq!(answer.headers()["x-request-id"], "7");
            let body = to_bytes(answer.into_body(), 1_000).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&body).contains("is full. Free some space"), explained == 507);
        }
    }
}
