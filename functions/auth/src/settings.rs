//! The company's security settings.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use people::security::{self, SecurityPatch, SecuritySettings};
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Routes};
use platform::{App, routes};

/// Routes for the security settings.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(security_get, security_update))
}

/// Get the security settings.
#[utoipa::path(
    get, path = "/api/settings/security", operation_id = "security_get", tag = "settings",
    responses((status = 200, body = SecuritySettings), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn security_get(State(app): State<App>, caller: Caller) -> Result<Entity<SecuritySettings>, Error> {
    security::get(&app, &caller).await.map(Entity)
}

/// Update the security settings. Needs a recent proof of identity.
#[utoipa::path(
    patch, path = "/api/settings/security", operation_id = "security_update", tag = "settings",
    params(("If-Match" = String, Header, description = "The version you last read, in quotes.")), request_body = SecurityPatch,
    responses((status = 200, body = SecuritySettings), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn security_update(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(patch): Json<SecurityPatch>,
) -> Result<Entity<SecuritySettings>, Error> {
    security::update(&app, &caller, version, patch).await.map(Entity)
}
