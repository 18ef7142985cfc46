//! What a report says about a product.

mod cover;
mod plan;
mod work;

use exchange::report::ProductReport;
use kernel::Error;

use crate::parts::begin;

/// The report as a PDF document. The same report gives the same bytes.
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
