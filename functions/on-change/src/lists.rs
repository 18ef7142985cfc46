//! The derived lists of investors: one partition for each tier, status and tag.

use std::collections::BTreeSet;

use shared::investor::{self, InvestorCard};
use shared::table::{Key, Transaction};
use shared::{App, Error, table};

use crate::record::Change;

/// Brings the lists that the investor was or is in up to its present state, whatever order the records come in.
pub async fn maintain(app: &App, change: &Change) -> Result<(), Error> {
    let present = app.table().get(change.key.clone()).await?;
    let card: Option<InvestorCard> = present.as_ref().map(|item| table::read(item, "card")).transpose()?;
    let wanted = card.as_ref().map(investor::facets).unwrap_or_default();
    let mut transaction = Transaction::new();
    if let Some(card) = &card {
        for key in &wanted {
            app.table().put(&mut transaction, investor::listing(key.clone(), card)?)?;
        }
    }
    for key in seen_in(change)? {
        if !wanted.contains(&key) {
            app.table().delete(&mut transaction, key)?;
        }
    }
    if transaction.is_empty() { Ok(()) } else { app.table().commit(transaction).await }
}

/// The lists that the record's images belong in.
fn seen_in(change: &Change) -> Result<Vec<Key>, Error> {
    let mut seen = BTreeSet::new();
    for image in [&change.old, &change.new].into_iter().flatten() {
        let card: InvestorCard = table::read(image, "card")?;
        seen.extend(investor::facets(&card).into_iter().map(|key| (key.pk, key.sk)));
    }
    Ok(seen.into_iter().map(|(pk, sk)| Key::new(pk, sk)).collect())
}
