//! Removes one batch of a product's contents: first the bytes of its files, then its items in one transaction.
//!
//! Items with a version are removed only if unchanged since they were read. If a file is released at that moment, its holder has a new
//! version, so the batch is read again and the file is not left behind. The head of an entity's audit chain moves to the chain itself.

use crate::{asset, attachment, figures, product, requirement, task};
use kernel::Entity;
use kernel::error::Error;
use kernel::id::ProductId;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::objects;
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Key, MAX_WRITES, Transaction};
use platform::upload::Places;

/// Maximum number of writes per item: the item itself, the head of its audit chain, and a unique value.
const MAX_WRITES_PER_ITEM: usize = 3;

/// Items that are removed together, in partition order.
pub(super) struct Batch {
    items: Vec<Item>,
    last: String,
}

impl Batch {
    /// Splits the items read into batches, leaving out the product and its deletion.
    pub fn all(product: ProductId, items: Vec<Item>) -> Vec<Self> {
        let mut batches: Vec<Self> = Vec::new();
        let mut writes = MAX_WRITES;
        for found in items {
            let sk = table::text(&found, "sk").unwrap_or_default().to_owned();
            if sk == product::item_key(product).sk || sk == super::key(product).sk {
                continue;
            }
            let takes = if found.contains_key("audit_head") { MAX_WRITES_PER_ITEM } else { 1 };
            match batches.last_mut() {
                Some(batch) if writes + takes <= MAX_WRITES => {
                    writes += takes;
                    batch.items.push(found);
                    batch.last = sk;
                }
                _ => {
                    writes = takes;
                    batches.push(Self { items: vec![found], last: sk });
                }
            }
        }
        batches
    }

    /// Number of items in the batch.
    pub fn len(&self) -> u64 {
        u64::try_from(self.items.len()).unwrap_or(u64::MAX)
    }

    /// Sort key of the last item.
    pub fn last(&self) -> &str {
        &self.last
    }
}

/// The possible locations of the file bytes that the item refers to.
fn bytes_of(product: ProductId, item: &Item) -> Option<Places> {
    asset::objects(product, item).or_else(|| attachment::objects(product, item))
}

/// Removes a batch. Fails with [`Error::StaleVersion`] if one of its items has changed since it was read; in that case only file bytes have
/// been removed.
pub(super) async fn remove(app: &App, product: ProductId, batch: Batch) -> Result<(), Error> {
    let places = batch.items.iter().filter_map(|item| bytes_of(product, item));
    let objects = places.flat_map(|places| [places.pending, places.released, places.quarantined]).collect();
    objects::remove_many(app, objects).await?;
    let mut transaction = Transaction::new();
    for item in &batch.items {
        let key = Key::new(product::partition(product), table::text(item, "sk").unwrap_or_default());
        if let Some(subject) = subject(product, item)? {
            let head: Head = table::read(item, "audit_head")?;
            audit::keep_head(&mut transaction, &subject, &head)?;
        }
        for reserved in requirement::reserved_keys(item)? {
            transaction.delete(reserved);
        }
        if item.contains_key("version") {
            transaction.delete_at(key, table::read(item, "version")?, None, None);
        } else {
            transaction.delete(key);
        }
    }
    app.table().commit(transaction).await
}

/// Removes the saved views of the product's tasks, which are stored with their users. Returns how many there were.
pub(super) async fn remove_views(app: &App, product: ProductId) -> Result<u64, Error> {
    remove_all(app, &task::view::of_product(product)).await
}

/// Removes all counters of a deleted product. Called by `on-change` when it learns that the product is gone; anything it would count later
/// finds no product.
pub async fn remove_figures(app: &App, product: ProductId) -> Result<(), Error> {
    let figures = Source::table(figures::partition(product), "");
    let list = List { consistent: true, ..List::new("figures of a product", figures, Order::Ascending) };
    remove_all(app, &list).await.map(drop)
}

/// Removes all items of a list, as many per transaction as it can hold.
async fn remove_all(app: &App, list: &List) -> Result<u64, Error> {
    let (mut removed, mut after) = (0, None);
    loop {
        let (items, next) = list.read(app, after.as_deref(), MAX_WRITES).await?;
        let mut transaction = Transaction::new();
        for item in &items {
            let part = |name| table::text(item, name).unwrap_or_default();
            transaction.delete(Key::new(part("pk"), part("sk")));
        }
        if !transaction.is_empty() {
            removed += u64::try_from(transaction.len()).map_err(Error::defect)?;
            app.table().commit(transaction).await?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(removed),
        }
    }
}

/// The subject whose audit chain head the item carries. `None` if it has no chain.
fn subject(product: ProductId, item: &Item) -> Result<Option<Subject>, Error> {
    if !item.contains_key("audit_head") {
        return Ok(None);
    }
    let (kind, id) = table::text(item, "sk")
        .and_then(|sk| sk.split_once('#'))
        .ok_or_else(|| Error::internal("an audited item in a product has no ID"))?;
    let entity: Entity = kind.to_lowercase().parse().map_err(Error::defect)?;
    Ok(Some(Subject::new(entity, id).within(product)))
}
