//! Every effect of a change, driven by the table's stream: derived lists, linked audit records, notifications and live pushes.
//!
//! A record may be delivered twice, and the records of one transaction in any order, so each effect is idempotent and reads the current
//! state where order would matter.

mod audited;
mod counts;
mod imports;
mod lists;
mod products;
mod record;
mod tasks;

use investor_relations::analytics;
use kernel::{Error, ItemType};
use people::{live, notification, session};
use platform::stream::{Answer, Batch, Change, Kind, Together};
use platform::{App, audit, stream};
use product_development::{figures, milestone};

/// Handles a batch of changes.
pub async fn handle(app: &App, batch: Batch) -> Answer {
    let together = Together { picks: is_access, handle: |keys| audit::link(app, keys) };
    stream::each_and(batch, together, |change| one(app, change)).await
}

/// Whether this is a new access record, to be linked into its chain.
fn is_access(change: &Change) -> bool {
    change.kind == Kind::Insert && change.item_type() == Some(ItemType::AuditAccess)
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each item type, so that a new one compiles only once somebody has decided"
)]
async fn one(app: &App, change: Change) -> Result<(), Error> {
    let Some(item_type) = change.item_type() else { return Ok(()) };
    match item_type {
        ItemType::Investor => {
            lists::maintain_investor(app, &change).await?;
            counts::investor(app, &change).await
        }
        ItemType::Product => lists::maintain_product(app, &change).await,
        ItemType::ProductDeleted => {
            lists::maintain_product(app, &change).await?;
            products::forget_figures(app, &change).await
        }
        ItemType::Milestone | ItemType::MilestoneDeleted if change.kind == Kind::Remove => {
            milestone::forget_counters(app, &change.key).await
        }
        ItemType::Task | ItemType::TaskDeleted => {
            lists::maintain_task(app, &change).await?;
            figures::count_towards_milestone(app, &change.key).await?;
            figures::count_task(app, &change.key).await
        }
        ItemType::Requirement | ItemType::RequirementDeleted => {
            lists::maintain_requirement(app, &change).await?;
            figures::count_towards_milestone(app, &change.key).await?;
            figures::count_requirement(app, &change.key).await
        }
        ItemType::User => lists::maintain_user(app, &change).await,
        ItemType::Activity | ItemType::ActivityDeleted => analytics::count_activity(app, &change.key).await,
        ItemType::Investment | ItemType::InvestmentDeleted => analytics::count_investment(app, &change.key).await,
        ItemType::AuditChange if change.kind == Kind::Insert => audited::announce(app, &change).await,
        ItemType::Import if change.kind == Kind::Modify => imports::moved(app, &change).await,
        ItemType::ImportProgress if change.kind != Kind::Remove => imports::progressed(app, &change).await,
        ItemType::Merge if change.kind != Kind::Remove => audited::merged(app, &change).await,
        ItemType::ProductDeletion if change.kind != Kind::Remove => products::deletion_moved(app, &change).await,
        ItemType::Notification => notified(app, &change).await,
        ItemType::Session if change.kind == Kind::Remove => match session::id_in(&change.key) {
            Some(session) => live::end_session_connections(app, session).await,
            None => Ok(()),
        },
        ItemType::Asset
        | ItemType::AssetDeleted
        | ItemType::AssetVersion
        | ItemType::Attachment
        | ItemType::AttachmentDeleted
        | ItemType::AuditAccess
        | ItemType::AuditChange
        | ItemType::AuditHead
        | ItemType::Baseline
        | ItemType::BaselineDeleted
        | ItemType::BaselinePart
        | ItemType::CashFlow
        | ItemType::CashFlowDeleted
        | ItemType::Challenge
        | ItemType::Children
        | ItemType::Column
        | ItemType::Comment
        | ItemType::CommentDeleted
        | ItemType::Connection
        | ItemType::Counted
        | ItemType::Counters
        | ItemType::Document
        | ItemType::DocumentDeleted
        | ItemType::DocumentVersion
        | ItemType::DuplicateEntry
        | ItemType::EmailConfirmation
        | ItemType::Event
        | ItemType::Idempotency
        | ItemType::Import
        | ItemType::ImportError
        | ItemType::ImportProgress
        | ItemType::ImportRepeats
        | ItemType::InvestorListing
        | ItemType::Invitation
        | ItemType::Limit
        | ItemType::Merge
        | ItemType::Milestone
        | ItemType::MilestoneDeleted
        | ItemType::Numbers
        | ItemType::OutgoingMail
        | ItemType::OutgoingNothing
        | ItemType::Passkey
        | ItemType::PasswordReset
        | ItemType::ProductDeletion
        | ItemType::ProductListing
        | ItemType::RecentActivity
        | ItemType::RecoveryCodes
        | ItemType::Reminder
        | ItemType::ReminderDeleted
        | ItemType::RequirementVersion
        | ItemType::Rule
        | ItemType::RuleDeleted
        | ItemType::RuleRun
        | ItemType::SearchEntry
        | ItemType::Security
        | ItemType::Seen
        | ItemType::Session
        | ItemType::Setup
        | ItemType::TaskListing
        | ItemType::TaskView
        | ItemType::TaskWaiting
        | ItemType::Ticket
        | ItemType::Totp
        | ItemType::Unique
        | ItemType::UnreadCounter => Ok(()),
    }
}

/// A new notification is pushed to its user; one that expired no longer counts as unread.
async fn notified(app: &App, change: &Change) -> Result<(), Error> {
    match (change.kind, &change.old) {
        (Kind::Insert, _) => {
            let Some(user) = notification::user_in(&change.key.pk) else { return Ok(()) };
            live::publish_notification(app, user, change.new_data()?).await
        }
        (Kind::Remove, Some(old)) => notification::forget_expired(app, old).await,
        (Kind::Modify, _) | (Kind::Remove, None) => Ok(()),
    }
}
