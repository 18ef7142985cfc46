//! The timeline of an investor: activities, investments, cash flows, documents, reminders and changes, newest first.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activity::{self, Activity};
use crate::cash_flow::{self, CashFlow};
use crate::document::{self, Document};
use crate::investment::{self, Investment};
use crate::investor;
use crate::reminder::{self, Reminder};
use kernel::choice;
use kernel::error::Error;
use kernel::id::{InvestmentId, InvestorId, UserId};
use kernel::policy::Action;
use kernel::text::Name;
use kernel::time::Timestamp;
use kernel::{Entity, ItemType, Operation};
use platform::app::App;
use platform::audit::{self, ChangeView, Record, Subject};
use platform::caller::Caller;
use platform::keys::SubjectKey;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Item};

choice!(
    /// The type of a timeline entry.
    #[schema(as = TimelineKind)]
    Kind {
        /// An activity with the investor.
        Activity = "activity",
        /// An investment.
        Investment = "investment",
        /// A cash flow of an investment.
        CashFlow = "cash_flow",
        /// A document of the investor.
        Document = "document",
        /// A reminder, at the time it was created.
        Reminder = "reminder",
        /// A change to the investor itself.
        Change = "change",
    }
);

/// A change to the investor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimelineChange)]
pub struct Change {
    /// The action performed.
    pub action: String,
    /// The user who made the change.
    pub actor_id: Option<UserId>,
    /// That user's name when the change was made.
    pub actor_name: String,
    /// The changed fields.
    pub fields: Vec<ChangeView>,
}

/// One entry of the timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// The entry's id.
    pub id: Uuid,
    /// Type of entry. Only the field with the same name is set.
    pub kind: Kind,
    /// When it happened.
    pub at: Timestamp,
    /// The activity, if `kind` is `activity`.
    pub activity: Option<Activity>,
    /// The investment, if `kind` is `investment`.
    pub investment: Option<Investment>,
    /// The cash flow, if `kind` is `cash_flow`.
    pub cash_flow: Option<CashFlow>,
    /// Present name of the cash flow's investment, if `kind` is `cash_flow`.
    pub investment_name: Option<Name>,
    /// The document, if `kind` is `document`.
    pub document: Option<Document>,
    /// The reminder, if `kind` is `reminder`.
    pub reminder: Option<Reminder>,
    /// The change, if `kind` is `change`.
    pub change: Option<Change>,
}

/// Filters and paging for a timeline.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// Only entries of this kind.
    pub kind: Option<Kind>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// Returns one page of an investor's timeline. The access to personal data is audited before the page is returned.
pub async fn list(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    query: &TimelineQuery,
) -> Result<Page<TimelineEntry>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    let page = read(app, caller, Action::InvestorRead, investor_id, query.kind, &request).await?;
    audit::access(app, &caller.actor, Operation::TimelineList, Subject::new(Entity::Investor, investor_id), Vec::new())
        .await?;
    Ok(page)
}

/// Returns one page of an investor's timeline if the caller may perform `action`. The calling function must audit the access.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    kind: Option<Kind>,
    request: &PageRequest,
) -> Result<Page<TimelineEntry>, Error> {
    let alone = sources(investor_id, kind, &[]);
    let loaded = investor::load(app, caller, action, investor_id);
    let (loaded, page) = tokio::join!(loaded, alone.page(app, request));
    let investor::LoadedInvestor { investor, cipher, .. } = loaded?;
    // Absorbed investors have their own history, which takes another round trip.
    let page = if investor.absorbed_ids.is_empty() {
        page?
    } else {
        sources(investor_id, kind, &investor.absorbed_ids).page(app, request).await?
    };
    let with = Context::read(app, &investor, &cipher, &page.items).await?;
    let page = page.try_map(|item| entry(&item, &with))?;
    Ok(Page { items: page.items.into_iter().flatten().collect(), next_cursor: page.next_cursor })
}

/// Returns the newest entries from `from` (inclusive) to `until` (exclusive), at most `most`, and whether there are more. The
/// calling function must check permissions and audit the access.
pub async fn newest(
    app: &App,
    of: &investor::LoadedInvestor,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    most: usize,
) -> Result<(Vec<TimelineEntry>, bool), Error> {
    let investor = &of.investor;
    let mut list = sources(investor.id, None, &investor.absorbed_ids);
    // A position is a time followed by an id, so all entries at the time `until` sort after the bound.
    list.from = from.map(|at| at.to_string());
    list.to = until.map(|at| at.to_string());
    let (items, next) = list.read(app, None, most).await?;
    let with = Context::read(app, investor, &of.cipher, &items).await?;
    let entries: Vec<Option<TimelineEntry>> = items.iter().map(|item| entry(item, &with)).collect::<Result<_, _>>()?;
    Ok((entries.into_iter().flatten().collect(), next.is_some()))
}

/// What entries are made with, besides their items.
struct Context<'a> {
    cipher: &'a SubjectKey,
    /// The keys of absorbed investors, by subject.
    absorbed: HashMap<String, SubjectKey>,
    /// The names of the investments that cash flows belong to.
    names: HashMap<InvestmentId, Name>,
}

impl<'a> Context<'a> {
    /// Reads what these items need: another round trip if there are cash flows among them.
    async fn read(app: &App, of: &investor::Investor, cipher: &'a SubjectKey, items: &[Item]) -> Result<Self, Error> {
        let absorbed = of.absorbed_ids.iter().map(|id| investor::subject(*id)).collect();
        let mut wanted = Vec::new();
        for item in items {
            wanted.extend(cash_flow::card_of(item)?.map(|card| investment::key(of.id, card.investment_id)));
        }
        let (absorbed, investments) = tokio::try_join!(app.keys().subjects(absorbed), app.table().get_many(wanted))?;
        let mut names = HashMap::new();
        for item in &investments {
            names.extend(investment::card_of(item)?.map(|card| (card.id, card.name)));
        }
        Ok(Self { cipher, absorbed, names })
    }
}

/// The sources of an investor's timeline, including the changes to absorbed investors.
fn sources(investor_id: InvestorId, kind: Option<Kind>, absorbed: &[InvestorId]) -> List {
    let changes = |id: &InvestorId| Source::table(Subject::new(Entity::Investor, id).pk(), "CHANGE#");
    let absorbed = absorbed.iter().map(changes);
    let changes = changes(&investor_id);
    let reminders = Source::table(investor::partition(investor_id), reminder::PREFIX);
    match kind {
        None => {
            let entries = Source::index("gsi1", investor::timeline(investor_id));
            let mut list = List::new("timeline", entries, Order::Descending);
            list.sources.extend([reminders, changes]);
            list.sources.extend(absorbed);
            list
        }
        Some(Kind::Activity) => {
            let entries = Source::index("gsi2", activity::list_partition(investor_id));
            List::new("timeline", entries, Order::Descending)
        }
        Some(Kind::Investment) => {
            let entries = Source::index("gsi2", investment::list_partition(investor_id));
            List::new("timeline", entries, Order::Descending)
        }
        Some(Kind::CashFlow) => {
            let entries = Source::index("gsi1", investor::timeline(investor_id));
            List::new("timeline", entries, Order::Descending).filter("type", ItemType::CashFlow.as_str())
        }
        Some(Kind::Document) => {
            let entries = Source::index("gsi2", document::list_partition(investor_id));
            List::new("timeline", entries, Order::Descending)
        }
        Some(Kind::Reminder) => List::new("timeline", reminders, Order::Descending),
        Some(Kind::Change) => {
            let mut list = List::new("timeline", changes, Order::Descending);
            list.sources.extend(absorbed);
            list
        }
    }
}

/// Returns the timeline entry of an item. `None` for the tombstone of a deleted reminder.
fn entry(item: &Item, Context { cipher, absorbed, names }: &Context<'_>) -> Result<Option<TimelineEntry>, Error> {
    let empty = |id, kind, at| TimelineEntry {
        id,
        kind,
        at,
        activity: None,
        investment: None,
        cash_flow: None,
        investment_name: None,
        document: None,
        reminder: None,
        change: None,
    };
    match table::item_type(item) {
        Some(ItemType::Activity) => {
            let activity = activity::open_card(item, cipher)?;
            let entry = empty(activity.id.0, Kind::Activity, activity.occurred_at);
            Ok(Some(TimelineEntry { activity: Some(activity), ..entry }))
        }
        Some(ItemType::Investment) => {
            let investment = investment::open_card(item, cipher)?;
            let entry = empty(investment.id.0, Kind::Investment, investment.invested_on.start());
            Ok(Some(TimelineEntry { investment: Some(investment), ..entry }))
        }
        Some(ItemType::CashFlow) => {
            let flow = cash_flow::open_card(item, cipher)?;
            let entry = empty(flow.id.0, Kind::CashFlow, flow.date.start());
            let investment_name = names.get(&flow.investment_id).cloned();
            Ok(Some(TimelineEntry { cash_flow: Some(flow), investment_name, ..entry }))
        }
        Some(ItemType::Document) => {
            let document = document::open_card(item, cipher)?;
            let entry = empty(document.id.0, Kind::Document, document.created_at);
            Ok(Some(TimelineEntry { document: Some(document), ..entry }))
        }
        Some(ItemType::Reminder | ItemType::ReminderDeleted) => Ok(reminder::open(item, cipher)?.map(|reminder| {
            let entry = empty(reminder.id.0, Kind::Reminder, reminder.created_at);
            TimelineEntry { reminder: Some(reminder), ..entry }
        })),
        Some(ItemType::AuditChange) => {
            let record: Record = table::read(item, "card")?;
            let of = record.subject.entity_id.parse().ok().and_then(|id| absorbed.get(&investor::subject(id)));
            let view = audit::view(record, Some(of.unwrap_or(cipher)));
            let (action, fields) = (view.action, view.changes);
            let change = Change { action, actor_id: view.actor_id, actor_name: view.actor_name, fields };
            Ok(Some(TimelineEntry { change: Some(change), ..empty(view.id, Kind::Change, view.at) }))
        }
        other => Err(Error::internal(format!("{other:?} is in a timeline"))),
    }
}
