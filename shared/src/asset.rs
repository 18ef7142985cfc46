//! Design assets of a product: mock-ups, drawings, specifications and photos as files with versions, perhaps for one version of
//! a requirement, and approved or not. Their files take the way of all uploads ([`crate::upload`]).

mod approval;
mod item;
mod read;
mod released;
mod requirement;
mod write;

pub use approval::{approve, reject};
pub(crate) use item::objects;
pub(crate) use read::read;
pub use read::{AssetDownloadQuery, AssetQuery, download, get, list, versions};
pub use released::uploaded;
pub use write::{create, create_version, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::{Compared, Fields};
use crate::error::Error;
use crate::http::{Patch, Versioned, present};
use crate::id::{AssetId, ProductId, RequirementId, UserId};
use crate::investor::choice;
use crate::text::{LongText, Name};
use crate::time::Timestamp;
use crate::upload::{self, File, FileName, FileType, QuarantineReason, Sha256, Status, Upload};

choice!(
    /// What a design asset is.
    #[schema(as = AssetKind)]
    Kind {
        /// How something will look.
        Mockup = "mockup",
        /// How something is built.
        Drawing = "drawing",
        /// What something must be.
        Specification = "specification",
        /// A picture of something that is there.
        Photo = "photo",
        /// Something else.
        Other = "other",
    }
);

choice!(
    /// Whether the file that an asset shows was approved.
    Approval {
        /// It is worked on; so is each new version.
        Draft = "draft",
        /// Its approval was asked for.
        InReview = "in_review",
        /// It was approved.
        Approved = "approved",
        /// It was rejected.
        Rejected = "rejected",
    }
);

/// An approval that its designer asks for, or takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedApproval {
    /// It is worked on.
    Draft,
    /// Its approval is asked for.
    InReview,
}

/// A design asset, with the file of its newest available version, or of its first while there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Asset {
    /// The asset's id.
    pub id: AssetId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// Name.
    pub name: Name,
    /// What it is.
    pub kind: Kind,
    /// The requirement that it is for, if it is for one.
    pub requirement_id: Option<RequirementId>,
    /// The requirement's `content_version` that it is for.
    pub requirement_version: Option<u64>,
    /// Whether the requirement's content has changed since, or the requirement is gone.
    pub requirement_suspect: bool,
    /// Upload status.
    pub status: Status,
    /// Whether the file that it shows was approved.
    pub approval: Approval,
    /// What was said about the approval or the rejection.
    pub approval_note: Option<LongText>,
    /// Who approved or rejected it.
    pub approver_id: Option<UserId>,
    /// Display name of that user at the time.
    pub approver_name: Option<String>,
    /// When it was approved or rejected.
    pub decided_at: Option<Timestamp>,
    /// File name.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes.
    pub size: u64,
    /// SHA-256 digest of the file.
    pub sha256: Sha256,
    /// Number of the version that this file is.
    pub file_version: u32,
    /// Number of the newest version that was begun; larger than `file_version` while an upload is awaited, and when it failed.
    pub latest_version: u32,
    /// Who created it.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

impl Versioned for Asset {
    fn version(&self) -> u64 {
        self.version
    }
}

/// One version of an asset's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetVersion {
    /// Counts the versions, from 1; a version that was never uploaded leaves a gap.
    pub number: u32,
    /// Upload status.
    pub status: Status,
    /// Why the file is quarantined.
    pub reason: Option<QuarantineReason>,
    /// What changed in this version.
    pub note: Option<LongText>,
    /// File name.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes.
    pub size: u64,
    /// SHA-256 digest of the file.
    pub sha256: Sha256,
    /// When it was begun.
    pub created_at: Timestamp,
    /// The uploader.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

/// An asset with all its versions, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssetDetail {
    /// The asset.
    pub asset: Asset,
    /// Its versions, newest first.
    pub versions: Vec<AssetVersion>,
}

impl Versioned for AssetDetail {
    fn version(&self) -> u64 {
        self.asset.version
    }
}

/// What a new asset takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAsset {
    /// File name; its extension must match the file type.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes; the upload must be exactly this size.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// SHA-256 digest of the file; the upload must match it.
    pub sha256: Sha256,
    /// What to call it; the file's name without its ending if left out.
    pub name: Option<Name>,
    /// What it is; `other` if left out.
    pub kind: Option<Kind>,
    /// The requirement of this product that it is for, as that is now.
    pub requirement_id: Option<RequirementId>,
    /// What is to be said about its first version.
    pub note: Option<LongText>,
}

/// What a new version of an asset takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssetVersion {
    /// File name; its extension must match the file type.
    pub file_name: FileName,
    /// File type.
    pub content_type: FileType,
    /// File size in bytes; the upload must be exactly this size.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub size: u64,
    /// SHA-256 digest of the file; the upload must match it.
    pub sha256: Sha256,
    /// What changed in this version.
    pub note: Option<LongText>,
}

/// A merge patch of an asset.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetPatch {
    /// Name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// What it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// The requirement of this product that it is for, as that is now: giving the same one again says that the asset is for
    /// its present content.
    #[serde(default)]
    #[schema(value_type = Option<RequirementId>)]
    pub requirement_id: Patch<RequirementId>,
    /// Asks for its approval, or takes it back into work.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub approval: Option<AskedApproval>,
}

/// What an approval or a rejection takes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetDecision {
    /// What is to be said about it.
    pub note: Option<LongText>,
}

/// An asset with a version that waits for its file, and where to upload that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssetUpload {
    /// The asset.
    pub asset: Asset,
    /// Number of the version that waits.
    pub number: u32,
    /// The upload.
    pub upload: Upload,
}

impl NewAssetVersion {
    fn file(self) -> Result<(File, Option<LongText>), Error> {
        Ok((File::new(self.file_name, self.content_type, self.size, self.sha256)?, self.note))
    }
}

/// The fields of a version's file for the audit trail.
fn file_fields(file: &File, note: Option<&LongText>) -> Fields {
    let mut fields = upload::fields(file, Compared::Plain(Some(file.name.to_string())));
    fields.push(("note", Compared::Plain(note.map(ToString::to_string))));
    fields
}
