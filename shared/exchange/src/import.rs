//! Imports: CSV files whose rows create or update investors, requirements or tasks.
//!
//! A file is uploaded straight to the bucket and its columns are mapped to fields. A background job ([`ImportRun`]) then imports the rows
//! slice by slice. Rows are upserted by a key, and the ids of new investors are derived from the run and the row, so an interrupted slice
//! can simply be run again.

mod apply;
mod defaults;
mod encoding;
mod error_log;
mod fields;
mod header;
mod item;
mod job;
mod lookup;
mod preview;
mod read;
mod records;
mod scan;
mod slice;
mod source;
mod start;
mod target;
mod work;
mod write;

pub use defaults::ImportDefaults;
pub use encoding::Encoding;
pub use error_log::{ImportRowError, errors};
pub use item::{ImportRun, RunId, id_in, key};
pub use preview::{ImportPreview, ImportSuggestion, preview};
pub use read::{get, list};
pub use start::{ImportStart, start};
pub use target::Target;
pub use write::{ImportCreated, ImportUpload, NewImport, cancel, create};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::Entity;
use kernel::choice;
use kernel::id::{ImportId, ProductId, UserId};
use kernel::text::Name;
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::Versioned;

/// Maximum file size in bytes: 25 MiB.
const MAX_BYTES: u64 = 26_214_400;
/// Maximum number of rows in a file.
const MAX_ROWS: u64 = 100_000;
/// How long an import is kept, in seconds: 30 days.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;

choice!(
    /// Status of an import.
    #[schema(as = ImportStatus)]
    Status {
        /// Waiting for its file to be uploaded.
        AwaitingUpload = "awaiting_upload",
        /// The file is uploaded; the import can be started.
        Ready = "ready",
        /// A dry run is in progress.
        Checking = "checking",
        /// A dry run has finished; the import can be started for real.
        Checked = "checked",
        /// The rows are being imported.
        Importing = "importing",
        /// Every row was imported or refused.
        Done = "done",
        /// The file as a whole cannot be imported; `failure` says why.
        Failed = "failed",
        /// Cancelled by its creator; rows imported before that are kept.
        Cancelled = "cancelled",
    }
);
choice!(
    /// A field of an investor, a requirement or a task that a column can fill.
    #[schema(as = ImportField)]
    Field {
        /// Name.
        Name = "name",
        /// Kind: person, fund, company or family office.
        Kind = "kind",
        /// Email address.
        Email = "email",
        /// Phone number.
        Phone = "phone",
        /// Postal address.
        Address = "address",
        /// Country, ISO 3166-1 alpha-2.
        Country = "country",
        /// Tier.
        Tier = "tier",
        /// Relationship status.
        Status = "status",
        /// Tags. Separate several tags in a cell with `;` or `|`; a preceding `\` escapes the separator. The only field that more than one
        /// column can fill.
        Tags = "tags",
        /// Notes.
        Notes = "notes",
        /// Key in another system.
        ExternalKey = "external_key",
        /// Number of a requirement or task, alone or as part of its reference. Matches an existing one; new ones are assigned a number.
        Number = "number",
        /// Key of a requirement or task in another system.
        ExternalId = "external_id",
        /// Title of a requirement or task.
        Title = "title",
        /// Description of a requirement or task, in Markdown.
        Description = "description",
        /// Priority of a requirement or task.
        Priority = "priority",
        /// Acceptance criteria of a requirement, separated like tags.
        AcceptanceCriteria = "acceptance_criteria",
        /// Parent of a requirement, by external id, number or reference. The parent may appear later in the file.
        Parent = "parent",
        /// Milestone of a requirement or task, by name.
        Milestone = "milestone",
        /// Assignee of a task, by username.
        Assignee = "assignee",
        /// Requirement that a task implements, by external id, number or reference.
        Requirement = "requirement",
        /// Due date of a task, `YYYY-MM-DD`.
        DueOn = "due_on",
        /// Estimate of a task, in hours.
        EstimateHours = "estimate_hours",
        /// Labels of a task, separated like tags.
        Labels = "labels",
    }
);
choice!(
    /// How a row is matched to the investor, requirement or task that it updates.
    #[schema(as = ImportKey)]
    Key {
        /// Email address.
        Email = "email",
        /// Key in another system.
        ExternalKey = "external_key",
        /// Name, ignoring case.
        Name = "name",
        /// Number of a requirement or task. A row without a number creates a new one.
        Number = "number",
        /// Key of a requirement or task in another system.
        ExternalId = "external_id",
    }
);

impl Status {
    /// Whether a dry run or import is in progress.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Importing)
    }
}

impl Key {
    /// The field that holds this key.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::Email => Field::Email,
            Self::ExternalKey => Field::ExternalKey,
            Self::Name => Field::Name,
            Self::Number => Field::Number,
            Self::ExternalId => Field::ExternalId,
        }
    }
}

/// Maps a column to the field that it fills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportMapping)]
pub struct Mapping {
    /// Column name, exactly as in the header row.
    #[schema(max_length = 65_536)]
    pub column: String,
    /// The field that the column fills.
    pub field: Field,
}

/// Why the file as a whole cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportFailure)]
pub struct Failure {
    /// Machine-readable reason, `snake_case`.
    pub code: String,
    /// Human-readable message.
    pub message: String,
}

/// Row counts of one run. Each row counts once, even if a slice was interrupted and run again: a row that this run created or updated
/// before the interruption counts as created or updated, not as unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read: created, updated, unchanged and refused.
    pub rows: u64,
    /// Rows that created an investor.
    pub created: u64,
    /// Rows that updated an investor.
    pub updated: u64,
    /// Rows that matched an investor with the same values, and rows without any values.
    pub unchanged: u64,
    /// Rows that were refused.
    pub errors: u64,
    /// Created and refused rows that look like an existing investor.
    #[serde(default)]
    pub duplicates: u64,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Unique id.
    pub id: ImportId,
    /// Version number; starts at 1 and increases when a user changes the import and when it ends, but not with progress.
    pub version: u64,
    /// When the import was created.
    pub created_at: Timestamp,
    /// When the import last changed.
    pub updated_at: Timestamp,
    /// User who created the import.
    pub created_by: UserId,
    /// What the rows become.
    #[serde(default)]
    #[schema(required)]
    pub kind: Target,
    /// Product that the requirements or tasks belong to.
    #[serde(default)]
    pub product_id: Option<ProductId>,
    /// File name on the user's machine.
    pub file_name: Name,
    /// File size in bytes.
    pub size: u64,
    /// Current status.
    pub status: Status,
    /// Which field each column fills; set once started.
    pub mapping: Option<Vec<Mapping>>,
    /// How rows are matched to existing records; set once started.
    pub key: Option<Key>,
    /// Defaults for new investors where the row has no value; set once started.
    pub defaults: Option<ImportDefaults>,
    /// Encoding of the file; set once started.
    pub encoding: Option<Encoding>,
    /// Number of rows in the file: an estimate at first, exact once the whole file has been read.
    pub rows_total_estimate: Option<u64>,
    /// Rows read in this run.
    pub rows_done: u64,
    /// Bytes of the file read in this run.
    pub bytes_done: u64,
    /// Rows in this run that created (in a dry run: would create) a record.
    pub created_count: u64,
    /// Rows in this run that updated (would update) an existing record.
    pub updated_count: u64,
    /// Rows in this run that changed nothing, and rows without any values.
    pub unchanged_count: u64,
    /// Rows in this run that were (would be) refused, and requirements that could not be placed under their parent.
    pub error_count: u64,
    /// Rows in this run, created or skipped, whose new investor looks like an existing one.
    #[serde(default)]
    #[schema(required)]
    pub duplicate_count: u64,
    /// Why the file as a whole cannot be imported.
    pub failure: Option<Failure>,
}

impl Versioned for Import {
    fn version(&self) -> u64 {
        self.version
    }
}

impl Import {
    /// Returns the import with the counts of its run.
    fn with_counts(mut self, counts: Counts, bytes_done: u64) -> Self {
        self.bytes_done = bytes_done;
        self.rows_done = counts.rows;
        self.created_count = counts.created;
        self.updated_count = counts.updated;
        self.unchanged_count = counts.unchanged;
        self.error_count = counts.errors;
        self.duplicate_count = counts.duplicates;
        self
    }
}

impl Plain for Import {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Import, self.id)
    }

    fn fields(&self) -> Fields {
        let number = |number: u64| Compared::Plain((number > 0).then(|| number.to_string()));
        let mapping = self.mapping.iter().flatten();
        let mapping = mapping.map(|m| format!("{} → {}", m.column, m.field.as_str())).collect();
        vec![
            ("kind", Compared::Plain(Some(self.kind.as_str().into()))),
            ("product_id", Compared::Plain(self.product_id.map(|id| id.to_string()))),
            ("file_name", Compared::Plain(Some(self.file_name.to_string()))),
            ("size", number(self.size)),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("mapping", Compared::List(mapping)),
            ("key", Compared::Plain(self.key.map(|key| key.as_str().into()))),
            ("encoding", Compared::Plain(self.encoding.map(|encoding| encoding.as_str().into()))),
            ("created_count", number(self.created_count)),
            ("updated_count", number(self.updated_count)),
            ("unchanged_count", number(self.unchanged_count)),
            ("error_count", number(self.error_count)),
            ("duplicate_count", number(self.duplicate_count)),
            ("failure", Compared::Plain(self.failure.as_ref().map(|failure| failure.code.clone()))),
        ]
    }
}
