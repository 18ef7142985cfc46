//! The plan of a product: milestones, requirements, baselines and approved design assets.

use exchange::report::{ProductReport, outline};
use product_development::milestone::{self, Milestone, Risk};
use product_development::requirement::Status;

use crate::parts::{note, nothing, tiles_row};
use crate::setting::{Cell, Colour, Column, Sheet, Table};
use crate::words::{NONE, word};

/// Lays out the milestones with their progress.
pub fn milestones(sheet: &mut Sheet, report: &ProductReport) {
    sheet.heading("Milestones", 60.0);
    if report.milestones.items.is_empty() {
        return nothing(sheet, "No milestones.");
    }
    let columns = [
        Column::text("Milestone", 1.0),
        Column::short("Due"),
        Column::figure("Tasks"),
        Column::figure("Requirements"),
        Column::figure("Progress"),
        Column::short("Status"),
    ];
    let mut table = Table::new(&columns);
    for one in &report.milestones.items {
        let progress = &one.progress;
        table.row(vec![
            Cell::new(one.name.as_str()),
            Cell::new(one.due_on.in_short()),
            Cell::new(format!("{} of {}", progress.tasks_done, progress.tasks_total)),
            Cell::new(format!("{} of {}", progress.requirements_done, progress.requirements_total)),
            Cell::new(format!("{}%", progress.percent)),
            state(one),
        ]);
    }
    table.set(sheet);
    if report.milestones.more {
        let shown = report.milestones.items.len();
        note(sheet, &format!("Only the first {shown} milestones are listed; the rest are in Steward."));
    }
}

/// Whether a milestone was reached, or is at risk and why.
fn state(one: &Milestone) -> Cell {
    let reason = one.at_risk_reason.map(|reason| match reason {
        Risk::PastDue => "past due",
        Risk::OverdueTasks => "overdue tasks",
        Risk::BehindSchedule => "behind schedule",
    });
    match (one.status, reason) {
        (milestone::Status::Reached, _) => Cell::new("Reached").coloured(Colour::GREEN),
        (milestone::Status::Open, Some(reason)) => Cell::new("At risk").noted(reason).coloured(Colour::RED),
        (milestone::Status::Open, None) => Cell::new("Open"),
    }
}

/// Lays out the requirements as an outline.
pub fn requirements(sheet: &mut Sheet, report: &ProductReport) {
    sheet.heading("Requirements", 110.0);
    let cards = &report.requirements.items;
    if cards.is_empty() {
        return nothing(sheet, "No requirements.");
    }
    let of = |status: Status| cards.iter().filter(|card| card.status == status).count().to_string();
    let tiles: Vec<(String, String)> =
        Status::ALL.iter().copied().map(|status| (word(status.as_str()), of(status))).collect();
    tiles_row(sheet, &tiles.iter().map(|(label, value)| (label.as_str(), value.clone())).collect::<Vec<_>>());
    sheet.skip(8.0);
    let columns =
        [Column::short("No."), Column::text("Requirement", 1.0), Column::short("Priority"), Column::short("Status")];
    let mut table = Table::new(&columns);
    for (place, card) in outline(cards) {
        let status = Cell::new(word(card.status.as_str()));
        table.row(vec![
            Cell::new(place),
            Cell::new(card.title.to_string()).noted(format!("{} · version {}", card.reference, card.version)),
            Cell::new(word(card.priority.as_str())),
            match card.status {
                Status::Done => status.coloured(Colour::GREEN),
                Status::Rejected => status.coloured(Colour::INK_3),
                Status::Draft | Status::Open | Status::InProgress => status,
            },
        ]);
    }
    table.set(sheet);
    if report.requirements.more {
        let shown = cards.len();
        note(
            sheet,
            &format!("Only the first {shown} requirements by number are counted and listed; the rest are in Steward."),
        );
    }
}

/// Lays out the baselines.
pub fn baselines(sheet: &mut Sheet, report: &ProductReport) {
    sheet.heading("Baselines", 60.0);
    if report.baselines.items.is_empty() {
        return nothing(sheet, "No baselines.");
    }
    let columns = [
        Column::text("Baseline", 1.0),
        Column::figure("Requirements"),
        Column::short("Created on"),
        Column::text("By", 0.6),
    ];
    let mut table = Table::new(&columns);
    for one in &report.baselines.items {
        table.row(vec![
            Cell::new(one.name.as_str()),
            Cell::new(one.requirement_count.to_string()),
            Cell::new(one.created_at.day_in(&report.time_zone).in_short()),
            Cell::new(one.created_by_name.as_str()),
        ]);
    }
    table.set(sheet);
    if report.baselines.more {
        let shown = report.baselines.items.len();
        note(sheet, &format!("Only the {shown} newest baselines are listed; the rest are in Steward."));
    }
}

/// Lays out the approved design assets.
pub fn assets(sheet: &mut Sheet, report: &ProductReport) {
    sheet.heading("Approved design assets", 60.0);
    let assets = &report.assets;
    if assets.items.is_empty() {
        return nothing(sheet, "No approved design assets.");
    }
    let columns = [
        Column::text("Asset", 1.0),
        Column::short("Kind"),
        Column::figure("Version"),
        Column::text("Approved by", 0.6),
        Column::short("Approved on"),
    ];
    let mut table = Table::new(&columns);
    for one in &assets.items {
        let suspect = if one.requirement_suspect { " · requirement changed since" } else { "" };
        table.row(vec![
            Cell::new(one.name.as_str()).noted(format!("{}{suspect}", one.file_name)),
            Cell::new(word(one.kind.as_str())),
            Cell::new(one.file_version.to_string()),
            Cell::new(one.approver_name.as_deref().unwrap_or(NONE)),
            Cell::new(one.decided_at.map_or_else(|| NONE.into(), |at| at.day_in(&report.time_zone).in_short())),
        ]);
    }
    table.set(sheet);
    if assets.more {
        note(sheet, "Only the newest approved design assets are listed; there may be more in Steward.");
    }
}
