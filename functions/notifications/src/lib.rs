//! `/api/notifications` and `/api/live`: the caller's notifications and live updates.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use people::live::{self, EventPage, EventQuery, LiveTicket};
use people::notification::{self, MarkRead, NotificationPage, NotificationQuery, UnreadCount};
use platform::caller::Caller;
use platform::http::{Json, Query, Routes};
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(notification_list))
        .routes(routes!(notification_count))
        .routes(routes!(notification_mark_read))
        .routes(routes!(live_ticket_create))
        .routes(routes!(live_event_list))
}

/// List your notifications, newest first.
#[utoipa::path(
    get, path = "/api/notifications", operation_id = "notification_list", tag = "notifications",
    params(NotificationQuery),
    responses((status = 200, body = NotificationPage), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn notification_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<NotificationQuery>,
) -> Result<Json<NotificationPage>, Error> {
    notification::list(&app, &caller, &query).await.map(Json)
}

/// Get your number of unread notifications.
#[utoipa::path(
    get, path = "/api/notifications/unread-count", operation_id = "notification_count", tag = "notifications",
    responses((status = 200, body = UnreadCount), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn notification_count(State(app): State<App>, caller: Caller) -> Result<Json<UnreadCount>, Error> {
    let unread_count = notification::unread_count(&app, caller.id).await?;
    Ok(Json(UnreadCount { unread_count }))
}

/// Mark your notifications as read.
#[utoipa::path(
    post, path = "/api/notifications/read", operation_id = "notification_mark_read", tag = "notifications",
    request_body = MarkRead,
    responses((status = 200, body = UnreadCount), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn notification_mark_read(
    State(app): State<App>,
    caller: Caller,
    Json(mark): Json<MarkRead>,
) -> Result<Json<UnreadCount>, Error> {
    notification::mark_read(&app, &caller, mark).await.map(Json)
}

/// Create a one-use ticket for a live connection.
#[utoipa::path(
    post, path = "/api/live/ticket", operation_id = "live_ticket_create", tag = "live",
    responses((status = 200, body = LiveTicket), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn live_ticket_create(State(app): State<App>, caller: Caller) -> Result<Json<LiveTicket>, Error> {
    live::create_ticket(&app, &caller).await.map(Json)
}

/// List the events since the last one you received.
#[utoipa::path(
    get, path = "/api/live/events", operation_id = "live_event_list", tag = "live", params(EventQuery),
    responses((status = 200, body = EventPage), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn live_event_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<EventQuery>,
) -> Result<Json<EventPage>, Error> {
    live::missed(&app, &caller, &query).await.map(Json)
}
