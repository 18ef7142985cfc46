//! Analytics: counts that follow from the entities.

use investor_relations::analytics;
use investor_relations::investor::InvestorCard;
use kernel::Error;
use platform::stream::{Change, Kind};
use platform::{App, table};

/// Counts an investor. If its name, relationship manager or deletion changed, updates the analytics lists that name it too.
pub async fn investor(app: &App, change: &Change) -> Result<(), Error> {
    analytics::count_investor(app, &change.key).await?;
    let (Kind::Modify, Some(old), Some(new)) = (change.kind, &change.old, &change.new) else { return Ok(()) };
    let (old, new): (InvestorCard, InvestorCard) = (table::read(old, "card")?, table::read(new, "card")?);
    let shown = |card: &InvestorCard| (card.name.clone(), card.relationship_manager_id, card.deleted_at.is_some());
    let worth = |card: &InvestorCard| (card.tier, card.relationship_manager_id, card.deleted_at.is_some());
    if worth(&old) != worth(&new) {
        analytics::refresh_investments(app, new.id).await?;
    }
    if shown(&old) == shown(&new) { Ok(()) } else { analytics::refresh_investor(app, new.id).await }
}
