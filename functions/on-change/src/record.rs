//! A stream record as the effects read it.

use aws_lambda_events::event::dynamodb::EventRecord;
use kernel::Error;
use platform::table::{self, Item, Key};
use serde::de::DeserializeOwned;

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Insert,
    /// It was written over.
    Modify,
    /// It was removed, by a call or because its time was over.
    Remove,
}

/// A change of one item.
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// The item's key.
    pub key: Key,
    /// The item before.
    pub old: Option<Item>,
    /// The item after.
    pub new: Option<Item>,
}

impl Change {
    /// Reads a stream record; `None` for one that is not of our table.
    pub fn read(record: EventRecord) -> Option<Self> {
        let kind = match record.event_name.as_str() {
            "INSERT" => Kind::Insert,
            "MODIFY" => Kind::Modify,
            "REMOVE" => Kind::Remove,
            _ => return None,
        };
        let keys: Item = record.change.keys.into();
        let key = Key::new(table::text(&keys, "pk")?, table::text(&keys, "sk")?);
        let image = |item: Item| (!item.is_empty()).then_some(item);
        let old = image(record.change.old_image.into());
        let new = image(record.change.new_image.into());
        Some(Self { kind, key, old, new })
    }

    /// The item's type, from whichever image there is.
    pub fn item_type(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).and_then(|item| table::text(item, "type")).unwrap_or_default()
    }

    /// The `data` of the item after the change.
    pub fn new_data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        table::read(self.new.as_ref().ok_or_else(|| Error::internal("the record has no new image"))?, "data")
    }
}
