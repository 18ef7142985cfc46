//! Determines what a file really is, and whether it is safe to pass on, from its bytes.
//!
//! Signatures: PDF (ISO 32000-1, 7.5.2), PNG (RFC 2083), JPEG (ITU-T T.81), `GIF89a`, `WebP` (RFC 9649), ZIP (PKWARE APPNOTE
//! 4.3) with the parts of an Office document (ECMA-376 part 2), and the compound file of one with a password (MS-CFB, MS-OFFCRYPTO).
//! Nothing is read into memory as a whole: a file may have 100 MiB, and unpack to more.

mod compound;
mod image;
mod office;
mod text;
mod unpack;
mod zip;

use bytes::Bytes;

use super::{FileType, QuarantineReason};
use kernel::error::Error;

/// Number of bytes inspected from the start.
const HEAD_BYTES: u64 = 64 * 1024;
/// Where in a PDF its signature must begin: readers accept other bytes before it, and some printers and mail systems leave some there.
const PDF_WITHIN: usize = 1024;

/// The bytes of a file.
pub(super) trait Source: Sync {
    /// Size in bytes.
    fn size(&self) -> u64;

    /// Reads up to `length` bytes from offset `from`: fewer only at the end, none beyond it.
    fn read(&self, from: u64, length: u64) -> impl Future<Output = Result<Bytes, Error>> + Send;
}

/// The result of an inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inspected {
    /// The file's type. An image may be of another type than it was declared to be.
    pub(super) content_type: FileType,
    /// Why the file must not be passed on.
    pub(super) reason: Option<QuarantineReason>,
}

/// Inspects a file that was declared to be `declared`.
pub(super) async fn inspect(source: &impl Source, declared: FileType) -> Result<Inspected, Error> {
    let head = source.read(0, HEAD_BYTES).await?;
    let content_type = image::kind(&head).filter(|_| image::is_image(declared)).unwrap_or(declared);
    let found = match content_type {
        FileType::Pdf => is_pdf(&head).then_some(()).ok_or(QuarantineReason::WrongType),
        FileType::Png | FileType::Jpeg | FileType::Webp | FileType::Gif => {
            image::check(content_type, &head, source).await?
        }
        FileType::Docx | FileType::Xlsx | FileType::Pptx => office_document(content_type, &head, source).await?,
        FileType::Csv | FileType::Txt => {
            let whole = source.size() <= HEAD_BYTES;
            text::is_text(&head, whole).then_some(()).ok_or(QuarantineReason::WrongType)
        }
    };
    Ok(Inspected { content_type, reason: found.err() })
}

/// A PDF, also with some bytes before its signature, unless those make it something else.
fn is_pdf(head: &[u8]) -> bool {
    let start = head.get(..PDF_WITHIN + 5).unwrap_or(head);
    let Some(at) = start.windows(5).position(|window| window == b"%PDF-") else { return false };
    let programs: [&[u8]; 5] = [b"MZ", b"\x7FELF", b"PK\x03\x04", compound::SIGNATURE, b"GIF8"];
    at == 0 || !(programs.iter().any(|mark| head.starts_with(mark)) || text::is_disguised(&head[..at]))
}

/// An Office document of this type, or one with a password, whose contents nobody can check.
async fn office_document(
    kind: FileType,
    head: &[u8],
    source: &impl Source,
) -> Result<Result<(), QuarantineReason>, Error> {
    if head.starts_with(compound::SIGNATURE) {
        let sealed = compound::is_encrypted_document(source).await?;
        return Ok(sealed.then_some(()).ok_or(QuarantineReason::WrongType));
    }
    office::check(kind, source).await
}

#[cfg(test)]
pub(super) mod tests;
