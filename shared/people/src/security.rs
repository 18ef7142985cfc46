//! The company's security settings: which roles need a second factor, and how long users have to set one up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::user::User;
use kernel::ItemType;
use kernel::error::Error;
use kernel::policy::{Action, Role, Roles};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Compared, Fields, Head, Subject};
use platform::caller::Caller;
use platform::http::{Versioned, present};
use platform::table::{self, Draft, Key};

/// Maximum grace in days.
const MAX_GRACE: u32 = 90;
const DAY: i64 = 24 * 3600;

/// Primary key of the settings.
#[must_use]
pub fn key() -> Key {
    Key::new("SETTINGS", "SECURITY")
}

/// The company's security settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SecuritySettings {
    /// Version number; 0 until the settings are changed for the first time.
    pub version: u64,
    /// Roles that need a second factor. Users with one of them who have no second factor when the grace ends can sign in only to set
    /// one up.
    #[schema(value_type = Vec<Role>)]
    pub required_roles: Roles,
    /// Number of days to set up a second factor, counted from when the role began to need one or from when the user was created,
    /// whichever is later.
    pub grace_days: u32,
}

impl Versioned for SecuritySettings {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A merge patch of the security settings.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityPatch {
    /// Roles that need a second factor; empty if none does.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<Vec<Role>>, max_items = 5)]
    pub required_roles: Option<Roles>,
    /// Number of days to set up a second factor, 0 to 90.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, maximum = 90)]
    pub grace_days: Option<u32>,
}

#[derive(Default, Clone, Serialize, Deserialize)]
struct Stored {
    /// When each role began to need a second factor.
    required: BTreeMap<Role, Timestamp>,
    grace_days: u32,
}

struct Loaded {
    stored: Stored,
    version: u64,
    /// Head of the audit chain, once there is one.
    head: Option<Head>,
}

impl Stored {
    fn settings(&self, version: u64) -> SecuritySettings {
        let required_roles = self.required.keys().copied().collect();
        SecuritySettings { version, required_roles, grace_days: self.grace_days }
    }

    /// When `user` must have a second factor; `None` if none of their roles needs one.
    fn deadline(&self, user: &User) -> Option<Timestamp> {
        let since = user.roles.iter().filter_map(|role| self.required.get(role)).min()?;
        Some((*since).max(user.created_at).plus_seconds(i64::from(self.grace_days) * DAY))
    }

    fn fields(&self) -> Fields {
        let roles = self.required.keys().map(|role| role.as_str().to_owned()).collect();
        vec![
            ("required_roles", Compared::List(roles)),
            ("grace_days", Compared::Plain(Some(self.grace_days.to_string()))),
        ]
    }
}

async fn load(app: &App) -> Result<Loaded, Error> {
    match app.table().get(key()).await? {
        Some(item) => Ok(Loaded {
            stored: table::read(&item, "data")?,
            version: table::read(&item, "version")?,
            head: Some(table::read(&item, "audit_head")?),
        }),
        None => Ok(Loaded { stored: Stored::default(), version: 0, head: None }),
    }
}

/// Returns the security settings; for admins.
pub async fn get(app: &App, caller: &Caller) -> Result<SecuritySettings, Error> {
    caller.allow(Action::SecurityUpdate)?;
    let loaded = load(app).await?;
    Ok(loaded.stored.settings(loaded.version))
}

/// Updates the security settings, which must still be at `version`; for admins.
pub async fn update(app: &App, caller: &Caller, version: u64, patch: SecurityPatch) -> Result<SecuritySettings, Error> {
    caller.allow(Action::SecurityUpdate)?;
    caller.recently_authenticated()?;
    if patch.grace_days.is_some_and(|days| days > MAX_GRACE) {
        return Err(Error::field("grace_days", "must be at most 90"));
    }
    let before = load(app).await?;
    if before.version != version {
        return Err(Error::StaleVersion);
    }
    let mut after = before.stored.clone();
    after.grace_days = patch.grace_days.unwrap_or(after.grace_days);
    if let Some(roles) = patch.required_roles {
        let now = Timestamp::now();
        let since = |role| before.stored.required.get(&role).copied().unwrap_or(now);
        after.required = roles.into_iter().map(|role| (role, since(role))).collect();
    }
    let changes = audit::plain_differences(&before.stored.fields(), &after.fields())?;
    if changes.is_empty() {
        return Ok(after.settings(version));
    }
    let mut work = Work::new(app, caller, Operation::SecurityUpdate);
    let subject = Subject::new(Entity::Security, "security");
    let head = work.record(subject, version + 1, before.head.as_ref(), kernel::id::new(), changes)?;
    let draft =
        Draft::new(key(), ItemType::Security, &after)?.number("version", version + 1).object("audit_head", &head)?;
    match before.head {
        Some(_) => work.replace(draft, version),
        None => work.create(draft, |_| Error::StaleVersion),
    }
    work.commit().await?;
    Ok(after.settings(version + 1))
}

/// Which users need a second factor, and from when.
pub(crate) struct Rules(Stored);

/// Reads the rules. One round trip.
pub(crate) async fn rules(app: &App) -> Result<Rules, Error> {
    load(app).await.map(|loaded| Rules(loaded.stored))
}

impl Rules {
    /// When `user` must have a second factor; `None` if their roles need none.
    pub fn deadline(&self, user: &User) -> Option<Timestamp> {
        self.0.deadline(user)
    }

    /// Whether `user` should have a second factor by now and has none.
    pub fn overdue(&self, user: &User) -> bool {
        !user.factors.any() && self.deadline(user).is_some_and(|deadline| deadline <= Timestamp::now())
    }
}
