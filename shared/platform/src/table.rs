//! The table: reads, pages of queries, and the single write path.
//!
//! There is a single concrete [`Table`] built on the real SDK; only the endpoint varies. Every state change goes through
//! [`Table::commit`], which sends exactly one `TransactWriteItems`, or, for a single item with no audit record of its own, through
//! [`Table::put`], [`Table::update`] or [`Table::delete`]. In a signed-in request, all of them first wait until the caller's standing is
//! known to be good. No type of the SDK leaves this crate by name.

mod attribute;
mod condition;
mod expression;
mod failure;
pub(crate) mod gate;
mod item;
mod send;
mod transaction;
mod value;
mod write;

pub use attribute::Attribute;
pub use condition::Condition;
pub use failure::failure;
pub use item::{Draft, Item, Key, item_type, read, text};
pub use transaction::{MAX_WRITES, Transaction};
pub use write::{Act, Check, Delete, Put, Update, Updated, Write};

use std::collections::HashSet;
use std::sync::Arc;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::try_join_all;
use kernel::Error;

/// Maximum number of keys in a batch read.
pub const BATCH: usize = 100;

/// The table and its key store.
#[derive(Clone)]
pub struct Table {
    client: aws_sdk_dynamodb::Client,
    name: Arc<str>,
}

impl Table {
    /// Creates a handle to the table `name`.
    #[must_use]
    pub fn new(client: aws_sdk_dynamodb::Client, name: &str) -> Self {
        Self { client, name: name.into() }
    }

    /// The SDK client, for queries in this crate and for tests.
    #[must_use]
    pub fn client(&self) -> &aws_sdk_dynamodb::Client {
        &self.client
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads one item, strongly consistent.
    pub async fn get(&self, key: Key) -> Result<Option<Item>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(self.name())
            .set_key(Some(key.into_map()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failure)?;
        Ok(answer.item)
    }

    /// Reads items in no particular order; missing items are omitted, and a key given twice is read once. One round trip: one call per 100
    /// keys, all made concurrently.
    pub async fn get_many(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        // DynamoDB refuses a batch with duplicates.
        let mut seen = HashSet::with_capacity(keys.len());
        let keys: Vec<Key> = keys.into_iter().filter(|key| seen.insert(key.clone())).collect();
        let batches: Vec<Vec<Key>> = keys.chunks(BATCH).map(<[Key]>::to_vec).collect();
        let read = try_join_all(batches.into_iter().map(|batch| self.get_batch(batch))).await?;
        Ok(read.into_iter().flatten().collect())
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.into_iter().map(Key::into_map).collect()))
            .consistent_read(true)
            .build()
            .map_err(Error::defect)?;
        let answer = self.client.batch_get_item().request_items(self.name(), wanted).send().await.map_err(failure)?;
        if answer.unprocessed_keys.is_some_and(|u| !u.is_empty()) {
            return Err(Error::Unavailable("a read was throttled".into()));
        }
        Ok(answer.responses.unwrap_or_default().remove(self.name()).unwrap_or_default())
    }
}
