//! Finds products, requirements and tasks that the caller can see.
//!
//! Users who can see all products search the common partitions. Users who can see only some search them too and keep the hits of their own
//! products, which are read in parallel. That takes one round trip however many products they have, and once a user's membership entry is
//! gone, nothing of that product is found. Only if more entries match than were read, and too few of them are theirs, are their products
//! queried one by one: this happens with a short prefix in a company with many other products, and less often with each further letter.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use super::{MAX_RESULTS, Read, SearchHit, Typed, entry, read};
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::{Action, Scope};
use kernel::text;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table;

/// Maximum number of products considered for users who can see only some; about thirty fit in one read unit. If they are queried one by
/// one, each costs half a unit.
const MAX_PRODUCTS: usize = 100;
/// Number of entries read from all products' work to find ten requirements and ten tasks: at most one read unit.
const OF_ALL: usize = 20;
/// Number of entries read for users who can see only some products: at most one and a half units.
const TO_KEEP_SOME: usize = 36;

/// Searches what the caller can see in the Products workspace.
pub(super) async fn find(app: &App, caller: &Caller, typed: &Typed) -> Result<Vec<SearchHit>, Error> {
    match caller.allow(Action::ProductRead) {
        Ok(Scope::All) => of_all(app, typed).await,
        Ok(Scope::Own | Scope::Member) => of_mine(app, caller, typed).await,
        Err(_) => Ok(Vec::new()),
    }
}

async fn of_all(app: &App, typed: &Typed) -> Result<Vec<SearchHit>, Error> {
    let share = OF_ALL / typed.beginnings().len();
    let products = read(app, typed, MAX_RESULTS, |word| entry::of_letter("PRODUCTS", word));
    let work = read(app, typed, share, |word| entry::of_letter("WORK", word));
    let (products, work) = tokio::try_join!(products, work)?;
    Ok(typed.best(products.hits.into_iter().chain(work.hits)))
}

async fn of_mine(app: &App, caller: &Caller, typed: &Typed) -> Result<Vec<SearchHit>, Error> {
    let share = TO_KEEP_SOME / typed.beginnings().len();
    let work = read(app, typed, share, |word| entry::of_letter("WORK", word));
    let (products, work) = tokio::try_join!(products_of(app, caller), work)?;
    let ids: BTreeSet<ProductId> = products.iter().filter_map(SearchHit::product).collect();
    let Read { mut hits, more } = work;
    hits.retain(|hit| hit.product().is_some_and(|id| ids.contains(&id)));
    let fitting = hits.iter().filter(|hit| hit.fits(&typed.phrase)).count();
    if more && fitting < MAX_RESULTS {
        let parts = ids.into_iter().map(|id| read(app, typed, MAX_RESULTS, move |_| entry::work_of(id)));
        hits.extend(try_join_all(parts).await?.into_iter().flat_map(|part| part.hits));
    }
    Ok(typed.best(products.into_iter().chain(hits)))
}

/// Products that the caller owns or is a member of.
async fn products_of(app: &App, caller: &Caller) -> Result<Vec<SearchHit>, Error> {
    let list = List::new("search", Source::table(entry::products_of(caller.id), ""), Order::Ascending);
    let (items, _) = list.read(app, None, MAX_PRODUCTS).await?;
    items.iter().map(|item| table::read(item, "card")).collect()
}

/// Finds the requirement or task of a product by reference; eventually consistent. One round trip.
pub async fn called(app: &App, product: ProductId, reference: &str) -> Result<Option<SearchHit>, Error> {
    let mut list = List::new("search", Source::table(entry::work_of(product), ""), Order::Ascending);
    let beginning = format!("{}\u{1F}", text::searchable(reference));
    list.to = Some(format!("{beginning}\u{10FFFF}"));
    list.from = Some(beginning);
    // Something else may have the reference as its title.
    let (items, _) = list.read(app, None, MAX_RESULTS).await?;
    let hits: Vec<SearchHit> = items.iter().map(|item| table::read(item, "card")).collect::<Result<_, _>>()?;
    Ok(hits.into_iter().find(|hit| work_called(hit) == Some(reference)))
}

/// Reference of a requirement or task.
fn work_called(hit: &SearchHit) -> Option<&str> {
    match hit {
        SearchHit::Requirement { reference, .. } | SearchHit::Task { reference, .. } => Some(reference),
        _ => None,
    }
}

impl SearchHit {
    /// The product that the hit is or belongs to.
    fn product(&self) -> Option<ProductId> {
        match self {
            Self::Product { id, .. } => Some(*id),
            Self::Requirement { product_id, .. } | Self::Task { product_id, .. } => Some(*product_id),
            Self::Investor { .. } | Self::User { .. } => None,
        }
    }
}
