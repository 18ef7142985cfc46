//! `/api/investors/{investor_id}/reminders` and `/api/reminders`: reminders about investors.

use axum::extract::State;
use investor_relations::reminder::{
    self, MyReminder, NewReminder, Reminder, ReminderPatch, ReminderQuery, ReminderSnooze,
};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{InvestorId, ReminderId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(reminder_list_mine))
        .routes(routes!(reminder_list, reminder_create))
        .routes(routes!(reminder_get, reminder_update, reminder_delete))
        .routes(routes!(reminder_done))
        .routes(routes!(reminder_snooze))
        .routes(routes!(reminder_cancel))
}

/// List the caller's own reminders about all investors, by due time.
#[utoipa::path(
    get, path = "/api/reminders", operation_id = "reminder_list_mine", tag = "reminders", params(ReminderQuery),
    responses((status = 200, body = Page<MyReminder>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_list_mine(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ReminderQuery>,
) -> Result<Json<Page<MyReminder>>, Error> {
    reminder::list_mine(&app, &caller, &query).await.map(Json)
}

/// List an investor's reminders, newest first.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/reminders", operation_id = "reminder_list", tag = "reminders",
    params(("investor_id" = InvestorId, Path), PageRequest),
    responses((status = 200, body = Page<Reminder>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_list(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Reminder>>, Error> {
    reminder::list(&app, &caller, investor_id, &request).await.map(Json)
}

/// Create a reminder.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/reminders", operation_id = "reminder_create", tag = "reminders",
    params(
        ("investor_id" = InvestorId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewReminder,
    responses((status = 201, body = Reminder), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_create(
    State(app): State<App>,
    caller: Caller,
    Path(investor_id): Path<InvestorId>,
    Json(new): Json<NewReminder>,
) -> Result<StoredAnswer, Error> {
    reminder::create(&app, &caller, investor_id, new).await
}

/// Get a reminder.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/reminders/{reminder_id}", operation_id = "reminder_get",
    tag = "reminders", params(("investor_id" = InvestorId, Path), ("reminder_id" = ReminderId, Path)),
    responses((status = 200, body = Reminder), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_get(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ReminderId)>,
) -> Result<Entity<Reminder>, Error> {
    reminder::get(&app, &caller, investor_id, id).await.map(Entity)
}

/// Update a reminder.
#[utoipa::path(
    patch, path = "/api/investors/{investor_id}/reminders/{reminder_id}", operation_id = "reminder_update",
    tag = "reminders",
    params(
        ("investor_id" = InvestorId, Path), ("reminder_id" = ReminderId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = ReminderPatch,
    responses((status = 200, body = Reminder), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_update(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ReminderId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<ReminderPatch>,
) -> Result<Entity<Reminder>, Error> {
    reminder::update(&app, &caller, investor_id, id, version, patch).await.map(Entity)
}

/// Delete a reminder.
#[utoipa::path(
    delete, path = "/api/investors/{investor_id}/reminders/{reminder_id}", operation_id = "reminder_delete",
    tag = "reminders",
    params(
        ("investor_id" = InvestorId, Path), ("reminder_id" = ReminderId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_delete(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ReminderId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    reminder::delete(&app, &caller, investor_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}

/// Mark a reminder as done. Nothing more is sent, even if it recurs.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/reminders/{reminder_id}/done", operation_id = "reminder_done",
    tag = "reminders",
    params(
        ("investor_id" = InvestorId, Path), ("reminder_id" = ReminderId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    responses((status = 200, body = Reminder), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_done(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ReminderId)>,
) -> Result<StoredAnswer, Error> {
    reminder::done(&app, &caller, investor_id, id).await
}

/// Snooze a reminder. One that was sent, done, cancelled or failed is scheduled again.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/reminders/{reminder_id}/snooze", operation_id = "reminder_snooze",
    tag = "reminders",
    params(
        ("investor_id" = InvestorId, Path), ("reminder_id" = ReminderId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = ReminderSnooze,
    responses((status = 200, body = Reminder), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_snooze(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ReminderId)>,
    Json(snooze): Json<ReminderSnooze>,
) -> Result<StoredAnswer, Error> {
    reminder::snooze(&app, &caller, investor_id, id, snooze).await
}

/// Cancel a reminder. Nothing more is sent.
#[utoipa::path(
    post, path = "/api/investors/{investor_id}/reminders/{reminder_id}/cancel", operation_id = "reminder_cancel",
    tag = "reminders",
    params(
        ("investor_id" = InvestorId, Path), ("reminder_id" = ReminderId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    responses((status = 200, body = Reminder), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn reminder_cancel(
    State(app): State<App>,
    caller: Caller,
    Path((investor_id, id)): Path<(InvestorId, ReminderId)>,
) -> Result<StoredAnswer, Error> {
    reminder::cancel(&app, &caller, investor_id, id).await
}
