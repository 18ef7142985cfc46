//! Investors: people, companies and funds that have invested or might invest.

mod absorb;
mod batch;
pub mod duplicates;
mod item;
mod likeness;
mod list;
mod read;
mod unique;
mod write;

pub(crate) use absorb::{combined, stage_absorb};
pub use batch::{load_many, named};
pub use item::{LoadedInvestor, key, listings, subject};
pub(crate) use item::{holder_key, partition, timeline};
pub use list::read;
pub use list::{InvestorQuery, list};
pub(crate) use read::{MAX_MERGES, merged_into, refuse_missing, require, require_unmerged};
pub use read::{get, load, load_any};
pub use unique::{Unique, owners};
pub use write::{Saved, create, create_imported, delete, restore, update, update_imported};
pub use write::{at_version, require_manager, sorted_tags};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::choice;
use kernel::id::{InvestorId, UserId};
use kernel::text::{Address, Country, Email, ExternalKey, LongText, Name, Phone, Tag};
use kernel::time::Timestamp;
use platform::audit::{Compared, Fields};
use platform::http::{Patch, Versioned, present};

/// Maximum number of tags per investor.
const MAX_TAGS: usize = 20;

choice!(
    /// The type of an investor.
    #[schema(as = InvestorKind)]
    Kind {
        /// A natural person.
        Person = "person",
        /// A fund.
        Fund = "fund",
        /// A company.
        Company = "company",
        /// A family office.
        FamilyOffice = "family_office",
    }
);
choice!(
    /// How important an investor is, from most to least.
    Tier {
        /// Most important.
        Platinum = "platinum",
        /// Very important.
        Gold = "gold",
        /// Important.
        Silver = "silver",
        /// All other investors who have invested.
        Bronze = "bronze",
        /// Has not invested yet.
        Prospect = "prospect",
    }
);
choice!(
    /// Whether the relationship with an investor is actively managed.
    #[schema(as = InvestorStatus)]
    Status {
        /// Actively managed.
        Active = "active",
        /// Kept for the record only.
        Inactive = "inactive",
    }
);

/// An investor with all its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Investor {
    /// The investor's id.
    pub id: InvestorId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The user who created it.
    pub created_by: UserId,
    /// Name.
    pub name: Name,
    /// Type of investor.
    pub kind: Kind,
    /// Email address; unique among investors.
    pub email: Option<Email>,
    /// Phone number.
    pub phone: Option<Phone>,
    /// Postal address.
    pub address: Option<Address>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<Country>,
    /// Tier, which ranks the investor's importance.
    pub tier: Tier,
    /// Whether the relationship is actively managed.
    pub status: Status,
    /// The relationship manager.
    pub relationship_manager_id: Option<UserId>,
    /// Tags, sorted.
    pub tags: Vec<Tag>,
    /// Notes about the investor.
    pub notes: Option<LongText>,
    /// Key in an external system; unique among investors.
    pub external_key: Option<ExternalKey>,
    /// When it was deleted. A deleted investor can be restored.
    pub deleted_at: Option<Timestamp>,
    /// The investors merged into this one.
    pub absorbed_ids: Vec<InvestorId>,
    /// The investor that this one was merged into, which replaces it.
    #[serde(skip)]
    pub merged_into: Option<InvestorId>,
}

impl Versioned for Investor {
    fn version(&self) -> u64 {
        self.version
    }
}

/// The summary of an investor shown in lists. Contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvestorCard {
    /// The investor's id.
    pub id: InvestorId,
    /// Version number; starts at 1 and increases with each change.
    pub version: u64,
    /// Name.
    pub name: Name,
    /// Type of investor.
    pub kind: Kind,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Tier, which ranks the investor's importance.
    pub tier: Tier,
    /// Whether the relationship is actively managed.
    pub status: Status,
    /// The relationship manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship_manager_id: Option<UserId>,
    /// Tags, sorted.
    pub tags: Vec<Tag>,
    /// Key in an external system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_key: Option<ExternalKey>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// The investor that this one was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<InvestorId>,
}

/// The data for creating an investor.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvestor {
    /// Name.
    pub name: Name,
    /// Type of investor.
    pub kind: Kind,
    /// Email address; unique among investors.
    pub email: Option<Email>,
    /// Phone number.
    pub phone: Option<Phone>,
    /// Postal address.
    pub address: Option<Address>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<Country>,
    /// Tier, which ranks the investor's importance. Defaults to `prospect`.
    pub tier: Option<Tier>,
    /// Whether the relationship is actively managed. Defaults to `active`.
    pub status: Option<Status>,
    /// The relationship manager. Defaults to the caller if the caller is a relationship manager.
    pub relationship_manager_id: Option<UserId>,
    /// Tags, at most 20.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// Notes about the investor.
    pub notes: Option<LongText>,
    /// Key in an external system; unique among investors.
    pub external_key: Option<ExternalKey>,
}

/// A JSON merge patch for an investor: omitted fields stay unchanged, null clears a field.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvestorPatch {
    /// Name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Type of investor.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub kind: Option<Kind>,
    /// Email address.
    #[serde(default)]
    #[schema(value_type = Option<Email>)]
    pub email: Patch<Email>,
    /// Phone number.
    #[serde(default)]
    #[schema(value_type = Option<Phone>)]
    pub phone: Patch<Phone>,
    /// Postal address.
    #[serde(default)]
    #[schema(value_type = Option<Address>)]
    pub address: Patch<Address>,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default)]
    #[schema(value_type = Option<Country>)]
    pub country: Patch<Country>,
    /// Tier, which ranks the investor's importance.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub tier: Option<Tier>,
    /// Whether the relationship is actively managed.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub status: Option<Status>,
    /// The relationship manager.
    #[serde(default)]
    #[schema(value_type = Option<UserId>)]
    pub relationship_manager_id: Patch<UserId>,
    /// Tags, at most 20.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 20)]
    pub tags: Option<Vec<Tag>>,
    /// Notes about the investor.
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub notes: Patch<LongText>,
    /// Key in an external system.
    #[serde(default)]
    #[schema(value_type = Option<ExternalKey>)]
    pub external_key: Patch<ExternalKey>,
}

impl InvestorPatch {
    /// Returns the investor with this patch applied.
    #[must_use]
    pub fn apply(self, mut investor: Investor) -> Investor {
        investor.name = self.name.unwrap_or(investor.name);
        investor.kind = self.kind.unwrap_or(investor.kind);
        investor.tier = self.tier.unwrap_or(investor.tier);
        investor.status = self.status.unwrap_or(investor.status);
        investor.tags = self.tags.unwrap_or(investor.tags);
        self.email.apply(&mut investor.email);
        self.phone.apply(&mut investor.phone);
        self.address.apply(&mut investor.address);
        self.country.apply(&mut investor.country);
        self.relationship_manager_id.apply(&mut investor.relationship_manager_id);
        self.notes.apply(&mut investor.notes);
        self.external_key.apply(&mut investor.external_key);
        investor
    }
}

impl Investor {
    /// The summary shown in lists.
    #[must_use]
    pub fn card(&self) -> InvestorCard {
        InvestorCard {
            id: self.id,
            version: self.version,
            name: self.name.clone(),
            kind: self.kind,
            country: self.country.clone(),
            tier: self.tier,
            status: self.status,
            relationship_manager_id: self.relationship_manager_id,
            tags: self.tags.clone(),
            external_key: self.external_key.clone(),
            updated_at: self.updated_at,
            deleted_at: self.deleted_at,
            merged_into: self.merged_into,
        }
    }

    /// The fields that the audit trail compares.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let plain = |text: Option<String>| Compared::Plain(text);
        let personal = |text: Option<String>| Compared::Personal(text);
        vec![
            ("name", plain(Some(self.name.to_string()))),
            ("kind", plain(Some(self.kind.as_str().into()))),
            ("email", personal(self.email.as_ref().map(ToString::to_string))),
            ("phone", personal(self.phone.as_ref().map(ToString::to_string))),
            ("address", personal(self.address.as_ref().map(ToString::to_string))),
            ("country", plain(self.country.as_ref().map(ToString::to_string))),
            ("tier", plain(Some(self.tier.as_str().into()))),
            ("status", plain(Some(self.status.as_str().into()))),
            ("relationship_manager_id", plain(self.relationship_manager_id.map(|id| id.to_string()))),
            ("tags", Compared::List(self.tags.iter().map(ToString::to_string).collect())),
            ("notes", personal(self.notes.as_ref().map(ToString::to_string))),
            ("external_key", plain(self.external_key.as_ref().map(ToString::to_string))),
            ("deleted_at", plain(self.deleted_at.map(|at| at.to_string()))),
            ("absorbed_ids", Compared::List(self.absorbed_ids.iter().map(ToString::to_string).collect())),
            ("merged_into", plain(self.merged_into.map(|id| id.to_string()))),
        ]
    }
}
