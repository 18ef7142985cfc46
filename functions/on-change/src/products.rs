//! Effects of a change of a product or of something in it: the team sees it live.

use std::collections::BTreeSet;

use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::{Entity, Error, Operation};
use people::live::{self, Audience, Event};
use people::notification::{self, Kind, NewNotification};
use platform::App;
use platform::audit::{FieldChange, Kept, Record};
use platform::stream::Change;
use product_development::product::{self, ProductCard};
use product_development::product_deletion;

use crate::record::{after, notify_quarantined, publish};
use crate::tasks;

/// Publishes the change to users who can currently read the product. Users who were just removed from the team receive this event and
/// nothing after it.
pub async fn announce(app: &App, record: &Record) -> Result<(), Error> {
    let id = record.subject.parent_id.as_ref().unwrap_or(&record.subject.entity_id);
    if record.action == Operation::ProductDeletionFinish {
        return announce_removed(app, record, id).await;
    }
    let Some(card) = card(app, id).await? else { return Ok(()) };
    match (record.action, record.actor_id) {
        // Until its file has been checked, nobody else can see it.
        (Operation::AssetCreate | Operation::AttachmentCreate, Some(creator)) => {
            return publish(app, record, Audience::User(creator)).await;
        }
        (Operation::AssetQuarantine, _) => {
            notify_quarantined(app, record, card.name.as_str(), format!("/products/{}/assets", card.id)).await?;
        }
        (Operation::AttachmentQuarantine, _) => {
            notify_quarantined(app, record, card.name.as_str(), format!("/products/{}", card.id)).await?;
        }
        _ => {}
    }
    publish(app, record, Audience::team(Action::ProductRead, card.owner_id, card.member_ids.clone())).await?;
    for user in left(record) {
        if !card.has(user) {
            publish(app, record, Audience::User(user)).await?;
        }
    }
    match record.subject.entity_type {
        Entity::Task => tasks::moved(app, record, &card).await,
        Entity::Comment => tasks::commented(app, record, &card).await,
        Entity::Requirement => tasks::requirement_changed(app, record, &card).await,
        Entity::Product
        | Entity::Baseline
        | Entity::Asset
        | Entity::Attachment
        | Entity::Milestone
        | Entity::Rule
        // Entities outside the Products workspace are announced elsewhere.
        | Entity::Activity
        | Entity::CashFlow
        | Entity::Document
        | Entity::Import
        | Entity::Investment
        | Entity::Investor
        | Entity::Login
        | Entity::Reminder
        | Entity::Security
        | Entity::User => Ok(()),
    }
}

/// Tells users who could read the product that it is gone, and the user who deleted it that the deletion is complete.
async fn announce_removed(app: &App, record: &Record, id: &str) -> Result<(), Error> {
    let Ok(id) = id.parse::<ProductId>() else { return Ok(()) };
    let Some(item) = app.table().get(product::item_key(id)).await? else { return Ok(()) };
    let Some(product) = product::removed(&item)? else { return Ok(()) };
    publish(app, record, Audience::team(Action::ProductRead, product.owner_id, product.member_ids())).await?;
    let Some(starter) = record.actor_id else { return Ok(()) };
    let body = after(record, "removed").map(|count| match count {
        "1" => "1 related item was deleted with it.".to_owned(),
        count => format!("{count} related items were deleted with it."),
    });
    let new = NewNotification {
        at: record.at,
        key: format!("{}/{id}", record.action),
        kind: Kind::ProductDeleted,
        title: format!("{} was deleted", product.name),
        body,
        link: "/products".into(),
        actor_name: None,
    };
    notification::notify(app, starter, new).await
}

/// Removes the figures of a deleted product. In stream order, its tasks and requirements were removed before it.
pub async fn forget_figures(app: &App, change: &Change) -> Result<(), Error> {
    let Some(id) = product::id_in(&change.key.pk) else { return Ok(()) };
    product_deletion::remove_figures(app, id).await
}

/// Publishes the progress of a product's deletion to users who can read it, or could.
pub async fn deletion_moved(app: &App, change: &Change) -> Result<(), Error> {
    let Some(item) = &change.new else { return Ok(()) };
    let Some((deletion, version)) = product_deletion::of_item(item)? else { return Ok(()) };
    let Some(item) = app.table().get(product::item_key(deletion.product_id)).await? else { return Ok(()) };
    let team = match (product::card_of(&item)?, product::removed(&item)?) {
        (Some(card), _) => (card.owner_id, card.member_ids),
        (None, Some(product)) => (product.owner_id, product.member_ids()),
        (None, None) => return Ok(()),
    };
    let event = Event::Changed {
        event_id: kernel::id::new(),
        entity_type: "product_deletion".into(),
        entity_id: deletion.product_id.to_string(),
        parent_id: Some(deletion.product_id.to_string()),
        version,
        action: format!("product_deletion_{}", deletion.status.as_str()),
    };
    live::publish(app, event, Audience::team(Action::ProductRead, team.0, team.1)).await
}

/// The product's current card.
async fn card(app: &App, id: &str) -> Result<Option<ProductCard>, Error> {
    let Ok(id) = id.parse::<ProductId>() else { return Ok(None) };
    match app.table().get(product::item_key(id)).await? {
        Some(item) => product::card_of(&item),
        None => Ok(None),
    }
}

/// Users who were the owner or a member before the change and no longer are.
fn left(record: &Record) -> BTreeSet<UserId> {
    let people = |kept: Option<&Kept>| -> BTreeSet<UserId> {
        let lines = match kept {
            Some(Kept::List(lines)) => lines.as_slice(),
            Some(Kept::Text(line)) => std::slice::from_ref(line),
            _ => &[],
        };
        lines.iter().filter_map(|line| line.split(':').next()?.parse().ok()).collect()
    };
    let of_team = |change: &&FieldChange| matches!(change.field.as_str(), "members" | "owner_id");
    let changes = || record.changes.iter().filter(of_team);
    let before: BTreeSet<UserId> = changes().flat_map(|change| people(change.before.as_ref())).collect();
    let after: BTreeSet<UserId> = changes().flat_map(|change| people(change.after.as_ref())).collect();
    before.difference(&after).copied().collect()
}
