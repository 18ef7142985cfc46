//! Creating and cancelling imports. Each change is one transaction with its audit record.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{self, LoadedImport};
use super::{Import, MAX_BYTES, Status, Target, read, target};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ImportId, ProductId};
use kernel::text::Name;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::objects;
use platform::table::{Condition, Update, Write};
use platform::work::Work;

/// Validity of an upload URL, in seconds.
const UPLOAD_SECONDS: u64 = 900;

/// A new import.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// File name: 1 to 200 characters.
    pub file_name: Name,
    /// File size in bytes; the upload must have exactly this size.
    #[schema(minimum = 1, maximum = 26_214_400)]
    pub size: u64,
    /// What the rows become; defaults to `investors`.
    #[serde(default)]
    #[schema(required = false)]
    pub kind: Target,
    /// Product that the requirements or tasks will belong to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub product_id: Option<ProductId>,
}

/// Where and how to upload the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportUpload {
    /// Upload URL.
    pub url: String,
    /// HTTP method: `PUT`.
    pub method: &'static str,
    /// Headers to send, unchanged.
    pub headers: BTreeMap<String, String>,
    /// Seconds until the URL expires.
    pub expires_in: u64,
}

/// A new import and its upload URL.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportCreated {
    /// The new import.
    pub import: Import,
    /// How to upload the file.
    pub upload: ImportUpload,
}

/// Creates an import. The file itself is uploaded to the URL in the response.
pub async fn create(app: &App, caller: &Caller, new: NewImport) -> Result<StoredAnswer, Error> {
    new.kind.scope(caller)?;
    match new.product_id {
        Some(_) if new.kind == Target::Investors => {
            return Err(Error::field("product_id", "must be empty when importing investors"));
        }
        Some(id) => drop(target::product(app, caller, id).await?),
        None if new.kind == Target::Investors => {}
        None => return Err(Error::field("product_id", "is required for requirements and tasks")),
    }
    if !(1..=MAX_BYTES).contains(&new.size) {
        return Err(Error::field("size", format!("must be between 1 and {MAX_BYTES} bytes")));
    }
    let now = Timestamp::now();
    let id = ImportId::new();
    let import = Import {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: caller.id,
        kind: new.kind,
        product_id: new.product_id,
        file_name: new.file_name,
        size: new.size,
        status: Status::AwaitingUpload,
        mapping: None,
        key: None,
        defaults: None,
        encoding: None,
        rows_total_estimate: None,
        rows_done: 0,
        bytes_done: 0,
        created_count: 0,
        updated_count: 0,
        unchanged_count: 0,
        error_count: 0,
        duplicate_count: 0,
        failure: None,
    };
    let put = objects::presign_put(app, &item::object_key(id), new.size, "text/csv", None, UPLOAD_SECONDS).await?;
    let mut work = Work::new(app, caller, Operation::ImportCreate);
    let import = stage(&mut work, None, import)?;
    let upload = ImportUpload { url: put.url, method: "PUT", headers: put.headers, expires_in: UPLOAD_SECONDS };
    let answer =
        StoredAnswer::created(format!("/api/imports/{id}"), import.version, &ImportCreated { import, upload })?;
    work.answer(answer).await
}

/// Stages the next version of an import (or its first) with its audit record.
pub(super) fn stage(work: &mut Work<'_>, before: Option<&LoadedImport>, after: Import) -> Result<Import, Error> {
    let after = match before {
        Some(before) => Import { version: before.import.version + 1, updated_at: Timestamp::now(), ..after },
        None => after,
    };
    let head = work.record_plain(before.map(|loaded| (&loaded.import, &loaded.head)), &after)?;
    let draft = item::draft(&after, &head)?;
    match before {
        Some(before) => work.replace(draft, before.import.version),
        None => work.create(draft, |_| Error::internal("a new import id already exists")),
    }
    Ok(after)
}

/// Cancels an import and deletes its file. Rows imported before are kept; a slice in progress finishes its rows.
pub async fn cancel(app: &App, caller: &Caller, id: ImportId) -> Result<StoredAnswer, Error> {
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let (loaded, run) = read::load_with_run(app, caller, id).await?;
    let status = loaded.import.status;
    if matches!(status, Status::Done | Status::Cancelled) {
        return Err(Error::state(format!("This import is already {}.", status.as_str())));
    }
    let mut work = Work::new(app, caller, Operation::ImportCancel);
    let after = Import { status: Status::Cancelled, ..loaded.import.clone() };
    let after = stage(&mut work, Some(&loaded), after)?;
    if status.is_running() {
        work.push(stop(id, loaded.import.version), |_| Error::StaleVersion);
    }
    let after = read::with_progress(after, run.as_ref());
    let answer = StoredAnswer::json(StatusCode::OK, &after)?.version(after.version);
    let answer = match work.answer(answer).await {
        Err(Error::StaleVersion) => Err(Error::state("The import has just changed. Reload it and try again.")),
        other => other,
    }?;
    remove_file(app, id).await;
    Ok(answer)
}

/// Deletes an import's file, which is no longer needed.
pub(super) async fn remove_file(app: &App, id: ImportId) {
    if let Err(error) = objects::remove(app, &item::object_key(id)).await {
        // The bucket's lifecycle rule deletes it within days.
        tracing::warn!(error = %kernel::error::chain(&error), import = %id, "could not delete an import's file");
    }
}

/// Stops a run: no further slice follows. A slice in progress still adds its counts.
fn stop(id: ImportId, run: u64) -> Write<Update> {
    Write::update(item::progress_key(id)).set("state", item::STOPPED).when(Condition::is("run", run))
}
