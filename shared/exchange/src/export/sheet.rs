//! Rows as CSV: RFC 4180, UTF-8.

use std::fmt::Display;

use csv::{Terminator, WriterBuilder};

use crate::cell;
use kernel::error::Error;
use kernel::time::Timestamp;

/// The byte order mark, without which Excel takes UTF-8 for the machine's old code page.
const MARK: &str = "\u{FEFF}";

/// Something that is a row of an export.
pub trait Row {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// Its cells, one for each column.
    fn cells(&self, line: &mut Line);
}

/// The cells of a row in the making.
#[derive(Debug, Default)]
pub struct Line(Vec<String>);

impl Line {
    /// Text that someone typed, or that names something typed: no spreadsheet takes it for a formula.
    pub fn text(&mut self, text: &(impl Display + ?Sized)) {
        self.0.push(cell::defused(&text.to_string()).into_owned());
    }

    /// Such text, or nothing.
    pub fn maybe_text<T: Display>(&mut self, text: Option<&T>) {
        self.0.push(text.map(|text| cell::defused(&text.to_string()).into_owned()).unwrap_or_default());
    }

    /// What Steward wrote itself: an id, a number, a time, one of several words.
    pub fn plain(&mut self, value: impl Display) {
        self.0.push(value.to_string());
    }

    /// What nearly every row ends with: who made the thing, when, when it last changed, and its id.
    pub fn origin(&mut self, by: &str, created_at: Timestamp, updated_at: Timestamp, id: impl Display) {
        self.text(by);
        self.plain(created_at);
        self.plain(updated_at);
        self.plain(id);
    }

    /// Such a value, or nothing.
    pub fn maybe(&mut self, value: Option<impl Display>) {
        self.0.push(value.map(|value| value.to_string()).unwrap_or_default());
    }
}

/// The rows as CSV; the first page of an export begins with the mark and the names of the columns, so that all pages one
/// after the other are one file.
pub(super) fn write<R: Row>(rows: &[R], is_first: bool) -> Result<String, Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if is_first {
        writer.write_record(R::COLUMNS).map_err(Error::defect)?;
    }
    for row in rows {
        let mut line = Line::default();
        row.cells(&mut line);
        debug_assert_eq!(line.0.len(), R::COLUMNS.len(), "a cell for each column");
        writer.write_record(&line.0).map_err(Error::defect)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(Error::defect)?;
    Ok(if is_first { format!("{MARK}{text}") } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Two(String, i32);

    impl Row for Two {
        const COLUMNS: &'static [&'static str] = &["text", "number"];

        fn cells(&self, line: &mut Line) {
            line.text(&self.0);
            line.plain(self.1);
        }
    }

    #[test]
    fn numbers_stay_numbers_and_texts_are_quoted_when_they_must() {
        let rows = [Two("=1+1".into(), -12), Two("a, \"b\"\r\nc".into(), 3), Two(String::new(), 0)];
        let text = write(&rows, true).unwrap();
        assert_eq!(text, "\u{FEFF}text,number\r\n'=1+1,-12\r\n\"a, \"\"b\"\"\r\nc\",3\r\n,0\r\n");
        assert_eq!(write(&rows[..1], false).unwrap(), "'=1+1,-12\r\n");
    }

    proptest! {
        #[test]
        fn a_reader_finds_every_text_again(texts in proptest::collection::vec(".{0,20}", 0..5)) {
            let rows: Vec<Two> = texts.iter().map(|text| Two(text.clone(), 1)).collect();
            let csv = write(&rows, true).unwrap();
            let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{FEFF}').as_bytes());
            let read: Vec<String> =
                reader.records().map(|record| cell::restored(&record.unwrap()[0]).into_owned()).collect();
            prop_assert_eq!(read, texts);
        }
    }
}
