//! Detects changed, removed or reordered audit records of an entity.

use serde::Serialize;
use utoipa::ToSchema;

use super::entity::entity_key;
use super::{Asked, parent};
use kernel::error::Error;
use kernel::time::Timestamp;
use platform::app::App;
use platform::audit::{self, Head, Record, Subject, access_head};
use platform::page::{List, Order, Source};
use platform::table;

/// An access record that is still unlinked after this long is itself a finding: the stream normally links it within seconds.
const LINK_WITHIN_SECONDS: i64 = 600;
/// Number of records read at a time.
const PAGE: usize = 1000;

/// Result of verifying an entity's audit records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditVerification)]
pub struct Verification {
    /// Whether all records are present, unchanged and in order.
    pub valid: bool,
    /// Number of records checked.
    pub records: u64,
    /// Sequence number at which the chain breaks.
    pub broken_at: Option<u64>,
    /// What is wrong at that position.
    pub reason: Option<String>,
}

/// Checks both of the entity's chains against their heads.
pub async fn verify(app: &App, asked: &Asked) -> Result<Verification, Error> {
    let missing = Error::NotFound { what: "audit trail" };
    let Some(subject) = asked.subject() else { return Err(missing) };
    // The heads are read first: records added in the meantime come after them and are checked as far as the chain goes.
    let access_head = access_head(app, &subject.pk()).await?;
    let parent = parent(app, subject).await?;
    let entity_head = entity_head(app, subject, parent.as_deref()).await?;
    let changes = links(app, subject, "CHANGE#").await?;
    let accesses = links(app, subject, "ACCESS#").await?;
    if changes.is_empty() && accesses.is_empty() {
        return Err(missing);
    }
    let records = u64::try_from(changes.len() + accesses.len()).unwrap_or(u64::MAX);
    let late = Timestamp::now().plus_seconds(-LINK_WITHIN_SECONDS);
    let (linked, waiting): (Vec<_>, Vec<_>) = accesses.into_iter().partition(|record| record.hash.is_some());
    let broken = check(changes, entity_head.as_ref())
        .or(check(linked, access_head.as_ref()))
        .or(waiting.iter().any(|r| r.at < late).then(|| (0, "an access record was never linked".to_owned())));
    Ok(Verification {
        valid: broken.is_none(),
        records,
        broken_at: broken.as_ref().map(|(at, _)| *at),
        reason: broken.map(|(_, reason)| reason),
    })
}

/// What verifying needs of a record. A chain is read in pages of whole records, and only this is kept of them.
struct Link {
    at: Timestamp,
    sequence: Option<u64>,
    previous_hash: Option<String>,
    hash: Option<String>,
    /// Whether the record's contents match its hash.
    intact: bool,
}

impl From<Record> for Link {
    fn from(record: Record) -> Self {
        let intact = record.hash.as_deref() == Some(record.compute_hash().as_str());
        let Record { at, sequence, previous_hash, hash, .. } = record;
        Self { at, sequence, previous_hash, hash, intact }
    }
}

/// All links of one of the entity's chains.
async fn links(app: &App, subject: &Subject, chain: &str) -> Result<Vec<Link>, Error> {
    let list = List::new("audit chain", Source::table(subject.pk(), chain), Order::Ascending);
    let list = List { consistent: true, ..list };
    let mut links = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let (items, next) = list.read(app, after.as_deref(), PAGE).await?;
        for item in &items {
            links.push(table::read::<Record>(item, "card")?.into());
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(links),
        }
    }
}

/// The chain head that the entity carries.
async fn entity_head(app: &App, subject: &Subject, parent: Option<&str>) -> Result<Option<Head>, Error> {
    let Some(key) = entity_key(subject, parent) else {
        return Ok(None);
    };
    match app.table().get(key).await? {
        Some(item) => table::read(&item, "audit_head").map(Some),
        None => audit::kept_head(app, subject).await,
    }
}

/// Returns where and why the chain of `records` breaks, given its head.
fn check(mut records: Vec<Link>, head: Option<&Head>) -> Option<(u64, String)> {
    records.sort_by_key(|record| record.sequence);
    let mut previous: Option<String> = None;
    let mut expected = 1;
    for record in &records {
        match record.sequence {
            Some(sequence) if sequence == expected => {}
            Some(sequence) if sequence < expected => {
                return Some((sequence, "two records have the same position".into()));
            }
            _ => return Some((expected, "a record is missing here".into())),
        }
        if record.previous_hash != previous {
            return Some((expected, "the record does not follow the previous one".into()));
        }
        if !record.intact {
            return Some((expected, "the record's contents do not match its hash".into()));
        }
        if let Some(head) = head
            && head.sequence == expected
            && Some(&head.hash) != record.hash.as_ref()
        {
            return Some((expected, "the record does not match the head stored with the entity".into()));
        }
        previous.clone_from(&record.hash);
        expected += 1;
    }
    match head {
        Some(head) if head.sequence >= expected => Some((expected, "records are missing at the end".into())),
        // A chain with a single record may have started after its head was read.
        None if records.len() > 1 => Some((expected - 1, "the entity that carries the chain head is gone".into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Entity, Operation};
    use platform::audit::{FieldChange, Kept};
    use platform::caller::{Actor, Origin};
    use proptest::prelude::*;

    fn chain(length: u64) -> (Vec<Record>, Option<Head>) {
        let actor = Actor::system(Origin::default());
        let mut previous = None;
        let mut records = Vec::new();
        for sequence in 1..=length {
            let change =
                FieldChange { field: "name".into(), before: None, after: Some(Kept::Text(format!("name {sequence}"))) };
            let mut record = Record::new(
                kernel::id::new(),
                &actor,
                Operation::InvestorUpdate,
                Subject::new(Entity::Investor, 1),
                vec![change],
            );
            record.link_to(sequence, previous.clone());
            previous.clone_from(&record.hash);
            records.push(record);
        }
        let head = previous.map(|hash| Head { sequence: length, hash });
        (records, head)
    }

    fn linked(records: Vec<Record>) -> Vec<Link> {
        records.into_iter().map(Link::from).collect()
    }

    proptest! {
        #[test]
        fn an_untouched_chain_is_valid_in_any_read_order(length in 0_u64..20, turn in 0_usize..20) {
            let (mut records, head) = chain(length);
            if !records.is_empty() {
                let by = turn % records.len();
                records.rotate_left(by);
            }
            prop_assert_eq!(check(linked(records), head.as_ref()), None);
        }

        #[test]
        fn a_removed_record_is_detected(length in 1_u64..20, at in 0_usize..20) {
            let (mut records, head) = chain(length);
            let at = at % records.len();
            records.remove(at);
            prop_assert!(check(linked(records), head.as_ref()).is_some());
        }

        #[test]
        fn records_added_after_the_head_are_checked(length in 2_u64..20, behind in 1_u64..5, touch: bool) {
            let (mut records, _) = chain(length);
            let at = usize::try_from(length.saturating_sub(behind).max(1)).unwrap();
            let head = Head { sequence: at as u64, hash: records[at - 1].hash.clone().unwrap() };
            if touch {
                records.last_mut().unwrap().action = Operation::InvestorDelete;
            }
            prop_assert_eq!(check(linked(records), Some(&head)).is_some(), touch);
        }

        #[test]
        fn a_changed_record_is_detected_at_its_position(length in 1_u64..20, at in 0_usize..20, rehash: bool) {
            let (mut records, head) = chain(length);
            let at = at % records.len();
            records[at].actor_name = "someone else".into();
            if rehash {
                records[at].hash = Some(records[at].compute_hash());
            }
            let (found, _) = check(linked(records), head.as_ref()).unwrap();
            let place = u64::try_from(at).unwrap() + 1;
            prop_assert!(found == place || (rehash && found == place + 1));
        }

        #[test]
        fn swapped_records_are_detected(length in 2_u64..20, at in 0_usize..20) {
            let (mut records, head) = chain(length);
            let at = at % (records.len() - 1);
            let (a, b) = (records[at].sequence, records[at + 1].sequence);
            records[at].sequence = b;
            records[at + 1].sequence = a;
            prop_assert!(check(linked(records), head.as_ref()).is_some());
        }
    }
}
