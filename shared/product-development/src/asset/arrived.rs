//! Handles the completed upload of an asset's file.

use super::Approval;
use super::item::{self, ASSETS, AssetCard, StoredVersion};
use super::read::subject;
use crate::product;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId};
use kernel::text::LongText;
use kernel::time::Timestamp;
use kernel::{ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{FieldChange, Kept};
use platform::table;
use platform::upload::{self, Arrival, FileName, FileType, Found, Holder, Outcome, Places, Scan, VersionId};

/// A version of an asset whose file has arrived.
struct Arrived {
    product: ProductId,
    id: AssetId,
    number: u32,
}

/// Checks the object stored at `object`. Returns an error while its asset cannot be read yet, so that the event is redelivered.
/// `reported` is what the scanner says, if the event is about that.
pub async fn uploaded(app: &App, object: &str, reported: Option<Scan>) -> Result<Outcome, Error> {
    match item::read_pending(object) {
        Some((product, VersionId { id, number })) => {
            upload::judge(app, &Arrived { product, id, number }, reported).await
        }
        None => Ok(Outcome::PassedOver),
    }
}

impl Arrival for Arrived {
    /// The asset, and the note of the version.
    type Holder = (Holder<AssetCard>, Option<LongText>);
    type Name = FileName;
    const RELEASE: Operation = Operation::AssetRelease;
    const QUARANTINE: Operation = Operation::AssetQuarantine;

    fn mend(name: FileName, actual: FileType) -> FileName {
        name.of_type(actual)
    }

    fn places(&self) -> Places {
        item::places(self.product, self.id, self.number)
    }

    async fn find(&self, app: &App) -> Result<Found<Self::Holder, FileName>, Error> {
        let keys = vec![
            product::item_key(self.product),
            item::key(self.product, self.id),
            item::version_key(self.product, self.id, self.number),
        ];
        let (mut open, mut asset, mut version) = (true, None, None);
        for found in app.table().get_many(keys).await? {
            match table::item_type(&found) {
                Some(ItemType::AssetVersion) => version = item::version_of(&found)?,
                Some(ItemType::Asset | ItemType::AssetDeleted) => asset = Some(found),
                Some(ItemType::Product | ItemType::ProductDeleted) => open = product::is_open(&found)?,
                _ => return Err(Error::internal("an asset's key holds something else")),
            }
        }
        if !open {
            return Ok(Found::Removed);
        }
        let (Some(asset), Some(StoredVersion { file, note })) = (asset, version) else { return Ok(Found::Nothing) };
        Ok(match ASSETS.open(&asset)? {
            None => Found::Deleted,
            Some(holder) => Found::Present((holder, note), file),
        })
    }

    fn stage(&self, work: &mut Work<'_>, holder: Self::Holder, file: item::StoredFile) -> Result<(), Error> {
        let (Holder { mut card, version, head }, note) = holder;
        let (status, approval) = (card.status, card.approval);
        if file.take_place(&mut card.status, &mut card.file) {
            // The decision was about the previous file.
            card.approval = Approval::Draft;
            card.decision = None;
        }
        card.updated_at = Timestamp::now();
        let mut changes = file.verdict(status, card.status);
        if card.approval != approval {
            let kept = |approval: Approval| Some(Kept::Text(approval.as_str().into()));
            changes.push(FieldChange { field: "approval".into(), before: kept(approval), after: kept(card.approval) });
        }
        let next = version + 1;
        let head = work.record(subject(self.product, self.id), next, Some(&head), kernel::id::new(), changes)?;
        work.replace(item::draft(&card, next, &head)?, version);
        work.put(item::version_draft(self.product, self.id, &StoredVersion { file, note })?);
        Ok(())
    }
}
