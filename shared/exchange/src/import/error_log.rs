//! What was wrong with the rows of the latest run: the first thousand errors, kept beside the import.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Refusal;
use super::item::{self, Job};
use super::{Field, read};
use kernel::error::Error;
use kernel::id::{ImportId, InvestorId};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Key, Transaction};

/// Most errors that are kept of a run; the rest is only counted.
pub(super) const MOST_STORED: u64 = 1_000;
/// How many are written in one transaction; DynamoDB takes 100.
const AT_ONCE: usize = 100;
/// What the sort keys of errors begin with.
const PREFIX: &str = "ERROR#";

/// What is to be said of a row.
pub(super) struct Told {
    pub row: u64,
    /// Whether it was imported all the same.
    pub imported: bool,
    pub refusals: Vec<Refusal>,
}

/// Something wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRowError {
    /// The row as a spreadsheet counts it, without empty lines: the header is row 1.
    pub row: u64,
    /// The field at fault; none when it is the row as a whole.
    pub field: Option<Field>,
    /// Machine-readable reason, `snake_case`.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// Whether the row was (or would be) imported all the same: it only looks like an investor that exists.
    #[serde(default)]
    #[schema(required)]
    pub imported: bool,
    /// The investor that the row looks like.
    #[serde(default)]
    pub investor_id: Option<InvestorId>,
}

/// One page of the errors of the latest run, by row.
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

/// Stores what is to be said of rows, as long as there is room after the `stored` ones; says how many are stored then. Storing
/// the same again changes nothing.
pub(super) async fn store(app: &App, job: &Job, stored: u64, told: &[Told]) -> Result<u64, Error> {
    let room = usize::try_from(MOST_STORED.saturating_sub(stored)).unwrap_or(0);
    let mut drafts = Vec::new();
    for Told { row, imported, refusals } in told {
        let (row, imported) = (*row, *imported);
        for (number, refusal) in refusals.iter().enumerate() {
            let Refusal { field, code, message, investor_id } = refusal.clone();
            let error = ImportRowError { row, field, code: code.into(), message, imported, investor_id };
            let draft = Draft::new(key(job.import_id, &position(row, number)), "import_error", &error)?;
            drafts.push(draft.number("expires_at", job.expires_at));
        }
    }
    drafts.truncate(room);
    for batch in drafts.chunks(AT_ONCE) {
        let mut transaction = Transaction::new();
        for draft in batch {
            app.table().put(&mut transaction, draft.clone())?;
        }
        app.table().commit(transaction).await?;
    }
    Ok(stored + u64::try_from(drafts.len()).unwrap_or(0))
}

/// Removes errors of rows behind `row`: those of an earlier run, or of a slice that was cut off before it counted.
pub(super) async fn clear_behind(app: &App, id: ImportId, row: u64) -> Result<(), Error> {
    let mut list = List::new("import errors", Source::table(item::partition(id), PREFIX), Order::Ascending);
    list.from = Some(position(row + 1, 0));
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), AT_ONCE).await?;
        let mut transaction = Transaction::new();
        for found in &items {
            let position = table::text(found, "sk").and_then(|sk| sk.strip_prefix(PREFIX)).unwrap_or_default();
            app.table().delete(&mut transaction, key(id, position))?;
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
