//! The kinds of notifications, and the channels through which a user wants each of them: in the app, by email.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use platform::http::present;

/// Passes every kind of notification to a macro: its meaning, its name in the code and in the API, and its default delivery
/// channels. Urgent kinds are also sent by email.
macro_rules! each_notification_kind {
    ($define:ident) => {
        $define! {
            /// Someone recorded an activity for one of the user's investors.
            ActivityCreated = activity_created: IN_APP,
            /// An investor was assigned to the user.
            InvestorAssigned = investor_assigned: IN_APP,
            /// A file that the user uploaded failed its check and was quarantined.
            DocumentQuarantined = document_quarantined: IN_APP,
            /// An import that the user started has finished.
            ImportFinished = import_finished: IN_APP,
            /// One of the user's reminders is due.
            ReminderDue = reminder_due: BOTH,
            /// One of the user's reminders could not be sent by email.
            ReminderFailed = reminder_failed: IN_APP,
            /// A task was assigned to the user.
            TaskAssigned = task_assigned: IN_APP,
            /// The status of a task that the user is assigned to, watches or is responsible for changed.
            TaskStatusChanged = task_status_changed: IN_APP,
            /// Someone mentioned the user in a comment.
            TaskMentioned = task_mentioned: IN_APP,
            /// A requirement linked to the user's tasks changed.
            RequirementChanged = requirement_changed: IN_APP,
            /// One of the user's tasks is due tomorrow.
            TaskDueSoon = task_due_soon: IN_APP,
            /// One of the user's tasks is overdue.
            TaskOverdue = task_overdue: BOTH,
            /// A product that the user deleted has been removed, with everything in it.
            ProductDeleted = product_deleted: IN_APP,
            /// A workflow rule sent the user a notification.
            RuleFired = rule_fired: IN_APP,
        }
    };
}

macro_rules! define_kind {
    ($($(#[$doc:meta])* $variant:ident = $name:ident: $channels:ident),+ $(,)?) => {
        /// The kind of a notification.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = NotificationKind)]
        pub enum Kind { $($(#[$doc])* $variant),+ }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The kind's name in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),+ }
            }
        }
    };
}
each_notification_kind!(define_kind);

impl Kind {
    /// Whether the code that triggers the notification has already sent the email: a reminder's email contains its message.
    #[must_use]
    pub(crate) fn is_mailed_by_its_sender(self) -> bool {
        self == Self::ReminderDue
    }
}

/// Delivery channels for a kind of notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Ways)]
pub struct Channels {
    /// Notify in the app: stored, counted and pushed.
    pub in_app: bool,
    /// Notify by email.
    pub email: bool,
}

const IN_APP: Channels = Channels { in_app: true, email: false };
const BOTH: Channels = Channels { in_app: true, email: true };

macro_rules! define_notify {
    ($($(#[$doc:meta])* $variant:ident = $name:ident: $channels:ident),+ $(,)?) => {
        /// Delivery channels for each kind of notification.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(default)]
        #[schema(as = NotificationWays)]
        pub struct Notify { $($(#[$doc])* pub $name: Channels),+ }

        impl Default for Notify {
            fn default() -> Self {
                Self { $($name: $channels),+ }
            }
        }

        impl Notify {
            /// The delivery channels for a kind.
            #[must_use]
            pub fn of(&self, kind: Kind) -> Channels {
                match kind { $(Kind::$variant => self.$name),+ }
            }
        }

        /// A merge patch of the delivery channels for all kinds.
        #[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        #[schema(as = NotificationWaysPatch)]
        pub struct NotifyPatch { $($(#[$doc])* #[serde(default)] pub $name: ChannelsPatch),+ }

        impl NotifyPatch {
            /// These channels with the patch applied.
            #[must_use]
            pub fn apply(self, notify: Notify) -> Notify {
                Notify { $($name: self.$name.apply(notify.$name)),+ }
            }
        }
    };
}
each_notification_kind!(define_notify);

impl Notify {
    /// One line per kind, for the audit trail: `reminder_due: in_app, email`.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |kind: &Kind| {
            let Channels { in_app, email } = self.of(*kind);
            let channels = [(in_app, "in_app"), (email, "email")];
            let channels: Vec<&str> = channels.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect();
            format!("{}: {}", kind.as_str(), if channels.is_empty() { "off".into() } else { channels.join(", ") })
        };
        Kind::ALL.iter().map(line).collect()
    }
}

/// A merge patch of the delivery channels for a single kind.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WaysPatch)]
pub struct ChannelsPatch {
    /// Notify in the app.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub in_app: Option<bool>,
    /// Notify by email.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub email: Option<bool>,
}

impl ChannelsPatch {
    fn apply(self, channels: Channels) -> Channels {
        Channels { in_app: self.in_app.unwrap_or(channels.in_app), email: self.email.unwrap_or(channels.email) }
    }
}
