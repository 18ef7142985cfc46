//! How a baseline is stored: one item for itself, and its entries by number in parts of a thousand.

use std::collections::BTreeMap;

use super::{Baseline, Frozen, MAX_ENTRIES};
use crate::product;
use crate::requirement::{self, RequirementCard};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{BaselineId, ProductId};
use platform::app::App;
use platform::audit::Head;
use platform::page::{List, Order, Source};
use platform::table::{self, Draft, Item, Key};

/// Number of items read at a time.
const AT_ONCE: usize = 500;

/// Primary key of a baseline.
#[must_use]
pub fn item_key(product: ProductId, id: BaselineId) -> Key {
    Key::new(product::partition(product), format!("BASELINE#{id}"))
}

fn part_key(product: ProductId, id: BaselineId, part: usize) -> Key {
    Key::new(product::partition(product), format!("BASELINE_PART#{id}#{part:04}"))
}

/// Partition in `gsi1` of a product's baselines, by time.
pub(super) fn listed(product: ProductId) -> String {
    format!("BASELINES#{product}")
}

/// Position of a baseline in its product's list.
pub fn position(baseline: &Baseline) -> String {
    format!("{}#{}", baseline.created_at, baseline.id)
}

pub(super) fn draft(baseline: &Baseline, head: &Head) -> Result<Draft, Error> {
    Ok(Draft::new(item_key(baseline.product_id, baseline.id), ItemType::Baseline, &())?
        .number("version", baseline.version)
        .card(baseline)?
        .object("audit_head", head)?
        .index("gsi1", listed(baseline.product_id), position(baseline)))
}

pub(super) fn tombstone(baseline: &Baseline, version: u64, head: &Head) -> Result<Draft, Error> {
    Draft::new(item_key(baseline.product_id, baseline.id), ItemType::BaselineDeleted, &())?
        .number("version", version)
        .object("audit_head", head)
}

/// The items that hold the entries, by number.
pub(super) fn parts(product: ProductId, id: BaselineId, entries: &[Frozen]) -> Result<Vec<Draft>, Error> {
    let part = |(n, entries)| Draft::new(part_key(product, id, n), ItemType::BaselinePart, &entries);
    entries.chunks(MAX_ENTRIES).enumerate().map(part).collect()
}

/// The keys of a baseline's parts.
pub(super) fn part_keys(baseline: &Baseline) -> impl Iterator<Item = Key> {
    let (product, id) = (baseline.product_id, baseline.id);
    (0..baseline.requirement_count.div_ceil(MAX_ENTRIES)).map(move |n| part_key(product, id, n))
}

/// Reads the baseline in an item and the head of its audit chain, unless it is deleted.
pub(super) fn open(item: Option<&Item>) -> Result<(Baseline, Head), Error> {
    let there = item.filter(|item| table::item_type(item) == Some(ItemType::Baseline));
    let item = there.ok_or(Error::NotFound { what: "baseline" })?;
    Ok((table::read(item, "card")?, table::read(item, "audit_head")?))
}

/// Passes each item of a list to `each`.
async fn whole(app: &App, list: &List, mut each: impl FnMut(Item) -> Result<(), Error>) -> Result<(), Error> {
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), AT_ONCE).await?;
        items.into_iter().try_for_each(&mut each)?;
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// A range of a baseline's entries, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub of: BaselineId,
    /// Index of the first entry; the baseline's first entry has index 0.
    pub from: usize,
    /// Number of entries; there are none past the end.
    pub most: usize,
}

/// Reads ranges of baselines, one after another. One round trip, which reads only the parts that contain them.
pub(super) async fn stretches(app: &App, product: ProductId, stretches: &[Stretch]) -> Result<Vec<Vec<Frozen>>, Error> {
    let parts = |it: &Stretch| it.from / MAX_ENTRIES..(it.from + it.most).div_ceil(MAX_ENTRIES);
    let keys: Vec<Key> = stretches.iter().flat_map(|it| parts(it).map(|part| part_key(product, it.of, part))).collect();
    let found = if keys.is_empty() { Vec::new() } else { app.table().get_many(keys).await? };
    let mut held: BTreeMap<String, Vec<Frozen>> = BTreeMap::new();
    for item in found {
        let sk = table::text(&item, "sk").unwrap_or_default().to_owned();
        held.insert(sk, table::read(&item, "data")?);
    }
    let entries = |it: &Stretch| -> Vec<Frozen> {
        let held = parts(it).filter_map(|part| held.get(&part_key(product, it.of, part).sk)).flatten();
        held.skip(it.from % MAX_ENTRIES).take(it.most).copied().collect()
    };
    Ok(stretches.iter().map(entries).collect())
}

/// The current requirements by number, read from the table itself, so that every change acknowledged before is included.
pub(super) async fn present(app: &App, product: ProductId) -> Result<Vec<Frozen>, Error> {
    let source = Source::table(product::partition(product), requirement::PREFIX);
    let list = List { consistent: true, ..List::new("requirements_now", source, Order::Ascending) };
    collect(app, &list).await
}

/// At most `most` of the current requirements after a number, by number, and whether there are more. Read from the list index, which is
/// cheaper and slightly behind.
pub(super) async fn present_listed(
    app: &App,
    product: ProductId,
    after: u64,
    most: usize,
) -> Result<(Vec<Frozen>, bool), Error> {
    let source = Source::index("gsi1", format!("{}{product}", requirement::LISTED));
    let list = List::new("requirements_listed", source, Order::Ascending);
    let (items, next) = list.read(app, Some(&requirement::position(after)), most).await?;
    let entries = items.iter().filter_map(|item| frozen(item).transpose()).collect::<Result<_, _>>()?;
    Ok((entries, next.is_some()))
}

/// Reads the ID, number and version of the requirement in an item. `None` if the item is not a requirement.
fn frozen(item: &Item) -> Result<Option<Frozen>, Error> {
    let card = requirement::card_of(item)?;
    Ok(card.map(|RequirementCard { id, number, version, .. }| Frozen { id, number, version }))
}

async fn collect(app: &App, list: &List) -> Result<Vec<Frozen>, Error> {
    let mut entries = Vec::new();
    whole(app, list, |item| {
        entries.extend(frozen(&item)?);
        Ok(())
    })
    .await?;
    entries.sort_unstable_by_key(|entry| entry.number);
    Ok(entries)
}
