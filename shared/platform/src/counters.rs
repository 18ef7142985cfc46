//! Maintained counters: each counted entity has a marker that holds what it has contributed, and one transaction moves the
//! counters by the difference to its current state. So a stream record that comes twice, late or out of order leaves every
//! figure equal to a recount of the entities (`docs/decisions/0009-counters.md`).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use kernel::Error;
use kernel::time::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::table::{self, Draft, Item, Key, Transaction};

/// How long the marker of something no longer counted is kept, to guard against late stream records, in seconds: 7 days.
const FORGOTTEN_SECONDS: i64 = 7 * 24 * 3600;

/// Counter changes by item and attribute.
pub type Moves = BTreeMap<(String, String), BTreeMap<String, Decimal>>;

/// Adds a change to a counter or a sum.
pub fn move_by(moves: &mut Moves, pk: String, sk: String, attribute: String, by: impl Into<Decimal>) {
    *moves.entry((pk, sk)).or_default().entry(attribute).or_default() += by.into();
}

/// Adds the writes that change counters. Changes of zero are left out.
pub fn stage_moves(app: &App, transaction: &mut Transaction, moves: Moves) -> Result<(), Error> {
    for ((pk, sk), attributes) in moves {
        let attributes: Vec<(String, Decimal)> = attributes.into_iter().filter(|(_, by)| !by.is_zero()).collect();
        if attributes.is_empty() {
            continue;
        }
        let mut update = app
            .table()
            .update_of(Key::new(pk, sk))
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", AttributeValue::S("counters".into()));
        let mut adds = Vec::new();
        for (place, (attribute, by)) in attributes.into_iter().enumerate() {
            adds.push(format!("#a{place} :a{place}"));
            update = update
                .expression_attribute_names(format!("#a{place}"), attribute)
                .expression_attribute_values(format!(":a{place}"), AttributeValue::N(by.normalize().to_string()));
        }
        let update = update.update_expression(format!("SET #type = :type ADD {}", adds.join(", ")));
        let update = TransactWriteItem::builder().update(update.build().map_err(Error::defect)?).build();
        transaction.push(update, |_| Error::internal("a counter was refused"));
    }
    Ok(())
}

/// The counters of an item: its number attributes whose names contain a `#`.
pub fn counters(item: &Item) -> impl Iterator<Item = (&str, i64)> {
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
pub fn marker_key(key: &Key) -> Key {
    Key::new(format!("COUNTED#{}", key.pk), &key.sk)
}

/// A loaded marker: its version, and what was counted.
pub struct Marker<T> {
    pub version: u64,
    pub counted: Option<T>,
}

impl<T: Serialize + serde::de::DeserializeOwned> Marker<T> {
    /// Opens the marker's item. The version is 0 if there is none.
    pub fn open(item: Option<&Item>) -> Result<Self, Error> {
        match item {
            Some(item) => Ok(Self { version: table::read(item, "version")?, counted: table::read(item, "data")? }),
            None => Ok(Self { version: 0, counted: None }),
        }
    }

    /// Adds the write of the next marker, which fails if the entity was counted by someone else in the meantime.
    pub fn stage_next(
        &self,
        app: &App,
        transaction: &mut Transaction,
        key: &Key,
        counted: Option<&T>,
    ) -> Result<(), Error> {
        let mut draft = Draft::new(marker_key(key), "counted", &counted)?.number("version", self.version + 1);
        if counted.is_none() {
            draft = draft.number("expires_at", Timestamp::now().as_second() + FORGOTTEN_SECONDS);
        }
        if self.version == 0 {
            app.table().create(transaction, draft, |_| Error::StaleVersion)
        } else {
            app.table().replace(transaction, draft, self.version)
        }
    }
}

/// Maximum attempts to count when others are changing the same counters.
pub const TRIES: u32 = 8;

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
    app.table().delete(&mut transaction, marker_key(key))?;
    app.table().commit(transaction).await
}

/// The error after [`TRIES`] attempts to count.
pub fn contended() -> Error {
    Error::Unavailable("a counter is contended".into())
}

/// Starts a transaction with the write of the next marker. `None` if nothing changed.
pub fn begin<T: Serialize + DeserializeOwned + PartialEq>(
    app: &App,
    marker: &Marker<T>,
    key: &Key,
    now: Option<&T>,
) -> Result<Option<Transaction>, Error> {
    if marker.counted.as_ref() == now {
        return Ok(None);
    }
    let mut transaction = Transaction::new();
    marker.stage_next(app, &mut transaction, key, now)?;
    Ok(Some(transaction))
}

/// What the counters have to change by: the contribution of `now`, less what the marker says was counted before.
pub fn difference<T>(marker: &Marker<T>, now: Option<&T>, moves_of: fn(&T, &mut Moves, i64)) -> Moves {
    let mut moves = Moves::new();
    for (counted, by) in [(marker.counted.as_ref(), -1), (now, 1)] {
        if let Some(counted) = counted {
            moves_of(counted, &mut moves, by);
        }
    }
    moves
}

/// Adds the changes of the counters to the transaction and sends it.
pub async fn commit(app: &App, mut transaction: Transaction, moves: Moves) -> Result<(), Error> {
    stage_moves(app, &mut transaction, moves)?;
    app.table().commit(transaction).await
}

/// Whether a count succeeded. After a conflict with another count, backs off and returns `false` so that it is retried.
pub async fn done(committed: Result<(), Error>, attempt: u32) -> Result<bool, Error> {
    match committed {
        Ok(()) => Ok(true),
        Err(Error::StaleVersion) => {
            table::pause(attempt).await;
            Ok(false)
        }
        Err(other) => Err(other),
    }
}
