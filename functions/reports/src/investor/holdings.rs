//! Holdings of an investor: figures by currency, investments and cash flows.

use std::collections::HashMap;

use exchange::report::InvestorReport;
use investor_relations::holdings::CurrencyHoldings;
use investor_relations::investment::Investment;
use investor_relations::returns::Figures;
use kernel::id::InvestmentId;

use crate::parts::{note, nothing, tiles_row};
use crate::setting::{Cell, Colour, Column, Sheet, Table};
use crate::words::{NONE, money, multiple, percent, undefined, word};

/// Lays out the holdings in each currency, then the investments and cash flows.
pub fn set(sheet: &mut Sheet, report: &InvestorReport) {
    sheet.heading("Holdings", 110.0);
    if report.holdings.currencies.is_empty() {
        return nothing(sheet, "No investments.");
    }
    for (n, held) in report.holdings.currencies.iter().enumerate() {
        if n > 0 {
            sheet.skip(12.0);
        }
        currency(sheet, held);
    }
    investments(sheet, report);
    cash_flows(sheet, report);
}

/// Holdings in one currency, with multiples and rate of return. While only a part is valued, the figures that need a value are those
/// of that part.
fn currency(sheet: &mut Sheet, held: &CurrencyHoldings) {
    sheet.subheading(&held.currency.to_string(), 92.0);
    let (figures, part) = (&held.figures, held.valued_part.as_ref());
    let nav = figures.nav.or(part.filter(|part| part.tvpi.is_some()).map(|part| part.nav));
    tiles_row(
        sheet,
        &[
            ("Committed", money(figures.committed)),
            ("Paid in", money(figures.paid_in)),
            ("Distributed", money(figures.distributed)),
            ("Net asset value", nav.map_or_else(|| undefined(figures.reason), money)),
            ("Unfunded", money(figures.unfunded)),
        ],
    );
    sheet.skip(6.0);
    let ratio =
        |ratio: Option<&String>| multiple(ratio.map(String::as_str)).unwrap_or_else(|| undefined(figures.reason));
    let rvpi = figures.rvpi.as_ref().or(part.and_then(|part| part.rvpi.as_ref()));
    let tvpi = figures.tvpi.as_ref().or(part.and_then(|part| part.tvpi.as_ref()));
    let rate = percent(held.irr.rate.as_deref());
    tiles_row(
        sheet,
        &[
            ("DPI", ratio(figures.dpi.as_ref())),
            ("RVPI", ratio(rvpi)),
            ("TVPI", ratio(tvpi)),
            ("Investments", held.investments.to_string()),
            (
                if held.irr.annualized { "IRR per year" } else { "IRR" },
                rate.unwrap_or_else(|| undefined(held.irr.reason)),
            ),
        ],
    );
    let remarks = remarks(held);
    if !remarks.is_empty() {
        sheet.skip(4.0);
        note(sheet, &remarks.join(" "));
    }
}

/// What a reader must know about the figures: what was never valued or rolled forward, and how the rate is meant.
fn remarks(held: &CurrencyHoldings) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(part) = &held.valued_part {
        let (unvalued, all) = (held.unvalued, held.investments);
        let paid = money(part.unvalued_paid_in);
        let mut said = format!("{unvalued} of {all} investments never valued ({paid} paid in).");
        if part.tvpi.is_some() {
            said.push_str(" Net asset value, RVPI, TVPI and IRR are those of the others.");
        }
        remarks.push(said);
    }
    if let Some(day) = held.valued_on {
        let rolled = match held.rolled_forward {
            0 => String::new(),
            one_or_more => format!(
                ", {one_or_more} of them rolled forward: the last valuation plus later contributions less later distributions"
            ),
        };
        remarks.push(format!("Valuations from {}{rolled}.", day.in_short()));
    }
    if let (Some(from), Some(to)) = (held.irr.from, held.irr.to) {
        let period = format!("{} to {}", from.in_short(), to.in_short());
        remarks.push(if held.irr.annualized {
            format!("IRR from {period}.")
        } else {
            format!("IRR from {period}, less than a year, not annualized.")
        });
    }
    if !held.irr.other_rates.is_empty() {
        let others = held.irr.other_rates.iter().filter_map(|rate| percent(Some(rate))).collect::<Vec<_>>();
        remarks.push(format!(
            "The cash flows change direction several times; {} also solves for the IRR.",
            others.join(", ")
        ));
    }
    remarks
}

/// The multiple of an investment, or a placeholder.
fn tvpi(figures: &Figures) -> Cell {
    Cell::new(multiple(figures.tvpi.as_deref()).unwrap_or_else(|| NONE.into()))
}

fn investments(sheet: &mut Sheet, report: &InvestorReport) {
    sheet.heading("Investments", 60.0);
    let columns = [
        Column::text("Investment", 1.0),
        Column::figure("Committed"),
        Column::figure("Paid in"),
        Column::figure("Distributed"),
        Column::figure("Value"),
        Column::figure("TVPI"),
    ];
    let mut table = Table::new(&columns);
    for investment in &report.investments.items {
        let figures = &investment.figures;
        let valued = investment.valued_on.filter(|_| figures.nav.is_some() && !investment.status.is_over());
        let rolled = if investment.rolled_forward { ", rolled forward" } else { "" };
        let valued = valued.map(|day| format!("on {}{rolled}", day.in_short())).unwrap_or_default();
        table.row(vec![
            Cell::new(investment.name.as_str()).noted(about(investment)),
            Cell::new(money(figures.committed)).noted(format!("on {}", investment.invested_on.in_short())),
            Cell::new(money(figures.paid_in)),
            Cell::new(money(figures.distributed)),
            Cell::new(figures.nav.map_or_else(|| NONE.into(), money)).noted(valued),
            tvpi(figures),
        ]);
    }
    table.set(sheet);
    if report.investments.more {
        let shown = report.investments.items.len();
        note(sheet, &format!("Only {shown} investments are listed; the rest are in Steward."));
    }
}

/// Kind and status of an investment: `Series A · Equity · Active`.
fn about(investment: &Investment) -> String {
    let (kind, status) = (word(investment.kind.as_str()), word(investment.status.as_str()));
    let round = investment.round.as_ref().map(|round| format!("{round} · ")).unwrap_or_default();
    format!("{round}{kind} · {status}")
}

fn cash_flows(sheet: &mut Sheet, report: &InvestorReport) {
    if report.cash_flows.items.is_empty() && !report.cash_flows.more {
        return;
    }
    let names: HashMap<InvestmentId, &str> =
        report.investments.items.iter().map(|investment| (investment.id, investment.name.as_str())).collect();
    sheet.heading("Cash flows and valuations", 60.0);
    let columns =
        [Column::short("Date"), Column::short("Kind"), Column::text("Investment", 1.0), Column::figure("Amount")];
    let mut table = Table::new(&columns);
    for flow in &report.cash_flows.items {
        let kind = flow.kind.as_str();
        let colour = if kind == "valuation" { Colour::INK_3 } else { Colour::INK };
        table.row(vec![
            Cell::new(flow.date.in_short()),
            Cell::new(word(kind)).coloured(colour),
            Cell::new(names.get(&flow.investment_id).copied().unwrap_or(NONE)),
            Cell::new(money(flow.amount)).coloured(colour),
        ]);
    }
    table.set(sheet);
    if report.cash_flows.more {
        let shown = report.cash_flows.items.len();
        note(sheet, &format!("Only {shown} cash flows are listed; the rest are in Steward."));
    }
}
