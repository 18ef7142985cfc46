//! Effects of an audited change: the pushed event and the notifications.

use investor_relations::investor::{self, InvestorCard};
use investor_relations::merge::Merge;
use investor_relations::reminder;
use kernel::id::{InvestorId, UserId};
use kernel::policy::Action;
use kernel::{Entity, Error, Operation};
use people::live::{self, Audience, Event};
use people::notification::{self, Kind, NewNotification};
use platform::audit::Record;
use platform::caller::Cause;
use platform::stream::Change;
use platform::{App, table};

use crate::products;
use crate::record::{after, changed, is_imported, notification_key, notify_quarantined, publish};

/// Publishes the change and notifies the users it concerns.
pub async fn announce(app: &App, change: &Change) -> Result<(), Error> {
    let Some(item) = &change.new else { return Ok(()) };
    let record: Record = table::read(item, "card")?;
    if record.cause == Some(Cause::Merge) {
        // One of many records that move with their investor in a merge, which sends a single notification for all.
        return Ok(());
    }
    match record.subject.entity_type {
        Entity::Investor => match publish_for(app, &record, Some(&record.subject.entity_id)).await? {
            Some(card) => notify_assigned(app, &record, &card).await,
            None => Ok(()),
        },
        Entity::Activity => match publish_for(app, &record, record.subject.parent_id.as_deref()).await? {
            Some(card) => notify_activity(app, &record, &card).await,
            None => Ok(()),
        },
        Entity::Reminder => match publish_for(app, &record, record.subject.parent_id.as_deref()).await? {
            Some(card) => notify_reminder(app, &record, &card).await,
            None => Ok(()),
        },
        Entity::Investment | Entity::CashFlow => {
            publish_for(app, &record, record.subject.parent_id.as_deref()).await?;
            Ok(())
        }
        Entity::Document => announce_document(app, &record).await,
        Entity::User => {
            if record.sequence.is_some_and(|sequence| sequence > 1)
                && (changed(&record, "roles").is_some() || changed(&record, "status").is_some())
                && let Ok(user) = record.subject.entity_id.parse()
            {
                live::end_user_connections(app, user).await?;
            }
            publish(app, &record, Audience::permitted(Action::UserList, None)).await
        }
        Entity::Product
        | Entity::Requirement
        | Entity::Baseline
        | Entity::Asset
        | Entity::Task
        | Entity::Comment
        | Entity::Attachment
        | Entity::Milestone
        | Entity::Rule => products::announce(app, &record).await,
        // An import's page follows its items; a sign-in attempt changes nothing; security settings are read when they are needed.
        Entity::Import | Entity::Login | Entity::Security => Ok(()),
    }
}

/// Publishes the progress of a merge to users who can read the surviving investor.
pub async fn merged(app: &App, change: &Change) -> Result<(), Error> {
    let Some(item) = &change.new else { return Ok(()) };
    let merge: Merge = table::read(item, "card")?;
    let stays = card(app, &merge.investor_id.to_string()).await?;
    let event = Event::Changed {
        event_id: kernel::id::new(),
        entity_type: "merge".into(),
        entity_id: merge.absorbed_id.to_string(),
        parent_id: Some(merge.investor_id.to_string()),
        version: table::read(item, "version")?,
        action: format!("merge_{}", merge.status.as_str()),
    };
    let owner = stays.and_then(|card| card.relationship_manager_id);
    live::publish(app, event, Audience::permitted(Action::InvestorRead, owner)).await
}

/// Publishes a change to users who can read the investor it belongs to, and returns that investor.
async fn publish_for(app: &App, record: &Record, investor: Option<&str>) -> Result<Option<InvestorCard>, Error> {
    let Some(investor) = investor else { return Ok(None) };
    let card = card(app, investor).await?;
    let owner = card.as_ref().and_then(|card| card.relationship_manager_id);
    publish(app, record, Audience::permitted(Action::InvestorRead, owner)).await?;
    Ok(card)
}

/// The investor's current card.
async fn card(app: &App, id: &str) -> Result<Option<InvestorCard>, Error> {
    let Ok(id) = id.parse::<InvestorId>() else { return Ok(None) };
    match app.table().get(investor::key(id)).await? {
        Some(item) => table::read(&item, "card").map(Some),
        None => Ok(None),
    }
}

async fn notify_activity(app: &App, record: &Record, card: &InvestorCard) -> Result<(), Error> {
    let Some(manager) = card.relationship_manager_id else { return Ok(()) };
    if record.action != Operation::ActivityCreate || record.actor_id == Some(manager) {
        return Ok(());
    }
    let what = after(record, "kind").unwrap_or("activity");
    let new = NewNotification {
        at: record.at,
        key: format!("{}/{}", record.action, record.subject.entity_id),
        kind: Kind::ActivityCreated,
        title: format!("New {what} with {}", card.name),
        body: Some(format!("Recorded by {}", record.actor_name)),
        link: format!("/investors/{}", card.id),
        actor_name: Some(record.actor_name.clone()),
    };
    notification::notify(app, manager, new).await
}

/// Publishes a document to users who can see it; while it awaits its file, only to its creator.
async fn announce_document(app: &App, record: &Record) -> Result<(), Error> {
    let Some(investor) = record.subject.parent_id.clone() else { return Ok(()) };
    let card = card(app, &investor).await?;
    let owner = card.as_ref().and_then(|card| card.relationship_manager_id);
    let audience = match record.actor_id {
        Some(actor) if record.action == Operation::DocumentCreate => Audience::User(actor),
        _ => Audience::permitted(Action::DocumentRead, owner),
    };
    publish(app, record, audience).await?;
    match card {
        Some(card) if record.action == Operation::DocumentQuarantine => {
            notify_quarantined(app, record, card.name.as_str(), format!("/investors/{}/documents", card.id)).await
        }
        _ => Ok(()),
    }
}

/// Notifies a reminder's user that it is due, or that its email failed. The message is personal data and is left out.
async fn notify_reminder(app: &App, record: &Record, card: &InvestorCard) -> Result<(), Error> {
    let (kind, title) = match record.action {
        Operation::ReminderSend => (Kind::ReminderDue, format!("Reminder: {}", card.name)),
        Operation::ReminderFail => {
            (Kind::ReminderFailed, format!("A reminder about {} could not be emailed", card.name))
        }
        _ => return Ok(()),
    };
    let Ok(id) = record.subject.entity_id.parse() else { return Ok(()) };
    let Some(user) = reminder::user_of(app, card.id, id).await? else { return Ok(()) };
    let new = NewNotification {
        at: record.at,
        key: notification_key(record),
        kind,
        title,
        body: None,
        link: format!("/investors/{}", card.id),
        actor_name: None,
    };
    notification::notify(app, user, new).await
}

async fn notify_assigned(app: &App, record: &Record, card: &InvestorCard) -> Result<(), Error> {
    let Some(manager) = after(record, "relationship_manager_id") else { return Ok(()) };
    let Ok(manager) = manager.parse::<UserId>() else { return Ok(()) };
    if record.actor_id == Some(manager) || is_imported(record) {
        return Ok(());
    }
    let new = NewNotification {
        at: record.at,
        key: format!("investor_assigned/{}/{}", record.subject.entity_id, record.sequence.unwrap_or(1)),
        kind: Kind::InvestorAssigned,
        title: format!("{} was assigned to you", card.name),
        body: Some(format!("Assigned by {}", record.actor_name)),
        link: format!("/investors/{}", card.id),
        actor_name: Some(record.actor_name.clone()),
    };
    notification::notify(app, manager, new).await
}
