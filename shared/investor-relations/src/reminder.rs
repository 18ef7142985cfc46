//! Reminders: what someone wants to be reminded of about an investor, and when. The message is personal and sealed with
//! the investor's key.
//!
//! A reminder is due at a time of the clock on the wall in a zone, so that "9 in the morning" stays 9 in the morning when
//! summer time begins or ends. While it is scheduled it sits in a sparse, sharded index by due time, from which the
//! `send-reminders` function takes it (`send.rs`).

mod item;
mod read;
mod recurrence;
mod send;
mod state;
mod write;

pub(crate) use item::PREFIX;
pub(crate) use item::{id_of, is_being_sent, moved};
pub use item::{key, open};
pub use read::{get, list, list_mine, user_of};
pub use read::{read, read_mine};
pub use recurrence::{Frequency, Recurrence};
pub use send::{Limits, Report, send_due};
pub use state::{cancel, done, snooze};
pub use write::{create, delete, update};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use kernel::id::{InvestorId, ReminderId, UserId};
use kernel::text::{Message, Name, TimeZone};
use kernel::time::{LocalTime, Timestamp};
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

/// Where a reminder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderStatus)]
pub enum Status {
    /// It is to be sent when it is due.
    Scheduled,
    /// It was sent and does not recur; it waits to be done.
    Sent,
    /// What it was about is done; nothing more is sent.
    Done,
    /// It was given up; nothing more is sent.
    Cancelled,
    /// It could not be sent, however often it was tried.
    Failed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Scheduled, Self::Sent, Self::Done, Self::Cancelled, Self::Failed];

    /// The status's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// A reminder in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reminder {
    /// The reminder's id.
    pub id: ReminderId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was set.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// Whom it reminds.
    pub user_id: UserId,
    /// What it says.
    pub message: Message,
    /// When it is due next, on the clock on the wall in `time_zone`; when it was due, once it is sent.
    pub due_local: LocalTime,
    /// The IANA time zone of `due_local`.
    pub time_zone: TimeZone,
    /// The same in UTC.
    pub due_at: Timestamp,
    /// How it recurs; null when it does not.
    pub recurrence: Option<Recurrence>,
    /// Where it stands.
    pub status: Status,
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// How often sending the present occurrence was tried.
    pub attempts: u32,
    /// Why the last try failed, `snake_case`; null when it did not.
    pub last_error: Option<String>,
    /// Who set it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
    /// The wall-clock time from which the occurrences of a recurring one are counted.
    #[serde(skip)]
    pub(crate) series_from: LocalTime,
}

impl Versioned for Reminder {
    fn version(&self) -> u64 {
        self.version
    }
}

/// One of one's own reminders, with the investor's name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyReminder {
    /// The reminder.
    #[serde(flatten)]
    pub reminder: Reminder,
    /// The investor's name.
    pub investor_name: Name,
}

/// What a new reminder takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReminder {
    /// What it says.
    pub message: Message,
    /// When it is due, on the clock on the wall. One that has passed is sent at once.
    pub due_local: LocalTime,
    /// The IANA time zone of `due_local`.
    pub time_zone: TimeZone,
    /// Whom it reminds; the caller if left out.
    pub user_id: Option<UserId>,
    /// How it recurs; not at all if left out.
    pub recurrence: Option<Recurrence>,
}

/// A merge patch of a reminder. A new time or zone schedules it again, also after it was sent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderPatch {
    /// What it says.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub message: Option<Message>,
    /// When it is due, on the clock on the wall.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub due_local: Option<LocalTime>,
    /// The IANA time zone of `due_local`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub time_zone: Option<TimeZone>,
    /// Whom it reminds.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub user_id: Option<UserId>,
    /// How it recurs.
    #[serde(default)]
    #[schema(value_type = Option<Recurrence>)]
    pub recurrence: Patch<Recurrence>,
}

/// Until when to put a reminder off.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderSnooze {
    /// When it is due instead; a recurring one goes on with its series after that.
    pub until: Timestamp,
}

/// What the list of one's own reminders can be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReminderQuery {
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those due before this time.
    pub due_before: Option<Timestamp>,
    /// Items on the page, 1 to 100; 25 if left out.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Reminder {
    /// Due at `local` in its zone from now on, with nothing tried yet.
    fn scheduled(mut self, local: LocalTime) -> Self {
        self.due_local = local;
        self.due_at = local.in_zone(&self.time_zone);
        self.status = Status::Scheduled;
        self.attempts = 0;
        self.last_error = None;
        self
    }

    /// Its next occurrence after `now` and after the present one, if it recurs.
    fn next_occurrence(&self, now: Timestamp) -> Option<LocalTime> {
        let recurrence = self.recurrence.as_ref()?;
        recurrence.first_after(self.series_from, &self.time_zone, now.max(self.due_at))
    }

    /// Its fields for the audit trail.
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
