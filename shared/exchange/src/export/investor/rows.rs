//! Row formats of the exports of an investor's lists.

use crate::cell;
use crate::export::company::in_words;
use crate::export::{Line, Row};
use investor_relations::activity::Activity;
use investor_relations::cash_flow::CashFlow;
use investor_relations::document::Document;
use investor_relations::investment::Investment;
use investor_relations::reminder::Reminder;
use investor_relations::timeline::TimelineEntry;
use kernel::text::Name;

impl Row for Activity {
    const COLUMNS: &'static [&'static str] = &[
        "occurred_at",
        "kind",
        "summary",
        "details",
        "participants",
        "follow_up_on",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.plain(self.occurred_at);
        line.plain(self.kind.as_str());
        line.text(&self.summary);
        line.maybe_text(self.details.as_ref());
        line.text(&cell::joined(self.participants.iter().map(Name::as_str)));
        line.maybe(self.follow_up_on);
        line.origin(&self.created_by_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for Investment {
    const COLUMNS: &'static [&'static str] = &[
        "invested_on",
        "name",
        "round",
        "kind",
        "status",
        "currency",
        "commitment",
        "paid_in",
        "distributed",
        "nav",
        "valued_on",
        "rolled_forward",
        "unfunded",
        "dpi",
        "rvpi",
        "tvpi",
        "cash_flows",
        "notes",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        let figures = &self.figures;
        line.plain(self.invested_on);
        line.text(&self.name);
        line.maybe_text(self.round.as_ref());
        line.plain(self.kind.as_str());
        line.plain(self.status.as_str());
        line.plain(self.commitment.currency());
        line.plain(self.commitment.decimal());
        line.plain(figures.paid_in.decimal());
        line.plain(figures.distributed.decimal());
        line.maybe(figures.nav.map(kernel::money::Money::decimal));
        line.maybe(self.valued_on);
        line.plain(self.rolled_forward);
        line.plain(figures.unfunded.decimal());
        line.maybe(figures.dpi.as_ref());
        line.maybe(figures.rvpi.as_ref());
        line.maybe(figures.tvpi.as_ref());
        line.plain(self.cash_flows);
        line.maybe_text(self.notes.as_ref());
        line.origin(&self.created_by_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for CashFlow {
    const COLUMNS: &'static [&'static str] =
        &["date", "kind", "currency", "amount", "notes", "created_by_name", "created_at", "updated_at", "id"];

    fn cells(&self, line: &mut Line) {
        line.plain(self.date);
        line.plain(self.kind.as_str());
        line.plain(self.amount.currency());
        line.plain(self.amount.decimal());
        line.maybe_text(self.notes.as_ref());
        line.origin(&self.created_by_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for Document {
    const COLUMNS: &'static [&'static str] = &[
        "title",
        "description",
        "file_name",
        "content_type",
        "size",
        "status",
        "file_version",
        "investment_id",
        "sha256",
        "created_by_name",
        "created_at",
        "updated_at",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.text(&self.title);
        line.maybe_text(self.description.as_ref());
        line.text(&self.file_name);
        line.plain(self.content_type.as_str());
        line.plain(self.size);
        line.plain(self.status.as_str());
        line.plain(self.file_version);
        line.maybe(self.investment_id);
        line.plain(self.sha256);
        line.origin(&self.created_by_name, self.created_at, self.updated_at, self.id);
    }
}

impl Row for Reminder {
    const COLUMNS: &'static [&'static str] = &[
        "due_at",
        "message",
        "status",
        "due_local",
        "time_zone",
        "recurrence",
        "sent_at",
        "user_id",
        "created_at",
        "created_by_name",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.plain(self.due_at);
        line.text(&self.message);
        line.plain(self.status.as_str());
        line.plain(self.due_local);
        line.plain(&self.time_zone);
        line.maybe(self.recurrence.as_ref());
        line.maybe(self.sent_at);
        line.plain(self.user_id);
        line.plain(self.created_at);
        line.text(&self.created_by_name);
        line.plain(self.id);
    }
}

impl Row for TimelineEntry {
    const COLUMNS: &'static [&'static str] = &["at", "kind", "what", "title", "details", "by", "id"];

    /// `what` is the kind of an activity, investment or cash flow, the status of a reminder or document, or the operation.
    fn cells(&self, line: &mut Line) {
        line.plain(self.at);
        line.plain(self.kind.as_str());
        let (what, title, details, by) = entry_in_words(self);
        line.text(&what);
        line.text(&title);
        line.text(&details);
        line.text(&by);
        line.plain(self.id);
    }
}

/// What kind of entry it is, its title, details and author.
fn entry_in_words(entry: &TimelineEntry) -> (String, String, String, String) {
    fn text<T: std::fmt::Display>(value: Option<&T>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    if let Some(one) = &entry.activity {
        let by = one.created_by_name.clone();
        (one.kind.as_str().into(), one.summary.to_string(), text(one.details.as_ref()), by)
    } else if let Some(one) = &entry.investment {
        let by = one.created_by_name.clone();
        (one.kind.as_str().into(), one.name.to_string(), one.commitment.to_string(), by)
    } else if let Some(one) = &entry.cash_flow {
        let by = one.created_by_name.clone();
        let notes = one.notes.as_ref().map(|notes| format!("\n{notes}")).unwrap_or_default();
        (one.kind.as_str().into(), text(entry.investment_name.as_ref()), format!("{}{notes}", one.amount), by)
    } else if let Some(one) = &entry.document {
        let by = one.created_by_name.clone();
        (one.status.as_str().into(), one.title.to_string(), one.file_name.to_string(), by)
    } else if let Some(one) = &entry.reminder {
        let by = one.created_by_name.clone();
        (one.status.as_str().into(), one.message.to_string(), one.due_at.to_string(), by)
    } else if let Some(one) = &entry.change {
        let fields = one.fields.iter().map(in_words).collect::<Vec<_>>().join("\n");
        (one.action.clone(), String::new(), fields, one.actor_name.clone())
    } else {
        Default::default()
    }
}
