//! Requirement versions: each change stores the whole requirement as it was then, permanently.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Requirement;
use super::item;
use crate::product;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, RequirementId, UserId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::{self, FieldChange, Kept, Plain as _};
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Item};

/// A version of a requirement as shown in the version list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequirementVersion {
    /// Version number, starting at 1.
    pub version: u64,
    /// When the version was created.
    pub at: Timestamp,
    /// The user who created the version.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub by: Option<UserId>,
    /// Display name of that user at the time.
    pub by_name: String,
    /// Names of the fields that differ from the previous version.
    pub changed: Vec<String>,
}

/// The versions to compare.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompareQuery {
    /// The earlier version.
    #[param(minimum = 1)]
    pub from: u64,
    /// The later version.
    #[param(minimum = 1)]
    pub to: u64,
}

/// A field that differs between two versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RequirementChange {
    /// Field name.
    pub field: String,
    /// Value in the earlier version: a string, a list of strings, or null.
    pub before: Option<Value>,
    /// Value in the later version.
    pub after: Option<Value>,
}

/// The differences between two versions of a requirement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RequirementComparison {
    /// The earlier version.
    pub from: u64,
    /// The later version.
    pub to: u64,
    /// The fields that differ.
    pub changes: Vec<RequirementChange>,
}

/// Adds the new version that `requirement` is now at to the work.
pub(super) fn stage(work: &mut Work<'_>, requirement: &Requirement, changes: &[FieldChange]) -> Result<(), Error> {
    let card = RequirementVersion {
        version: requirement.version,
        at: requirement.updated_at,
        by: work.actor.id,
        by_name: work.actor.name.clone(),
        changed: changes.iter().map(|change| change.field.clone()).collect(),
    };
    let key = item::version_key(requirement.product_id, requirement.id, requirement.version);
    let draft = Draft::new(key, ItemType::RequirementVersion, requirement)?.card(&card)?;
    work.create(draft, |_| Error::StaleVersion);
    Ok(())
}

fn list_of(product_id: ProductId, id: RequirementId) -> List {
    let source = Source::table(product::partition(product_id), item::version_prefix(id));
    let list = List::new("requirement_versions", source, Order::Descending);
    List { scope: id.to_string(), consistent: true, ..list }
}

/// Returns one page of the versions, newest first. Deleted requirements are included because baselines still show them. One round trip.
pub async fn list(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    request: &PageRequest,
) -> Result<Page<RequirementVersion>, Error> {
    read(app, caller, Action::ProductRead, product_id, id, request).await
}

/// Returns one page of the versions for a caller permitted to `action`.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: RequirementId,
    request: &PageRequest,
) -> Result<Page<RequirementVersion>, Error> {
    let list = list_of(product_id, id);
    let (product, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, request));
    product?;
    let page = page?;
    if page.items.is_empty() && request.cursor.is_none() {
        return Err(Error::NotFound { what: "requirement" });
    }
    page.try_map(|item| table::read(&item, "card"))
}

/// Returns the requirement as it was at `version`. One round trip.
pub async fn get(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    version: u64,
) -> Result<Requirement, Error> {
    let [found] = load(app, caller, Action::ProductRead, product_id, id, [version]).await?;
    Ok(found)
}

/// Compares two versions field by field. One round trip.
pub async fn compare(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RequirementId,
    query: &CompareQuery,
) -> Result<RequirementComparison, Error> {
    let (from, to) = (query.from, query.to);
    let [before, after] = load(app, caller, Action::ProductRead, product_id, id, [from, to]).await?;
    let changes = audit::plain_differences(&before.fields(), &after.fields())?;
    let shown = |kept: Option<Kept>| match kept {
        Some(Kept::Text(text)) => Some(Value::String(text)),
        Some(Kept::List(list)) => Some(list.into()),
        Some(Kept::Sealed(_)) | None => None,
    };
    let change = |change: FieldChange| RequirementChange {
        field: change.field,
        before: shown(change.before),
        after: shown(change.after),
    };
    Ok(RequirementComparison { from, to, changes: changes.into_iter().map(change).collect() })
}

/// Loads versions of a requirement, in the order given. One round trip.
async fn load<const N: usize>(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: RequirementId,
    versions: [u64; N],
) -> Result<[Requirement; N], Error> {
    let scope = caller.allow(action)?;
    let mut keys = vec![product::item_key(product_id)];
    keys.extend(versions.map(|version| item::version_key(product_id, id, version)));
    keys.dedup();
    let found = app.table().get_many(keys).await?;
    product::permitted(caller, action, scope, at(&found, &product::item_key(product_id).sk))?;
    let read = |version| match at(&found, &item::version_key(product_id, id, version).sk) {
        Some(item) => table::read(item, "data"),
        None => Err(Error::NotFound { what: "version" }),
    };
    let read: Vec<Requirement> = versions.into_iter().map(read).collect::<Result<_, _>>()?;
    read.try_into().map_err(|_| Error::internal("a requirement version is missing"))
}

/// Returns the requirement as it was at `version`, for a caller who has already been authorized.
pub(super) async fn find(
    app: &App,
    product_id: ProductId,
    id: RequirementId,
    version: u64,
) -> Result<Requirement, Error> {
    let found = app.table().get(item::version_key(product_id, id, version)).await?;
    table::read(&found.ok_or_else(|| Error::field("version", "is not a version of this requirement"))?, "data")
}

/// Returns requirements as they were at the given versions. One round trip, or none if `versions` is empty.
pub(crate) async fn at_versions(
    app: &App,
    product_id: ProductId,
    versions: BTreeSet<(RequirementId, u64)>,
) -> Result<BTreeMap<(RequirementId, u64), Requirement>, Error> {
    if versions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let keys = versions.into_iter().map(|(id, version)| item::version_key(product_id, id, version)).collect();
    let read = |item: Item| {
        let requirement: Requirement = table::read(&item, "data")?;
        Ok(((requirement.id, requirement.version), requirement))
    };
    app.table().get_many(keys).await?.into_iter().map(read).collect()
}

fn at<'a>(found: &'a [Item], sk: &str) -> Option<&'a Item> {
    found.iter().find(|item| table::text(item, "sk") == Some(sk))
}
