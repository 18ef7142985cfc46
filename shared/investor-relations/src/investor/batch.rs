//! Batch lookups and reads of investors, for imports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::item::{self, Loaded};
use super::write::email_hash;
use crate::investor::InvestorCard;
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::text::{self, Email, ExternalKey, Name};
use platform::app::App;
use platform::page::{List, Order, Source};
use platform::table::{self, Key};

/// Maximum number of investors examined per name.
const MOST_NAMESAKES: usize = 100;

/// The content of the item that reserves a unique value.
#[derive(Deserialize)]
struct Owner {
    investor_id: InvestorId,
}

/// A value that only one investor can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unique {
    /// Email address.
    Email(Email),
    /// Key in an external system.
    ExternalKey(ExternalKey),
}

/// Returns the investors that have these values, including deleted ones, in the order of `values`. Takes one round trip.
pub async fn owners(app: &App, values: &[Unique]) -> Result<Vec<Option<InvestorId>>, Error> {
    let mut keys = Vec::with_capacity(values.len());
    for value in values {
        keys.push(match value {
            Unique::Email(email) => item::email_key(&email_hash(app, email).await?),
            Unique::ExternalKey(external_key) => item::external_key_key(external_key),
        });
    }
    let wanted: BTreeSet<&str> = keys.iter().map(|key| key.pk.as_str()).collect();
    let wanted: Vec<Key> = wanted.into_iter().map(item::unique_key).collect();
    let mut owners = HashMap::new();
    for found in app.table().get_many(wanted).await? {
        if let Some(pk) = table::text(&found, "pk") {
            let owner: Owner = table::read(&found, "data")?;
            owners.insert(pk.to_owned(), owner.investor_id);
        }
    }
    Ok(keys.iter().map(|key| owners.get(&key.pk).copied()).collect())
}

/// Returns the investors with these ids, including deleted ones, without a permission check. Missing and erased investors are
/// left out. Takes one round trip.
pub async fn load_many(app: &App, ids: &BTreeSet<InvestorId>) -> Result<BTreeMap<InvestorId, Loaded>, Error> {
    let items = app.table().get_many(ids.iter().map(|id| item::key(*id)).collect());
    let keys = app.keys().subjects(ids.iter().map(|id| item::subject(*id)).collect());
    let (items, keys) = tokio::join!(items, keys);
    let (items, mut keys) = (items?, keys?);
    let mut loaded = BTreeMap::new();
    for one in items {
        let card: InvestorCard = table::read(&one, "card")?;
        if let Some(cipher) = keys.remove(&item::subject(card.id)) {
            loaded.insert(card.id, item::open(&one, cipher)?);
        }
    }
    Ok(loaded)
}

/// Returns the investors with this name (case-insensitive) that are not deleted, either all of them or only those of one
/// manager. Reads an index, which is eventually consistent.
pub async fn named(app: &App, manager: Option<UserId>, name: &Name) -> Result<Vec<InvestorId>, Error> {
    let source = match manager {
        Some(manager) => Source::index("gsi2", format!("INVESTORS#MANAGER#{manager}")),
        None => Source::index("gsi1", "INVESTORS"),
    };
    let mut list = List::new("investors of a name", source, Order::Ascending);
    list.from = Some(text::position(name.as_str(), &""));
    list.to = Some(text::position(name.as_str(), &"~"));
    let (items, _) = list.read(app, None, MOST_NAMESAKES).await?;
    let wanted = text::fold(name.as_str());
    let mut found = Vec::new();
    for one in items {
        let card: InvestorCard = table::read(&one, "card")?;
        if text::fold(card.name.as_str()) == wanted {
            found.push(card.id);
        }
    }
    Ok(found)
}
