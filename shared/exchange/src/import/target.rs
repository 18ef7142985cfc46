//! What the rows of a file become, and what follows from that: who may import, which fields there are, by what rows are found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Field, Key, MOST_ROWS};
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use product_development::product::{self, Product};

/// What the rows of a file become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportKind)]
pub enum Target {
    /// Investors.
    #[default]
    Investors,
    /// Requirements of a product.
    Requirements,
    /// Tasks of a product.
    Tasks,
}

/// Most rows of a file of requirements or tasks: what refers to other rows of the file is kept beside the import.
const MOST_WORK_ROWS: u64 = 20_000;

impl Target {
    const ALL: [Self; 3] = [Self::Investors, Self::Requirements, Self::Tasks];

    /// The target's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investors => "investors",
            Self::Requirements => "requirements",
            Self::Tasks => "tasks",
        }
    }

    /// What its rows are called one by one.
    pub(super) fn one(self) -> &'static str {
        match self {
            Self::Investors => "investor",
            Self::Requirements => "requirement",
            Self::Tasks => "task",
        }
    }

    /// What whoever imports it must be allowed.
    fn action(self) -> Action {
        match self {
            Self::Investors => Action::ImportRun,
            Self::Requirements | Self::Tasks => Action::ProductImport,
        }
    }

    /// Which imports the caller may see of this kind.
    pub(super) fn scope(self, caller: &Caller) -> Result<Scope, Error> {
        caller.allow(self.action())
    }

    /// Which imports the caller may see of some kind, the widest.
    pub(super) fn widest(caller: &Caller) -> Result<Scope, Error> {
        let scopes = Self::ALL.into_iter().filter_map(|target| target.scope(caller).ok());
        scopes.max().map_or_else(|| caller.allow(Action::ImportRun), Ok)
    }

    /// Most rows of a file.
    pub(super) fn most_rows(self) -> u64 {
        if self == Self::Investors { MOST_ROWS } else { MOST_WORK_ROWS }
    }

    /// Whether a column can fill the field.
    pub(super) fn has(self, field: Field) -> bool {
        use Field as F;
        let of_work = matches!(
            field,
            F::Number | F::ExternalId | F::Title | F::Description | F::Priority | F::Status | F::Milestone
        );
        match self {
            Self::Investors => {
                matches!(
                    field,
                    F::Name
                        | F::Kind
                        | F::Email
                        | F::Phone
                        | F::Address
                        | F::Country
                        | F::Tier
                        | F::Status
                        | F::Tags
                        | F::Notes
                        | F::ExternalKey
                )
            }
            Self::Requirements => of_work || matches!(field, F::AcceptanceCriteria | F::Parent),
            Self::Tasks => {
                of_work || matches!(field, F::Assignee | F::Requirement | F::DueOn | F::EstimateHours | F::Labels)
            }
        }
    }

    /// Whether rows can be found by the key.
    pub(super) fn is_found_by(self, key: Key) -> bool {
        matches!(key, Key::Number | Key::ExternalId) != (self == Self::Investors)
    }
}

/// The product of an import, which the caller may import into now.
pub(super) async fn product(app: &App, caller: &Caller, id: ProductId) -> Result<Product, Error> {
    Ok(product::load(app, caller, Action::ProductImport, id).await?.writable()?.product)
}
