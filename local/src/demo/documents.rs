//! Investor documents and their files.

use std::fmt::Write as _;

use aws_lc_rs::digest;
use platform::upload::Sha256;
use serde_json::{Value, json};

use super::company::InvestorRow;
use super::deals::{commitment, currency, deals};
use super::files::{chart, pdf};
use super::pseudo_random;

/// A document and its file.
pub(super) struct DemoDocument {
    pub(super) title: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) file_name: &'static str,
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl DemoDocument {
    /// Request body that announces its file.
    pub(super) fn upload_request(&self) -> Value {
        let digest = Sha256::from_bytes(digest::digest(&digest::SHA256, &self.bytes).as_ref());
        json!({
            "file_name": self.file_name, "content_type": self.content_type, "size": self.bytes.len(), "sha256": digest,
        })
    }
}

/// The investor whose file does not match its declared type.
pub(super) const MISLABELLED: usize = 6;
/// The investor whose agreement has a second version.
pub(super) const AMENDED: usize = 0;

fn agreement(index: usize, row: &InvestorRow, title: &str) -> Vec<u8> {
    let lines = [
        format!("between Halden Robotics ASA and {}", row.name),
        row.address.to_owned(),
        String::new(),
        format!("Commitment: {} {}.00", currency(row), commitment(index, row)),
        "Payable within ten working days of each capital call.".to_owned(),
        "Reports: quarterly letter, audited accounts once a year.".to_owned(),
    ];
    pdf(title, &lines)
}

fn statement(index: usize, row: &InvestorRow) -> Vec<u8> {
    let mut text = String::from("deal,kind,commitment,currency\r\n");
    for deal in deals(index, row) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{},{},{},{}\r\n", deal.name, deal.kind, commitment(index, row), currency(row));
    }
    text.into_bytes()
}

/// The next version of an agreement.
pub(super) fn amended(index: usize, row: &InvestorRow) -> DemoDocument {
    let bytes = agreement(index, row, "Subscription agreement, as amended");
    DemoDocument {
        title: "",
        description: None,
        file_name: "subscription-agreement-amended.pdf",
        content_type: PDF,
        bytes,
    }
}

const PDF: &str = "application/pdf";

/// The documents of the investor at this index.
pub(super) fn documents(index: usize, row: &InvestorRow) -> Vec<DemoDocument> {
    let mut documents = Vec::new();
    let mut add = |title, description, file_name, content_type, bytes| {
        documents.push(DemoDocument { title, description, file_name, content_type, bytes });
    };
    if matches!(row.tier, "platinum" | "gold") {
        let bytes = agreement(index, row, "Subscription agreement");
        add("Subscription agreement", Some("Signed by both parties."), "subscription-agreement.pdf", PDF, bytes);
    }
    if row.tier == "platinum" || row.tier == "silver" && index.is_multiple_of(4) {
        add("Commitments", None, "commitments.csv", "text/csv", statement(index, row));
    }
    if row.tier == "platinum" || row.tier == "prospect" && index.is_multiple_of(4) {
        let grown =
            |quarter: usize| u8::try_from(40 + quarter * 24 + pseudo_random(index, quarter) % 20).unwrap_or(u8::MAX);
        let bars: Vec<u8> = (0..8).map(grown).collect();
        add("Orders by quarter", Some("Chart from the last meeting."), "orders.png", "image/png", chart(&bars));
    }
    if index == MISLABELLED {
        let bytes = b"<html><body>Please confirm your bank details here.</body></html>\n".to_vec();
        add("Bank details", Some("Received by email."), "bank-details.pdf", PDF, bytes);
    }
    documents
}
