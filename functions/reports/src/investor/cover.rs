//! The cover of an investor report: profile, contact details and contact activity.

use exchange::report::InvestorReport;
use investor_relations::investor::{Status, Tier};

use crate::parts::{self, Chip, banner, facts, tiles_row, title};
use crate::setting::{Colour, Sheet, Style};
use crate::words::{NONE, word};

/// Lays out the cover. `made` is the formatted creation time.
pub fn set(sheet: &mut Sheet, report: &InvestorReport, made: &str) {
    let investor = &report.investor;
    banner(sheet, "Investor report");
    title(sheet, investor.name.as_str());
    chips(sheet, report);
    sheet.skip(16.0);
    let mut pairs = vec![
        ("Relationship manager", report.manager.as_ref().map(ToString::to_string)),
        ("Country", investor.country.as_ref().map(ToString::to_string)),
        ("Email", investor.email.as_ref().map(ToString::to_string)),
        ("Phone", investor.phone.as_ref().map(ToString::to_string)),
        ("Address", investor.address.as_ref().map(ToString::to_string)),
        ("Tags", tags(report)),
        ("Created by", Some(report.made_by.clone())),
        ("Report date", Some(made.to_owned())),
    ];
    pairs.extend(investor.external_key.as_ref().map(|key| ("External key", Some(key.to_string()))));
    facts(sheet, &pairs);
    contact(sheet, report);
    if let Some(notes) = &investor.notes {
        sheet.heading("Notes", 40.0);
        sheet.paragraph(&notes.to_string(), Style::BODY);
    }
}

fn tags(report: &InvestorReport) -> Option<String> {
    let tags: Vec<&str> = report.investor.tags.iter().map(kernel::text::Tag::as_str).collect();
    (!tags.is_empty()).then(|| tags.join(", "))
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
    parts::chips(sheet, chips);
}

fn tier(tier: Tier) -> Chip {
    let (colour, ground) = match tier {
        Tier::Platinum => (Colour::VIOLET, Colour::VIOLET_BG),
        Tier::Gold => (Colour::AMBER, Colour::AMBER_BG),
        Tier::Silver => (Colour::SLATE, Colour::SLATE_BG),
        Tier::Bronze => (Colour::BRONZE, Colour::BRONZE_BG),
        Tier::Prospect => (Colour::BLUE, Colour::BLUE_BG),
    };
    (word(tier.as_str()), colour, ground)
}

/// A row of contact figures.
fn contact(sheet: &mut Sheet, report: &InvestorReport) {
    let figures = &report.analytics;
    let last = figures.last_contact_on.map_or_else(|| NONE.to_owned(), kernel::time::Date::in_short);
    let counts = &figures.counts;
    let tiles = [
        ("Engagement", format!("{} of 100", figures.engagement_score)),
        ("Last contact", last),
        ("Meetings", counts.meeting.to_string()),
        ("Calls", counts.call.to_string()),
        ("Emails", counts.email.to_string()),
        ("Notes, updates", (counts.note + counts.update).to_string()),
    ];
    sheet.heading("Contact in the last 24 months", 44.0);
    tiles_row(sheet, &tiles);
}
