//! Effects of an import's progress: updates of its page, and a notification when it ends.

use exchange::import::{self, Status};
use kernel::id::{ImportId, UserId};
use kernel::time::Timestamp;
use kernel::{Entity, Error};
use people::live::{self, Audience, Event};
use people::notification::{self, Kind, NewNotification};
use platform::stream::Change;
use platform::{App, table};
use serde::Deserialize;

/// The part of an import that matters outside its own page.
#[derive(Deserialize)]
struct Import {
    id: ImportId,
    status: Status,
    file_name: String,
    created_by: UserId,
    updated_at: Timestamp,
}

fn read(item: &table::Item) -> Result<(Import, u64), Error> {
    Ok((table::read(item, "data")?, table::read(item, "version")?))
}

/// Publishes an import's new state, and notifies its creator when it ends.
pub async fn moved(app: &App, change: &Change) -> Result<(), Error> {
    let (Some(old), Some(new)) = (&change.old, &change.new) else { return Ok(()) };
    let ((before, _), (import, version)) = (read(old)?, read(new)?);
    publish(app, &import, version).await?;
    let title = match import.status {
        status if status == before.status => return Ok(()),
        Status::Done => format!("{} was imported", import.file_name),
        Status::Failed => format!("{} could not be imported", import.file_name),
        Status::AwaitingUpload
        | Status::Ready
        | Status::Checking
        | Status::Checked
        | Status::Importing
        | Status::Cancelled => return Ok(()),
    };
    let new = NewNotification {
        at: import.updated_at,
        key: format!("import_finished/{}", import.id),
        kind: Kind::ImportFinished,
        title,
        body: None,
        link: format!("/imports/{}", import.id),
        actor_name: None,
    };
    notification::notify(app, import.created_by, new).await
}

/// Publishes an import's progress.
pub async fn progressed(app: &App, change: &Change) -> Result<(), Error> {
    let Some(id) = import::id_in(&change.key.pk) else { return Ok(()) };
    match app.table().get(import::key(id)).await? {
        Some(item) => {
            let (import, version) = read(&item)?;
            publish(app, &import, version).await
        }
        None => Ok(()),
    }
}

async fn publish(app: &App, import: &Import, version: u64) -> Result<(), Error> {
    let event = Event::Changed {
        event_id: kernel::id::new(),
        entity_type: Entity::Import.to_string(),
        entity_id: import.id.to_string(),
        parent_id: None,
        version,
        action: format!("import_{}", import.status.as_str()),
    };
    live::publish(app, event, Audience::User(import.created_by)).await
}
