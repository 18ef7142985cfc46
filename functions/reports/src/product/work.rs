//! Work on a product: metrics, blocked tasks and remaining tasks.

use std::collections::HashMap;

use exchange::report::ProductReport;
use kernel::id::UserId;
use product_development::task::{Status, TaskCard};

use crate::parts::{note, nothing, tiles_row};
use crate::setting::{Cell, Colour, Column, Sheet, Table};
use crate::words::{NONE, duration, word};

/// Lays out the metrics.
pub fn figures(sheet: &mut Sheet, report: &ProductReport) {
    let (flow, cycle) = (&report.flow, &report.cycle);
    sheet.heading("Flow", 110.0);
    let waiting: u64 = cycle.aging.iter().map(|one| one.count).sum();
    tiles_row(
        sheet,
        &[
            ("Created", flow.created.to_string()),
            ("Finished", flow.finished.to_string()),
            ("Finished per week", a_week(report)),
            ("Hours finished", flow.hours.to_string()),
            ("Unfinished today", waiting.to_string()),
        ],
    );
    sheet.skip(6.0);
    let time = |minutes: Option<u64>| minutes.map_or_else(|| NONE.to_owned(), duration);
    tiles_row(
        sheet,
        &[
            ("Mean lead time", time(cycle.lead_time.mean_minutes)),
            ("Median lead time", time(cycle.lead_time.median_minutes)),
            ("Mean cycle time", time(cycle.cycle_time.mean_minutes)),
            ("Median cycle time", time(cycle.cycle_time.median_minutes)),
            ("Stale tasks", cycle.alerts.count.to_string()),
        ],
    );
    sheet.skip(12.0);
    aging(sheet, report);
}

/// Mean number of tasks finished in seven days of the period, with one decimal.
fn a_week(report: &ProductReport) -> String {
    let days = u64::try_from(report.flow.to.days_since(report.flow.from) + 1).unwrap_or(1).max(1);
    let tenths = (report.flow.finished * 70 + days / 2) / days;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// How many days the unfinished tasks have been in their current status.
fn aging(sheet: &mut Sheet, report: &ProductReport) {
    let columns = [
        Column::text("Days in current status", 1.0),
        Column::figure("Tasks"),
        Column::figure("Mean"),
        Column::figure("Median"),
        Column::figure("Longest"),
        Column::figure("Stale"),
    ];
    let mut table = Table::new(&columns);
    let days = |days: Option<f64>| Cell::new(days.map_or_else(|| NONE.into(), |days| format!("{days:.1}")));
    for one in &report.cycle.aging {
        table.row(vec![
            Cell::new(word(one.status.as_str())),
            Cell::new(one.count.to_string()),
            days(one.mean_days),
            days(one.median_days),
            Cell::new(one.max_days.map_or_else(|| NONE.into(), |days| days.to_string())),
            Cell::new(one.alerts.to_string()),
        ]);
    }
    table.set(sheet);
    let days = report.cycle.alerts.after_days;
    note(
        sheet,
        &format!("A task is stale after more than {days} days in the same status. Days are calendar days (UTC)."),
    );
}

/// Lays out the blocked, the overdue and the other unfinished tasks.
pub fn tasks(sheet: &mut Sheet, report: &ProductReport) {
    let tasks = &report.tasks;
    let (blocked, overdue): (Vec<_>, Vec<_>) = (
        tasks.items.iter().filter(|task| task.status == Status::Blocked).collect(),
        tasks.items.iter().filter(|task| report.is_overdue(task)).collect(),
    );
    let rest: Vec<_> =
        tasks.items.iter().filter(|task| task.status != Status::Blocked && !report.is_overdue(task)).collect();
    section(sheet, report, "Blocked tasks", "No blocked tasks.", &blocked);
    section(sheet, report, "Overdue tasks", "No overdue tasks.", &overdue);
    section(sheet, report, "Other unfinished tasks", "No other unfinished tasks.", &rest);
    if tasks.more {
        let shown = tasks.items.len();
        note(sheet, &format!("Only the {shown} most urgent unfinished tasks are listed; the rest are in Steward."));
    }
}

fn section(sheet: &mut Sheet, report: &ProductReport, heading: &str, none: &str, tasks: &[&TaskCard]) {
    sheet.heading(heading, 60.0);
    if tasks.is_empty() {
        return nothing(sheet, none);
    }
    let names: HashMap<UserId, &str> =
        report.team.iter().map(|member| (member.user_id, member.name.as_str())).collect();
    let columns = [
        Column::text("Task", 1.0),
        Column::text("Assignee", 0.45),
        Column::short("Priority"),
        Column::short("Status"),
        Column::short("Due"),
    ];
    let mut table = Table::new(&columns);
    for task in tasks {
        let since = task.status_since.day_in(&report.time_zone).in_short();
        let due = Cell::new(task.due_on.map_or_else(|| NONE.into(), kernel::time::Date::in_short));
        table.row(vec![
            Cell::new(task.title.as_str()).noted(task.reference.as_str()),
            Cell::new(
                task.assignee_id.map_or(NONE, |id| names.get(&id).copied().unwrap_or("Someone outside the team")),
            ),
            Cell::new(word(task.priority.as_str())),
            Cell::new(word(task.status.as_str())).noted(format!("since {since}")),
            if report.is_overdue(task) { due.coloured(Colour::RED) } else { due },
        ]);
    }
    table.set(sheet);
}
