//! Duplicate detection: finds investors that may have been entered twice.
//!
//! For each investor, `on-change` maintains one entry under the phonetic key of the name, one under the phone number and one under the
//! mailbox of an email address that names it in another way (both as keyed hashes), so finding similar investors takes one query for
//! each. Email addresses and external keys are unique and are found through their reservations.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{self, Matches};
use super::unique::{Unique, owners};
use super::{Investor, InvestorCard, likeness};
use kernel::ItemType;
use kernel::choice;
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::policy::Action;
use kernel::text::{Email, ExternalKey, Name, Phone, fold};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Draft, Item, Key};

/// Maximum number of suggested duplicates.
const MAX_SUGGESTED: usize = 10;
/// Maximum number of investors compared per phonetic key or phone number.
const MAX_COMPARED: usize = 50;
/// Phone numbers are compared by this many trailing digits, so that numbers with and without a country code match.
const PHONE_DIGITS: usize = 8;

choice!(
    /// Why an investor may be a duplicate.
    #[schema(as = DuplicateReason)]
    Reason {
        /// Same email address, or another address of the same mailbox.
        Email = "email",
        /// Same external key.
        ExternalKey = "external_key",
        /// Same phone number.
        Phone = "phone",
        /// Same name, ignoring legal form, title, middle initials, accents and word order.
        SameName = "same_name",
        /// A name that is easily confused with it.
        SimilarName = "similar_name",
    }
);

/// The known details of someone who may already be an investor.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateQuery {
    /// Name.
    pub name: Name,
    /// Email address.
    pub email: Option<Email>,
    /// Phone number.
    pub phone: Option<Phone>,
    /// Key in an external system.
    pub external_key: Option<ExternalKey>,
}

/// A possible duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicate {
    /// The investor that may be a duplicate.
    pub investor: InvestorCard,
    /// Why it may be a duplicate, strongest reason first.
    pub reasons: Vec<Reason>,
}

/// Possible duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicates {
    /// Up to ten possible duplicates, most likely first.
    pub items: Vec<Duplicate>,
}

/// Returns the keyed hashes under which others find `investor`.
pub(super) async fn matches(app: &App, investor: &Investor) -> Result<Matches, Error> {
    let mut found = Matches::default();
    if let Some(phone) = &investor.phone {
        found.phone = phone_hash(app, phone).await?;
    }
    if let Some(email) = &investor.email
        && email.mailbox() != fold(email.as_str())
    {
        found.email = Some(email_hash(app, email).await?);
    }
    Ok(found)
}

async fn email_hash(app: &App, email: &Email) -> Result<String, Error> {
    Ok(app.keys().root().await?.lookup("investor mailbox", &email.mailbox()))
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

fn by_email(hash: &str) -> String {
    format!("DUPLICATE#EMAIL#{hash}")
}

/// Returns the entries under which an investor is found as a duplicate. Maintained by `on-change`.
pub fn entries(investor: &Item) -> Result<Vec<Draft>, Error> {
    let card: InvestorCard = table::read(investor, "card")?;
    if card.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let phone = table::text(investor, item::PHONE_MATCH).map(by_phone);
    let email = table::text(investor, item::EMAIL_MATCH).map(by_email);
    let partitions = [Some(by_name(&card.name)), phone, email];
    let entry = |pk: String| Draft::new(Key::new(pk, card.id.to_string()), ItemType::DuplicateEntry, &())?.card(&card);
    partitions.into_iter().flatten().map(entry).collect()
}

/// Returns the possible duplicates for `query` that the caller can see. Takes at most two round trips.
pub async fn find(app: &App, caller: &Caller, query: &DuplicateQuery) -> Result<Duplicates, Error> {
    find_except(app, caller, query, None).await
}

/// Returns the possible duplicates for `query` without the investor that it is about, if there is one.
async fn find_except(
    app: &App,
    caller: &Caller,
    query: &DuplicateQuery,
    itself: Option<InvestorId>,
) -> Result<Duplicates, Error> {
    let scope = caller.allow(Action::InvestorRead)?;
    let (alike, unique) = tokio::join!(alike(app, query), owned(app, query, itself));
    let mut found: BTreeMap<InvestorId, Duplicate> = BTreeMap::new();
    for (card, reason) in unique?.into_iter().chain(alike?) {
        let shown = Some(card.id) != itself && card.deleted_at.is_none();
        if shown && caller.covers(scope, card.relationship_manager_id) {
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
    items.truncate(MAX_SUGGESTED);
    Ok(Duplicates { items })
}

/// Returns the possible duplicates of the investor `id`, excluding itself.
pub async fn list(app: &App, caller: &Caller, id: InvestorId) -> Result<Duplicates, Error> {
    let investor = super::load(app, caller, Action::InvestorRead, id).await?.investor;
    let Investor { name, email, phone, .. } = investor;
    let query = DuplicateQuery { name, email, phone, external_key: None };
    find_except(app, caller, &query, Some(id)).await
}

/// Returns the investors with a similar name, the same phone number or another address of the same mailbox.
async fn alike(app: &App, query: &DuplicateQuery) -> Result<Vec<(InvestorCard, Reason)>, Error> {
    let phone = match &query.phone {
        Some(phone) => phone_hash(app, phone).await?.map(|hash| by_phone(&hash)),
        None => None,
    };
    let email = match &query.email {
        Some(email) => Some(by_email(&email_hash(app, email).await?)),
        None => None,
    };
    let read_if = async |partition: Option<String>| match partition {
        Some(partition) => read(app, partition).await,
        None => Ok(Vec::new()),
    };
    let (named, numbered, addressed) = tokio::join!(read(app, by_name(&query.name)), read_if(phone), read_if(email));
    let mut found: Vec<(InvestorCard, Reason)> = Vec::new();
    for card in named? {
        let likeness = likeness::likeness(query.name.as_str(), card.name.as_str());
        if likeness::alike(likeness) {
            let same = likeness::plain(query.name.as_str()) == likeness::plain(card.name.as_str());
            found.push((card, if same { Reason::SameName } else { Reason::SimilarName }));
        }
    }
    found.extend(numbered?.into_iter().map(|card| (card, Reason::Phone)));
    found.extend(addressed?.into_iter().map(|card| (card, Reason::Email)));
    Ok(found)
}

async fn read(app: &App, partition: String) -> Result<Vec<InvestorCard>, Error> {
    let list = List::new("duplicates", Source::table(partition, ""), Order::Ascending);
    let (items, _) = list.read(app, None, MAX_COMPARED).await?;
    items.into_iter().map(|item| table::read(&item, "card")).collect()
}

/// Returns the investors with the same email address or external key, except `itself`. Takes two round trips, one if nobody else has them,
/// and none if `query` has neither.
async fn owned(
    app: &App,
    query: &DuplicateQuery,
    itself: Option<InvestorId>,
) -> Result<Vec<(InvestorCard, Reason)>, Error> {
    let email = query.email.clone().map(|email| (Unique::Email(email), Reason::Email));
    let mailbox = query.email.as_ref().and_then(|email| Email::try_from(email.mailbox()).ok());
    let mailbox = mailbox.map(|mailbox| (Unique::Email(mailbox), Reason::Email));
    let key = query.external_key.clone().map(|key| (Unique::ExternalKey(key), Reason::ExternalKey));
    let (values, reasons): (Vec<Unique>, Vec<Reason>) = [email, mailbox, key].into_iter().flatten().unzip();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let owners = owners(app, &values).await?.into_iter().zip(reasons);
    let owners = owners.filter(|(id, _)| *id != itself);
    let owners: Vec<(InvestorId, Reason)> = owners.filter_map(|(id, reason)| Some((id?, reason))).collect();
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    // Deduplicate: one investor may have both.
    let ids: BTreeSet<InvestorId> = owners.iter().map(|(id, _)| *id).collect();
    let mut found = Vec::new();
    for item in app.table().get_many(ids.into_iter().map(item::key).collect()).await? {
        let card: InvestorCard = table::read(&item, "card")?;
        let reasons = owners.iter().filter(|(id, _)| *id == card.id).map(|(_, reason)| *reason);
        found.extend(reasons.map(|reason| (card.clone(), reason)));
    }
    Ok(found)
}
