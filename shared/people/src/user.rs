//! Users: who can sign in, and with which roles.

mod factors;
mod item;
mod password;
mod preferences;
mod read;
mod write;

pub use factors::Factors;
pub(crate) use item::Credentials;
pub use item::{LoadedUser, key, subject};
pub use password::{Password, verify_or_burn};
pub use preferences::{Preferences, PreferencesPatch, channels, preferences, update_preferences};
pub use read::{active_admins_of, find_by_username, find_by_username_or_email, get, list, load, zone};
pub use read::{cards, read};
pub(crate) use read::{credentials, load_active};
pub use write::{NewUser, Setup, UserPatch, change_password, create_active, is_set_up, set_up, set_up_done, update};
pub(crate) use write::{save, stage_new};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::channels::Notify;
use kernel::choice;
use kernel::id::UserId;
use kernel::policy::{Role, Roles};
use kernel::text::{Email, Name, TimeZone, Username};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields};
use platform::caller::{Actor, Origin};
use platform::http::Versioned;

choice!(
    /// Whether a user can sign in.
    #[schema(as = UserStatus)]
    Status {
        /// Can sign in once they have accepted their invitation.
        Invited = "invited",
        /// Can sign in.
        Active = "active",
        /// Cannot sign in; access tokens already issued change nothing, and read for at most 30 seconds.
        Disabled = "disabled",
    }
);

/// A user's full details, as shown to the user and to admins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// User ID.
    pub id: UserId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub updated_at: Timestamp,
    /// Username for signing in; cannot be changed.
    pub username: Username,
    /// Display name.
    pub name: Name,
    /// Email address; unique among users.
    pub email: Email,
    /// New email address that waits for its confirmation. `null` if there is none.
    pub pending_email: Option<Email>,
    /// Roles; at least one.
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
    /// Whether the user can sign in.
    pub status: Status,
    /// When the user was last invited. `null` once they have accepted.
    #[schema(required)]
    pub invited_at: Option<Timestamp>,
    /// Time zone for dates and times shown and emailed to the user.
    pub time_zone: TimeZone,
    /// Whether the user has a second factor: an authenticator app or a passkey.
    #[serde(rename = "second_factor", serialize_with = "factors::any")]
    #[schema(value_type = bool)]
    pub factors: Factors,
    /// The user's notification settings; visible to nobody else.
    #[serde(skip)]
    #[schema(ignore)]
    pub notify: Notify,
}

impl Versioned for User {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A user as shown in lists: no personal data beyond the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserCard {
    /// User ID.
    pub id: UserId,
    /// Username for signing in.
    pub username: Username,
    /// Display name.
    pub name: Name,
    /// Roles.
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
    /// Whether the user can sign in.
    pub status: Status,
    /// Whether the user has a second factor: an authenticator app or a passkey.
    #[serde(default)]
    #[schema(required)]
    pub second_factor: bool,
}

/// Filters for listing users.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only users with this status.
    pub status: Option<Status>,
    /// Only users with this role.
    pub role: Option<Role>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

impl User {
    /// The user's list representation.
    #[must_use]
    pub fn card(&self) -> UserCard {
        UserCard {
            id: self.id,
            username: self.username.clone(),
            name: self.name.clone(),
            roles: self.roles.clone(),
            status: self.status,
            second_factor: self.factors.any(),
        }
    }

    /// The user as the actor of what they do themselves.
    #[must_use]
    pub fn actor(&self, origin: &Origin) -> Actor {
        Actor { id: Some(self.id), name: self.name.to_string(), origin: origin.clone() }
    }

    /// Whether the user is an admin who can sign in.
    #[must_use]
    pub fn is_active_admin(&self) -> bool {
        self.status == Status::Active && self.roles.contains(&Role::Admin)
    }

    /// Whether investors can be assigned to this user.
    #[must_use]
    pub fn manages_investors(&self) -> bool {
        self.status == Status::Active
            && (self.roles.contains(&Role::RelationshipManager) || self.roles.contains(&Role::Admin))
    }

    /// Whether products can be assigned to this user as their owner.
    #[must_use]
    pub fn owns_products(&self) -> bool {
        self.status == Status::Active && (self.roles.contains(&Role::Manager) || self.roles.contains(&Role::Admin))
    }

    /// Whether the user can be a member of products.
    #[must_use]
    pub fn works_on_products(&self) -> bool {
        self.status == Status::Active && (self.owns_products() || self.roles.contains(&Role::TeamMember))
    }

    /// The user's fields for the audit trail.
    #[must_use]
    pub fn fields(&self) -> Fields {
        vec![
            ("username", Compared::Plain(Some(self.username.to_string()))),
            ("name", Compared::Plain(Some(self.name.to_string()))),
            ("email", Compared::Personal(Some(self.email.to_string()))),
            ("pending_email", Compared::Personal(self.pending_email.as_ref().map(ToString::to_string))),
            ("roles", Compared::List(self.roles.iter().map(|role| role.as_str().to_owned()).collect())),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("invited_at", Compared::Plain(self.invited_at.map(|at| at.to_string()))),
            ("time_zone", Compared::Plain(Some(self.time_zone.to_string()))),
            ("second_factors", Compared::List(self.factors.lines())),
            ("notifications", Compared::List(self.notify.lines())),
        ]
    }
}
