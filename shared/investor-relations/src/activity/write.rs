//! Recording, reading and changing activities.

use super::{Activity, ActivityPatch, MAX_PARTICIPANTS, NewActivity, item};
use crate::investor;
use kernel::error::Error;
use kernel::id::{ActivityId, InvestorId};
use kernel::policy::Action;
use kernel::text::Name;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::Work;
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::idempotency::StoredAnswer;
use platform::keys::SubjectKey;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;

/// Records an activity. Takes one round trip if the investor's data key is cached, otherwise two: the existence of the investor
/// and its manager are checked by conditions in the transaction itself.
pub async fn create(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    new: NewActivity,
) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::ActivityWrite)?;
    check_participants(&new.participants)?;
    let Some(cipher) = app.keys().subject(&investor::subject(investor_id)).await? else {
        return Err(investor::refuse_missing(app, caller, scope, investor_id).await);
    };
    let now = Timestamp::now();
    let activity = Activity {
        id: ActivityId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        investor_id,
        kind: new.kind,
        occurred_at: new.occurred_at,
        summary: new.summary,
        details: new.details,
        participants: new.participants,
        follow_up_on: new.follow_up_on,
        created_by: caller.id,
        created_by_name: caller.actor.name.clone(),
    };
    let mut work = Work::new(app, caller, Operation::ActivityCreate);
    investor::require(&mut work, caller, scope, investor_id);
    let head = record(&mut work, None, &activity, &cipher)?;
    work.create(item::draft(&activity, &head, &cipher)?, |_| {
        Error::internal("the id of a new activity already exists")
    });
    let location = format!("/api/investors/{investor_id}/activities/{}", activity.id);
    let answer = StoredAnswer::created(location, activity.version, &activity)?;
    work.answer(answer).await
}

fn check_participants(participants: &[Name]) -> Result<(), Error> {
    if participants.len() > MAX_PARTICIPANTS {
        return Err(Error::field("participants", format!("must have at most {MAX_PARTICIPANTS} entries")));
    }
    Ok(())
}

fn record(
    work: &mut Work<'_>,
    before: Option<(&Activity, &Head)>,
    after: &Activity,
    cipher: &SubjectKey,
) -> Result<Head, Error> {
    let id = kernel::id::new();
    let old = before.map(|(activity, _)| activity.fields()).unwrap_or_default();
    let changes = audit::differences(&old, &after.fields(), cipher, id)?;
    let subject = Subject::new(Entity::Activity, after.id).within(after.investor_id);
    work.record(subject, after.version, before.map(|(_, head)| head), id, changes)
}

/// Loads the investor (for permissions and the data key) and the activity concurrently.
async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    id: ActivityId,
) -> Result<(Activity, Head, SubjectKey), Error> {
    let (loaded, found) =
        tokio::join!(investor::load(app, caller, action, investor_id), app.table().get(item::key(investor_id, id)));
    let cipher = loaded?.cipher;
    let found = found?.ok_or(Error::NotFound { what: "activity" })?;
    let activity = item::open_card(&found, &cipher)?;
    Ok((activity, table::read(&found, "audit_head")?, cipher))
}

/// Returns one activity. The access to personal data is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, investor_id: InvestorId, id: ActivityId) -> Result<Activity, Error> {
    let (activity, ..) = load(app, caller, Action::InvestorRead, investor_id, id).await?;
    let subject = Subject::new(Entity::Activity, id).within(investor_id);
    audit::access(app, &caller.actor, Operation::ActivityGet, subject, Vec::new()).await?;
    Ok(activity)
}

/// Returns one page of an investor's activities, newest first. The access is audited before the page is returned.
pub async fn list(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Activity>, Error> {
    let page = read(app, caller, Action::InvestorRead, investor_id, request).await?;
    audit::access(app, &caller.actor, Operation::ActivityList, Subject::new(Entity::Investor, investor_id), Vec::new())
        .await?;
    Ok(page)
}

/// Returns one page of an investor's activities if the caller may perform `action`. The calling function must audit the access.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Activity>, Error> {
    let source = Source::index("gsi2", item::list_partition(investor_id));
    let list = List::new("activities", source, Order::Descending);
    let loaded = investor::load(app, caller, action, investor_id);
    let (loaded, page) = tokio::join!(loaded, list.page(app, request));
    let cipher = loaded?.cipher;
    page?.try_map(|found| item::open_card(&found, &cipher))
}

/// Updates an activity if it is still at `version`.
pub async fn update(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: ActivityId,
    version: u64,
    patch: ActivityPatch,
) -> Result<Activity, Error> {
    let (before, head, cipher) = load(app, caller, Action::ActivityWrite, investor_id, id).await?;
    if before.version != version {
        return Err(Error::StaleVersion);
    }
    let after = patch.apply(before.clone());
    check_participants(&after.participants)?;
    if after == before {
        return Ok(after);
    }
    let after = Activity { version: version + 1, updated_at: Timestamp::now(), ..after };
    let mut work = Work::new(app, caller, Operation::ActivityUpdate);
    let head = record(&mut work, Some((&before, &head)), &after, &cipher)?;
    work.replace(item::draft(&after, &head, &cipher)?, version);
    work.commit().await?;
    Ok(after)
}

/// Deletes an activity if it is still at `version`. Its audit chain is kept.
pub async fn delete(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: ActivityId,
    version: u64,
) -> Result<(), Error> {
    let (before, head, cipher) = load(app, caller, Action::ActivityWrite, investor_id, id).await?;
    if before.version != version {
        return Err(Error::StaleVersion);
    }
    let after = Activity { version: version + 1, ..before.clone() };
    let mut work = Work::new(app, caller, Operation::ActivityDelete);
    let head = record(&mut work, Some((&before, &head)), &after, &cipher)?;
    work.replace(item::tombstone(&after, &head)?, version);
    work.commit().await
}
