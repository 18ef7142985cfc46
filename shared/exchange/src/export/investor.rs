//! Exports of investors in full, and of the records that belong to one investor.

mod rows;

use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Export, ExportQuery, Line, Row};
use crate::cell;
use investor_relations::activity::{self, Activity};
use investor_relations::cash_flow::{self, CashFlow};
use investor_relations::document::{self, Document};
use investor_relations::investment::{self, Investment};
use investor_relations::investor::{self, Investor, InvestorQuery, Status, Tier};
use investor_relations::reminder::{self, Reminder};
use investor_relations::timeline::{self, Kind, TimelineEntry};
use kernel::error::Error;
use kernel::id::{InvestmentId, InvestorId, UserId};
use kernel::policy::Action;
use kernel::text::{Name, Tag};
use kernel::{Entity, Operation};
use people::user;
use platform::app::App;
use platform::audit::Subject;
use platform::caller::Caller;
use platform::page::{Page, PageRequest};

/// Investors by name, in full: the columns that an import recognizes, followed by the rest.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvestorExport {
    /// Only investors of this tier.
    pub tier: Option<Tier>,
    /// Only investors with this status.
    pub status: Option<Status>,
    /// Only investors of this relationship manager.
    #[param(value_type = Option<String>, format = Uuid)]
    pub relationship_manager_id: Option<UserId>,
    /// Only investors with this tag.
    pub tag: Option<Tag>,
    /// If true, only deleted investors; otherwise only the others.
    pub deleted: Option<bool>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

/// An investor with the name of its relationship manager.
pub struct InvestorRow {
    investor: Investor,
    manager: Option<Name>,
}

impl Export for InvestorExport {
    const OPERATION: Operation = Operation::InvestorExport;
    const FILE: &'static str = "investors";
    type Row = InvestorRow;

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    /// Two round trips: the list, then the investors with their data keys and relationship managers in parallel.
    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<InvestorRow>, Error> {
        let scope = caller.allow(Action::InvestorExport)?;
        let deleted = self.deleted.unwrap_or(false);
        let query = InvestorQuery {
            tier: self.tier,
            status: self.status,
            relationship_manager_id: self.relationship_manager_id,
            tag: self.tag.clone(),
            deleted: self.deleted,
            ..InvestorQuery::default()
        };
        let page = investor::read(app, caller, Action::InvestorExport, &query, request).await?;
        let ids: BTreeSet<InvestorId> = page.items.iter().map(|card| card.id).collect();
        let managers = page.items.iter().filter_map(|card| card.relationship_manager_id).collect();
        let (loaded, managers) = tokio::join!(investor::load_many(app, &ids), user::cards(app, &managers));
        let (mut loaded, managers) = (loaded?, managers?);
        let rows = page.items.iter().filter_map(|card| loaded.remove(&card.id)).map(|found| found.investor);
        // The list is eventually consistent: skip investors that have since been reassigned, merged, deleted or restored.
        let rows = rows.filter(|investor| {
            let listed = investor.merged_into.is_none() && investor.deleted_at.is_some() == deleted;
            listed && caller.covers(scope, investor.relationship_manager_id)
        });
        let rows = rows.map(|investor| {
            let manager = investor.relationship_manager_id.and_then(|id| managers.get(&id));
            InvestorRow { manager: manager.map(|card| card.name.clone()), investor }
        });
        Ok(Page { items: rows.collect(), next_cursor: page.next_cursor })
    }
}

impl Row for InvestorRow {
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "kind",
        "email",
        "phone",
        "address",
        "country",
        "tier",
        "status",
        "tags",
        "notes",
        "external_key",
        "relationship_manager",
        "relationship_manager_id",
        "created_at",
        "updated_at",
        "deleted_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        let investor = &self.investor;
        line.text(&investor.name);
        line.plain(investor.kind.as_str());
        line.maybe_text(investor.email.as_ref());
        line.maybe_text(investor.phone.as_ref());
        line.maybe_text(investor.address.as_ref());
        line.maybe(investor.country.as_ref());
        line.plain(investor.tier.as_str());
        line.plain(investor.status.as_str());
        line.text(&cell::joined(investor.tags.iter().map(Tag::as_str)));
        line.maybe_text(investor.notes.as_ref());
        line.maybe_text(investor.external_key.as_ref());
        line.maybe_text(self.manager.as_ref());
        line.maybe(investor.relationship_manager_id);
        line.plain(investor.created_at);
        line.plain(investor.updated_at);
        line.maybe(investor.deleted_at);
        line.plain(investor.id);
    }
}

list_of!(
    /// An investor's activities, newest first.
    ActivityExport(Investor, investor_id: InvestorId, ExportQuery), ActivityExport, "activities", Activity,
    |of, app, caller, request| activity::read(app, caller, Action::InvestorExport, of.investor_id, request)
);
list_of!(
    /// An investor's investments, most recent first.
    InvestmentExport(Investor, investor_id: InvestorId, ExportQuery), InvestmentExport, "investments", Investment,
    |of, app, caller, request| investment::read(app, caller, Action::InvestorExport, of.investor_id, request)
);
list_of!(
    /// An investor's documents, newest first: metadata, not the files.
    DocumentExport(Investor, investor_id: InvestorId, ExportQuery), DocumentExport, "documents", Document,
    |of, app, caller, request| document::read(app, caller, Action::DocumentExport, of.investor_id, request)
);
list_of!(
    /// An investor's reminders, newest first.
    ReminderExport(Investor, investor_id: InvestorId, ExportQuery), ReminderExport, "reminders", Reminder,
    |of, app, caller, request| reminder::read(app, caller, Action::InvestorExport, of.investor_id, request)
);
list_of!(
    /// An investor's timeline, newest first.
    TimelineExport(Investor, investor_id: InvestorId, TimelineExportQuery), TimelineExport, "timeline", TimelineEntry,
    |of, app, caller, request| {
        timeline::read(app, caller, Action::InvestorExport, of.investor_id, of.query.kind, request)
    }
);

/// An investment's cash flows, newest first.
pub struct CashFlowExport {
    /// Id of the investor.
    pub investor_id: InvestorId,
    /// Id of the investment.
    pub investment_id: InvestmentId,
    /// Cursor.
    pub query: ExportQuery,
}

impl Export for CashFlowExport {
    const OPERATION: Operation = Operation::CashFlowExport;
    const FILE: &'static str = "cash-flows";
    type Row = CashFlow;

    fn subject(&self, _: &Caller) -> Subject {
        Subject::new(Entity::Investment, self.investment_id).within(self.investor_id)
    }

    fn cursor(&self) -> Option<&String> {
        self.query.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<CashFlow>, Error> {
        let place = (self.investor_id, self.investment_id);
        cash_flow::read(app, caller, Action::InvestorExport, place, request).await
    }
}

/// Query of a timeline export.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineExportQuery {
    /// Only entries of this kind.
    pub kind: Option<Kind>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}
