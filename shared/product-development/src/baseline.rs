//! Baselines: which version of each requirement was agreed on one day, and what has changed since.

mod compare;
mod item;
mod read;
mod write;

pub use compare::{BaselineChange, BaselineComparison, ComparedQuery, compare};
pub use read::{BaselineRow, get, list, requirements};
pub use read::{read, rows};
pub use write::{create, delete};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::id::{BaselineId, ProductId, RequirementId, UserId};
use kernel::text::{LongText, Name};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields, Plain, Subject};
use platform::http::Versioned;

/// Most requirements that one baseline can hold: what one transaction takes.
pub const MOST_REQUIREMENTS: usize = 50_000;
/// Most entries of one of the items that hold them.
pub const MOST_ENTRIES: usize = 1_000;

/// A baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Baseline {
    /// The baseline's id.
    pub id: BaselineId,
    /// Always 1: what is frozen does not change.
    pub version: u64,
    /// When it was frozen.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub name: Name,
    /// What it is for, as Markdown.
    pub description: Option<LongText>,
    /// How many requirements it holds.
    pub requirement_count: usize,
    /// Who froze it.
    pub created_by: UserId,
    /// Their name at the time.
    pub created_by_name: String,
}

impl Versioned for Baseline {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a new baseline takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBaseline {
    /// Its name.
    pub name: Name,
    /// What it is for, as Markdown.
    pub description: Option<LongText>,
}

/// A requirement in a baseline: its version says all else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Frozen {
    id: RequirementId,
    number: u64,
    version: u64,
}

impl Plain for Baseline {
    fn subject(&self) -> Subject {
        Subject::new("baseline", self.id).within(self.product_id)
    }

    fn fields(&self) -> Fields {
        vec![
            ("name", Compared::Plain(Some(self.name.to_string()))),
            ("description", Compared::Plain(self.description.as_ref().map(ToString::to_string))),
            ("requirement_count", Compared::Plain(Some(self.requirement_count.to_string()))),
        ]
    }
}
