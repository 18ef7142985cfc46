//! Notifications for users, newest first, with a maintained unread count.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::outbox::{self, Matter};
use crate::user;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{NotificationId, UserId};
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Item, Key, Transaction};

/// How long notifications are kept, in seconds: 90 days.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;
/// Maximum number of notifications that one call can mark as read by ID.
const MOST_IDS: usize = 100;
/// Number of notifications marked per transaction; DynamoDB accepts 100 writes.
const AT_ONCE: usize = 90;

/// Passes every kind of notification to a macro: its meaning, its name in the code and in the API, and its default delivery
/// channels. Urgent kinds are also sent by email.
macro_rules! each_notification_kind {
    ($define:ident) => {
        $define! {
            /// Someone recorded an activity for one of the user's investors.
            ActivityCreated = activity_created: IN_APP,
            /// An investor was assigned to the user.
            InvestorAssigned = investor_assigned: IN_APP,
            /// A file that the user uploaded failed its check and was quarantined.
            DocumentQuarantined = document_quarantined: IN_APP,
            /// An import that the user started has finished.
            ImportFinished = import_finished: IN_APP,
            /// One of the user's reminders is due.
            ReminderDue = reminder_due: BOTH,
            /// One of the user's reminders could not be sent by email.
            ReminderFailed = reminder_failed: IN_APP,
            /// A task was assigned to the user.
            TaskAssigned = task_assigned: IN_APP,
            /// The status of a task that the user is assigned to, watches or is responsible for changed.
            TaskStatusChanged = task_status_changed: IN_APP,
            /// Someone mentioned the user in a comment.
            TaskMentioned = task_mentioned: IN_APP,
            /// A requirement linked to the user's tasks changed.
            RequirementChanged = requirement_changed: IN_APP,
            /// One of the user's tasks is due tomorrow.
            TaskDueSoon = task_due_soon: IN_APP,
            /// One of the user's tasks is overdue.
            TaskOverdue = task_overdue: BOTH,
            /// A product that the user deleted has been removed, with everything in it.
            ProductDeleted = product_deleted: IN_APP,
            /// A workflow rule sent the user a notification.
            RuleFired = rule_fired: IN_APP,
        }
    };
}
pub(crate) use each_notification_kind;

macro_rules! define_kind {
    ($($(#[$doc:meta])* $variant:ident = $name:ident: $ways:ident),+ $(,)?) => {
        /// The kind of a notification.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = NotificationKind)]
        pub enum Kind { $($(#[$doc])* $variant),+ }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The kind's name in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),+ }
            }
        }
    };
}
each_notification_kind!(define_kind);

impl Kind {
    /// Whether the code that triggers the notification has already sent the email: a reminder's email contains its message.
    fn is_mailed_by_its_sender(self) -> bool {
        self == Self::ReminderDue
    }
}

/// A notification, as shown to its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    /// Notification ID.
    pub id: NotificationId,
    /// When the event happened.
    pub created_at: Timestamp,
    /// Kind of the notification.
    pub kind: Kind,
    /// Title: one line without personal data.
    pub title: String,
    /// Additional text.
    pub body: Option<String>,
    /// Path in the web app to open.
    pub link: String,
    /// Name of the user who caused it.
    pub actor_name: Option<String>,
    /// When the user read it.
    pub read_at: Option<Timestamp>,
}

/// Filters for listing notifications.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only unread notifications.
    pub unread: Option<bool>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// A page of notifications, with the total number of unread ones.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationPage {
    /// The notifications, newest first.
    pub items: Vec<Notification>,
    /// Cursor for the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// Number of unread notifications of the user.
    pub unread_count: u64,
}

/// Unread notification count.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct UnreadCount {
    /// Number of unread notifications.
    pub unread_count: u64,
}

/// The notifications to mark as read: either some or all.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationRead)]
pub struct MarkRead {
    /// IDs of the notifications to mark as read, at most 100.
    pub ids: Option<Vec<NotificationId>>,
    /// Whether to mark all notifications as read.
    pub all: Option<bool>,
}

fn partition(user: UserId) -> String {
    format!("NOTIFICATIONS#{user}")
}

fn key(user: UserId, id: NotificationId) -> Key {
    Key::new(partition(user), format!("NOTE#{id}"))
}

fn counter_key(user: UserId) -> Key {
    Key::new(partition(user), "UNREAD")
}

fn add_unread(app: &App, user: UserId, by: i64) -> Result<TransactWriteItem, Error> {
    let update = app
        .table()
        .update_of(counter_key(user))
        .update_expression("ADD #count :by SET #type = :type")
        .expression_attribute_names("#count", "count")
        .expression_attribute_names("#type", "type")
        .expression_attribute_values(":type", AttributeValue::S("unread_counter".into()))
        .expression_attribute_values(":by", AttributeValue::N(by.to_string()));
    Ok(TransactWriteItem::builder().update(update.build().map_err(Error::defect)?).build())
}

/// Notifies `user` through the channels they chose for this kind: in the app, and by email through the outbox, in one transaction.
/// Returns whether the notification is new: IDs are derived from the cause, so a redelivered event finds its notification and
/// counts it only once.
pub async fn store(app: &App, user: UserId, notification: &Notification) -> Result<bool, Error> {
    let ways = user::ways(app, user, notification.kind).await?;
    let mut transaction = Transaction::new();
    let seen = |_: Option<&Item>| Error::conflict("seen", "The notification is already stored.");
    if ways.in_app {
        let expires_at = notification.created_at.as_second().max(Timestamp::now().as_second()) + KEPT_SECONDS;
        let draft = Draft::new(key(user, notification.id), ItemType::Notification, notification)?
            .index("gsi1", format!("UNREAD#{user}"), notification.id.to_string())
            .number("expires_at", expires_at);
        transaction.create(draft, seen);
        transaction.push(add_unread(app, user, 1)?, |_| Error::internal("the unread counter was refused"));
    }
    if ways.email && !notification.kind.is_mailed_by_its_sender() {
        let Notification { id, created_at, title, body, link, .. } = notification.clone();
        let mail = outbox::draft(user, id.0, created_at, Matter::Notification { title, body, link })?;
        transaction.create(mail, seen);
    }
    if transaction.is_empty() {
        return Ok(false);
    }
    match app.table().commit(transaction).await {
        Ok(()) => Ok(true),
        Err(Error::Conflict { code: "seen", .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

/// A notification without its ID and recipient.
pub struct Told {
    /// When the event happened.
    pub at: Timestamp,
    /// Unique cause of the notification: `activity_create/<id>`.
    pub cause: String,
    /// Kind of the notification.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// Additional text.
    pub body: Option<String>,
    /// Path in the web app to open.
    pub link: String,
    /// Name of the user who caused it.
    pub actor_name: Option<String>,
}

/// Stores a notification whose ID is derived from its cause and recipient, so that it is stored only once.
pub async fn tell(app: &App, user: UserId, told: Told) -> Result<(), Error> {
    let Told { at, cause, kind, title, body, link, actor_name } = told;
    let id = NotificationId(kernel::id::derived(at, &format!("{cause}/{user}")));
    store(app, user, &Notification { id, created_at: at, kind, title, body, link, actor_name, read_at: None }).await?;
    Ok(())
}

/// Number of unread notifications of the user.
pub async fn unread_count(app: &App, user: UserId) -> Result<u64, Error> {
    match app.table().get(counter_key(user)).await? {
        Some(item) => Ok(u64::try_from(table::read::<i64>(&item, "count")?).unwrap_or(0)),
        None => Ok(0),
    }
}

/// Returns one page of the caller's notifications, newest first.
pub async fn list(app: &App, caller: &Caller, query: &NotificationQuery) -> Result<NotificationPage, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    let unread = query.unread == Some(true);
    let (page, unread_count) = tokio::join!(read(app, caller, unread, &request), unread_count(app, caller.id));
    let page = page?;
    Ok(NotificationPage { items: page.items, next_cursor: page.next_cursor, unread_count: unread_count? })
}

/// Returns one page of the caller's notifications, optionally only unread ones, newest first.
pub async fn read(
    app: &App,
    caller: &Caller,
    unread: bool,
    request: &PageRequest,
) -> Result<Page<Notification>, Error> {
    let page = if unread {
        let unread = List::new("unread", Source::index("gsi1", format!("UNREAD#{}", caller.id)), Order::Descending);
        whole(app, unread.page(app, request).await?).await?
    } else {
        let source = Source::table(partition(caller.id), "NOTE#");
        List::new("notifications", source, Order::Descending).page(app, request).await?
    };
    page.try_map(|item| table::read::<Notification>(&item, "data"))
}

/// Reads the full items for keys returned by an index.
async fn whole(app: &App, page: Page<Item>) -> Result<Page<Item>, Error> {
    let keys = page.items.iter().filter_map(|item| Some(Key::new(table::text(item, "pk")?, table::text(item, "sk")?)));
    let mut items = app.table().get_many(keys.collect()).await?;
    items.sort_by(|a, b| table::text(b, "sk").cmp(&table::text(a, "sk")));
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// Marks some or all of the caller's notifications as read; ignores those that are already read or do not exist.
pub async fn mark_read(app: &App, caller: &Caller, mark: MarkRead) -> Result<UnreadCount, Error> {
    match (mark.ids, mark.all) {
        (Some(ids), None | Some(false)) => {
            if ids.len() > MOST_IDS {
                return Err(Error::field("ids", format!("must contain at most {MOST_IDS} IDs")));
            }
            let keys = ids.into_iter().map(|id| key(caller.id, id)).collect();
            let items = app.table().get_many(keys).await?;
            mark_items(app, caller.id, items).await?;
        }
        (None, Some(true)) => mark_all(app, caller.id).await?,
        _ => return Err(Error::field("ids", "set either ids or all: true")),
    }
    Ok(UnreadCount { unread_count: unread_count(app, caller.id).await? })
}

async fn mark_all(app: &App, user: UserId) -> Result<(), Error> {
    let unread = List::new("unread", Source::index("gsi1", format!("UNREAD#{user}")), Order::Descending);
    let mut after: Option<String> = None;
    loop {
        let (items, next) = unread.read(app, after.as_deref(), AT_ONCE).await?;
        let items = whole(app, Page { items, next_cursor: None }).await?.items;
        mark_items(app, user, items).await?;
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Marks the unread notifications among `items` and subtracts them from the counter, one transaction per batch. If one of them is
/// marked concurrently, falls back to marking each of them separately.
async fn mark_items(app: &App, user: UserId, items: Vec<Item>) -> Result<(), Error> {
    let unread: Vec<Notification> = items
        .iter()
        .filter(|item| item.contains_key("gsi1pk"))
        .map(|item| table::read(item, "data"))
        .collect::<Result<_, _>>()?;
    for batch in unread.chunks(AT_ONCE) {
        match app.table().commit(marking(app, user, batch)?).await {
            Err(Error::StaleVersion) => {
                for one in batch {
                    match app.table().commit(marking(app, user, std::slice::from_ref(one))?).await {
                        Ok(()) | Err(Error::StaleVersion) => {}
                        Err(other) => return Err(other),
                    }
                }
            }
            done => done?,
        }
    }
    Ok(())
}

fn marking(app: &App, user: UserId, batch: &[Notification]) -> Result<Transaction, Error> {
    let mut transaction = Transaction::new();
    for notification in batch {
        let update = app
            .table()
            .update_of(key(user, notification.id))
            .update_expression("SET #data.read_at = :now REMOVE gsi1pk, gsi1sk")
            .condition_expression("attribute_exists(gsi1pk)")
            .expression_attribute_names("#data", "data")
            .expression_attribute_values(":now", AttributeValue::S(Timestamp::now().to_string()));
        let update = TransactWriteItem::builder().update(update.build().map_err(Error::defect)?).build();
        transaction.push(update, |_| Error::StaleVersion);
    }
    let count = i64::try_from(batch.len()).unwrap_or(0);
    transaction.push(add_unread(app, user, -count)?, |_| Error::internal("the unread counter was refused"));
    Ok(transaction)
}

/// Subtracts a notification that expired unread from the counter. A marker ensures that it counts only once, however often the
/// stream delivers the expiry.
pub async fn forget_expired(app: &App, expired: &Item) -> Result<(), Error> {
    let (Some(pk), Some(sk)) = (table::text(expired, "pk"), table::text(expired, "sk")) else { return Ok(()) };
    let Some(user) = pk.strip_prefix("NOTIFICATIONS#").and_then(|id| id.parse().ok()) else { return Ok(()) };
    if !expired.contains_key("gsi1pk") {
        return Ok(());
    }
    let mut transaction = Transaction::new();
    let seen = Draft::new(Key::new(format!("SEEN#{pk}"), sk), ItemType::Seen, &())?
        .number("expires_at", Timestamp::now().as_second() + 2 * 24 * 3600);
    transaction.create(seen, |_| Error::conflict("seen", "The expiry is already counted."));
    transaction.push(add_unread(app, user, -1)?, |_| Error::internal("the unread counter was refused"));
    match app.table().commit(transaction).await {
        Err(Error::Conflict { code: "seen", .. }) => Ok(()),
        done => done,
    }
}
