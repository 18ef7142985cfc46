//! How attachments are stored: under their product and listed at their task, whose card counts the available ones.

use serde::{Deserialize, Serialize};

use super::Attachment;
use crate::product;
use crate::task;
use kernel::Entity;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{AttachmentId, ProductId, TaskId, UserId};
use platform::audit::{Head, Subject};
use platform::table::{self, Condition, Draft, Item, Key, Transaction, Write};
use platform::upload::{self, FileName, HolderKind, Places, Status};

/// How attachments are stored. They have one version each.
pub(super) const ATTACHMENTS: HolderKind = HolderKind {
    noun: "attachment",
    one: "An attachment",
    folder: "attachments",
    item: ItemType::Attachment,
    tombstone: ItemType::AttachmentDeleted,
};

/// Prefix of all attachment sort keys.
pub(super) const PREFIX: &str = "ATTACHMENT#";

/// The `card` attribute of an attachment, which holds the whole attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AttachmentCard {
    pub id: AttachmentId,
    pub product_id: ProductId,
    pub task_id: TaskId,
    pub file: StoredFile,
}

/// The file in an attachment's card.
pub(super) type StoredFile = upload::StoredFile<FileName>;

/// Primary key of an attachment.
#[must_use]
pub fn key(product: ProductId, id: AttachmentId) -> Key {
    Key::new(product::partition(product), format!("{PREFIX}{id}"))
}

/// Where the bytes of an attachment are stored.
pub(super) fn places(product: ProductId, id: AttachmentId) -> Places {
    ATTACHMENTS.places(product, id)
}

/// The attachment that a pending key belongs to. `None` if the key is not a pending key.
pub(super) fn read_pending(object: &str) -> Option<(ProductId, AttachmentId)> {
    ATTACHMENTS.read_pending(object)
}

/// The possible locations of the bytes of the attachment in an item of a product. `None` if the item holds something else.
pub(crate) fn objects(product: ProductId, item: &Item) -> Option<Places> {
    let id = table::text(item, "sk")?.strip_prefix(PREFIX)?.parse().ok()?;
    Some(places(product, id))
}

/// Partition in `gsi1` of a task's attachments, by time.
pub(super) fn list_partition(task: TaskId) -> String {
    format!("ATTACHMENTS#{task}")
}

/// Partition of the attachments that a user has started and that are not available yet.
pub(super) fn unfinished(task: TaskId, user: UserId) -> String {
    format!("ATTACHMENTS#{task}#UNFINISHED#{user}")
}

pub(super) fn subject(product: ProductId, id: AttachmentId) -> Subject {
    Subject::new(Entity::Attachment, id).within(product)
}

impl AttachmentCard {
    /// Returns the attachment as the API shows it.
    pub fn shown(self, version: u64) -> Attachment {
        Attachment {
            id: self.id,
            version,
            created_at: self.file.created_at,
            product_id: self.product_id,
            task_id: self.task_id,
            status: self.file.status,
            reason: self.file.reason,
            file_name: self.file.name,
            content_type: self.file.content_type,
            size: self.file.size,
            sha256: self.file.sha256,
            created_by: self.file.created_by,
            created_by_name: self.file.created_by_name,
        }
    }
}

/// The item of an attachment. Until the attachment is available only its creator can find it, and one whose file is never uploaded expires.
pub(super) fn draft(card: &AttachmentCard, version: u64, head: &Head) -> Result<Draft, Error> {
    let list = if card.file.status == Status::Available {
        list_partition(card.task_id)
    } else {
        unfinished(card.task_id, card.file.created_by)
    };
    let draft = ATTACHMENTS.draft(key(card.product_id, card.id), card, version, head)?;
    Ok(card.file.expiring(draft.index("gsi1", list, format!("{}#{}", card.file.created_at, card.id))))
}

/// The tombstone of a deleted attachment, in no list. Its file is kept for the audit history as long as its product exists.
pub(super) fn tombstone(card: &AttachmentCard, version: u64, head: &Head) -> Result<Draft, Error> {
    ATTACHMENTS.tombstone(key(card.product_id, card.id), card, version, head)
}

/// Adjusts the number of available attachments on the task's card by one; `on_gone` is the error if the task is gone.
pub(super) fn count(
    transaction: &mut Transaction,
    card: &AttachmentCard,
    by: i32,
    on_gone: impl Fn() -> Error + Send + Sync + 'static,
) {
    // A concurrent change of the task read the old count; the revision makes it fail.
    let update = Write::update(task::task_key(card.product_id, card.task_id));
    let update = update.increase("card.attachment_count", by).increase("revision", 1);
    transaction.push(update.when(Condition::is("type", ItemType::Task.as_str())), move |_| on_gone());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_canonical_pending_key_is_accepted() {
        let (product, id) = (ProductId::new(), AttachmentId::new());
        let places = places(product, id);
        assert_eq!(read_pending(&places.pending), Some((product, id)));
        let item = Draft::new(key(product, id), ItemType::Attachment, &()).unwrap().into_item();
        assert_eq!(objects(product, &item).as_ref(), Some(&places));
        for other in [format!("{}/1", places.pending), places.pending.to_uppercase(), places.released] {
            assert_eq!(read_pending(&other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn parsing_any_key_never_panics(object in "(pending/attachments/)?.{0,90}") {
            let _ = read_pending(&object);
        }
    }
}
