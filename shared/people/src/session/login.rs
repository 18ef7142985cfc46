//! Sign-in, with the same response and timing for an unknown user and a wrong password, and increasing lock-out times.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Granted, RefreshToken, Stored, draft, grant};
use crate::user::{self, Loaded, Password, Status, verify_or_burn};
use kernel::error::Error;
use kernel::id::SessionId;
use kernel::text::{Username, fold};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::{Actor, Origin};
use platform::table::{self, Key, Transaction};

/// Number of attempts before the first lock-out.
const FREE_ATTEMPTS: u32 = 5;
/// First lock-out in seconds; each further failure doubles it.
const FIRST_PAUSE: i64 = 15;
/// Maximum lock-out in seconds.
const LONGEST_PAUSE: i64 = 15 * 60;
/// How long after the last failure the counter resets, in seconds.
const FORGET_AFTER: i64 = 24 * 3600;

/// Credentials for signing in. Any text is accepted; values that can't be valid are simply wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Username.
    #[schema(max_length = 200)]
    pub username: String,
    /// Password.
    #[schema(format = Password, max_length = 1000)]
    pub password: String,
}

/// Signs a user in.
pub async fn login(app: &App, origin: &Origin, login: Login) -> Result<Granted, Error> {
    let guard = guard_key(app, &login.username).await?;
    count_attempt(app, &guard).await?;
    let known = find(app, login.username).await?;
    let hash = known.as_ref().map(|loaded| loaded.password_hash.clone());
    let right = verify_or_burn(Password::typed(&login.password), hash).await?;
    match known {
        Some(loaded) if right && loaded.user.status == Status::Active => succeed(app, origin, guard, loaded).await,
        known => {
            fail(app, origin, known).await?;
            Err(Error::InvalidCredentials)
        }
    }
}

async fn find(app: &App, username: String) -> Result<Option<Loaded>, Error> {
    // Look up impossible usernames too, so that the response takes the same time.
    let username = Username::try_from(username).or_else(|_| Username::try_from("nobody".to_owned()));
    match user::find_by_username(app, &username.map_err(Error::internal)?).await? {
        Some(id) => user::load(app, id).await.map(Some),
        None => Ok(None),
    }
}

/// The guard's key is a keyed hash, because people sometimes type passwords into the username field.
async fn guard_key(app: &App, username: &str) -> Result<Key, Error> {
    let hash = app.keys().root().await?.lookup("login", &fold(username));
    Ok(Key::new(format!("LOGIN#{hash}"), "GUARD"))
}

/// Counts the attempt before checking the password, so that concurrent attempts count too. Once the free attempts are used up, each
/// attempt must first win the right to set the next lock-out.
async fn count_attempt(app: &App, guard: &Key) -> Result<(), Error> {
    let now = Timestamp::now().as_second();
    let number = |n: i64| AttributeValue::N(n.to_string());
    let text = |s: &str| AttributeValue::S(s.to_owned());
    let update = || {
        app.table()
            .client()
            .update_item()
            .table_name(app.table().name())
            .key("pk", text(&guard.pk))
            .key("sk", text(&guard.sk))
    };
    let counted = update()
        .update_expression("ADD failures :one SET expires_at = :forget, #type = :type")
        .condition_expression("attribute_not_exists(locked_until) OR locked_until <= :now")
        .expression_attribute_names("#type", "type")
        .expression_attribute_values(":type", text("login_guard"))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":now", number(now))
        .expression_attribute_values(":forget", number(now + FORGET_AFTER))
        .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew)
        .return_values_on_condition_check_failure(aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let failures: u32 = match counted {
        Ok(answer) => table::read(&answer.attributes.unwrap_or_default(), "failures")?,
        Err(error) => {
            use aws_sdk_dynamodb::operation::update_item::UpdateItemError as E;
            let Some(E::ConditionalCheckFailedException(locked)) = error.as_service_error() else {
                return Err(table::failure(error));
            };
            let until: i64 = locked.item().map_or(Ok(now), |item| table::read(item, "locked_until"))?;
            return Err(Error::LockedOut { retry_after: u64::try_from(until - now).unwrap_or(0).max(1) });
        }
    };
    if failures < FREE_ATTEMPTS {
        return Ok(());
    }
    let pause = LONGEST_PAUSE.min(FIRST_PAUSE << (failures - FREE_ATTEMPTS).min(10));
    let won = update()
        .update_expression("SET locked_until = :until")
        .condition_expression("failures = :failures")
        .expression_attribute_values(":until", number(now + pause))
        .expression_attribute_values(":failures", number(failures.into()))
        .send()
        .await;
    match won {
        Ok(_) => Ok(()),
        Err(e)
            if e.as_service_error().is_some_and(
                aws_sdk_dynamodb::operation::update_item::UpdateItemError::is_conditional_check_failed_exception,
            ) =>
        {
            Err(Error::LockedOut { retry_after: u64::try_from(pause).unwrap_or(1) })
        }
        Err(e) => Err(table::failure(e)),
    }
}

async fn succeed(app: &App, origin: &Origin, guard: Key, loaded: Loaded) -> Result<Granted, Error> {
    let user = loaded.user;
    let token = RefreshToken::new(user.id, SessionId::new())?;
    let now = Timestamp::now();
    let stored = Stored {
        id: token.session,
        token_hash: token.hash(),
        created_at: now,
        last_used_at: now,
        ip: origin.ip.clone(),
        user_agent: origin.user_agent.clone(),
    };
    let actor = Actor { id: Some(user.id), name: user.name.to_string(), origin: origin.clone() };
    let mut transaction = Transaction::new();
    transaction.put(draft(user.id, &stored)?);
    transaction.delete(guard);
    audit::access_in(app, &mut transaction, &actor, Operation::LoginSucceeded, Subject::new(Entity::User, user.id))?;
    app.table().commit(transaction).await?;
    grant(app, user, &token).await
}

async fn fail(app: &App, origin: &Origin, known: Option<Loaded>) -> Result<(), Error> {
    let actor = Actor { id: None, name: "stranger".into(), origin: origin.clone() };
    let subject = match known {
        Some(loaded) => Subject::new(Entity::User, loaded.user.id),
        None => Subject::new(Entity::Login, "unknown"),
    };
    audit::access(app, &actor, Operation::LoginFailed, subject, Vec::new()).await
}
