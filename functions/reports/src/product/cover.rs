//! The cover of a product report: description, owner and team.

use exchange::report::ProductReport;
use product_development::product::{Status, TeamRole};
use product_development::team::ProductMember;

use crate::parts::{Chip, MAX_TEXT, banner, chips, facts, shortened, title};
use crate::setting::{Cell, Colour, Column, Sheet, Style, Table};
use crate::words::{NONE, count, word};

/// Lays out the cover. `made` is the formatted creation time.
pub fn set(sheet: &mut Sheet, report: &ProductReport, made: &str) {
    let product = &report.product;
    banner(sheet, "Product report");
    title(sheet, product.name.as_str());
    chips(sheet, vec![(product.key.to_string(), Colour::SLATE, Colour::SLATE_BG), status(product.status)]);
    sheet.skip(16.0);
    let owner = report.team.iter().find(|member| member.is_owner).map(|owner| owner.name.to_string());
    let (from, to) = (report.flow.from.in_short(), report.flow.to.in_short());
    facts(
        sheet,
        &[
            ("Owner", owner),
            ("Team", Some(count(product.members.len(), "member", "members"))),
            ("Period", Some(format!("{from} to {to}"))),
            ("Created on", Some(product.created_at.day_in(&report.time_zone).in_short())),
            ("Created by", Some(report.made_by.clone())),
            ("Report date", Some(made.to_owned())),
        ],
    );
    if let Some(text) = &product.description {
        sheet.heading("Description", 40.0);
        sheet.paragraph(&shortened(&text.to_string(), MAX_TEXT), Style::BODY);
    }
    team(sheet, report);
}

fn status(status: Status) -> Chip {
    let (colour, ground) = match status {
        Status::Planning => (Colour::BLUE, Colour::BLUE_BG),
        Status::Active => (Colour::GREEN, Colour::GREEN_BG),
        Status::OnHold => (Colour::AMBER, Colour::AMBER_BG),
        Status::Launched => (Colour::VIOLET, Colour::VIOLET_BG),
        Status::Archived => (Colour::SLATE, Colour::SLATE_BG),
    };
    (word(status.as_str()), colour, ground)
}

fn team(sheet: &mut Sheet, report: &ProductReport) {
    sheet.heading("Team", 60.0);
    let columns = [
        Column::text("Name", 1.0),
        Column::short("Role"),
        Column::figure("Open tasks"),
        Column::figure("Overdue"),
        Column::figure("Hours"),
    ];
    let mut table = Table::new(&columns);
    for member in &report.team {
        let work = &member.workload;
        table.row(vec![
            Cell::new(member.name.as_str()),
            Cell::new(role(member)),
            Cell::new(work.open_tasks.to_string()),
            overdue(work.overdue_tasks),
            Cell::new(work.estimate_hours.to_string()),
        ]);
    }
    table.set(sheet);
}

fn role(member: &ProductMember) -> String {
    if member.is_owner {
        "Owner".into()
    } else {
        member.role.map_or_else(|| NONE.into(), |role: TeamRole| word(role.as_str()))
    }
}

/// The number of overdue tasks, highlighted unless zero.
fn overdue(tasks: u64) -> Cell {
    let cell = Cell::new(tasks.to_string());
    if tasks > 0 { cell.coloured(Colour::RED) } else { cell }
}
