//! Counting: updates an entity's contribution to match its current state.

use std::collections::BTreeMap;

use super::capital::CountedInvestment;
use super::item::{
    CountedActivity, CountedInvestor, Group, InvestorMonth, MONTHS, NamedInvestor, RECENT_SECONDS, month_sk,
};
use crate::activity;
use crate::investment;
use crate::investor::{self, InvestorCard};
use kernel::error::Error;
use kernel::id::{InvestorId, UserId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use people::live::{self, Audience, Event};
use platform::app::App;
use platform::counters::{Marker, begin, commit, committed_or_wait, difference, marker_key, read_all};
use platform::page::{List, Order, Source};
use platform::retry::{Policy, Retry};
use platform::table::{self, Item, Key, Transaction};

/// Number of activities refreshed when an investor is renamed or reassigned, newest first. Also the page size for refreshing
/// investments.
const REFRESHED: usize = 500;

/// Counts the investor at `key` in its current state.
pub async fn count_investor(app: &App, key: &Key) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let [item, marker] = read_all(app, [key.clone(), marker_key(key)]).await?;
        let card: Option<InvestorCard> = item.map(|item| table::read(&item, "card")).transpose()?;
        let now = card.as_ref().and_then(CountedInvestor::of);
        let marker = Marker::<CountedInvestor>::open(marker.as_ref())?;
        let moves = difference(&marker, now.as_ref(), CountedInvestor::moves);
        let Some(transaction) = begin(&marker, key, now.as_ref())? else { return Ok(()) };
        if committed_or_wait(commit(app, transaction, moves).await, &mut retry).await? {
            return Ok(());
        }
    }
}

/// Counts the activity at `key` in its current state and notifies connected clients.
pub async fn count_activity(app: &App, key: &Key) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let investor_key = investor::holder_key(key);
        let [item, holder, marker] = read_all(app, [key.clone(), investor_key, marker_key(key)]).await?;
        let holder: Option<InvestorCard> = holder.map(|item| table::read(&item, "card")).transpose()?;
        let now = counted(item.as_ref(), holder.as_ref())?;
        let marker = Marker::<CountedActivity>::open(marker.as_ref())?;
        let Some(mut transaction) = begin(&marker, key, now.as_ref())? else { return Ok(()) };
        stage_months(app, &mut transaction, marker.counted.as_ref(), now.as_ref()).await?;
        stage_recent(&mut transaction, marker.counted.as_ref(), now.as_ref())?;
        let moves = difference(&marker, now.as_ref(), CountedActivity::moves);
        if committed_or_wait(commit(app, transaction, moves).await, &mut retry).await? {
            return announce_activity(app, now.or(marker.counted).as_ref()).await;
        }
    }
}

/// Counts the investment at `key` in the current state of it and its investor, and notifies connected clients.
pub async fn count_investment(app: &App, key: &Key) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let investor_key = investor::holder_key(key);
        let [item, holder, marker] = read_all(app, [key.clone(), investor_key, marker_key(key)]).await?;
        let holder: Option<InvestorCard> = holder.map(|item| table::read(&item, "card")).transpose()?;
        let card = item.as_ref().map(investment::card_of).transpose()?.flatten();
        let now = card.map(|card| CountedInvestment::of(&card, holder.as_ref()));
        let marker = Marker::<CountedInvestment>::open(marker.as_ref())?;
        let Some(transaction) = begin(&marker, key, now.as_ref())? else { return Ok(()) };
        let moves = difference(&marker, now.as_ref(), CountedInvestment::moves);
        if committed_or_wait(commit(app, transaction, moves).await, &mut retry).await? {
            let Some(any) = now.or(marker.counted) else { return Ok(()) };
            return announce(app, any.investor_id, any.investor.and_then(|(_, manager)| manager)).await;
        }
    }
}

/// Recounts an investor's investments after its tier, manager or deletion changed.
pub async fn refresh_investments(app: &App, id: InvestorId) -> Result<(), Error> {
    let source = Source::table(investor::partition(id), investment::PREFIX);
    let mut list = List::new("investments", source, Order::Ascending);
    list.consistent = true;
    let mut after = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), REFRESHED).await?;
        for item in items {
            if let (Some(pk), Some(sk)) = (table::text(&item, "pk"), table::text(&item, "sk")) {
                count_investment(app, &Key::new(pk, sk)).await?;
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

fn counted(item: Option<&Item>, holder: Option<&InvestorCard>) -> Result<Option<CountedActivity>, Error> {
    let card = item.map(activity::card_of).transpose()?.flatten();
    Ok(card.map(|card| CountedActivity {
        id: card.id,
        investor_id: card.investor_id,
        kind: card.kind,
        occurred_at: card.occurred_at,
        created_by: card.created_by,
        created_by_name: card.created_by_name,
        investor: holder.and_then(NamedInvestor::of),
    }))
}

/// Adds the writes of the investor's months that the activity leaves and enters.
async fn stage_months(
    app: &App,
    transaction: &mut Transaction,
    before: Option<&CountedActivity>,
    after: Option<&CountedActivity>,
) -> Result<(), Error> {
    let Some(any) = after.or(before) else { return Ok(()) };
    let months: Vec<String> = [before, after].into_iter().flatten().map(|c| c.occurred_at.month()).collect();
    let keys = months.iter().map(|month| InvestorMonth::key(any.investor_id, month)).collect::<Vec<_>>();
    let unique: BTreeMap<String, Key> = keys.into_iter().map(|key| (key.sk.clone(), key)).collect();
    let found = app.table().get_many(unique.into_values().collect()).await?;
    let mut open: BTreeMap<String, InvestorMonth> = BTreeMap::new();
    for month in months {
        let sk = month_sk(&month);
        let item = found.iter().find(|item| table::text(item, "sk") == Some(sk.as_str()));
        open.insert(month.clone(), InvestorMonth::open(any.investor_id, &month, item)?);
    }
    for (counted, by) in [(before, -1), (after, 1)] {
        if let Some(counted) = counted
            && let Some(month) = open.get_mut(&counted.occurred_at.month())
        {
            *month.counts.entry(counted.attribute()).or_default() += by;
            month.investor.clone_from(&any.investor);
        }
    }
    open.values().try_for_each(|month| month.stage_next(transaction))
}

/// Adds the writes to the lists of recent activities.
fn stage_recent(
    transaction: &mut Transaction,
    before: Option<&CountedActivity>,
    after: Option<&CountedActivity>,
) -> Result<(), Error> {
    let wanted = after.map(CountedActivity::recent_places).unwrap_or_default();
    for key in before.map(CountedActivity::recent_places).unwrap_or_default() {
        if !wanted.contains(&key) {
            transaction.delete(key);
        }
    }
    if let Some(after) = after {
        for key in wanted {
            transaction.put(after.recent_entry(key)?);
        }
    }
    Ok(())
}

async fn announce_activity(app: &App, counted: Option<&CountedActivity>) -> Result<(), Error> {
    let Some(counted) = counted else { return Ok(()) };
    announce(app, counted.investor_id, counted.investor.as_ref().and_then(|investor| investor.manager)).await
}

/// Notifies connected clients that figures have changed.
async fn announce(app: &App, investor_id: InvestorId, manager: Option<UserId>) -> Result<(), Error> {
    let event = Event::Changed {
        event_id: kernel::id::new(),
        entity_type: "analytics".into(),
        entity_id: investor_id.to_string(),
        parent_id: None,
        version: 1,
        action: "analytics_counted".into(),
    };
    live::publish(app, event, Audience::permitted(Action::AnalyticsRead, manager)).await
}

/// Updates the lists that contain an investor's name to its current name, manager and state: its months in the rankings and its
/// recent activities.
pub async fn refresh_investor(app: &App, id: InvestorId) -> Result<(), Error> {
    let months = List::new("months", Source::table(Group::Investor(id).partition(), MONTHS), Order::Descending);
    let timeline = Source::index("gsi2", activity::list_partition(id));
    let mut recent = List::new("recent", timeline, Order::Descending);
    recent.from = Some(Timestamp::now().plus_seconds(-RECENT_SECONDS).to_string());
    let (months, recent) = tokio::join!(months.read(app, None, 240), recent.read(app, None, REFRESHED));
    for item in recent?.0 {
        if let (Some(pk), Some(sk)) = (table::text(&item, "pk"), table::text(&item, "sk")) {
            count_activity(app, &Key::new(pk, sk)).await?;
        }
    }
    for item in months?.0 {
        if let Some(month) = table::text(&item, "sk").and_then(|sk| sk.strip_prefix(MONTHS)) {
            refresh_month(app, id, month).await?;
        }
    }
    Ok(())
}

async fn refresh_month(app: &App, id: InvestorId, month: &str) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let [item, holder] = read_all(app, [InvestorMonth::key(id, month), investor::key(id)]).await?;
        let card: Option<InvestorCard> = holder.map(|item| table::read(&item, "card")).transpose()?;
        let investor = card.as_ref().and_then(NamedInvestor::of);
        let before = InvestorMonth::open(id, month, item.as_ref())?;
        if before.investor == investor {
            return Ok(());
        }
        let mut transaction = Transaction::new();
        InvestorMonth { investor, ..before }.stage_next(&mut transaction)?;
        if committed_or_wait(app.table().commit(transaction).await, &mut retry).await? {
            return Ok(());
        }
    }
}
