//! Creates and updates users.

use serde::Deserialize;
use utoipa::ToSchema;

use super::item::{self, LoadedUser};
use super::password::NOBODY;
use super::read::Owner;
use super::{Factors, Password, Status, User, verify_or_burn};
use crate::channels::Notify;
use crate::outbox::{self, Matter};
use crate::session;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::{Action, Role, Roles, each_once, each_once_if_present};
use kernel::text::{Email, Name, TimeZone, Username, fold};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, FieldChange, Subject};
use platform::caller::{Actor, Caller};
use platform::http::present;
use platform::table::{Condition, Draft, Key, Table, Update, Write};

/// Data for creating a user.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Username for signing in; unique, cannot be changed.
    pub username: Username,
    /// Display name.
    pub name: Name,
    /// Email address; unique among users.
    pub email: Email,
    /// Roles; at least one.
    #[serde(deserialize_with = "each_once")]
    #[schema(value_type = std::collections::BTreeSet<Role>, min_items = 1, max_items = 5)]
    pub roles: Roles,
}

/// Data for first-run setup.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSetup)]
pub struct Setup {
    /// Username of the first admin.
    pub username: Username,
    /// Display name.
    pub name: Name,
    /// Email address.
    pub email: Email,
    /// Password.
    pub password: Password,
    /// The stack's setup token; required only if it was deployed with one.
    #[schema(max_length = 200)]
    pub setup_token: Option<String>,
}

/// A merge patch of a user.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Display name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// New email address. It waits in `pending_email` until the link sent to it is followed; the present one cancels that. The address of
    /// a user who has not accepted their invitation changes at once, and a new invitation goes to it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub email: Option<Email>,
    /// Time zone for dates and times shown and emailed to the user.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub time_zone: Option<TimeZone>,
    /// Roles; can be set only by admins.
    #[serde(default, deserialize_with = "each_once_if_present")]
    #[schema(nullable = false, value_type = Option<std::collections::BTreeSet<Role>>, min_items = 1, max_items = 5)]
    pub roles: Option<Roles>,
    /// Whether the user can sign in; can be set only by admins. Until the user has accepted their invitation, it is `invited` or
    /// `disabled`, after that `active` or `disabled`. Enabling a user who has not accepted sends a new invitation.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
}

fn marker_key() -> Key {
    Key::new("SETUP", "SETUP")
}

fn admins_key() -> Key {
    Key::new("COUNTER#admins", "COUNTER")
}

/// Whether first-run setup is complete.
pub async fn set_up_done(app: &App) -> Result<bool, Error> {
    is_set_up(app.table()).await
}

/// Whether `table` is that of a Steward whose first-run setup is complete.
pub async fn is_set_up(table: &Table) -> Result<bool, Error> {
    Ok(table.get(marker_key()).await?.is_some())
}

/// Creates the first admin; works only once, and only with the token `expected`, if any.
pub async fn set_up(app: &App, actor: &Actor, expected: Option<&str>, setup: Setup) -> Result<User, Error> {
    if expected.is_some() && !same(expected.unwrap_or_default(), setup.setup_token.as_deref().unwrap_or_default()) {
        return Err(Error::BadRequest {
            code: "set_up_token_required",
            detail: "Enter the setup token that this stack was deployed with.".into(),
            field: Some("setup_token"),
        });
    }
    let Setup { username, name, email, password, setup_token: _ } = setup;
    let new = NewUser { username, name, email, roles: Roles::from([Role::Admin]) };
    // The first admin creates themselves: the audit trail names them rather than the system.
    let id = UserId::new();
    let actor = Actor { id: Some(id), name: new.name.to_string(), ..actor.clone() };
    let mut work = Work::of(app, &actor, Operation::SetupCreate);
    let marker = Draft::new(marker_key(), ItemType::Setup, &())?;
    work.create(marker, |_| Error::conflict("already_set_up", "Steward is already set up. Sign in instead."));
    let user = stage_new(&mut work, id, new, Some(password)).await?;
    work.commit().await?;
    Ok(user)
}

/// Compares secrets in constant time.
fn same(a: &str, b: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

/// Creates a user who can sign in at once, on behalf of `actor`. No route leads here: the demo company and tests need such users.
pub async fn create_active(app: &App, actor: &Actor, new: NewUser, password: Password) -> Result<User, Error> {
    let mut work = Work::of(app, actor, Operation::UserCreate);
    let user = stage_new(&mut work, UserId::new(), new, Some(password)).await?;
    work.commit().await?;
    Ok(user)
}

/// Adds a user: an active one with a password, an invited one without.
pub(crate) async fn stage_new(
    work: &mut Work<'_>,
    id: UserId,
    new: NewUser,
    password: Option<Password>,
) -> Result<User, Error> {
    if new.roles.is_empty() {
        return Err(Error::field("roles", "must contain at least one role"));
    }
    let now = Timestamp::now();
    let time_zone = TimeZone::try_from("UTC".to_owned()).map_err(Error::internal)?;
    let user = User {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        username: new.username,
        name: new.name,
        email: new.email,
        pending_email: None,
        roles: new.roles,
        status: if password.is_some() { Status::Active } else { Status::Invited },
        invited_at: password.is_none().then_some(now),
        time_zone,
        notify: Notify::default(),
        factors: Factors::default(),
    };
    let hash = match password {
        Some(password) => {
            password.refuse_words_about("password", &user)?;
            password.hash().await?
        }
        None => NOBODY.into(),
    };
    let (cipher, key_write) = work.app.keys().new_subject(&item::subject(id)).await?;
    work.push(key_write, |_| Error::internal("a new user's key already exists"));
    let record = kernel::id::new();
    let changes = audit::differences(&Vec::new(), &user.fields(), &cipher, record)?;
    let head = work.record(Subject::new(Entity::User, id), 1, None, record, changes)?;
    work.create(item::draft(&user, &hash, &head, &cipher)?, |_| Error::internal("a new user's ID already exists"));
    let owner = Owner { user_id: id };
    work.create(Draft::new(item::username_key(&user.username), ItemType::Unique, &owner)?, |_| {
        Error::conflict("username_taken", "Another user already has this username.")
    });
    reserve_email(work, &user).await?;
    if user.is_active_admin() {
        work.push(count_admins(1), |_| Error::internal("could not count the admins"));
    }
    Ok(user)
}

async fn email_hash(app: &App, email: &Email) -> Result<String, Error> {
    Ok(app.keys().root().await?.lookup("user email", &fold(email.as_str())))
}

async fn reserve_email(work: &mut Work<'_>, user: &User) -> Result<(), Error> {
    let key = item::email_key(&email_hash(work.app, &user.email).await?);
    work.create(Draft::new(key, ItemType::Unique, &Owner { user_id: user.id })?, |_| email_taken());
    Ok(())
}

fn email_taken() -> Error {
    Error::conflict("email_taken", "Another user already has this email address.")
}

/// Changes the number of admins who can sign in; it never drops to zero.
fn count_admins(by: i32) -> Write<Update> {
    let update = Write::update(admins_key()).add("count", by);
    if by < 0 { update.when(Condition::greater("count", 1)) } else { update }
}

/// Updates a user that is still at `version`. Admins can update anyone; users only their own name, email and time zone. Roles, status
/// and address need a recent proof of identity.
pub async fn update(app: &App, caller: &Caller, id: UserId, version: u64, patch: UserPatch) -> Result<User, Error> {
    let privileged = patch.roles.is_some() || patch.status.is_some();
    if id != caller.id || privileged {
        caller.allow(Action::UserUpdate)?;
        caller.recently_authenticated()?;
    }
    if patch.roles.as_ref().is_some_and(Roles::is_empty) {
        return Err(Error::field("roles", "must contain at least one role"));
    }
    let loaded = super::load(app, id).await?;
    if loaded.user.version != version {
        return Err(Error::StaleVersion);
    }
    // The same new address once more: its link is sent again.
    let addressed = patch.email.is_some();
    let mut after = patch.apply(&loaded.user)?;
    let confirms = addressed && after.pending_email.is_some();
    if after == loaded.user && !confirms {
        return Ok(after);
    }
    if privileged || after.pending_email != loaded.user.pending_email || confirms {
        caller.recently_authenticated()?;
    }
    let signs_out = after.status == Status::Disabled;
    let mut work = Work::new(app, caller, Operation::UserUpdate);
    if let Some(pending) = after.pending_email.as_ref().filter(|_| confirms) {
        stage_confirmation(&mut work, &loaded, pending).await?;
    }
    if needs_invitation(&loaded.user, &after) {
        after.invited_at = Some(Timestamp::now());
        if app.sends_mail() {
            work.put(outbox::draft(id, kernel::id::new(), Timestamp::now(), Matter::Invitation)?);
        }
    }
    let user = save(work, &loaded, after, None).await?;
    if signs_out {
        session::revoke_all_of(app, &caller.actor, id, None).await?;
    }
    Ok(user)
}

impl User {
    /// The user without a change of address that waits: what somebody else may have asked for ends with their access.
    pub(crate) fn without_pending_email(self) -> Self {
        Self { pending_email: None, ..self }
    }
}

impl UserPatch {
    /// The user after the patch, without its consequences.
    fn apply(self, before: &User) -> Result<User, Error> {
        let mut after = before.clone();
        let invited = before.invited_at.is_some();
        after.name = self.name.unwrap_or(after.name);
        match self.email {
            // Nobody has used the account yet, so there is nothing to take over.
            Some(address) if invited => after.email = address,
            Some(address) => after.pending_email = (address != before.email).then_some(address),
            None => {}
        }
        after.time_zone = self.time_zone.unwrap_or(after.time_zone);
        after.roles = self.roles.unwrap_or(after.roles);
        after.status = match self.status {
            Some(Status::Active) if invited => {
                return Err(Error::field("status", "must be invited or disabled until the invitation is accepted"));
            }
            Some(Status::Invited) if !invited => return Err(Error::field("status", "must be active or disabled")),
            status => status.unwrap_or(after.status),
        };
        Ok(if after.status == Status::Disabled { after.without_pending_email() } else { after })
    }
}

/// Whether a change takes a new invitation, which voids the present one: it went to another address, or the user was disabled.
fn needs_invitation(before: &User, after: &User) -> bool {
    after.status == Status::Invited && (before.status != Status::Invited || before.email != after.email)
}

/// Adds the messages about a new address: a link to it, and a notice to the present one.
async fn stage_confirmation(work: &mut Work<'_>, before: &LoadedUser, pending: &Email) -> Result<(), Error> {
    let user = &before.user;
    if fold(pending.as_str()) != fold(user.email.as_str()) {
        let key = item::email_key(&email_hash(work.app, pending).await?);
        work.require(key, Condition::absent("pk"), |_| email_taken());
    }
    work.put(outbox::draft(user.id, kernel::id::new(), Timestamp::now(), Matter::EmailConfirmation)?);
    work.put(outbox::draft_to(user.id, &before.cipher, &user.email, Matter::EmailChangeRequested)?);
    Ok(())
}

/// Changes the caller's own password; ends their other sessions.
pub async fn change_password(app: &App, caller: &Caller, current: Password, new: Password) -> Result<(), Error> {
    let loaded = super::load(app, caller.id).await?;
    if !verify_or_burn(current, Some(loaded.password_hash.clone())).await? {
        audit::access(
            app,
            &caller.actor,
            Operation::PasswordChangeFailed,
            Subject::new(Entity::User, caller.id),
            Vec::new(),
        )
        .await?;
        return Err(Error::field("current_password", "is incorrect"));
    }
    new.refuse_words_about("new_password", &loaded.user)?;
    let after = loaded.user.clone().without_pending_email();
    let mut work = Work::new(app, caller, Operation::PasswordChange);
    work.put(outbox::draft(caller.id, kernel::id::new(), Timestamp::now(), Matter::PasswordChanged)?);
    save(work, &loaded, after, Some(new)).await?;
    session::revoke_all_of(app, &caller.actor, caller.id, Some(caller.session_id)).await
}

/// Writes the next version of `before`, together with the writes in `work`.
pub(crate) async fn save(
    mut work: Work<'_>,
    before: &LoadedUser,
    after: User,
    password: Option<Password>,
) -> Result<User, Error> {
    let old = &before.user;
    let after = User { version: old.version + 1, updated_at: Timestamp::now(), ..after };
    let record = kernel::id::new();
    let mut changes = audit::differences(&old.fields(), &after.fields(), &before.cipher, record)?;
    let hash = match password {
        Some(password) => {
            changes.push(FieldChange { field: "password".into(), before: None, after: None });
            password.hash().await?
        }
        None => before.password_hash.clone(),
    };
    let subject = Subject::new(Entity::User, after.id);
    let head = work.record(subject, after.version, Some(&before.head), record, changes)?;
    work.replace(item::draft(&after, &hash, &head, &before.cipher)?, old.version);
    if fold(old.email.as_str()) != fold(after.email.as_str()) {
        let released = item::email_key(&email_hash(work.app, &old.email).await?);
        work.delete(released);
        reserve_email(&mut work, &after).await?;
    }
    let admins = i32::from(after.is_active_admin()) - i32::from(old.is_active_admin());
    if admins != 0 {
        work.push(count_admins(admins), |_| Error::state("This is the last admin who can sign in."));
    }
    work.commit().await?;
    Ok(after)
}
