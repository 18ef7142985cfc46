//! Priority of a requirement or task.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Priority, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Low priority.
    Low,
    /// Medium priority; the default.
    #[default]
    Medium,
    /// High priority.
    High,
    /// Critical priority.
    Critical,
}

impl Priority {
    /// All priorities.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The priority's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
