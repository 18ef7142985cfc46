//! Reading reminders: a single one, those of an investor, and the caller's own.

use std::collections::HashMap;

use super::write::load;
use super::{MyReminder, Reminder, ReminderQuery, Status, item};
use crate::investor::{self, InvestorCard};
use kernel::error::Error;
use kernel::id::{InvestorId, ReminderId, UserId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Subject};
use platform::caller::Caller;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Item};

/// Returns one reminder. The access to personal data is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, investor_id: InvestorId, id: ReminderId) -> Result<Reminder, Error> {
    let (_, loaded) = load(app, caller, Action::InvestorRead, investor_id, id).await?;
    let subject = Subject::new(Entity::Reminder, id).within(investor_id);
    audit::access(app, &caller.actor, Operation::ReminderGet, subject, Vec::new()).await?;
    Ok(loaded.reminder)
}

/// Returns one page of an investor's reminders, newest first. The access is audited before the page is returned.
pub async fn list(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Reminder>, Error> {
    let page = read(app, caller, Action::InvestorRead, investor_id, request).await?;
    audit::access(app, &caller.actor, Operation::ReminderList, Subject::new(Entity::Investor, investor_id), Vec::new())
        .await?;
    Ok(page)
}

/// Returns one page of an investor's reminders if the caller may perform `action`. The calling function must audit the access.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Reminder>, Error> {
    let source = Source::table(investor::partition(investor_id), item::PREFIX);
    let list = List::new("reminders", source, Order::Descending);
    let loaded = investor::load(app, caller, action, investor_id);
    let (loaded, page) = tokio::join!(loaded, list.page(app, request));
    let cipher = loaded?.cipher;
    // Tombstones of deleted reminders only make the page shorter.
    let page = page?.try_map(|found| item::open(&found, &cipher))?;
    Ok(Page { items: page.items.into_iter().flatten().collect(), next_cursor: page.next_cursor })
}

/// Returns one page of the caller's own reminders about all investors that they can see, by due time. Takes two round trips.
/// The access is audited before the page is returned.
pub async fn list_mine(app: &App, caller: &Caller, query: &ReminderQuery) -> Result<Page<MyReminder>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    let page = read_mine(app, caller, Action::InvestorRead, query, &request).await?;
    audit::access(app, &caller.actor, Operation::ReminderListMine, Subject::new(Entity::User, caller.id), Vec::new())
        .await?;
    Ok(page)
}

/// Returns one page of the caller's own reminders about the investors on which they may perform `action`. The calling function
/// must audit the access.
pub async fn read_mine(
    app: &App,
    caller: &Caller,
    action: Action,
    query: &ReminderQuery,
    request: &PageRequest,
) -> Result<Page<MyReminder>, Error> {
    let scope = caller.allow(action)?;
    let statuses = query.status.map_or_else(|| Status::ALL.to_vec(), |status| vec![status]);
    let sources = statuses.iter().map(|status| Source::index("gsi1", item::of_user(caller.id, *status)));
    let sources: Vec<Source> = sources.collect();
    let list = List {
        name: format!("own reminders/{}", query.due_before.as_ref().map(Timestamp::to_string).unwrap_or_default()),
        scope: format!("{}/{}", caller.id, query.status.map_or("all", Status::as_str)),
        sources,
        order: Order::Ascending,
        filters: Vec::new(),
        from: None,
        to: query.due_before.as_ref().map(Timestamp::to_string),
        consistent: false,
    };
    let page = list.page(app, request).await?;
    let ids = investors_of(&page.items)?;
    let keys = ids.iter().map(|id| investor::key(*id)).collect();
    let subjects = ids.iter().map(|id| investor::subject(*id)).collect();
    let (investors, ciphers) = tokio::join!(app.table().get_many(keys), app.keys().subjects(subjects));
    let (investors, ciphers) = (cards(&investors?)?, ciphers?);
    let mut items = Vec::new();
    for found in &page.items {
        let Some(card) = item::card_of(found)? else { continue };
        // Skip reminders about investors that were reassigned to someone else, deleted or erased.
        let Some(investor) = investors.get(&card.investor_id) else { continue };
        let Some(cipher) = ciphers.get(&investor::subject(card.investor_id)) else { continue };
        if investor.deleted_at.is_none()
            && caller.covers(scope, investor.relationship_manager_id)
            && let Some(reminder) = item::open(found, cipher)?
        {
            items.push(MyReminder { reminder, investor_name: investor.name.clone() });
        }
    }
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// Returns the user whom a reminder reminds, without a permission check. `None` if the reminder no longer exists.
pub async fn user_of(app: &App, investor_id: InvestorId, id: ReminderId) -> Result<Option<UserId>, Error> {
    let Some(key) = item::key(investor_id, id) else { return Ok(None) };
    match app.table().get(key).await? {
        Some(found) => Ok(item::card_of(&found)?.map(|card| card.user_id)),
        None => Ok(None),
    }
}

/// The investors of these reminders, without duplicates.
fn investors_of(items: &[Item]) -> Result<Vec<InvestorId>, Error> {
    let mut ids = Vec::new();
    for found in items {
        if let Some(card) = item::card_of(found)?
            && !ids.contains(&card.investor_id)
        {
            ids.push(card.investor_id);
        }
    }
    Ok(ids)
}

fn cards(items: &[Item]) -> Result<HashMap<InvestorId, InvestorCard>, Error> {
    let cards = items.iter().map(|item| table::read::<InvestorCard>(item, "card").map(|card| (card.id, card)));
    cards.collect()
}
