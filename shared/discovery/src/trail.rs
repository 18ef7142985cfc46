//! The audit trail of both workspaces: searching it by entity, by actor and by time, newest first, and verifying it.

mod entity;
mod verify;

pub use verify::{Verification, verify};

use serde::Deserialize;
use utoipa::IntoParams;

use investor_relations::investor;
use kernel::Entity;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::Action;
use kernel::time::Timestamp;
use people::user;
use platform::app::App;
use platform::audit::{self, AuditRecord, Record, Subject, view};
use platform::caller::Caller;
use platform::keys::SubjectKey;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table;
use product_development::product;

/// Number of months that a search without a lower bound goes back.
const MONTHS: usize = 24;

/// Filters for searching the audit trail.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Entity type; requires `entity_id`.
    #[param(max_length = 40)]
    pub entity_type: Option<String>,
    /// Entity ID; requires `entity_type`.
    #[param(max_length = 100)]
    pub entity_id: Option<String>,
    /// The user who performed the action.
    #[param(value_type = Option<String>, format = Uuid)]
    pub actor_id: Option<UserId>,
    /// Earliest time to include.
    pub from: Option<Timestamp>,
    /// Latest time to include.
    pub to: Option<Timestamp>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// What a query asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// All records.
    Everything,
    /// The records of one entity.
    Entity(Subject),
    /// The records of an entity of a type that does not exist: there are none.
    Nothing,
}

impl Asked {
    /// The entity with this type and ID.
    pub fn about(entity_type: &str, entity_id: &str) -> Result<Self, Error> {
        // Longer values match no entity and would be too long for a key.
        if entity_type.chars().count() > 40 {
            return Err(Error::bad_parameter("entity_type", "is too long"));
        }
        if entity_id.chars().count() > 100 {
            return Err(Error::bad_parameter("entity_id", "is too long"));
        }
        Ok(entity_type.parse().map_or(Self::Nothing, |entity| Self::Entity(Subject::new(entity, entity_id))))
    }

    /// The entity, if there is one.
    #[must_use]
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Entity(subject) => Some(subject),
            Self::Everything | Self::Nothing => None,
        }
    }

    /// Whether the records are those of an investor.
    #[must_use]
    pub fn is_investor(&self) -> bool {
        self.subject().is_some_and(|subject| subject.entity_type == Entity::Investor)
    }
}

impl AuditQuery {
    /// What the query asks about.
    pub fn asked(&self) -> Result<Asked, Error> {
        match (&self.entity_type, &self.entity_id) {
            (Some(kind), Some(id)) => Asked::about(kind, id),
            (None, None) => Ok(Asked::Everything),
            (None, Some(_)) => Err(Error::bad_parameter("entity_type", "requires entity_id")),
            (Some(_), None) => Err(Error::bad_parameter("entity_id", "requires entity_type")),
        }
    }
}

/// Returns the key for decrypting personal values in the records asked about, provided the caller may see the records at all.
/// `action` is the permission required for everything except the history of an investor or of something in a product.
pub async fn permitted(app: &App, caller: &Caller, action: Action, asked: &Asked) -> Result<Option<SubjectKey>, Error> {
    let Some(subject) = asked.subject() else {
        return caller.allow(action).map(|_| None);
    };
    match subject.entity_type {
        Entity::Investor => {
            let id = parse(&subject.entity_id)?;
            let loaded = investor::load_any(app, caller, Action::InvestorHistoryRead, id).await?;
            Ok(Some(loaded.cipher))
        }
        Entity::Product => {
            caller.allow(Action::ProductHistoryRead)?;
            in_product(app, caller, &subject.entity_id).await
        }
        Entity::Asset
        | Entity::Attachment
        | Entity::Baseline
        | Entity::Comment
        | Entity::Milestone
        | Entity::Requirement
        | Entity::Rule
        | Entity::Task => {
            caller.allow(Action::ProductHistoryRead)?;
            let product = parent(app, subject).await?.ok_or(Error::NotFound { what: "entity" })?;
            in_product(app, caller, &product).await
        }
        Entity::User => {
            caller.allow(action)?;
            app.keys().subject(&user::subject(parse(&subject.entity_id)?)).await
        }
        Entity::Activity
        | Entity::CashFlow
        | Entity::Document
        | Entity::Import
        | Entity::Investment
        | Entity::Login
        | Entity::Reminder
        | Entity::Security => caller.allow(action).map(|_| None),
    }
}

/// Fails unless the caller may read the history of this product, which holds no personal values.
async fn in_product(app: &App, caller: &Caller, product: &str) -> Result<Option<SubjectKey>, Error> {
    product::load_any(app, caller, Action::ProductHistoryRead, parse(product)?).await?;
    Ok(None)
}

fn parse<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::bad_parameter("entity_id", "is not a UUID"))
}

/// Returns one page of records matching `query`. Personal values are shown only for a single entity, using its `cipher`.
pub async fn list(app: &App, query: &AuditQuery, cipher: Option<&SubjectKey>) -> Result<Page<AuditRecord>, Error> {
    read(app, query, cipher, &PageRequest::new(query.limit, query.cursor.clone())).await
}

/// Like [`list`], but takes only the filters from `query`.
pub async fn read(
    app: &App,
    query: &AuditQuery,
    cipher: Option<&SubjectKey>,
    request: &PageRequest,
) -> Result<Page<AuditRecord>, Error> {
    let page = match (query.asked()?, query.actor_id) {
        (Asked::Entity(subject), actor) => {
            let pk = subject.pk();
            let mut list = List::new("audit", Source::table(&pk, "CHANGE#"), Order::Descending);
            list.sources.push(Source::table(&pk, "ACCESS#"));
            if let Some(actor) = actor {
                list = list.filter("card.actor_id", &actor.to_string());
            }
            bounded(list, query).page(app, request).await?
        }
        (Asked::Nothing, _) => List { sources: Vec::new(), ..nowhere("audit of nothing") }.page(app, request).await?,
        (Asked::Everything, Some(actor)) => {
            let source = Source::index("gsi2", audit::of_actor(actor));
            bounded(List::new("audit", source, Order::Descending), query).page(app, request).await?
        }
        (Asked::Everything, None) => {
            let now = Timestamp::now();
            let newest = query.to.unwrap_or(now).min(now);
            let sources = months(newest, query.from);
            let sources = sources.iter().map(|month| Source::index("gsi1", audit::of_month(month))).collect();
            let list = List { sources, ..nowhere("audit by time") };
            bounded(list, query).page_in_turn(app, request).await?
        }
    };
    let records = page.try_map(|item| table::read::<Record>(&item, "card"))?;
    records.try_map(|record| Ok(view(record, cipher.map(AsRef::as_ref))))
}

/// A list of audit records from everywhere, without its sources.
fn nowhere(name: &str) -> List {
    let source = Source::index("gsi1", String::new());
    List { scope: "AUDIT".into(), ..List::new(name, source, Order::Descending) }
}

fn bounded(mut list: List, query: &AuditQuery) -> List {
    list.from = query.from.map(|from| from.to_string());
    list.to = query.to.map(|to| format!("{to}#~"));
    list
}

/// The months from `newest` back to `oldest`, at most [`MONTHS`] of them.
fn months(newest: Timestamp, oldest: Option<Timestamp>) -> Vec<String> {
    let last = oldest.map(Timestamp::month);
    let mut months = vec![newest.month()];
    let mut at = newest;
    while months.len() < MONTHS && last.as_ref().is_none_or(|last| months.last() > Some(last)) {
        // Steps of 28 days never skip a month.
        at = at.plus_seconds(-28 * 24 * 3600);
        let month = at.month();
        if months.last() != Some(&month) {
            months.push(month);
        }
    }
    months
}

/// The subject's parent according to its newest record; the parent changes when investors are merged.
async fn parent(app: &App, subject: &Subject) -> Result<Option<String>, Error> {
    let list = List::new("audit chain", Source::table(subject.pk(), "CHANGE#"), Order::Descending);
    let (newest, _) = List { consistent: true, ..list }.read(app, None, 1).await?;
    let record = newest.first().map(|item| table::read::<Record>(item, "card")).transpose()?;
    Ok(record.and_then(|record| record.subject.parent_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_months_of_a_search_have_no_gaps() {
        let newest: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let oldest: Timestamp = "2025-11-30T00:00:00Z".parse().unwrap();
        assert_eq!(months(newest, Some(oldest)), ["2026-03", "2026-02", "2026-01", "2025-12", "2025-11"]);
        assert_eq!(months(newest, None).len(), MONTHS);
    }
}
