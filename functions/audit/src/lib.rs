//! `/api/audit`: who did what, and whether the record of it is whole.

use axum::extract::State;
use serde::Deserialize;
use shared::audit::{self, AuditQuery, AuditRecord, Subject, Verification};
use shared::caller::Caller;
use shared::error::Problem;
use shared::http::Query;
use shared::keys::SubjectKey;
use shared::page::Page;
use shared::policy::Action;
use shared::{App, Error, investor, user};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The function's routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(audit_list)).routes(routes!(audit_verify))
}

/// Search the audit trail, newest first. Without the right to all of it, only the history of an investor that one may read.
#[utoipa::path(
    get, path = "/api/audit", operation_id = "audit_list", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<AuditRecord>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn audit_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<AuditQuery>,
) -> Result<axum::Json<Page<AuditRecord>>, Error> {
    let subject = query.subject()?;
    let cipher = permitted(&app, &caller, subject.as_ref()).await?;
    let page = audit::list(&app, &query, cipher.as_ref()).await?;
    if let (Some(subject), Some(_)) = (subject, cipher) {
        // The history of a person or firm shows its personal data.
        audit::access(&app, &caller.actor, "audit_list", subject, Vec::new()).await?;
    }
    Ok(axum::Json(page))
}

/// The key with which the personal values of the subject's records are shown, if the caller may see the records at all.
async fn permitted(app: &App, caller: &Caller, subject: Option<&Subject>) -> Result<Option<SubjectKey>, Error> {
    match subject {
        Some(subject) if subject.entity_type == "investor" => {
            let id = parse(&subject.entity_id)?;
            let loaded = investor::load_any(app, caller, Action::InvestorHistoryRead, id).await?;
            Ok(Some(loaded.cipher))
        }
        Some(subject) => {
            caller.allow(Action::AuditRead)?;
            match subject.entity_type.as_str() {
                "user" => app.keys().subject(&user::subject(parse(&subject.entity_id)?)).await,
                _ => Ok(None),
            }
        }
        None => caller.allow(Action::AuditRead).map(|_| None),
    }
}

fn parse<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::bad_parameter("entity_id", "is not a UUID"))
}

/// Which entity's records to check.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VerifyQuery {
    /// Kind of entity.
    entity_type: String,
    /// The entity.
    entity_id: String,
}

/// Check an entity's audit records: find any that was changed, removed or reordered.
#[utoipa::path(
    get, path = "/api/audit/verify", operation_id = "audit_verify", tag = "audit", params(VerifyQuery),
    responses((status = 200, body = Verification), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn audit_verify(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<VerifyQuery>,
) -> Result<axum::Json<Verification>, Error> {
    let subject = Subject::new(&query.entity_type, &query.entity_id);
    permitted(&app, &caller, Some(&subject)).await?;
    audit::verify(&app, &subject).await.map(axum::Json)
}
