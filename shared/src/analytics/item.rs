//! Where counters are stored and how they are updated.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::activity;
use crate::app::App;
use crate::error::Error;
use crate::id::{ActivityId, InvestorId, UserId};
use crate::investor::{InvestorCard, Kind, Status, Tier};
use crate::table::{self, Draft, Item, Key, Transaction};
use crate::text::Name;
use crate::time::{Date, Timestamp};

/// Number of items over which the portfolio's counters are sharded, because an import updates them with every row.
pub(super) const SHARDS: u8 = 8;
/// How long an activity stays in the list of recent activities, in seconds: 90 days.
pub(super) const RECENT_SECONDS: i64 = 90 * 24 * 3600;
/// How long the marker of something no longer counted is kept, to guard against late stream records, in seconds: 7 days.
const FORGOTTEN_SECONDS: i64 = 7 * 24 * 3600;

/// A group of entities that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Everything.
    All,
    /// The investors managed by a user.
    Manager(UserId),
    /// The activities that a user recorded.
    User(UserId),
    /// The activities with an investor.
    Investor(InvestorId),
}

impl Group {
    /// Partition of the group's counters.
    pub fn partition(self) -> String {
        match self {
            Self::All => "STATS#ALL".into(),
            Self::Manager(user) => format!("STATS#MANAGER#{user}"),
            Self::User(user) => format!("STATS#USER#{user}"),
            Self::Investor(investor) => format!("STATS#INVESTOR#{investor}"),
        }
    }

    /// Partition of the group's recent activities.
    pub fn recent(self) -> String {
        match self {
            Self::Manager(user) => format!("RECENT#MANAGER#{user}"),
            _ => "RECENT#ALL".into(),
        }
    }

    /// The index and partition of the group's ranking of investors in a month.
    pub fn ranking(self, month: &str) -> (&'static str, String) {
        match self {
            Self::Manager(user) => ("gsi2", format!("RANK#MANAGER#{user}#{month}")),
            _ => ("gsi1", format!("RANK#ALL#{month}")),
        }
    }
}

/// Sort key of a month's activity counters.
pub(super) fn month_sk(month: &str) -> String {
    format!("ACTIVITY#{month}")
}

/// Partition of the counters per user for a month.
pub(super) fn users_partition(month: &str) -> String {
    format!("STATS#USERS#{month}")
}

/// What an activity contributes to the counters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountedActivity {
    pub id: ActivityId,
    pub investor_id: InvestorId,
    pub kind: activity::Kind,
    pub occurred_at: Timestamp,
    pub created_by: UserId,
    pub created_by_name: String,
    /// The investor as shown in lists. `None` while it is deleted; the activity then counts but is in no list.
    pub investor: Option<NamedInvestor>,
}

/// An investor as shown in analytics lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NamedInvestor {
    pub name: Name,
    pub manager: Option<UserId>,
}

impl NamedInvestor {
    /// Returns the investor unless it is deleted.
    pub fn of(card: &InvestorCard) -> Option<Self> {
        let manager = card.relationship_manager_id;
        card.deleted_at.is_none().then(|| Self { name: card.name.clone(), manager })
    }
}

/// What an investor contributes to the counters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountedInvestor {
    pub id: InvestorId,
    pub tier: Tier,
    pub status: Status,
    pub kind: Kind,
    pub manager: Option<UserId>,
}

/// Counter changes by item and attribute.
pub(super) type Moves = BTreeMap<(String, String), BTreeMap<String, Decimal>>;

/// Adds a change to a counter or a sum.
pub(super) fn move_by(moves: &mut Moves, pk: String, sk: String, attribute: String, by: impl Into<Decimal>) {
    *moves.entry((pk, sk)).or_default().entry(attribute).or_default() += by.into();
}

impl CountedActivity {
    /// The counter attribute for the activity's day and kind.
    pub fn attribute(&self) -> String {
        let day = self.occurred_at.day();
        format!("{}#{}", &day[8..], self.kind.as_str())
    }

    /// Adds this activity's contribution, multiplied by `by`. Excludes the investor's own month, which belongs to the ranking.
    pub fn moves(&self, moves: &mut Moves, by: i64) {
        let month = self.occurred_at.month();
        for group in [Group::All, Group::User(self.created_by)] {
            move_by(moves, group.partition(), month_sk(&month), self.attribute(), by);
        }
        let (users, user) = (users_partition(&month), self.created_by.to_string());
        move_by(moves, users, user, self.kind.as_str().into(), by);
    }

    /// The keys of the activity in the lists of recent activities.
    pub fn recent_places(&self) -> Vec<Key> {
        let Some(investor) = &self.investor else { return Vec::new() };
        if self.occurred_at < Timestamp::now().plus_seconds(-RECENT_SECONDS) {
            return Vec::new();
        }
        let place = format!("{}#{}", self.occurred_at, self.id);
        let groups = [Some(Group::All), investor.manager.map(Group::Manager)];
        groups.into_iter().flatten().map(|group| Key::new(group.recent(), place.clone())).collect()
    }

    pub fn recent_entry(&self, key: Key) -> Result<Draft, Error> {
        let expires_at = self.occurred_at.as_second() + RECENT_SECONDS;
        Ok(Draft::new(key, "recent_activity", &())?.card(self)?.number("expires_at", expires_at))
    }
}

impl CountedInvestor {
    /// Returns what counts of an investor. `None` if it is deleted.
    pub fn of(card: &InvestorCard) -> Option<Self> {
        let (id, manager) = (card.id, card.relationship_manager_id);
        card.deleted_at.is_none().then_some(Self { id, tier: card.tier, status: card.status, kind: card.kind, manager })
    }

    /// Adds this investor's contribution, multiplied by `by`.
    pub fn moves(&self, moves: &mut Moves, by: i64) {
        let shard = self.id.0.as_bytes()[15] % SHARDS;
        for group in [Some(Group::All), self.manager.map(Group::Manager)].into_iter().flatten() {
            for attribute in [
                format!("tier#{}", self.tier.as_str()),
                format!("status#{}", self.status.as_str()),
                format!("kind#{}", self.kind.as_str()),
            ] {
                move_by(moves, group.partition(), format!("PORTFOLIO#{shard}"), attribute, by);
            }
        }
    }
}

/// Adds the writes that change counters. Changes of zero are left out.
pub(super) fn stage_moves(app: &App, transaction: &mut Transaction, moves: Moves) -> Result<(), Error> {
    for ((pk, sk), attributes) in moves {
        let attributes: Vec<(String, Decimal)> = attributes.into_iter().filter(|(_, by)| !by.is_zero()).collect();
        if attributes.is_empty() {
            continue;
        }
        let mut update = app
            .table()
            .update_of(Key::new(pk, sk))
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", AttributeValue::S("counters".into()));
        let mut adds = Vec::new();
        for (place, (attribute, by)) in attributes.into_iter().enumerate() {
            adds.push(format!("#a{place} :a{place}"));
            update = update
                .expression_attribute_names(format!("#a{place}"), attribute)
                .expression_attribute_values(format!(":a{place}"), AttributeValue::N(by.normalize().to_string()));
        }
        let update = update.update_expression(format!("SET #type = :type ADD {}", adds.join(", ")));
        let update = TransactWriteItem::builder().update(update.build().map_err(Error::defect)?).build();
        transaction.push(update, |_| Error::internal("a counter was refused"));
    }
    Ok(())
}

/// The counters of an item: its number attributes whose names contain a `#`.
pub(super) fn counters(item: &Item) -> impl Iterator<Item = (&str, i64)> {
    numbers(item)
}

/// The counters and sums of an item, parsed as `T`.
pub(super) fn numbers<T: std::str::FromStr>(item: &Item) -> impl Iterator<Item = (&str, T)> {
    item.iter().filter_map(|(name, value)| {
        let number = value.as_n().ok()?.parse().ok()?;
        name.contains('#').then_some((name.as_str(), number))
    })
}

/// Key of the marker that stores what the entity at `key` has contributed.
pub(super) fn marker_key(key: &Key) -> Key {
    Key::new(format!("COUNTED#{}", key.pk), &key.sk)
}

/// A loaded marker: its version, and what was counted.
pub(super) struct Marker<T> {
    pub version: u64,
    pub counted: Option<T>,
}

impl<T: Serialize + serde::de::DeserializeOwned> Marker<T> {
    /// Opens the marker's item. The version is 0 if there is none.
    pub fn open(item: Option<&Item>) -> Result<Self, Error> {
        match item {
            Some(item) => Ok(Self { version: table::read(item, "version")?, counted: table::read(item, "data")? }),
            None => Ok(Self { version: 0, counted: None }),
        }
    }

    /// Adds the write of the next marker, which fails if the entity was counted by someone else in the meantime.
    pub fn stage_next(
        &self,
        app: &App,
        transaction: &mut Transaction,
        key: &Key,
        counted: Option<&T>,
    ) -> Result<(), Error> {
        let mut draft = Draft::new(marker_key(key), "counted", &counted)?.number("version", self.version + 1);
        if counted.is_none() {
            draft = draft.number("expires_at", Timestamp::now().as_second() + FORGOTTEN_SECONDS);
        }
        if self.version == 0 {
            app.table().create(transaction, draft, |_| Error::StaleVersion)
        } else {
            app.table().replace(transaction, draft, self.version)
        }
    }
}

/// An investor's activities in a month, which have a position in the rankings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvestorMonth {
    pub investor_id: InvestorId,
    pub month: String,
    pub version: u64,
    pub investor: Option<NamedInvestor>,
    /// Counts by day and kind, such as `21#email`.
    pub counts: BTreeMap<String, i64>,
}

/// The `card` attribute of an investor's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ranked {
    pub investor_id: InvestorId,
    pub name: Name,
    pub total: i64,
    pub last_day: Option<Date>,
}

impl InvestorMonth {
    pub fn key(investor_id: InvestorId, month: &str) -> Key {
        Key::new(Group::Investor(investor_id).partition(), month_sk(month))
    }

    /// Opens the item. A month without an item is empty.
    pub fn open(investor_id: InvestorId, month: &str, item: Option<&Item>) -> Result<Self, Error> {
        let mut opened = Self { investor_id, month: month.into(), version: 0, investor: None, counts: BTreeMap::new() };
        if let Some(item) = item {
            opened.version = table::read(item, "version")?;
            opened.investor = table::read(item, "data")?;
            opened.counts = counters(item).map(|(name, count)| (name.to_owned(), count)).collect();
        }
        Ok(opened)
    }

    pub fn total(&self) -> i64 {
        self.counts.values().sum()
    }

    fn last_day(&self) -> Option<Date> {
        let last = self.counts.iter().filter(|(_, count)| **count > 0).filter_map(|(name, _)| name.get(..2)).max()?;
        Date::try_from(format!("{}-{last}", self.month)).ok()
    }

    /// Adds the write of the next version.
    pub fn stage_next(&self, app: &App, transaction: &mut Transaction) -> Result<(), Error> {
        let key = Self::key(self.investor_id, &self.month);
        let mut draft = Draft::new(key, "counters", &self.investor)?.number("version", self.version + 1);
        for (name, count) in self.counts.iter().filter(|(_, count)| **count != 0) {
            draft = draft.number(name, count);
        }
        let total = self.total();
        if let Some(investor) = &self.investor
            && total > 0
        {
            let last_day = self.last_day();
            let card = Ranked { investor_id: self.investor_id, name: investor.name.clone(), total, last_day };
            let place = format!("{total:08}#{}", self.investor_id);
            draft = draft.card(&card)?;
            for group in [Some(Group::All), investor.manager.map(Group::Manager)].into_iter().flatten() {
                let (index, ranking) = group.ranking(&self.month);
                draft = draft.index(index, ranking, &place);
            }
        }
        if self.version == 0 {
            app.table().create(transaction, draft, |_| Error::StaleVersion)
        } else {
            app.table().replace(transaction, draft, self.version)
        }
    }
}
