//! A stream record as the effects read it.

use aws_lambda_events::event::dynamodb::EventRecord;
use kernel::Error;
use platform::table::{self, Item, Key};
use serde::de::DeserializeOwned;

/// Kind of change to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Insert,
    Modify,
    /// Deleted, by a call or because it expired.
    Remove,
}

/// A change of one item.
pub struct Change {
    pub kind: Kind,
    pub key: Key,
    pub old: Option<Item>,
    pub new: Option<Item>,
}

impl Change {
    /// Reads a stream record; `None` if it does not belong to our table.
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

    /// The item's type, taken from whichever image exists.
    pub fn item_type(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).and_then(|item| table::text(item, "type")).unwrap_or_default()
    }

    /// The `data` of the item after the change.
    pub fn new_data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        table::read(self.new.as_ref().ok_or_else(|| Error::internal("the record has no new image"))?, "data")
    }
}
