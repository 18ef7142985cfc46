//! Reading users.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::item::{self, Loaded};
use super::{User, UserCard, UserQuery};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::{Action, Role, Roles};
use kernel::text::{TimeZone, Username};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// A user, whoever asks. One round trip.
pub async fn load(app: &App, id: UserId) -> Result<Loaded, Error> {
    let (found, cipher) = app.table().get_with_subject(app.keys(), item::key(id), &item::subject(id)).await?;
    match (found, cipher) {
        (Some(found), Some(cipher)) => item::open(&found, cipher),
        _ => Err(Error::NotFound { what: "user" }),
    }
}

/// A user in full, for an admin.
pub async fn get(app: &App, caller: &Caller, id: UserId) -> Result<User, Error> {
    caller.allow(Action::UserRead)?;
    Ok(load(app, id).await?.user)
}

#[derive(Serialize, Deserialize)]
pub(super) struct Owner {
    pub user_id: UserId,
}

/// The user with this name for signing in.
pub async fn find_by_username(app: &App, username: &Username) -> Result<Option<UserId>, Error> {
    match app.table().get(item::username_key(username)).await? {
        Some(item) => table::read::<Owner>(&item, "data").map(|owner| Some(owner.user_id)),
        None => Ok(None),
    }
}

/// One page of users by name, reduced to their cards.
pub async fn list(app: &App, caller: &Caller, query: &UserQuery) -> Result<Page<UserCard>, Error> {
    caller.allow(Action::UserList)?;
    read(app, query, &PageRequest::new(query.limit, query.cursor.clone())).await
}

/// One page of users by name, whoever asks.
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

/// What a user is by now; none when they may not sign in. One round trip.
pub async fn active_roles(app: &App, id: UserId) -> Result<Option<Roles>, Error> {
    let card = cards(app, &BTreeSet::from([id])).await?.remove(&id);
    Ok(card.filter(|card| card.status == super::Status::Active).map(|card| card.roles))
}

/// Those of the users who are active admins. One round trip for a hundred.
pub async fn active_admins_of(app: &App, users: Vec<UserId>) -> Result<Vec<UserId>, Error> {
    if users.is_empty() {
        return Ok(users);
    }
    let is_admin = |card: &UserCard| card.status == super::Status::Active && card.roles.contains(&Role::Admin);
    let cards = cards(app, &users.into_iter().collect()).await?;
    Ok(cards.into_values().filter(is_admin).map(|card| card.id).collect())
}

/// The zone in which a user's days begin; UTC for one that is not there. Nothing personal is opened.
pub async fn zone(app: &App, id: UserId) -> Result<TimeZone, Error> {
    match app.table().get(item::key(id)).await? {
        Some(found) => table::read::<item::Preferred>(&found, "data").map(|preferred| preferred.time_zone),
        None => TimeZone::try_from("UTC".to_owned()).map_err(Error::internal),
    }
}

/// The cards of these users, whoever asks; those that are not there are left out. One round trip for a hundred.
pub async fn cards(app: &App, ids: &BTreeSet<UserId>) -> Result<BTreeMap<UserId, UserCard>, Error> {
    let items = app.table().get_many(ids.iter().map(|id| item::key(*id)).collect()).await?;
    items.into_iter().map(|found| table::read::<UserCard>(&found, "card").map(|card| (card.id, card))).collect()
}
