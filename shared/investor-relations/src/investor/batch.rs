//! Batch lookups and reads of investors, for imports.

use std::collections::{BTreeMap, BTreeSet};

use super::InvestorCard;
use super::item::{self, LoadedInvestor};
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::text::{self, Name};
use platform::app::App;
use platform::page::{List, Order, Source};
use platform::table;

/// Maximum number of investors examined per name.
const MAX_NAMESAKES: usize = 100;

/// Returns the investors with these ids, including deleted ones, without a permission check. Missing and erased investors are
/// left out. Takes one round trip.
pub async fn load_many(app: &App, ids: &BTreeSet<InvestorId>) -> Result<BTreeMap<InvestorId, LoadedInvestor>, Error> {
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
        Some(manager) => Source::index("gsi2", item::managed_by(manager, false)),
        None => Source::index("gsi1", item::everyone(false)),
    };
    let mut list = List::new("investors of a name", source, Order::Ascending);
    list.from = Some(text::position(name.as_str(), &""));
    list.to = Some(text::position(name.as_str(), &"~"));
    let (items, _) = list.read(app, None, MAX_NAMESAKES).await?;
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
