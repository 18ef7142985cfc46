//! What an import creates, and what depends on it: who can import, which fields exist, and which keys match rows.

use super::{Field, Key, MAX_ROWS};
use kernel::choice;
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use product_development::product::{self, Product};

choice!(
    /// What the rows of a file become.
    #[schema(as = ImportKind)]
    #[derive(Default)]
    Target {
        /// Investors.
        #[default]
        Investors = "investors",
        /// Requirements of a product.
        Requirements = "requirements",
        /// Tasks of a product.
        Tasks = "tasks",
    }
);

/// Maximum number of rows in a file of requirements or tasks: references between rows are stored with the import.
const MAX_WORK_ROWS: u64 = 20_000;

impl Target {
    /// Singular name of the records.
    pub(super) fn one(self) -> &'static str {
        match self {
            Self::Investors => "investor",
            Self::Requirements => "requirement",
            Self::Tasks => "task",
        }
    }

    /// The permission required to import this kind.
    fn action(self) -> Action {
        match self {
            Self::Investors => Action::ImportRun,
            Self::Requirements | Self::Tasks => Action::ProductImport,
        }
    }

    /// Which imports of this kind the caller can see.
    pub(super) fn scope(self, caller: &Caller) -> Result<Scope, Error> {
        caller.allow(self.action())
    }

    /// The widest scope of imports of any kind that the caller can see.
    pub(super) fn widest(caller: &Caller) -> Result<Scope, Error> {
        let scopes = Self::ALL.iter().filter_map(|target| target.scope(caller).ok());
        scopes.max().map_or_else(|| caller.allow(Action::ImportRun), Ok)
    }

    /// Maximum number of rows in a file.
    pub(super) fn most_rows(self) -> u64 {
        if self == Self::Investors { MAX_ROWS } else { MAX_WORK_ROWS }
    }

    /// Whether a column can fill `field`.
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

    /// Whether rows can be matched by `key`.
    pub(super) fn is_found_by(self, key: Key) -> bool {
        matches!(key, Key::Number | Key::ExternalId) != (self == Self::Investors)
    }
}

/// The import's product, if the caller can currently import into it.
pub(super) async fn product(app: &App, caller: &Caller, id: ProductId) -> Result<Product, Error> {
    Ok(product::load(app, caller, Action::ProductImport, id).await?.writable()?.product)
}
