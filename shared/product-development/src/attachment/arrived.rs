//! Handles the completed upload of an attachment's file.

use super::item::{self, ATTACHMENTS, AttachmentCard};
use crate::product;
use crate::task;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId};
use kernel::{ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::table;
use platform::upload::{self, Arrival, FileName, FileType, Found, Holder, Outcome, Places, Scan, Status};

/// An attachment whose file has arrived.
struct Arrived {
    product: ProductId,
    id: AttachmentId,
}

/// Checks the object stored at `object`. Returns an error while its attachment cannot be read yet, so that the event is redelivered.
/// `reported` is what the scanner says, if the event is about that.
pub async fn uploaded(app: &App, object: &str, reported: Option<Scan>) -> Result<Outcome, Error> {
    match item::read_pending(object) {
        Some((product, id)) => upload::judge(app, &Arrived { product, id }, reported).await,
        None => Ok(Outcome::PassedOver),
    }
}

impl Arrival for Arrived {
    type Holder = Holder<AttachmentCard>;
    type Name = FileName;
    const RELEASE: Operation = Operation::AttachmentRelease;
    const QUARANTINE: Operation = Operation::AttachmentQuarantine;

    fn mend(name: FileName, actual: FileType) -> FileName {
        name.of_type(actual)
    }

    fn places(&self) -> Places {
        item::places(self.product, self.id)
    }

    async fn find(&self, app: &App) -> Result<Found<Self::Holder, FileName>, Error> {
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
        let Some(holder) = ATTACHMENTS.open::<AttachmentCard>(&attachment)? else { return Ok(Found::Deleted) };
        let task = app.table().get(task::task_key(holder.card.product_id, holder.card.task_id)).await?;
        if task.map(|item| task::card_of(&item)).transpose()?.flatten().is_none() {
            return Ok(Found::Deleted);
        }
        let file = holder.card.file.clone();
        Ok(Found::Present(holder, file))
    }

    fn stage(&self, work: &mut Work<'_>, holder: Self::Holder, file: item::StoredFile) -> Result<(), Error> {
        let Holder { card, version, head } = holder;
        let changes = file.verdict(card.file.status, file.status);
        let available = file.status == Status::Available;
        let card = AttachmentCard { file, ..card };
        let (subject, next) = (item::subject(self.product, self.id), version + 1);
        let head = work.record(subject, next, Some(&head), kernel::id::new(), changes)?;
        work.replace(item::draft(&card, next, &head)?, version);
        if available {
            // On the next read the task is not found, and the file is skipped.
            item::count(work, &card, 1, || Error::StaleVersion);
        }
        Ok(())
    }
}
