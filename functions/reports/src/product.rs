//! Lays out a product report.

mod cover;
mod plan;
mod work;

use exchange::report::ProductReport;
use kernel::Error;

use crate::parts::begin;

/// Renders the report as a PDF document. The same report yields the same bytes.
pub fn set(report: &ProductReport) -> Result<Vec<u8>, Error> {
    let title = format!("{} {}", report.product.key, report.product.name);
    let (mut sheet, made) = begin(&title, &report.made_by, report.made_at, &report.time_zone)?;
    cover::set(&mut sheet, report, &made);
    plan::milestones(&mut sheet, report);
    work::figures(&mut sheet, report);
    work::tasks(&mut sheet, report);
    plan::requirements(&mut sheet, report);
    plan::baselines(&mut sheet, report);
    plan::assets(&mut sheet, report);
    sheet.finish()
}
