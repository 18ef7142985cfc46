//! Documents of an investor: versioned files. Their names, titles and descriptions are personal data, sealed with the investor's
//! data key. Their bytes are transferred directly between the browser and the bucket.

mod item;
mod moved;
mod read;
mod released;
mod write;

pub(crate) use item::{id_of, list_partition, moved, version_of};
pub use item::{key, open_card};
pub(crate) use moved::copy_versions;
pub use read::{DocumentQuery, DownloadQuery, download, get, list};
pub use read::{newest, read};
pub use released::uploaded;
pub use write::{create, create_version, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::error::Error;
use kernel::id::{DocumentId, InvestmentId, InvestorId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};
use platform::upload::{self, File, FileName, FileType, QuarantineReason, Sha256, Status, Upload};

/// A document with the file of its newest available version, or of its first version if none is available yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Document {
    /// The document's id.
    pub id: DocumentId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// The investment that the document is about, if any.
    pub investment_id: Option<InvestmentId>,
    /// Current status.
    pub status: Status,
    /// Title.
    pub title: Name,
    /// Description.
    pub description: Option<LongText>,
    /// File name.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes.
    pub size: u64,
    /// SHA-256 digest of the file.
    pub sha256: Sha256,
    /// Version number of this file.
    pub file_version: u32,
    /// Number of the newest version. Higher than `file_version` while its upload is pending and if the upload failed.
    pub latest_version: u32,
    /// The user who created it.
    pub created_by: UserId,
    /// That user's name at creation.
    pub created_by_name: String,
}

impl Versioned for Document {
    fn version(&self) -> u64 {
        self.version
    }
}

/// One version of a document's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentVersion {
    /// Version number, starting at 1. Versions that were never uploaded leave gaps.
    pub number: u32,
    /// Current status.
    pub status: Status,
    /// Why the file is quarantined.
    pub reason: Option<QuarantineReason>,
    /// File name.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes.
    pub size: u64,
    /// SHA-256 digest of the file.
    pub sha256: Sha256,
    /// When the version was created.
    pub created_at: Timestamp,
    /// The user who uploads it.
    pub created_by: UserId,
    /// That user's name at creation.
    pub created_by_name: String,
}

/// A document with all its versions, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentDetail {
    /// The document.
    pub document: Document,
    /// All versions, newest first.
    pub versions: Vec<DocumentVersion>,
}

impl Versioned for DocumentDetail {
    fn version(&self) -> u64 {
        self.document.version
    }
}

/// The data for creating a document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    /// File name. Its extension must match the file type.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes. The upload must have exactly this size.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// SHA-256 digest of the file. The upload must match it.
    pub sha256: Sha256,
    /// Title. Defaults to the file name without its extension.
    pub title: Option<Name>,
    /// Description.
    pub description: Option<LongText>,
    /// The investment of this investor that the document is about.
    pub investment_id: Option<InvestmentId>,
}

/// The data for creating a new version of a document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocumentVersion {
    /// File name. Its extension must match the file type.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes. The upload must have exactly this size.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// SHA-256 digest of the file. The upload must match it.
    pub sha256: Sha256,
}

impl NewDocumentVersion {
    fn file(self) -> Result<File, Error> {
        File::new(self.file_name, self.content_type, self.size, self.sha256)
    }
}

/// A JSON merge patch for a document.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPatch {
    /// Title.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<Name>,
    /// Description.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// The investment of this investor that the document is about.
    #[serde(default)]
    #[schema(value_type = Option<InvestmentId>)]
    pub investment_id: Patch<InvestmentId>,
}

impl DocumentPatch {
    fn apply(self, mut document: Document) -> Document {
        document.title = self.title.unwrap_or(document.title);
        self.description.apply(&mut document.description);
        self.investment_id.apply(&mut document.investment_id);
        document
    }
}

/// A document with a version that is waiting for its file, and where to upload the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentUpload {
    /// The document.
    pub document: Document,
    /// Number of the version that is waiting for its file.
    pub number: u32,
    /// Where and how to upload the file.
    pub upload: Upload,
}

impl Document {
    /// The fields that the audit trail compares.
    fn fields(&self) -> Fields {
        vec![
            ("title", Compared::Personal(Some(self.title.to_string()))),
            ("description", Compared::Personal(self.description.as_ref().map(ToString::to_string))),
            ("investment_id", Compared::Plain(self.investment_id.map(|id| id.to_string()))),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("latest_version", Compared::Plain(Some(self.latest_version.to_string()))),
        ]
    }
}

/// The fields of a version's file that the audit trail records.
fn file_fields(file: &File) -> Fields {
    upload::fields(file, Compared::Personal(Some(file.name.to_string())))
}
