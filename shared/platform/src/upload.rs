//! Files that browsers upload directly to the bucket: names, types, sizes, and upload and download URLs.
//!
//! An upload goes to a *pending* key that nobody can read. When the store reports it, its contents are checked ([`content`]), the
//! [`Scanner`] is asked, and it is copied either to where it can be downloaded or to quarantine. Investor documents, design assets and task attachments
//! all hold files and share this process from announcement to download.

mod arrival;
mod content;
mod holder;
mod name;
mod stored;

pub use arrival::{Arrival, Found, Outcome, Places, judge};
pub use holder::{Holder, HolderKind, VersionId, open_version, version_draft, version_items, version_list};
pub use name::FileName;
pub use stored::{Disposition, Download, QuarantineReason, Status, StoredFile, download, fields};

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
pub use crate::hash::Sha256;
use crate::objects;
pub use crate::scan::{Ask, Scan, Scanner};
use kernel::choice;
use kernel::error::{Error, FieldError};

/// Maximum file size in bytes: 100 MiB.
pub const MAX_BYTES: u64 = 100 * 1024 * 1024;
/// How long an upload URL is valid, in seconds. A large file takes a while on a slow connection.
pub const UPLOAD_SECONDS: u64 = 3600;
/// How long a download URL is valid, in seconds.
const DOWNLOAD_SECONDS: u64 = 300;

choice!(
    /// Accepted file types, as media types.
    FileType {
        /// A PDF document.
        Pdf = "application/pdf",
        /// A PNG image.
        Png = "image/png",
        /// A JPEG image.
        Jpeg = "image/jpeg",
        /// A WebP image.
        Webp = "image/webp",
        /// A GIF image.
        Gif = "image/gif",
        /// A Word document without macros.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// An Excel workbook without macros.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// A `PowerPoint` presentation without macros.
        Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        /// Comma-separated values.
        Csv = "text/csv",
        /// Plain text.
        Txt = "text/plain",
    }
);

impl FileType {
    /// File name extensions of this type, without the dot.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Gif => &["gif"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Csv => &["csv"],
            Self::Txt => &["txt"],
        }
    }

    /// Whether browsers may display such a file inline; other types can only be saved.
    #[must_use]
    pub(crate) fn shown_inline(self) -> bool {
        matches!(self, Self::Pdf | Self::Png | Self::Jpeg | Self::Webp | Self::Gif)
    }
}

/// A file about to be uploaded.
#[derive(Debug, Clone)]
pub struct File {
    /// File name.
    pub name: FileName,
    /// Declared file type.
    pub content_type: FileType,
    /// Size in bytes, 1 to [`MAX_BYTES`].
    pub size: u64,
    /// SHA-256 digest of the contents.
    pub sha256: Sha256,
}

impl File {
    /// Creates a file, checking that its size is within limits and its extension matches its type; reports every invalid field.
    pub fn new(name: FileName, content_type: FileType, size: u64, sha256: Sha256) -> Result<Self, Error> {
        let mut errors = Vec::new();
        if !content_type.extensions().contains(&name.extension().as_str()) {
            let endings: Vec<String> = content_type.extensions().iter().map(|ending| format!(".{ending}")).collect();
            errors
                .push(FieldError::invalid("file_name", format!("must end in {} for this type", endings.join(" or "))));
        }
        if !(1..=MAX_BYTES).contains(&size) {
            errors.push(FieldError::invalid("size", format!("must be between 1 and {MAX_BYTES} bytes")));
        }
        if errors.is_empty() { Ok(Self { name, content_type, size, sha256 }) } else { Err(Error::Invalid(errors)) }
    }
}

/// Instructions for uploading a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Upload {
    /// Presigned URL to upload to.
    pub url: String,
    /// HTTP method; always `PUT`.
    pub method: &'static str,
    /// Headers to send exactly as given; the signature covers them, the size and the digest.
    pub headers: BTreeMap<String, String>,
    /// Seconds until the URL expires.
    pub expires_in: u64,
}

/// Presigns the upload of exactly this file to `key`; the URL works any number of times until it expires.
pub async fn address(app: &App, key: &str, file: &File) -> Result<Upload, Error> {
    let put = objects::presign_put(app, key, file.size, file.content_type.as_str(), Some(file.sha256), UPLOAD_SECONDS)
        .await?;
    Ok(Upload { url: put.url, method: "PUT", headers: put.headers, expires_in: UPLOAD_SECONDS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_supported_media_types_are_accepted() {
        for kind in FileType::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for other in ["application/zip", "text/html", "image/svg+xml", "application/x-msdownload", "APPLICATION/PDF"] {
            assert!(serde_json::from_value::<FileType>(other.into()).is_err(), "{other}");
        }
    }

    #[test]
    fn file_size_and_extension_are_checked() {
        let digest = Sha256::from_bytes(&[1; 32]).unwrap();
        let file = |name: &str, kind, size| File::new(FileName::try_from(name.to_owned()).unwrap(), kind, size, digest);
        assert!(file("A.PDF", FileType::Pdf, MAX_BYTES).is_ok());
        for (name, kind, size) in [
            ("a.pdf", FileType::Pdf, MAX_BYTES + 1),
            ("a.pdf", FileType::Pdf, 0),
            ("a.exe", FileType::Pdf, 1),
            ("a.pdf.exe", FileType::Pdf, 1),
            ("pdf", FileType::Pdf, 1),
        ] {
            assert!(matches!(file(name, kind, size), Err(Error::Invalid(_))), "{name} {size}");
        }
    }
}
