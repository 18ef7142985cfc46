//! `/api/audit`: who did what, and whether the audit trail is intact.

use axum::extract::State;
use discovery::trail::{self, Asked, AuditQuery, Verification};
use kernel::error::Problem;
use kernel::policy::Action;
use kernel::{Error, Operation};
use platform::audit::{self, AuditRecord};
use platform::caller::Caller;
use platform::http::{Json, Query, Routes};
use platform::page::Page;
use platform::{App, routes};
use serde::Deserialize;
use utoipa::IntoParams;

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(audit_list)).routes(routes!(audit_verify))
}

/// Search the audit trail, newest first. Without full access, only the history of an investor you can read.
#[utoipa::path(
    get, path = "/api/audit", operation_id = "audit_list", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<AuditRecord>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn audit_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditRecord>>, Error> {
    let asked = query.asked()?;
    let cipher = trail::permitted(&app, &caller, Action::AuditRead, &asked).await?;
    let page = trail::list(&app, &query, cipher.as_ref()).await?;
    if let (Some(subject), Some(_)) = (asked.subject(), cipher) {
        // The history of a person or firm shows personal data, so reading it is recorded.
        audit::access(&app, &caller.actor, Operation::AuditList, subject.clone(), Vec::new()).await?;
    }
    Ok(Json(page))
}

/// The entity whose records to verify.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VerifyQuery {
    /// Entity type.
    #[param(max_length = 40)]
    entity_type: String,
    /// Entity ID.
    #[param(max_length = 100)]
    entity_id: String,
}

/// Verify an entity's audit records. Detects changed, removed or reordered records.
#[utoipa::path(
    get, path = "/api/audit/verify", operation_id = "audit_verify", tag = "audit", params(VerifyQuery),
    responses((status = 200, body = Verification), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn audit_verify(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<VerifyQuery>,
) -> Result<Json<Verification>, Error> {
    let asked = Asked::about(&query.entity_type, &query.entity_id)?;
    trail::permitted(&app, &caller, Action::AuditRead, &asked).await?;
    trail::verify(&app, &asked).await.map(Json)
}
