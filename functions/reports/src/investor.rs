//! Lays out an investor report.

mod cover;
mod holdings;
mod timeline;

use exchange::report::InvestorReport;
use kernel::Error;

use crate::parts::{begin, note, nothing};
use crate::setting::{Cell, Column, Sheet, Table};
use crate::words;

/// Renders the report as a PDF document. The same report yields the same bytes.
pub fn set(report: &InvestorReport) -> Result<Vec<u8>, Error> {
    let about = report.investor.name.as_str();
    let (mut sheet, made) = begin(about, &report.made_by, report.made_at, &report.time_zone)?;
    cover::set(&mut sheet, report, &made);
    holdings::set(&mut sheet, report);
    documents(&mut sheet, report);
    timeline::set(&mut sheet, report);
    sheet.finish()
}

fn documents(sheet: &mut Sheet, report: &InvestorReport) {
    sheet.heading("Documents", 60.0);
    if report.documents.items.is_empty() {
        return nothing(sheet, "No documents.");
    }
    let columns = [
        Column::text("Document", 1.0),
        Column::figure("Version"),
        Column::figure("Size"),
        Column::short("Status"),
        Column::short("Added"),
    ];
    let mut table = Table::new(&columns);
    for document in &report.documents.items {
        table.row(vec![
            Cell::new(document.title.as_str()).noted(document.file_name.as_str()),
            Cell::new(document.file_version.to_string()),
            Cell::new(words::size(document.size)),
            Cell::new(words::word(document.status.as_str())),
            Cell::new(document.created_at.day_in(&report.time_zone).in_short()),
        ]);
    }
    table.set(sheet);
    if report.documents.more {
        let shown = report.documents.items.len();
        note(sheet, &format!("Only the {shown} newest documents are listed; the rest are in Steward."));
    }
}
