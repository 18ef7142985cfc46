//! The timeline of an investor: interactions and changes, newest first.

use exchange::report::InvestorReport;
use investor_relations::timeline::TimelineEntry;
use kernel::text::TimeZone;
use kernel::time::Date;
use platform::audit::ChangeView;
use serde_json::Value;

use crate::parts::{MAX_TEXT, nothing, shortened};
use crate::setting::{Colour, Role, Sheet, Style};
use crate::words::{count, money, word};

/// Width of the time column on the left of an entry, in points.
const TIMES: f32 = 92.0;
/// Maximum length of a changed value in characters.
const MAX_VALUE: usize = 200;

/// Content of one entry.
#[derive(Default)]
struct Entry {
    /// Kind, such as `Meeting`.
    label: String,
    title: String,
    /// Details.
    body: Option<String>,
    /// Who, and further facts.
    notes: Vec<String>,
}

/// Lays out the timeline's entries in the report's period.
pub fn set(sheet: &mut Sheet, report: &InvestorReport) {
    sheet.heading("Timeline", 60.0);
    let period = match (report.period.from, report.period.to) {
        (None, None) => String::new(),
        (Some(from), None) => format!(" from {}", from.in_short()),
        (None, Some(to)) => format!(" until {}", to.in_short()),
        (Some(from), Some(to)) => format!(" from {} to {}", from.in_short(), to.in_short()),
    };
    let entries = &report.timeline.items;
    if entries.is_empty() {
        return nothing(sheet, &format!("No entries{period}."));
    }
    let (shown, zone) = (count(entries.len(), "entry", "entries"), &report.time_zone);
    let more = if report.timeline.more { " Older entries are in Steward." } else { "" };
    let said = format!("{shown}{period}, newest first; times in {zone}.{more}");
    sheet.paragraph(&said, Style::NOTE);
    sheet.skip(4.0);
    for timed in entries {
        set_entry(sheet, timed, zone);
    }
}

fn set_entry(sheet: &mut Sheet, timed: &TimelineEntry, zone: &TimeZone) {
    let entry = entry(timed, zone);
    let (x, width) = (Sheet::LEFT + TIMES, Sheet::WIDTH - TIMES);
    let titles = sheet.fonts.lines(&entry.title, Style::SUBHEADING, width);
    #[allow(clippy::cast_precision_loss, reason = "a title has a few lines")]
    let least = 14.0 + titles.len() as f32 * Style::SUBHEADING.leading + 2.0 * Style::BODY.leading;
    sheet.need(least);
    sheet.rule(Colour::LINE);
    sheet.skip(7.0);
    let y = sheet.y();
    // Investments and cash flows have a date without a time, the same in every time zone.
    let day = timed.investment.as_ref().map(|one| one.invested_on).or(timed.cash_flow.as_ref().map(|one| one.date));
    let when = day.map_or_else(|| timed.at.in_short(zone), Date::in_short);
    let piece = sheet.piece(Role::Heading(3), None);
    let when = sheet.fonts.fitted(&when, Style::NOTE.coloured(Colour::INK_2), TIMES - 8.0);
    sheet.place(Sheet::LEFT, y + 1.0, when, Some(piece));
    let label = sheet.fonts.cut(&entry.label, Style::LABEL.coloured(Colour::ACCENT), TIMES - 8.0);
    sheet.place(Sheet::LEFT, y + Style::NOTE.leading + 2.0, label, Some(piece));
    sheet.flow(x, titles, piece);
    if let Some(body) = &entry.body {
        let lines = sheet.fonts.lines(&shortened(body, MAX_TEXT), Style::BODY, width);
        let piece = sheet.piece(Role::Paragraph, None);
        sheet.flow(x, lines, piece);
    }
    sheet.skip(2.0);
    for note in &entry.notes {
        let lines = sheet.fonts.lines(note, Style::NOTE, width);
        let piece = sheet.piece(Role::Paragraph, None);
        sheet.flow(x, lines, piece);
    }
    // The label on the left takes two lines, even if the entry takes only one.
    let rest = y + Style::NOTE.leading + Style::LABEL.leading + 2.0 - sheet.y();
    if rest > 0.0 && sheet.y() > y {
        sheet.skip(rest);
    }
    sheet.skip(7.0);
}

fn entry(timed: &TimelineEntry, zone: &TimeZone) -> Entry {
    let TimelineEntry { activity, investment, cash_flow, document, reminder, change, .. } = timed;
    if let Some(one) = activity {
        let mut notes = Vec::new();
        if !one.participants.is_empty() {
            let names: Vec<&str> = one.participants.iter().map(kernel::text::Name::as_str).collect();
            notes.push(format!("With {}", names.join(", ")));
        }
        notes.extend(one.follow_up_on.map(|day| format!("Follow up on {}", day.in_short())));
        notes.push(format!("Recorded by {}", one.created_by_name));
        let body = one.details.as_ref().map(ToString::to_string);
        return Entry { label: word(one.kind.as_str()), title: one.summary.to_string(), body, notes };
    }
    if let Some(one) = investment {
        let title = format!("{}: {} committed", one.name, money(one.commitment));
        let body = one.notes.as_ref().map(ToString::to_string);
        let notes = vec![format!("Recorded by {}", one.created_by_name)];
        return Entry { label: "Investment".into(), title, body, notes };
    }
    if let Some(one) = cash_flow {
        let body = one.notes.as_ref().map(ToString::to_string);
        let notes = vec![format!("Recorded by {}", one.created_by_name)];
        let amount = money(one.amount);
        let title = timed.investment_name.as_ref().map_or_else(|| amount.clone(), |name| format!("{name}: {amount}"));
        return Entry { label: word(one.kind.as_str()), title, body, notes };
    }
    if let Some(one) = document {
        let body = one.description.as_ref().map(ToString::to_string);
        let notes = vec![one.file_name.to_string(), format!("Added by {}", one.created_by_name)];
        return Entry { label: "Document".into(), title: one.title.to_string(), body, notes };
    }
    if let Some(one) = reminder {
        let due = one.due_at.in_short(zone);
        let notes =
            vec![format!("Due {due} · {}", word(one.status.as_str())), format!("Set by {}", one.created_by_name)];
        return Entry { label: "Reminder".into(), title: one.message.to_string(), body: None, notes };
    }
    if let Some(one) = change {
        // A new investor's initial values are left out; its current values are on the first page.
        let fields = if one.action.ends_with("_create") { &[] } else { one.fields.as_slice() };
        let notes = fields.iter().map(changed).chain([format!("By {}", one.actor_name)]).collect();
        return Entry { label: "Change".into(), title: done(&one.action), body: None, notes };
    }
    Entry::default()
}

/// Describes an operation: `Investor changed`.
fn done(action: &str) -> String {
    let ends = [("_create", " created"), ("_update", " changed"), ("_delete", " deleted"), ("_restore", " restored")];
    let end = ends.iter().find_map(|(name, said)| Some(format!("{}{said}", word(action.strip_suffix(name)?))));
    end.unwrap_or_else(|| word(action))
}

/// Describes a changed field: `Tier: silver → gold`.
fn changed(view: &ChangeView) -> String {
    let field = word(&view.field);
    if view.sealed {
        return format!("{field} changed");
    }
    match &view.before {
        None => format!("{field}: {}", value(view.after.as_ref())),
        before => format!("{field}: {} → {}", value(before.as_ref()), value(view.after.as_ref())),
    }
}

/// An audit value: a text or a list of texts.
fn value(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    };
    shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "), MAX_VALUE)
}
