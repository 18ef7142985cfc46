//! What follows from an upload: the file is checked and released, or set aside.
//!
//! The store tells of an upload at least once, perhaps late, perhaps before what it is for can be read. Everything here works
//! from the present state: a version that was judged is left alone, and a pending object that belongs to no version goes.

use super::content;
use super::stored::{QuarantineReason, Status, StoredFile};
use crate::app::App;
use crate::objects;
use crate::table;
use kernel::error::Error;
use kernel::time::Timestamp;

/// How long after its upload an object may wait for what it is for to be readable, in seconds; then it is for nothing.
const VISIBLE_WITHIN_SECONDS: i64 = 900;
/// How often something that changes meanwhile is read again.
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

/// Where a file's bytes are, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Where the browser puts them. Nothing there can be downloaded.
    pub pending: String,
    /// Where they are once they were checked.
    pub released: String,
    /// Where they are when they are not what they should be.
    pub quarantined: String,
}

/// What was found at the place that an upload names.
pub enum Found<H, N> {
    /// Nothing, perhaps not yet.
    Nothing,
    /// Something that was deleted and keeps the files that it had.
    Deleted,
    /// What the file was for is removed with all its files, or will be in a moment.
    Removed,
    /// The file's version, in what holds it.
    Present(H, StoredFile<N>),
}

/// What a kind of thing that holds files does with one that has arrived.
pub trait Arrival {
    /// The thing as it was read.
    type Holder;
    /// How it keeps the names of files.
    type Name: Clone;

    /// Where the file's bytes are.
    fn places(&self) -> Places;

    /// Reads what the file is for.
    fn find(&self, app: &App) -> impl Future<Output = Result<Found<Self::Holder, Self::Name>, Error>> + Send;

    /// Writes the verdict: the version, its holder and the audit record in one transaction; [`Error::StaleVersion`] when the
    /// holder has changed since it was read.
    fn write(
        &self,
        app: &App,
        holder: Self::Holder,
        file: StoredFile<Self::Name>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Judges the object that has arrived. Fails while what it is for cannot be read yet, so that the event comes again.
pub async fn judge<A: Arrival>(app: &App, arrival: &A) -> Result<Outcome, Error> {
    let places = arrival.places();
    let mut judged = None;
    for attempt in 1..=ATTEMPTS {
        let Some(head) = objects::head(app, &places.pending).await? else { return Ok(Outcome::PassedOver) };
        let (holder, file) = match arrival.find(app).await? {
            Found::Present(holder, file) => (holder, file),
            Found::Nothing if Timestamp::now().as_second() - head.written_at < VISIBLE_WITHIN_SECONDS => {
                return Err(Error::Unavailable("what an upload is for is not there yet".into()));
            }
            Found::Nothing | Found::Deleted => return pass_over(app, &places).await,
            Found::Removed => {
                // An earlier try may have copied it after everything else was removed.
                objects::remove(app, &places.released).await?;
                objects::remove(app, &places.quarantined).await?;
                return pass_over(app, &places).await;
            }
        };
        if file.status != Status::AwaitingUpload {
            return pass_over(app, &places).await;
        }
        let reason = match judged {
            Some(reason) => reason,
            None => *judged.insert(fault(app, &places.pending, &head, &file).await?),
        };
        let to = if reason.is_none() { &places.released } else { &places.quarantined };
        if !objects::copy(app, &places.pending, to).await? {
            // Another delivery of the same event was faster.
            return Ok(Outcome::PassedOver);
        }
        match arrival.write(app, holder, file.judged(reason)).await {
            Ok(()) => {
                objects::remove(app, &places.pending).await?;
                return Ok(reason.map_or(Outcome::Released, Outcome::Quarantined));
            }
            Err(Error::StaleVersion) if attempt < ATTEMPTS => table::pause(attempt).await,
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable("what an upload is for changes all the time".into()))
}

async fn pass_over(app: &App, places: &Places) -> Result<Outcome, Error> {
    objects::remove(app, &places.pending).await?;
    Ok(Outcome::PassedOver)
}

/// Why the object is not the file that was announced; none when it is.
async fn fault<N>(
    app: &App,
    object: &str,
    head: &objects::Head,
    file: &StoredFile<N>,
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
