//! Files at tasks. They take the way of all uploads ([`platform::upload`]) and have no versions: another file is another
//! attachment.

mod item;
mod read;
mod released;
mod write;

pub(crate) use item::objects;
pub use read::of_product;
pub use read::{AttachmentDownloadQuery, download, list};
pub use released::uploaded;
pub use write::{create, delete};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::id::{AttachmentId, ProductId, TaskId, UserId};
use kernel::time::Timestamp;
use platform::upload::{FileName, FileType, QuarantineReason, Sha256, Status, Upload};

/// Most attachments of one task.
pub const MOST: usize = 50;

/// A file at a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attachment {
    /// The attachment's id.
    pub id: AttachmentId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// The product.
    pub product_id: ProductId,
    /// The task.
    pub task_id: TaskId,
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
    /// Who uploads it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

/// What a new attachment takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
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

/// An attachment that waits for its file, and where to upload that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachmentUpload {
    /// The attachment.
    pub attachment: Attachment,
    /// The upload.
    pub upload: Upload,
}
