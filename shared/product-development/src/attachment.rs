//! Files attached to tasks. They take the same upload path as all files ([`platform::upload`]) and have no versions: another file is another
//! attachment.

mod arrived;
mod item;
mod read;
mod write;

pub use arrived::uploaded;
pub use item::key;
pub(crate) use item::objects;
pub use read::of_product;
pub use read::{AttachmentDownloadQuery, download, list};
pub use write::{create, delete};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::id::{AttachmentId, ProductId, TaskId, UserId};
use kernel::time::Timestamp;
use platform::upload::{FileName, FileType, QuarantineReason, Sha256, Status, Upload};

/// Maximum number of attachments per task.
pub const MOST: usize = 50;

/// A file attached to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attachment {
    /// The attachment's ID.
    pub id: AttachmentId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// The task's ID.
    pub task_id: TaskId,
    /// Upload status.
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
    /// The uploader.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

/// An attachment to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    /// File name; its extension must match the file type.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes; the upload must be exactly this size.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// SHA-256 digest of the file; the upload must match it.
    pub sha256: Sha256,
}

/// An attachment that is awaiting its file, and where to upload it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachmentUpload {
    /// The attachment.
    pub attachment: Attachment,
    /// Where and how to upload the file.
    pub upload: Upload,
}
