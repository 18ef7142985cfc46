//! The caller's own account: profile, password, sessions.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Error;
use kernel::error::Problem;
use kernel::id::SessionId;
use kernel::policy::{self, Action};
use kernel::text::{Email, Name, TimeZone};
use lambda_http::http::StatusCode;
use people::limit::{self, Attempt};
use people::session::{self, Session};
use people::user::{self, Password, Preferences, PreferencesPatch, User, UserPatch};
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes, Versioned, present};
use platform::page::{Page, PageRequest};
use platform::{App, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Routes for the caller's own account.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(me_get, me_update))
        .routes(routes!(password_change))
        .routes(routes!(preferences_get, preferences_update))
        .routes(routes!(session_list, session_revoke_all))
        .routes(routes!(session_revoke))
}

/// The signed-in user and their permissions.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    #[serde(flatten)]
    user: User,
    /// Actions that the user's roles allow, at least on their own entities.
    permissions: Vec<&'static str>,
}

impl Versioned for Me {
    fn version(&self) -> u64 {
        self.user.version
    }
}

fn me(user: User) -> Me {
    let allowed = Action::ALL.iter().filter(|action| policy::scope(&user.roles, **action).is_some());
    let permissions = allowed.map(|action| action.as_str()).collect();
    Me { user, permissions }
}

/// The account settings that users can change themselves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MePatch {
    /// Display name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    name: Option<Name>,
    /// New email address. It waits in `pending_email` until the link sent to it is followed; the present one cancels that.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    email: Option<Email>,
    /// Time zone for dates and times shown and emailed to the user.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    time_zone: Option<TimeZone>,
}

/// Data for changing one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// Current password.
    #[schema(format = Password, max_length = 1000)]
    current_password: String,
    /// New password.
    new_password: Password,
}

/// Get your account and permissions.
#[utoipa::path(
    get, path = "/api/me", operation_id = "me_get", tag = "account",
    responses((status = 200, body = Me), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn me_get(State(app): State<App>, caller: Caller) -> Result<Entity<Me>, Error> {
    Ok(Entity(me(user::load(&app, caller.id).await?.user)))
}

/// Update your name, email address or time zone.
#[utoipa::path(
    patch, path = "/api/me", operation_id = "me_update", tag = "account", request_body = MePatch,
    params(("If-Match" = String, Header, description = "The version you last read, in quotes.")),
    responses((status = 200, body = Me), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn me_update(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(patch): Json<MePatch>,
) -> Result<Entity<Me>, Error> {
    let MePatch { name, email, time_zone } = patch;
    if email.is_some() {
        let _counts = limit::attempt(&app, &caller.actor.origin, Attempt::Address { user: caller.id }).await?;
    }
    let patch = UserPatch { name, email, time_zone, ..UserPatch::default() };
    Ok(Entity(me(user::update(&app, &caller, caller.id, version, patch).await?)))
}

/// Get your preferences.
#[utoipa::path(
    get, path = "/api/me/preferences", operation_id = "preferences_get", tag = "account",
    responses((status = 200, body = Preferences), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn preferences_get(State(app): State<App>, caller: Caller) -> Result<Entity<Preferences>, Error> {
    user::preferences(&app, &caller).await.map(Entity)
}

/// Update your preferences.
#[utoipa::path(
    patch, path = "/api/me/preferences", operation_id = "preferences_update", tag = "account",
    params(("If-Match" = String, Header, description = "The version you last read, in quotes.")), request_body = PreferencesPatch,
    responses((status = 200, body = Preferences), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn preferences_update(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(patch): Json<PreferencesPatch>,
) -> Result<Entity<Preferences>, Error> {
    user::update_preferences(&app, &caller, version, patch).await.map(Entity)
}

/// Change your password. Ends your other sessions.
#[utoipa::path(
    post, path = "/api/me/password", operation_id = "password_change", tag = "account",
    request_body = PasswordChange,
    responses((status = 204), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn password_change(
    State(app): State<App>,
    caller: Caller,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Error> {
    let current = Password::typed(&change.current_password);
    let attempt = Attempt::Password { user: caller.id, session: caller.session_id };
    let ticket = limit::attempt(&app, &caller.actor.origin, attempt).await?;
    user::change_password(&app, &caller, current, change.new_password).await?;
    ticket.succeeded(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List your sessions.
#[utoipa::path(
    get, path = "/api/me/sessions", operation_id = "session_list", tag = "account", params(PageRequest),
    responses((status = 200, body = Page<Session>), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn session_list(
    State(app): State<App>,
    caller: Caller,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Session>>, Error> {
    session::list(&app, &caller, &request).await.map(Json)
}

/// Revoke one of your sessions. Another session than the present one needs a recent proof of identity.
#[utoipa::path(
    delete, path = "/api/me/sessions/{session_id}", operation_id = "session_revoke", tag = "account",
    params(("session_id" = SessionId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn session_revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Error> {
    session::revoke(&app, &caller, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// Revoke all of your sessions, including the current one. Needs a recent proof of identity.
#[utoipa::path(
    delete, path = "/api/me/sessions", operation_id = "session_revoke_all", tag = "account",
    responses((status = 204), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn session_revoke_all(State(app): State<App>, caller: Caller) -> Result<Response, Error> {
    session::revoke_all(&app, &caller).await?;
    Ok(crate::cookie::clear(&app, StatusCode::NO_CONTENT).into_response())
}
