//! Reminders about an investor, sent to a user at a given time. The message is personal data, sealed with the investor's data
//! key.
//!
//! A reminder is due at a local time in a time zone, so that "9 in the morning" stays 9 in the morning across daylight saving
//! changes. While it is scheduled, it is in a sparse, sharded index by due time, from which the `send-reminders` function takes
//! it (`send.rs`).

mod item;
mod read;
mod recurrence;
mod send;
mod state;
mod write;

pub(crate) use item::{PREFIX, id_of, is_being_sent, moved};
pub use item::{key, open};
pub use read::{get, list, list_mine, user_of};
pub use read::{read, read_mine};
pub use recurrence::{Frequency, Recurrence};
pub use send::{Limits, Report, send_due};
pub use state::{cancel, done, snooze};
pub use write::{create, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use kernel::choice;
use kernel::id::{InvestorId, ReminderId, UserId};
use kernel::text::{Message, Name, TimeZone};
use kernel::time::{LocalTime, Timestamp};
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

choice!(
    /// The status of a reminder.
    #[schema(as = ReminderStatus)]
    Status {
        /// Will be sent when it is due.
        Scheduled = "scheduled",
        /// Sent, does not recur, and not yet marked as done.
        Sent = "sent",
        /// Marked as done; nothing more is sent.
        Done = "done",
        /// Cancelled; nothing more is sent.
        Cancelled = "cancelled",
        /// Could not be sent after repeated attempts.
        Failed = "failed",
    }
);

/// A reminder with all its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reminder {
    /// The reminder's id.
    pub id: ReminderId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// The user to remind.
    pub user_id: UserId,
    /// Message.
    pub message: Message,
    /// Next due time, as local time in `time_zone`. After sending, the time it was due.
    pub due_local: LocalTime,
    /// IANA time zone of `due_local`.
    pub time_zone: TimeZone,
    /// Due time in UTC.
    pub due_at: Timestamp,
    /// Recurrence; null if the reminder does not recur.
    pub recurrence: Option<Recurrence>,
    /// Current status.
    pub status: Status,
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// Number of attempts to send the current occurrence.
    pub attempts: u32,
    /// Why the last attempt failed, in `snake_case`; null if it did not fail.
    pub last_error: Option<String>,
    /// The user who created it.
    pub created_by: UserId,
    /// That user's name when the reminder was created.
    pub created_by_name: String,
    /// Local time from which the occurrences of a recurring reminder are counted.
    #[serde(skip)]
    pub(crate) series_from: LocalTime,
}

impl Versioned for Reminder {
    fn version(&self) -> u64 {
        self.version
    }
}

/// One of the caller's own reminders, with the investor's name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyReminder {
    /// The reminder.
    #[serde(flatten)]
    pub reminder: Reminder,
    /// The investor's name.
    pub investor_name: Name,
}

/// The data for creating a reminder.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReminder {
    /// Message.
    pub message: Message,
    /// Due time, as local time in `time_zone`. If it has already passed, the reminder is sent immediately.
    pub due_local: LocalTime,
    /// IANA time zone of `due_local`.
    pub time_zone: TimeZone,
    /// The user to remind. Defaults to the caller.
    pub user_id: Option<UserId>,
    /// Recurrence. If omitted, the reminder does not recur.
    pub recurrence: Option<Recurrence>,
}

/// A JSON merge patch for a reminder. A new due time or time zone reschedules it, even after it was sent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderPatch {
    /// Message.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub message: Option<Message>,
    /// Due time, as local time in the time zone.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub due_local: Option<LocalTime>,
    /// IANA time zone of `due_local`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub time_zone: Option<TimeZone>,
    /// The user to remind.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub user_id: Option<UserId>,
    /// Recurrence.
    #[serde(default)]
    #[schema(value_type = Option<Recurrence>)]
    pub recurrence: Patch<Recurrence>,
}

/// How long to snooze a reminder.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderSnooze {
    /// New due time. A recurring reminder continues its series afterwards.
    pub until: Timestamp,
}

/// Filters and paging for the caller's own reminders.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReminderQuery {
    /// Only reminders with this status.
    pub status: Option<Status>,
    /// Only reminders due before this time.
    pub due_before: Option<Timestamp>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

impl Reminder {
    /// Schedules the reminder for `local` in its time zone and resets its attempts.
    fn scheduled(mut self, local: LocalTime) -> Self {
        self.due_local = local;
        self.due_at = local.in_zone(&self.time_zone);
        self.status = Status::Scheduled;
        self.attempts = 0;
        self.last_error = None;
        self
    }

    /// Returns the next occurrence after both `now` and the current one, if the reminder recurs.
    fn next_occurrence(&self, now: Timestamp) -> Option<LocalTime> {
        let recurrence = self.recurrence.as_ref()?;
        recurrence.first_after(self.series_from, &self.time_zone, now.max(self.due_at))
    }

    /// The fields that the audit trail compares.
    fn fields(&self) -> Fields {
        let text = |text: &dyn std::fmt::Display| Compared::Plain(Some(text.to_string()));
        vec![
            ("message", Compared::Personal(Some(self.message.to_string()))),
            ("due_local", text(&self.due_local)),
            ("time_zone", text(&self.time_zone)),
            ("due_at", text(&self.due_at)),
            ("user_id", text(&self.user_id)),
            ("recurrence", Compared::Plain(self.recurrence.as_ref().map(ToString::to_string))),
            ("status", Compared::Plain(Some(self.status.as_str().into()))),
            ("sent_at", Compared::Plain(self.sent_at.as_ref().map(ToString::to_string))),
            ("last_error", Compared::Plain(self.last_error.clone())),
        ]
    }
}
