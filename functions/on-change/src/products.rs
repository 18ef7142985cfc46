//! What follows from a change of a product or of something below it: its team sees it move.

use std::collections::BTreeSet;

use shared::audit::{FieldChange, Kept, Record};
use shared::id::{ProductId, UserId};
use shared::live::Audience;
use shared::policy::Action;
use shared::product::{self, ProductCard};
use shared::{App, Error};

use crate::audited::{publish, set_aside};
use crate::tasks;

/// Publishes the change to those who may read the product now; those who were just taken out of the team are told of that
/// and of nothing after it.
pub async fn announce(app: &App, record: &Record) -> Result<(), Error> {
    let id = record.subject.parent_id.as_ref().unwrap_or(&record.subject.entity_id);
    let Some(card) = card(app, id).await? else { return Ok(()) };
    match (record.action.as_str(), record.actor_id) {
        // Until its file was judged, nobody else sees it.
        ("asset_create", Some(creator)) => return publish(app, record, Audience::User(creator)).await,
        ("asset_quarantine", _) => {
            set_aside(app, record, card.name.as_str(), format!("/products/{}/assets", card.id)).await?;
        }
        _ => {}
    }
    publish(app, record, Audience::team(Action::ProductRead, card.owner_id, card.member_ids.clone())).await?;
    for user in left(record) {
        if !card.has(user) {
            publish(app, record, Audience::User(user)).await?;
        }
    }
    match record.subject.entity_type.as_str() {
        "task" => tasks::moved(app, record, &card).await,
        "comment" => tasks::commented(app, record, &card).await,
        "requirement" => tasks::requirement_changed(app, record, &card).await,
        _ => Ok(()),
    }
}

/// What lists show of a product, as it is now.
async fn card(app: &App, id: &str) -> Result<Option<ProductCard>, Error> {
    let Ok(id) = id.parse::<ProductId>() else { return Ok(None) };
    match app.table().get(product::item_key(id)).await? {
        Some(item) => product::card_of(&item),
        None => Ok(None),
    }
}

/// Who owned the product or belonged to it before the change and does not since.
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
