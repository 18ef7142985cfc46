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

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use investor_relations::analytics;
use kernel::Error;
use people::{live, notification};
use platform::{App, audit, stream};
use product_development::figures;

use record::{Change, Kind};

/// Handles a batch of stream records.
pub async fn handle(app: &App, event: Event) -> DynamoDbEventResponse {
    stream::each(event, |record| one(app, record)).await
}

async fn one(app: &App, record: EventRecord) -> Result<(), Error> {
    let Some(change) = Change::read(record) else { return Ok(()) };
    match (change.item_type(), change.kind) {
        ("investor", _) => {
            lists::maintain_investor(app, &change).await?;
            counts::investor(app, &change).await
        }
        ("product", _) => lists::maintain_product(app, &change).await,
        ("product_deleted", _) => {
            lists::maintain_product(app, &change).await?;
            products::forget_figures(app, &change).await
        }
        ("milestone" | "milestone_deleted", Kind::Remove) => figures::forget_milestone(app, &change.key).await,
        ("task" | "task_deleted", _) => {
            lists::maintain_task(app, &change).await?;
            figures::count_towards_milestone(app, &change.key).await?;
            figures::count_task(app, &change.key).await
        }
        ("requirement" | "requirement_deleted", _) => {
            lists::maintain_requirement(app, &change).await?;
            figures::count_towards_milestone(app, &change.key).await?;
            figures::count_requirement(app, &change.key).await
        }
        ("user", _) => lists::maintain_user(app, &change).await,
        ("activity" | "activity_deleted", _) => analytics::count_activity(app, &change.key).await,
        ("investment" | "investment_deleted", _) => analytics::count_investment(app, &change.key).await,
        ("audit_access", Kind::Insert) => audit::link(app, change.key).await,
        ("audit_change", Kind::Insert) => audited::announce(app, &change).await,
        ("import", Kind::Modify) => imports::moved(app, &change).await,
        ("import_progress", Kind::Insert | Kind::Modify) => imports::progressed(app, &change).await,
        ("merge", Kind::Insert | Kind::Modify) => audited::merged(app, &change).await,
        ("product_deletion", Kind::Insert | Kind::Modify) => products::deletion_moved(app, &change).await,
        ("notification", Kind::Insert) => {
            let Some(user) = change.key.pk.strip_prefix("NOTIFICATIONS#").and_then(|id| id.parse().ok()) else {
                return Ok(());
            };
            live::publish_notification(app, user, change.new_data()?).await
        }
        ("notification", Kind::Remove) => match &change.old {
            Some(old) => notification::forget_expired(app, old).await,
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
