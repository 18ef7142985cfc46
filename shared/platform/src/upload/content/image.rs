//! The kind and size of images, from their headers only: no pixel is decoded.
//!
//! An image of a few kilobytes may claim to have billions of pixels, for which whoever opens it reserves memory.

use super::Source;
use crate::upload::{FileType, QuarantineReason};
use kernel::error::Error;

/// Number of bytes of a JPEG image read at a time.
const STEP: u64 = 1024 * 1024;
/// Maximum number of pixels: 100 megapixels.
const MAX_PIXELS: u64 = 100_000_000;

/// Whether a type is an image.
pub(super) fn is_image(kind: FileType) -> bool {
    matches!(kind, FileType::Png | FileType::Jpeg | FileType::Webp | FileType::Gif)
}

/// The type of the image that starts with `head`; `None` if it is none.
pub(super) fn kind(head: &[u8]) -> Option<FileType> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(FileType::Png)
    } else if head.starts_with(b"\xFF\xD8\xFF") {
        Some(FileType::Jpeg)
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some(FileType::Webp)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some(FileType::Gif)
    } else {
        None
    }
}

/// Checks that the file is an image of this kind and not too large.
pub(super) async fn check(
    kind: FileType,
    head: &[u8],
    source: &impl Source,
) -> Result<Result<(), QuarantineReason>, Error> {
    if self::kind(head) != Some(kind) {
        return Ok(Err(QuarantineReason::WrongType));
    }
    let size = match kind {
        FileType::Png => png(head),
        FileType::Webp => webp(head),
        FileType::Gif => pair(head, 6, little_16),
        _ => jpeg(source).await?,
    };
    Ok(match size {
        Some((width, height)) if width == 0 || height == 0 => Err(QuarantineReason::WrongType),
        Some((width, height)) if width * height > MAX_PIXELS => Err(QuarantineReason::ImageTooLarge),
        Some(_) => Ok(()),
        None => Err(QuarantineReason::WrongType),
    })
}

/// Width and height of an image; each fits in 32 bits.
type Size = (u64, u64);

/// Two numbers one after the other.
fn pair<const N: usize>(bytes: &[u8], at: usize, read: fn([u8; N]) -> u64) -> Option<Size> {
    let number = |at: usize| bytes.get(at..)?.first_chunk().copied().map(read);
    Some((number(at)?, number(at + N)?))
}

fn big_16(bytes: [u8; 2]) -> u64 {
    u16::from_be_bytes(bytes).into()
}

fn big_32(bytes: [u8; 4]) -> u64 {
    u32::from_be_bytes(bytes).into()
}

fn little_16(bytes: [u8; 2]) -> u64 {
    u16::from_le_bytes(bytes).into()
}

fn little_24([a, b, c]: [u8; 3]) -> u64 {
    u32::from_le_bytes([a, b, c, 0]).into()
}

/// The first chunk of a PNG image is its header.
fn png(head: &[u8]) -> Option<Size> {
    if head.get(12..16) != Some(b"IHDR") {
        return None;
    }
    pair(head, 16, big_32)
}

/// The first chunk of a `WebP` image says in which of three ways the size is written.
fn webp(head: &[u8]) -> Option<Size> {
    match head.get(12..16)? {
        b"VP8 " if head.get(23..26) == Some(b"\x9D\x01\x2A") => {
            // The upper two bits are a scale.
            pair(head, 26, little_16).map(|(width, height)| (width & 0x3FFF, height & 0x3FFF))
        }
        b"VP8L" if head.get(20) == Some(&0x2F) => {
            let bits = u64::from(u32::from_le_bytes(*head.get(21..)?.first_chunk()?));
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        b"VP8X" => pair(head, 24, little_24).map(|(width, height)| (width + 1, height + 1)),
        _ => None,
    }
}

/// A JPEG image has its size in a frame header, behind segments that may hold megabytes of previews and profiles.
async fn jpeg(source: &impl Source) -> Result<Option<Size>, Error> {
    let (mut at, mut from, mut read) = (2_u64, 0_u64, source.read(0, STEP).await?);
    // Each round passes over at least one byte of the file.
    while at < source.size() {
        let mut near = usize::try_from(at - from).unwrap_or(usize::MAX);
        if read.len().saturating_sub(near) < 9 {
            (from, read) = (at, source.read(at, STEP).await?);
            near = 0;
        }
        let Some(bytes) = read.get(near..).filter(|bytes| bytes.len() >= 9) else { return Ok(None) };
        at += match (bytes[0], bytes[1]) {
            // Fill bytes, and bytes between segments, which decoders pass over.
            (0xFF, 0xFF) | (0..=0xFE, _) => 1,
            (0xFF, 0x00 | 0x01 | 0xD0..=0xD8) => 2,
            // Height before width.
            (0xFF, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                return Ok(pair(bytes, 5, big_16).map(|(height, width)| (width, height)));
            }
            // The image ends, or its pixels begin, without a size.
            (0xFF, 0xD9 | 0xDA) => return Ok(None),
            (0xFF, _) => 2 + u64::from(u16::from_be_bytes([bytes[2], bytes[3]])).max(2),
        };
    }
    Ok(None)
}
