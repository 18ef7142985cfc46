//! Typed identifiers: UUID v7 values that cannot be confused with another noun's.

use aws_lc_rs::digest;
use uuid::Uuid;

use crate::time::Timestamp;

/// Creates a UUID v7 (RFC 9562): ordered by creation time, otherwise random.
#[must_use]
pub fn new() -> Uuid {
    Uuid::now_v7()
}

/// Creates a UUID v7 whose random bits are a hash of `seed`: the same inputs always give the same ID, so a redelivered event
/// overwrites the same item instead of creating a second one.
#[must_use]
pub fn derived(at: Timestamp, seed: &str) -> Uuid {
    let hash = digest::digest(&digest::SHA256, seed.as_bytes());
    let mut random = [0_u8; 10];
    random.copy_from_slice(&hash.as_ref()[..10]);
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// The smallest UUID v7 for the given time.
#[must_use]
pub fn earliest(at: Timestamp) -> Uuid {
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &[0; 10]).into_uuid()
}

/// The creation time of a UUID v7 in milliseconds; `None` for any other UUID.
#[must_use]
pub fn time_of(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    let milliseconds = i64::try_from(seconds).ok()?.checked_mul(1000)? + i64::from(nanoseconds / 1_000_000);
    Some(Timestamp::from_millisecond(milliseconds))
}

/// Defines an identifier type for a noun.
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// Creates an identifier, ordered by creation time.
            #[must_use]
            #[allow(clippy::new_without_default, reason = "an ID is never a default")]
            pub fn new() -> Self {
                Self($crate::id::new())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    };
}

id_type!(
    /// Identifies a user.
    UserId
);
id_type!(
    /// Identifies a login session (a family of refresh tokens).
    SessionId
);
id_type!(
    /// Identifies a passkey of a user.
    PasskeyId
);
id_type!(
    /// Identifies an investor.
    InvestorId
);
id_type!(
    /// Identifies an activity of an investor.
    ActivityId
);
id_type!(
    /// Identifies an investment of an investor.
    InvestmentId
);
id_type!(
    /// Identifies a cash flow of an investment.
    CashFlowId
);
id_type!(
    /// Identifies a document of an investor.
    DocumentId
);
id_type!(
    /// Identifies a reminder.
    ReminderId
);
id_type!(
    /// Identifies an import.
    ImportId
);
id_type!(
    /// Identifies a notification.
    NotificationId
);
id_type!(
    /// Identifies a product.
    ProductId
);
id_type!(
    /// Identifies a requirement of a product.
    RequirementId
);
id_type!(
    /// Identifies a baseline of a product.
    BaselineId
);
id_type!(
    /// Identifies a design asset of a product.
    AssetId
);
id_type!(
    /// Identifies a task of a product.
    TaskId
);
id_type!(
    /// Identifies a comment on a task.
    CommentId
);
id_type!(
    /// Identifies a file attached to a task.
    AttachmentId
);
id_type!(
    /// Identifies a milestone of a product.
    MilestoneId
);
id_type!(
    /// Identifies a saved view of tasks.
    ViewId
);
id_type!(
    /// Identifies a workflow rule of a product.
    RuleId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_depends_only_on_time_and_seed() {
        let at = Timestamp::from_millisecond(1_700_000_000_000);
        let id = derived(at, "a");
        assert_eq!(id, derived(at, "a"));
        assert_ne!(id, derived(at, "b"));
        assert_eq!(id.get_version_num(), 7);
        assert!(id < derived(at.plus_seconds(1), "a"));
    }
}
