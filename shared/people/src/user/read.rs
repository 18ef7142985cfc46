//! Reads users.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::item::{self, Credentials, LoadedUser};
use super::{Status, User, UserCard, UserQuery};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::{Action, Role};
use kernel::text::{TimeZone, Username, fold};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Key};

/// Reads a user without an access check. One round trip.
pub async fn load(app: &App, id: UserId) -> Result<LoadedUser, Error> {
    let (found, cipher) = app.keys().get_with_subject(app.table(), item::key(id), &item::subject(id)).await?;
    match (found, cipher) {
        (Some(found), Some(cipher)) => item::open(&found, cipher),
        _ => Err(Error::NotFound { what: "user" }),
    }
}

/// Reads a user without an access check; `None` if they do not exist or cannot sign in. One round trip.
pub(crate) async fn load_active(app: &App, id: UserId) -> Result<Option<LoadedUser>, Error> {
    match load(app, id).await {
        Ok(loaded) => Ok(Some(loaded).filter(|loaded| loaded.user.status == Status::Active)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Returns a user's full details; for admins.
pub async fn get(app: &App, caller: &Caller, id: UserId) -> Result<User, Error> {
    caller.allow(Action::UserRead)?;
    Ok(load(app, id).await?.user)
}

#[derive(Serialize, Deserialize)]
pub(super) struct Owner {
    pub user_id: UserId,
}

/// Looks up the user with this username.
pub async fn find_by_username(app: &App, username: &Username) -> Result<Option<UserId>, Error> {
    match app.table().get(item::username_key(username)).await? {
        Some(item) => table::read::<Owner>(&item, "data").map(|owner| Some(owner.user_id)),
        None => Ok(None),
    }
}

/// The credentials of the user with this username. Takes the same two reads whether or not there is one.
pub(crate) async fn credentials(app: &App, username: &Username) -> Result<Option<Credentials>, Error> {
    let id = find_by_username(app, username).await?;
    match app.table().get(item::key(id.unwrap_or_else(nobody))).await? {
        Some(item) => table::read(&item, "data").map(Some),
        None => Ok(None),
    }
}

/// The ID of no user.
fn nobody() -> UserId {
    UserId(uuid::Uuid::nil())
}

/// Looks up the user with this username or email address. Always looks up both, so that it takes the same time.
pub async fn find_by_username_or_email(app: &App, given: &str) -> Result<Option<UserId>, Error> {
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

/// Returns one page of users in summary form, by name.
pub async fn list(app: &App, caller: &Caller, query: &UserQuery) -> Result<Page<UserCard>, Error> {
    caller.allow(Action::UserList)?;
    read(app, query, &PageRequest::new(query.limit, query.cursor.clone())).await
}

/// Returns one page of users by name, without an access check.
pub async fn read(app: &App, query: &UserQuery, request: &PageRequest) -> Result<Page<UserCard>, Error> {
    let mut list = List::new("users", Source::index("gsi1", "USERS"), Order::Ascending);
    if let Some(status) = query.status {
        list = list.filter("card.status", status.as_str());
    }
    if let Some(role) = query.role {
        list = list.containing("card.roles", role.as_str());
    }
    list.page(app, request).await?.try_map(|item| table::read(&item, "card"))
}

/// The active admins among these users. One round trip per 100 users.
pub async fn active_admins_of(app: &App, users: Vec<UserId>) -> Result<Vec<UserId>, Error> {
    if users.is_empty() {
        return Ok(users);
    }
    let is_admin = |card: &UserCard| card.status == Status::Active && card.roles.contains(&Role::Admin);
    let cards = cards(app, &users.into_iter().collect()).await?;
    Ok(cards.into_values().filter(is_admin).map(|card| card.id).collect())
}

/// The user's time zone; UTC if the user does not exist. Decrypts no personal data.
pub async fn zone(app: &App, id: UserId) -> Result<TimeZone, Error> {
    match app.table().get(item::key(id)).await? {
        Some(found) => table::read::<item::Preferred>(&found, "data").map(|preferred| preferred.time_zone),
        None => TimeZone::try_from("UTC".to_owned()).map_err(Error::internal),
    }
}

/// The cards of these users, without an access check; missing users are omitted. One round trip per 100 users.
pub async fn cards(app: &App, ids: &BTreeSet<UserId>) -> Result<BTreeMap<UserId, UserCard>, Error> {
    let items = app.table().get_many(ids.iter().map(|id| item::key(*id)).collect()).await?;
    items.into_iter().map(|found| table::read::<UserCard>(&found, "card").map(|card| (card.id, card))).collect()
}
