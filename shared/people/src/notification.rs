//! Notifications for users, newest first, with a maintained unread count.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use crate::channels::Kind;
use crate::outbox::{self, Matter};
use crate::user;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{NotificationId, UserId};
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Condition, Draft, Item, Key, Transaction, Write};

/// How long notifications are kept, in seconds: 90 days.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;
/// Maximum number of notifications that one call can mark as read by ID.
const MAX_IDS: usize = 100;
/// Number of notifications marked per transaction; DynamoDB accepts 100 writes.
const AT_ONCE: usize = 90;

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
    #[schema(max_items = 100)]
    pub ids: Option<Vec<NotificationId>>,
    /// Whether to mark all notifications as read.
    pub all: Option<bool>,
}

/// Start of the partition keys of notifications.
const PARTITION: &str = "NOTIFICATIONS#";

fn partition(user: UserId) -> String {
    format!("{PARTITION}{user}")
}

/// The user whose notifications are in this partition.
#[must_use]
pub fn user_in(pk: &str) -> Option<UserId> {
    pk.strip_prefix(PARTITION)?.parse().ok()
}

fn key(user: UserId, id: NotificationId) -> Key {
    Key::new(partition(user), format!("NOTE#{id}"))
}

fn counter_key(user: UserId) -> Key {
    Key::new(partition(user), "UNREAD")
}

/// Adds `by` unread notifications to the user's counter.
fn add_unread(transaction: &mut Transaction, user: UserId, by: i64) {
    let update = Write::update(counter_key(user)).add("count", by).set("type", ItemType::UnreadCounter.as_str());
    transaction.push(update, |_| Error::internal("the unread counter was refused"));
}

/// Notifies `user` through the channels they chose for this kind: in the app, and by email through the outbox, in one transaction.
/// Returns whether the notification is new: IDs are derived from the event, so a redelivered event finds its notification and
/// counts it only once.
pub async fn store(app: &App, user: UserId, notification: &Notification) -> Result<bool, Error> {
    let channels = user::channels(app, user, notification.kind).await?;
    let mut transaction = Transaction::new();
    let seen = |_: Option<&Item>| Error::conflict("seen", "The notification is already stored.");
    if channels.in_app {
        let expires_at = notification.created_at.as_second().max(Timestamp::now().as_second()) + KEPT_SECONDS;
        let draft = Draft::new(key(user, notification.id), ItemType::Notification, notification)?
            .index("gsi1", format!("UNREAD#{user}"), notification.id.to_string())
            .number("expires_at", expires_at);
        transaction.create(draft, seen);
        add_unread(&mut transaction, user, 1);
    }
    if channels.email && !notification.kind.is_mailed_by_its_sender() {
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

/// A notification to send: it has no ID and no recipient yet.
pub struct NewNotification {
    /// When the event happened.
    pub at: Timestamp,
    /// Identifies the notification for each recipient, so that it is sent once: `activity_create/<id>`.
    pub key: String,
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

/// Notifies `user`. The ID is derived from the key and the recipient, so that the notification is stored only once.
pub async fn notify(app: &App, user: UserId, new: NewNotification) -> Result<(), Error> {
    let NewNotification { at, key, kind, title, body, link, actor_name } = new;
    let id = NotificationId(kernel::id::derived(at, &format!("{key}/{user}")));
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
            if ids.len() > MAX_IDS {
                return Err(Error::field("ids", format!("must contain at most {MAX_IDS} IDs")));
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
        match app.table().commit(marking(user, batch)).await {
            Err(Error::StaleVersion) => {
                for one in batch {
                    match app.table().commit(marking(user, std::slice::from_ref(one))).await {
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

/// The transaction that marks `batch` as read.
fn marking(user: UserId, batch: &[Notification]) -> Transaction {
    let mut transaction = Transaction::new();
    for notification in batch {
        let update = Write::update(key(user, notification.id)).set("data.read_at", Timestamp::now().to_string());
        let update = update.remove("gsi1pk").remove("gsi1sk").when(Condition::exists("gsi1pk"));
        transaction.push(update, |_| Error::StaleVersion);
    }
    add_unread(&mut transaction, user, -i64::try_from(batch.len()).unwrap_or(0));
    transaction
}

/// Subtracts a notification that expired unread from the counter. A marker ensures that it counts only once, however often the
/// stream delivers the expiry.
pub async fn forget_expired(app: &App, expired: &Item) -> Result<(), Error> {
    let (Some(pk), Some(sk)) = (table::text(expired, "pk"), table::text(expired, "sk")) else { return Ok(()) };
    let Some(user) = user_in(pk) else { return Ok(()) };
    if !expired.contains_key("gsi1pk") {
        return Ok(());
    }
    let mut transaction = Transaction::new();
    let seen = Draft::new(Key::new(format!("SEEN#{pk}"), sk), ItemType::Seen, &())?
        .number("expires_at", Timestamp::now().as_second() + 2 * 24 * 3600);
    transaction.create(seen, |_| Error::conflict("seen", "The expiry is already counted."));
    add_unread(&mut transaction, user, -1);
    match app.table().commit(transaction).await {
        Err(Error::Conflict { code: "seen", .. }) => Ok(()),
        done => done,
    }
}
