//! The head of a report: who it is about, how to reach them, how much contact there was.

use shared::investor::{Status, Tier};
use shared::report::InvestorReport;

use crate::setting::{Colour, Role, Sheet, Style, Weight};
use crate::words::{NONE, word};

/// Points between two columns of facts.
const GAP: f32 = 20.0;

pub fn set(sheet: &mut Sheet, report: &InvestorReport, made: &str) {
    let investor = &report.investor;
    banner(sheet);
    let title = sheet.fonts.lines(investor.name.as_str(), Style::TITLE, Sheet::WIDTH);
    let piece = sheet.piece(Role::Heading(1), None);
    sheet.flow(Sheet::LEFT, title, piece);
    sheet.skip(9.0);
    chips(sheet, report);
    sheet.skip(16.0);
    let mut pairs = vec![
        ("Relationship manager", report.manager.as_ref().map(ToString::to_string)),
        ("Country", investor.country.as_ref().map(ToString::to_string)),
        ("E-mail", investor.email.as_ref().map(ToString::to_string)),
        ("Telephone", investor.phone.as_ref().map(ToString::to_string)),
        ("Address", investor.address.as_ref().map(ToString::to_string)),
        ("Tags", tags(report)),
        ("Made by", Some(report.made_by.clone())),
        ("Date of the report", Some(made.to_owned())),
    ];
    pairs.extend(investor.external_key.as_ref().map(|key| ("Key in other systems", Some(key.to_string()))));
    facts(sheet, &pairs);
    contact(sheet, report);
    if let Some(notes) = &investor.notes {
        sheet.heading("Notes", 40.0);
        sheet.paragraph(&notes.to_string(), Style::BODY);
    }
}

fn tags(report: &InvestorReport) -> Option<String> {
    let tags: Vec<&str> = report.investor.tags.iter().map(shared::text::Tag::as_str).collect();
    (!tags.is_empty()).then(|| tags.join(", "))
}

/// What kind of paper it is, above the name.
fn banner(sheet: &mut Sheet) {
    let label = Style::LABEL.coloured(Colour::ACCENT).scaled(1.1);
    let kind = sheet.fonts.line("Investor report", label);
    let marking = sheet.fonts.line("Confidential", label.coloured(Colour::RED));
    let y = sheet.y();
    sheet.fill(0.0, 0.0, 2.0 * Sheet::LEFT + Sheet::WIDTH, 6.0, 0.0, Colour::ACCENT);
    let piece = sheet.piece(Role::Paragraph, None);
    let (width, leading) = (marking.width + 16.0, label.leading + 6.0);
    let x = Sheet::LEFT + Sheet::WIDTH - width;
    sheet.place(Sheet::LEFT, y + 3.0, kind, Some(piece));
    sheet.fill(x, y, width, leading, 3.0, Colour::RED_BG);
    sheet.place(x + 8.0, y + 3.0, marking, Some(piece));
    sheet.skip(30.0);
}

/// Kind, tier and status at a glance.
fn chips(sheet: &mut Sheet, report: &InvestorReport) {
    let investor = &report.investor;
    let mut chips = vec![
        (word(investor.kind.as_str()), Colour::SLATE, Colour::SLATE_BG),
        tier(investor.tier),
        match investor.status {
            Status::Active => (word(investor.status.as_str()), Colour::GREEN, Colour::GREEN_BG),
            Status::Inactive => (word(investor.status.as_str()), Colour::SLATE, Colour::SLATE_BG),
        },
    ];
    if let Some(at) = investor.deleted_at {
        let day = at.day_in(&report.time_zone).in_short();
        chips.push((format!("Deleted on {day}"), Colour::RED, Colour::RED_BG));
    }
    let piece = sheet.piece(Role::Paragraph, None);
    let (mut x, y) = (Sheet::LEFT, sheet.y());
    for (text, colour, ground) in chips {
        let line = sheet.fonts.line(&text, Style::NOTE.coloured(colour).weighing(Weight::SemiBold));
        let width = line.width + 14.0;
        sheet.fill(x, y, width, 16.0, 4.0, ground);
        sheet.place(x + 7.0, y + 2.5, line, Some(piece));
        x += width + 6.0;
    }
    sheet.skip(16.0);
}

fn tier(tier: Tier) -> (String, Colour, Colour) {
    let (colour, ground) = match tier {
        Tier::Platinum => (Colour::VIOLET, Colour::VIOLET_BG),
        Tier::Gold => (Colour::AMBER, Colour::AMBER_BG),
        Tier::Silver => (Colour::SLATE, Colour::SLATE_BG),
        Tier::Bronze => (Colour::BRONZE, Colour::BRONZE_BG),
        Tier::Prospect => (Colour::BLUE, Colour::BLUE_BG),
    };
    (word(tier.as_str()), colour, ground)
}

/// Labels and what they stand for, two beside each other.
fn facts(sheet: &mut Sheet, pairs: &[(&str, Option<String>)]) {
    let width = (Sheet::WIDTH - GAP) / 2.0;
    sheet.rule(Colour::LINE);
    for row in pairs.chunks(2) {
        let set: Vec<_> = row
            .iter()
            .map(|(label, value)| {
                let label = sheet.fonts.line(label, Style::LABEL);
                (label, sheet.fonts.lines(value.as_deref().unwrap_or(NONE), Style::BODY, width))
            })
            .collect();
        let tallest = set.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "a fact has a few lines")]
        let height = 7.0 + Style::LABEL.leading + tallest as f32 * Style::BODY.leading + 6.0;
        sheet.need(height);
        let top = sheet.y() + 7.0;
        let mut x = Sheet::LEFT;
        for (label, lines) in set {
            let piece = sheet.piece(Role::Paragraph, None);
            sheet.place(x, top, label, Some(piece));
            let mut y = top + Style::LABEL.leading + 1.0;
            for line in lines {
                sheet.place(x, y, line, Some(piece));
                y += Style::BODY.leading;
            }
            x += width + GAP;
        }
        sheet.skip(height);
        sheet.rule(Colour::LINE);
    }
}

/// How much contact there was, in a row of figures.
fn contact(sheet: &mut Sheet, report: &InvestorReport) {
    let figures = &report.analytics;
    let last = figures.last_contact_on.map_or_else(|| NONE.to_owned(), shared::time::Date::in_short);
    let counts = &figures.counts;
    let tiles = [
        ("Engagement", format!("{} of 100", figures.engagement_score)),
        ("Last contact", last),
        ("Meetings", counts.meeting.to_string()),
        ("Calls", counts.call.to_string()),
        ("E-mails", counts.email.to_string()),
        ("Notes, updates", (counts.note + counts.update).to_string()),
    ];
    sheet.heading("Contact in 24 months", 44.0);
    tiles_row(sheet, &tiles);
}

/// Figures in boxes beside each other, each below its label.
pub fn tiles_row(sheet: &mut Sheet, tiles: &[(&str, String)]) {
    let (gap, height) = (6.0, 42.0);
    sheet.need(height);
    #[allow(clippy::cast_precision_loss, reason = "a row has a handful of tiles")]
    let width = (Sheet::WIDTH - gap * (tiles.len() - 1) as f32) / tiles.len() as f32;
    let (mut x, y) = (Sheet::LEFT, sheet.y());
    let room = width - 16.0;
    let style = Style::SUBHEADING.scaled(1.15).figures();
    let is_value = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '-') || text == NONE;
    // All values of a row are of one size: that of the widest.
    let values = tiles.iter().filter(|(_, value)| is_value(value));
    let widest = values.map(|(_, value)| sheet.fonts.line(value, style).width).fold(room, f32::max);
    let style = style.scaled(room / widest);
    let labels = tiles.iter().map(|(label, _)| sheet.fonts.line(label, Style::LABEL).width).fold(room, f32::max);
    for (label, value) in tiles {
        let label = sheet.fonts.line(label, Style::LABEL.scaled(room / labels));
        let value = if is_value(value) {
            vec![sheet.fonts.line(value, style)]
        } else {
            sheet.fonts.lines(value, Style::NOTE, room)
        };
        sheet.fill(x, y, width, height, 4.0, Colour::CANVAS);
        let piece = sheet.piece(Role::Paragraph, None);
        sheet.place(x + 8.0, y + 6.0, label, Some(piece));
        let mut line_y = y + if value.len() > 1 { 16.5 } else { 20.0 };
        for line in value.into_iter().take(2) {
            let leading = line.style.leading;
            sheet.place(x + 8.0, line_y, line, Some(piece));
            line_y += leading;
        }
        x += width + gap;
    }
    sheet.skip(height);
}
