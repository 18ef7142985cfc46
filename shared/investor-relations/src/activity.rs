//! Activities: interactions with an investor. Their text is personal data, sealed with the investor's data key.

mod item;
mod write;

pub use item::{ActivityCard, card_of, key, open_card};
pub(crate) use item::{list_partition, moved};
pub use write::read;
pub use write::{create, delete, get, list, update};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::id::{ActivityId, InvestorId, UserId};
use kernel::text::{LongText, Name, Summary};
use kernel::time::{Date, Timestamp};
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

/// Maximum number of participants per activity.
const MAX_PARTICIPANTS: usize = 50;

choice!(
    /// Type of activity.
    #[schema(as = ActivityKind)]
    Kind {
        /// An email.
        Email = "email",
        /// A call.
        Call = "call",
        /// A meeting.
        Meeting = "meeting",
        /// A note.
        Note = "note",
        /// An update sent to the investor.
        Update = "update",
    }
);

/// An activity with all its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Activity {
    /// The activity's id.
    pub id: ActivityId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The investor.
    pub investor_id: InvestorId,
    /// Type of activity.
    pub kind: Kind,
    /// When the activity took place.
    pub occurred_at: Timestamp,
    /// One-line summary.
    pub summary: Summary,
    /// Details.
    pub details: Option<LongText>,
    /// Names of the participants.
    pub participants: Vec<Name>,
    /// Follow-up date.
    pub follow_up_on: Option<Date>,
    /// The user who recorded it.
    pub created_by: UserId,
    /// That user's name when the activity was recorded.
    pub created_by_name: String,
}

impl Versioned for Activity {
    fn version(&self) -> u64 {
        self.version
    }
}

/// The data for creating an activity.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivity {
    /// Type of activity.
    pub kind: Kind,
    /// When the activity took place.
    pub occurred_at: Timestamp,
    /// One-line summary.
    pub summary: Summary,
    /// Details.
    pub details: Option<LongText>,
    /// Names of the participants, at most 50.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub participants: Vec<Name>,
    /// Follow-up date.
    pub follow_up_on: Option<Date>,
}

/// A JSON merge patch for an activity.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityPatch {
    /// Type of activity.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// When the activity took place.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub occurred_at: Option<Timestamp>,
    /// One-line summary.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub summary: Option<Summary>,
    /// Details.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub details: Patch<LongText>,
    /// Names of the participants.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 50)]
    pub participants: Option<Vec<Name>>,
    /// Follow-up date.
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
    /// The fields that the audit trail compares.
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
