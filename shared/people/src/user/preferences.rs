//! A user's preferences: notification channels (in the app, by email) and time zone. They are part of the user and share the
//! user's version and audit chain.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{item, write};
use crate::channels::{Channels, Kind, Notify, NotifyPatch};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::text::TimeZone;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::http::{Versioned, present};
use platform::table;

/// A user's own preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Preferences {
    /// Version number of the user that the preferences belong to.
    pub version: u64,
    /// Time zone for dates and times shown and emailed to the user.
    pub time_zone: TimeZone,
    /// Delivery channels for each kind of notification.
    pub notifications: Notify,
}

impl Versioned for Preferences {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A merge patch of the caller's preferences.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferencesPatch {
    /// Time zone for dates and times shown and emailed to the user.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub time_zone: Option<TimeZone>,
    /// Delivery channels for each kind of notification.
    #[serde(default)]
    pub notifications: NotifyPatch,
}

/// Returns the caller's preferences.
pub async fn preferences(app: &App, caller: &Caller) -> Result<Preferences, Error> {
    let user = super::load(app, caller.id).await?.user;
    Ok(Preferences { version: user.version, time_zone: user.time_zone, notifications: user.notify })
}

/// Updates the caller's preferences, which must still be at `version`.
pub async fn update_preferences(
    app: &App,
    caller: &Caller,
    version: u64,
    patch: PreferencesPatch,
) -> Result<Preferences, Error> {
    let before = super::load(app, caller.id).await?;
    if before.user.version != version {
        return Err(Error::StaleVersion);
    }
    let mut after = before.user.clone();
    after.time_zone = patch.time_zone.unwrap_or(after.time_zone);
    after.notify = patch.notifications.apply(after.notify);
    if after != before.user {
        after = write::save(Work::new(app, caller, Operation::PreferencesUpdate), &before, after, None).await?;
    }
    Ok(Preferences { version: after.version, time_zone: after.time_zone, notifications: after.notify })
}

/// The delivery channels that a user chose for `kind`, without an access check; the defaults if the user does not exist. One round
/// trip; decrypts no personal data.
pub async fn channels(app: &App, user: UserId, kind: Kind) -> Result<Channels, Error> {
    let notify = match app.table().get(item::key(user)).await? {
        Some(item) => table::read::<item::Preferred>(&item, "data")?.notify,
        None => Notify::default(),
    };
    Ok(notify.of(kind))
}
