//! What the effects of all audited changes share: the pushed event, the changed fields, and the notification of a quarantined file.

use kernel::Error;
use kernel::id::UserId;
use people::live::{self, Audience, Event};
use people::notification::{self, Kind, NewNotification};
use platform::App;
use platform::audit::{FieldChange, Kept, Record};
use platform::caller::Cause;
use platform::upload::QuarantineReason;

/// Publishes the change to `audience`.
pub async fn publish(app: &App, record: &Record, audience: Audience) -> Result<(), Error> {
    let event = Event::Changed {
        event_id: kernel::id::new(),
        entity_type: record.subject.entity_type.to_string(),
        entity_id: record.subject.entity_id.clone(),
        parent_id: record.subject.parent_id.clone(),
        version: record.sequence.unwrap_or(1),
        action: record.action.to_string(),
    };
    live::publish(app, event, audience).await
}

/// Whether the record is from an import, which sends one notification when it ends instead of one per row.
pub fn is_imported(record: &Record) -> bool {
    record.cause == Some(Cause::Import)
}

/// The change of `field`, if the record has one.
pub fn changed<'a>(record: &'a Record, field: &str) -> Option<&'a FieldChange> {
    record.changes.iter().find(|change| change.field == field)
}

/// The field's new text, if it changed and has one.
pub fn after<'a>(record: &'a Record, field: &str) -> Option<&'a str> {
    match changed(record, field)?.after.as_ref()? {
        Kept::Text(text) => Some(text),
        Kept::List(_) | Kept::Sealed(_) => None,
    }
}

/// Identifies a notification about this change, so that it is sent once.
pub fn notification_key(record: &Record) -> String {
    format!("{}/{}/{}", record.action, record.subject.entity_id, record.sequence.unwrap_or(1))
}

/// Why a file was quarantined, and what its uploader can do about it.
fn words(reason: QuarantineReason) -> &'static str {
    match reason {
        QuarantineReason::WrongType => "The contents do not match the declared type, or the file is damaged.",
        QuarantineReason::WrongSize => "The size does not match the declared size.",
        QuarantineReason::WrongChecksum => "The contents do not match the declared checksum.",
        QuarantineReason::Macros => "The document contains macros. Save it without them and upload it again.",
        QuarantineReason::EmbeddedObject => {
            "The document contains an embedded object. Remove it, upload it as a file of its own, or save the document as a PDF."
        }
        QuarantineReason::ExternalContent => {
            "The document takes content from elsewhere when it is opened. Break its links to other files and upload it again."
        }
        QuarantineReason::ImageTooLarge => {
            "The image has more than 100 megapixels. Make it smaller and upload it again."
        }
        QuarantineReason::UnpacksTooLarge => "The document unpacks to more than 1 GB.",
        QuarantineReason::Malware => "The malware scanner found a threat in the file.",
        QuarantineReason::NotScanned => {
            "The malware scanner could not look into the file. Upload it without a password, or as a PDF."
        }
    }
}

/// Notifies the uploader of a file for `name` that it was quarantined, and why.
pub async fn notify_quarantined(app: &App, record: &Record, name: &str, link: String) -> Result<(), Error> {
    let Some(uploader) = after(record, "uploaded_by").and_then(|id| id.parse::<UserId>().ok()) else { return Ok(()) };
    let why = after(record, "reason").and_then(QuarantineReason::read).map(words);
    let new = NewNotification {
        at: record.at,
        key: notification_key(record),
        kind: Kind::DocumentQuarantined,
        title: format!("A file for {name} was quarantined"),
        body: why.map(str::to_owned),
        link,
        actor_name: None,
    };
    notification::notify(app, uploader, new).await
}
