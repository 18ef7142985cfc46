//! How an import is stored: the import itself, and beside it in its partition the run's job and progress, the rows that
//! repeat an earlier one, and the errors.

use serde::{Deserialize, Serialize};

use super::encoding::Encoding;
use super::start::ImportDefaults;
use super::{Counts, Field, Import, Key, Target};
use kernel::error::Error;
use kernel::id::{ImportId, InvestorId, ProductId, UserId};
use kernel::time::Timestamp;
use platform::audit::Head;
use platform::caller::{Caller, Starter};
use platform::table::{self, Draft, Item};
use product_development::product::ProductKey;

/// Type of the item that holds a run's progress; its writes drive the run.
pub(super) const PROGRESS: &str = "import_progress";
/// `state` of a run that goes on.
pub(super) const RUNNING: &str = "running";

/// An import as it was read, with the head of its audit chain.
pub(super) struct Loaded {
    pub import: Import,
    pub head: Head,
}

/// Primary key of an import.
#[must_use]
pub fn key(id: ImportId) -> table::Key {
    table::Key::new(partition(id), "IMPORT")
}

/// The partition of everything about an import.
pub(super) fn partition(id: ImportId) -> String {
    format!("IMPORT#{id}")
}

pub(super) fn progress_key(id: ImportId) -> table::Key {
    table::Key::new(partition(id), "PROGRESS")
}

pub(super) fn repeats_key(id: ImportId) -> table::Key {
    table::Key::new(partition(id), "REPEATS")
}

/// Where the file lies in the bucket.
pub(super) fn object_key(id: ImportId) -> String {
    format!("imports/{id}.csv")
}

pub(super) fn expires_at(created_at: Timestamp) -> i64 {
    created_at.as_second() + super::KEPT_SECONDS
}

pub(super) fn draft(import: &Import, head: &Head) -> Result<Draft, Error> {
    let place = format!("{}#{}", import.created_at, import.id);
    Ok(Draft::new(key(import.id), "import", import)?
        .number("version", import.version)
        .card(import)?
        .object("audit_head", head)?
        .number("expires_at", expires_at(import.created_at))
        .index("gsi1", "IMPORTS", place.clone())
        .index("gsi2", format!("IMPORTS#{}", import.created_by), place))
}

pub(super) fn open(item: &Item) -> Result<Loaded, Error> {
    Ok(Loaded { import: table::read(item, "data")?, head: table::read(item, "audit_head")? })
}

/// What one run of an import is to do; fixed when it is started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub import_id: ImportId,
    /// Version of the import while the run goes on: it tells the runs of an import apart.
    pub run: u64,
    pub created_by: UserId,
    pub starter: Starter,
    pub started_at: Timestamp,
    pub expires_at: i64,
    pub dry_run: bool,
    /// What the rows become.
    #[serde(default)]
    pub kind: Target,
    /// The product that they belong to.
    #[serde(default)]
    pub product: Option<JobProduct>,
    /// Whether rows whose new investor looks like one that exists are left out.
    #[serde(default)]
    pub skip_duplicates: bool,
    /// Size of the file and the mark of its contents; a file that was changed since fails the run.
    pub size: u64,
    pub etag: String,
    pub encoding: Encoding,
    pub delimiter: u8,
    /// Number of columns, and offset of the first row.
    pub columns: usize,
    pub body: u64,
    /// Which columns, from 0, fill what.
    pub fields: Vec<(usize, Field)>,
    pub key: Key,
    pub defaults: ImportDefaults,
}

/// The product of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct JobProduct {
    pub id: ProductId,
    /// What its references begin with.
    pub key: ProductKey,
    /// When the import was created: ids of what its rows make begin with it.
    pub created_at: Timestamp,
}

impl Job {
    /// The id of the run in the audit trail and the logs.
    pub fn request_id(&self) -> String {
        format!("import-{}-{}", self.import_id, self.run)
    }

    /// The user who started the run, as the caller of what its rows do.
    pub fn caller(&self) -> Caller {
        self.starter.caller(self.request_id())
    }

    /// The id of the investor that `row` of this run makes: the same whenever the row is done again.
    pub fn investor_id(&self, row: u64) -> InvestorId {
        InvestorId(kernel::id::derived(self.started_at, &format!("{}/{row}", self.request_id())))
    }
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Offset in the file of the next row.
    pub offset: u64,
    /// The last row read, counted as a spreadsheet does without empty lines: the header is row 1.
    pub row: u64,
    /// How many rows there are; none until the file was read through once.
    pub rows_total: Option<u64>,
    /// How many rows repeat the key or e-mail address of an earlier one.
    pub repeats: u64,
    /// What became of the rows so far.
    pub counts: Counts,
    /// How many errors are stored.
    pub errors_stored: u64,
    /// How often the file was gone through for the parents of requirements, once all rows are in.
    #[serde(default)]
    pub pass: u32,
    /// Requirements put below their parent in this pass.
    #[serde(default)]
    pub settled: u64,
    /// Requirements whose parent is not there yet, or whose place below it is taken by a circle that may still dissolve.
    #[serde(default)]
    pub waiting: u64,
    /// Whether this pass tells what could not be put below its parent; it is the last one.
    #[serde(default)]
    pub telling: bool,
}

/// The item of a run as it was read.
pub(super) struct Run {
    pub job: Job,
    pub progress: Progress,
    /// Counts the slices.
    pub step: u64,
    /// How often the next slice was tried in vain.
    pub tries: u32,
    /// Whether it goes on.
    pub running: bool,
}

/// The item that starts a run.
pub(super) fn run_draft(job: &Job) -> Result<Draft, Error> {
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
        telling: false,
    };
    Ok(Draft::new(progress_key(job.import_id), PROGRESS, job)?
        .object("progress", &progress)?
        .number("run", job.run)
        .number("step", 0)
        .text("state", RUNNING)
        .number("expires_at", job.expires_at))
}

/// How often the next slice was tried in vain; the attribute is there only then.
pub(super) fn tries(item: &Item) -> u32 {
    table::read(item, "tries").unwrap_or(0)
}

pub(super) fn open_run(item: &Item) -> Result<Run, Error> {
    Ok(Run {
        job: table::read(item, "data")?,
        progress: table::read(item, "progress")?,
        step: table::read(item, "step")?,
        tries: tries(item),
        running: table::text(item, "state") == Some(RUNNING),
    })
}
