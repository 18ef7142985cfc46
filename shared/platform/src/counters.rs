//! Maintained counters: each counted entity has a marker that holds what it has contributed, and one transaction moves the
//! counters by the difference to its current state. So a stream record that comes twice, late or out of order leaves every
//! figure equal to a recount of the entities (`docs/decisions/0009-counters.md`).

use std::collections::BTreeMap;

use kernel::time::Timestamp;
use kernel::{Error, ItemType};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::retry::Retry;
use crate::table::{self, Draft, Item, Key, Transaction, Write};

/// How long the marker of something no longer counted is kept, to guard against late stream records, in seconds: 7 days.
const FORGOTTEN_SECONDS: i64 = 7 * 24 * 3600;

/// Counter changes by item and attribute.
pub type Moves = BTreeMap<(String, String), BTreeMap<String, Decimal>>;

/// Adds a change to a counter or a sum.
pub fn move_by(moves: &mut Moves, pk: String, sk: String, attribute: String, by: impl Into<Decimal>) {
    *moves.entry((pk, sk)).or_default().entry(attribute).or_default() += by.into();
}

/// Adds the writes that change counters. Changes of zero are left out.
fn stage_moves(transaction: &mut Transaction, moves: Moves) {
    for ((pk, sk), attributes) in moves {
        let attributes: Vec<(String, Decimal)> = attributes.into_iter().filter(|(_, by)| !by.is_zero()).collect();
        if attributes.is_empty() {
            continue;
        }
        let update = Write::update(Key::new(pk, sk)).set("type", ItemType::Counters.as_str());
        let update = attributes.into_iter().fold(update, |update, (attribute, by)| update.add(&attribute, by));
        transaction.push(update, |_| Error::internal("a counter was refused"));
    }
}

/// The counters of an item: its number attributes whose names contain a `#`.
pub fn counts(item: &Item) -> impl Iterator<Item = (&str, i64)> {
    numbers(item)
}

/// The counters and sums of an item, parsed as `T`.
pub fn numbers<T: std::str::FromStr>(item: &Item) -> impl Iterator<Item = (&str, T)> {
    item.iter().filter_map(|(name, value)| {
        let number = value.as_n().ok()?.parse().ok()?;
        name.contains('#').then_some((name.as_str(), number))
    })
}

/// Key of the marker that stores what the entity at `key` has contributed.
#[must_use]
pub fn marker_key(key: &Key) -> Key {
    Key::new(format!("COUNTED#{}", key.pk), &key.sk)
}

/// A loaded marker: its version, and what was counted.
pub struct Marker<T> {
    version: u64,
    /// What is counted; `None` if the entity is not, or no longer, counted.
    pub counted: Option<T>,
}

impl<T: Serialize + DeserializeOwned> Marker<T> {
    /// Opens the marker's item. The version is 0 if there is none.
    pub fn open(item: Option<&Item>) -> Result<Self, Error> {
        match item {
            Some(item) => Ok(Self { version: table::read(item, "version")?, counted: table::read(item, "data")? }),
            None => Ok(Self { version: 0, counted: None }),
        }
    }

    /// Adds the write of the next marker, which fails if the entity was counted by someone else in the meantime.
    fn stage_next(&self, transaction: &mut Transaction, key: &Key, counted: Option<&T>) -> Result<(), Error> {
        let mut draft = Draft::new(marker_key(key), ItemType::Counted, &counted)?.number("version", self.version + 1);
        if counted.is_none() {
            draft = draft.number("expires_at", Timestamp::now().as_second() + FORGOTTEN_SECONDS);
        }
        if self.version == 0 {
            transaction.create(draft, |_| Error::StaleVersion);
        } else {
            transaction.replace(draft, self.version);
        }
        Ok(())
    }
}

/// Reads the items at `keys`, in the same order.
pub async fn read_all<const N: usize>(app: &App, keys: [Key; N]) -> Result<[Option<Item>; N], Error> {
    let found = app.table().get_many(keys.to_vec()).await?;
    Ok(keys.map(|key| {
        let at = |item: &&Item| {
            table::text(item, "pk") == Some(key.pk.as_str()) && table::text(item, "sk") == Some(key.sk.as_str())
        };
        found.iter().find(at).cloned()
    }))
}

/// Removes the marker of the entity at `key`, if there is one. The entity is no longer counted.
pub async fn forget_marker(app: &App, is_there: bool, key: &Key) -> Result<(), Error> {
    if !is_there {
        return Ok(());
    }
    let mut transaction = Transaction::new();
    transaction.delete(marker_key(key));
    app.table().commit(transaction).await
}

/// A transaction that starts with the write of the next marker. `None` if nothing changed.
pub fn begin<T: Serialize + DeserializeOwned + PartialEq>(
    marker: &Marker<T>,
    key: &Key,
    now: Option<&T>,
) -> Result<Option<Transaction>, Error> {
    if marker.counted.as_ref() == now {
        return Ok(None);
    }
    let mut transaction = Transaction::new();
    marker.stage_next(&mut transaction, key, now)?;
    Ok(Some(transaction))
}

/// The changes that take the counters from what the marker says was counted to what counts now.
pub fn difference<T>(marker: &Marker<T>, now: Option<&T>, moves_of: fn(&T, &mut Moves, i64)) -> Moves {
    let mut moves = Moves::new();
    for (counted, by) in [(marker.counted.as_ref(), -1), (now, 1)] {
        if let Some(counted) = counted {
            moves_of(counted, &mut moves, by);
        }
    }
    moves
}

/// Commits `transaction` with the changes of counters.
pub async fn commit(app: &App, mut transaction: Transaction, moves: Moves) -> Result<(), Error> {
    stage_moves(&mut transaction, moves);
    app.table().commit(transaction).await
}

/// Whether a count succeeded. After a conflict with another count, waits and returns `false` so that it is repeated; fails when
/// the attempts are used up.
pub async fn committed_or_wait(committed: Result<(), Error>, retry: &mut Retry) -> Result<bool, Error> {
    match committed {
        Ok(()) => Ok(true),
        Err(Error::StaleVersion) if retry.again().await => Ok(false),
        Err(Error::StaleVersion) => Err(Error::Unavailable("a counter is contended".into())),
        Err(other) => Err(other),
    }
}
