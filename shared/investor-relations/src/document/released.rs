//! Handling an uploaded document file. No personal data is decrypted; sealed values are copied as they are.

use super::item::{self, DOCUMENTS, DocumentCard, StoredFile};
use crate::investor;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestorId};
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Subject;
use platform::cipher::Sealed;
use platform::table;
use platform::upload::{self, Arrival, FileType, Found, Holder, Outcome, Places, Scan, VersionId};

/// A document version whose file was uploaded.
struct Arrived {
    investor: InvestorId,
    id: DocumentId,
    number: u32,
}

/// Checks the object uploaded to `object`. Fails if its document cannot be read yet, so that the event is redelivered.
/// `reported` is what the scanner says, if the event is about that.
pub async fn uploaded(app: &App, object: &str, reported: Option<Scan>) -> Result<Outcome, Error> {
    match item::read_pending(object) {
        Some((investor, VersionId { id, number })) => {
            upload::judge(app, &Arrived { investor, id, number }, reported).await
        }
        None => Ok(Outcome::PassedOver),
    }
}

impl Arrival for Arrived {
    type Holder = Holder<DocumentCard>;
    type Name = Sealed;
    const RELEASE: Operation = Operation::DocumentRelease;
    const QUARANTINE: Operation = Operation::DocumentQuarantine;

    fn mend(name: Sealed, _: FileType) -> Sealed {
        name
    }

    fn places(&self) -> Places {
        item::places(self.investor, self.id, self.number)
    }

    /// Finds the document, which may have moved: its investor may have been merged into another after the upload began.
    async fn find(&self, app: &App) -> Result<Found<Holder<DocumentCard>, Sealed>, Error> {
        let mut holder = self.investor;
        for _ in 0..investor::MAX_MERGES {
            match read(app, holder, self.id, self.number).await? {
                Found::Nothing => {}
                found => return Ok(found),
            }
            match investor::merged_into(app, holder).await? {
                Some(into) => holder = into,
                None => break,
            }
        }
        Ok(Found::Nothing)
    }

    fn stage(&self, work: &mut Work<'_>, holder: Holder<DocumentCard>, file: StoredFile) -> Result<(), Error> {
        let Holder { mut card, version, head } = holder;
        let (investor, before) = (card.investor_id, card.status);
        file.take_place(&mut card.status, &mut card.file);
        card.updated_at = Timestamp::now();
        let changes = file.verdict(before, card.status);
        let subject = Subject::new(Entity::Document, self.id).within(investor);
        let next = version + 1;
        let head = work.record(subject, next, Some(&head), kernel::id::new(), changes)?;
        work.replace(item::draft(&card, next, &head)?, version);
        work.put(item::version_draft(investor, self.id, &file)?);
        Ok(())
    }
}

/// Reads the document and the version, deleted or not. Returns `Found::Nothing` if either is missing.
async fn read(
    app: &App,
    investor: InvestorId,
    id: DocumentId,
    number: u32,
) -> Result<Found<Holder<DocumentCard>, Sealed>, Error> {
    let keys = vec![item::key(investor, id), item::version_key(investor, id, number)];
    let (mut document, mut version) = (None, None);
    for found in app.table().get_many(keys).await? {
        match table::item_type(&found) {
            Some(ItemType::DocumentVersion) => version = item::file_of(&found)?,
            Some(ItemType::Document | ItemType::DocumentDeleted) => document = Some(found),
            other => return Err(Error::internal(format!("{other:?} is stored as a document"))),
        }
    }
    let (Some(document), Some(file)) = (document, version) else { return Ok(Found::Nothing) };
    Ok(match DOCUMENTS.open(&document)? {
        None => Found::Deleted,
        Some(holder) => Found::Present(holder, file),
    })
}
