//! Duplicates: investors that may be the same one twice.
//!
//! `on-change` keeps an entry for the sound of each investor's name and one for its telephone number (as a keyed hash), so
//! that finding those that are like one takes a query for each. E-mail addresses and external keys are unique and found by
//! their reservations.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::batch::{Unique, owners};
use super::{Investor, InvestorCard, item, likeness};
use kernel::choice;
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::policy::Action;
use kernel::text::{Email, ExternalKey, Name, Phone};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Draft, Item, Key};

/// Most investors that are suggested.
const MOST_SUGGESTED: usize = 10;
/// How many of the same sound or number are compared.
const MOST_COMPARED: usize = 50;
/// Telephone numbers are compared by so many of their last digits: with or without the country's code they are the same.
const PHONE_DIGITS: usize = 8;

choice!(
    /// Why an investor may be the same.
    #[schema(as = DuplicateReason)]
    #[derive(Hash)]
    Reason {
        /// It has the e-mail address.
        Email = "email",
        /// It has the external key.
        ExternalKey = "external_key",
        /// It has the telephone number.
        Phone = "phone",
        /// It has the name, but for its legal form, accents or the order of words.
        SameName = "same_name",
        /// It has a name that is easily taken for it.
        SimilarName = "similar_name",
    }
);

/// What is known of someone who may be an investor already.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateQuery {
    /// Name.
    pub name: Name,
    /// E-mail address.
    pub email: Option<Email>,
    /// Telephone number.
    pub phone: Option<Phone>,
    /// Its key in another system.
    pub external_key: Option<ExternalKey>,
}

/// An investor that may be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicate {
    /// The investor.
    pub investor: InvestorCard,
    /// Why, the strongest reason first.
    pub reasons: Vec<Reason>,
}

/// Those that may be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicates {
    /// At most ten, the likeliest first.
    pub items: Vec<Duplicate>,
}

/// The keyed hash by which others with the investor's telephone number are found; none for a number too short to tell.
pub(super) async fn phone_match(app: &App, investor: &Investor) -> Result<Option<String>, Error> {
    match &investor.phone {
        Some(phone) => phone_hash(app, phone).await,
        None => Ok(None),
    }
}

async fn phone_hash(app: &App, phone: &Phone) -> Result<Option<String>, Error> {
    let digits: Vec<char> = phone.as_str().chars().filter(char::is_ascii_digit).collect();
    let Some(start) = digits.len().checked_sub(PHONE_DIGITS) else { return Ok(None) };
    let last: String = digits[start..].iter().collect();
    Ok(Some(app.keys().root().await?.lookup("investor phone", &last)))
}

fn by_name(name: &Name) -> String {
    format!("DUPLICATE#NAME#{}", likeness::sound(name.as_str()))
}

fn by_phone(hash: &str) -> String {
    format!("DUPLICATE#PHONE#{hash}")
}

/// The entries by which an investor's item is found as a duplicate, which `on-change` maintains.
pub fn entries(investor: &Item) -> Result<Vec<Draft>, Error> {
    let card: InvestorCard = table::read(investor, "card")?;
    if card.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let phone = table::text(investor, item::PHONE_MATCH).map(by_phone);
    let partitions = [Some(by_name(&card.name)), phone];
    let entry = |pk: String| Draft::new(Key::new(pk, card.id.to_string()), "duplicate_entry", &())?.card(&card);
    partitions.into_iter().flatten().map(entry).collect()
}

/// The investors that the caller may see and that may be the one of `query`. Two round trips at most.
pub async fn find(app: &App, caller: &Caller, query: &DuplicateQuery) -> Result<Duplicates, Error> {
    let scope = caller.allow(Action::InvestorRead)?;
    let (alike, unique) = tokio::join!(alike(app, query), owned(app, query));
    let mut found: BTreeMap<InvestorId, Duplicate> = BTreeMap::new();
    for (card, reason) in unique?.into_iter().chain(alike?) {
        if caller.covers(scope, card.relationship_manager_id) && card.deleted_at.is_none() {
            let duplicate = found.entry(card.id).or_insert_with(|| Duplicate { investor: card, reasons: Vec::new() });
            duplicate.reasons.push(reason);
        }
    }
    let mut items: Vec<Duplicate> = found.into_values().collect();
    for duplicate in &mut items {
        duplicate.reasons.sort_unstable();
        duplicate.reasons.dedup();
    }
    items.sort_by(|one, other| {
        one.reasons.cmp(&other.reasons).then_with(|| one.investor.name.cmp(&other.investor.name))
    });
    items.truncate(MOST_SUGGESTED);
    Ok(Duplicates { items })
}

/// The investors that may be the same as the investor `id`, without itself.
pub async fn list(app: &App, caller: &Caller, id: InvestorId) -> Result<Duplicates, Error> {
    let investor = super::load(app, caller, Action::InvestorRead, id).await?.investor;
    let query = DuplicateQuery { name: investor.name, email: None, phone: investor.phone, external_key: None };
    let mut found = find(app, caller, &query).await?;
    found.items.retain(|duplicate| duplicate.investor.id != id);
    Ok(found)
}

/// Those of a like name or the same number.
async fn alike(app: &App, query: &DuplicateQuery) -> Result<Vec<(InvestorCard, Reason)>, Error> {
    let phone = match &query.phone {
        Some(phone) => phone_hash(app, phone).await?.map(|hash| by_phone(&hash)),
        None => None,
    };
    let numbered = async {
        match phone {
            Some(partition) => read(app, partition).await,
            None => Ok(Vec::new()),
        }
    };
    let (named, numbered) = tokio::join!(read(app, by_name(&query.name)), numbered);
    let mut found: Vec<(InvestorCard, Reason)> = Vec::new();
    for card in named? {
        let likeness = likeness::likeness(query.name.as_str(), card.name.as_str());
        if likeness::alike(likeness) {
            let same = likeness::plain(query.name.as_str()) == likeness::plain(card.name.as_str());
            found.push((card, if same { Reason::SameName } else { Reason::SimilarName }));
        }
    }
    found.extend(numbered?.into_iter().map(|card| (card, Reason::Phone)));
    Ok(found)
}

async fn read(app: &App, partition: String) -> Result<Vec<InvestorCard>, Error> {
    let list = List::new("duplicates", Source::table(partition, ""), Order::Ascending);
    let (items, _) = list.read(app, None, MOST_COMPARED).await?;
    items.into_iter().map(|item| table::read(&item, "card")).collect()
}

/// Those that have its e-mail address or external key. Two round trips, none without such values.
async fn owned(app: &App, query: &DuplicateQuery) -> Result<Vec<(InvestorCard, Reason)>, Error> {
    let email = query.email.clone().map(|email| (Unique::Email(email), Reason::Email));
    let key = query.external_key.clone().map(|key| (Unique::ExternalKey(key), Reason::ExternalKey));
    let (values, reasons): (Vec<Unique>, Vec<Reason>) = [email, key].into_iter().flatten().unzip();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let owners = owners(app, &values).await?.into_iter().zip(reasons);
    let owners: Vec<(InvestorId, Reason)> = owners.filter_map(|(id, reason)| Some((id?, reason))).collect();
    // Each once: one investor may have both.
    let ids: BTreeSet<InvestorId> = owners.iter().map(|(id, _)| *id).collect();
    let mut found = Vec::new();
    for item in app.table().get_many(ids.into_iter().map(item::key).collect()).await? {
        let card: InvestorCard = table::read(&item, "card")?;
        let reasons = owners.iter().filter(|(id, _)| *id == card.id).map(|(_, reason)| *reason);
        found.extend(reasons.map(|reason| (card.clone(), reason)));
    }
    Ok(found)
}
