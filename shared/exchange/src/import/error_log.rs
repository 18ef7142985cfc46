//! Row errors of the latest run: the first thousand, stored with the import.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Refusal;
use super::item::{self, Job};
use super::{Field, read};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ImportId, InvestorId};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Key, Transaction};

/// Maximum number of errors stored per run; further errors are only counted.
pub(super) const MAX_STORED: u64 = 1_000;
/// Number of errors written per transaction; DynamoDB's limit is 100.
const AT_ONCE: usize = 100;
/// Prefix of the sort keys of errors.
const PREFIX: &str = "ERROR#";

/// Messages about one row.
pub(super) struct RowMessages {
    pub row: u64,
    /// Whether the row was imported anyway.
    pub imported: bool,
    pub refusals: Vec<Refusal>,
}

/// An error in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRowError {
    /// Row number as a spreadsheet shows it, not counting empty lines; the header is row 1.
    pub row: u64,
    /// Field with the error; `null` if it concerns the whole row.
    pub field: Option<Field>,
    /// Machine-readable reason, `snake_case`.
    pub code: String,
    /// Human-readable message.
    pub message: String,
    /// Whether the row was (or would be) imported anyway: it only looks like an existing investor.
    #[serde(default)]
    #[schema(required)]
    pub imported: bool,
    /// Existing investor that the row looks like.
    #[serde(default)]
    pub investor_id: Option<InvestorId>,
}

/// Returns one page of errors of the latest run, ordered by row.
pub async fn errors(
    app: &App,
    caller: &Caller,
    id: ImportId,
    request: &PageRequest,
) -> Result<Page<ImportRowError>, Error> {
    read::load(app, caller, id).await?;
    let list = List::new("import errors", Source::table(item::partition(id), PREFIX), Order::Ascending);
    list.page(app, request).await?.try_map(|item| table::read(&item, "data"))
}

fn position(row: u64, number: usize) -> String {
    format!("{row:07}#{number:03}")
}

fn key(id: ImportId, position: &str) -> Key {
    Key::new(item::partition(id), format!("{PREFIX}{position}"))
}

/// Stores messages about rows, up to the limit, given that `stored` are already there. Returns how many are stored afterwards. Idempotent.
pub(super) async fn store(app: &App, job: &Job, stored: u64, messages: &[RowMessages]) -> Result<u64, Error> {
    let room = usize::try_from(MAX_STORED.saturating_sub(stored)).unwrap_or(0);
    let mut drafts = Vec::new();
    for RowMessages { row, imported, refusals } in messages {
        let (row, imported) = (*row, *imported);
        for (number, refusal) in refusals.iter().enumerate() {
            let Refusal { field, code, message, investor_id } = refusal.clone();
            let error = ImportRowError { row, field, code: code.into(), message, imported, investor_id };
            let draft = Draft::new(key(job.import_id, &position(row, number)), ItemType::ImportError, &error)?;
            drafts.push(draft.number("expires_at", job.expires_at));
        }
    }
    drafts.truncate(room);
    for batch in drafts.chunks(AT_ONCE) {
        let mut transaction = Transaction::new();
        for draft in batch {
            transaction.put(draft.clone());
        }
        app.table().commit(transaction).await?;
    }
    Ok(stored + u64::try_from(drafts.len()).unwrap_or(0))
}

/// Deletes errors of rows after `row`: left by an earlier run, or by a slice that was interrupted before it was counted.
pub(super) async fn clear_behind(app: &App, id: ImportId, row: u64) -> Result<(), Error> {
    let mut list = List::new("import errors", Source::table(item::partition(id), PREFIX), Order::Ascending);
    list.from = Some(position(row + 1, 0));
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), AT_ONCE).await?;
        let mut transaction = Transaction::new();
        for found in &items {
            let position = table::text(found, "sk").and_then(|sk| sk.strip_prefix(PREFIX)).unwrap_or_default();
            transaction.delete(key(id, position));
        }
        if !transaction.is_empty() {
            app.table().commit(transaction).await?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
