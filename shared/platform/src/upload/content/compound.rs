//! The compound file that holds an Office document with a password: a small file system of its own (MS-CFB).
//!
//! Old Office documents and Windows installers are compound files too. One with a password has two streams that those lack
//! (MS-OFFCRYPTO, 2.3.4).

use super::Source;
use kernel::error::Error;

/// The first bytes of a compound file.
pub(super) const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Maximum number of sectors read of the directory. That of an encrypted document has one to four.
const MAX_SECTORS: usize = 32;
/// Maximum number of sectors read to find one sector of the allocation table: enough for 100 MiB.
const MAX_TABLES: u32 = 16;
/// Length of a directory entry in bytes.
const ENTRY: usize = 128;

/// Whether a compound file holds an encrypted document.
pub(super) async fn is_encrypted_document(source: &impl Source) -> Result<bool, Error> {
    let Some(file) = Compound::open(source).await? else { return Ok(false) };
    let mut found = [false; 2];
    let mut sector = file.directory;
    for _ in 0..MAX_SECTORS {
        let Some(bytes) = file.sector(sector).await? else { break };
        for entry in bytes.chunks_exact(ENTRY) {
            for (found, name) in found.iter_mut().zip(["EncryptionInfo", "EncryptedPackage"]) {
                *found |= is_stream(entry, name);
            }
        }
        match file.next(sector).await? {
            Some(next) => sector = next,
            None => break,
        }
    }
    Ok(found == [true; 2])
}

/// Whether a directory entry is a stream with this name. Names are UTF-16 with a final zero.
fn is_stream(entry: &[u8], name: &str) -> bool {
    let wanted: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(wanted.len()).unwrap_or_default().to_le_bytes();
    entry.starts_with(&wanted) && entry.get(64..66) == Some(&length) && entry.get(66) == Some(&2)
}

/// An open compound file.
struct Compound<'s, S> {
    source: &'s S,
    header: Vec<u8>,
    /// Sectors have two to the power of this many bytes: 512 or 4,096.
    shift: u32,
    /// The first sector of the directory.
    directory: u32,
}

impl<'s, S: Source> Compound<'s, S> {
    async fn open(source: &'s S) -> Result<Option<Self>, Error> {
        let header = source.read(0, 512).await?.to_vec();
        let shift = match header.get(30..32) {
            Some([9, 0]) => 9,
            Some([12, 0]) => 12,
            _ => return Ok(None),
        };
        let Some(directory) = number(&header, 48).filter(|_| header.len() == 512) else { return Ok(None) };
        Ok(Some(Self { source, header, shift, directory }))
    }

    /// The bytes of a sector; `None` if the file has no such sector.
    async fn sector(&self, number: u32) -> Result<Option<Vec<u8>>, Error> {
        let length = 1_u64 << self.shift;
        let from = (u64::from(number) + 1) << self.shift;
        if from >= self.source.size() {
            return Ok(None);
        }
        Ok(Some(self.source.read(from, length).await?.to_vec()))
    }

    /// A number in a sector.
    async fn number(&self, sector: u32, index: u32) -> Result<Option<u32>, Error> {
        let Ok(at) = usize::try_from(index * 4) else { return Ok(None) };
        Ok(self.sector(sector).await?.and_then(|bytes| number(&bytes, at)))
    }

    /// The sector after this one in its chain.
    async fn next(&self, sector: u32) -> Result<Option<u32>, Error> {
        let numbers = 1 << (self.shift - 2);
        let Some(table) = self.table(sector / numbers).await? else { return Ok(None) };
        self.number(table, sector % numbers).await
    }

    /// The sector that holds this part of the allocation table. The header lists the first 109, and chained sectors the others.
    async fn table(&self, mut index: u32) -> Result<Option<u32>, Error> {
        if index < 109 {
            return Ok(usize::try_from(76 + index * 4).ok().and_then(|at| number(&self.header, at)));
        }
        index -= 109;
        let listed = (1 << (self.shift - 2)) - 1;
        let Some(mut list) = number(&self.header, 68) else { return Ok(None) };
        for _ in 0..(index / listed).min(MAX_TABLES) {
            match self.number(list, listed).await? {
                Some(next) => list = next,
                None => return Ok(None),
            }
        }
        if index / listed > MAX_TABLES {
            return Ok(None);
        }
        self.number(list, index % listed).await
    }
}

/// A number of 32 bits.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}
