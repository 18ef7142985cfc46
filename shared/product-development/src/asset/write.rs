//! Creates, updates and deletes assets. Each change is one transaction that includes its audit record.

use super::item::{self, ASSETS, AssetCard, StoredVersion};
use super::read::{LoadedAsset, load, shown, subject};
use super::{
    Approval, AskedApproval, Asset, AssetPatch, AssetUpload, Kind, NewAsset, NewAssetVersion, file_fields, requirement,
};
use crate::product;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId};
use kernel::policy::Action;
use kernel::text::Name;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::{self, Fields, Head};
use platform::caller::Caller;
use platform::http::Patch;
use platform::idempotency::{self, StoredAnswer};
use platform::table::Item;
use platform::upload::{self, File, Status, StoredFile};

/// Creates an asset that is awaiting its file. The client uploads the file to the URL in the response.
pub async fn create(app: &App, caller: &Caller, product_id: ProductId, new: NewAsset) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::AssetWrite)?;
    let name = match new.name {
        Some(name) => name,
        None => Name::try_from(new.file_name.stem().to_owned()).map_err(|error| Error::field("file_name", error))?,
    };
    let file = File::new(new.file_name, new.content_type, new.size, new.sha256)?;
    let stored = StoredFile::waiting(1, &file, file.name.clone(), caller, Timestamp::now());
    let id = AssetId::new();
    let mut card = AssetCard::new(product_id, id, name, new.kind.unwrap_or(Kind::Other), stored.clone());
    let mut work = Work::new(app, caller, Operation::AssetCreate);
    product::require(&mut work, caller, Action::AssetWrite, scope, product_id);
    if let Some(requirement) = new.requirement_id {
        // Check access to the product before looking at its contents.
        product::load(app, caller, Action::AssetWrite, product_id).await?;
        card.requirement = Some(requirement::present(app, &mut work, product_id, requirement).await?);
    }
    let fields = file_fields(&file, new.note.as_ref());
    let head = record(&mut work, None, (&card, 1), fields)?;
    let exists = |_: Option<&Item>| Error::internal("a new asset's ID already exists");
    work.create(item::draft(&card, 1, &head)?, exists);
    let version = StoredVersion { file: stored, note: new.note };
    work.create(item::version_draft(product_id, id, &version)?, exists);
    answer(work, card.shown(1, false), 1, &file).await
}

/// Commits a version that is awaiting its file and returns where to upload it.
async fn answer(work: Work<'_>, asset: Asset, number: u32, file: &File) -> Result<StoredAnswer, Error> {
    let object = item::places(asset.product_id, asset.id, number).pending;
    let upload = upload::address(work.app, &object, file).await?;
    let location = format!("/api/products/{}/assets/{}", asset.product_id, asset.id);
    let version = asset.version;
    let answer = StoredAnswer::created(location, version, &AssetUpload { asset, number, upload })?;
    work.answer(answer).await
}

fn record(
    work: &mut Work<'_>,
    before: Option<(&AssetCard, &Head)>,
    (after, version): (&AssetCard, u64),
    file: Fields,
) -> Result<Head, Error> {
    let old = before.map(|(card, _)| card.fields()).unwrap_or_default();
    let changes = audit::plain_differences(&old, &[after.fields(), file].concat())?;
    let (subject, head) = (subject(after.product_id, after.id), before.map(|(_, head)| head));
    work.record(subject, version, head, kernel::id::new(), changes)
}

/// Adds the next version of an asset and its audit record to the work; returns the version number.
pub(super) fn replace(
    work: &mut Work<'_>,
    before: &LoadedAsset,
    after: &AssetCard,
    file: Fields,
) -> Result<u64, Error> {
    let next = before.version + 1;
    let head = record(work, Some((&before.card, &before.head)), (after, next), file)?;
    work.replace(item::draft(after, next, &head)?, before.version);
    Ok(next)
}

/// Loads an asset, at `version` if given, in a product that is open to changes, and begins the work that requires the product. An asset
/// whose file was never uploaded expires together with the head of its audit chain, so it can only be deleted.
pub(super) async fn begin<'a>(
    app: &'a App,
    caller: &'a Caller,
    operation: Operation,
    product_id: ProductId,
    id: AssetId,
    version: Option<u64>,
) -> Result<(LoadedAsset, Work<'a>), Error> {
    let scope = caller.allow(Action::AssetWrite)?;
    let mut before = load(app, caller, Action::AssetWrite, product_id, id).await?;
    before.product = before.product.writable()?;
    if version.is_some_and(|version| version != before.version) {
        return Err(Error::StaleVersion);
    }
    let mut work = Work::new(app, caller, operation);
    product::require(&mut work, caller, Action::AssetWrite, scope, product_id);
    Ok((before, work))
}

/// Begins the next version of an asset. The current file and its approval stay until the new file has been checked.
pub async fn create_version(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: AssetId,
    new: NewAssetVersion,
) -> Result<StoredAnswer, Error> {
    caller.allow(Action::AssetWrite)?;
    let (file, note) = new.file()?;
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let (before, mut work) = begin(app, caller, Operation::AssetVersionCreate, product_id, id, None).await?;
    ASSETS.require_uploaded(before.card.status)?;
    let number = ASSETS.next_number(before.card.latest_version)?;
    let now = Timestamp::now();
    let after = AssetCard { updated_at: now, latest_version: number, ..before.card.clone() };
    let fields = file_fields(&file, note.as_ref());
    let version = StoredVersion { file: StoredFile::waiting(number, &file, file.name.clone(), caller, now), note };
    let next = replace(&mut work, &before, &after, fields)?;
    let draft = item::version_draft(product_id, id, &version)?;
    work.create(draft, |_| Error::StaleVersion);
    let asset = shown(app, after, next).await?;
    answer(work, asset, number, &file).await.map_err(|error| ASSETS.not_started(error))
}

/// Updates an asset that is still at `version`: its name, kind or requirement, or a request for approval.
pub async fn update(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: AssetId,
    version: u64,
    patch: AssetPatch,
) -> Result<Asset, Error> {
    let (before, mut work) = begin(app, caller, Operation::AssetUpdate, product_id, id, Some(version)).await?;
    ASSETS.require_uploaded(before.card.status)?;
    let mut after = before.card.clone();
    if let Some(name) = patch.name {
        after.rename(name);
    }
    after.kind = patch.kind.unwrap_or(after.kind);
    if let Some(asked) = patch.approval {
        if after.status != Status::Available {
            return Err(Error::state("This asset has no file to approve yet."));
        }
        after.approval = match asked {
            AskedApproval::Draft => Approval::Draft,
            AskedApproval::InReview => Approval::InReview,
        };
        after.decision = None;
    }
    match patch.requirement_id {
        Patch::Absent => {}
        Patch::Clear => after.requirement = None,
        Patch::Set(requirement) => {
            after.requirement = Some(requirement::present(app, &mut work, product_id, requirement).await?);
        }
    }
    if after == before.card {
        return shown(app, after, version).await;
    }
    after.updated_at = Timestamp::now();
    let next = replace(&mut work, &before, &after, Vec::new())?;
    work.commit().await?;
    shown(app, after, next).await
}

/// Deletes an asset that is still at `version`, including one awaiting its file: it is in no list and cannot be downloaded, and a file that
/// arrives later is removed. Its audit chain is kept.
pub async fn delete(app: &App, caller: &Caller, product_id: ProductId, id: AssetId, version: u64) -> Result<(), Error> {
    let (before, mut work) = begin(app, caller, Operation::AssetDelete, product_id, id, Some(version)).await?;
    let after = AssetCard { updated_at: Timestamp::now(), ..before.card.clone() };
    let (known, next) = (Some((&before.card, &before.head)), version + 1);
    let head = record(&mut work, known, (&after, next), Vec::new())?;
    work.replace(item::tombstone(&after, next, &head)?, version);
    work.commit().await
}
