//! Documents of an investor: files with versions. Their names, titles and descriptions are personal and sealed with the
//! investor's key; their bytes go straight between the browser and the bucket.

mod item;
mod moved;
mod read;
mod released;
mod write;

pub(crate) use item::{id_of, moved, version_of};
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

/// A document, with the file of its newest available version, or of its first while there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Document {
    /// The document's id.
    pub id: DocumentId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// The investment that it is about, if it is about one.
    pub investment_id: Option<InvestmentId>,
    /// Where it stands.
    pub status: Status,
    /// What it is called.
    pub title: Name,
    /// More about it.
    pub description: Option<LongText>,
    /// The file's name.
    pub file_name: FileName,
    /// The file's type.
    pub content_type: FileType,
    /// The file's size in bytes.
    pub size: u64,
    /// The digest of the file's bytes.
    pub sha256: Sha256,
    /// Number of the version that this file is.
    pub file_version: u32,
    /// Number of the newest version that was begun; larger than `file_version` while an upload is awaited, and when it failed.
    pub latest_version: u32,
    /// Who created it.
    pub created_by: UserId,
    /// Their name at the time.
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
    /// Counts the versions, from 1; a version that was never uploaded leaves a gap.
    pub number: u32,
    /// Where it stands.
    pub status: Status,
    /// Why it is in quarantine.
    pub reason: Option<QuarantineReason>,
    /// The file's name.
    pub file_name: FileName,
    /// The file's type.
    pub content_type: FileType,
    /// The file's size in bytes.
    pub size: u64,
    /// The digest of the file's bytes.
    pub sha256: Sha256,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Who uploads it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

/// A document with all its versions, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentDetail {
    /// The document.
    pub document: Document,
    /// Its versions, newest first.
    pub versions: Vec<DocumentVersion>,
}

impl Versioned for DocumentDetail {
    fn version(&self) -> u64 {
        self.document.version
    }
}

/// What a new document takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    /// The file's name; it must end as files of its type do.
    pub file_name: FileName,
    /// The file's type.
    pub content_type: FileType,
    /// The file's size in bytes; exactly so many can be uploaded.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// The digest of the file's bytes; only these can be uploaded.
    pub sha256: Sha256,
    /// What to call it; the file's name without its ending if left out.
    pub title: Option<Name>,
    /// More about it.
    pub description: Option<LongText>,
    /// The investment of this investor that it is about.
    pub investment_id: Option<InvestmentId>,
}

/// What a new version of a document takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocumentVersion {
    /// The file's name; it must end as files of its type do.
    pub file_name: FileName,
    /// The file's type.
    pub content_type: FileType,
    /// The file's size in bytes; exactly so many can be uploaded.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// The digest of the file's bytes; only these can be uploaded.
    pub sha256: Sha256,
}

impl NewDocumentVersion {
    fn file(self) -> Result<File, Error> {
        File::new(self.file_name, self.content_type, self.size, self.sha256)
    }
}

/// A merge patch of a document.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPatch {
    /// What it is called.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<Name>,
    /// More about it.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patch<LongText>,
    /// The investment of this investor that it is about.
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

/// A document with a version that waits for its file, and where to upload that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentUpload {
    /// The document.
    pub document: Document,
    /// Number of the version that waits.
    pub number: u32,
    /// The upload.
    pub upload: Upload,
}

impl Document {
    /// Its fields for the audit trail.
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

/// The fields of a version's file for the audit trail.
fn file_fields(file: &File) -> Fields {
    upload::fields(file, Compared::Personal(Some(file.name.to_string())))
}
