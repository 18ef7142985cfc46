//! Activities: what was said and done with an investor. Their text is personal and sealed with the investor's key.

mod item;
mod write;

pub(crate) use item::moved;
pub use item::{card_of, draft_key as key, open_card};
pub use write::read;
pub use write::{create, delete, get, list, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::id::{ActivityId, InvestorId, UserId};
use kernel::text::{LongText, Name, Summary};
use kernel::time::{Date, Timestamp};
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

/// Most participants of one activity.
pub const MOST_PARTICIPANTS: usize = 50;

/// What kind of contact it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ActivityKind)]
pub enum Kind {
    /// An e-mail.
    Email,
    /// A call.
    Call,
    /// A meeting.
    Meeting,
    /// A note.
    Note,
    /// An update sent to the investor.
    Update,
}

impl Kind {
    /// The kind's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Note => "note",
            Self::Update => "update",
        }
    }
}

/// An activity in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Activity {
    /// The activity's id.
    pub id: ActivityId,
    /// Counts the changes, from 1.
    pub version: u64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// What kind of contact it was.
    pub kind: Kind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What it was about, on one line.
    pub summary: Summary,
    /// More about it.
    pub details: Option<LongText>,
    /// Who took part.
    pub participants: Vec<Name>,
    /// When to get back to it.
    pub follow_up_on: Option<Date>,
    /// Who recorded it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

impl Versioned for Activity {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a new activity takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivity {
    /// What kind of contact it was.
    pub kind: Kind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What it was about, on one line.
    pub summary: Summary,
    /// More about it.
    pub details: Option<LongText>,
    /// Who took part, at most 50.
    #[serde(default)]
    pub participants: Vec<Name>,
    /// When to get back to it.
    pub follow_up_on: Option<Date>,
}

/// A merge patch of an activity.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityPatch {
    /// What kind of contact it was.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// When it happened.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub occurred_at: Option<Timestamp>,
    /// What it was about, on one line.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub summary: Option<Summary>,
    /// More about it.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub details: Patch<LongText>,
    /// Who took part.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub participants: Option<Vec<Name>>,
    /// When to get back to it.
    #[serde(default)]
    #[schema(value_type = Option<Date>)]
    pub follow_up_on: Patch<Date>,
}

impl ActivityPatch {
    fn apply(self, mut activity: Activity) -> Activity {
        activity.kind = self.kind.unwrap_or(activity.kind);
        activity.occurred_at = self.occurred_at.unwrap_or(activity.occurred_at);
        activity.summary = self.summary.unwrap_or(activity.summary);
        activity.participants = self.participants.unwrap_or(activity.participants);
        self.details.apply(&mut activity.details);
        self.follow_up_on.apply(&mut activity.follow_up_on);
        activity
    }
}

impl Activity {
    /// Its fields for the audit trail.
    fn fields(&self) -> Fields {
        let participants: Vec<&str> = self.participants.iter().map(Name::as_str).collect();
        vec![
            ("kind", Compared::Plain(Some(self.kind.as_str().into()))),
            ("occurred_at", Compared::Plain(Some(self.occurred_at.to_string()))),
            ("summary", Compared::Personal(Some(self.summary.to_string()))),
            ("details", Compared::Personal(self.details.as_ref().map(ToString::to_string))),
            ("participants", Compared::Personal((!participants.is_empty()).then(|| participants.join("; ")))),
            ("follow_up_on", Compared::Plain(self.follow_up_on.map(String::from))),
        ]
    }
}
