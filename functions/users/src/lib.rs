//! `/api/users`: user management for admins.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{SessionId, UserId};
use lambda_http::http::StatusCode;
use people::factor;
use people::invitation::{self, InvitedUser};
use people::link::SentLink;
use people::password_reset;
use people::session::{self, Session};
use people::user::{self, NewUser, User, UserCard, UserPatch, UserQuery};
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::{Page, PageRequest};
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(user_list, user_create))
        .routes(routes!(user_get, user_update))
        .routes(routes!(user_invite))
        .routes(routes!(user_password_reset))
        .routes(routes!(user_session_list, user_session_revoke_all))
        .routes(routes!(user_session_revoke))
        .routes(routes!(user_factors_reset))
}

/// List users by name.
#[utoipa::path(
    get, path = "/api/users", operation_id = "user_list", tag = "users", params(UserQuery),
    responses((status = 200, body = Page<UserCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<UserCard>>, Error> {
    user::list(&app, &caller, &query).await.map(Json)
}

/// Create a user and send them an invitation. They can sign in once they have accepted it.
#[utoipa::path(
    post, path = "/api/users", operation_id = "user_create", tag = "users", request_body = NewUser,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with the same key returns the first response.")),
    responses((status = 201, body = InvitedUser), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_create(State(app): State<App>, caller: Caller, Json(new): Json<NewUser>) -> Result<StoredAnswer, Error> {
    invitation::create(&app, &caller, new).await
}

/// Get a user's full details.
#[utoipa::path(
    get, path = "/api/users/{user_id}", operation_id = "user_get", tag = "users", params(("user_id" = UserId, Path)),
    responses((status = 200, body = User), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_get(State(app): State<App>, caller: Caller, Path(id): Path<UserId>) -> Result<Entity<User>, Error> {
    user::get(&app, &caller, id).await.map(Entity)
}

/// Update a user, including their roles or status.
#[utoipa::path(
    patch, path = "/api/users/{user_id}", operation_id = "user_update", tag = "users",
    params(("user_id" = UserId, Path), ("If-Match" = String, Header, description = "The version you last read, in quotes.")),
    request_body = UserPatch,
    responses((status = 200, body = User), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<UserPatch>,
) -> Result<Entity<User>, Error> {
    caller.allow(kernel::policy::Action::UserUpdate)?;
    user::update(&app, &caller, id, version, patch).await.map(Entity)
}

/// Send a user a new invitation. The link in the previous one no longer works. Needs a recent proof of identity.
#[utoipa::path(
    post, path = "/api/users/{user_id}/invitation", operation_id = "user_invite", tag = "users",
    params(("user_id" = UserId, Path)),
    responses((status = 200, body = SentLink), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_invite(State(app): State<App>, caller: Caller, Path(id): Path<UserId>) -> Result<Json<SentLink>, Error> {
    invitation::send(&app, &caller, id).await.map(Json)
}

/// Send a user a link to set a new password, for a user who cannot sign in. Needs a recent proof of identity.
#[utoipa::path(
    post, path = "/api/users/{user_id}/password-reset", operation_id = "user_password_reset", tag = "users",
    params(("user_id" = UserId, Path)),
    responses((status = 200, body = SentLink), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_password_reset(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<Json<SentLink>, Error> {
    password_reset::send(&app, &caller, id).await.map(Json)
}

/// List a user's sessions: where they are signed in.
#[utoipa::path(
    get, path = "/api/users/{user_id}/sessions", operation_id = "user_session_list", tag = "users",
    params(("user_id" = UserId, Path), PageRequest),
    responses((status = 200, body = Page<Session>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_session_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UserId>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Session>>, Error> {
    user::get(&app, &caller, id).await?;
    session::list_for_admin(&app, &caller, id, &request).await.map(Json)
}

/// End one of a user's sessions. Needs a recent proof of identity.
#[utoipa::path(
    delete, path = "/api/users/{user_id}/sessions/{session_id}", operation_id = "user_session_revoke", tag = "users",
    params(("user_id" = UserId, Path), ("session_id" = SessionId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_session_revoke(
    State(app): State<App>,
    caller: Caller,
    Path((user, session)): Path<(UserId, SessionId)>,
) -> Result<StatusCode, Error> {
    session::revoke_for_admin(&app, &caller, user, session).await.map(|()| StatusCode::NO_CONTENT)
}

/// End all of a user's sessions: signs them out everywhere. Needs a recent proof of identity.
#[utoipa::path(
    delete, path = "/api/users/{user_id}/sessions", operation_id = "user_session_revoke_all", tag = "users",
    params(("user_id" = UserId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_session_revoke_all(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    user::get(&app, &caller, id).await?;
    session::revoke_all_for_admin(&app, &caller, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// Remove a user's second factors and recovery codes, for a user who lost them. Needs a recent proof of identity. The user is notified.
#[utoipa::path(
    delete, path = "/api/users/{user_id}/factors", operation_id = "user_factors_reset", tag = "users",
    params(("user_id" = UserId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn user_factors_reset(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    factor::reset(&app, &caller, id).await.map(|()| StatusCode::NO_CONTENT)
}
