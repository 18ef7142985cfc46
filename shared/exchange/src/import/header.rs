//! The beginning of a file: encoding, delimiter, column names and first rows.

use super::encoding::Encoding;
use super::records::{Cells, Fault, MAX_BYTES, MAX_COLUMNS, Record, Records};
use crate::cell;
use kernel::error::{Error, FieldError};

/// Number of bytes read from the start of a file to detect its columns.
pub const HEAD_BYTES: u64 = 64 * 1024;
/// Number of sample rows shown.
const SAMPLE_ROWS: usize = 20;
/// Delimiters that are detected, most likely first.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// The UTF-8 byte order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// What the beginning of a file reveals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Cell delimiter.
    pub delimiter: u8,
    /// Column names, trimmed; no empty or repeated names.
    pub columns: Vec<String>,
    /// Offset of the first row after the header, in bytes.
    pub body: u64,
    /// The first rows, at most 20.
    rows: Vec<Record>,
    /// Number of rows in the file: counted for a short file, otherwise estimated.
    pub rows_estimate: u64,
}

/// Reads the beginning of a file of `size` bytes. Fails with the faulty row if there is no usable header.
pub fn read(head: &[u8], size: u64, encoding: Encoding) -> Result<Header, Error> {
    refuse_other_encodings(head)?;
    let text = head.strip_prefix(MARK).unwrap_or(head);
    let mark = u64::try_from(head.len() - text.len()).unwrap_or(0);
    let whole = u64::try_from(head.len()).is_ok_and(|length| length >= size);
    let (delimiter, mut records) = delimiter(text, whole);
    if records.is_empty() && whole {
        let message = "the file has no header row with column names";
        return Err(fault(1, "no_header", message));
    }
    if records.is_empty() {
        let message = "is longer than 64 KiB, or a quotation mark is never closed";
        return Err(fault(1, "too_long", message));
    }
    let header = records.remove(0);
    let columns = names(&header, encoding)?;
    let body = mark + header.end;
    let rows_estimate = match records.last() {
        _ if whole => count(records.len()),
        // Estimate from the rows at the beginning.
        Some(last) if last.end > header.end => (size - body) * count(records.len()) / (last.end - header.end),
        _ => u64::from(size > body),
    };
    records.truncate(SAMPLE_ROWS);
    Ok(Header { delimiter, columns, body, rows: records, rows_estimate })
}

impl Header {
    /// Returns the cells of the first rows as text. Reports every row that cannot be shown.
    pub fn sample(&self, encoding: Encoding) -> Result<Vec<Vec<String>>, Error> {
        let mut errors = Vec::new();
        let mut rows = Vec::new();
        for (row, record) in (2..).zip(&self.rows) {
            match record.cells.as_ref().map(|cells| texts(cells, encoding)) {
                Ok(Some(cells)) => rows.push(cells.iter().map(|text| cell::restored(text).into_owned()).collect()),
                Ok(None) => errors.push(field_error(row, "not_utf8", NOT_UTF8)),
                Err(fault) => errors.push(field_error(row, fault_code(*fault), &fault_message(*fault))),
            }
        }
        if errors.is_empty() { Ok(rows) } else { Err(Error::Invalid(errors)) }
    }
}

/// Message for text that is not UTF-8.
pub const NOT_UTF8: &str = "is not UTF-8. Save the file as \"CSV UTF-8\", or choose the encoding windows-1252";

/// Error code for a record that cannot be used.
pub fn fault_code(fault: Fault) -> &'static str {
    match fault {
        Fault::TooLong => "too_long",
        Fault::TooManyColumns => "too_many_columns",
        Fault::UnclosedQuote => "unclosed_quote",
    }
}

/// Message for a record that cannot be used.
pub fn fault_message(fault: Fault) -> String {
    match fault {
        Fault::TooLong => format!("is longer than {} KiB", MAX_BYTES / 1024),
        Fault::TooManyColumns => format!("has more than {MAX_COLUMNS} columns"),
        Fault::UnclosedQuote => "a quotation mark in this row is never closed".into(),
    }
}

fn field_error(row: u64, code: &str, message: &str) -> FieldError {
    FieldError { field: format!("row {row}"), code: code.into(), message: message.into() }
}

fn fault(row: u64, code: &str, message: &str) -> Error {
    Error::Invalid(vec![field_error(row, code, message)])
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Refuses UTF-16 and binary files, which no setting can make readable.
fn refuse_other_encodings(head: &[u8]) -> Result<(), Error> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Err(fault(1, "not_utf8", "the file is UTF-16. Save it as \"CSV UTF-8\" and upload it again"));
    }
    if head.contains(&0) {
        return Err(fault(1, "not_csv", "the file is not text. Save the table as CSV and upload it again"));
    }
    Ok(())
}

/// Detects the delimiter that most rows agree on, and returns it with the records it yields. A comma if there is only one column.
fn delimiter(text: &[u8], whole: bool) -> (u8, Vec<Record>) {
    let mut best = ((0, 1), b',', complete_records(text, b',', whole));
    for delimiter in DELIMITERS {
        let records = complete_records(text, delimiter, whole);
        let width = |record: &Record| record.cells.as_ref().map_or(0, Cells::len);
        let columns = records.first().map_or(0, width);
        let sample = records.iter().take(SAMPLE_ROWS + 1);
        let (all, agreeing) =
            sample.fold((0, 0), |(all, agreeing), record| (all + 1, agreeing + u64::from(width(record) == columns)));
        // In thousandths, so that a longer sample does not win by length alone.
        let score = ((agreeing * 1000).checked_div(all).unwrap_or(0), columns);
        if columns > 1 && score > best.0 {
            best = (score, delimiter, records);
        }
    }
    (best.1, best.2)
}

/// Complete records at the beginning; a truncated last record is left out.
fn complete_records(text: &[u8], delimiter: u8, whole: bool) -> Vec<Record> {
    let mut records = Records::new(delimiter, 0);
    let mut input = text;
    let mut found = Vec::new();
    while let Some(record) = records.next(&mut input) {
        found.push(record);
    }
    if whole {
        found.extend(records.finish());
    }
    found
}

/// Column names: each non-empty and unique.
fn names(header: &Record, encoding: Encoding) -> Result<Vec<String>, Error> {
    let cells = header.cells.as_ref().map_err(|f| fault(1, fault_code(*f), &fault_message(*f)))?;
    let names = texts(cells, encoding).ok_or_else(|| fault(1, "not_utf8", NOT_UTF8))?;
    let mut errors = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            let message = format!("column {} has no name; name it or remove it", place + 1);
            errors.push(field_error(1, "empty_column", &message));
        } else if names.iter().take(place).any(|earlier| earlier == name) {
            errors.push(field_error(1, "repeated_column", &format!("the column \"{name}\" appears twice")));
        }
    }
    if errors.is_empty() { Ok(names) } else { Err(Error::Invalid(errors)) }
}

fn texts(cells: &Cells, encoding: Encoding) -> Option<Vec<String>> {
    cells.iter().map(|cell| encoding.decode(cell).map(|text| text.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(file: &[u8]) -> Result<Header, Error> {
        read(file, file.len() as u64, Encoding::Utf8)
    }

    fn code(file: &[u8]) -> (String, String) {
        let error = of(file).and_then(|header| header.sample(Encoding::Utf8)).unwrap_err();
        let Error::Invalid(errors) = error else { panic!("{error}") };
        (errors[0].field.clone(), errors[0].code.clone())
    }

    #[test]
    fn the_delimiter_is_the_one_most_rows_agree_on() {
        for (file, delimiter, columns) in [
            ("a,b,c\n1,2,3\n", b',', 3),
            ("name;place\nA, B and C;Here, there\nD;E\n", b';', 2),
            ("a\tb\n1,5\t2\n", b'\t', 2),
            ("a|b\r\n1|2\r\n", b'|', 2),
            ("name\nAnn\n", b',', 1),
        ] {
            let header = of(file.as_bytes()).unwrap();
            assert_eq!((header.delimiter, header.columns.len()), (delimiter, columns), "{file}");
        }
    }

    #[test]
    fn the_byte_order_mark_is_not_part_of_a_name() {
        let header = of("\u{FEFF}\"name\", e-mail \nAnn,a@b.co".as_bytes()).unwrap();
        assert_eq!(header.columns, ["name", "e-mail"]);
        assert_eq!(header.body, 3 + 16);
        assert_eq!(header.sample(Encoding::Utf8).unwrap(), [["Ann", "a@b.co"]]);
        assert_eq!(header.rows_estimate, 1);
    }

    #[test]
    fn an_unusable_header_is_refused_with_its_row() {
        let refused = |row: &str, code: &str| (row.to_owned(), code.to_owned());
        assert_eq!(code(b"\r\n\n"), refused("row 1", "no_header"));
        assert_eq!(code(b"\xEF\xBB\xBF"), refused("row 1", "no_header"));
        assert_eq!(code(b"a,,c\n"), refused("row 1", "empty_column"));
        assert_eq!(code(b"a,b, a\n"), refused("row 1", "repeated_column"));
        assert_eq!(code(b"n\xE4me,b\n"), refused("row 1", "not_utf8"));
        assert_eq!(code(b"name,b\nA,b\nM\xFCller,1\n"), refused("row 3", "not_utf8"));
        assert_eq!(code(b"\xFF\xFEn\0a\0"), refused("row 1", "not_utf8"));
        assert_eq!(code(b"PK\x03\x04\0\0"), refused("row 1", "not_csv"));
        assert_eq!(code(b"a,\"b\n1,2\n"), refused("row 1", "unclosed_quote"));
        assert_eq!(code(format!("{}\n", "a,".repeat(300)).as_bytes()), refused("row 1", "too_many_columns"));
        assert_eq!(code("x".repeat(70_000).as_bytes()), refused("row 1", "too_long"));
    }

    #[test]
    fn a_long_files_row_count_is_estimated() {
        let file = format!("name,place\n{}", "Ann,Here\n".repeat(20_000));
        let head = &file.as_bytes()[..65_536];
        let header = read(head, file.len() as u64, Encoding::Utf8).unwrap();
        assert_eq!(header.rows_estimate, 20_000);
        assert_eq!(header.sample(Encoding::Utf8).unwrap().len(), 20);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(file: Vec<u8>, more in 0_u64..1000) {
            for encoding in [Encoding::Utf8, Encoding::Windows1252] {
                if let Ok(header) = read(&file, file.len() as u64 + more, encoding) {
                    let _ = header.sample(encoding);
                }
            }
        }
    }
}
