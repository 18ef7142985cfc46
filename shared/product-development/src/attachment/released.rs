//! Handles the completed upload of an attachment's file.

use super::item::{self, Card};
use crate::product;
use crate::task;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId};
use platform::app::App;
use platform::audit::{self, Head};
use platform::caller::{Actor, Origin};
use platform::table::{self, Transaction};
use platform::upload::{self, Arrival, FileName, Found, Outcome, Places, Status};

/// An attachment whose file has arrived.
struct Arrived {
    product: ProductId,
    id: AttachmentId,
}

/// An attachment as read.
struct Holder {
    card: Card,
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
            match table::text(&found, "type") {
                Some("attachment" | "attachment_deleted") => attachment = Some(found),
                _ => open = product::is_open(&found)?,
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
        let card = Card { file, ..card };
        let action = if available { Operation::AttachmentRelease } else { Operation::AttachmentQuarantine };
        let actor = Actor::system(Origin { request_id: kernel::request_id::current(), ..Origin::default() });
        let subject = item::subject(self.product, self.id);
        let mut transaction = Transaction::new();
        let (next, record) = (version + 1, kernel::id::new());
        let head = audit::change(app, &mut transaction, &actor, action, subject, next, Some(&head), record, changes)?;
        transaction.replace(item::draft(&card, next, &head)?, version);
        if available {
            // On the next read the task is not found, and the file is skipped.
            item::count(app, &mut transaction, &card, 1, || Error::StaleVersion)?;
        }
        app.table().commit(transaction).await
    }
}
