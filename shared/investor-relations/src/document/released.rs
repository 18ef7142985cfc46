//! Handling an uploaded document file. No personal data is decrypted; sealed values are copied as they are.

use super::item::{self, DocumentCard, StoredFile};
use crate::investor;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestorId};
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{Head, Subject};
use platform::caller::{Actor, Origin};
use platform::cipher::Sealed;
use platform::table;
use platform::upload::{self, Arrival, Found, Outcome, Places, Status};

/// A document version whose file was uploaded.
struct Arrived {
    investor: InvestorId,
    id: DocumentId,
    number: u32,
}

/// A loaded document.
struct StoredDocument {
    card: DocumentCard,
    version: u64,
    head: Head,
}

/// Checks the object uploaded to `object`. Fails if its document cannot be read yet, so that the event is redelivered.
pub async fn uploaded(app: &App, object: &str) -> Result<Outcome, Error> {
    match item::read_pending(object) {
        Some((investor, id, number)) => upload::judge(app, &Arrived { investor, id, number }).await,
        None => Ok(Outcome::PassedOver),
    }
}

impl Arrival for Arrived {
    type Holder = StoredDocument;
    type Name = Sealed;

    fn places(&self) -> Places {
        Places {
            pending: item::pending_object(self.investor, self.id, self.number),
            released: item::released_object(self.id, self.number),
            quarantined: item::quarantined_object(self.id, self.number),
        }
    }

    /// Finds the document, which may have moved: its investor may have been merged into another after the upload began.
    async fn find(&self, app: &App) -> Result<Found<StoredDocument, Sealed>, Error> {
        let mut holder = self.investor;
        for _ in 0..investor::MOST_MERGES {
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

    async fn write(&self, app: &App, holder: StoredDocument, file: StoredFile) -> Result<(), Error> {
        let StoredDocument { mut card, version, head } = holder;
        let (investor, id, before) = (card.investor_id, card.id, card.status);
        file.take_place(&mut card.status, &mut card.file);
        card.updated_at = Timestamp::now();
        let changes = file.verdict(before, card.status);
        let released = file.status == Status::Available;
        let operation = if released { Operation::DocumentRelease } else { Operation::DocumentQuarantine };
        let actor = Actor::system(Origin { request_id: kernel::request_id::current(), ..Origin::default() });
        let subject = Subject::new(Entity::Document, id).within(investor);
        let mut work = Work::of(app, &actor, operation);
        let next = version + 1;
        let head = work.record(subject, next, Some(&head), kernel::id::new(), changes)?;
        work.replace(item::draft(&card, next, &head)?, version);
        work.put(item::version_draft(investor, id, &file)?);
        work.commit().await
    }
}

/// Reads the document and the version, deleted or not. Returns `Found::Nothing` if either is missing.
async fn read(
    app: &App,
    investor: InvestorId,
    id: DocumentId,
    number: u32,
) -> Result<Found<StoredDocument, Sealed>, Error> {
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
    Ok(match item::card_of(&document)? {
        None => Found::Deleted,
        Some(card) => {
            let (version, head) = (table::read(&document, "version")?, table::read(&document, "audit_head")?);
            Found::Present(StoredDocument { card, version, head }, file)
        }
    })
}
