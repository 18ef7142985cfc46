//! A stored file, from its announcement to the result of its check: code shared by documents, assets and attachments.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DOWNLOAD_SECONDS, File, FileName, FileType, Sha256};
use crate::app::App;
use crate::audit::{Compared, FieldChange, Fields, Kept};
use crate::caller::Caller;
use crate::objects;
use crate::table::{self, Draft, Item};
use kernel::choice;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;

/// How long a version waits for its upload before it is discarded, in seconds.
const AWAITED_SECONDS: i64 = 24 * 3600;

choice!(
    /// Status of a file, or of the entity that holds it.
    #[schema(as = FileStatus)]
    Status {
        /// Not uploaded or not checked yet.
        AwaitingUpload = "awaiting_upload",
        /// Available for download. An entity is available as soon as one of its versions is.
        Available = "available",
        /// Failed the check and was quarantined.
        Quarantined = "quarantined",
    }
);

choice!(
    /// Why a file was quarantined.
    QuarantineReason {
        /// The contents do not match the declared type, or are damaged.
        WrongType = "wrong_type",
        /// The size differs from the announced size.
        WrongSize = "wrong_size",
        /// The contents do not match the announced digest.
        WrongChecksum = "wrong_checksum",
        /// An Office document contains macros.
        Macros = "macros",
        /// An Office document contains an embedded object or another file.
        EmbeddedObject = "embedded_object",
        /// An Office document takes content from elsewhere when it is opened.
        ExternalContent = "external_content",
        /// An image has more than 100 megapixels.
        ImageTooLarge = "image_too_large",
        /// An Office document unpacks to more than 1 GB.
        UnpacksTooLarge = "unpacks_too_large",
        /// The scanner found malware.
        Malware = "malware",
        /// The scanner could not look into the file, for example because it has a password.
        NotScanned = "not_scanned",
    }
);

impl QuarantineReason {
    /// The reason with this name in the API.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == name)
    }
}

/// Whether the browser displays or saves the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Save the file.
    #[default]
    Attachment,
    /// Display the file; only for PDF documents and images.
    Inline,
}

/// A temporary download URL for a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FileDownload)]
pub struct Download {
    /// Presigned download URL.
    pub url: String,
    /// Seconds until the URL expires.
    pub expires_in: u64,
}

/// A file as stored with its holder. The name has type `N`: sealed if it may identify people, otherwise plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile<N> {
    /// Version number, starting at 1.
    pub number: u32,
    pub status: Status,
    pub reason: Option<QuarantineReason>,
    pub name: N,
    pub content_type: FileType,
    pub size: u64,
    pub sha256: Sha256,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub created_by_name: String,
}

impl<N: Clone> StoredFile<N> {
    /// A version that `caller` starts now, and that is waiting for its upload.
    pub fn waiting(number: u32, file: &File, name: N, caller: &Caller, now: Timestamp) -> Self {
        Self {
            number,
            status: Status::AwaitingUpload,
            reason: None,
            name,
            content_type: file.content_type,
            size: file.size,
            sha256: file.sha256,
            created_at: now,
            created_by: caller.id,
            created_by_name: caller.actor.name.clone(),
        }
    }

    /// The same file with the result of its check, in which it turned out to be of type `content_type`.
    #[must_use]
    pub fn judged(self, content_type: FileType, reason: Option<QuarantineReason>) -> Self {
        let status = if reason.is_none() { Status::Available } else { Status::Quarantined };
        Self { status, reason, content_type, ..self }
    }

    /// The item that holds this file: while the file is waiting for its upload, the item expires.
    #[must_use]
    pub fn expiring(&self, draft: Draft) -> Draft {
        match self.status {
            Status::AwaitingUpload => draft.number("expires_at", self.created_at.as_second() + AWAITED_SECONDS),
            Status::Available | Status::Quarantined => draft,
        }
    }

    /// Makes this file the one that a holder with `status` and current file `shown` presents, if it is the newest available version or if
    /// there is none yet. Returns whether it replaced another available file or is the first one.
    pub fn take_place(&self, status: &mut Status, shown: &mut Self) -> bool {
        let newest = *status != Status::Available || self.number > shown.number;
        if self.status == Status::Available && newest {
            *status = Status::Available;
            *shown = self.clone();
            return true;
        }
        if *status != Status::Available {
            *status = Status::Quarantined;
            *shown = self.clone();
        }
        false
    }

    /// The audit trail fields for the result of the check, which changed the holder's status from `before` to `after`.
    pub fn verdict(&self, before: Status, after: Status) -> Vec<FieldChange> {
        let text = |field: &str, before: Option<&str>, after: String| FieldChange {
            field: field.into(),
            before: before.map(|text| Kept::Text(text.into())),
            after: Some(Kept::Text(after)),
        };
        let mut changes = vec![
            text("version", None, self.number.to_string()),
            text("version_status", Some(Status::AwaitingUpload.as_str()), self.status.as_str().into()),
            text("uploaded_by", None, self.created_by.to_string()),
        ];
        if after != before {
            changes.push(text("status", Some(before.as_str()), after.as_str().into()));
        }
        if let Some(reason) = self.reason {
            changes.push(text("reason", None, reason.as_str().into()));
        }
        changes
    }

    /// Whether the browser may display the file inline as requested; fails if the file cannot be downloaded.
    pub fn inline(&self, disposition: Option<Disposition>) -> Result<bool, Error> {
        match self.status {
            Status::Available => {}
            Status::AwaitingUpload => return Err(Error::state("This file has not been uploaded and checked yet.")),
            Status::Quarantined => return Err(Error::state("This file is in quarantine.")),
        }
        let inline = disposition == Some(Disposition::Inline);
        if inline && !self.content_type.shown_inline() {
            return Err(Error::bad_parameter("disposition", "only PDF documents and images can be displayed inline"));
        }
        Ok(inline)
    }

    /// The audit trail fields for a download of this file.
    pub fn downloaded(&self) -> Vec<FieldChange> {
        let after = Some(Kept::Text(self.number.to_string()));
        vec![FieldChange { field: "version".into(), before: None, after }]
    }
}

/// A temporary URL that downloads `object` under the file name `name`. The caller records the download first.
pub async fn download(
    app: &App,
    object: &str,
    name: &FileName,
    content_type: FileType,
    inline: bool,
) -> Result<Download, Error> {
    let disposition = name.disposition(inline);
    let url = objects::presign_get(app, object, content_type.as_str(), &disposition, DOWNLOAD_SECONDS).await?;
    Ok(Download { url, expires_in: DOWNLOAD_SECONDS })
}

/// A file's fields for the audit trail; the caller provides the name, because it may identify people.
#[must_use]
pub fn fields(file: &File, name: Compared) -> Fields {
    vec![
        ("file_name", name),
        ("content_type", Compared::Plain(Some(file.content_type.as_str().into()))),
        ("size", Compared::Plain(Some(file.size.to_string()))),
        ("sha256", Compared::Plain(Some(file.sha256.to_string()))),
    ]
}

/// Whether an item has expired: DynamoDB may take days to delete expired items.
pub fn is_expired(item: &Item) -> Result<bool, Error> {
    if !item.contains_key("expires_at") {
        return Ok(false);
    }
    Ok(table::read::<i64>(item, "expires_at")? <= Timestamp::now().as_second())
}
