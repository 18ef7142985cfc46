//! A file of something that holds files, from its announcement to the verdict on its bytes: what documents, assets and
//! attachments have in common.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DOWNLOAD_SECONDS, File, FileName, FileType, Sha256};
use crate::app::App;
use crate::audit::{Compared, FieldChange, Fields, Kept};
use crate::objects;
use crate::table::{self, Item};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;

/// Most versions of one thing that holds files.
pub const MOST_VERSIONS: u32 = 100;
/// How long an upload may stay away before its version is forgotten, in seconds.
const AWAITED_SECONDS: i64 = 24 * 3600;

/// Where a file stands, or what holds it as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FileStatus)]
pub enum Status {
    /// It was not uploaded yet, or not checked yet.
    AwaitingUpload,
    /// It can be downloaded. What holds files is so as soon as one of its versions is.
    Available,
    /// It is not what it should be.
    Quarantined,
}

impl Status {
    /// The status's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingUpload => "awaiting_upload",
            Self::Available => "available",
            Self::Quarantined => "quarantined",
        }
    }
}

/// Why a file is in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// Its contents are not of the type that it claims, or an Office document holds macros.
    WrongType,
    /// It is not as large as was said.
    WrongSize,
    /// Its bytes are not those that were said.
    WrongChecksum,
}

impl QuarantineReason {
    /// The reason's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongType => "wrong_type",
            Self::WrongSize => "wrong_size",
            Self::WrongChecksum => "wrong_checksum",
        }
    }
}

/// Whether a browser shows a file or saves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It saves it.
    #[default]
    Attachment,
    /// It shows it; for PDF documents and images only.
    Inline,
}

/// Where a file can be downloaded for a short while.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FileDownload)]
pub struct Download {
    /// The address.
    pub url: String,
    /// Seconds until the address is no longer good.
    pub expires_in: u64,
}

/// A file as it is kept with what holds it. Its name is `N`: sealed where it may name people, else in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile<N> {
    /// Counts the versions, from 1.
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

/// Who begins a version, and when.
pub struct Begun<'a> {
    pub at: Timestamp,
    pub by: UserId,
    pub by_name: &'a str,
}

impl<N: Clone> StoredFile<N> {
    /// A version that waits for its file.
    pub fn waiting(number: u32, file: &File, name: N, begun: &Begun<'_>) -> Self {
        Self {
            number,
            status: Status::AwaitingUpload,
            reason: None,
            name,
            content_type: file.content_type,
            size: file.size,
            sha256: file.sha256,
            created_at: begun.at,
            created_by: begun.by,
            created_by_name: begun.by_name.to_owned(),
        }
    }

    /// The same file after the verdict on its bytes.
    pub fn judged(self, reason: Option<QuarantineReason>) -> Self {
        let status = if reason.is_none() { Status::Available } else { Status::Quarantined };
        Self { status, reason, ..self }
    }

    /// When it is forgotten, in seconds since 1970, as long as its file has not come.
    pub fn expires_at(&self) -> Option<i64> {
        (self.status == Status::AwaitingUpload).then(|| self.created_at.as_second() + AWAITED_SECONDS)
    }

    /// Lets what shows `shown` and is in `status` show this file from now on, if it is the newest that can be downloaded, or
    /// if there is none yet. Tells whether it took the place of another that could be downloaded, or is the first.
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

    /// What the audit trail tells of the verdict on this file, which brought what holds it from one status to another.
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

    /// Whether a browser may show it in its page, as was asked for; a file that cannot be downloaded is refused.
    pub fn inline(&self, disposition: Option<Disposition>) -> Result<bool, Error> {
        match self.status {
            Status::Available => {}
            Status::AwaitingUpload => return Err(Error::state("This file is not uploaded and checked yet.")),
            Status::Quarantined => return Err(Error::state("This file is in quarantine.")),
        }
        let inline = disposition == Some(Disposition::Inline);
        if inline && !self.content_type.shown_inline() {
            return Err(Error::bad_parameter("disposition", "only PDF documents and images are shown inline"));
        }
        Ok(inline)
    }

    /// What the audit trail tells of its download.
    pub fn downloaded(&self) -> Vec<FieldChange> {
        let after = Some(Kept::Text(self.number.to_string()));
        vec![FieldChange { field: "version".into(), before: None, after }]
    }
}

/// An address that gives out the file `name` at `object` for a short while. Who gets it is recorded before.
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

/// The fields of a file for the audit trail; its name, which may name people, as the caller gives it.
pub fn fields(file: &File, name: Compared) -> Fields {
    vec![
        ("file_name", name),
        ("content_type", Compared::Plain(Some(file.content_type.as_str().into()))),
        ("size", Compared::Plain(Some(file.size.to_string()))),
        ("sha256", Compared::Plain(Some(file.sha256.to_string()))),
    ]
}

/// Whether an item is past its time: `DynamoDB` may take days to remove what has expired.
pub fn is_expired(item: &Item) -> Result<bool, Error> {
    if !item.contains_key("expires_at") {
        return Ok(false);
    }
    Ok(table::read::<i64>(item, "expires_at")? <= Timestamp::now().as_second())
}
