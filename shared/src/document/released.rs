//! What follows from an upload: the file is checked and released, or set aside.
//!
//! The store tells of an upload at least once, perhaps late, perhaps before the document can be read. Everything here works
//! from the present state: a version that was judged is left alone, and a pending object that belongs to no version goes.
//! No personal data is opened; sealed parts are copied as they are.

use super::item::{self, Card, StoredFile};
use super::{QuarantineReason, Status};
use crate::app::App;
use crate::audit::{self, FieldChange, Head, Kept, Subject};
use crate::caller::{Actor, Origin};
use crate::error::Error;
use crate::id::{DocumentId, InvestorId};
use crate::investor;
use crate::objects;
use crate::table::{self, Transaction};
use crate::time::Timestamp;
use crate::upload::content;

/// How long after its upload an object may wait for its document to be readable, in seconds; then it belongs to none.
const VISIBLE_WITHIN_SECONDS: i64 = 900;
/// How often a document that changes meanwhile is read again.
const ATTEMPTS: u32 = 5;

/// What became of an uploaded object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its version can be downloaded.
    Released,
    /// Its version is in quarantine.
    Quarantined(QuarantineReason),
    /// It was judged before, belongs to nothing, or is no upload.
    PassedOver,
}

/// Judges the object that was put at `object`. Fails while its document cannot be read yet, so that the event comes again.
pub async fn uploaded(app: &App, object: &str) -> Result<Outcome, Error> {
    let Some((investor, id, number)) = item::read_pending(object) else { return Ok(Outcome::PassedOver) };
    let mut judged = None;
    for attempt in 1..=ATTEMPTS {
        let Some(head) = objects::head(app, object).await? else { return Ok(Outcome::PassedOver) };
        let Some(present) = find(app, investor, id, number).await? else {
            if Timestamp::now().as_second() - head.written_at < VISIBLE_WITHIN_SECONDS {
                return Err(Error::Unavailable("an upload's document is not there yet".into()));
            }
            return pass_over(app, object).await;
        };
        if present.gone || present.file.status != Status::AwaitingUpload {
            return pass_over(app, object).await;
        }
        let reason = match judged {
            Some(reason) => reason,
            None => *judged.insert(judge(app, object, &head, &present.file).await?),
        };
        let to = match reason {
            None => item::released_object(id, number),
            Some(_) => item::quarantined_object(id, number),
        };
        if !objects::copy(app, object, &to).await? {
            // Another delivery of the same event was faster.
            return Ok(Outcome::PassedOver);
        }
        match write(app, present, reason).await {
            Ok(()) => {
                objects::remove(app, object).await?;
                return Ok(reason.map_or(Outcome::Released, Outcome::Quarantined));
            }
            Err(Error::StaleVersion) if attempt < ATTEMPTS => table::pause(attempt).await,
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable("a document changes all the time".into()))
}

async fn pass_over(app: &App, object: &str) -> Result<Outcome, Error> {
    objects::remove(app, object).await?;
    Ok(Outcome::PassedOver)
}

/// A document and one of its versions as they are.
struct Present {
    /// Whether the document was deleted meanwhile.
    gone: bool,
    card: Card,
    version: u64,
    head: Head,
    file: StoredFile,
}

/// How many merged investors are followed to the one that has the document now.
const MOST_MERGES: u32 = 20;

/// The document wherever it is by now: an upload may have begun before its investor was merged into another.
async fn find(app: &App, investor: InvestorId, id: DocumentId, number: u32) -> Result<Option<Present>, Error> {
    let mut investor = investor;
    for _ in 0..MOST_MERGES {
        if let Some(present) = read(app, investor, id, number).await? {
            return Ok(Some(present));
        }
        match investor::merged_into(app, investor).await? {
            Some(into) => investor = into,
            None => break,
        }
    }
    Ok(None)
}

/// Both items, deleted or not; none when one of them is not there.
async fn read(app: &App, investor: InvestorId, id: DocumentId, number: u32) -> Result<Option<Present>, Error> {
    let keys = vec![item::key(investor, id), item::version_key(investor, id, number)];
    let (mut document, mut version) = (None, None);
    for found in app.table().get_many(keys).await? {
        match table::text(&found, "type") {
            Some("document_version") => version = item::file_of(&found)?,
            _ => document = Some(found),
        }
    }
    let (Some(document), Some(file)) = (document, version) else { return Ok(None) };
    Ok(Some(Present {
        gone: item::card_of(&document)?.is_none(),
        card: table::read(&document, "card")?,
        version: table::read(&document, "version")?,
        head: table::read(&document, "audit_head")?,
        file,
    }))
}

/// Why the object is not the file that was announced; none when it is.
async fn judge(
    app: &App,
    object: &str,
    head: &objects::Head,
    file: &StoredFile,
) -> Result<Option<QuarantineReason>, Error> {
    if head.size != file.size || head.size == 0 {
        return Ok(Some(QuarantineReason::WrongSize));
    }
    // A store that keeps no digest has its object read once.
    let digest = match head.sha256 {
        Some(digest) => Some(digest),
        None => objects::digest(app, object).await?,
    };
    if digest != Some(file.sha256) {
        return Ok(Some(QuarantineReason::WrongChecksum));
    }
    let vanished = || Error::Unavailable("an upload vanished while it was read".into());
    let start = objects::read_part(app, object, 0, content::HEAD_BYTES).await?.ok_or_else(vanished)?;
    let tail = if content::needs_tail(file.content_type) {
        let from = file.size.saturating_sub(content::TAIL_BYTES);
        objects::read_part(app, object, from, content::TAIL_BYTES).await?.ok_or_else(vanished)?.bytes
    } else {
        start.bytes.clone()
    };
    let right = content::is(file.content_type, &start.bytes, &tail, file.size <= content::HEAD_BYTES);
    Ok((!right).then_some(QuarantineReason::WrongType))
}

/// Writes the verdict: the version, the document and the audit record in one transaction.
async fn write(app: &App, present: Present, reason: Option<QuarantineReason>) -> Result<(), Error> {
    let Present { mut card, version, head, mut file, .. } = present;
    let (investor, id) = (card.investor_id, card.id);
    let before = card.status;
    file.status = if reason.is_none() { Status::Available } else { Status::Quarantined };
    file.reason = reason;
    let newest = card.status != Status::Available || file.number > card.file.number;
    if file.status == Status::Available && newest {
        card.status = Status::Available;
        card.file = file.clone();
    } else if card.status != Status::Available {
        card.status = Status::Quarantined;
        card.file = file.clone();
    }
    card.updated_at = Timestamp::now();
    let text = |field: &str, before: Option<&str>, after: String| FieldChange {
        field: field.into(),
        before: before.map(|text| Kept::Text(text.into())),
        after: Some(Kept::Text(after)),
    };
    let mut changes = vec![
        text("version", None, file.number.to_string()),
        text("version_status", Some(Status::AwaitingUpload.as_str()), file.status.as_str().into()),
        text("uploaded_by", None, file.created_by.to_string()),
    ];
    if card.status != before {
        changes.push(text("status", Some(before.as_str()), card.status.as_str().into()));
    }
    if let Some(reason) = reason {
        changes.push(text("reason", None, reason.as_str().into()));
    }
    let action = if reason.is_none() { "document_release" } else { "document_quarantine" };
    let actor = Actor::system(Origin { request_id: crate::http::request_id(), ..Origin::default() });
    let subject = Subject::new("document", id).within(investor);
    let mut transaction = Transaction::new();
    let next = version + 1;
    let record = crate::id::new();
    let head = audit::change(app, &mut transaction, &actor, action, subject, next, Some(&head), record, changes)?;
    app.table().replace(&mut transaction, item::draft(&card, next, &head)?, version)?;
    app.table().put(&mut transaction, item::version_draft(investor, id, &file)?)?;
    app.table().commit(transaction).await
}
