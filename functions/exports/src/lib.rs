//! `/api/exports`: every list as CSV, page by page. Each page's `Link` header points to the next page.

mod products;

use axum::extract::State;
use exchange::export::{
    self, ActivityExport, AuditExport, CashFlowExport, Csv, DocumentExport, ExportQuery, Here, ImportErrorExport,
    ImportExport, InvestmentExport, InvestorExport, MyReminderExport, NotificationExport, ReminderExport,
    SessionExport, TimelineExport, TimelineExportQuery, UserExport,
};
use kernel::Error;
use kernel::id::{ImportId, InvestmentId, InvestorId};
use platform::caller::Caller;
use platform::http::{Path, Query, Routes};
use platform::{App, routes};

/// Routes of the function.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .merge(products::router())
        .routes(routes!(investor_export))
        .routes(routes!(activity_export))
        .routes(routes!(investment_export))
        .routes(routes!(cash_flow_export))
        .routes(routes!(document_export))
        .routes(routes!(reminder_export))
        .routes(routes!(timeline_export))
        .routes(routes!(user_export))
        .routes(routes!(import_export))
        .routes(routes!(import_error_export))
        .routes(routes!(audit_export))
        .routes(routes!(notification_export))
        .routes(routes!(reminder_export_mine))
        .routes(routes!(session_export))
}

/// Export investors in full, by name. The file can be imported again.
#[utoipa::path(
    get, path = "/api/exports/investors", operation_id = "investor_export", tag = "exports",
    params(InvestorExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn investor_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<InvestorExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}

/// Export an investor's activities, newest first.
#[utoipa::path(
    get, path = "/api/exports/investors/{investor_id}/activities", operation_id = "activity_export", tag = "exports",
    params(("investor_id" = InvestorId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn activity_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(id): Path<InvestorId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &ActivityExport { investor_id: id, query }).await
}

/// Export an investor's investments with their figures, most recent first.
#[utoipa::path(
    get, path = "/api/exports/investors/{investor_id}/investments", operation_id = "investment_export", tag = "exports",
    params(("investor_id" = InvestorId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn investment_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(id): Path<InvestorId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &InvestmentExport { investor_id: id, query }).await
}

/// Export an investment's cash flows, newest first.
#[utoipa::path(
    get, path = "/api/exports/investors/{investor_id}/investments/{investment_id}/cash_flows", operation_id = "cash_flow_export", tag = "exports",
    params(("investor_id" = InvestorId, Path), ("investment_id" = InvestmentId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn cash_flow_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path((investor_id, investment_id)): Path<(InvestorId, InvestmentId)>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &CashFlowExport { investor_id, investment_id, query }).await
}

/// Export the list of an investor's documents, newest first: metadata, not the files.
#[utoipa::path(
    get, path = "/api/exports/investors/{investor_id}/documents", operation_id = "document_export", tag = "exports",
    params(("investor_id" = InvestorId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn document_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(id): Path<InvestorId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &DocumentExport { investor_id: id, query }).await
}

/// Export an investor's reminders, newest first.
#[utoipa::path(
    get, path = "/api/exports/investors/{investor_id}/reminders", operation_id = "reminder_export", tag = "exports",
    params(("investor_id" = InvestorId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn reminder_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(id): Path<InvestorId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &ReminderExport { investor_id: id, query }).await
}

/// Export an investor's timeline, newest first.
#[utoipa::path(
    get, path = "/api/exports/investors/{investor_id}/timeline", operation_id = "timeline_export", tag = "exports",
    params(("investor_id" = InvestorId, Path), TimelineExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn timeline_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(id): Path<InvestorId>,
    Query(query): Query<TimelineExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &TimelineExport { investor_id: id, query }).await
}

/// Export users, by name.
#[utoipa::path(
    get, path = "/api/exports/users", operation_id = "user_export", tag = "exports",
    params(UserExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn user_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<UserExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}

/// Export imports, newest first.
#[utoipa::path(
    get, path = "/api/exports/imports", operation_id = "import_export", tag = "exports",
    params(ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn import_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &ImportExport(query)).await
}

/// Export the row errors of an import.
#[utoipa::path(
    get, path = "/api/exports/imports/{import_id}/errors", operation_id = "import_error_export", tag = "exports",
    params(("import_id" = ImportId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn import_error_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(id): Path<ImportId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &ImportErrorExport { import_id: id, query }).await
}

/// Export the audit trail, newest first. Callers who cannot read all of it can only export the history of an investor they can read.
#[utoipa::path(
    get, path = "/api/exports/audit", operation_id = "audit_export", tag = "exports",
    params(AuditExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn audit_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<AuditExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}

/// Export your notifications, newest first.
#[utoipa::path(
    get, path = "/api/exports/notifications", operation_id = "notification_export", tag = "exports",
    params(NotificationExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn notification_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<NotificationExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}

/// Export your reminders about all investors, by due time.
#[utoipa::path(
    get, path = "/api/exports/reminders", operation_id = "reminder_export_mine", tag = "exports",
    params(MyReminderExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn reminder_export_mine(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<MyReminderExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}

/// Export your sign-in sessions.
#[utoipa::path(
    get, path = "/api/exports/sessions", operation_id = "session_export", tag = "exports",
    params(ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn session_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &SessionExport(query)).await
}
