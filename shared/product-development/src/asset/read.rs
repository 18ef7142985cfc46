//! Reads and downloads assets.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item::{self, ASSETS, AssetCard};
use super::{Asset, AssetDetail, AssetVersion, requirement};
use crate::product;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId, RequirementId};
use kernel::policy::Action;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;
use platform::upload::{self, Disposition, Download, Holder, Status};

/// Filters for a list of a product's assets.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssetQuery {
    /// Only assets for this requirement.
    #[param(value_type = Option<String>, format = Uuid)]
    pub requirement_id: Option<RequirementId>,
    /// Only assets whose name contains this text, ignoring case; at most 200 characters.
    #[param(max_length = 200)]
    pub text: Option<String>,
    /// Items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// How a file is downloaded.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssetDownloadQuery {
    /// Whether the browser displays the file or saves it. Defaults to `attachment`.
    #[param(inline)]
    pub disposition: Option<Disposition>,
}

/// An asset as read, with the state needed to change it.
pub(super) struct LoadedAsset {
    pub product: product::LoadedProduct,
    pub card: AssetCard,
    pub version: u64,
    pub head: Head,
}

/// Reads the product (for permission) and the asset together. An asset that is not available for download yet is visible only to its
/// creator.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    id: AssetId,
) -> Result<LoadedAsset, Error> {
    let (product, found) =
        tokio::join!(product::load(app, caller, action, product_id), app.table().get(item::key(product_id, id)));
    let product = product?;
    let absent = || Error::NotFound { what: "asset" };
    let holder = ASSETS.open::<AssetCard>(&found?.ok_or_else(absent)?)?;
    let Holder { card, version, head } = holder.ok_or_else(absent)?;
    if card.status != Status::Available && card.created_by != caller.id {
        return Err(absent());
    }
    Ok(LoadedAsset { product, card, version, head })
}

pub(super) fn subject(product: ProductId, id: AssetId) -> Subject {
    Subject::new(Entity::Asset, id).within(product)
}

/// Returns the asset as the API shows it, after comparing it with its requirement.
pub(super) async fn shown(app: &App, card: AssetCard, version: u64) -> Result<Asset, Error> {
    let suspect = requirement::suspects(app, card.product_id, &[&card]).await?;
    Ok(card.shown(version, suspect.contains(&true)))
}

/// Returns one asset with its versions. Two round trips.
pub async fn get(app: &App, caller: &Caller, product_id: ProductId, id: AssetId) -> Result<AssetDetail, Error> {
    let list = item::version_list(product_id, id);
    let (loaded, found) =
        tokio::join!(load(app, caller, Action::ProductRead, product_id, id), upload::version_items(app, &list));
    let LoadedAsset { card, version, .. } = loaded?;
    let mut versions = Vec::new();
    for found in found? {
        versions.extend(item::version_of(&found)?.map(item::StoredVersion::shown));
    }
    Ok(AssetDetail { asset: shown(app, card, version).await?, versions })
}

/// Returns one page of an asset's versions, newest first.
pub async fn versions(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: AssetId,
    request: &PageRequest,
) -> Result<Page<AssetVersion>, Error> {
    let list = item::version_list(product_id, id);
    let (loaded, page) = tokio::join!(load(app, caller, Action::ProductRead, product_id, id), list.page(app, request));
    loaded?;
    let Page { items, next_cursor } = page?;
    let versions: Vec<_> = items.iter().map(item::version_of).collect::<Result<_, _>>()?;
    Ok(Page { items: versions.into_iter().flatten().map(item::StoredVersion::shown).collect(), next_cursor })
}

/// Returns one page of a product's assets, newest first: the available ones, and the caller's own unfinished uploads. Two round trips.
pub async fn list(app: &App, caller: &Caller, product_id: ProductId, query: &AssetQuery) -> Result<Page<Asset>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    read(app, caller, Action::ProductRead, product_id, query, &request).await
}

/// Returns one page of the assets for a caller permitted to `action`; only the filters of `query` are used.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    product_id: ProductId,
    query: &AssetQuery,
    request: &PageRequest,
) -> Result<Page<Asset>, Error> {
    let source = Source::index("gsi1", item::list_partition(product_id));
    let mut list = List::new("assets", source, Order::Descending);
    list.sources.push(Source::index("gsi1", item::unfinished(product_id, caller.id)));
    if let Some(requirement) = query.requirement_id {
        list = list.filter("card.requirement.id", &requirement.to_string());
    }
    if query.text.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(Error::bad_parameter("text", "must have at most 200 characters"));
    }
    if let Some(text) = query.text.as_deref().map(item::searched).filter(|text| !text.is_empty()) {
        list = list.containing("card.searched", &text);
    }
    let (product, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, request));
    product?;
    let Page { items, next_cursor } = page?;
    let mut cards = Vec::new();
    for item in items {
        let version: u64 = table::read(&item, "version")?;
        cards.push((table::read::<AssetCard>(&item, "card")?, version));
    }
    let suspects =
        requirement::suspects(app, product_id, &cards.iter().map(|(card, _)| card).collect::<Vec<_>>()).await?;
    let shown = cards.into_iter().zip(suspects).map(|((card, version), suspect)| card.shown(version, suspect));
    Ok(Page { items: shown.collect(), next_cursor })
}

/// Returns a short-lived URL for downloading a version. The audit record of who requested it is written before the URL is returned.
pub async fn download(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: AssetId,
    number: u32,
    query: &AssetDownloadQuery,
) -> Result<Download, Error> {
    let key = item::version_key(product_id, id, number);
    let (loaded, found) = tokio::join!(load(app, caller, Action::ProductRead, product_id, id), app.table().get(key));
    loaded?;
    let absent = || Error::NotFound { what: "version" };
    let file = item::version_of(&found?.ok_or_else(absent)?)?.ok_or_else(absent)?.file;
    let inline = file.inline(query.disposition)?;
    audit::access(app, &caller.actor, Operation::AssetDownload, subject(product_id, id), file.downloaded()).await?;
    let object = item::places(product_id, id, number).released;
    upload::download(app, &object, &file.name, file.content_type, inline).await
}
