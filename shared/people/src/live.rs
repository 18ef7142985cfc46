//! Live updates: WebSocket connections opened with a one-use ticket, and events pushed only to users who can see them.
//!
//! Events contain IDs and versions, never personal data: the client fetches what it is allowed to read.

mod connection;
mod feed;
mod pace;

pub use connection::{Connection, connect, connections, create_ticket, disconnect, reply};
pub use connection::{end_session_connections, end_user_connections};
pub use feed::{EventPage, EventQuery, missed, publish, publish_notification};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::notification::Notification;
use kernel::id::UserId;
use kernel::policy::{self, Action, Roles, Scope};

/// How often a client must send a ping, in seconds; API Gateway closes connections that are idle for 10 minutes.
pub const HEARTBEAT_SECONDS: u64 = 30;

/// A one-use ticket for a live connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveTicket {
    /// The WebSocket URL to open, including the ticket.
    pub url: String,
    /// Seconds until the ticket expires.
    pub expires_in: i64,
    /// Position in the event feed when the ticket was issued. Events before the connection opens are not pushed: once it is open,
    /// request the events after this one.
    pub event_id: Uuid,
}

/// An event, as pushed and as returned after a gap.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveEvent)]
pub enum Event {
    /// An entity changed.
    Changed {
        /// Event ID; events sort by it.
        event_id: Uuid,
        /// Entity type: `investor`, `activity`, `product`, `task`, `user`, ….
        entity_type: String,
        /// Entity ID.
        entity_id: String,
        /// ID of the parent entity, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent_id: Option<String>,
        /// The entity's new version.
        version: u64,
        /// The operation performed.
        action: String,
    },
    /// The user received a notification.
    Notification {
        /// Event ID; events sort by it.
        event_id: Uuid,
        /// The notification.
        notification: Notification,
        /// Number of unread notifications.
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

/// The users who can see an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Users whose permission covers every such entity, and the owner and members if theirs covers this one.
    Permitted {
        /// The action that reading the entity requires.
        action: String,
        /// The entity's owner.
        owner: Option<UserId>,
        /// The entity's members.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        members: Vec<UserId>,
    },
    /// A single user.
    User(UserId),
}

impl Audience {
    /// Users who may perform `action` on an entity owned by `owner`.
    #[must_use]
    pub fn permitted(action: Action, owner: Option<UserId>) -> Self {
        Self::Permitted { action: action.as_str().into(), owner, members: Vec::new() }
    }

    /// Users who may perform `action` on an entity owned by `owner` with the given `members`.
    #[must_use]
    pub fn team(action: Action, owner: UserId, members: Vec<UserId>) -> Self {
        Self::Permitted { action: action.as_str().into(), owner: Some(owner), members }
    }

    /// Whether the audience includes `user` with `roles`.
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
    fn investor_events_reach_its_manager_and_full_readers() {
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
    fn product_events_reach_its_owner_and_current_members() {
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
