//! Starts a run: checks the mapping against the file, then writes the run's item, which triggers the first slice.

use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::defaults::ImportDefaults;
use super::encoding::Encoding;
use super::header::Header;
use super::item::{self, Job, JobProduct, LoadedImport};
use super::{Counts, Field, Import, Key, Mapping, Status, Target, preview, read, target, write};
use investor_relations::investor;
use kernel::Operation;
use kernel::error::{Error, FieldError};
use kernel::id::ImportId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::{Caller, Starter};
use platform::idempotency::{self, StoredAnswer};
use platform::work::Work;

/// How to import the file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportStart {
    /// Which field each column fills; columns not listed are ignored.
    #[schema(max_items = 200)]
    pub mapping: Vec<Mapping>,
    /// How rows are matched to existing records; a row without a match creates a new one.
    pub key: Key,
    /// Defaults for new investors where the row has no value.
    #[serde(default)]
    pub defaults: ImportDefaults,
    /// If true, nothing is written; the result only counts what would happen.
    pub dry_run: bool,
    /// Encoding of the file; defaults to `utf-8`.
    #[serde(default)]
    pub encoding: Encoding,
    /// If true, rows whose new investor looks like an existing one are skipped; otherwise they are imported and listed.
    #[serde(default)]
    pub skip_duplicates: bool,
}

/// Starts a run of an import, for real or as a dry run.
pub async fn start(app: &App, caller: &Caller, id: ImportId, start: ImportStart) -> Result<StoredAnswer, Error> {
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let loaded = read::load(app, caller, id).await?;
    refuse_state(loaded.import.status)?;
    let (header, etag) = preview::beginning(app, &loaded.import, start.encoding).await?;
    let kind = loaded.import.kind;
    let fields = plan(kind, &start, &header.columns)?;
    let product = match loaded.import.product_id {
        Some(id) => Some(target::product(app, caller, id).await?),
        None => None,
    };
    let mut work = Work::new(app, caller, Operation::ImportStart);
    let manager = start.defaults.relationship_manager_id;
    if manager.is_some() {
        investor::require_manager(&mut work, caller, None, manager)?;
    }
    let after = started(&loaded, &start, header.rows_estimate);
    let after = write::stage(&mut work, Some(&loaded), after)?;
    let created_at = after.created_at;
    let product = product.map(|product| JobProduct { id: product.id, key: product.key, created_at });
    let job = Job { product, ..job(caller, &after, start, &header, etag, fields) };
    work.put(item::run_draft(job)?);
    let answer = StoredAnswer::json(StatusCode::ACCEPTED, &after)?.version(after.version);
    match work.answer(answer).await {
        Err(Error::StaleVersion) => {
            Err(Error::state("The import was just started or changed. Reload it and try again."))
        }
        other => other,
    }
}

fn refuse_state(status: Status) -> Result<(), Error> {
    match status {
        Status::AwaitingUpload | Status::Ready | Status::Checked | Status::Failed => Ok(()),
        Status::Checking | Status::Importing => Err(Error::state("This import is already running.")),
        Status::Done | Status::Cancelled => {
            Err(Error::state(format!("This import is {}. Start a new one.", status.as_str())))
        }
    }
}

/// Maps column indexes to fields. Reports every error in the mapping.
fn plan(kind: Target, start: &ImportStart, columns: &[String]) -> Result<Vec<(usize, Field)>, Error> {
    let mut fields: Vec<(usize, Field)> = Vec::new();
    let mut errors = Vec::new();
    for (place, Mapping { column, field }) in start.mapping.iter().enumerate() {
        let Some(index) = columns.iter().position(|name| name == column.trim()) else {
            let message = "the file has no column with this name";
            errors.push(FieldError::invalid(format!("mapping[{place}].column"), message));
            continue;
        };
        if fields.iter().any(|(taken, _)| *taken == index) {
            errors.push(FieldError::invalid(format!("mapping[{place}].column"), "is already mapped"));
        }
        if !kind.has(*field) {
            let message = format!("is not a field of {}", kind.as_str());
            errors.push(FieldError::invalid(format!("mapping[{place}].field"), message));
        }
        if *field != Field::Tags && fields.iter().any(|(_, taken)| taken == field) {
            errors.push(FieldError::invalid(format!("mapping[{place}].field"), "is already filled by another column"));
        }
        fields.push((index, *field));
    }
    let mapped = |field: Field| start.mapping.iter().any(|mapping| mapping.field == field);
    if !kind.is_found_by(start.key) {
        errors.push(FieldError::invalid("key", format!("cannot be used to match {}", kind.as_str())));
    } else if !mapped(start.key.field()) {
        errors.push(FieldError::invalid("key", "is not filled by any column"));
    }
    if kind != Target::Investors {
        if start.key != Key::Number && mapped(Field::Number) {
            errors.push(FieldError::invalid(
                "key",
                "must be `number` if a column fills the number, because new records are assigned their own",
            ));
        }
        if start.defaults != ImportDefaults::default() {
            errors.push(FieldError::invalid("defaults", "are only for importing investors"));
        }
    }
    // Without a name column no investors can be created, so no kind is needed either.
    if mapped(Field::Name) && !mapped(Field::Kind) && start.defaults.kind.is_none() {
        errors.push(FieldError::invalid("defaults.kind", "is required if no column fills the kind"));
    }
    if errors.is_empty() { Ok(fields) } else { Err(Error::Invalid(errors)) }
}

/// The import with its run in progress.
fn started(before: &LoadedImport, start: &ImportStart, rows_estimate: u64) -> Import {
    let import = before.import.clone().with_counts(Counts::default(), 0);
    Import {
        status: if start.dry_run { Status::Checking } else { Status::Importing },
        mapping: Some(start.mapping.clone()),
        key: Some(start.key),
        defaults: Some(start.defaults.clone()),
        encoding: Some(start.encoding),
        rows_total_estimate: Some(rows_estimate),
        failure: None,
        ..import
    }
}

fn job(
    caller: &Caller,
    import: &Import,
    start: ImportStart,
    header: &Header,
    etag: String,
    fields: Vec<(usize, Field)>,
) -> Job {
    Job {
        import_id: import.id,
        run: import.version,
        created_by: import.created_by,
        starter: Starter::new(caller),
        started_at: Timestamp::now(),
        kind: import.kind,
        product: None,
        expires_at: item::expires_at(import.created_at),
        dry_run: start.dry_run,
        skip_duplicates: start.skip_duplicates,
        size: import.size,
        etag,
        encoding: start.encoding,
        delimiter: header.delimiter,
        columns: header.columns.len(),
        body: header.body,
        fields,
        key: start.key,
        defaults: start.defaults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use investor_relations::investor::Kind;

    fn faults(mapping: &[(&str, Field)], key: Key, kind: Option<Kind>) -> Vec<String> {
        let mapping = mapping.iter().map(|(column, field)| Mapping { column: (*column).into(), field: *field });
        let start = ImportStart {
            mapping: mapping.collect(),
            key,
            defaults: ImportDefaults { kind, ..Default::default() },
            dry_run: true,
            encoding: Encoding::Utf8,
            skip_duplicates: false,
        };
        let columns = ["Name", "Mail", "Tag 1", "Tag 2"].map(str::to_owned);
        match plan(Target::Investors, &start, &columns) {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
            Err(other) => vec![other.to_string()],
        }
    }

    #[test]
    fn only_tags_accept_several_columns() {
        let tags = [("Name", Field::Name), ("Tag 1", Field::Tags), ("Tag 2", Field::Tags)];
        assert!(faults(&tags, Key::Name, Some(Kind::Person)).is_empty());
        let twice = [("Name", Field::Name), ("Mail", Field::Name)];
        assert_eq!(faults(&twice, Key::Name, Some(Kind::Person)), ["mapping[1].field"]);
        let again = [("Name", Field::Name), ("Name", Field::Notes)];
        assert_eq!(faults(&again, Key::Name, Some(Kind::Person)), ["mapping[1].column"]);
    }

    #[test]
    fn the_key_and_the_kind_are_required() {
        assert_eq!(faults(&[("Name", Field::Name)], Key::Email, None), ["key", "defaults.kind"]);
        assert_eq!(faults(&[("Fax", Field::Phone), ("Mail", Field::Email)], Key::Email, None), ["mapping[0].column"]);
        assert!(faults(&[("Mail", Field::Email), ("Tag 1", Field::Tags)], Key::Email, None).is_empty());
    }
}
