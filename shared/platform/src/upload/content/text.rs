//! Text in any common encoding.

/// Beginnings of other formats that happen to be readable text.
const DISGUISES: [&str; 10] =
    ["%PDF-", "%!PS", "{\\rtf", "#!", "<!doctype", "<html", "<svg", "<?xml", "<script", "<?php"];

/// Whether a file that starts with `head` is text: UTF-8, UTF-16 with its mark, or an older encoding such as Windows-1252, in which bytes
/// from 0x80 stand for letters. Control characters other than line breaks, tabs and form feeds are in no text. `whole` says that `head` is
/// the entire file.
pub(super) fn is_text(head: &[u8], whole: bool) -> bool {
    if head.is_empty() {
        return false;
    }
    if let Some(units) = utf16(head) {
        // The last character may be cut off where reading stopped, but nowhere else.
        let end = if whole { units.len() } else { units.len().saturating_sub(1) };
        let complete = head.len().is_multiple_of(2) || !whole;
        return complete && String::from_utf16(&units[..end]).is_ok_and(|text| is_plain(&text));
    }
    match std::str::from_utf8(head) {
        Ok(text) => is_plain(text),
        Err(error) if !whole && error.error_len().is_none() => {
            is_plain(std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default())
        }
        Err(_) => {
            let control = |byte: u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0C);
            !head.iter().copied().any(control) && !is_disguised(head)
        }
    }
}

/// Whether bytes begin as another format does that happens to be readable text.
pub(super) fn is_disguised(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins = |mark: &str| start.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark.as_bytes()));
    DISGUISES.into_iter().any(begins)
}

/// Text without control characters that is not another format.
fn is_plain(text: &str) -> bool {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}');
    let start = text.trim_start_matches('\u{FEFF}').trim_start();
    !text.is_empty() && !is_disguised(start.as_bytes()) && !text.chars().any(control)
}

/// The code units of UTF-16 after its byte order mark; `None` if there is no such mark.
fn utf16(bytes: &[u8]) -> Option<Vec<u16>> {
    let read: fn([u8; 2]) -> u16 = match bytes.get(..2)? {
        b"\xFF\xFE" => u16::from_le_bytes,
        b"\xFE\xFF" => u16::from_be_bytes,
        _ => return None,
    };
    Some(bytes[2..].as_chunks().0.iter().copied().map(read).collect())
}
