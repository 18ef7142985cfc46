//! Determines a file's real type from its bytes.
//!
//! Signatures: PDF (ISO 32000-1, 7.5.2), PNG (RFC 2083), JPEG (ITU-T T.81), `GIF89a`, `WebP` (RFC 9649), ZIP (PKWARE APPNOTE
//! 4.3) with the parts that ECMA-376 part 2 requires in an Office document. Text is UTF-8 without control characters.

use super::FileType;

/// Number of bytes inspected from the start.
pub const HEAD_BYTES: u64 = 64 * 1024;
/// Number of bytes inspected from the end, for the directory of an Office document.
pub const TAIL_BYTES: u64 = 1024 * 1024;

/// Whether a file that starts with `head` and ends with `tail` is of type `claimed`. `whole` says that `head` is the entire file.
/// `tail` is used only for Office types.
#[must_use]
pub fn is(claimed: FileType, head: &[u8], tail: &[u8], whole: bool) -> bool {
    match claimed {
        FileType::Pdf => head.starts_with(b"%PDF-"),
        FileType::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
        FileType::Jpeg => head.starts_with(b"\xFF\xD8\xFF"),
        FileType::Webp => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
        FileType::Gif => head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
        FileType::Docx => is_office(head, tail, "word/"),
        FileType::Xlsx => is_office(head, tail, "xl/"),
        FileType::Pptx => is_office(head, tail, "ppt/"),
        FileType::Csv | FileType::Txt => is_text(head, whole),
    }
}

/// Whether `tail` is needed to check this type.
#[must_use]
pub fn needs_tail(claimed: FileType) -> bool {
    matches!(claimed, FileType::Docx | FileType::Xlsx | FileType::Pptx)
}

/// UTF-8 without control characters except line breaks, tabs and form feeds, and not another format that happens to be readable text.
fn is_text(head: &[u8], whole: bool) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be cut off where reading stopped, but nowhere else.
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}');
    let start = text.trim_start_matches('\u{FEFF}').trim_start();
    let disguises = ["%PDF-", "%!PS", "{\\rtf", "#!", "<!doctype", "<html", "<svg", "<?xml", "<script", "<?php"];
    let begins = |mark: &str| start.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark));
    let disguised = disguises.into_iter().any(begins);
    !text.is_empty() && !disguised && !text.chars().any(control)
}

/// A ZIP archive whose directory lists the parts of an Office document in `folder` and no macros.
fn is_office(head: &[u8], tail: &[u8], folder: &str) -> bool {
    let Some(names) = directory(tail).filter(|_| head.starts_with(b"PK\x03\x04")) else { return false };
    let has = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    has(&|name| name == "[Content_Types].xml")
        && has(&|name| name == "_rels/.rels")
        && has(&|name| name.starts_with(folder))
        && !has(&|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"))
}

/// The file names in the central directory of a ZIP archive that ends with `tail`; `None` if there is no valid directory.
fn directory(tail: &[u8]) -> Option<Vec<String>> {
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let part = tail.get(at..at.checked_add(bytes)?)?;
        part.iter().rev().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
    };
    // The end record has 22 bytes, followed by a comment of at most 65,535 bytes.
    let earliest = tail.len().saturating_sub(22 + 65_535);
    let end = (earliest..tail.len().checked_sub(21)?).rev().find(|at| tail[*at..].starts_with(b"PK\x05\x06"))?;
    let (count, size) = (number(end + 10, 2)?, number(end + 12, 4)?);
    let mut at = end.checked_sub(size)?;
    let mut names = Vec::new();
    for _ in 0..count {
        if !tail.get(at..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        let (name, extra, comment) = (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
        names.push(String::from_utf8_lossy(tail.get(at + 46..at + 46 + name)?).into_owned());
        at = at + 46 + name + extra + comment;
    }
    (at == end && count > 0).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Builds a ZIP archive of empty files with these names.
    fn archive(names: &[&str]) -> Vec<u8> {
        let (mut files, mut list) = (Vec::new(), Vec::new());
        for name in names {
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            let offset = u32::try_from(files.len()).unwrap().to_le_bytes();
            files.extend([b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
            list.extend([b"PK\x01\x02".as_slice(), &[0; 24], &length, &[0; 12], &offset, name.as_bytes()].concat());
        }
        let count = u16::try_from(names.len()).unwrap().to_le_bytes();
        let size = u32::try_from(list.len()).unwrap().to_le_bytes();
        let offset = u32::try_from(files.len()).unwrap().to_le_bytes();
        let end = [b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &size, &offset, &[0; 2]].concat();
        [files, list, end].concat()
    }

    fn whole(claimed: FileType, bytes: &[u8]) -> bool {
        is(claimed, bytes, bytes, true)
    }

    #[test]
    fn each_type_is_recognised_only_as_itself() {
        let samples: [(FileType, Vec<u8>); 10] = [
            (FileType::Pdf, b"%PDF-1.7\n%\xE2\xE3".to_vec()),
            (FileType::Png, b"\x89PNG\r\n\x1a\n\0\0".to_vec()),
            (FileType::Jpeg, b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec()),
            (FileType::Webp, b"RIFF\x10\0\0\0WEBPVP8 ".to_vec()),
            (FileType::Gif, b"GIF89a\x01\0".to_vec()),
            (FileType::Docx, archive(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"])),
            (FileType::Xlsx, archive(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"])),
            (FileType::Pptx, archive(&["_rels/.rels", "[Content_Types].xml", "ppt/presentation.xml"])),
            (FileType::Csv, "name;betrag\nMüller;3\n".into()),
            (FileType::Txt, b"Dear all,\r\n\tMZ is no mark.".to_vec()),
        ];
        let text = |kind| matches!(kind, FileType::Csv | FileType::Txt);
        for (kind, bytes) in &samples {
            for claimed in FileType::ALL.iter().copied() {
                let right = claimed == *kind || (text(claimed) && text(*kind));
                assert_eq!(whole(claimed, bytes), right, "{kind:?} as {claimed:?}");
            }
        }
    }

    #[test]
    fn macros_archives_programs_and_web_pages_are_refused() {
        let macros = archive(&["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/vbaProject.bin"]);
        assert!(!whole(FileType::Docx, &macros));
        assert!(!whole(FileType::Docx, &archive(&["word/document.xml"])));
        let mut cut = archive(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
        cut.truncate(cut.len() - 1);
        assert!(!whole(FileType::Docx, &cut));
        for bad in [
            b"MZ\x90\0\x03\0".as_slice(),
            b"\x7FELF",
            b"<!DOCTYPE html><p>",
            b"\xEF\xBB\xBF <HTML>",
            b"#!/bin/sh\n",
            b"<svg xmlns=",
            b"a\0b",
            b"a\x1B[2J",
            b"\xFF\xFEa\0",
            b"caf\xE9",
            b"",
        ] {
            assert!(FileType::ALL.iter().all(|kind| !whole(*kind, bad)), "{bad:?}");
        }
    }

    #[test]
    fn a_character_may_be_cut_off_only_at_the_end() {
        let cut = &"aé".as_bytes()[..2];
        assert!(is(FileType::Txt, cut, cut, false));
        assert!(!is(FileType::Txt, cut, cut, true));
    }

    proptest! {
        #[test]
        fn checking_any_bytes_never_panics(head: Vec<u8>, tail: Vec<u8>, whole: bool) {
            for kind in FileType::ALL.iter().copied() {
                let _ = is(kind, &head, &tail, whole);
            }
            let end = [b"PK\x01\x02".as_slice(), &tail, b"PK\x05\x06", &head].concat();
            let _ = is(FileType::Docx, b"PK\x03\x04", &end, whole);
        }
    }
}
