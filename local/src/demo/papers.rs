//! Investor documents and their files.

use std::fmt::Write as _;

use super::company::Row;
use super::deals::{commitment, currency, deals};
use super::files::{chart, pdf};
use super::mix;

/// A document and its file.
pub(super) struct Paper {
    pub(super) title: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) file_name: &'static str,
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// The investor whose file does not match its declared type.
pub(super) const LIAR: usize = 6;
/// The investor whose agreement has a second version.
pub(super) const AMENDED: usize = 0;

fn agreement(place: usize, row: &Row, title: &str) -> Vec<u8> {
    let lines = [
        format!("between Halden Robotics ASA and {}", row.name),
        row.address.to_owned(),
        String::new(),
        format!("Commitment: {} {}.00", currency(row), commitment(place, row)),
        "Payable within ten working days of each capital call.".to_owned(),
        "Reports: quarterly letter, audited accounts once a year.".to_owned(),
    ];
    pdf(title, &lines)
}

fn statement(place: usize, row: &Row) -> Vec<u8> {
    let mut text = String::from("deal,kind,commitment,currency\r\n");
    for deal in deals(place, row) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{},{},{},{}\r\n", deal.name, deal.kind, commitment(place, row), currency(row));
    }
    text.into_bytes()
}

/// The next version of an agreement.
pub(super) fn amended(place: usize, row: &Row) -> Paper {
    let bytes = agreement(place, row, "Subscription agreement, as amended");
    Paper { title: "", description: None, file_name: "subscription-agreement-amended.pdf", content_type: PDF, bytes }
}

const PDF: &str = "application/pdf";

/// The documents of the investor at this index.
pub(super) fn papers(place: usize, row: &Row) -> Vec<Paper> {
    let mut papers = Vec::new();
    let mut add = |title, description, file_name, content_type, bytes| {
        papers.push(Paper { title, description, file_name, content_type, bytes });
    };
    if matches!(row.tier, "platinum" | "gold") {
        let bytes = agreement(place, row, "Subscription agreement");
        add("Subscription agreement", Some("Signed by both parties."), "subscription-agreement.pdf", PDF, bytes);
    }
    if row.tier == "platinum" || row.tier == "silver" && place.is_multiple_of(4) {
        add("Commitments", None, "commitments.csv", "text/csv", statement(place, row));
    }
    if row.tier == "platinum" || row.tier == "prospect" && place.is_multiple_of(4) {
        let grown = |quarter: usize| u8::try_from(40 + quarter * 24 + mix(place, quarter) % 20).unwrap_or(u8::MAX);
        let bars: Vec<u8> = (0..8).map(grown).collect();
        add("Orders by quarter", Some("Chart from the last meeting."), "orders.png", "image/png", chart(&bars));
    }
    if place == LIAR {
        let bytes = b"<html><body>Please confirm your bank details here.</body></html>\n".to_vec();
        add("Bank details", Some("Received by email."), "bank-details.pdf", PDF, bytes);
    }
    papers
}
