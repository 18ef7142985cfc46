//! Processing an upload: the file is checked and either released or quarantined.
//!
//! The store reports an upload at least once, possibly late, and possibly before the entity it belongs to can be read. So
//! everything here works from the current state: a version that was already checked is left alone, and a pending object that
//! belongs to no version is deleted.

use super::FileType;
use super::content::{self, Inspected, Source};
use super::stored::{QuarantineReason, Status, StoredFile};
use crate::app::App;
use crate::caller::{Actor, Origin};
use crate::objects;
use crate::retry::{Policy, Retry};
use crate::scan::Scan;
use crate::work::Work;
use bytes::Bytes;
use kernel::Operation;
use kernel::error::Error;
use kernel::time::Timestamp;

/// How long after its upload an object may wait for its entity to become readable, in seconds; after that it is an orphan.
const VISIBLE_WITHIN_SECONDS: i64 = 900;

/// Result of processing an uploaded object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The version is available for download.
    Released,
    /// The version was quarantined.
    Quarantined(QuarantineReason),
    /// The version waits for the scanner.
    AwaitingScan,
    /// The object was already checked, belongs to nothing, or is not an upload.
    PassedOver,
}

/// The keys that a file's bytes move through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Upload key. Nothing there can be downloaded.
    pub pending: String,
    /// Key after a successful check.
    pub released: String,
    /// Key if the check fails.
    pub quarantined: String,
}

/// The result of looking up the entity an upload belongs to.
pub enum Found<H, N> {
    /// Not found, or not yet readable.
    Nothing,
    /// Soft-deleted; its existing files are kept.
    Deleted,
    /// Deleted along with all its files, or about to be.
    Removed,
    /// The version, with the entity that holds it.
    Present(H, StoredFile<N>),
}

/// How a kind of file holder processes an uploaded file.
pub trait Arrival {
    /// The file holder as read from the table.
    type Holder;
    /// How the file holder stores file names.
    type Name: Clone;
    /// What is done to a file that passes its check.
    const RELEASE: Operation;
    /// What is done to a file that fails its check.
    const QUARANTINE: Operation;

    /// The stored name of a file that turned out to be of type `actual`. A name that is sealed is mended when it is opened.
    fn mend(name: Self::Name, actual: FileType) -> Self::Name;

    /// The file's storage keys.
    fn places(&self) -> Places;

    /// Looks up the entity that the upload belongs to.
    fn find(&self, app: &App) -> impl Future<Output = Result<Found<Self::Holder, Self::Name>, Error>> + Send;

    /// Adds the result of the check to the work: the version, its holder and the audit record. The work fails with
    /// [`Error::StaleVersion`] if the holder has changed since it was read.
    fn stage(&self, work: &mut Work<'_>, holder: Self::Holder, file: StoredFile<Self::Name>) -> Result<(), Error>;
}

/// Checks an uploaded object, of which an event may have `reported` what the scanner says. Fails if its entity cannot be read yet, so
/// that the event is redelivered.
pub async fn judge<A: Arrival>(app: &App, arrival: &A, reported: Option<Scan>) -> Result<Outcome, Error> {
    let places = arrival.places();
    let mut judged = None;
    let mut retry = Retry::new(Policy::Stale);
    loop {
        let Some(head) = objects::head(app, &places.pending).await? else { return Ok(Outcome::PassedOver) };
        let (holder, file) = match arrival.find(app).await? {
            Found::Present(holder, file) => (holder, file),
            Found::Nothing if Timestamp::now().as_second() - head.written_at < VISIBLE_WITHIN_SECONDS => {
                return Err(Error::Unavailable("the entity of an upload cannot be read yet".into()));
            }
            Found::Nothing | Found::Deleted => return pass_over(app, &places).await,
            Found::Removed => {
                // An earlier attempt may have copied the object after everything else was deleted.
                objects::remove(app, &places.released).await?;
                objects::remove(app, &places.quarantined).await?;
                return pass_over(app, &places).await;
            }
        };
        if file.status != Status::AwaitingUpload {
            return pass_over(app, &places).await;
        }
        let Inspected { content_type, reason } = match judged {
            Some(judged) => judged,
            None => *judged.insert(inspect(app, &places.pending, &head, &file).await?),
        };
        let reason = match reason {
            Some(reason) => Some(reason),
            None => match app.scanner().scan(&places.pending, reported) {
                Scan::Pending => return Ok(Outcome::AwaitingScan),
                Scan::Clean => None,
                Scan::Threat => Some(QuarantineReason::Malware),
                Scan::Unscannable => Some(QuarantineReason::NotScanned),
            },
        };
        let file = StoredFile { name: A::mend(file.name, content_type), ..file };
        let to = if reason.is_none() { &places.released } else { &places.quarantined };
        if !objects::copy(app, &places.pending, to).await? {
            // Another delivery of the same event got there first.
            return Ok(Outcome::PassedOver);
        }
        match write(app, arrival, holder, file.judged(content_type, reason)).await {
            Ok(()) => {
                objects::remove(app, &places.pending).await?;
                return Ok(reason.map_or(Outcome::Released, Outcome::Quarantined));
            }
            Err(Error::StaleVersion) if retry.again().await => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes the result of a check in one transaction.
async fn write<A: Arrival>(app: &App, arrival: &A, holder: A::Holder, file: StoredFile<A::Name>) -> Result<(), Error> {
    let operation = if file.status == Status::Available { A::RELEASE } else { A::QUARANTINE };
    let actor = Actor::system(Origin { request_id: kernel::request_id::current(), ..Origin::default() });
    let mut work = Work::of(app, &actor, operation);
    arrival.stage(&mut work, holder, file)?;
    work.commit().await
}

async fn pass_over(app: &App, places: &Places) -> Result<Outcome, Error> {
    objects::remove(app, &places.pending).await?;
    Ok(Outcome::PassedOver)
}

/// Compares the object with the announced file, and inspects its contents.
async fn inspect<N>(app: &App, object: &str, head: &objects::Head, file: &StoredFile<N>) -> Result<Inspected, Error> {
    let wrong = |reason| Inspected { content_type: file.content_type, reason: Some(reason) };
    if head.size != file.size || head.size == 0 {
        return Ok(wrong(QuarantineReason::WrongSize));
    }
    // If the store kept no digest, read the object to compute it.
    let digest = match head.sha256 {
        Some(digest) => Some(digest),
        None => objects::digest(app, object).await?,
    };
    if digest != Some(file.sha256) {
        return Ok(wrong(QuarantineReason::WrongChecksum));
    }
    if head.is_encoded {
        return Ok(wrong(QuarantineReason::WrongType));
    }
    content::inspect(&Object { app, key: object, size: head.size }, file.content_type).await
}

/// An object as the source of an inspection.
struct Object<'a> {
    app: &'a App,
    key: &'a str,
    size: u64,
}

impl Source for Object<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, from: u64, length: u64) -> Result<Bytes, Error> {
        if from >= self.size {
            return Ok(Bytes::new());
        }
        let part = objects::read_part(self.app, self.key, from, length).await?;
        part.map(|part| part.bytes)
            .ok_or_else(|| Error::Unavailable("an upload disappeared while it was being read".into()))
    }
}
