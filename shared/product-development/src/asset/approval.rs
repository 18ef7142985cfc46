//! Approves and rejects asset files.

use super::item::{ASSETS, AssetCard, Decision};
use super::read::shown;
use super::write::{begin, replace};
use super::{Approval, Asset, AssetDecision};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId};
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::upload::Status;

/// Approves the current file of an asset that is still at `version`. A new version becomes a draft again.
pub async fn approve(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: AssetId,
    version: u64,
    decision: AssetDecision,
) -> Result<Asset, Error> {
    decide(app, caller, (product_id, id, version), (Approval::Approved, Operation::AssetApprove), decision).await
}

/// Rejects the current file of an asset that is still at `version`.
pub async fn reject(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: AssetId,
    version: u64,
    decision: AssetDecision,
) -> Result<Asset, Error> {
    decide(app, caller, (product_id, id, version), (Approval::Rejected, Operation::AssetReject), decision).await
}

async fn decide(
    app: &App,
    caller: &Caller,
    (product_id, id, version): (ProductId, AssetId, u64),
    (approval, operation): (Approval, Operation),
    AssetDecision { note }: AssetDecision,
) -> Result<Asset, Error> {
    let (before, mut work) = begin(app, caller, operation, product_id, id, Some(version)).await?;
    ASSETS.require_uploaded(before.card.status)?;
    if before.card.status != Status::Available {
        return Err(Error::state("This asset has no file to approve yet."));
    }
    if matches!(before.card.approval, Approval::Approved | Approval::Rejected) {
        return Err(Error::state("This file has already been approved or rejected. Request approval again first."));
    }
    let at = Timestamp::now();
    let decision = Decision { by: caller.id, by_name: caller.actor.name.clone(), at, note };
    let after = AssetCard { approval, decision: Some(decision), updated_at: at, ..before.card.clone() };
    let next = replace(&mut work, &before, &after, Vec::new())?;
    work.commit().await?;
    shown(app, after, next).await
}
