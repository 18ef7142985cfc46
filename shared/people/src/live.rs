//! Live: WebSocket connections opened with a one-use ticket, and events pushed only to users who may see them.
//!
//! What is pushed holds ids and versions, never personal data: the client fetches what it is allowed to read.

mod connection;
mod feed;

pub use connection::{Connection, connect, connections, create_ticket, disconnect, end_user_connections, reply};
pub use feed::{EventPage, EventQuery, missed, publish, publish_notification};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::notification::Notification;
use kernel::id::UserId;
use kernel::policy::{self, Action, Roles, Scope};

/// How often a client must send a ping, in seconds; API Gateway closes a connection that is silent for 10 minutes.
pub const HEARTBEAT_SECONDS: u64 = 30;

/// A one-use ticket for a live connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveTicket {
    /// The WebSocket URL to open, ticket included.
    pub url: String,
    /// Seconds until the ticket is void.
    pub expires_in: i64,
    /// The feed's place when the ticket was made. What happens until the connection is open is not pushed: ask for the events
    /// after this one when it is.
    pub event_id: Uuid,
}

/// What is pushed, and given after a gap.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveEvent)]
pub enum Event {
    /// Something changed.
    Changed {
        /// The event's id; events sort by it.
        event_id: Uuid,
        /// `investor`, `activity`, `product`, `task`, `user`, ….
        entity_type: String,
        /// The entity.
        entity_id: String,
        /// The entity that holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent_id: Option<String>,
        /// Its new version.
        version: u64,
        /// What was done.
        action: String,
    },
    /// The user got a notification.
    Notification {
        /// The event's id; events sort by it.
        event_id: Uuid,
        /// The notification.
        notification: Notification,
        /// How many are unread now.
        unread_count: u64,
    },
}

impl Event {
    fn id(&self) -> Uuid {
        match self {
            Self::Changed { event_id, .. } | Self::Notification { event_id, .. } => *event_id,
        }
    }
}

/// Who may see an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Those who may do this to everything, and its owner if it is theirs.
    Permitted {
        /// The name of the action that reading it takes.
        action: String,
        /// Who owns it.
        owner: Option<UserId>,
        /// Who belongs to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        members: Vec<UserId>,
    },
    /// One user.
    User(UserId),
}

impl Audience {
    /// Those who may `action` something that `owner` owns.
    #[must_use]
    pub fn permitted(action: Action, owner: Option<UserId>) -> Self {
        Self::Permitted { action: action.as_str().into(), owner, members: Vec::new() }
    }

    /// Those who may `action` something that `owner` owns and `members` belong to.
    #[must_use]
    pub fn team(action: Action, owner: UserId, members: Vec<UserId>) -> Self {
        Self::Permitted { action: action.as_str().into(), owner: Some(owner), members }
    }

    /// Whether `user` with `roles` belongs to it.
    #[must_use]
    pub fn includes(&self, user: UserId, roles: &Roles) -> bool {
        match self {
            Self::User(only) => *only == user,
            Self::Permitted { action, owner, members } => {
                let action = Action::ALL.iter().find(|a| a.as_str() == action);
                match action.and_then(|action| policy::scope(roles, *action)) {
                    Some(Scope::All) => true,
                    Some(Scope::Member) => *owner == Some(user) || members.contains(&user),
                    Some(Scope::Own) => *owner == Some(user),
                    None => false,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::policy::Role;

    #[test]
    fn an_event_of_an_investor_reaches_its_manager_and_those_who_read_all() {
        let (owner, other) = (UserId::new(), UserId::new());
        let audience = Audience::permitted(Action::InvestorRead, Some(owner));
        let manager = Roles::from([Role::RelationshipManager]);
        assert!(audience.includes(owner, &manager));
        assert!(!audience.includes(other, &manager));
        assert!(audience.includes(other, &Roles::from([Role::Admin])));
        assert!(audience.includes(other, &Roles::from([Role::Analyst])));
        assert!(!audience.includes(owner, &Roles::from([Role::TeamMember])));
    }

    #[test]
    fn an_event_of_a_product_reaches_its_owner_and_its_members_as_long_as_they_belong_to_it() {
        let (owner, member, other) = (UserId::new(), UserId::new(), UserId::new());
        let audience = Audience::team(Action::ProductRead, owner, vec![member]);
        let team = Roles::from([Role::TeamMember]);
        assert!(audience.includes(owner, &Roles::from([Role::Manager])));
        assert!(audience.includes(member, &team));
        assert!(!audience.includes(other, &team));
        assert!(audience.includes(other, &Roles::from([Role::Admin])));
        assert!(!audience.includes(member, &Roles::from([Role::Analyst])));
    }
}
