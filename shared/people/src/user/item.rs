//! Storage of users.

use serde::{Deserialize, Serialize};

use super::{Factors, Status, User};
use crate::channels::Notify;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::Roles;
use kernel::text::{self, Email, Name, TimeZone, Username};
use kernel::time::Timestamp;
use platform::audit::Head;
use platform::cipher::{Cipher, Sealed};
use platform::keys::SubjectKey;
use platform::standing;
use platform::table::{self, Draft, Item, Key};

/// A user as read from the table, including data that never leaves the server.
#[derive(Clone)]
pub struct LoadedUser {
    /// The user.
    pub user: User,
    /// The password's hash as a PHC string.
    pub password_hash: String,
    /// Head of the audit chain.
    pub head: Head,
    /// The user's data key.
    pub cipher: SubjectKey,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredUser {
    pub id: UserId,
    created_at: Timestamp,
    updated_at: Timestamp,
    username: Username,
    name: Name,
    email: Sealed,
    #[serde(default)]
    pending_email: Option<Sealed>,
    roles: Roles,
    status: Status,
    #[serde(default)]
    invited_at: Option<Timestamp>,
    time_zone: TimeZone,
    #[serde(default)]
    notify: Notify,
    #[serde(default)]
    factors: Factors,
    password_hash: String,
}

/// The part of a user that signing in checks. Reading it takes no data key.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub id: UserId,
    pub status: Status,
    pub password_hash: String,
}

/// The part of a user with their notification settings and time zone.
#[derive(Deserialize)]
pub(super) struct Preferred {
    pub time_zone: TimeZone,
    #[serde(default)]
    pub notify: Notify,
}

/// Primary key of a user.
#[must_use]
pub fn key(id: UserId) -> Key {
    standing::user_key(id)
}

/// Name of the data key that seals the user's personal data.
#[must_use]
pub fn subject(id: UserId) -> String {
    format!("user#{id}")
}

pub(super) fn username_key(username: &Username) -> Key {
    Key::new(format!("UNIQUE#username#{username}"), "UNIQUE")
}

pub(super) fn email_key(hash: &str) -> Key {
    Key::new(format!("UNIQUE#user_email#{hash}"), "UNIQUE")
}

fn email_place(id: UserId) -> String {
    format!("user/{id}/email")
}

fn pending_email_place(id: UserId) -> String {
    format!("user/{id}/pending_email")
}

pub(super) fn draft(user: &User, password_hash: &str, head: &Head, cipher: &Cipher) -> Result<Draft, Error> {
    let pending = user.pending_email.as_ref();
    let pending =
        pending.map(|pending| cipher.seal_text(&pending_email_place(user.id), pending.as_str())).transpose()?;
    let stored = StoredUser {
        id: user.id,
        created_at: user.created_at,
        updated_at: user.updated_at,
        username: user.username.clone(),
        name: user.name.clone(),
        email: cipher.seal_text(&email_place(user.id), user.email.as_str())?,
        pending_email: pending,
        roles: user.roles.clone(),
        status: user.status,
        invited_at: user.invited_at,
        time_zone: user.time_zone.clone(),
        notify: user.notify,
        factors: user.factors,
        password_hash: password_hash.into(),
    };
    let place = text::position(user.name.as_str(), &user.id);
    let draft = Draft::new(key(user.id), ItemType::User, &stored)?
        .number("version", user.version)
        .card(&user.card())?
        .object("audit_head", head)?
        .index("gsi1", "USERS", place);
    let may = [
        ("manages_investors", user.manages_investors()),
        ("owns_products", user.owns_products()),
        ("works_on_products", user.works_on_products()),
    ];
    Ok(may.into_iter().filter(|(_, may)| *may).fold(draft, |draft, (what, _)| draft.text(what, "yes")))
}

pub(super) fn open(item: &Item, cipher: SubjectKey) -> Result<LoadedUser, Error> {
    let stored: StoredUser = table::read(item, "data")?;
    let email = cipher.open_text(&email_place(stored.id), &stored.email)?;
    let pending = stored.pending_email.as_ref();
    let pending = pending.map(|pending| cipher.open_text(&pending_email_place(stored.id), pending)).transpose()?;
    let user = User {
        id: stored.id,
        version: table::read(item, "version")?,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
        username: stored.username,
        name: stored.name,
        email: Email::try_from(email).map_err(Error::internal)?,
        pending_email: pending.map(Email::try_from).transpose().map_err(Error::internal)?,
        roles: stored.roles,
        status: stored.status,
        invited_at: stored.invited_at,
        time_zone: stored.time_zone,
        notify: stored.notify,
        factors: stored.factors,
    };
    let head = table::read(item, "audit_head")?;
    Ok(LoadedUser { user, password_hash: stored.password_hash, head, cipher })
}
