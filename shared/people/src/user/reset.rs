//! Password reset: a one-use link sent by email.
//!
//! Requesting a link takes the same steps and gives the same response whether or not the user exists. Only the token's hash is
//! stored; it is valid for half an hour, once, and only while the password is still the one it was requested for.

use aws_lc_rs::rand;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{self, Loaded};
use super::read::Owner;
use super::{Password, Status, write};
use crate::outbox::{self, Matter};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::text::{Username, fold};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Origin};
use platform::hash::sha256;
use platform::table::{self, Draft, Key, Transaction};

/// How long a link is valid, in seconds.
pub const RESET_SECONDS: i64 = 30 * 60;
/// Maximum number of links per user in a time window; further ones are not sent.
const MOST_IN_WINDOW: u32 = 3;
/// Length of the time window, in seconds.
const WINDOW: i64 = 3600;

/// A request for a password reset link. Any text is accepted; values that can't be valid match no user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// Username or email address.
    #[schema(max_length = 254)]
    pub username_or_email: String,
}

/// A new password, with the token from the link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// Token from the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// New password.
    pub password: Password,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    user_id: UserId,
    /// Identifies the password that the link replaces.
    password_mark: String,
    expires_at: i64,
}

fn token_key(token: &str) -> Key {
    Key::new(format!("RESET#{}", sha256(token.as_bytes())), "RESET")
}

/// Sends a link if the user exists and has not requested too many. Returns the same result in every case.
pub async fn request_password_reset(app: &App, origin: &Origin, request: &PasswordResetRequest) -> Result<(), Error> {
    let given: String = request.username_or_email.trim().chars().take(254).collect();
    let user = find(app, &given).await?;
    let guarded = user.map_or_else(|| fold(&given), |id| id.to_string());
    let within = count(app, &guarded).await?;
    let subject = user.map_or_else(|| Subject::new(Entity::Login, "unknown"), |id| Subject::new(Entity::User, id));
    let actor = Actor { id: None, name: "stranger".into(), origin: origin.clone() };
    let mut transaction = Transaction::new();
    let mail = match user {
        Some(user) if within => outbox::draft(user, kernel::id::new(), Timestamp::now(), Matter::PasswordReset)?,
        _ => outbox::decoy()?,
    };
    transaction.put(mail);
    audit::access_in(app, &mut transaction, &actor, Operation::PasswordResetRequest, subject)?;
    app.table().commit(transaction).await
}

/// Finds the user with this username or email address. Always looks up both, so that it takes the same time.
async fn find(app: &App, given: &str) -> Result<Option<UserId>, Error> {
    // A username that no user can have.
    let username = Username::try_from(given.to_owned()).ok();
    let name_key = match &username {
        Some(username) => item::username_key(username),
        None => Key::new("UNIQUE#username#", "UNIQUE"),
    };
    let address = app.keys().root().await?.lookup("user email", &fold(given));
    let (by_name, by_address) = tokio::join!(app.table().get(name_key), app.table().get(item::email_key(&address)));
    match by_name?.or(by_address?) {
        Some(found) => table::read::<Owner>(&found, "data").map(|owner| Some(owner.user_id)),
        None => Ok(None),
    }
}

/// Counts the request and returns whether it is within the limit for its time window.
async fn count(app: &App, guarded: &str) -> Result<bool, Error> {
    let guard = app.keys().root().await?.lookup("password reset", guarded);
    let now = Timestamp::now().as_second();
    let number = |n: i64| AttributeValue::N(n.to_string());
    let update = || {
        app.table()
            .client()
            .update_item()
            .table_name(app.table().name())
            .key("pk", AttributeValue::S(format!("LOGIN#{guard}")))
            .key("sk", AttributeValue::S("RESETS".into()))
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":end", number(now + WINDOW))
    };
    let counted = update()
        .update_expression("SET expires_at = if_not_exists(expires_at, :end) ADD #count :one")
        .condition_expression("attribute_not_exists(expires_at) OR (expires_at > :now AND #count < :most)")
        .expression_attribute_values(":most", number(i64::from(MOST_IN_WINDOW)))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let Err(error) = counted else { return Ok(true) };
    let Some(UpdateItemError::ConditionalCheckFailedException(refused)) = error.as_service_error() else {
        return Err(table::failure(error));
    };
    let ends: i64 = refused.item().map_or(Ok(0), |item| table::read(item, "expires_at"))?;
    if ends > now {
        return Ok(false);
    }
    // The window has ended, but DynamoDB has not deleted the item yet.
    let renewed = update()
        .update_expression("SET expires_at = :end, #count = :one")
        .condition_expression("expires_at <= :now")
        .send()
        .await;
    match renewed {
        Ok(_) => Ok(true),
        Err(e) if e.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => Ok(false),
        Err(e) => Err(table::failure(e)),
    }
}

/// Issues a token for the user and stores its hash. Called when the message is sent.
pub async fn issue_reset_token(app: &App, user: &Loaded) -> Result<String, Error> {
    let mut secret = [0_u8; 32];
    rand::fill(&mut secret).map_err(Error::defect)?;
    let token = URL_SAFE_NO_PAD.encode(secret);
    let expires_at = Timestamp::now().as_second() + RESET_SECONDS;
    let stored = Stored { user_id: user.user.id, password_mark: sha256(user.password_hash.as_bytes()), expires_at };
    let draft = Draft::new(token_key(&token), ItemType::PasswordReset, &stored)?.number("expires_at", expires_at);
    let mut transaction = Transaction::new();
    transaction.create(draft, |_| Error::internal("a reset token already exists"));
    app.table().commit(transaction).await?;
    Ok(token)
}

fn no_good() -> Error {
    Error::BadRequest {
        code: "invalid_reset_token",
        detail: "This link is no longer valid. Request a new one.".into(),
        field: Some("token"),
    }
}

/// Sets a new password using the token from a link, which can't be used again. Ends all of the user's sessions.
pub async fn reset_password(app: &App, origin: &Origin, reset: PasswordReset) -> Result<(), Error> {
    let key = token_key(&reset.token);
    let found = app.table().get(key.clone()).await?.ok_or_else(no_good)?;
    let stored: Stored = table::read(&found, "data")?;
    let before = match super::load(app, stored.user_id).await {
        Ok(before) => before,
        Err(Error::NotFound { .. }) => return Err(no_good()),
        Err(other) => return Err(other),
    };
    let good = stored.expires_at > Timestamp::now().as_second()
        && stored.password_mark == sha256(before.password_hash.as_bytes())
        && before.user.status == Status::Active;
    if !good {
        return Err(no_good());
    }
    write::refuse_username_in(&reset.password, &before.user.username)?;
    let actor = Actor { id: Some(before.user.id), name: before.user.name.to_string(), origin: origin.clone() };
    // Revoke sessions before and after: a crash in between leaves nobody signed in with the forgotten password.
    crate::session::revoke_all(app, &actor, before.user.id, None).await?;
    let mut transaction = Transaction::new();
    use_up(app, &mut transaction, key)?;
    let after = before.user.clone();
    match write::save(app, &actor, transaction, Operation::PasswordResetConfirm, &before, after, Some(reset.password))
        .await
    {
        // The link was used, or the user changed, at the same moment: only the first one takes effect.
        Err(Error::StaleVersion) => Err(no_good()),
        Err(other) => Err(other),
        Ok(user) => crate::session::revoke_all(app, &actor, user.id, None).await,
    }
}

/// Deletes the token, which must still exist.
fn use_up(app: &App, transaction: &mut Transaction, key: Key) -> Result<(), Error> {
    let delete = Delete::builder()
        .table_name(app.table().name())
        .key("pk", AttributeValue::S(key.pk))
        .key("sk", AttributeValue::S(key.sk))
        .condition_expression("attribute_exists(pk)")
        .build()
        .map_err(Error::defect)?;
    transaction.push(TransactWriteItem::builder().delete(delete).build(), |_| no_good());
    Ok(())
}
