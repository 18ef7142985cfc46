//! Handles the completed upload of an asset's file.

use super::Approval;
use super::item::{self, Card, Version};
use super::read::subject;
use crate::product;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AssetId, ProductId};
use kernel::text::LongText;
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{self, FieldChange, Head, Kept};
use platform::caller::{Actor, Origin};
use platform::table::{self, Transaction};
use platform::upload::{self, Arrival, FileName, Found, Outcome, Places, Status};

/// A version of an asset whose file has arrived.
struct Arrived {
    product: ProductId,
    id: AssetId,
    number: u32,
}

/// An asset as read.
struct Holder {
    card: Card,
    version: u64,
    head: Head,
    /// The note of the version whose file has arrived.
    note: Option<LongText>,
}

/// Checks the object stored at `object`. Returns an error while its asset cannot be read yet, so that the event is redelivered.
pub async fn uploaded(app: &App, object: &str) -> Result<Outcome, Error> {
    match item::read_pending(object) {
        Some((product, id, number)) => upload::judge(app, &Arrived { product, id, number }).await,
        None => Ok(Outcome::PassedOver),
    }
}

impl Arrival for Arrived {
    type Holder = Holder;
    type Name = FileName;

    fn places(&self) -> Places {
        item::places(self.product, self.id, self.number)
    }

    async fn find(&self, app: &App) -> Result<Found<Holder, FileName>, Error> {
        let keys = vec![
            product::item_key(self.product),
            item::key(self.product, self.id),
            item::version_key(self.product, self.id, self.number),
        ];
        let (mut open, mut asset, mut version) = (true, None, None);
        for found in app.table().get_many(keys).await? {
            match table::text(&found, "type") {
                Some("asset_version") => version = item::version_of(&found)?,
                Some("asset" | "asset_deleted") => asset = Some(found),
                _ => open = product::is_open(&found)?,
            }
        }
        if !open {
            return Ok(Found::Removed);
        }
        let (Some(asset), Some(Version { file, note })) = (asset, version) else { return Ok(Found::Nothing) };
        Ok(match item::card_of(&asset)? {
            None => Found::Deleted,
            Some(card) => {
                let (version, head) = (table::read(&asset, "version")?, table::read(&asset, "audit_head")?);
                Found::Present(Holder { card, version, head, note }, file)
            }
        })
    }

    async fn write(&self, app: &App, holder: Holder, file: item::StoredFile) -> Result<(), Error> {
        let Holder { mut card, version, head, note } = holder;
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
        let action =
            if file.status == Status::Available { Operation::AssetRelease } else { Operation::AssetQuarantine };
        let actor = Actor::system(Origin { request_id: kernel::request_id::current(), ..Origin::default() });
        let subject = subject(self.product, self.id);
        let mut transaction = Transaction::new();
        let (next, record) = (version + 1, kernel::id::new());
        let head = audit::change(app, &mut transaction, &actor, action, subject, next, Some(&head), record, changes)?;
        transaction.replace(item::draft(&card, next, &head)?, version);
        transaction.put(item::version_draft(self.product, self.id, &Version { file, note })?);
        app.table().commit(transaction).await
    }
}
