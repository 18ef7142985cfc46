//! The key of each kind of entity.

use std::str::FromStr;

use investor_relations::{activity, cash_flow, document, investment, investor, reminder};
use kernel::Entity;
use people::user;
use platform::audit::Subject;
use platform::table::Key;
use product_development::{asset, attachment, baseline, comment, milestone, product, requirement, rule, task};

/// Primary key of the entity that an audit record is about. `None` if it is not an entity or its ID is invalid.
#[must_use]
pub(super) fn entity_key(subject: &Subject, parent: Option<&str>) -> Option<Key> {
    let id = subject.entity_id.as_str();
    match subject.entity_type {
        Entity::Security => Some(people::security::key()),
        Entity::User => Some(user::key(id.parse().ok()?)),
        Entity::Investor => Some(investor::key(id.parse().ok()?)),
        Entity::Activity => within(parent, id).map(|(investor, id)| activity::key(investor, id)),
        Entity::Investment => within(parent, id).map(|(investor, id)| investment::key(investor, id)),
        Entity::CashFlow => within(parent, id).map(|(investor, id)| cash_flow::key(investor, id)),
        Entity::Document => within(parent, id).map(|(investor, id)| document::key(investor, id)),
        Entity::Reminder => within(parent, id).and_then(|(investor, id)| reminder::key(investor, id)),
        Entity::Product => Some(product::item_key(id.parse().ok()?)),
        Entity::Asset => within(parent, id).map(|(product, id)| asset::key(product, id)),
        Entity::Attachment => within(parent, id).map(|(product, id)| attachment::key(product, id)),
        Entity::Baseline => within(parent, id).map(|(product, id)| baseline::item_key(product, id)),
        Entity::Comment => within(parent, id).map(|(product, id)| comment::key(product, id)),
        Entity::Milestone => within(parent, id).map(|(product, id)| milestone::item_key(product, id)),
        Entity::Requirement => within(parent, id).map(|(product, id)| requirement::item_key(product, id)),
        Entity::Rule => within(parent, id).map(|(product, id)| rule::key(product, id)),
        Entity::Task => within(parent, id).map(|(product, id)| task::task_key(product, id)),
        // Imports are in a layer above, so this crate cannot ask them for the key.
        Entity::Import => Some(Key::new(format!("IMPORT#{id}"), "IMPORT")),
        Entity::Login => None,
    }
}

/// The IDs of an entity's parent and of the entity.
fn within<P: FromStr, I: FromStr>(parent: Option<&str>, id: &str) -> Option<(P, I)> {
    Some((parent?.parse().ok()?, id.parse().ok()?))
}
