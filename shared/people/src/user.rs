//! Users: who may sign in, and as what.

mod item;
mod password;
mod preferences;
mod read;
mod reset;
mod write;

pub use item::{Loaded, key, subject};
pub use password::{Password, verify_or_burn};
pub use preferences::{Notify, Preferences, PreferencesPatch, Ways, preferences, update_preferences, ways};
pub use read::{active_admins_of, find_by_username, get, list, load, zone};
pub use read::{active_roles, cards, read};
pub use reset::{
    PasswordReset, PasswordResetRequest, RESET_SECONDS, issue_reset_token, request_password_reset, reset_password,
};
pub use write::{NewUser, Setup, UserPatch, change_password, create, set_up, set_up_done, update};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use kernel::id::UserId;
use kernel::policy::{Role, Roles};
use kernel::text::{Email, Name, TimeZone, Username};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields};
use platform::http::Versioned;

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UserStatus)]
pub enum Status {
    /// May sign in.
    Active,
    /// May not; tokens already given out end within 15 minutes.
    Disabled,
}

impl Status {
    /// The status's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// A user in full, as the user and admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The name for signing in; fixed.
    pub username: Username,
    /// Display name.
    pub name: Name,
    /// E-mail address, unique among users.
    pub email: Email,
    /// What the user is; at least one role.
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
    /// Whether the user may sign in.
    pub status: Status,
    /// The zone in which the user's times are shown and mailed.
    pub time_zone: TimeZone,
    /// How the user wants to be told things; nobody else's business.
    #[serde(skip)]
    #[schema(ignore)]
    pub notify: Notify,
}

impl Versioned for User {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A user as lists show it: no personal data beyond the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserCard {
    /// The user's id.
    pub id: UserId,
    /// The name for signing in.
    pub username: Username,
    /// Display name.
    pub name: Name,
    /// What the user is.
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
    /// Whether the user may sign in.
    pub status: Status,
}

/// What a list of users can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only this status.
    pub status: Option<Status>,
    /// Only those with this role.
    pub role: Option<Role>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl User {
    /// What lists show of it.
    #[must_use]
    pub fn card(&self) -> UserCard {
        UserCard {
            id: self.id,
            username: self.username.clone(),
            name: self.name.clone(),
            roles: self.roles.clone(),
            status: self.status,
        }
    }

    /// Whether the user counts as an admin that can still sign in.
    #[must_use]
    pub fn is_active_admin(&self) -> bool {
        self.status == Status::Active && self.roles.contains(&Role::Admin)
    }

    /// Whether investors may be given to this user.
    #[must_use]
    pub fn manages_investors(&self) -> bool {
        self.status == Status::Active
            && (self.roles.contains(&Role::RelationshipManager) || self.roles.contains(&Role::Admin))
    }

    /// Whether products may be given to this user.
    #[must_use]
    pub fn owns_products(&self) -> bool {
        self.status == Status::Active && (self.roles.contains(&Role::Manager) || self.roles.contains(&Role::Admin))
    }

    /// Whether the user can belong to products.
    #[must_use]
    pub fn works_on_products(&self) -> bool {
        self.status == Status::Active && (self.owns_products() || self.roles.contains(&Role::TeamMember))
    }

    /// Its fields for the audit trail.
    #[must_use]
    pub fn fields(&self) -> Fields {
        vec![
            ("username", Compared::Plain(Some(self.username.to_string()))),
            ("name", Compared::Plain(Some(self.name.to_string()))),
            ("email", Compared::Personal(Some(self.email.to_string()))),
            ("roles", Compared::List(self.roles.iter().map(|role| role.as_str().to_owned()).collect())),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("time_zone", Compared::Plain(Some(self.time_zone.to_string()))),
            ("notifications", Compared::List(self.notify.lines())),
        ]
    }
}
