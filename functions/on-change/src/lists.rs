//! Derived lists: entries that copy an entity to where a list or a search reads it.

use std::collections::BTreeMap;

use discovery::search;
use investor_relations::investor::{self, InvestorCard};
use kernel::Error;
use people::user::UserCard;
use platform::stream::Change;
use platform::table::{Draft, Item, Key, MAX_WRITES, Transaction};
use platform::{App, table};
use product_development::{product, requirement, task};

/// Updates an investor's entries by tier, status and tag and its search entries to its current state.
pub async fn maintain_investor(app: &App, change: &Change) -> Result<(), Error> {
    maintain(app, change, |item| {
        let card: InvestorCard = table::read(item, "card")?;
        let entries =
            [investor::listings(&card)?, search::investor_entries(&card)?, investor::duplicates::entries(item)?];
        Ok(entries.concat())
    })
    .await
}

/// Updates a user's search entries to the current state.
pub async fn maintain_user(app: &App, change: &Change) -> Result<(), Error> {
    maintain(app, change, |item| search::user_entries(&table::read::<UserCard>(item, "card")?)).await
}

/// Updates the product lists of a product's owner and members, and its search entries, to the current state.
pub async fn maintain_product(app: &App, change: &Change) -> Result<(), Error> {
    maintain(app, change, |item| match product::card_of(item)? {
        Some(card) => Ok([product::listings(&card)?, search::product_entries(&card)?].concat()),
        None => Ok(Vec::new()),
    })
    .await
}

/// Updates a requirement's search entries to the current state.
pub async fn maintain_requirement(app: &App, change: &Change) -> Result<(), Error> {
    let entries =
        |item: &Item| requirement::card_of(item)?.map_or(Ok(Vec::new()), |card| search::requirement_entries(&card));
    if differ(change, entries)? { maintain(app, change, entries).await } else { Ok(()) }
}

/// Whether the change alters the derived entries. Something that changes often but is rarely renamed, such as a task moving across the
/// board, leaves its entries alone.
fn differ(change: &Change, entries_of: impl Fn(&Item) -> Result<Vec<Draft>, Error>) -> Result<bool, Error> {
    let entries = |image: &Option<Item>| image.as_ref().map_or(Ok(Vec::new()), &entries_of);
    let items = |entries: Vec<Draft>| entries.into_iter().map(Draft::into_item).collect::<Vec<_>>();
    Ok(items(entries(&change.old)?) != items(entries(&change.new)?))
}

/// Updates the lists of a task's assignee, requirement and milestone, and its search entries, to the current state.
pub async fn maintain_task(app: &App, change: &Change) -> Result<(), Error> {
    maintain(app, change, |item| task::card_of(item)?.map_or(Ok(Vec::new()), |card| task::listings(&card))).await?;
    let entries = |item: &Item| task::card_of(item)?.map_or(Ok(Vec::new()), |card| search::task_entries(&card));
    if differ(change, entries)? { maintain(app, change, entries).await } else { Ok(()) }
}

/// Writes the entries of the current state and deletes those of the record's images that no longer apply, in whatever order records
/// arrive.
async fn maintain(
    app: &App,
    change: &Change,
    entries_of: impl Fn(&Item) -> Result<Vec<Draft>, Error>,
) -> Result<(), Error> {
    let present = app.table().get(change.key.clone()).await?;
    let wanted = present.as_ref().map(&entries_of).transpose()?.unwrap_or_default();
    let mut gone: BTreeMap<(String, String), Key> = BTreeMap::new();
    for image in [&change.old, &change.new].into_iter().flatten() {
        let keys = entries_of(image)?.into_iter().map(|entry| entry.key());
        gone.extend(keys.map(|key| ((key.pk.clone(), key.sk.clone()), key)));
    }
    let mut transaction = Transaction::new();
    for entry in wanted {
        let key = entry.key();
        gone.remove(&(key.pk, key.sk));
        transaction.put(entry);
        transaction = commit_full(app, transaction).await?;
    }
    for key in gone.into_values() {
        transaction.delete(key);
        transaction = commit_full(app, transaction).await?;
    }
    if transaction.is_empty() { Ok(()) } else { app.table().commit(transaction).await }
}

/// Commits as many writes as DynamoDB accepts at once and continues with an empty transaction; entries are independent of each other.
async fn commit_full(app: &App, transaction: Transaction) -> Result<Transaction, Error> {
    if transaction.len() < MAX_WRITES {
        return Ok(transaction);
    }
    app.table().commit(transaction).await?;
    Ok(Transaction::new())
}
