//! The part of a merge that concerns the two investors themselves: which values the surviving one takes over, and how both
//! are written.

use super::item::{self, LoadedInvestor};
use super::unique::stage_hand_over;
use super::write::record;
use super::{Investor, InvestorPatch, duplicates, sorted_tags};
use kernel::error::Error;
use kernel::text::LongText;
use kernel::time::Timestamp;
use platform::Work;

/// Maximum number of investors merged into one, including those merged indirectly.
const MAX_ABSORBED: usize = 100;

/// Returns the surviving investor after it absorbs `from`. It keeps its own values, fills missing ones from `from`, and then
/// applies `changes`. The tags of both are combined; so are the notes, one after the other.
pub(crate) fn combined(into: &Investor, from: &Investor, changes: InvestorPatch) -> Result<Investor, Error> {
    let (tags_given, notes_given) = (changes.tags.is_some(), !matches!(changes.notes, platform::http::Patch::Absent));
    let mut after = into.clone();
    after.email = after.email.or_else(|| from.email.clone());
    after.phone = after.phone.or_else(|| from.phone.clone());
    after.address = after.address.or_else(|| from.address.clone());
    after.country = after.country.or_else(|| from.country.clone());
    after.external_key = after.external_key.or_else(|| from.external_key.clone());
    after.relationship_manager_id = after.relationship_manager_id.or(from.relationship_manager_id);
    if !tags_given {
        after.tags = sorted_tags([into.tags.clone(), from.tags.clone()].concat())
            .map_err(|_| Error::field("changes.tags", "too many tags combined; choose which to keep"))?;
    }
    if !notes_given {
        after.notes = match (&into.notes, &from.notes) {
            (Some(own), Some(other)) if own != other => {
                let both = format!("{}\n\n{}", own.as_str(), other.as_str());
                let both = LongText::try_from(both)
                    .map_err(|_| Error::field("changes.notes", "the combined notes are too long; shorten them"))?;
                Some(both)
            }
            (own, other) => own.clone().or_else(|| other.clone()),
        };
    }
    after.absorbed_ids.push(from.id);
    after.absorbed_ids.extend(&from.absorbed_ids);
    if after.absorbed_ids.len() > MAX_ABSORBED {
        return Err(Error::state(format!("At most {MAX_ABSORBED} investors can be merged into one.")));
    }
    let after = changes.apply(after);
    Ok(Investor { tags: sorted_tags(after.tags)?, ..after })
}

/// Adds the writes for both investors: `into` becomes `after`; `from` points to it and releases its unique values.
pub(crate) async fn stage_absorb(
    work: &mut Work<'_>,
    (into, from): (&LoadedInvestor, &LoadedInvestor),
    after: Investor,
) -> Result<Investor, Error> {
    let now = Timestamp::now();
    let gone = Investor {
        version: from.investor.version + 1,
        updated_at: now,
        deleted_at: from.investor.deleted_at.or(Some(now)),
        merged_into: Some(into.investor.id),
        ..from.investor.clone()
    };
    let after = Investor { version: into.investor.version + 1, updated_at: now, ..after };
    for (before, after) in [(from, &gone), (into, &after)] {
        let head = record(work, Some(before), after, &before.cipher)?;
        let matches = duplicates::matches(work.app, after).await?;
        let draft = item::draft(after, &head, &before.cipher, matches)?;
        work.replace(draft, before.investor.version);
    }
    stage_hand_over(work.app, work, (&into.investor, &from.investor), &after).await?;
    Ok(after)
}
