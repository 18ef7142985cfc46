//! Unpacks the files of an archive one after the other, without storing them.

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};

use super::Source;
use super::zip::{Entry, number};
use kernel::error::Error;

/// Number of bytes read at a time.
const CHUNK: u64 = 4 * 1024 * 1024;
/// Number of bytes unpacked at a time.
const WINDOW: usize = 64 * 1024;

/// Reads an archive from its start to its end.
pub(super) struct Unpacker<'s, S> {
    source: &'s S,
    from: u64,
    read: Bytes,
}

impl<'s, S: Source> Unpacker<'s, S> {
    pub(super) fn new(source: &'s S) -> Self {
        Self { source, from: 0, read: Bytes::new() }
    }

    /// Unpacks a file, which ends before `end`, and returns its bytes if it has no more than `most`, otherwise nothing. Fails with `None` if
    /// the file is not what the directory says it is.
    pub(super) async fn unpack(&mut self, entry: &Entry, end: u64, most: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(mut at) = self.data(entry).await? else { return Ok(None) };
        let Some(until) = at.checked_add(entry.packed).filter(|until| *until <= end) else { return Ok(None) };
        let mut kept = Vec::new();
        let mut unpacking = Unpacking::new(entry);
        while at < until {
            let some = self.some(at).await?;
            if some.is_empty() {
                return Ok(None);
            }
            let length = usize::try_from(until - at).map_or(some.len(), |left| left.min(some.len()));
            let mut keep = |bytes: &[u8]| {
                if entry.unpacked <= most {
                    kept.extend_from_slice(bytes);
                }
            };
            if !unpacking.push(&some[..length], &mut keep) {
                return Ok(None);
            }
            at += u64::try_from(length).map_err(Error::defect)?;
        }
        Ok(unpacking.is_complete().then_some(kept))
    }

    /// Where a file's bytes begin, behind a header that has the name which the directory has.
    async fn data(&mut self, entry: &Entry) -> Result<Option<u64>, Error> {
        let header = self.exactly(entry.at, 30).await?;
        if !header.starts_with(b"PK\x03\x04") {
            return Ok(None);
        }
        let (Some(name), Some(extra)) = (number(&header, 26, 2), number(&header, 28, 2)) else { return Ok(None) };
        let name_at = entry.at + 30;
        let same = self.exactly(name_at, name).await? == entry.raw_name;
        Ok(same.then_some(name_at + name + extra))
    }

    /// Exactly `length` bytes from `at`, or fewer at the end.
    async fn exactly(&mut self, mut at: u64, length: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let until = at.saturating_add(length);
        while at < until {
            let some = self.some(at).await?;
            let length = usize::try_from(until - at).map_or(some.len(), |left| left.min(some.len()));
            if length == 0 {
                break;
            }
            bytes.extend_from_slice(&some[..length]);
            at += u64::try_from(length).map_err(Error::defect)?;
        }
        Ok(bytes)
    }

    /// Some bytes from `at`; none at the end.
    async fn some(&mut self, at: u64) -> Result<Bytes, Error> {
        let near = at.checked_sub(self.from).and_then(|near| usize::try_from(near).ok());
        if let Some(near) = near.filter(|near| *near < self.read.len()) {
            return Ok(self.read.slice(near..));
        }
        (self.from, self.read) = (at, self.source.read(at, CHUNK).await?);
        Ok(self.read.clone())
    }
}

/// One file while it is unpacked.
struct Unpacking {
    /// `None` for a file that is stored as it is.
    inflate: Option<Decompress>,
    declared: u64,
    unpacked: u64,
    ended: bool,
    window: Vec<u8>,
}

impl Unpacking {
    fn new(entry: &Entry) -> Self {
        // A folder may be called compressed without a single byte.
        let compressed = entry.compressed && entry.packed > 0;
        let inflate = compressed.then(|| Decompress::new(false));
        let window = vec![0; if compressed { WINDOW } else { 0 }];
        Self { inflate, declared: entry.unpacked, unpacked: 0, ended: !compressed, window }
    }

    /// Unpacks more bytes; returns whether they are as the directory says so far.
    fn push(&mut self, mut packed: &[u8], keep: &mut impl FnMut(&[u8])) -> bool {
        let Some(inflate) = &mut self.inflate else {
            keep(packed);
            self.unpacked += u64::try_from(packed.len()).unwrap_or(u64::MAX);
            return self.unpacked <= self.declared;
        };
        loop {
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let Ok(status) = inflate.decompress(packed, &mut self.window, FlushDecompress::None) else { return false };
            let read = usize::try_from(inflate.total_in() - read).unwrap_or_default();
            let written = usize::try_from(inflate.total_out() - written).unwrap_or_default();
            self.unpacked = inflate.total_out();
            if self.unpacked > self.declared || self.ended {
                return false;
            }
            keep(&self.window[..written]);
            packed = &packed[read..];
            self.ended = status == Status::StreamEnd;
            if self.ended || (read == 0 && written == 0) || (packed.is_empty() && written < self.window.len()) {
                return packed.is_empty();
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.ended && self.unpacked == self.declared
    }
}
