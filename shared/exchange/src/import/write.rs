//! Creating and giving up imports: each change of an import is one transaction with its audit record.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{self, Loaded};
use super::{Import, MOST_BYTES, Status, Target, read, target};
use kernel::error::Error;
use kernel::id::{ImportId, ProductId};
use kernel::text::Name;
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Caller};
use platform::idempotency::{self, StoredAnswer};
use platform::objects;
use platform::table::Transaction;

/// How long the address for the upload is good, in seconds.
const UPLOAD_SECONDS: u64 = 900;

/// What a new import takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// Name of the file: 1 to 200 characters.
    #[schema(value_type = String)]
    pub file_name: Name,
    /// Its size in bytes; exactly so many can be uploaded.
    #[schema(minimum = 1, maximum = 26_214_400)]
    pub size: u64,
    /// What its rows become; `investors` if left out.
    #[serde(default)]
    #[schema(required = false)]
    pub kind: Target,
    /// The product that requirements or tasks are to belong to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub product_id: Option<ProductId>,
}

/// Where and how to upload the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportUpload {
    /// The address.
    pub url: String,
    /// `PUT`.
    pub method: &'static str,
    /// Headers to send exactly so.
    pub headers: BTreeMap<String, String>,
    /// Seconds until the address is no longer good.
    pub expires_in: u64,
}

/// A new import and where to upload its file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportCreated {
    /// The import.
    pub import: Import,
    /// The upload.
    pub upload: ImportUpload,
}

/// Creates an import. The file itself goes to the address in the answer.
pub async fn create(app: &App, caller: &Caller, new: NewImport) -> Result<StoredAnswer, Error> {
    new.kind.scope(caller)?;
    match new.product_id {
        Some(_) if new.kind == Target::Investors => {
            return Err(Error::field("product_id", "investors belong to no product"));
        }
        Some(id) => drop(target::product(app, caller, id).await?),
        None if new.kind == Target::Investors => {}
        None => return Err(Error::field("product_id", "is required for requirements and tasks")),
    }
    if !(1..=MOST_BYTES).contains(&new.size) {
        return Err(Error::field("size", format!("must be between 1 and {MOST_BYTES} bytes")));
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
    let mut transaction = Transaction::new();
    let import = stage(app, &caller.actor, &mut transaction, "import_create", None, import).await?;
    let upload = ImportUpload { url: put.url, method: "PUT", headers: put.headers, expires_in: UPLOAD_SECONDS };
    let answer =
        StoredAnswer::created(format!("/api/imports/{id}"), import.version, &ImportCreated { import, upload })?;
    idempotency::commit(app, caller, transaction, answer).await
}

/// Adds the next version of an import (or its first) with its audit record.
pub(super) async fn stage(
    app: &App,
    actor: &Actor,
    transaction: &mut Transaction,
    action: &str,
    before: Option<&Loaded>,
    after: Import,
) -> Result<Import, Error> {
    let after = match before {
        Some(before) => Import { version: before.import.version + 1, updated_at: Timestamp::now(), ..after },
        None => after,
    };
    let old = before.map(|loaded| loaded.import.fields()).unwrap_or_default();
    let record = kernel::id::new();
    // Nothing about an import is personal, so whatever key is at hand seals nothing.
    let changes = audit::differences(&old, &after.fields(), &app.keys().root().await?.answers, record)?;
    let head = audit::change(
        app,
        transaction,
        actor,
        action,
        Subject::new("import", after.id),
        after.version,
        before.map(|loaded| &loaded.head),
        record,
        changes,
    )?;
    let draft = item::draft(&after, &head)?;
    match before {
        Some(before) => app.table().replace(transaction, draft, before.import.version)?,
        None => {
            app.table().create(transaction, draft, |_| Error::internal("a new import's id exists already"))?;
        }
    }
    Ok(after)
}

/// Gives an import up and removes its file. Rows that were imported before stay; a slice under way ends with its rows.
pub async fn cancel(app: &App, caller: &Caller, id: ImportId) -> Result<StoredAnswer, Error> {
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let (loaded, run) = read::load_with_run(app, caller, id).await?;
    let status = loaded.import.status;
    if matches!(status, Status::Done | Status::Cancelled) {
        return Err(Error::state(format!("This import is {} already.", status.as_str())));
    }
    let mut transaction = Transaction::new();
    let after = Import { status: Status::Cancelled, ..loaded.import.clone() };
    let after = stage(app, &caller.actor, &mut transaction, "import_cancel", Some(&loaded), after).await?;
    if status.is_running() {
        transaction.push(stop(app, id, loaded.import.version)?, |_| Error::StaleVersion);
    }
    let after = read::with_progress(after, run.as_ref());
    let answer = StoredAnswer::json(StatusCode::OK, &after)?.version(after.version);
    let answer = match idempotency::commit(app, caller, transaction, answer).await {
        Err(Error::StaleVersion) => Err(Error::state("The import moved on just now. Look again.")),
        other => other,
    }?;
    remove_file(app, id).await;
    Ok(answer)
}

/// Removes an import's file, which nobody needs any more.
pub(super) async fn remove_file(app: &App, id: ImportId) {
    if let Err(error) = objects::remove(app, &item::object_key(id)).await {
        // The bucket's own rule removes it within days.
        tracing::warn!(error = %kernel::error::chain(&error), import = %id, "a file was not removed");
    }
}

/// Stops a run: no further slice follows. A slice under way still adds its figures.
fn stop(app: &App, id: ImportId, run: u64) -> Result<TransactWriteItem, Error> {
    let update = app
        .table()
        .update_of(item::progress_key(id))
        .update_expression("SET #state = :stopped")
        .condition_expression("#run = :run")
        .expression_attribute_names("#state", "state")
        .expression_attribute_names("#run", "run")
        .expression_attribute_values(":stopped", AttributeValue::S("stopped".into()))
        .expression_attribute_values(":run", AttributeValue::N(run.to_string()));
    Ok(TransactWriteItem::builder().update(update.build().map_err(Error::defect)?).build())
}
