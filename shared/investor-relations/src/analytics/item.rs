//! Where counters are stored and how they are updated.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::activity;
use crate::investor::{InvestorCard, Kind, Status, Tier};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ActivityId, InvestorId, UserId};
use kernel::text::Name;
use kernel::time::{Date, Timestamp};
use platform::counters::{Moves, counts, move_by};
use platform::table::{self, Draft, Item, Key, Transaction};

/// Number of items over which the portfolio's counters are sharded, because an import updates them with every row.
pub(super) const SHARDS: u8 = 8;
/// How long an activity stays in the list of recent activities, in seconds: 90 days.
pub(super) const RECENT_SECONDS: i64 = 90 * 24 * 3600;
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

/// Sort key prefix of activity counters, followed by the month.
pub(super) const MONTHS: &str = "ACTIVITY#";

/// Sort key of a month's activity counters.
pub(super) fn month_sk(month: &str) -> String {
    format!("{MONTHS}{month}")
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

    /// The entry at `key` in a list of recent activities. It expires once the activity is no longer recent.
    pub fn recent_entry(&self, key: Key) -> Result<Draft, Error> {
        let expires_at = self.occurred_at.as_second() + RECENT_SECONDS;
        Ok(Draft::new(key, ItemType::RecentActivity, &())?.card(self)?.number("expires_at", expires_at))
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
    /// Key of the item of an investor and a month such as `2026-11`.
    pub fn key(investor_id: InvestorId, month: &str) -> Key {
        Key::new(Group::Investor(investor_id).partition(), month_sk(month))
    }

    /// Opens the item. A month without an item is empty.
    pub fn open(investor_id: InvestorId, month: &str, item: Option<&Item>) -> Result<Self, Error> {
        let mut opened = Self { investor_id, month: month.into(), version: 0, investor: None, counts: BTreeMap::new() };
        if let Some(item) = item {
            opened.version = table::read(item, "version")?;
            opened.investor = table::read(item, "data")?;
            opened.counts = counts(item).map(|(name, count)| (name.to_owned(), count)).collect();
        }
        Ok(opened)
    }

    /// The number of activities in the month.
    pub fn total(&self) -> i64 {
        self.counts.values().sum()
    }

    fn last_day(&self) -> Option<Date> {
        let last = self.counts.iter().filter(|(_, count)| **count > 0).filter_map(|(name, _)| name.get(..2)).max()?;
        Date::try_from(format!("{}-{last}", self.month)).ok()
    }

    /// Adds the write of the next version.
    pub fn stage_next(&self, transaction: &mut Transaction) -> Result<(), Error> {
        let key = Self::key(self.investor_id, &self.month);
        let mut draft = Draft::new(key, ItemType::Counters, &self.investor)?.number("version", self.version + 1);
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
            transaction.create(draft, |_| Error::StaleVersion);
        } else {
            transaction.replace(draft, self.version);
        }
        Ok(())
    }
}
