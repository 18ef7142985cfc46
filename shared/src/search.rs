//! Search while typing: investors and users by what begins at any word of their names.
//!
//! Each word of a name has an entry in a partition of its first letter, written by `on-change`. An entry begins with the
//! name from that word on, so that a phrase is found as well as a word; entries are small, so that a keystroke is one round
//! trip and at most 2 read units.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::id::{InvestorId, UserId};
use crate::investor::{self, InvestorCard, Tier};
use crate::page::{List, Order, Source};
use crate::policy::{Action, Scope};
use crate::table::{self, Draft, Item, Key};
use crate::text::{self, Name, Username};
use crate::user::{self, UserCard};

/// Most characters of a query.
const MOST_CHARACTERS: usize = 100;
/// Most results of each kind.
const MOST_RESULTS: usize = 10;
/// How many entries are read for the longest of several words, to keep those that have the others too.
const CANDIDATES: usize = 12;

/// What to search for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The beginning of one or several words, at most 100 characters.
    #[param(max_length = 100)]
    pub q: String,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchHit {
    /// An investor.
    Investor {
        /// The investor's id.
        id: InvestorId,
        /// Name.
        name: Name,
        /// What it is.
        investor_kind: investor::Kind,
        /// Importance.
        tier: Tier,
    },
    /// A user.
    User {
        /// The user's id.
        id: UserId,
        /// Display name.
        name: Name,
        /// The name for signing in.
        username: Username,
        /// Whether the user may sign in.
        status: user::Status,
    },
}

impl SearchHit {
    fn name(&self) -> &Name {
        match self {
            Self::Investor { name, .. } | Self::User { name, .. } => name,
        }
    }

    /// What its words are looked for in.
    fn text(&self) -> String {
        match self {
            Self::Investor { name, .. } => text::searchable(name.as_str()),
            Self::User { name, username, .. } => text::searchable(&format!("{name} {username}")),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// At most ten of each kind: first those whose names begin with what was typed, then by name.
    pub items: Vec<SearchHit>,
}

/// The entries by which an investor is found: in the partitions of all and of its manager.
pub fn investor_entries(card: &InvestorCard) -> Result<Vec<Draft>, Error> {
    if card.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let hit = SearchHit::Investor { id: card.id, name: card.name.clone(), investor_kind: card.kind, tier: card.tier };
    let mut entries = Vec::new();
    for beginning in text::word_beginnings(card.name.as_str()) {
        let place = format!("{beginning}\u{1F}{}", card.id);
        entries.push(entry(Key::new(everyone("INVESTORS", &beginning), place.clone()), &hit)?);
        if let Some(manager) = card.relationship_manager_id {
            entries.push(entry(Key::new(managed_by(manager), place), &hit)?);
        }
    }
    Ok(entries)
}

/// The entries by which a user is found.
pub fn user_entries(card: &UserCard) -> Result<Vec<Draft>, Error> {
    let (name, username) = (card.name.clone(), card.username.clone());
    let hit = SearchHit::User { id: card.id, name, username, status: card.status };
    let mut beginnings: BTreeSet<String> = text::word_beginnings(card.name.as_str()).into_iter().collect();
    beginnings.extend(text::word_beginnings(card.username.as_str()));
    beginnings
        .iter()
        .map(|beginning| entry(Key::new(everyone("USERS", beginning), format!("{beginning}\u{1F}{}", card.id)), &hit))
        .collect()
}

fn entry(key: Key, hit: &SearchHit) -> Result<Draft, Error> {
    Draft::new(key, "search_entry", &())?.card(hit)
}

/// The partition of what begins as `beginning` does.
fn everyone(what: &str, beginning: &str) -> String {
    format!("SEARCH#{what}#{}", beginning.chars().next().unwrap_or('-'))
}

fn managed_by(manager: UserId) -> String {
    format!("SEARCH#INVESTORS#MANAGER#{manager}")
}

/// What the caller may see of that which `query` begins. One round trip.
pub async fn list(app: &App, caller: &Caller, query: &SearchQuery) -> Result<SearchResults, Error> {
    if query.q.chars().count() > MOST_CHARACTERS {
        return Err(Error::bad_parameter("q", format!("must have at most {MOST_CHARACTERS} characters")));
    }
    let phrase = text::searchable(&query.q);
    if phrase.is_empty() {
        return Ok(SearchResults { items: Vec::new() });
    }
    let investors = async {
        match caller.allow(Action::InvestorRead) {
            Ok(Scope::All) => find(app, &phrase, |word| everyone("INVESTORS", word)).await,
            Ok(Scope::Own | Scope::Member) => find(app, &phrase, |_| managed_by(caller.id)).await,
            Err(_) => Ok(Vec::new()),
        }
    };
    let users = async {
        match caller.allow(Action::UserList) {
            Ok(_) => find(app, &phrase, |word| everyone("USERS", word)).await,
            Err(_) => Ok(Vec::new()),
        }
    };
    let (investors, users) = tokio::join!(investors, users);
    Ok(SearchResults { items: [investors?, users?].concat() })
}

/// What begins with the phrase, and of several words also what has each of them anywhere, as far as the most telling of
/// them leads.
async fn find(app: &App, phrase: &str, partition: impl Fn(&str) -> String) -> Result<Vec<SearchHit>, Error> {
    let words: Vec<&str> = phrase.split(' ').collect();
    let longest = words.iter().max_by_key(|word| word.chars().count()).copied().unwrap_or(phrase);
    let exact = begin_with(app, partition(phrase), phrase, MOST_RESULTS);
    let scattered = async {
        if words.len() > 1 { begin_with(app, partition(longest), longest, CANDIDATES).await } else { Ok(Vec::new()) }
    };
    let (exact, scattered) = tokio::join!(exact, scattered);
    let mut found: Vec<SearchHit> = Vec::new();
    for hit in exact?.into_iter().chain(scattered?) {
        let text = hit.text();
        let has = |word: &&str| text.split(' ').any(|own| own.starts_with(*word));
        if !found.contains(&hit) && words.iter().all(has) {
            found.push(hit);
        }
    }
    let rank =
        |hit: &SearchHit| (!text::searchable(hit.name().as_str()).starts_with(phrase), text::fold(hit.name().as_str()));
    found.sort_by_cached_key(rank);
    found.truncate(MOST_RESULTS);
    Ok(found)
}

async fn begin_with(app: &App, partition: String, beginning: &str, most: usize) -> Result<Vec<SearchHit>, Error> {
    let beginning: String = beginning.chars().take(60).collect();
    let mut list = List::new("search", Source::table(partition, ""), Order::Ascending);
    list.to = Some(format!("{beginning}\u{10FFFF}"));
    list.from = Some(beginning);
    let (items, _) = list.read(app, None, most).await?;
    items.iter().map(|item: &Item| table::read(item, "card")).collect()
}
