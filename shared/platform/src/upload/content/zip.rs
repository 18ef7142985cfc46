//! The directory of a ZIP archive.
//!
//! Strict where readers differ: what one reader sees and another does not could hide anything. So files must not overlap, nor share a
//! name, and each must begin with a header of the same name.

use std::collections::HashSet;

/// Number of bytes at the end of an archive that hold its directory.
pub(super) const TAIL_BYTES: u64 = 1024 * 1024;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Name, in lower case and with `/` between folders, as Office compares names.
    pub(super) name: String,
    /// Name as it is written.
    pub(super) raw_name: Vec<u8>,
    /// Whether it is compressed (deflate) or stored as it is.
    pub(super) compressed: bool,
    /// Number of bytes in the archive.
    pub(super) packed: u64,
    /// Number of bytes that it unpacks to, as the directory says.
    pub(super) unpacked: u64,
    /// Offset of its header.
    pub(super) at: u64,
}

/// Length of the end record in bytes, without its comment.
const END: usize = 22;
/// Length in bytes of a file's header in the directory, without its name and other fields.
const HEADER: usize = 46;

/// The files of an archive of `size` bytes that ends with `tail`, in the order of their bytes, and the offset of the directory. `None` if
/// the archive is not valid, or not as Office writes it.
pub(super) fn directory(tail: &[u8], size: u64) -> Option<(Vec<Entry>, u64)> {
    let tail_at = size.checked_sub(u64::try_from(tail.len()).ok()?)?;
    // The end record is followed by a comment of at most 65,535 bytes.
    let earliest = tail.len().saturating_sub(END + 65_535);
    let end = (earliest..=tail.len().checked_sub(END)?).rev().find(|at| tail[*at..].starts_with(b"PK\x05\x06"))?;
    // With numbers too large for the end record, a locator before it says where a larger one is.
    let locator = end.checked_sub(20).filter(|at| tail[*at..].starts_with(b"PK\x06\x07"));
    let (count, length, directory, directory_end) = match locator {
        Some(locator) => large_end(tail, tail_at, locator)?,
        None => (number(tail, end + 10, 2)?, number(tail, end + 12, 4)?, number(tail, end + 16, 4)?, end),
    };
    let mut at = usize::try_from(directory.checked_sub(tail_at)?).ok()?;
    if at.checked_add(usize::try_from(length).ok()?)? != directory_end {
        return None;
    }
    let mut entries = Vec::new();
    for _ in 0..count {
        let (entry, next) = entry(tail, at)?;
        entries.push(entry);
        at = next;
    }
    let names: HashSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    if at != directory_end || entries.is_empty() || names.len() < entries.len() {
        return None;
    }
    entries.sort_by_key(|entry| entry.at);
    let ends = entries.iter().skip(1).map(|next| next.at).chain([directory]);
    let apart = entries.iter().zip(ends).all(|(entry, end)| {
        // A header has 30 bytes and the name.
        let least = entry.at.checked_add(30).and_then(|data| data.checked_add(entry.packed));
        least.is_some_and(|least| least <= end)
    });
    apart.then_some((entries, directory))
}

/// Number of files, length and offset of the directory, and where in the tail it ends.
type End = (u64, u64, u64, usize);

/// The end of an archive with the larger records of ZIP64, found by their locator.
fn large_end(tail: &[u8], tail_at: u64, locator: usize) -> Option<End> {
    let record = usize::try_from(number(tail, locator + 8, 8)?.checked_sub(tail_at)?).ok()?;
    if !tail.get(record..)?.starts_with(b"PK\x06\x06") {
        return None;
    }
    let field = |at: usize| number(tail, record.checked_add(at)?, 8);
    Some((field(32)?, field(40)?, field(48)?, record))
}

/// The file whose header in the directory begins at `at`, and where the next one begins.
fn entry(tail: &[u8], at: usize) -> Option<(Entry, usize)> {
    let header = tail.get(at..at.checked_add(HEADER)?)?;
    if !header.starts_with(b"PK\x01\x02") {
        return None;
    }
    let field = |at, length| number(header, at, length);
    let length = |at| usize::try_from(number(header, at, 2)?).ok();
    let (name_length, extra_length, comment_length) = (length(28)?, length(30)?, length(32)?);
    let name_at = at + HEADER;
    let extra_at = name_at.checked_add(name_length)?;
    let comment_at = extra_at.checked_add(extra_length)?;
    let next = comment_at.checked_add(comment_length)?;
    let (raw_name, extra) = (tail.get(name_at..extra_at)?, tail.get(extra_at..comment_at)?);
    tail.get(comment_at..next)?;
    // Encrypted, or compressed in a way that Office does not know.
    let compressed = match field(10, 2)? {
        0 => false,
        8 => true,
        _ => return None,
    };
    if field(8, 2)? & 1 != 0 {
        return None;
    }
    let mut large = large_fields(extra);
    let mut wide = |at| match number(header, at, 4)? {
        0xFFFF_FFFF => large.next(),
        small => Some(small),
    };
    let (unpacked, packed, offset) = (wide(24)?, wide(20)?, wide(42)?);
    let name = std::str::from_utf8(raw_name).ok()?.replace('\\', "/").to_lowercase();
    let name = name.trim_start_matches('/').to_owned();
    Some((Entry { name, raw_name: raw_name.to_vec(), compressed, packed, unpacked, at: offset }, next))
}

/// The numbers that replace those too large for 32 bits.
fn large_fields(extra: &[u8]) -> impl Iterator<Item = u64> {
    let (mut at, mut found) = (0, &[][..]);
    while let (Some(id), Some(length)) = (number(extra, at, 2), number(extra, at + 2, 2)) {
        let from = at + 4;
        let to = usize::try_from(length).ok().and_then(|length| from.checked_add(length));
        let Some(field) = to.and_then(|to| extra.get(from..to)) else { break };
        if id == 1 {
            found = field;
        }
        at = from + field.len();
    }
    found.as_chunks().0.iter().copied().map(u64::from_le_bytes)
}

/// A little-endian number of up to eight bytes.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}
