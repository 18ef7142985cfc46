//! The names and references of all rows in a file, collected before anything is written.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::number_in;
use crate::import::item::Job;
use crate::import::records::Cells;
use crate::import::{Field, Key, Target};
use kernel::text::fold;

/// Hashes a name with 64-bit FNV-1a, so that twenty thousand of them fit with an import. A collision among so few is not to be expected.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What a text may refer to, as hashes: a key in another system or a number.
fn meanings(job: &Job, text: &str) -> Vec<u64> {
    let number = number_in(job, Target::Requirements, text).map(|number| hash(&format!("#{number}")));
    let external = hash(&fold(text));
    if job.key == Key::Number {
        number.into_iter().chain([external]).collect()
    } else {
        std::iter::once(external).chain(number).collect()
    }
}

/// The names of a file's rows, and the rows whose parents form a cycle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileKeys {
    /// Sorted hashes.
    names: Vec<u64>,
    /// Sorted row numbers.
    circles: Vec<u64>,
}

/// Stored form of [`FileKeys`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StoredKeys {
    names: String,
    circles: Vec<u64>,
}

impl FileKeys {
    /// Whether some row of the file matches `text`.
    pub fn has(&self, job: &Job, text: &str) -> bool {
        meanings(job, text).iter().any(|name| self.names.binary_search(name).is_ok())
    }

    /// Whether the row's chain of parents leads back to it.
    pub fn is_in_circle(&self, row: u64) -> bool {
        self.circles.binary_search(&row).is_ok()
    }

    /// Converts to the stored form.
    pub fn stored(&self) -> StoredKeys {
        let bytes: Vec<u8> = self.names.iter().flat_map(|name| name.to_le_bytes()).collect();
        StoredKeys { names: STANDARD_NO_PAD.encode(bytes), circles: self.circles.clone() }
    }

    /// Restores from the stored form.
    pub fn open(stored: &StoredKeys) -> Result<Self, kernel::error::Error> {
        let bytes = STANDARD_NO_PAD.decode(&stored.names).map_err(kernel::error::Error::defect)?;
        let names = bytes.chunks_exact(8).filter_map(|chunk| Some(u64::from_le_bytes(chunk.try_into().ok()?)));
        Ok(Self { names: names.collect(), circles: stored.circles.clone() })
    }
}

/// Collects names and parents row by row.
#[derive(Default)]
pub struct Graph {
    columns: Vec<(usize, Field)>,
    names: HashMap<u64, u64>,
    parents: Vec<(u64, Vec<u64>)>,
}

impl Graph {
    /// Creates a collector for the job; it collects nothing if no column is mapped to the parent.
    pub fn new(job: &Job) -> Self {
        let wanted = |field: &Field| matches!(field, Field::Number | Field::ExternalId | Field::Parent);
        let has_parents = job.fields.iter().any(|(_, field)| *field == Field::Parent);
        let columns = job.fields.iter().filter(|(_, field)| has_parents && wanted(field));
        Self { columns: columns.copied().collect(), ..Self::default() }
    }

    /// Adds a row.
    pub fn add(&mut self, job: &Job, row: u64, cells: &Cells) {
        for (column, field) in &self.columns {
            let text = cells.get(*column).and_then(|cell| job.encoding.decode(cell)).unwrap_or_default();
            let text = crate::cell::restored(text.trim()).into_owned();
            if text.is_empty() {
                continue;
            }
            let number = || number_in(job, Target::Requirements, &text).map(|number| hash(&format!("#{number}")));
            match field {
                Field::Number => {
                    if let Some(name) = number() {
                        self.names.entry(name).or_insert(row);
                    }
                }
                Field::ExternalId => {
                    self.names.entry(hash(&fold(&text))).or_insert(row);
                }
                _ => self.parents.push((row, meanings(job, &text))),
            }
        }
    }

    /// Returns what was collected.
    pub fn finish(self) -> FileKeys {
        let leads_to: HashMap<u64, u64> = self
            .parents
            .iter()
            .filter_map(|(row, names)| Some((*row, *names.iter().find_map(|name| self.names.get(name))?)))
            .collect();
        let mut circles = circles(&leads_to);
        circles.sort_unstable();
        let mut names: Vec<u64> = self.names.into_keys().collect();
        names.sort_unstable();
        FileKeys { names, circles }
    }
}

/// The rows that lie on a cycle.
fn circles(leads_to: &HashMap<u64, u64>) -> Vec<u64> {
    let mut seen_in: HashMap<u64, u64> = HashMap::new();
    let mut found = Vec::new();
    for start in leads_to.keys() {
        let mut row = *start;
        while !seen_in.contains_key(&row) {
            seen_in.insert(row, *start);
            let Some(next) = leads_to.get(&row) else { break };
            row = *next;
        }
        // A walk that meets itself has closed a cycle, which begins at the meeting point.
        if seen_in.get(&row) == Some(start) && leads_to.contains_key(&row) {
            let first = row;
            loop {
                found.push(row);
                match leads_to.get(&row) {
                    Some(next) if *next != first => row = *next,
                    _ => break,
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(pairs: &[(u64, u64)]) -> Vec<u64> {
        let mut found = circles(&pairs.iter().copied().collect());
        found.sort_unstable();
        found
    }

    #[test]
    fn a_cycle_excludes_rows_that_only_lead_to_it() {
        assert!(of(&[(2, 3), (3, 4), (5, 3)]).is_empty());
        assert_eq!(of(&[(2, 2)]), [2]);
        assert_eq!(of(&[(2, 3), (3, 4), (4, 3), (5, 2)]), [3, 4]);
        assert_eq!(of(&[(2, 3), (3, 2), (7, 8), (8, 9), (9, 7), (4, 2)]), [2, 3, 7, 8, 9]);
    }

    #[test]
    fn stored_keys_round_trip() {
        let keys = FileKeys { names: vec![1, 77, u64::MAX], circles: vec![2, 9] };
        assert_eq!(FileKeys::open(&keys.stored()).unwrap(), keys);
    }

    proptest! {
        #[test]
        fn a_row_in_a_cycle_leads_back_to_itself(pairs in proptest::collection::hash_map(0_u64..12, 0_u64..12, 0..12)) {
            let found = { let mut found = circles(&pairs); found.sort_unstable(); found };
            for row in 0..12 {
                let mut at = row;
                let mut back = false;
                for _ in 0..13 {
                    let Some(next) = pairs.get(&at) else { break };
                    at = *next;
                    if at == row { back = true; break; }
                }
                prop_assert_eq!(back, found.binary_search(&row).is_ok(), "row {}", row);
            }
        }
    }
}
