//! Baselines: the version of each requirement that was agreed at one point in time, and what has changed since.

mod compare;
mod item;
mod read;
mod write;

pub use compare::{BaselineChange, BaselineComparison, ComparedQuery, compare};
pub use item::item_key;
pub use read::{BaselineRow, get, list, requirements};
pub use read::{read, rows};
pub use write::{create, delete};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::Entity;
use kernel::id::{BaselineId, ProductId, RequirementId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::Versioned;

/// Maximum number of requirements in a baseline: what one transaction can write.
const MAX_REQUIREMENTS: usize = 50_000;
/// Maximum number of entries per item.
const MAX_ENTRIES: usize = 1_000;

/// A baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Baseline {
    /// The baseline's ID.
    pub id: BaselineId,
    /// Always 1: a baseline never changes.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// Same as `created_at`.
    pub updated_at: Timestamp,
    /// The product's ID.
    pub product_id: ProductId,
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<LongText>,
    /// Number of requirements in the baseline.
    pub requirement_count: usize,
    /// The user who created it.
    pub created_by: UserId,
    /// Display name of that user at the time.
    pub created_by_name: String,
}

impl Versioned for Baseline {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A baseline to create.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBaseline {
    /// Name.
    pub name: Name,
    /// Description, in Markdown.
    pub description: Option<LongText>,
}

/// A requirement in a baseline; its version determines everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Frozen {
    id: RequirementId,
    number: u64,
    version: u64,
}

impl Plain for Baseline {
    fn subject(&self) -> Subject {
        Subject::new(Entity::Baseline, self.id).within(self.product_id)
    }

    fn fields(&self) -> Fields {
        vec![
            ("name", Compared::Plain(Some(self.name.to_string()))),
            ("description", Compared::Plain(self.description.as_ref().map(ToString::to_string))),
            ("requirement_count", Compared::Plain(Some(self.requirement_count.to_string()))),
        ]
    }
}
