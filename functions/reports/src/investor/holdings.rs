//! Holdings of an investor: figures by currency, investments and cash flows.

use std::collections::HashMap;

use exchange::report::InvestorReport;
use investor_relations::holdings::CurrencyHoldings;
use investor_relations::investment::Investment;
use investor_relations::returns::Figures;
use kernel::id::InvestmentId;

use crate::parts::{note, nothing, tiles_row};
use crate::setting::{Cell, Colour, Column, Sheet, Table};
use crate::words::{money, multiple, percent, undefined, word};

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

/// Holdings in one currency, with multiples and rate of return.
fn currency(sheet: &mut Sheet, held: &CurrencyHoldings) {
    sheet.subheading(&held.currency.to_string(), 92.0);
    let figures = &held.figures;
    let nav = figures.nav.map_or_else(|| undefined(figures.reason), |nav| nav.to_string());
    tiles_row(
        sheet,
        &[
            ("Committed", figures.committed.to_string()),
            ("Paid in", figures.paid_in.to_string()),
            ("Distributed", figures.distributed.to_string()),
            ("Net asset value", nav),
            ("Unfunded", figures.unfunded.to_string()),
        ],
    );
    sheet.skip(6.0);
    let ratio = |ratio: Option<&str>| multiple(ratio).unwrap_or_else(|| undefined(figures.reason));
    tiles_row(
        sheet,
        &[
            ("DPI", ratio(figures.dpi.as_deref())),
            ("RVPI", ratio(figures.rvpi.as_deref())),
            ("TVPI", ratio(figures.tvpi.as_deref())),
            ("Investments", held.investments.to_string()),
            ("Annual IRR", percent(&held.irr).unwrap_or_else(|| undefined(held.irr.reason))),
        ],
    );
}

/// The multiple of an investment, or why it is undefined.
fn tvpi(figures: &Figures) -> Cell {
    match multiple(figures.tvpi.as_deref()) {
        Some(multiple) => Cell::new(multiple),
        None => Cell::new(crate::words::NONE),
    }
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
        table.row(vec![
            Cell::new(investment.name.as_str()).noted(about(investment)),
            Cell::new(figures.committed.to_string()).noted(format!("on {}", investment.invested_on.in_short())),
            Cell::new(figures.paid_in.to_string()),
            Cell::new(figures.distributed.to_string()),
            Cell::new(money(figures.nav)).noted(valued.map(|day| format!("on {}", day.in_short())).unwrap_or_default()),
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
            Cell::new(names.get(&flow.investment_id).copied().unwrap_or(crate::words::NONE)),
            Cell::new(flow.amount.to_string()).coloured(colour),
        ]);
    }
    table.set(sheet);
    if report.cash_flows.more {
        let shown = report.cash_flows.items.len();
        note(sheet, &format!("Only {shown} cash flows are listed; the rest are in Steward."));
    }
}
