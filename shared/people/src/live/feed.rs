//! Publishes events to connected clients, and keeps them for clients that reconnect after a gap.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::connection::{self, connections};
use super::{Audience, Event};
use crate::notification::{self, Notification};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Source};
use platform::table::{self, Draft, Key, Write};

/// How long an event can be fetched after a gap, in seconds; after a longer gap, the client reloads everything.
const KEPT_SECONDS: i64 = 3600;
/// Maximum clock difference between two publishers, in seconds; event IDs are assigned at publication.
const OVERLAP_SECONDS: i64 = 5;
/// Maximum number of events returned after a gap; if there are more, the client reloads everything.
const MOST: usize = 200;

#[derive(Serialize, Deserialize)]
struct Kept {
    event: Event,
    audience: Audience,
}

/// Query for missed events.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// ID of the last event that the client has seen.
    pub after: Uuid,
}

/// The events since a gap.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, oldest first; may include some already seen.
    pub items: Vec<Event>,
    /// Whether the list is complete; if false, reload everything.
    pub complete: bool,
}

/// A partition holds the events of one day.
fn partition(at: Timestamp) -> String {
    format!("FEED#{}", at.day())
}

/// Stores an event and pushes it to connected users who can see it. Publishing the same change twice is harmless: clients just
/// fetch the entity twice.
pub async fn publish(app: &App, event: Event, audience: Audience) -> Result<(), Error> {
    let message = serde_json::to_vec(&event).map_err(Error::defect)?;
    let now = Timestamp::now();
    let key = Key::new(partition(now), event.id().to_string());
    let draft = Draft::new(key, ItemType::Event, &Kept { event, audience: audience.clone() })?
        .number("expires_at", now.as_second() + KEPT_SECONDS * 2);
    app.table().put(Write::put(draft)).await?;
    push_to_all(app, &audience, &message).await
}

/// Publishes a stored notification to its user.
pub async fn publish_notification(app: &App, user: UserId, notification: Notification) -> Result<(), Error> {
    let unread_count = notification::unread_count(app, user).await?;
    let event = Event::Notification { event_id: kernel::id::new(), notification, unread_count };
    publish(app, event, Audience::User(user)).await
}

async fn push_to_all(app: &App, audience: &Audience, message: &[u8]) -> Result<(), Error> {
    let open = connections(app).await?;
    let sends =
        open.iter().filter(|c| audience.includes(c.user_id, &c.roles)).map(|c| connection::send(app, c, message));
    for sent in join_all(sends).await {
        // A failed push is not worth retrying the stream batch: the client fetches what it missed.
        if let Err(error) = sent {
            tracing::warn!(error = %kernel::error::chain(&error), "could not push a live event");
        }
    }
    Ok(())
}

/// The events that the caller missed since the given event.
pub async fn missed(app: &App, caller: &Caller, query: &EventQuery) -> Result<EventPage, Error> {
    let after =
        kernel::id::time_of(query.after).ok_or_else(|| Error::bad_parameter("after", "must be the ID of an event"))?;
    let now = Timestamp::now();
    if after < now.plus_seconds(-KEPT_SECONDS) || after > now.plus_seconds(OVERLAP_SECONDS) {
        return Ok(EventPage { items: Vec::new(), complete: false });
    }
    let from = after.plus_seconds(-OVERLAP_SECONDS);
    let mut list = List::new("events", Source::table(partition(from), ""), Order::Ascending);
    if partition(now) != partition(from) {
        list.sources.push(Source::table(partition(now), ""));
    }
    list.from = Some(kernel::id::earliest(from).to_string());
    let (items, next) = list.read(app, None, MOST).await?;
    let mut events = Vec::new();
    for item in &items {
        let kept: Kept = table::read(item, "data")?;
        if kept.audience.includes(caller.id, &caller.roles) {
            events.push(kept.event);
        }
    }
    Ok(EventPage { items: events, complete: next.is_none() })
}
