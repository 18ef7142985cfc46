//! The first slice of a run reads the whole file before anything is written: it counts the rows, checks that the file is complete, and
//! finds the rows that repeat the key or email address of an earlier row.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::Field;
use super::error_log::MAX_STORED;
use super::fields::Refusal;
use super::item::{self, Job};
use super::records::{Cells, Fault};
use super::source::{Source, Stop};
use super::work::{FileKeys, Graph, StoredKeys, number_in};
use kernel::ItemType;
use kernel::error::Error;
use kernel::text::fold;
use platform::app::App;
use platform::table::{self, Draft};

/// Number of bytes fetched at once.
const PIECE: u64 = 1024 * 1024;

/// Result of scanning the file.
pub struct Scan {
    /// Number of rows after the header.
    pub rows: u64,
    /// Rows that repeat an earlier one.
    pub repeats: Repeats,
}

/// Rows that repeat a unique value of an earlier row.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// For the first ones (as many as errors can be stored): the repeated field and the earlier row.
    named: BTreeMap<u64, (Field, u64)>,
    /// One bit per row.
    bits: Vec<u8>,
    /// Number of repeating rows.
    pub count: u64,
    /// How rows refer to each other.
    pub file: FileKeys,
}

#[derive(Serialize, Deserialize)]
struct StoredRepeats {
    named: Vec<(u64, Field, u64)>,
    bits: String,
    count: u64,
    #[serde(default)]
    file: StoredKeys,
}

impl Repeats {
    fn add(&mut self, row: u64, field: Field, first: u64) {
        if self.has(row) {
            return;
        }
        let (byte, bit) = place(row);
        if self.bits.len() <= byte {
            self.bits.resize(byte + 1, 0);
        }
        if let Some(byte) = self.bits.get_mut(byte) {
            *byte |= bit;
        }
        self.count += 1;
        if self.count <= MAX_STORED {
            self.named.insert(row, (field, first));
        }
    }

    fn has(&self, row: u64) -> bool {
        let (byte, bit) = place(row);
        self.bits.get(byte).is_some_and(|byte| byte & bit != 0)
    }

    /// Why `row` is refused if it repeats an earlier one.
    pub fn of(&self, row: u64) -> Option<Refusal> {
        let refusal = |field, message| Refusal::new(field, "repeated", message);
        if self.file.is_in_circle(row) {
            let message = "leads back to this row: the parents of these rows form a cycle";
            return Some(Refusal::new(Field::Parent, "parent_circle", message));
        }
        match self.named.get(&row) {
            Some((field, first)) => Some(refusal(Some(*field), format!("is the same as in row {first}"))),
            None => self.has(row).then(|| refusal(None, "repeats an earlier row".into())),
        }
    }

    /// The item that stores the repeats for later slices.
    pub fn draft(&self, job: &Job) -> Result<Draft, Error> {
        let named = self.named.iter().map(|(row, (field, first))| (*row, *field, *first)).collect();
        let (bits, file) = (STANDARD_NO_PAD.encode(&self.bits), self.file.stored());
        let stored = StoredRepeats { named, bits, count: self.count, file };
        Ok(Draft::new(item::repeats_key(job.import_id), ItemType::ImportRepeats, &stored)?
            .number("run", job.run)
            .number("expires_at", job.expires_at))
    }

    /// Loads the repeats that the run's first slice found.
    pub async fn load(app: &App, job: &Job) -> Result<Self, Error> {
        let found = app.table().get(item::repeats_key(job.import_id)).await?;
        let stored: StoredRepeats = table::read(&found.unwrap_or_default(), "data")?;
        let bits = STANDARD_NO_PAD.decode(stored.bits).map_err(Error::defect)?;
        let named = stored.named.into_iter().map(|(row, field, first)| (row, (field, first))).collect();
        Ok(Self { named, bits, count: stored.count, file: FileKeys::open(&stored.file)? })
    }
}

/// Byte index and bit of a row.
fn place(row: u64) -> (usize, u8) {
    (usize::try_from(row / 8).unwrap_or(usize::MAX), 1 << (row % 8))
}

/// Scans the whole file.
pub async fn scan(app: &App, job: &Job) -> Result<Scan, Stop> {
    let mut source = Source::new(app, job, job.body, PIECE);
    let mut seen = Seen::new(job);
    let mut graph = Graph::new(job);
    let most = job.kind.most_rows();
    let mut repeats = Repeats::default();
    let mut row = 1;
    while let Some(record) = source.next().await? {
        row += 1;
        if row > most + 1 {
            return Err(Stop::failure("too_many_rows", format!("The file has more than {most} rows.")));
        }
        match record.cells {
            Ok(cells) => {
                seen.check(row, &cells, &mut repeats);
                graph.add(job, row, &cells);
            }
            Err(Fault::UnclosedQuote) => {
                let message = format!("A quotation mark in row {row} is never closed.");
                return Err(Stop::failure("unclosed_quote", message));
            }
            // Reported when the row is processed.
            Err(Fault::TooLong | Fault::TooManyColumns) => {}
        }
    }
    if row == 1 {
        return Err(Stop::failure("no_rows", "The file has a header but no rows."));
    }
    repeats.file = graph.finish();
    Ok(Scan { rows: row - 1, repeats })
}

/// Hashes of the unique values seen so far, with the row that had each first.
struct Seen<'a> {
    job: &'a Job,
    columns: Vec<(usize, Field, HashMap<u64, u64>)>,
}

impl<'a> Seen<'a> {
    fn new(job: &'a Job) -> Self {
        let always = [Field::Email, Field::ExternalKey, Field::ExternalId, Field::Number];
        let unique = |field: &Field| always.contains(field) || *field == job.key.field();
        let columns = job.fields.iter().filter(|(_, field)| unique(field));
        Self { job, columns: columns.map(|(index, field)| (*index, *field, HashMap::new())).collect() }
    }

    fn check(&mut self, row: u64, cells: &Cells, repeats: &mut Repeats) {
        for (index, field, rows) in &mut self.columns {
            let text = cells.get(*index).and_then(|cell| self.job.encoding.decode(cell));
            let text = text.map(|text| fold(&text)).unwrap_or_default();
            let number = if *field == Field::Number { number_in(self.job, self.job.kind, &text) } else { None };
            let text = number.map_or(text, |number| number.to_string());
            if text.is_empty() {
                continue;
            }
            let mut hash = DefaultHasher::new();
            text.hash(&mut hash);
            // A 64-bit hash collision between different values is not to be expected in 100,000 rows.
            let first = *rows.entry(hash.finish()).or_insert(row);
            if first != row {
                repeats.add(row, *field, first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thousand_repeats_have_a_reason() {
        let mut repeats = Repeats::default();
        for row in 10..2_010 {
            repeats.add(row, Field::Email, row - 8);
            repeats.add(row, Field::ExternalKey, 2);
        }
        assert_eq!(repeats.count, 2_000);
        assert_eq!(repeats.of(9), None);
        assert_eq!(repeats.of(10).unwrap().message, "is the same as in row 2");
        assert_eq!(repeats.of(10).unwrap().field, Some(Field::Email));
        assert_eq!(repeats.of(2_009).unwrap().field, None);
        assert_eq!(repeats.of(2_010), None);
    }
}
