//! Removing a piece of what is below a product: first the bytes of the files in it, then its items in one transaction.
//!
//! Items with a version go only as they were read, so that a file that is released at this moment is not forgotten: its holder
//! has another version then, and the piece is read again. The head of an entity's audit chain moves to the chain itself.

use crate::product::item;
use crate::{asset, attachment, figures, requirement, task};
use kernel::error::Error;
use kernel::id::ProductId;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::objects;
use platform::page::{List, Order, Source};
use platform::table::{self, Item, Key, MOST_WRITES, Transaction};
use platform::upload::Places;

/// How many writes one item takes at most: its own, the head of its audit chain, a unique value.
const MOST_FOR_ONE: usize = 3;

/// Items that are removed together, in the order of the partition.
pub(super) struct Batch {
    items: Vec<Item>,
    last: String,
}

impl Batch {
    /// All pieces of what was read, without the product and its deletion.
    pub fn all(product: ProductId, items: Vec<Item>) -> Vec<Self> {
        let mut batches: Vec<Self> = Vec::new();
        let mut writes = MOST_WRITES;
        for found in items {
            let sk = table::text(&found, "sk").unwrap_or_default().to_owned();
            if sk == item::item_key(product).sk || sk == super::key(product).sk {
                continue;
            }
            let takes = if found.contains_key("audit_head") { MOST_FOR_ONE } else { 1 };
            match batches.last_mut() {
                Some(batch) if writes + takes <= MOST_WRITES => {
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

    /// How many items it is.
    pub fn len(&self) -> u64 {
        u64::try_from(self.items.len()).unwrap_or(u64::MAX)
    }

    /// Sort key of its last item.
    pub fn last(&self) -> &str {
        &self.last
    }
}

/// Where the bytes may be that the item holds.
fn bytes_of(product: ProductId, item: &Item) -> Option<Places> {
    asset::objects(product, item).or_else(|| attachment::objects(product, item))
}

/// Removes a piece. [`Error::StaleVersion`] when one of its items has changed since it was read; then nothing was removed but
/// bytes of files.
pub(super) async fn remove(app: &App, product: ProductId, batch: Batch) -> Result<(), Error> {
    let places = batch.items.iter().filter_map(|item| bytes_of(product, item));
    let objects = places.flat_map(|places| [places.pending, places.released, places.quarantined]).collect();
    objects::remove_many(app, objects).await?;
    let mut transaction = Transaction::new();
    for item in &batch.items {
        let key = Key::new(item::partition(product), table::text(item, "sk").unwrap_or_default());
        if let Some(subject) = subject(product, item)? {
            let head: Head = table::read(item, "audit_head")?;
            audit::keep_head(app, &mut transaction, &subject, &head)?;
        }
        for reserved in requirement::reserved_keys(item)? {
            app.table().delete(&mut transaction, reserved)?;
        }
        if item.contains_key("version") {
            app.table().delete_at(&mut transaction, key, table::read(item, "version")?, None, None)?;
        } else {
            app.table().delete(&mut transaction, key)?;
        }
    }
    app.table().commit(transaction).await
}

/// Removes the views of the product's tasks that users have saved: they stand with their users. Tells how many there were.
pub(super) async fn remove_views(app: &App, product: ProductId) -> Result<u64, Error> {
    remove_all(app, &task::view::of_product(product)).await
}

/// Removes all that was counted of a product that is gone. For `on-change`, when it learns that the product is gone: for what it
/// would count after that it finds no product.
pub async fn remove_figures(app: &App, product: ProductId) -> Result<(), Error> {
    let figures = Source::table(figures::partition(product), "");
    let list = List { consistent: true, ..List::new("figures of a product", figures, Order::Ascending) };
    remove_all(app, &list).await.map(drop)
}

/// Removes all items of a list, as many at once as a transaction takes.
async fn remove_all(app: &App, list: &List) -> Result<u64, Error> {
    let (mut removed, mut after) = (0, None);
    loop {
        let (items, next) = list.read(app, after.as_deref(), MOST_WRITES).await?;
        let mut transaction = Transaction::new();
        for item in &items {
            let part = |name| table::text(item, name).unwrap_or_default();
            app.table().delete(&mut transaction, Key::new(part("pk"), part("sk")))?;
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

/// Whose audit chain the item carries the head of; none for what has none.
fn subject(product: ProductId, item: &Item) -> Result<Option<Subject>, Error> {
    if !item.contains_key("audit_head") {
        return Ok(None);
    }
    let (kind, id) = table::text(item, "sk")
        .and_then(|sk| sk.split_once('#'))
        .ok_or_else(|| Error::internal("an audited item below a product has no id"))?;
    Ok(Some(Subject::new(&kind.to_lowercase(), id).within(product)))
}
