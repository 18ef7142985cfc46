//! Investments and cash flows.

use super::company::InvestorRow;
use super::pseudo_random;

/// A cash flow: kind, days ago, and share of the commitment in thousandths.
pub(super) type Flow = (&'static str, usize, u64);

/// A deal that investors take part in, with its outcome.
pub(super) struct Deal {
    pub(super) name: &'static str,
    pub(super) round: Option<&'static str>,
    pub(super) kind: &'static str,
    /// Current status. A finished deal was active before.
    pub(super) status: &'static str,
    pub(super) days_ago: usize,
    pub(super) flows: &'static [Flow],
}

const IN: &str = "contribution";
const OUT: &str = "distribution";
const WORTH: &str = "valuation";

const fn deal(
    name: &'static str,
    round: Option<&'static str>,
    kind: &'static str,
    status: &'static str,
    days_ago: usize,
    flows: &'static [Flow],
) -> Deal {
    Deal { name, round, kind, status, days_ago, flows }
}

/// The deals. The rate of return is undefined for deals without cash flows or without a valuation.
#[rustfmt::skip]
static DEALS: [Deal; 10] = [
    deal("Halden Robotics Seed", Some("Seed"), "equity", "active", 700,
        &[(IN, 700, 1000), (WORTH, 540, 1000), (WORTH, 365, 1350), (WORTH, 180, 1620), (WORTH, 20, 1900)]),
    deal("Halden Robotics Series A", Some("Series A"), "equity", "active", 420,
        &[(IN, 420, 600), (IN, 330, 400), (WORTH, 200, 1100), (WORTH, 25, 1340)]),
    deal("Convertible note", Some("Bridge"), "note", "active", 300,
        &[(IN, 300, 1000), (OUT, 210, 20), (OUT, 120, 20), (OUT, 30, 20), (WORTH, 30, 1000)]),
    deal("Assembly hall loan", None, "debt", "exited", 600,
        &[(IN, 600, 1000), (OUT, 420, 300), (OUT, 240, 380), (OUT, 60, 430)]),
    deal("Halden Growth SPV I", None, "fund_commitment", "active", 640,
        &[(IN, 640, 250), (IN, 420, 200), (IN, 160, 150), (OUT, 90, 80), (WORTH, 40, 720)]),
    deal("Bridge SAFE", Some("Bridge"), "safe", "active", 110, &[(IN, 110, 1000)]),
    deal("Halden Robotics Series B", Some("Series B"), "equity", "committed", 20, &[]),
    deal("Angel round", Some("Pre-seed"), "equity", "exited", 715, &[(IN, 715, 1000), (OUT, 190, 2400)]),
    deal("Gripper joint venture", None, "equity", "written_off", 650, &[(IN, 650, 1000)]),
    deal("Equipment loan", None, "debt", "active", 270,
        &[(IN, 270, 1000), (OUT, 180, 110), (OUT, 90, 110), (WORTH, 90, 840)]),
];

/// Deals of the investor at this index.
#[allow(clippy::match_same_arms, reason = "sorted by tier for readability")]
pub(super) fn deals(index: usize, row: &InvestorRow) -> impl Iterator<Item = &'static Deal> {
    let numbers: &[usize] = match (row.tier, index % 4, index % 7) {
        ("platinum", ..) => &[0, 1, 4, 6],
        ("gold", 0, _) => &[0, 1],
        ("gold", 1, _) => &[1, 2],
        ("gold", 2, _) => &[4, 3],
        ("gold", ..) => &[7, 1],
        ("silver", 0, _) => &[2],
        ("silver", 1, _) => &[1],
        ("silver", 2, _) => &[3, 5],
        ("silver", ..) => &[9],
        ("bronze", _, 0) => &[0],
        ("bronze", _, 1) => &[5],
        ("bronze", _, 2) => &[8],
        ("bronze", _, 3) => &[7],
        ("bronze", _, 4) => &[2],
        ("bronze", ..) => &[1],
        (_, 0, _) => &[6],
        _ => &[],
    };
    numbers.iter().map(|number| &DEALS[*number])
}

/// The currency an investor invests in.
pub(super) fn currency(row: &InvestorRow) -> &'static str {
    match row.country {
        "JP" => "JPY",
        "GB" => "GBP",
        "US" | "CA" | "AU" | "SG" | "NG" | "AE" | "IN" | "CL" | "ZA" | "GH" => "USD",
        _ => "EUR",
    }
}

/// Commitment of the investor at this index, in whole units of its currency: a multiple of 1,000.
pub(super) fn commitment(index: usize, row: &InvestorRow) -> u64 {
    let thousands: u64 = match row.tier {
        "platinum" => 2_500,
        "gold" => 600,
        "silver" => 150,
        "bronze" => 40,
        _ => 300,
    };
    let share = 6 + u64::try_from(pseudo_random(index, 5) % 9).unwrap_or_default();
    let yen = if currency(row) == "JPY" { 150 } else { 1 };
    thousands * share / 10 * yen * 1_000
}

/// Performance of a deal for the investor at this index, in hundredths of the deal's figures: holders value shares differently, but loans
/// and contributions are fixed.
pub(super) fn outcome(index: usize, deal: &Deal, flow: &str) -> u64 {
    match deal.kind {
        "equity" | "fund_commitment" if flow != IN => {
            85 + u64::try_from(pseudo_random(index, 6) % 40).unwrap_or_default()
        }
        _ => 100,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::company::INVESTORS;
    use super::*;

    #[test]
    fn deals_cover_every_kind_status_and_currency() {
        let rows = || INVESTORS.iter().enumerate();
        let taken: Vec<&Deal> = rows().flat_map(|(index, row)| deals(index, row)).collect();
        let count = |of: fn(&Deal) -> &str| taken.iter().map(|deal| of(deal)).collect::<HashSet<_>>().len();
        assert_eq!((count(|d| d.name), count(|d| d.kind), count(|d| d.status)), (DEALS.len(), 5, 4));
        assert_eq!(rows().map(|(_, row)| currency(row)).collect::<HashSet<_>>().len(), 4);
        assert!(rows().all(|(index, row)| commitment(index, row).is_multiple_of(1_000)));
        for deal in &DEALS {
            assert!(deal.flows.iter().all(|(_, day, _)| *day <= deal.days_ago), "{}", deal.name);
        }
    }
}
