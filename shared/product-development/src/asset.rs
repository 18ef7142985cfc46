//! Design assets of a product: mock-ups, drawings, specifications and photos, stored as files with versions. An asset can be tied to one
//! version of a requirement and goes through approval. Files take the same upload path as all others ([`platform::upload`]).

mod approval;
mod arrived;
mod item;
mod read;
mod requirement;
mod write;

pub use approval::{approve, reject};
pub use arrived::uploaded;
pub use item::key;
pub(crate) use item::objects;
pub use read::read;
pub use read::{AssetDownloadQuery, AssetQuery, download, get, list, versions};
pub use write::{create, create_version, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId, RequirementId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};
use platform::upload::{self, File, FileName, FileType, QuarantineReason, Sha256, Status, Upload};

choice!(
    /// Kind of design asset.
    #[schema(as = AssetKind)]
    Kind {
        /// Shows how something will look.
        Mockup = "mockup",
        /// Shows how something is built.
        Drawing = "drawing",
        /// Describes what something must be.
        Specification = "specification",
        /// A photo of an existing object.
        Photo = "photo",
        /// Anything else.
        Other = "other",
    }
);

choice!(
    /// Approval state of an asset's current file.
    Approval {
        /// Work in progress; every new version starts here.
        Draft = "draft",
        /// Approval has been requested.
        InReview = "in_review",
        /// The file was approved.
        Approved = "approved",
        /// The file was rejected.
        Rejected = "rejected",
    }
);

/// An approval state that a designer can set: request approval, or withdraw the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedApproval {
    /// Work in progress; withdraws the request.
    Draft,
    /// Requests approval.
    InReview,
}

/// A design asset, with the file of its newest available version, or of its first version if none is available.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Asset {
    /// The asset's ID.
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
    /// Kind of asset.
    pub kind: Kind,
    /// The requirement the asset is for, if any.
    pub requirement_id: Option<RequirementId>,
    /// The requirement's `content_version` the asset was made for.
    pub requirement_version: Option<u64>,
    /// Whether the requirement's content has changed since, or the requirement has been deleted.
    pub requirement_suspect: bool,
    /// Upload status.
    pub status: Status,
    /// Approval state of the current file.
    pub approval: Approval,
    /// Note left with the approval or rejection.
    pub approval_note: Option<LongText>,
    /// The user who approved or rejected it.
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
    /// Number of the version this file belongs to.
    pub file_version: u32,
    /// Number of the newest version started; larger than `file_version` while an upload is pending and after one has failed.
    pub latest_version: u32,
    /// The user who created it.
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
    /// Version number, starting at 1; a version whose file was never uploaded leaves a gap.
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
    /// When the version was started.
    pub created_at: Timestamp,
    /// The uploader.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

/// An asset with all its versions.
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

/// An asset to create.
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
    /// Name. Defaults to the file name without its extension.
    pub name: Option<Name>,
    /// Kind of asset. Defaults to `other`.
    pub kind: Option<Kind>,
    /// The requirement of this product the asset is for, at its current content.
    pub requirement_id: Option<RequirementId>,
    /// Note about the first version.
    pub note: Option<LongText>,
}

/// A new version of an asset.
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

/// A JSON merge patch for an asset.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetPatch {
    /// Name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Kind of asset.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// The requirement of this product the asset is for, at its current content. Sending the same requirement again confirms that the asset
    /// matches its current content.
    #[serde(default)]
    #[schema(value_type = Option<RequirementId>)]
    pub requirement_id: Patch<RequirementId>,
    /// Requests approval, or withdraws the request.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub approval: Option<AskedApproval>,
}

/// An approval or rejection.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetDecision {
    /// Note about the decision.
    pub note: Option<LongText>,
}

/// An asset with a version that is awaiting its file, and where to upload it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssetUpload {
    /// The asset.
    pub asset: Asset,
    /// Number of the version that is awaiting its file.
    pub number: u32,
    /// Where and how to upload the file.
    pub upload: Upload,
}

impl NewAssetVersion {
    fn file(self) -> Result<(File, Option<LongText>), Error> {
        Ok((File::new(self.file_name, self.content_type, self.size, self.sha256)?, self.note))
    }
}

/// The fields of a version's file recorded in the audit trail.
fn file_fields(file: &File, note: Option<&LongText>) -> Fields {
    let mut fields = upload::fields(file, Compared::Plain(Some(file.name.to_string())));
    fields.push(("note", Compared::Plain(note.map(ToString::to_string))));
    fields
}
