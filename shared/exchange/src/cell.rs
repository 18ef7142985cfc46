//! Text in CSV cells: nothing a user typed may run as a formula in a spreadsheet, and an import must read back exactly what
//! an export wrote.
//!
//! As OWASP recommends (<https://owasp.org/www-community/attacks/CSV_Injection>), an apostrophe is put before anything that a
//! spreadsheet would run: at the start of the text, and inside it after any character that some spreadsheet might treat as the
//! end of a cell (a semicolon where that is the separator, a tab, a line break). Text that already starts with an apostrophe
//! there gets another one, so that [`restored`] undoes [`defused`] for every text.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Whether a spreadsheet may skip this character when looking for the formula sign: spaces, invisible characters, and the
/// apostrophe itself.
fn passed_over(c: char) -> bool {
    let invisible = matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}');
    c == '\'' || c.is_whitespace() || invisible
}

/// Whether a cell with this text would be a formula. Full-width, small and superscript signs count as the signs they stand
/// for (NFKC).
fn is_formula(text: &str) -> bool {
    let sign = text.chars().find(|c| !passed_over(*c));
    sign.is_some_and(|sign| std::iter::once(sign).nfkc().next().is_some_and(|c| matches!(c, '=' | '+' | '-' | '@')))
}

/// Whether the text needs an apostrophe at its start.
fn begins_dangerously(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['\t', '\r', '\n']) || is_formula(text)
}

/// Whether some spreadsheet treats this character as the end of a cell.
fn ends_a_cell(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

/// The text as written to a cell: anything that would be a formula is prefixed with an apostrophe.
#[must_use]
pub(crate) fn defused(text: &str) -> Cow<'_, str> {
    let inside = |(at, c): (usize, char)| ends_a_cell(c) && is_formula(&text[at + c.len_utf8()..]);
    if !begins_dangerously(text) && !text.char_indices().any(inside) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 2);
    if begins_dangerously(text) {
        safe.push('\'');
    }
    for (at, c) in text.char_indices() {
        safe.push(c);
        if inside((at, c)) {
            safe.push('\'');
        }
    }
    Cow::Owned(safe)
}

/// Restores text that [`defused`] wrote to a cell. Also removes an apostrophe that a spreadsheet user added to mark text.
#[must_use]
pub fn restored(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\'') {
        return Cow::Borrowed(cell);
    }
    let mut text = String::with_capacity(cell.len());
    let mut before = None;
    for (at, c) in cell.char_indices() {
        let rest = &cell[at + c.len_utf8()..];
        let added = c == '\''
            && match before {
                None => begins_dangerously(rest),
                Some(before) => ends_a_cell(before) && is_formula(rest),
            };
        if !added {
            text.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(text)
}

/// Joins several short texts into one cell, separated by semicolons. A semicolon, bar or backslash inside a text is escaped
/// with a backslash.
#[must_use]
pub fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut cell = String::new();
    for text in texts {
        if !cell.is_empty() {
            cell.push_str("; ");
        }
        for c in text.chars() {
            if matches!(c, ';' | '|' | '\\') {
                cell.push('\\');
            }
            cell.push(c);
        }
    }
    cell
}

/// Splits a cell written by [`joined`], or by a person using semicolons or bars; empty texts are dropped.
#[must_use]
pub fn split(cell: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut characters = cell.chars().peekable();
    while let Some(c) = characters.next() {
        let escaped = if c == '\\' { characters.next_if(|next| matches!(next, ';' | '|' | '\\')) } else { None };
        match (escaped, c, texts.last_mut()) {
            (None, ';' | '|', _) => texts.push(String::new()),
            (escaped, c, Some(text)) => text.push(escaped.unwrap_or(c)),
            (_, _, None) => {}
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_defused() {
        for formula in [
            "=1+1",
            "+41 44 123 45 67",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(1)",
            "\tx",
            "\rx",
            "\u{FF1D}1+1",
            "\u{FF0B}1",
            "\u{FF0D}1",
            "\u{FF20}SUM",
            " =1",
            "\u{200F}=1",
            "\u{FEFF}=1",
            "'=1",
        ] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        assert_eq!(defused("Acme;=1+1"), "Acme;'=1+1");
        assert_eq!(defused("one\n- two"), "one\n'- two");
        assert_eq!(defused("\t=1"), "'\t'=1");
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in ["", "Acme = Co", "a-b@c.de", "O'Brien", "'tis", "1.50", "line\nline", "a; b", "\u{5D0}\u{200F}!"] {
            assert_eq!(defused(text), text);
            assert_eq!(restored(text), text);
        }
    }

    #[test]
    fn an_escaped_separator_is_part_of_the_text() {
        assert_eq!(joined(["a", "b;c", "d\\"]), "a; b\\;c; d\\\\");
        assert_eq!(split("a;b | c;; d\\e"), ["a", "b ", " c", " d\\e"]);
    }

    proptest! {
        #[test]
        fn an_import_reads_what_an_export_wrote(text in "['=+@\\-;\t\r\n a\u{200F}\u{FF1D}]{0,12}") {
            let cell = defused(&text);
            prop_assert_eq!(restored(&cell), text.as_str());
        }

        #[test]
        fn no_part_of_a_cell_starts_a_formula(text in "['=+@\\-;\t\r\n a\u{200F}\u{FF1D}]{0,12}") {
            for part in defused(&text).split([';', '\t', '\r', '\n']) {
                let sign = part.trim_start().chars().next();
                prop_assert!(!matches!(sign, Some('=' | '+' | '-' | '@' | '\u{FF1D}')), "{part:?}");
            }
        }

        #[test]
        fn joined_texts_split_back(texts in proptest::collection::vec("[a;|\\\\]{1,6}", 0..4)) {
            let cell = joined(texts.iter().map(String::as_str));
            let apart: Vec<String> = split(&cell).iter().map(|text| text.trim().to_owned()).collect();
            prop_assert_eq!(apart, texts);
        }
    }
}
