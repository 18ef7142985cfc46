//! Finding products, requirements and tasks that the caller may see.
//!
//! Who sees all products looks among all. Who sees some looks among all too, and keeps what is of their products, which are
//! read at the same time: that is one round trip however many products they have, and nothing of a product is found as soon
//! as the entry that they belong to it is gone. Only when what was typed begins more than was read, and too little of that
//! is theirs, their products are asked one by one: a short beginning in a company that has much else. Each further letter
//! makes that rarer.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use super::{MOST_RESULTS, Read, SearchHit, Typed, entry, read};
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::{Action, Scope};
use kernel::text;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table;

/// How many products are looked at for those who see some of them; about thirty are one read unit. When they are asked one by one,
/// each of them is half a unit.
const MOST_PRODUCTS: usize = 100;
/// How many entries of all products' work are read, to find ten requirements and ten tasks: at most one read unit.
const OF_ALL: usize = 20;
/// How many are read for those who see some products: at most one and a half units.
const TO_KEEP_SOME: usize = 36;

/// What the caller may see of the Products workspace.
pub(super) async fn find(app: &App, caller: &Caller, typed: &Typed) -> Result<Vec<SearchHit>, Error> {
    match caller.allow(Action::ProductRead) {
        Ok(Scope::All) => of_all(app, typed).await,
        Ok(Scope::Own | Scope::Member) => of_mine(app, caller, typed).await,
        Err(_) => Ok(Vec::new()),
    }
}

async fn of_all(app: &App, typed: &Typed) -> Result<Vec<SearchHit>, Error> {
    let share = OF_ALL / typed.beginnings().len();
    let products = read(app, typed, MOST_RESULTS, |word| entry::of_letter("PRODUCTS", word));
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
    let fitting = hits.iter().filter(|hit| typed.fits(hit)).count();
    if more && fitting < MOST_RESULTS {
        let parts = ids.into_iter().map(|id| read(app, typed, MOST_RESULTS, move |_| entry::work_of(id)));
        hits.extend(try_join_all(parts).await?.into_iter().flat_map(|part| part.hits));
    }
    Ok(typed.best(products.into_iter().chain(hits)))
}

/// The products that the caller owns or belongs to.
async fn products_of(app: &App, caller: &Caller) -> Result<Vec<SearchHit>, Error> {
    let list = List::new("search", Source::table(entry::products_of(caller.id), ""), Order::Ascending);
    let (items, _) = list.read(app, None, MOST_PRODUCTS).await?;
    items.iter().map(|item| table::read(item, "card")).collect()
}

/// The requirement or task of a product that people call `reference`; a moment behind its creation. One round trip.
pub async fn called(app: &App, product: ProductId, reference: &str) -> Result<Option<SearchHit>, Error> {
    let mut list = List::new("search", Source::table(entry::work_of(product), ""), Order::Ascending);
    let beginning = format!("{}\u{1F}", text::searchable(reference));
    list.to = Some(format!("{beginning}\u{10FFFF}"));
    list.from = Some(beginning);
    // Something else may have such a title.
    let (items, _) = list.read(app, None, MOST_RESULTS).await?;
    let hits: Vec<SearchHit> = items.iter().map(|item| table::read(item, "card")).collect::<Result<_, _>>()?;
    Ok(hits.into_iter().find(|hit| work_called(hit) == Some(reference)))
}

/// What people call a requirement or a task.
fn work_called(hit: &SearchHit) -> Option<&str> {
    match hit {
        SearchHit::Requirement { reference, .. } | SearchHit::Task { reference, .. } => Some(reference),
        _ => None,
    }
}

impl SearchHit {
    /// The product that it is or belongs to.
    fn product(&self) -> Option<ProductId> {
        match self {
            Self::Product { id, .. } => Some(*id),
            Self::Requirement { product_id, .. } | Self::Task { product_id, .. } => Some(*product_id),
            Self::Investor { .. } | Self::User { .. } => None,
        }
    }
}
