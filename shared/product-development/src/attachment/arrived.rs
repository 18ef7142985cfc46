//! Handles the completed upload of an attachment's file.

use super::item::{self, AttachmentCard};
use crate::product;
use crate::task;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId};
use kernel::{ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::Head;
use platform::caller::{Actor, Origin};
use platform::table;
use platform::upload::{self, Arrival, FileName, Found, Outcome, Places, Status};

/// An attachment whose file has arrived.
struct Arrived {
    product: ProductId,
    id: AttachmentId,
}

/// An attachment as read.
struct Holder {
    card: AttachmentCard,
    version: u64,
    head: Head,
}

/// Checks the object stored at `object`. Returns an error while its attachment cannot be read yet, so that the event is redelivered.
pub async fn uploaded(app: &App, object: &str) -> Result<Outcome, Error> {
    match item::read_pending(object) {
        Some((product, id)) => upload::judge(app, &Arrived { product, id }).await,
        None => Ok(Outcome::PassedOver),
    }
}

impl Arrival for Arrived {
    type Holder = Holder;
    type Name = FileName;

    fn places(&self) -> Places {
        item::places(self.product, self.id)
    }

    async fn find(&self, app: &App) -> Result<Found<Holder, FileName>, Error> {
        let keys = vec![product::item_key(self.product), item::key(self.product, self.id)];
        let (mut open, mut attachment) = (true, None);
        for found in app.table().get_many(keys).await? {
            match table::item_type(&found) {
                Some(ItemType::Attachment | ItemType::AttachmentDeleted) => attachment = Some(found),
                Some(ItemType::Product | ItemType::ProductDeleted) => open = product::is_open(&found)?,
                _ => return Err(Error::internal("an attachment's key holds something else")),
            }
        }
        if !open {
            return Ok(Found::Removed);
        }
        let Some(attachment) = attachment else { return Ok(Found::Nothing) };
        let Some(card) = item::card_of(&attachment)? else { return Ok(Found::Deleted) };
        let task = app.table().get(task::task_key(card.product_id, card.task_id)).await?;
        if task.map(|item| task::card_of(&item)).transpose()?.flatten().is_none() {
            return Ok(Found::Deleted);
        }
        let file = card.file.clone();
        let (version, head) = (table::read(&attachment, "version")?, table::read(&attachment, "audit_head")?);
        Ok(Found::Present(Holder { card, version, head }, file))
    }

    async fn write(&self, app: &App, holder: Holder, file: item::StoredFile) -> Result<(), Error> {
        let Holder { card, version, head } = holder;
        let changes = file.verdict(card.file.status, file.status);
        let available = file.status == Status::Available;
        let card = AttachmentCard { file, ..card };
        let operation = if available { Operation::AttachmentRelease } else { Operation::AttachmentQuarantine };
        let actor = Actor::system(Origin { request_id: kernel::request_id::current(), ..Origin::default() });
        let mut work = Work::of(app, &actor, operation);
        let (subject, next) = (item::subject(self.product, self.id), version + 1);
        let head = work.record(subject, next, Some(&head), kernel::id::new(), changes)?;
        work.replace(item::draft(&card, next, &head)?, version);
        if available {
            // On the next read the task is not found, and the file is skipped.
            item::count(&mut work, &card, 1, || Error::StaleVersion);
        }
        work.commit().await
    }
}
