//! Imports: files of investors, requirements or tasks that become such, row by row, by create-or-update.
//!
//! A file goes straight to the bucket, its columns are mapped to fields, and the stream of the table drives the work
//! slice by slice ([`advance`]): each slice ends with a write that triggers the next one. Rows are create-or-update by a
//! key and new investors' ids follow from the run and the row, so that a slice that was cut off is simply done again.

mod apply;
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

pub use encoding::Encoding;
pub use error_log::{ImportRowError, errors};
pub use item::key;
pub use job::{Trigger, advance};
pub use preview::{ImportPreview, ImportSuggestion, preview};
pub use read::{get, list};
pub use slice::Limits;
pub use start::{ImportDefaults, ImportStart, start};
pub use target::Target;
pub use write::{ImportCreated, ImportUpload, NewImport, cancel, create};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::id::{ImportId, ProductId, UserId};
use kernel::text::Name;
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields};
use platform::http::Versioned;

/// Largest file, in bytes: 25 MiB.
pub const MOST_BYTES: u64 = 26_214_400;
/// Most rows of a file.
pub const MOST_ROWS: u64 = 100_000;
/// How long an import is kept, in seconds: 30 days.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;

choice!(
    /// How far an import is.
    #[schema(as = ImportStatus)]
    Status {
        /// Waits for its file.
        AwaitingUpload = "awaiting_upload",
        /// Has its file and can be started.
        Ready = "ready",
        /// A dry run is under way.
        Checking = "checking",
        /// A dry run is done; it can be started for real.
        Checked = "checked",
        /// The rows are being imported.
        Importing = "importing",
        /// All rows were imported or refused.
        Done = "done",
        /// The file as a whole cannot be imported; `failure` says why.
        Failed = "failed",
        /// Its creator gave it up; rows imported before that stay.
        Cancelled = "cancelled",
    }
);
choice!(
    /// A field of an investor, a requirement or a task that a column can fill.
    #[schema(as = ImportField)]
    Field {
        /// Name.
        Name = "name",
        /// What it is: person, fund, company or family office.
        Kind = "kind",
        /// E-mail address.
        Email = "email",
        /// Telephone number.
        Phone = "phone",
        /// Postal address.
        Address = "address",
        /// Country, ISO 3166-1 alpha-2.
        Country = "country",
        /// Importance.
        Tier = "tier",
        /// Whether it is looked after.
        Status = "status",
        /// Tags; several in a cell are separated by `;` or `|`, unless a `\` is before it. The only field that several columns
        /// can fill.
        Tags = "tags",
        /// Notes.
        Notes = "notes",
        /// Its key in another system.
        ExternalKey = "external_key",
        /// Of a requirement or task: its number, alone or as part of its reference. It finds what there is; what is new gets one.
        Number = "number",
        /// Of a requirement or task: its key in another system.
        ExternalId = "external_id",
        /// Of a requirement or task: its title.
        Title = "title",
        /// Of a requirement or task: its description, Markdown.
        Description = "description",
        /// Of a requirement or task: how urgent it is.
        Priority = "priority",
        /// Of a requirement: its acceptance criteria, separated as tags are.
        AcceptanceCriteria = "acceptance_criteria",
        /// Of a requirement: the requirement that it is a part of, by external id, number or reference; it may stand further down.
        Parent = "parent",
        /// Of a requirement or task: its milestone, by name.
        Milestone = "milestone",
        /// Of a task: who does it, by user name.
        Assignee = "assignee",
        /// Of a task: the requirement that it serves, by external id, number or reference.
        Requirement = "requirement",
        /// Of a task: until when it is to be done, `YYYY-MM-DD`.
        DueOn = "due_on",
        /// Of a task: how many hours it may take.
        EstimateHours = "estimate_hours",
        /// Of a task: its labels, separated as tags are.
        Labels = "labels",
    }
);
choice!(
    /// By what a row finds the investor, requirement or task that it updates.
    #[schema(as = ImportKey)]
    Key {
        /// E-mail address.
        Email = "email",
        /// Key in another system.
        ExternalKey = "external_key",
        /// Name, compared without case.
        Name = "name",
        /// Number of a requirement or task. A row without one makes a new one.
        Number = "number",
        /// Key of a requirement or task in another system.
        ExternalId = "external_id",
    }
);

impl Status {
    /// Whether the job is at work.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Importing)
    }
}

impl Key {
    /// The field that holds the key.
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

/// A column and the field that it fills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportMapping)]
pub struct Mapping {
    /// Name of the column as the header row has it.
    pub column: String,
    /// The field.
    pub field: Field,
}

/// Why the file as a whole cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportFailure)]
pub struct Failure {
    /// Machine-readable reason, `snake_case`.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
}

/// What became of the rows of one run. Each row counts once, also when a slice was cut off and done again: a row that
/// was created or updated by this run before the cut counts as created or updated, not as unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read: created, updated, unchanged and refused.
    pub rows: u64,
    /// Rows that became new investors.
    pub created: u64,
    /// Rows that changed an investor.
    pub updated: u64,
    /// Rows whose investor has these values already, and rows without any value.
    pub unchanged: u64,
    /// Rows that were refused.
    pub errors: u64,
    /// Of those created and refused, the ones that look like an investor that exists.
    #[serde(default)]
    pub duplicates: u64,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// The import's id.
    pub id: ImportId,
    /// Counts the changes by its user and its end, from 1; progress does not count.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who created it.
    pub created_by: UserId,
    /// What its rows become.
    #[serde(default)]
    #[schema(required)]
    pub kind: Target,
    /// The product that requirements or tasks belong to.
    #[serde(default)]
    pub product_id: Option<ProductId>,
    /// Name of the file on the user's machine.
    #[schema(value_type = String)]
    pub file_name: Name,
    /// Size of the file in bytes.
    pub size: u64,
    /// How far it is.
    pub status: Status,
    /// What the columns fill, once started.
    pub mapping: Option<Vec<Mapping>>,
    /// By what rows find existing investors, once started.
    pub key: Option<Key>,
    /// What new investors get where their row says nothing, once started.
    pub defaults: Option<ImportDefaults>,
    /// The file's encoding, once started.
    pub encoding: Option<Encoding>,
    /// How many rows the file has: an estimate at first, exact once the file was read through.
    pub rows_total_estimate: Option<u64>,
    /// Rows read in this run.
    pub rows_done: u64,
    /// Bytes of the file read in this run.
    pub bytes_done: u64,
    /// Rows of this run that became (in a dry run: would become) something new.
    pub created_count: u64,
    /// Rows of this run that changed (would change) what there was.
    pub updated_count: u64,
    /// Rows of this run that have nothing to change, and rows without any value.
    pub unchanged_count: u64,
    /// Rows of this run that were (would be) refused, and requirements that could not be put below their parent.
    pub error_count: u64,
    /// Rows of this run, created or left out, whose new investor looks like one that existed.
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
    /// The import with the figures of its run.
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

    /// Its fields for the audit trail.
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
