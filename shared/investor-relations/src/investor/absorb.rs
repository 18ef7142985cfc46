//! The part of a merge that concerns the two investors themselves: which values the surviving one takes over, and how both
//! are written.

use super::item::{self, Loaded};
use super::write::{email_hash, email_taken, external_key_taken, record, reserve};
use super::{Investor, InvestorPatch, duplicates, sorted_tags};
use kernel::ItemType;
use kernel::Operation;
use kernel::error::Error;
use kernel::text::LongText;
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Actor;
use platform::table::{Draft, Key, Transaction};

/// Maximum number of investors merged into one, including those merged indirectly.
const MOST_ABSORBED: usize = 100;

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
    if after.absorbed_ids.len() > MOST_ABSORBED {
        return Err(Error::state(format!("At most {MOST_ABSORBED} investors can be merged into one.")));
    }
    let after = changes.apply(after);
    Ok(Investor { tags: sorted_tags(after.tags)?, ..after })
}

/// Adds the writes for both investors: `into` becomes `after`; `from` points to it and releases its unique values.
pub(crate) async fn stage_absorb(
    app: &App,
    actor: &Actor,
    transaction: &mut Transaction,
    (into, from): (&Loaded, &Loaded),
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
        let head = record(app, actor, transaction, Operation::InvestorMerge, Some(before), after, &before.cipher)?;
        let phone_match = duplicates::phone_match(app, after).await?;
        let draft = item::draft(after, &head, &before.cipher, phone_match)?;
        transaction.replace(draft, before.investor.version);
    }
    let emails = [&into.investor, &from.investor, &after].map(|investor| investor.email.as_ref());
    let mut keys = [None, None, None];
    for (key, email) in keys.iter_mut().zip(emails) {
        if let Some(email) = email {
            *key = Some(item::email_key(&email_hash(app, email).await?));
        }
    }
    hand_over(app, transaction, keys, &after, email_taken)?;
    let keys = [&into.investor, &from.investor, &after]
        .map(|investor| investor.external_key.as_ref().map(item::external_key_key));
    hand_over(app, transaction, keys, &after, external_key_taken)?;
    Ok(after)
}

/// Releases the unique values that the surviving investor does not keep, and reserves the one it ends up with.
fn hand_over(
    app: &App,
    transaction: &mut Transaction,
    [own, other, wanted]: [Option<Key>; 3],
    after: &Investor,
    taken: fn() -> Error,
) -> Result<(), Error> {
    for freed in [&own, &other].into_iter().flatten().filter(|key| Some(*key) != wanted.as_ref()) {
        transaction.delete(freed.clone());
    }
    match wanted {
        Some(key) if Some(&key) == own.as_ref() => Ok(()),
        Some(key) if Some(&key) == other.as_ref() => {
            transaction.put(Draft::new(key, ItemType::Unique, &super::write::Owned { investor_id: after.id })?);
            Ok(())
        }
        Some(key) => reserve(app, transaction, key, after.id, taken),
        None => Ok(()),
    }
}
