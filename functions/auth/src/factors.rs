//! The caller's second factors, and proving again who one is.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::PasskeyId;
use kernel::text::Name;
use lambda_http::http::StatusCode;
use people::factor::{
    self, Due, Overview, Passkey, PasskeyAttestation, PasskeyCreated, PasskeyCreationOptions, PasskeyName,
    RecoveryCodes, TotpSecret,
};
use people::limit::{self, Attempt};
use people::reauthentication::{self, Reauthentication, Renewed};
use people::user::User;
use platform::caller::Caller;
use platform::http::{Json, Path, Query, Routes};
use platform::page::{Page, PageRequest};
use platform::token::ACCESS_TOKEN_SECONDS;
use platform::{App, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Routes for the caller's second factors.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(factors_get))
        .routes(routes!(totp_create, totp_delete))
        .routes(routes!(totp_confirm))
        .routes(routes!(recovery_codes_create))
        .routes(routes!(passkey_list))
        .routes(routes!(passkey_begin))
        .routes(routes!(passkey_create))
        .routes(routes!(passkey_update, passkey_delete))
        .routes(routes!(reauthenticate_begin))
        .routes(routes!(reauthenticate))
}

/// The first code of an authenticator app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpCode {
    /// Six digits.
    #[schema(max_length = 20)]
    code: String,
}

/// A new passkey with its name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// Name, such as the device's.
    name: Name,
    /// The new passkey.
    credential: PasskeyAttestation,
}

/// A new access token of the same session.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewedToken {
    /// Access token; send it as `Authorization: Bearer <token>`.
    access_token: String,
    /// Token type; always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: i64,
    /// The signed-in user.
    user: User,
}

/// Get your second factors.
#[utoipa::path(
    get, path = "/api/me/factors", operation_id = "factors_get", tag = "account",
    responses((status = 200, body = Overview), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn factors_get(State(app): State<App>, caller: Caller) -> Result<Json<Overview>, Error> {
    factor::overview(&app, &caller).await.map(Json)
}

/// Begin to add an authenticator app. Needs a recent proof of identity.
#[utoipa::path(
    post, path = "/api/me/totp", operation_id = "totp_create", tag = "account",
    responses((status = 200, body = TotpSecret), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn totp_create(State(app): State<App>, caller: Caller) -> Result<Json<TotpSecret>, Error> {
    factor::create_totp(&app, &caller).await.map(Json)
}

/// Add the authenticator app by confirming its first code. Returns recovery codes if it is your first second factor.
#[utoipa::path(
    post, path = "/api/me/totp/confirm", operation_id = "totp_confirm", tag = "account", request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn totp_confirm(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<TotpCode>,
) -> Result<Json<RecoveryCodes>, Error> {
    caller.recently_authenticated()?;
    let attempt = Attempt::CodeInSession { user: caller.id, session: caller.session_id };
    let ticket = limit::attempt(&app, &caller.actor.origin, attempt).await?;
    let codes = factor::confirm_totp(&app, &caller, &given.code).await?;
    ticket.succeeded(&app).await?;
    Ok(Json(codes))
}

/// Remove your authenticator app. Needs a recent proof of identity.
#[utoipa::path(
    delete, path = "/api/me/totp", operation_id = "totp_delete", tag = "account",
    responses((status = 204), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn totp_delete(State(app): State<App>, caller: Caller) -> Result<StatusCode, Error> {
    factor::delete_totp(&app, &caller).await.map(|()| StatusCode::NO_CONTENT)
}

/// Replace your recovery codes. Needs a recent proof of identity.
#[utoipa::path(
    post, path = "/api/me/recovery-codes", operation_id = "recovery_codes_create", tag = "account",
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn recovery_codes_create(State(app): State<App>, caller: Caller) -> Result<Json<RecoveryCodes>, Error> {
    factor::new_recovery_codes(&app, &caller).await.map(Json)
}

/// List your passkeys, oldest first.
#[utoipa::path(
    get, path = "/api/me/passkeys", operation_id = "passkey_list", tag = "account", params(PageRequest),
    responses((status = 200, body = Page<Passkey>), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn passkey_list(
    State(app): State<App>,
    caller: Caller,
    Query(request): Query<PageRequest>,
) -> Result<Json<Page<Passkey>>, Error> {
    factor::passkeys(&app, &caller, &request).await.map(Json)
}

/// Begin to add a passkey. Needs a recent proof of identity.
#[utoipa::path(
    post, path = "/api/me/passkeys/begin", operation_id = "passkey_begin", tag = "account",
    responses((status = 200, body = PasskeyCreationOptions), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn passkey_begin(State(app): State<App>, caller: Caller) -> Result<Json<PasskeyCreationOptions>, Error> {
    factor::begin_passkey(&app, &caller).await.map(Json)
}

/// Add the passkey that the browser created. Returns recovery codes if it is your first second factor.
#[utoipa::path(
    post, path = "/api/me/passkeys/finish", operation_id = "passkey_create", tag = "account", request_body = NewPasskey,
    responses((status = 200, body = PasskeyCreated), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn passkey_create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewPasskey>,
) -> Result<Json<PasskeyCreated>, Error> {
    factor::create_passkey(&app, &caller, new.name, &new.credential).await.map(Json)
}

/// Rename one of your passkeys.
#[utoipa::path(
    patch, path = "/api/me/passkeys/{passkey_id}", operation_id = "passkey_update", tag = "account",
    params(("passkey_id" = PasskeyId, Path)), request_body = PasskeyName,
    responses((status = 200, body = Passkey), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn passkey_update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PasskeyId>,
    Json(PasskeyName { name }): Json<PasskeyName>,
) -> Result<Json<Passkey>, Error> {
    factor::rename_passkey(&app, &caller, id, name).await.map(Json)
}

/// Remove one of your passkeys. Needs a recent proof of identity.
#[utoipa::path(
    delete, path = "/api/me/passkeys/{passkey_id}", operation_id = "passkey_delete", tag = "account",
    params(("passkey_id" = PasskeyId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn passkey_delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PasskeyId>,
) -> Result<StatusCode, Error> {
    factor::delete_passkey(&app, &caller, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// Get the ways to prove who you are, with a challenge for a passkey.
#[utoipa::path(
    post, path = "/api/auth/reauthenticate/begin", operation_id = "reauthenticate_begin", tag = "auth",
    responses((status = 200, body = Due), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn reauthenticate_begin(State(app): State<App>, caller: Caller) -> Result<Json<Due>, Error> {
    factor::begin_reauthentication(&app, &caller).await.map(Json)
}

/// Prove again who you are. The new access token allows sensitive actions for five minutes.
#[utoipa::path(
    post, path = "/api/auth/reauthenticate", operation_id = "reauthenticate", tag = "auth",
    request_body = Reauthentication,
    responses((status = 200, body = RenewedToken), (status = "4XX", body = Problem)), security(("bearer" = []))
)]
async fn reauthenticate(
    State(app): State<App>,
    caller: Caller,
    Json(proof): Json<Reauthentication>,
) -> Result<Json<RenewedToken>, Error> {
    let Renewed { user, access_token } = reauthentication::reauthenticate(&app, &caller, proof).await?;
    Ok(Json(RenewedToken { access_token, token_type: "Bearer", expires_in: ACCESS_TOKEN_SECONDS, user }))
}
