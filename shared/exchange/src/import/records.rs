//! Reads CSV records incrementally: bytes are fed in arbitrary pieces, complete records come out.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Maximum length of a record in bytes, without quotation marks and delimiters.
pub const MAX_BYTES: usize = 64 * 1024;
/// Maximum number of columns.
pub const MAX_COLUMNS: usize = 200;

/// Why a record cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Longer than [`MAX_BYTES`].
    TooLong,
    /// More columns than [`MAX_COLUMNS`].
    TooManyColumns,
    /// A quotation mark is still open at the end of the file.
    UnclosedQuote,
}

/// The cells of one record, as raw bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    /// The number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of the cell at `index`, starting from 0.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    /// The bytes of each cell, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// One record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The cells, or why there are none.
    pub cells: Result<Cells, Fault>,
    /// File offset just after the record, where reading can resume.
    pub end: u64,
    /// Number of lines the record spans; more than one if a quoted cell contains line breaks.
    pub lines: u64,
}

/// Splits a stream of bytes into records.
pub struct Records {
    core: Reader,
    cells: Cells,
    text_used: usize,
    ends_used: usize,
    fault: Option<Fault>,
    offset: u64,
    line: u64,
}

impl Records {
    /// Creates a reader of the file from `offset`, which must be the start of a record.
    pub fn new(delimiter: u8, offset: u64) -> Self {
        let mut core = ReaderBuilder::new().delimiter(delimiter).build();
        // An empty line is not a record. Once it has been read, the parser no longer mistakes a U+FEFF inside the file for the byte order
        // mark at its beginning.
        let _ = core.read_record(b"\n", &mut [0], &mut [0]);
        let line = core.line();
        Self {
            core,
            cells: Cells { text: vec![0; MAX_BYTES], ends: vec![0; MAX_COLUMNS] },
            text_used: 0,
            ends_used: 0,
            fault: None,
            offset,
            line,
        }
    }

    /// Consumes `input` up to the end of the next record; returns `None` if all of it was consumed without completing a record.
    pub fn next(&mut self, input: &mut &[u8]) -> Option<Record> {
        while !input.is_empty() {
            if let Some(record) = self.step(input) {
                return Some(record);
            }
        }
        None
    }

    /// Returns the last record if the file does not end with a line break.
    pub fn finish(mut self) -> Option<Record> {
        let end = self.offset;
        // A line break ends a record just like the end of the file, unless a quotation mark is open.
        if let Some(record) = self.next(&mut &b"\n"[..]) {
            return Some(Record { end, ..record });
        }
        // No record ended: either none had begun, and then this input is one, or the parser is inside quotation marks.
        match self.next(&mut &b"x\n"[..]) {
            Some(_) => None,
            None => Some(Record { cells: Err(Fault::UnclosedQuote), end, lines: self.core.line() - self.line }),
        }
    }

    /// Advances the parser one step.
    fn step(&mut self, input: &mut &[u8]) -> Option<Record> {
        let text = self.cells.text.get_mut(self.text_used..).unwrap_or_default();
        let ends = self.cells.ends.get_mut(self.ends_used..).unwrap_or_default();
        let (result, taken, text_written, ends_written) = self.core.read_record(input, text, ends);
        *input = input.get(taken..).unwrap_or_default();
        self.offset += u64::try_from(taken).unwrap_or(0);
        self.text_used += text_written;
        self.ends_used += ends_written;
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => None,
            ReadRecordResult::OutputFull => self.skip(Fault::TooLong),
            ReadRecordResult::OutputEndsFull => self.skip(Fault::TooManyColumns),
            ReadRecordResult::Record => Some(self.complete()),
        }
    }

    /// Skips to the end of a record that cannot be kept.
    fn skip(&mut self, fault: Fault) -> Option<Record> {
        self.fault.get_or_insert(fault);
        (self.text_used, self.ends_used) = (0, 0);
        None
    }

    fn complete(&mut self) -> Record {
        let cells = match self.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(Cells {
                text: self.cells.text.get(..self.text_used).unwrap_or_default().to_vec(),
                ends: self.cells.ends.get(..self.ends_used).unwrap_or_default().to_vec(),
            }),
        };
        (self.text_used, self.ends_used) = (0, 0);
        let lines = (self.core.line() - self.line).max(1);
        self.line = self.core.line();
        Record { cells, end: self.offset, lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Parses the whole file with the csv crate.
    fn expected(file: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(file);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    /// Reads `file` in pieces of the given sizes, starting over with a fresh reader after every `restart` records.
    fn read(file: &[u8], delimiter: u8, pieces: &[usize], restart: usize) -> Vec<Vec<Vec<u8>>> {
        let mut rows = Vec::new();
        let mut at = 0;
        loop {
            let mut records = Records::new(delimiter, u64::try_from(at).unwrap());
            let (mut fed, mut since, mut end) = (at, 0, at);
            let mut turn = pieces.iter().cycle();
            'slice: while fed < file.len() {
                let stop = (fed + turn.next().unwrap()).min(file.len());
                let mut input = &file[fed..stop];
                fed = stop;
                while let Some(record) = records.next(&mut input) {
                    end = usize::try_from(record.end).unwrap();
                    rows.push(record.cells.unwrap().iter().map(<[u8]>::to_vec).collect());
                    since += 1;
                    if since == restart {
                        break 'slice;
                    }
                }
            }
            if since < restart {
                rows.extend(records.finish().map(|record| match record.cells {
                    Ok(cells) => cells.iter().map(<[u8]>::to_vec).collect(),
                    Err(_) => vec![b"unclosed".to_vec()],
                }));
                return rows;
            }
            at = end;
        }
    }

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        // Mostly characters that mean something in CSV, so that every parser state meets every cut.
        let byte = prop_oneof![
            5 => Just(b'a'), 3 => Just(b'"'), 3 => Just(b','), 2 => Just(b'\n'), 2 => Just(b'\r'), 1 => Just(b';'),
            1 => Just(b' '), 1 => Just(0xEF), 1 => Just(0xBB), 1 => Just(0xBF), 1 => Just(0xE9), 1 => any::<u8>(),
        ];
        let mark = Just(vec![0xEF, 0xBB, 0xBF]);
        let piece = prop_oneof![8 => proptest::collection::vec(byte, 1..8), 1 => mark];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn records_do_not_depend_on_how_the_file_is_split(
            file in bytes(), pieces in proptest::collection::vec(1_usize..9, 1..5), restart in 1_usize..6,
        ) {
            // The byte order mark is stripped before records are read.
            let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&file);
            prop_assume!(!file.starts_with(b"\xEF\xBB\xBF"));
            let wanted = expected(file, b',');
            let mut got = read(file, b',', &pieces, restart);
            if got.last() == Some(&vec![b"unclosed".to_vec()]) && wanted.last() != got.last() {
                got.pop();
                prop_assert_eq!(got.len() + 1, wanted.len());
                prop_assert_eq!(&got[..], &wanted[..got.len()]);
            } else {
                prop_assert_eq!(got, wanted);
            }
        }
    }

    fn all(file: &[u8]) -> Vec<Record> {
        let mut records = Records::new(b',', 0);
        let mut input = file;
        let mut found = Vec::new();
        while let Some(record) = records.next(&mut input) {
            found.push(record);
        }
        found.extend(records.finish());
        found
    }

    #[test]
    fn an_unclosed_quotation_mark_is_a_fault() {
        let found = all(b"a,b \"x\" c\r\n1,\"open\n2,3\n");
        assert_eq!(found[0].cells.as_ref().unwrap().get(1).unwrap(), b"b \"x\" c");
        assert_eq!(found[1].cells, Err(Fault::UnclosedQuote));
        assert_eq!(found.len(), 2);
        assert!(all(b"a,\"b\"").iter().all(|record| record.cells.is_ok()));
        assert!(all(b"").is_empty() && all(b"\r\n\n").is_empty());
    }

    #[test]
    fn a_record_over_a_limit_is_skipped() {
        let long = format!("\"{}\n{}\",x\n1,2\n", "a".repeat(MAX_BYTES), "b".repeat(10));
        let found = all(long.as_bytes());
        assert_eq!(found[0].cells, Err(Fault::TooLong));
        assert_eq!(found[0].lines, 2);
        assert_eq!(found[1].cells.as_ref().unwrap().len(), 2);
        let wide = format!("{}\n1,2\n", vec!["a"; MAX_COLUMNS + 1].join(","));
        let found = all(wide.as_bytes());
        assert_eq!(found[0].cells, Err(Fault::TooManyColumns));
        assert_eq!(found[1].cells.as_ref().unwrap().len(), 2);
        assert_eq!(found[1].end, u64::try_from(wide.len()).unwrap());
        let full = vec!["a"; MAX_COLUMNS].join(",");
        assert_eq!(all(full.as_bytes())[0].cells.as_ref().unwrap().len(), MAX_COLUMNS);
    }
}
