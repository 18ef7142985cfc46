//! Search as you type: finds investors, users, products, requirements and tasks by the beginning of any word in their names.
//!
//! `on-change` writes an entry for each word of a name into the partition of the word's first letter. An entry starts with the name from
//! that word on, so that phrases match as well as words. Entries are small, so that a keystroke costs one round trip and at most 2 read
//! units per workspace.

mod entry;
mod hit;
mod product;

pub use entry::{investor_entries, product_entries, requirement_entries, task_entries, user_entries};
pub use hit::SearchHit;
pub use product::called;

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use kernel::error::Error;
use kernel::policy::{Action, Scope};
use kernel::text;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Item};

/// Maximum length of a query in characters.
const MAX_CHARACTERS: usize = 100;
/// Maximum number of results of each kind.
const MAX_RESULTS: usize = 10;
/// Number of entries read per prefix for investors or users: an entry that matches every word of the query may come after some that do
/// not.
const CANDIDATES: usize = 12;

/// Search query.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Prefix of one or more words, or a reference such as `ORB-12`; at most 100 characters.
    #[param(max_length = 100)]
    pub q: String,
}

/// Search results.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// At most ten results of each kind: exact matches first, then names that start with the query, then the rest by name.
    pub items: Vec<SearchHit>,
}

/// The query, normalized for comparison with entries.
struct Typed {
    phrase: String,
}

impl Typed {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.phrase.split(' ')
    }

    /// Prefixes to look up: the phrase and, if there are several words, the most selective one.
    fn beginnings(&self) -> Vec<&str> {
        let longest = self.words().max_by_key(|word| word.chars().count());
        let longest = longest.filter(|word| *word != self.phrase);
        std::iter::once(self.phrase.as_str()).chain(longest).collect()
    }

    /// The best hits, at most ten of each kind.
    fn best(&self, found: impl IntoIterator<Item = SearchHit>) -> Vec<SearchHit> {
        let mut hits: Vec<SearchHit> = Vec::new();
        for hit in found {
            if !hits.contains(&hit) && hit.fits(&self.phrase) {
                hits.push(hit);
            }
        }
        hits.sort_by_cached_key(|hit| hit.rank(&self.phrase));
        let mut of_kind: BTreeMap<&'static str, usize> = BTreeMap::new();
        hits.retain(|hit| {
            let count = of_kind.entry(hit.kind()).or_default();
            *count += 1;
            *count <= MAX_RESULTS
        });
        hits
    }
}

/// Entries read for a query.
struct Read {
    hits: Vec<SearchHit>,
    /// Whether more entries match.
    more: bool,
}

/// Searches what the caller can see. One round trip; see [`product`] for when it takes one more.
pub async fn list(app: &App, caller: &Caller, query: &SearchQuery) -> Result<SearchResults, Error> {
    if query.q.chars().count() > MAX_CHARACTERS {
        return Err(Error::bad_parameter("q", format!("must have at most {MAX_CHARACTERS} characters")));
    }
    let typed = Typed { phrase: text::searchable(&query.q) };
    if typed.phrase.is_empty() {
        return Ok(SearchResults { items: Vec::new() });
    }
    let investors = async {
        match caller.allow(Action::InvestorRead) {
            Ok(Scope::All) => best(app, &typed, |word| entry::of_letter("INVESTORS", word)).await,
            Ok(Scope::Own | Scope::Member) => best(app, &typed, |_| entry::managed_by(caller.id)).await,
            Err(_) => Ok(Vec::new()),
        }
    };
    let users = async {
        match caller.allow(Action::UserList) {
            Ok(_) => best(app, &typed, |word| entry::of_letter("USERS", word)).await,
            Err(_) => Ok(Vec::new()),
        }
    };
    let products = product::find(app, caller, &typed);
    let (investors, users, products) = tokio::try_join!(investors, users, products)?;
    Ok(SearchResults { items: [investors, users, products].concat() })
}

async fn best(app: &App, typed: &Typed, partition: impl Fn(&str) -> String) -> Result<Vec<SearchHit>, Error> {
    Ok(typed.best(read(app, typed, CANDIDATES, partition).await?.hits))
}

/// Reads up to `most` entries for each prefix of the query from the given partitions.
async fn read(app: &App, typed: &Typed, most: usize, partition: impl Fn(&str) -> String) -> Result<Read, Error> {
    let beginnings = typed.beginnings();
    let parts = beginnings.iter().map(|beginning| begin_with(app, partition(beginning), beginning, most));
    let parts = try_join_all(parts).await?;
    let more = parts.iter().any(|part| part.more);
    Ok(Read { hits: parts.into_iter().flat_map(|part| part.hits).collect(), more })
}

async fn begin_with(app: &App, partition: String, beginning: &str, most: usize) -> Result<Read, Error> {
    let beginning: String = beginning.chars().take(60).collect();
    let mut list = List::new("search", Source::table(partition, ""), Order::Ascending);
    list.to = Some(format!("{beginning}\u{10FFFF}"));
    list.from = Some(beginning);
    let (items, next) = list.read(app, None, most).await?;
    let hits = items.iter().map(|item: &Item| table::read(item, "card")).collect::<Result<_, _>>()?;
    Ok(Read { hits, more: next.is_some() })
}
