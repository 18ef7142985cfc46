//! Defaults that a user gives for new investors.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use investor_relations::investor::{Kind, Status, Tier};
use kernel::id::UserId;
use kernel::text::Country;

/// Defaults for new investors where the row has no value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportDefaults {
    /// Kind.
    pub kind: Option<Kind>,
    /// Tier; defaults to `prospect`.
    pub tier: Option<Tier>,
    /// Relationship status; defaults to `active`.
    pub status: Option<Status>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<Country>,
    /// Relationship manager; defaults to the user who starts the import, if that user is a relationship manager.
    pub relationship_manager_id: Option<UserId>,
}
