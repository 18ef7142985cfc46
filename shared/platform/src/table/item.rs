//! Items: keys, envelope and attribute access.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::value::Value;
use kernel::{Error, ItemType};

/// A stored item.
pub type Item = HashMap<String, AttributeValue>;

/// Primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// Creates a key from its two parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The primary key of an item.
    pub(super) fn of(item: &Item) -> Self {
        let part = |name| text(item, name).unwrap_or_default();
        Self::new(part("pk"), part("sk"))
    }

    pub(crate) fn into_map(self) -> Item {
        HashMap::from([("pk".into(), AttributeValue::S(self.pk)), ("sk".into(), AttributeValue::S(self.sk))])
    }
}

/// An item under construction, with the envelope that all nouns share (`docs/DATA-MODEL.md`).
#[derive(Debug, Clone)]
pub struct Draft(Item);

impl Draft {
    /// Creates an item of type `kind` at `key` that holds all of `data`.
    pub fn new(key: Key, kind: ItemType, data: &impl Serialize) -> Result<Self, Error> {
        let mut item = key.into_map();
        item.insert("type".into(), AttributeValue::S(kind.as_str().into()));
        item.insert("data".into(), serde_dynamo::to_attribute_value(data).map_err(Error::defect)?);
        Ok(Self(item))
    }

    /// Sets a text attribute, such as an index key.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), AttributeValue::S(value.into()));
        self
    }

    /// Sets a number attribute.
    #[must_use]
    pub fn number(mut self, name: &str, value: impl Display) -> Self {
        self.0.insert(name.into(), AttributeValue::N(value.to_string()));
        self
    }

    /// Sets the projection that lists read from the indexes.
    pub fn card(self, card: &impl Serialize) -> Result<Self, Error> {
        self.object("card", card)
    }

    /// Sets an attribute to a serialised value.
    pub fn object(mut self, name: &str, value: &impl Serialize) -> Result<Self, Error> {
        self.0.insert(name.into(), serde_dynamo::to_attribute_value(value).map_err(Error::defect)?);
        Ok(self)
    }

    /// Puts the item into an overloaded index (`gsi1` or `gsi2`).
    #[must_use]
    pub fn index(self, index: &str, pk: impl Into<String>, sk: impl Into<String>) -> Self {
        self.text(&format!("{index}pk"), pk).text(&format!("{index}sk"), sk)
    }

    /// The item's key.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::of(&self.0)
    }

    /// The finished item.
    #[must_use]
    pub fn into_item(self) -> Item {
        self.0
    }
}

/// Reads the attribute `name` of `item` as a `T`.
pub fn read<T: DeserializeOwned>(item: &Item, name: &str) -> Result<T, Error> {
    let value = item.get(name).ok_or_else(|| Error::internal(format!("an item has no {name}")))?;
    T::deserialize(Value(value)).map_err(Error::defect)
}

/// Reads a text attribute, if present.
#[must_use]
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|v| v.as_s().ok()).map(String::as_str)
}

/// The type of `item`; `None` if it is not one of ours.
#[must_use]
pub fn item_type(item: &Item) -> Option<ItemType> {
    text(item, "type")?.parse().ok()
}
