//! Reads the records of an import's file from the bucket in pieces.

use bytes::Bytes;

use super::Failure;
use super::item::{self, Job};
use super::records::{Record, Records};
use kernel::error::Error;
use platform::app::App;
use platform::objects;

/// Why a run cannot continue.
pub enum Stop {
    /// The file as a whole cannot be imported.
    Failure(Failure),
    /// Any other error.
    Error(Error),
}

impl Stop {
    /// Creates a failure of the file.
    pub fn failure(code: &str, message: impl Into<String>) -> Self {
        Self::Failure(Failure { code: code.into(), message: message.into() })
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Reads records one after another.
pub struct Source<'a> {
    app: &'a App,
    job: &'a Job,
    records: Option<Records>,
    /// Bytes fetched but not yet read, and where the next fetch begins.
    bytes: Bytes,
    next: u64,
    /// Number of bytes fetched at once.
    piece: u64,
}

impl<'a> Source<'a> {
    /// Reads the job's file from `offset`, fetching `piece` bytes at a time.
    pub fn new(app: &'a App, job: &'a Job, offset: u64, piece: u64) -> Self {
        let records = Some(Records::new(job.delimiter, offset));
        Self { app, job, records, bytes: Bytes::new(), next: offset, piece }
    }

    /// Returns the next record; `None` at the end of the file.
    pub async fn next(&mut self) -> Result<Option<Record>, Stop> {
        loop {
            let Some(records) = &mut self.records else { return Ok(None) };
            let mut input: &[u8] = &self.bytes;
            let found = records.next(&mut input);
            let read = self.bytes.len() - input.len();
            let _ = self.bytes.split_to(read);
            if found.is_some() {
                return Ok(found);
            }
            if self.next >= self.job.size {
                return Ok(self.records.take().and_then(Records::finish));
            }
            self.fetch().await?;
        }
    }

    async fn fetch(&mut self) -> Result<(), Stop> {
        let key = item::object_key(self.job.import_id);
        let part = objects::read_part(self.app, &key, self.next, self.piece).await?;
        let part = part.ok_or_else(|| Stop::failure("file_missing", "The file no longer exists."))?;
        if part.etag != self.job.etag || part.size != self.job.size || part.bytes.is_empty() {
            return Err(Stop::failure("file_changed", "The file was changed after the import started."));
        }
        self.next += u64::try_from(part.bytes.len()).unwrap_or(0);
        self.bytes = part.bytes;
        Ok(())
    }
}
