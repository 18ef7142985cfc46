//! Creating, changing and deleting documents.

use super::item::{self, DOCUMENTS, StoredFile};
use super::read::{LoadedDocument, load};
use super::{Document, DocumentPatch, DocumentUpload, NewDocument, NewDocumentVersion, file_fields};
use crate::investment;
use crate::investor;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestorId};
use kernel::policy::Action;
use kernel::text::Name;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Fields, Head, Subject};
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::keys::SubjectKey;
use platform::table::Item;
use platform::upload::{self, File, Status};

/// Creates a document that is waiting for its file. The response says where to upload the file.
pub async fn create(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    new: NewDocument,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::DocumentWrite)?;
    let title = match new.title {
        Some(title) => title,
        None => Name::try_from(new.file_name.stem().to_owned()).map_err(|error| Error::field("file_name", error))?,
    };
    let file = File::new(new.file_name, new.content_type, new.size, new.sha256)?;
    let Some(cipher) = app.keys().subject(&investor::subject(investor_id)).await? else {
        return Err(investor::refuse_missing(app, caller, scope, investor_id).await);
    };
    let now = Timestamp::now();
    let id = DocumentId::new();
    let document = Document {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        investor_id,
        investment_id: new.investment_id,
        status: Status::AwaitingUpload,
        title,
        description: new.description,
        file_name: file.name.clone(),
        content_type: file.content_type,
        size: file.size,
        sha256: file.sha256,
        file_version: 1,
        latest_version: 1,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    };
    let stored = item::begin(id, 1, &file, caller, now, &cipher)?;
    let mut work = Work::new(app, caller, Operation::DocumentCreate);
    investor::require(&mut work, caller, scope, investor_id);
    if let Some(investment) = document.investment_id {
        investment::require(&mut work, investor_id, investment);
    }
    let head = record(&mut work, None, &document, file_fields(&file), &cipher)?;
    let exists = |_: Option<&Item>| Error::internal("the id of a new document already exists");
    let card = item::card(&document, stored.clone(), &cipher)?;
    work.create(item::draft(&card, 1, &head)?, exists);
    work.create(item::version_draft(investor_id, id, &stored)?, exists);
    answer(work, document, 1, &file).await
}

/// Commits a version that is waiting for its file, and returns where to upload the file.
async fn answer(work: Work<'_>, document: Document, number: u32, file: &File) -> Result<StoredAnswer, Error> {
    let object = item::places(document.investor_id, document.id, number).pending;
    let upload = upload::address(work.app, &object, file).await?;
    let location = format!("/api/investors/{}/documents/{}", document.investor_id, document.id);
    let version = document.version;
    let answer = StoredAnswer::created(location, version, &DocumentUpload { document, number, upload })?;
    work.answer(answer).await
}

fn record(
    work: &mut Work<'_>,
    before: Option<(&Document, &Head)>,
    after: &Document,
    file: Fields,
    cipher: &SubjectKey,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|(document, _)| document.fields()).unwrap_or_default();
    let new = [after.fields(), file].concat();
    let changes = audit::differences(&old, &new, cipher, id)?;
    let subject = Subject::new(Entity::Document, after.id).within(after.investor_id);
    work.record(subject, after.version, before.map(|(_, head)| head), id, changes)
}

/// Creates the next version of a document. The current file stays available until the new one has been checked.
pub async fn create_version(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: DocumentId,
    new: NewDocumentVersion,
) -> Result<StoredAnswer, Error> {
    caller.allow(Action::DocumentWrite)?;
    let file = new.file()?;
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let before = load(app, caller, Action::DocumentWrite, investor_id, id).await?;
    DOCUMENTS.require_uploaded(before.document.status)?;
    let number = DOCUMENTS.next_number(before.document.latest_version)?;
    let now = Timestamp::now();
    let document = Document {
        version: before.document.version + 1,
        updated_at: now,
        latest_version: number,
        ..before.document.clone()
    };
    let stored = item::begin(id, number, &file, caller, now, &before.cipher)?;
    let mut work = Work::new(app, caller, Operation::DocumentVersionCreate);
    replace(&mut work, &before, &document, file_fields(&file))?;
    work.create(item::version_draft(investor_id, id, &stored)?, |_| Error::StaleVersion);
    answer(work, document, number, &file).await.map_err(|error| DOCUMENTS.not_started(error))
}

/// Adds the writes for a document's next version, with its current file, and the audit record.
fn replace(work: &mut Work<'_>, before: &LoadedDocument, after: &Document, file: Fields) -> Result<(), Error> {
    let head = record(work, Some((&before.document, &before.head)), after, file, &before.cipher)?;
    let stored: StoredFile = before.card.file.clone();
    let card = item::card(after, stored, &before.cipher)?;
    work.replace(item::draft(&card, after.version, &head)?, before.document.version);
    Ok(())
}

/// Updates the title, description or investment of a document if it is still at `version`.
pub async fn update(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: DocumentId,
    version: u64,
    patch: DocumentPatch,
) -> Result<Document, Error> {
    let before = load(app, caller, Action::DocumentWrite, investor_id, id).await?;
    if before.document.version != version {
        return Err(Error::StaleVersion);
    }
    DOCUMENTS.require_uploaded(before.document.status)?;
    let after = patch.apply(before.document.clone());
    if after == before.document {
        return Ok(after);
    }
    let after = Document { version: version + 1, updated_at: Timestamp::now(), ..after };
    let mut work = Work::new(app, caller, Operation::DocumentUpdate);
    if let Some(investment) = after.investment_id.filter(|id| before.document.investment_id != Some(*id)) {
        investment::require(&mut work, investor_id, investment);
    }
    replace(&mut work, &before, &after, Vec::new())?;
    work.commit().await?;
    Ok(after)
}

/// Deletes a document if it is still at `version`, even while it is waiting for its file. It disappears from all lists and
/// cannot be downloaded, and a file that arrives later is removed. Its audit chain is kept.
pub async fn delete(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: DocumentId,
    version: u64,
) -> Result<(), Error> {
    let before = load(app, caller, Action::DocumentWrite, investor_id, id).await?;
    if before.document.version != version {
        return Err(Error::StaleVersion);
    }
    let after = Document { version: version + 1, updated_at: Timestamp::now(), ..before.document.clone() };
    let mut work = Work::new(app, caller, Operation::DocumentDelete);
    let known = Some((&before.document, &before.head));
    let head = record(&mut work, known, &after, Vec::new(), &before.cipher)?;
    let card = item::card(&after, before.card.file, &before.cipher)?;
    work.replace(item::tombstone(&card, after.version, &head)?, version);
    work.commit().await
}
