//! Texts in the cells of CSV files: nothing that someone typed may run as a formula in a spreadsheet, and what an export
//! writes an import reads as it was.
//!
//! An apostrophe goes before whatever a spreadsheet would run, as OWASP advises
//! (<https://owasp.org/www-community/attacks/CSV_Injection>): at the beginning of a text, and inside it behind what some
//! spreadsheet may take for the end of a cell (a semicolon where that separates cells, a tab, a line break). One more goes
//! before a text that has one there by itself, so that [`restored`] undoes [`defused`] for every text.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Whether a spreadsheet may pass over this character on its way to the sign of a formula: spaces, invisible characters, and
/// the apostrophe itself.
fn passed_over(c: char) -> bool {
    let invisible = matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}');
    c == '\'' || c.is_whitespace() || invisible
}

/// Whether a cell of this text would be a formula. Full-width, small and raised signs count as the signs that they stand for
/// (NFKC).
fn is_formula(text: &str) -> bool {
    let sign = text.chars().find(|c| !passed_over(*c));
    sign.is_some_and(|sign| std::iter::once(sign).nfkc().next().is_some_and(|c| matches!(c, '=' | '+' | '-' | '@')))
}

/// Whether a text needs the apostrophe at its beginning.
fn begins_dangerously(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['\t', '\r', '\n']) || is_formula(text)
}

/// Whether some spreadsheet takes this character for the end of a cell.
fn ends_a_cell(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

/// The text as it is written into a cell: what would be a formula has an apostrophe before it.
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
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

/// The text that [`defused`] wrote into a cell. What a spreadsheet's user marked as text with an apostrophe loses it too.
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

/// Several short texts in one cell, separated by semicolons. A semicolon, bar or backslash inside one has a backslash before
/// it.
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

/// The texts of a cell that [`joined`] wrote, or someone with semicolons or bars between them; empty ones are left out.
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
    fn whatever_would_run_as_a_formula_is_defused() {
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
    fn other_texts_stay_as_they_are() {
        for text in ["", "Acme = Co", "a-b@c.de", "O'Brien", "'tis", "1.50", "line\nline", "a; b", "\u{5D0}\u{200F}!"] {
            assert_eq!(defused(text), text);
            assert_eq!(restored(text), text);
        }
    }

    #[test]
    fn a_separator_inside_a_text_is_part_of_it() {
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
        fn no_part_of_a_cell_begins_as_a_formula(text in "['=+@\\-;\t\r\n a\u{200F}\u{FF1D}]{0,12}") {
            for part in defused(&text).split([';', '\t', '\r', '\n']) {
                let sign = part.trim_start().chars().next();
                prop_assert!(!matches!(sign, Some('=' | '+' | '-' | '@' | '\u{FF1D}')), "{part:?}");
            }
        }

        #[test]
        fn joined_texts_come_apart_again(texts in proptest::collection::vec("[a;|\\\\]{1,6}", 0..4)) {
            let cell = joined(texts.iter().map(String::as_str));
            let apart: Vec<String> = split(&cell).iter().map(|text| text.trim().to_owned()).collect();
            prop_assert_eq!(apart, texts);
        }
    }
}
