//! Storage of an import. The import's partition also holds its run's job and progress, the rows that repeat an earlier one, and the
//! errors.

use serde::{Deserialize, Serialize};

use super::defaults::ImportDefaults;
use super::encoding::Encoding;
use super::{Counts, Field, Import, Key, Target};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ImportId, InvestorId, ProductId, UserId};
use kernel::time::Timestamp;
use platform::audit::Head;
use platform::caller::{Caller, Cause, Starter};
use platform::job;
use platform::table::{self, Draft, Item};
use product_development::product::ProductKey;

/// `state` of a run that has ended.
pub(super) const FINISHED: &str = "finished";
/// `state` of a run whose import was cancelled.
pub(super) const STOPPED: &str = "stopped";

/// An import as read, with the head of its audit chain.
pub(super) struct LoadedImport {
    pub import: Import,
    pub head: Head,
}

/// Primary key of an import.
#[must_use]
pub fn key(id: ImportId) -> table::Key {
    table::Key::new(partition(id), "IMPORT")
}

/// Start of the partition keys of imports.
const PARTITION: &str = "IMPORT#";

/// Partition of an import and its related items.
pub(super) fn partition(id: ImportId) -> String {
    format!("{PARTITION}{id}")
}

/// Partition in `gsi1` of all imports, by time.
pub(super) const ALL: &str = "IMPORTS";

/// Partition in `gsi2` of a user's imports, by time.
pub(super) fn created_by(user: UserId) -> String {
    format!("{ALL}#{user}")
}

/// The import whose partition has this key.
#[must_use]
pub fn id_in(pk: &str) -> Option<ImportId> {
    pk.strip_prefix(PARTITION)?.parse().ok()
}

pub(super) fn progress_key(id: ImportId) -> table::Key {
    table::Key::new(partition(id), "PROGRESS")
}

pub(super) fn repeats_key(id: ImportId) -> table::Key {
    table::Key::new(partition(id), "REPEATS")
}

/// Key of the file in the bucket.
pub(super) fn object_key(id: ImportId) -> String {
    format!("imports/{id}.csv")
}

pub(super) fn expires_at(created_at: Timestamp) -> i64 {
    created_at.as_second() + super::KEPT_SECONDS
}

pub(super) fn draft(import: &Import, head: &Head) -> Result<Draft, Error> {
    let place = format!("{}#{}", import.created_at, import.id);
    Ok(Draft::new(key(import.id), ItemType::Import, import)?
        .number("version", import.version)
        .card(import)?
        .object("audit_head", head)?
        .number("expires_at", expires_at(import.created_at))
        .index("gsi1", ALL, place.clone())
        .index("gsi2", created_by(import.created_by), place))
}

pub(super) fn open(item: &Item) -> Result<LoadedImport, Error> {
    Ok(LoadedImport { import: table::read(item, "data")?, head: table::read(item, "audit_head")? })
}

/// The work of one run of an import; fixed when it starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub import_id: ImportId,
    /// Version of the import during the run; distinguishes the runs of an import.
    pub run: u64,
    pub created_by: UserId,
    pub starter: Starter,
    pub started_at: Timestamp,
    pub expires_at: i64,
    pub dry_run: bool,
    /// What the rows become.
    #[serde(default)]
    pub kind: Target,
    /// Product that the rows belong to.
    #[serde(default)]
    pub product: Option<JobProduct>,
    /// Whether rows whose new investor looks like an existing one are skipped.
    #[serde(default)]
    pub skip_duplicates: bool,
    /// Size and `ETag` of the file; the run fails if the file has changed since.
    pub size: u64,
    pub etag: String,
    pub encoding: Encoding,
    pub delimiter: u8,
    /// Number of columns, and offset of the first row.
    pub columns: usize,
    pub body: u64,
    /// Zero-based column indexes with the field each fills.
    pub fields: Vec<(usize, Field)>,
    pub key: Key,
    pub defaults: ImportDefaults,
}

/// The product of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct JobProduct {
    pub id: ProductId,
    /// Prefix of its references.
    pub key: ProductKey,
    /// When the import was created; the ids of records it creates start with this timestamp.
    pub created_at: Timestamp,
}

impl Job {
    /// Id of the run in the audit trail and the logs.
    pub fn request_id(&self) -> String {
        format!("import-{}-{}", self.import_id, self.run)
    }

    /// The user who started the run, as the caller of its writes.
    pub fn caller(&self) -> Caller {
        self.starter.caller(self.request_id(), Cause::Import)
    }

    /// Id of the investor that `row` of this run creates: the same each time the row is processed.
    pub fn investor_id(&self, row: u64) -> InvestorId {
        InvestorId(kernel::id::derived(self.started_at, &format!("{}/{row}", self.request_id())))
    }
}

/// Progress of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// File offset of the next row.
    pub(super) offset: u64,
    /// Last row read, as a spreadsheet counts rows, without empty lines: the header is row 1.
    pub(super) row: u64,
    /// Total number of rows; `None` until the file has been read once.
    pub(super) rows_total: Option<u64>,
    /// Number of rows that repeat the key or email address of an earlier row.
    pub(super) repeats: u64,
    /// Counts of the rows so far.
    pub(super) counts: Counts,
    /// Number of stored errors.
    pub(super) errors_stored: u64,
    /// Number of passes made to set the parents of requirements after all rows were imported.
    #[serde(default)]
    pub(super) pass: u32,
    /// Requirements placed under their parent in this pass.
    #[serde(default)]
    pub(super) settled: u64,
    /// Requirements whose parent does not exist yet, or that would form a cycle which may still be resolved.
    #[serde(default)]
    pub(super) waiting: u64,
    /// Whether this is the last pass, which reports the requirements that could not be placed.
    #[serde(default, rename = "telling")]
    pub(super) is_last_pass: bool,
}

/// The background job of an import: its work and how far it has got.
pub struct ImportRun {
    pub(super) job: Job,
    pub(super) progress: Progress,
}

/// Identifies a run of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId {
    /// The import.
    pub import_id: ImportId,
    /// Version of the import during the run.
    pub run: u64,
}

/// The item that starts a run; writing it triggers the next slice.
pub(super) fn run_draft(job: Job) -> Result<Draft, Error> {
    let progress = Progress {
        offset: job.body,
        row: 1,
        rows_total: None,
        repeats: 0,
        counts: Counts::default(),
        errors_stored: 0,
        pass: 0,
        settled: 0,
        waiting: 0,
        is_last_pass: false,
    };
    let draft = Draft::new(progress_key(job.import_id), ItemType::ImportProgress, &job)?
        .number("run", job.run)
        .number("expires_at", job.expires_at);
    job::begin(&ImportRun { job, progress }, draft)
}
